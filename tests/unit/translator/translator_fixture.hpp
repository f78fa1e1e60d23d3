// Reading and writing in tests: from X12 text to canonical JSON and back, with shipped maps or maps kept in memory.
#pragma once

#include "diagnostic/render.hpp"
#include "document/schema.hpp"
#include "grammar/interchange.hpp"
#include "support/x12_text.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/writer.hpp"
#include "translator/map_source.hpp"
#include "translator/translator_impl.hpp"

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace wharf::translator::test {

inline grammar::SchemaCache& schemas() {
    static grammar::SchemaCache cache(*grammar::Grammars::open());
    return cache;
}

inline std::string functional_id(std::string_view set) {
    auto const schema = schemas().get("004010", set);
    return (schema != nullptr ? schema : schemas().get("005010", set))->set().group; // 999: since 005010
}

struct Reading {
    std::string json; // empty after an error
    ReadOutcome outcome;
    Diagnostics validation;
    [[nodiscard]] json::Value value() const {
        auto parsed = json::parse(json);
        EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : parsed.error().message) << "\n" << json;
        return parsed ? *parsed : json::Value();
    }
    /// Codes of the outcome's diagnostics, one per line.
    [[nodiscard]] std::string codes() const {
        std::string text;
        for (auto const& found : outcome.diagnostics)
            text +=
                found.code + " " + found.place.path + (found.value.empty() ? "" : " \"" + found.value + "\"") + "\n";
        return text;
    }
};

/// Every set of an X12 text, read by `find`'s translator for its schema (nullptr: skipped).
template <class Find>
std::vector<Reading> read_all(std::string_view text, std::string const& name, Find const& find) {
    std::vector<Reading> readings;
    grammar::InterchangeReader reader(text, name, schemas());
    while (reader.next()) {
        auto& item = reader.item();
        if (item.kind != grammar::ItemKind::transaction_set || item.schema == nullptr || item.nodes == nullptr ||
            item.part == nullptr)
            continue;
        std::shared_ptr<Translator const> const translator = find(item.schema);
        if (translator == nullptr) continue;
        SetInput input;
        input.segments = &item.part->segments;
        input.nodes = item.nodes;
        input.context = item.context;
        input.provenance.id = "01TEST";
        input.provenance.set = item.set.id;
        input.provenance.version = item.group != nullptr ? item.group->release : "";
        input.provenance.transaction = item.set.control_number;
        Reading reading;
        reading.validation = item.findings;
        reading.outcome = translator->read(input, reading.json);
        readings.push_back(std::move(reading));
    }
    return readings;
}

inline MapSource const& shipped() {
    static auto const source = embedded_maps();
    return *source;
}

/// A compiled map; the test fails with its diagnostics when there is none.
inline std::shared_ptr<Translator const> compiled(MapSource const& source, std::string_view name,
                                                  std::shared_ptr<grammar::Schema const> schema) {
    auto made = make_translator(source, name, std::move(schema));
    if (!made) {
        ADD_FAILURE() << render_text(made.error());
        return nullptr;
    }
    return *made;
}

inline std::shared_ptr<Translator const> shipped_translator(std::string const& set,
                                                            std::string const& release = "004010") {
    static std::map<std::string, std::shared_ptr<Translator const>> kept;
    auto& translator = kept[set + release];
    if (translator == nullptr) translator = compiled(shipped(), "x12/" + set, schemas().get(release, set));
    return translator;
}

/// One set's body through a translator.
inline Reading read_body(std::string_view set, std::string_view body,
                         std::shared_ptr<Translator const> const& translator, std::string const& release = "004010") {
    auto const text = wharf::test::interchange(functional_id(set), {wharf::test::set(set, body)}, release);
    auto readings = read_all(text, "t.x12", [&](auto const&) { return translator; });
    EXPECT_EQ(readings.size(), 1u);
    return readings.empty() ? Reading() : std::move(readings.front());
}

inline Reading read_body(std::string const& set, std::string_view body) {
    return read_body(set, body, shipped_translator(set));
}

inline std::string to_text(x12::SetBody const& body) {
    return std::string(body.bytes());
}

/// Segments as text, each with its terminator.
inline std::string to_text(std::vector<x12::OutSegment> const& segments) {
    std::string text;
    for (auto const& segment : segments) {
        text += segment.id;
        auto count = segment.elements.size();
        while (count > 0 && segment.elements[count - 1].empty())
            --count;
        for (std::size_t i = 0; i < count; ++i)
            text += "*" + segment.elements[i];
        text += "~";
    }
    return text;
}

inline std::string texts(Diagnostics const& diagnostics) {
    std::string text;
    for (auto const& found : diagnostics)
        text += found.code + " " + found.place.path + ": " + found.message + "\n";
    return text;
}

/// A map in memory over the shipped tables: "t/1.map" holds `text`.
inline std::unique_ptr<MapSource> memory(std::map<std::string, std::string> files) {
    return overlaid_maps(std::move(files), embedded_maps());
}

/// Without provenance, for comparing documents.
inline json::Value business(json::Value document) {
    auto& members = document.members();
    std::erase_if(members, [](auto const& member) {
        return member.first == "source" || member.first == "id" || member.first == "test";
    });
    return document;
}

} // namespace wharf::translator::test
