#include "translator/show.hpp"

#include "translator/map_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace wharf::translator {
namespace {

json::Value rules_json(std::vector<Rule> const& rules);

json::Value texts_json(std::vector<std::string> const& texts) {
    json::Array items;
    for (auto const& text : texts)
        items.emplace_back(text);
    return items;
}

json::Value source_json(Source const& source) {
    json::Value made;
    if (source.each) made.set("each", json::Value(true));
    json::Array paths;
    for (auto const& path : source.alternatives)
        paths.emplace_back(path.text);
    made.set("paths", std::move(paths));
    if (!source.shape.empty()) made.set("shape", json::Value(source.shape));
    return made;
}

json::Value rule_json(Rule const& rule) {
    json::Value made;
    made.set("target", json::Value(target_text(rule)));
    if (rule.direction != Direction::both)
        made.set("direction", json::Value(rule.direction == Direction::read ? "read" : "write"));
    json::Array sources;
    for (auto const& source : rule.sources)
        if (!source.alternatives.empty()) sources.push_back(source_json(source));
    if (!sources.empty()) made.set("sources", std::move(sources));
    if (rule.expression) made.set("value", json::Value(text_of(*rule.expression)));
    if (rule.drop) made.set("drop", json::Value(true));
    json::Array conversions;
    for (auto const& conversion : rule.conversions)
        conversions.emplace_back(text_of(conversion));
    if (!conversions.empty()) made.set("conversions", std::move(conversions));
    if (rule.when) made.set("when", json::Value(text_of(*rule.when)));
    if (rule.on_error != OnError::refuse)
        made.set("on_error", json::Value(rule.on_error == OnError::hold ? "hold" : "pass"));
    if (!rule.rules.empty()) made.set("rules", rules_json(rule.rules));
    json::Array origins;
    for (auto const& origin : rule.origins)
        origins.emplace_back(origin.text_place());
    made.set("origins", std::move(origins));
    return made;
}

json::Value rules_json(std::vector<Rule> const& rules) {
    json::Array items;
    for (auto const& rule : rules)
        items.push_back(rule_json(rule));
    return items;
}

} // namespace

json::Value map_json(EffectiveMap const& map) {
    json::Value made;
    made.set("schema", json::Value("wharf/translator/1"));
    made.set("name", json::Value(map.name));
    if (!map.title.empty()) made.set("title", json::Value(map.title));
    json::Value document;
    document.set("kind", json::Value(map.document));
    document.set("version", json::Value::integer(map.document_version));
    made.set("document", std::move(document));
    json::Value format;
    format.set("name", json::Value(map.format));
    if (!map.set.empty()) format.set("set", json::Value(map.set));
    if (!map.releases.empty()) format.set("releases", texts_json(map.releases));
    made.set("format", std::move(format));
    json::Array options;
    for (auto const& option : map.options)
        options.emplace_back(text_of(option));
    if (!options.empty()) made.set("options", std::move(options));
    json::Array rows;
    for (auto const& row : map.table_rows) {
        json::Value one;
        one.set("table", json::Value(row.table));
        one.set("code", json::Value(row.code));
        one.set("word", json::Value(row.word));
        if (row.write) one.set("write", json::Value(true));
        one.set("origin", json::Value(row.origin.text_place()));
        rows.push_back(std::move(one));
    }
    if (!rows.empty()) made.set("tables", std::move(rows));
    made.set("rules", rules_json(map.rules));
    json::Value shapes(json::Object{});
    for (auto const& [name, shape] : map.shapes)
        shapes.set(name, rules_json(shape.rules));
    made.set("shapes", std::move(shapes));
    return made;
}

namespace {

/// What the types of a line imply, where all its uses agree.
using Inferred = std::map<std::string, std::string>;

std::string op_text(Converter const& converter) {
    if (converter.op == Op::implied) return fmt::format("implied {}", converter.scale);
    return std::string(to_string(converter.op));
}

Inferred inferred_of(Plan const& plan) {
    Inferred found;
    for (auto const& body : plan.bodies)
        for (auto const& line : body->lines) {
            if (!line->conversion_inferred || line->converter.op == Op::text) continue;
            auto const [at, added] = found.try_emplace(line->origin.text_place(), op_text(line->converter));
            if (!added && at->second != op_text(line->converter)) at->second.clear();
        }
    return found;
}

class Printer {
public:
    Printer(bool origins, Inferred inferred) : origins_(origins), inferred_(std::move(inferred)) {}

    void option(std::string const& line) { text += line + "\n"; }

    void rules(std::vector<Rule> const& list, std::size_t depth) {
        for (auto const& rule : list) {
            auto line = std::string(2 * depth, ' ');
            line += target_text(rule);
            if (auto const source = source_text(rule); !source.empty()) line += column(line, 23) + source;
            if (auto const conversion = conversion_text(rule); !conversion.empty()) line += column(line, 43) + conversion;
            if (origins_) comment(rule, line);
            text += line + "\n";
            rules(rule.rules, depth + 1);
        }
    }

    std::string text;

private:
    static std::string column(std::string const& line, std::size_t wanted) {
        return std::string(line.size() < wanted ? wanted - line.size() : 1, ' ');
    }
    void comment(Rule const& rule, std::string& line) const {
        line += column(line, 76) + "#";
        if (auto const found = inferred_.find(rule.origin().text_place());
            found != inferred_.end() && !found->second.empty())
            line += fmt::format(" ({})", found->second);
        for (auto const& origin : rule.origins)
            line += (&origin == &rule.origins.front() ? " " : ", ") + origin.text_place();
    }

    bool origins_;
    Inferred inferred_;
};

} // namespace

std::string map_text(EffectiveMap const& map, bool origins, Plan const* plan) {
    Printer printer(origins, plan == nullptr ? Inferred() : inferred_of(*plan));
    printer.option(fmt::format("translator {}{}", map.name, map.title.empty() ? "" : fmt::format(" \"{}\"", map.title)));
    if (!map.document.empty()) printer.option(fmt::format("document   {} {}", map.document, map.document_version));
    if (map.format == "x12") printer.option(fmt::format("format     x12 {} {}", map.set, fmt::join(map.releases, " ")));
    for (auto const& option : map.options)
        printer.option(text_of(option));
    for (auto const& row : map.table_rows)
        printer.option(fmt::format("table {} \"{}\" {}{}", row.table, row.code, row.word, row.write ? " *" : ""));
    printer.text += "\n";
    printer.rules(map.rules, 0);
    for (auto const& [name, shape] : map.shapes) {
        printer.text += fmt::format("\nshape {}\n", name);
        printer.rules(shape.rules, 1);
    }
    return std::move(printer.text);
}

} // namespace wharf::translator
