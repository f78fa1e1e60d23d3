// The declarations as JSON Schema for editors and as tables for the manual.

#include "base/json_text.hpp"
#include "partner/declarations.hpp"

#include <fmt/format.h>

namespace wharf::partner {
namespace {

std::string json_text(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string indented(unsigned depth) {
    return std::string(2 * depth, ' ');
}

/// A value of the type as its files write it; defaults come from a value that nobody has touched.
struct Defaults {
    std::vector<EffectiveValue> values;
    [[nodiscard]] std::string of(std::string const& path) const {
        for (auto const& value : values)
            if (value.path == path) return value.value;
        return {};
    }
};

Defaults defaults_of(Declaration const& declaration) {
    Defaults defaults;
    Origins const none;
    if (&declaration == &gateway_declaration()) {
        GatewayConfiguration const value;
        collect_effective(declaration, &value, none, "", defaults.values);
    } else if (&declaration == &profile_declaration()) {
        PartnerProfile const value;
        collect_effective(declaration, &value, none, "", defaults.values);
    } else if (&declaration == &channel_declaration()) {
        Channel const value;
        collect_effective(declaration, &value, none, "", defaults.values);
    } else if (&declaration == &calendar_declaration()) {
        CalendarFile const value;
        collect_effective(declaration, &value, none, "", defaults.values);
    }
    return defaults;
}

/// Lists of mappings are empty by default; the defaults of their items come from an item that nobody has touched.
Defaults item_defaults(Field const& list) {
    Defaults defaults;
    collect_effective(*list.nested, list.untouched().get(), {}, "", defaults.values);
    return defaults;
}

std::string value_schema(Field const& field) {
    if (field.words.empty()) return field.json_type;
    std::string words;
    for (auto const& word : field.words)
        words += (words.empty() ? "" : ", ") + json_text(word);
    return fmt::format("\"enum\": [{}]", words);
}

void append_object(std::string& out, Declaration const& declaration, unsigned depth, bool complete);

void append_field(std::string& out, Field const& field, unsigned depth) {
    auto const in = indented(depth + 1);
    out += fmt::format("{}{}: {{\n{}\"description\": {},\n", indented(depth), json_text(field.name), in,
                       json_text(field.meaning));
    switch (field.shape) {
    case Field::Shape::scalar:
        out += in + value_schema(field);
        break;
    case Field::Shape::list:
        out += fmt::format("{}\"type\": \"array\",\n{}\"items\": {{ {} }}", in, in, value_schema(field));
        break;
    case Field::Shape::object:
        append_object(out, *field.nested, depth + 1, true);
        break;
    case Field::Shape::raw:
        append_object(out, *field.nested, depth + 1, false);
        break;
    case Field::Shape::object_list:
        out += fmt::format("{}\"type\": \"array\",\n{}\"items\": {{\n", in, in);
        append_object(out, *field.nested, depth + 2, true);
        out += fmt::format("\n{}}}", in);
        break;
    }
    out += fmt::format("\n{}}}", indented(depth));
}

void append_object(std::string& out, Declaration const& declaration, unsigned depth, bool complete) {
    auto const in = indented(depth);
    out += fmt::format("{}\"type\": \"object\",\n{}\"additionalProperties\": false,\n", in, in);
    std::string required;
    for (auto const& field : declaration.fields())
        if (field.is_required && complete) required += (required.empty() ? "" : ", ") + json_text(field.name);
    if (!required.empty()) out += fmt::format("{}\"required\": [{}],\n", in, required);
    out += fmt::format("{}\"properties\": {{\n", in);
    bool first = true;
    for (auto const& field : declaration.fields()) {
        if (!complete && field.is_required) // what makes a partner himself is no default
            continue;
        out += first ? "" : ",\n";
        first = false;
        append_field(out, field, depth + 1);
    }
    out += fmt::format("\n{}}}", in);
}

std::string escaped_cell(std::string text) {
    std::string out;
    for (char const c : text)
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string code(std::string_view text) {
    return fmt::format("`{}`", text);
}

bool is_of_document(std::string_view title) {
    return title == "each of documents:";
}

void append_table(std::string& out, Declaration const& declaration, Defaults const& defaults, std::string const& path,
                  std::string const& title) {
    out += fmt::format("\n**{}**\n\n| setting | value | default | meaning |\n|---|---|---|---|\n", title);
    for (auto const& field : declaration.fields()) {
        auto const field_path = path.empty() ? field.name : fmt::format("{}.{}", path, field.name);
        std::string type = field.type;
        if (!field.words.empty()) {
            std::string words;
            for (auto const& word : field.words)
                words += (words.empty() ? "" : ", ") + code(word);
            type = field.shape == Field::Shape::list ? fmt::format("list of {}", words) : words;
        }
        auto const value = defaults.of(field_path);
        std::string const standard = field.is_required                                      ? "required"
                                     : field.shape == Field::Shape::object || value.empty() ? "–"
                                     : field.shape == Field::Shape::raw                     ? "–"
                                                                                            : code(value);
        auto meaning = field.meaning;
        if (!field.examples.empty()) meaning += fmt::format("; for example {}", code(field.examples.front()));
        out += fmt::format("| `{}` | {} | {} | {} |\n", field.name, escaped_cell(type), escaped_cell(standard),
                           escaped_cell(meaning));
    }
    for (auto const& field : declaration.fields()) {
        auto const field_path = path.empty() ? field.name : fmt::format("{}.{}", path, field.name);
        if (is_of_document(title) && field.shape == Field::Shape::object)
            continue; // as the partner's own, described with that
        if (field.shape == Field::Shape::object)
            append_table(out, *field.nested, defaults, field_path, fmt::format("{}:", field_path));
        else if (field.shape == Field::Shape::object_list)
            append_table(out, *field.nested, item_defaults(field), "", fmt::format("each of {}:", field_path));
    }
}

} // namespace

std::string json_schema(Declaration const& declaration, std::string_view title) {
    std::string out = "{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n";
    out += fmt::format("  \"title\": {},\n", json_text(title));
    append_object(out, declaration, 1, true);
    out += "\n}\n";
    return out;
}

std::string manual_tables(Declaration const& declaration) {
    std::string out;
    append_table(out, declaration, defaults_of(declaration), "", declaration.name());
    return out;
}

} // namespace wharf::partner
