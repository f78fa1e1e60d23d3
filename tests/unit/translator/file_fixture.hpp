// Maps of formats other than X12 in tests: from the text of a file to canonical documents and back.
#pragma once

#include "diagnostic/render.hpp"
#include "document/schema.hpp"
#include "syntax/json/value.hpp"
#include "translator/file_translator.hpp"
#include "translator/map_source.hpp"
#include "translator/node_compile.hpp"

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace wharf::translator::test {

inline std::string rendered(Diagnostics const& diagnostics) {
    std::string text;
    for (auto const& found : diagnostics)
        text += found.place.file + ":" + std::to_string(found.place.line) + ":" + std::to_string(found.place.column) + " " +
                found.code + " " + found.message + " | " + found.help + "\n";
    return text;
}
inline std::string codes(Diagnostics const& diagnostics) {
    std::string text;
    for (auto const& found : diagnostics)
        text += (text.empty() ? "" : " ") + found.code + ":" + std::to_string(found.place.line);
    return text;
}

/// A map's faults; empty: it compiles.
inline std::expected<std::shared_ptr<FileTranslator const>, Diagnostics> file_map(std::string const& text,
                                                                                 std::string const& name = "t/map") {
    auto const source = overlaid_maps({{name + ".map", text}}, embedded_maps());
    auto const map = load_map(*source, name);
    if (!map) return std::unexpected(map.error());
    auto plan = compile_nodes(*map, *source);
    if (!plan) return std::unexpected(std::move(plan.error()));
    return make_file_translator(std::move(*plan));
}

inline std::shared_ptr<FileTranslator const> good_map(std::string const& text) {
    auto made = file_map(text);
    EXPECT_TRUE(made.has_value()) << (made ? "" : rendered(made.error()));
    return made ? *made : nullptr;
}

struct FileDocument {
    std::string json;
    Diagnostics diagnostics;
    std::uint64_t elements = 0, extended = 0;
    [[nodiscard]] json::Value value() const {
        auto parsed = json::parse(json);
        EXPECT_TRUE(parsed.has_value()) << json;
        return parsed ? *parsed : json::Value();
    }
};

inline std::vector<FileDocument> read_file_text(FileTranslator const& translator, std::string_view text,
                                                RunValues const& values = {}) {
    std::vector<FileDocument> documents;
    Provenance provenance;
    provenance.id = "d1";
    auto const reading = translator.open(byte_source_of(text), "in", provenance, values);
    std::string json;
    while (auto outcome = reading->next(json)) {
        documents.push_back({json, outcome->diagnostics, outcome->elements, outcome->extended});
        if (documents.size() > 10'000) break;
    }
    return documents;
}

/// The only document of a text, without faults.
inline json::Value read_one(FileTranslator const& translator, std::string_view text) {
    auto const documents = read_file_text(translator, text);
    EXPECT_EQ(documents.size(), 1u);
    if (documents.empty()) return {};
    EXPECT_EQ(rendered(documents[0].diagnostics), "");
    return documents[0].json.empty() ? json::Value() : documents[0].value();
}

inline std::string write_file_text(FileTranslator const& translator, std::vector<json::Value> const& documents,
                                   Diagnostics* found = nullptr) {
    auto const writing = translator.begin();
    Diagnostics all;
    RunValues const values;
    for (auto const& document : documents)
        for (auto& one : writing->add(document, values))
            all.push_back(std::move(one));
    auto text = writing->finish(all);
    if (found != nullptr)
        *found = std::move(all);
    else
        EXPECT_EQ(rendered(all), "");
    return text;
}

/// "lines[0].quantity" of a document; empty: absent.
inline std::string at(json::Value const& document, std::string_view path) {
    auto const* value = &document;
    while (!path.empty() && value != nullptr) {
        auto const end = std::min(path.find_first_of(".["), path.size());
        if (end != 0) value = value->find(path.substr(0, end));
        path.remove_prefix(end);
        if (path.empty()) break;
        if (path[0] == '[') {
            auto const close = path.find(']');
            auto const index = std::stoul(std::string(path.substr(1, close - 1)));
            if (value == nullptr || !value->is_array() || index >= value->items().size()) return {};
            value = &value->items()[index];
            path.remove_prefix(close + 1);
            if (!path.empty() && path[0] == '.') path.remove_prefix(1);
        } else {
            path.remove_prefix(1);
        }
    }
    return value == nullptr ? std::string() : value->is_object() || value->is_array() ? json::to_text(*value) : value->text();
}

} // namespace wharf::translator::test
