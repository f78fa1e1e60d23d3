// JSON written by hand, in order, without a tree: commas and quotes are taken care of. Internal to diagnostic/.
//
//     JsonWriter json(out);
//     json.object([&] {
//         json.text("code", "X12-0306");
//         json.array("related", [&] { … });
//     });
#pragma once

#include "base/json_text.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wharf {

class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    template <class Content> void object(Content&& content) { nest('{', '}', content); }
    template <class Content> void object(std::string_view name, Content&& content) {
        key(name);
        nest('{', '}', content);
    }
    template <class Content> void array(std::string_view name, Content&& content) {
        key(name);
        nest('[', ']', content);
    }
    void text(std::string_view name, std::string_view value) {
        key(name);
        separate();
        append_json_string(out_, value);
    }
    void text(std::string_view element) { // of an array
        separate();
        append_json_string(out_, element);
    }
    void number(std::string_view name, std::uint64_t value) {
        key(name);
        separate();
        out_ += std::to_string(value);
    }
    void truth(std::string_view name, bool value) {
        key(name);
        separate();
        out_ += value ? "true" : "false";
    }
    /// The same, but left out when there is nothing to say.
    void text_if(std::string_view name, std::string_view value) {
        if (!value.empty()) text(name, value);
    }
    void number_if(std::string_view name, std::uint64_t value) {
        if (value != 0) number(name, value);
    }

private:
    void separate() {
        if (!first_ && !after_key_) out_ += ',';
        first_ = after_key_ = false;
    }
    void key(std::string_view name) {
        separate();
        append_json_string(out_, name);
        out_ += ':';
        after_key_ = true;
    }
    template <class Content> void nest(char begin, char end, Content&& content) {
        separate();
        out_ += begin;
        first_ = true;
        content();
        out_ += end;
        first_ = after_key_ = false;
    }

    std::string& out_;
    bool first_ = true;
    bool after_key_ = false; // what comes next is the value of a member
};

} // namespace wharf
