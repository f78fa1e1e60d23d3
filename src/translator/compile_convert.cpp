// Conversions: those a line names, and those its two types imply.
#include "translator/compiler.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

using grammar::ElementClass;

std::vector<std::string> const& conversion_names() {
    static std::vector<std::string> const names = {"text",   "code",    "decimal", "implied", "date", "time",
                                                   "moment", "period",  "trim",    "upper",   "pad",  "negate",
                                                   "prefix", "default", "absent",  "same"};
    return names;
}

std::string type_in_words(grammar::ElementRule const& rule) {
    auto const* definition = rule.definition;
    return definition == nullptr
               ? "a composite"
               : fmt::format("type {} (element {}, {})", definition->type, definition->number, definition->name);
}

bool to_number(std::string_view text, unsigned& number) {
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

} // namespace

std::shared_ptr<CodeMap> Compiler::code_map(Conversion const& conversion, grammar::ElementRule const* element,
                                            Rule const& rule) {
    if (conversion.arguments.size() != 1) {
        fault("MAP-0009", rule, conversion.column, "`code` needs the name of a table.",
              "Write, for example: code unit");
        return nullptr;
    }
    auto const& name = conversion.arguments.front();
    auto const list = fmt::format(
        "{}:{}", map_.format, element != nullptr && element->definition != nullptr ? element->definition->number : "");
    auto const key = name + " " + list;
    if (auto const known = code_maps_.find(key); known != code_maps_.end()) return known->second;
    auto& kept = code_maps_[key];
    auto& table = tables_[name];
    if (table == nullptr) {
        auto const file = source_.table(name);
        if (!file) {
            fault("MAP-0010", rule, conversion.column, fmt::format("There is no code table `{}`.", name),
                  did_you_mean(name, source_.tables()));
            return nullptr;
        }
        auto parsed = CodeTable::parse(file->shown_name, file->text);
        if (!parsed) {
            for (auto& found : parsed.error())
                faults_.push_back(std::move(found));
            return nullptr;
        }
        table = std::make_shared<CodeTable>(std::move(*parsed));
    }
    if (!table->has_list(list) &&
        !strict_) { // a release that numbers the element otherwise: its codes pass without words
        kept = std::make_shared<CodeMap>(list);
        kept->finish();
        return kept;
    }
    if (!table->has_list(list)) {
        fault("MAP-0010", rule, conversion.column,
              fmt::format("The table `{}` has no column `{}`, the code list of this element.", name, list),
              fmt::format("It has: {}.", fmt::join(table->lists(), ", ")));
        return nullptr;
    }
    auto compiled = table->compile(list, schema_->dictionary().release());
    if (!compiled) {
        for (auto& found : compiled.error())
            faults_.push_back(std::move(found));
        return nullptr;
    }
    for (auto const& row : map_.table_rows)
        if (row.table == name) compiled->override_with(row.code, row.word, row.write);
    compiled->finish();
    kept = std::make_shared<CodeMap>(std::move(*compiled));
    return kept;
}

bool Compiler::one_conversion(Conversion const& conversion, Rule const& rule,
                              std::vector<grammar::ElementRule const*> const& elements, Converter& out, bool& chosen) {
    auto const& name = conversion.name;
    auto const& arguments = conversion.arguments;
    auto const argument = [&](std::size_t index) {
        return index < arguments.size() ? std::string_view(arguments[index]) : std::string_view();
    };
    auto const choose = [&](Op op) {
        if (chosen) {
            fault("MAP-0009", rule, conversion.column,
                  fmt::format("A line has one conversion of type; `{}` is the second.", name));
            return false;
        }
        out.op = op;
        chosen = true;
        return true;
    };
    auto const wrong = [&](std::string_view form) {
        fault("MAP-0009", rule, conversion.column, fmt::format("`{}` is not written like this.", name),
              fmt::format("Write: {}", form));
        return false;
    };
    for (auto const& other : rule.conversions) {
        if (&other == &conversion) break;
        if (other.name == name) {
            fault("MAP-0009", rule, conversion.column, fmt::format("`{}` stands here twice.", name));
            return false;
        }
    }
    constexpr std::string_view bare[] = {"text", "date", "time", "moment", "period", "trim", "upper", "negate"};
    if (!arguments.empty() && std::find(std::begin(bare), std::end(bare), name) != std::end(bare))
        return wrong(name + ", with nothing behind it");
    if (name == "code") {
        out.codes = code_map(conversion, elements.front(), rule);
        out.quoted_list = fmt::format("\"{}:", map_.format);
        return choose(Op::code) && out.codes != nullptr;
    }
    if (name == "text") return choose(Op::text);
    if (name == "decimal") {
        out.comma = argument(0) == ",";
        if (arguments.size() > 1 || (!arguments.empty() && !out.comma && argument(0) != "."))
            return wrong("decimal, or decimal \",\"");
        return choose(Op::decimal);
    }
    if (name == "implied") {
        unsigned scale = 0;
        if (arguments.size() != 1 || !to_number(argument(0), scale) || scale > 9) return wrong("implied 2");
        out.scale = static_cast<std::uint8_t>(scale);
        return choose(Op::implied);
    }
    if (name == "date") return choose(Op::date);
    if (name == "time") return choose(Op::time);
    if (name == "moment") return choose(Op::moment);
    if (name == "period") return choose(Op::period);
    if (name == "trim") return out.trim = true;
    if (name == "upper") return out.upper = true;
    if (name == "negate") return out.negate = true;
    if (name == "prefix") {
        out.prefix = argument(0);
        return (arguments.size() == 1 && !out.prefix.empty()) || wrong("prefix \"00\"");
    }
    if (name == "pad") {
        if (arguments.size() != 3 || !to_number(argument(0), out.pad_length) || out.pad_length == 0 ||
            out.pad_length > elements.front()->max || argument(1) != "left" || argument(2).size() != 1)
            return wrong("pad 10 left \"0\"");
        out.pad_fill = argument(2).front();
        return true;
    }
    if (name == "default" || name == "absent") {
        if (arguments.size() != 1) return wrong(name + " VALUE");
        (name == "default" ? out.default_value : out.absent_value) = arguments.front();
        return true;
    }
    if (name == "same") return true; // bound when all members are known
    fault("MAP-0009", rule, conversion.column, fmt::format("There is no conversion `{}`.", name),
          did_you_mean(name, conversion_names()).empty()
              ? fmt::format("There are: {}.", fmt::join(conversion_names(), ", "))
              : did_you_mean(name, conversion_names()));
    return false;
}

/// What joins the element's type to the schema's, when the line does not say.
bool Compiler::infer(Rule const& rule, document::Node const* node, grammar::ElementRule const* element,
                     Converter& out) {
    auto const refuse = [&](std::string_view wanted, std::string help) {
        fault("MAP-0011", rule, rule.path.column,
              fmt::format("`{}` is {}; the element is {}. No conversion joins the two by itself.", rule.path.text(),
                          wanted, type_in_words(*element)),
              std::move(help));
        return false;
    };
    auto const decimal = [&] {
        if (element->kind == ElementClass::digits && element->implied_decimals > 0) {
            out.op = Op::implied;
            out.scale = element->implied_decimals;
        } else {
            out.op = Op::decimal;
        }
        return true;
    };
    if (node->type == document::NodeType::integer) {
        if (element->kind == ElementClass::date || element->kind == ElementClass::time)
            return refuse("a whole number", "Choose another member.");
        out.op = Op::integer;
        return true;
    }
    if (node->type == document::NodeType::any) {
        out.op = Op::text;
        return true;
    }
    if (node->type != document::NodeType::string)
        return refuse(node->type == document::NodeType::object ? "an object" : "no text",
                      "Name a member inside it, or a conversion such as `period`.");
    switch (node->pattern) {
    case document::Pattern::decimal:
        if (element->kind == ElementClass::date || element->kind == ElementClass::time)
            return refuse("a decimal number", "Choose another member.");
        return decimal();
    case document::Pattern::date:
    case document::Pattern::date_time:
        if (element->kind == ElementClass::date || element->kind == ElementClass::text) {
            out.op = node->pattern == document::Pattern::date ? Op::date : Op::moment;
            return true;
        }
        return refuse("a date", "Choose another member, or write `date` if the element really holds one.");
    case document::Pattern::time:
        if (element->kind == ElementClass::time || element->kind == ElementClass::text) {
            out.op = Op::time;
            return true;
        }
        return refuse("a time", "Choose another member, or write `time` if the element really holds one.");
    case document::Pattern::coded:
        return refuse("a coded value", "Write `code TABLE`.");
    case document::Pattern::none:
        break;
    }
    out.op = Op::text;
    return true;
}

bool Compiler::converter(Rule const& rule, document::Node const* node,
                         std::vector<grammar::ElementRule const*> const& elements, Converter& out) {
    out.node = node;
    out.elements = elements;
    bool chosen = false;
    for (auto const& conversion : rule.conversions)
        if (!one_conversion(conversion, rule, elements, out, chosen)) return false;
    if (!chosen) {
        if (elements.size() > 1 && node->pattern == document::Pattern::date_time)
            out.op = Op::moment;
        else if (elements.size() > 1) {
            fault("MAP-0011", rule, rule.path.column,
                  fmt::format("`{}` is one value, the path names {} elements.", rule.path.text(), elements.size()),
                  "Say how they become one: `moment` for date and time.");
            return false;
        } else if (!infer(rule, node, elements.front(), out)) {
            return false;
        }
    }
    if (elements.size() > (out.op == Op::moment ? 2u : 1u)) {
        fault(
            "MAP-0011", rule, rule.path.column,
            fmt::format("`{}` makes one value of one element; the path names {}.", to_string(out.op), elements.size()));
        return false;
    }
    if (out.op == Op::decimal && elements.front()->kind == ElementClass::digits &&
        elements.front()->implied_decimals > 0) {
        out.op = Op::implied;
        out.scale = elements.front()->implied_decimals;
    }
    if ((out.op == Op::period) != (node->type == document::NodeType::object)) {
        fault("MAP-0011", rule, rule.path.column,
              out.op == Op::period
                  ? fmt::format("`period` makes an object {{from, to}}; `{}` is none.", rule.path.text())
                  : fmt::format("`{}` is an object.", rule.path.text()));
        return false;
    }
    if (!conversion_fits(rule, *node, out)) return false;
    out.plain = !(out.trim || out.upper || out.negate || out.comma || out.pad_fill != '\0' || !out.prefix.empty());
    auto const* element = elements.front();
    switch (out.op) { // by construction right, but for what the schema says beyond the type
    case Op::code:
        out.check = !node->enumeration.empty() || node->min_length > 1 || node->max_length < element->max + 16;
        break;
    case Op::text:
        out.check = node->pattern != document::Pattern::none || !node->enumeration.empty() || node->min_length > 1 ||
                    node->max_length < element->max;
        break;
    case Op::moment:
        out.check = node->pattern == document::Pattern::date;
        break;
    default:
        out.check = !node->enumeration.empty();
    }
    return true;
}

} // namespace wharf::translator
