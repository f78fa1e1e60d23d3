#include "base/json_text.hpp"
#include "diagnostic/render.hpp"

#include <fmt/format.h>

#include <iterator>

namespace wharf {
namespace {

/// Writes the members of one object; what is absent (empty, zero) is left out.
class Members {
public:
    explicit Members(std::string& out) : out_(out) {}

    void text(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        begin(name);
        append_json_string(out_, value);
    }
    void number(std::string_view name, std::uint64_t value) {
        if (value != 0) always(name, value);
    }
    void always(std::string_view name, std::uint64_t value) {
        begin(name);
        fmt::format_to(std::back_inserter(out_), "{}", value);
    }

private:
    void begin(std::string_view name) {
        out_ += first_ ? "{" : ",";
        first_ = false;
        append_json_string(out_, name);
        out_ += ':';
    }

    std::string& out_;
    bool first_ = true;
};

void append(std::string& out, Diagnostic const& diagnostic) {
    auto const& place = diagnostic.place;
    Members members(out);
    members.text("code", diagnostic.code);
    members.text("severity", to_string(diagnostic.severity));
    members.text("message", diagnostic.message);
    members.text("help", diagnostic.help);
    members.text("file", place.file);
    if (place.has_offset) { // 0 is a place of its own: the first byte; and length 0 a point between two bytes
        members.always("offset", place.offset);
        members.always("length", place.length);
    }
    members.text("interchange", place.interchange);
    members.text("group", place.group);
    members.text("transaction", place.transaction);
    members.text("segment_id", place.segment_id);
    members.number("segment_position", place.segment_position);
    members.number("element", place.element);
    members.number("component", place.component);
    members.text("value", diagnostic.value);
    members.text("path", place.path);
    members.number("line", place.line); // of our own text files only; X12 has no lines
    members.number("column", place.column);
    out += '}';
}

} // namespace

std::string render_json(Diagnostics const& diagnostics) {
    if (diagnostics.empty()) return "[]\n";
    std::string out = "[\n";
    for (auto const& diagnostic : diagnostics) {
        if (out.size() > 2) out += ",\n";
        append(out, diagnostic);
    }
    out += "\n]\n";
    return out;
}

} // namespace wharf
