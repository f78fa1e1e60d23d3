// Targets that read files of rows and XML: the readers, and the shipped translators above them.
#include "base/byte_source.hpp"
#include "document/schema.hpp"
#include "syntax/csv/reader.hpp"
#include "syntax/csv/writer.hpp"
#include "syntax/json/value.hpp"
#include "syntax/xml/document.hpp"
#include "tests/fuzz/targets.hpp"
#include "translator/map_source.hpp"
#include "translator/node_compile.hpp"

#include <string>
#include <vector>

namespace wharf::fuzz {
namespace {

std::shared_ptr<translator::FileTranslator const> shipped(std::string_view name) {
    auto const source = translator::embedded_maps();
    auto const map = translator::load_map(*source, name);
    require(map.has_value(), "a shipped map can be loaded");
    auto plan = translator::compile_nodes(*map, *source);
    require(plan.has_value(), "a shipped map compiles");
    return translator::make_file_translator(std::move(*plan));
}

/// What is read conforms to its schema, and what is written of it is read again.
void translate(translator::FileTranslator const& map, std::string_view input) {
    translator::RunValues const values;
    translator::Provenance provenance;
    provenance.id = "f";
    auto const reading = map.open(byte_source_of(input), "fuzz", provenance, values);
    std::string json;
    for (unsigned i = 0; i < 100; ++i) {
        auto const outcome = reading->next(json);
        if (!outcome) break;
        require(outcome->ok() != json.empty(), "a document or an error");
        if (json.empty()) continue;
        auto const document = json::parse(json);
        require(document.has_value(), "a document is JSON");
        require(!has_errors(document::check(*document)), "a document conforms to its schema");
        auto const writing = map.begin();
        auto found = writing->add(*document, values);
        auto const text = writing->finish(found);
        if (has_errors(found)) continue;
        auto const again = map.open(byte_source_of(text), "fuzz", provenance, values);
        std::string second;
        auto const outcome2 = again->next(second);
        require(outcome2.has_value() && !second.empty(), "what was written can be read");
    }
}

} // namespace

void csv(std::string_view input) {
    for (char const delimiter : {',', ';', '\t', '\0'}) {
        csv::Dialect dialect;
        dialect.delimiter = delimiter;
        if (delimiter == '\t') dialect.backslash = true;
        if (delimiter == '\0') dialect.quote = '\0';
        csv::Reader reader(byte_source_of(input), dialect);
        csv::Writer writer(dialect);
        std::string out, scratch;
        std::vector<std::vector<std::string>> rows;
        std::uint32_t line = 0;
        while (auto const* const row = reader.next()) {
            require(row->line > line, "rows stand in lines of their own");
            line = row->line;
            if (row->fault != csv::RowFault::none) continue;
            auto& fields = rows.emplace_back();
            for (auto const& field : row->fields) {
                require(std::size_t{field.begin} + field.length <= row->text.size(), "a field is part of its row");
                fields.emplace_back(csv::value(dialect, *row, field, scratch));
            }
            std::vector<std::string_view> const views(fields.begin(), fields.end());
            if (writer.add(views, out)) rows.pop_back();
        }
        csv::Reader again(byte_source_of(out), dialect);
        for (auto const& expected : rows) {
            bool const empty_line = expected.size() == 1 && expected.front().empty() && dialect.quote == '\0';
            if (empty_line) continue;
            auto const* const row = again.next();
            require(row != nullptr && row->fault == csv::RowFault::none, "what was written can be read");
            require(row->fields.size() == expected.size(), "with as many fields");
            for (std::size_t i = 0; i < expected.size(); ++i)
                require(csv::value(dialect, *row, row->fields[i], scratch) == expected[i], "and the same texts");
        }
    }
    static auto const map = shipped("csv/purchase_order");
    translate(*map, input);
}

void xml(std::string_view input) {
    if (auto const document = xml::parse(input)) {
        require(!document->nodes.empty(), "a document has a root");
        auto const text = document->fragment(0);
        auto const again = xml::parse(text);
        require(again.has_value(), "a fragment is XML");
        require(again->nodes.size() == document->nodes.size(), "and the same");
        for (std::size_t i = 0; i < again->nodes.size(); ++i)
            require(again->nodes[i].name == document->nodes[i].name && again->nodes[i].text == document->nodes[i].text,
                    "name by name and text by text");
    }
    static auto const map = shipped("cxml/order_request");
    translate(*map, input);
}

} // namespace wharf::fuzz
