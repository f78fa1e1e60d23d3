// Conversions: those a line names, and those its two types imply.
#include "translator/compiler.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

using grammar::ElementClass;

std::vector<std::string> const& conversion_names() {
    static std::vector<std::string> const names = {"lookup", "split", "join", "part", "percent", "text",   "code",    "decimal", "implied", "date", "time",
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

/// Of "acme/po-csv" acme: whose codes they are where no standard says so.
std::string own_list(std::string const& map_name) {
    std::string list;
    for (char const c : map_name.substr(0, map_name.find('/')))
        list += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
    return list;
}

bool to_number(std::string_view text, unsigned& number);

/// "1..8", "9..".
bool part(std::string_view text, Converter& out) {
    auto const dots = text.find("..");
    if (dots == text.npos || !to_number(text.substr(0, dots), out.part_first) || out.part_first == 0) return false;
    text.remove_prefix(dots + 2);
    return text.empty() || (to_number(text, out.part_last) && out.part_last >= out.part_first);
}

bool to_number(std::string_view text, unsigned& number) {
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

} // namespace

/// `code TABLE`, `code TABLE x12:355`, `code TABLE words`; each may end in `known`.
std::shared_ptr<CodeMap> Compiler::code_map(Conversion const& conversion, ValueFacts const* field, Rule const& rule,
                                            Converter& out) {
    auto arguments = conversion.arguments;
    out.known = arguments.size() > 1 && arguments.back() == "known";
    if (out.known) arguments.pop_back();
    if (arguments.empty() || arguments.size() > 2) {
        fault("MAP-0009", rule, conversion.column, "`code` needs the name of a table.",
              "Write, for example: code unit, or with the column of the table: code unit x12:355");
        return nullptr;
    }
    auto const& name = arguments.front();
    bool const named = arguments.size() == 2;
    out.words = named && arguments.back() == "words";
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
    auto const list = named ? arguments.back() : code_list(field, *table);
    // a code without a word is LIST:CODE; where nobody made the list, it is the partner's
    auto const standard = list.substr(0, list.find(':'));
    out.quoted_list = fmt::format("\"{}:", standard.empty() ? own_list(map_.name) : standard);
    auto const key = name + " " + list;
    if (auto const known = code_maps_.find(key); known != code_maps_.end()) return known->second;
    auto& kept = code_maps_[key];
    CodeMap made(list);
    if (out.words) {
        made = table->words();
    } else if (table->has_list(list)) {
        auto compiled = table->compile(list, release());
        if (!compiled) {
            for (auto& found : compiled.error())
                faults_.push_back(std::move(found));
            return nullptr;
        }
        made = std::move(*compiled);
    } else if (!list.empty() && strict_) { // in a release that numbers the element otherwise codes pass without words
        fault("MAP-0010", rule, conversion.column,
              named ? fmt::format("The table `{}` has no column `{}`.", name, list)
                    : fmt::format("The table `{}` has no column `{}`, the code list of this element.", name, list),
              fmt::format("It has: {}.", fmt::join(table->lists(), ", ")));
        return nullptr;
    }
    if (table->has_list(list) || list.empty() || out.words)
        for (auto const& row : map_.table_rows)
            if (row.table == name) made.override_with(row.code, row.word, row.write);
    made.finish();
    kept = std::make_shared<CodeMap>(std::move(made));
    return kept;
}

bool Compiler::one_conversion(Conversion const& conversion, Rule const& rule,
                              std::vector<ValueFacts const*> const& elements, Converter& out, bool& chosen) {
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
    constexpr std::string_view bare[] = {"text", "period", "trim", "upper", "negate", "percent"};
    if (!arguments.empty() && std::find(std::begin(bare), std::end(bare), name) != std::end(bare))
        return wrong(name + ", with nothing behind it");
    if (name == "code") {
        out.codes = code_map(conversion, elements.front(), rule, out);
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
    if (name == "date" || name == "time" || name == "moment") {
        if (arguments.size() > 1) return wrong(name + ", or with a form: date DD.MM.YYYY");
        if (!choose(name == "date" ? Op::date : name == "time" ? Op::time : Op::moment)) return false;
        return arguments.empty() || date_form(arguments.front(), rule, conversion.column, out);
    }
    if (name == "percent") return out.percent = true;
    if (name == "lookup") {
        out.lookup = argument(0);
        return (arguments.size() == 1 && !out.lookup.empty()) || wrong("lookup NAME");
    }
    if (name == "split" || name == "join") {
        (name == "split" ? out.split : out.join) = argument(0);
        return (arguments.size() == 1 && !argument(0).empty()) || wrong(name + " \", \"");
    }
    if (name == "part") return part(argument(0), out) || wrong("part 1..8, or part 9..");
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

/// `date DD.MM.YYYY`.
bool Compiler::date_form(std::string const& pattern, Rule const& rule, std::uint32_t column, Converter& out) {
    auto const kind = out.op == Op::date   ? DateFormat::Kind::date
                      : out.op == Op::time ? DateFormat::Kind::time
                                           : DateFormat::Kind::moment;
    auto form = DateFormat::parse(pattern, kind);
    if (!form) {
        fault("MAP-0009", rule, column, fmt::format("`{}` is no form of a {}.", pattern, to_string(out.op)),
              "It is made of YYYY or YY, MM, DD, HH, MM, SS and what stands between: date DD.MM.YYYY, time HH:MM");
        return false;
    }
    out.format = std::make_shared<DateFormat const>(std::move(*form));
    return true;
}

/// How the format spells dates and decimals where the line does not say.
bool Compiler::spell(Rule const& rule, Converter& out) {
    auto const& usual = defaults();
    if (out.op == Op::decimal && usual.decimal_point == ',' &&
        std::none_of(rule.conversions.begin(), rule.conversions.end(),
                     [](Conversion const& one) { return one.name == "decimal" && !one.arguments.empty(); }))
        out.comma = true;
    bool const dated = out.op == Op::date || out.op == Op::time || out.op == Op::moment;
    if (!dated || out.format != nullptr || !usual.iso) return true;
    std::string const form = out.op == Op::date   ? usual.date_format
                             : out.op == Op::time ? usual.time_format
                                                  : usual.moment_format;
    out.iso = form.empty();
    return out.iso || date_form(form, rule, rule.path.column, out);
}

/// What joins the element's type to the schema's, when the line does not say.
bool Compiler::infer(Rule const& rule, document::Node const* node, ValueFacts const* element,
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

bool Compiler::converter(Rule const& rule, document::Node const* target,
                         std::vector<ValueFacts const*> const& elements, Converter& out) {
    bool const splits = std::any_of(rule.conversions.begin(), rule.conversions.end(),
                                    [](Conversion const& one) { return one.name == "split"; });
    bool const joins = std::any_of(rule.conversions.begin(), rule.conversions.end(),
                                   [](Conversion const& one) { return one.name == "join"; });
    auto const* node = splits && target->items != nullptr ? target->items : target;
    out.node = node;
    out.elements = elements;
    bool chosen = false;
    for (auto const& conversion : rule.conversions)
        if (!one_conversion(conversion, rule, elements, out, chosen)) return false;
    if (!chosen) {
        if (elements.size() > 1 && !joins && node->pattern == document::Pattern::date_time)
            out.op = Op::moment;
        else if (elements.size() > 1 && !joins) {
            fault("MAP-0011", rule, rule.path.column,
                  fmt::format("`{}` is one value, the path names {} elements.", rule.path.text(), elements.size()),
                  "Say how they become one: `moment` for date and time.");
            return false;
        } else if (!infer(rule, node, elements.front(), out)) {
            return false;
        }
    }
    if (elements.size() > (joins ? 4u : out.op == Op::moment && !splits ? 2u : 1u)) {
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
    if (!spell(rule, out) || !conversion_fits(rule, *node, out)) return false;
    out.plain = !(out.trim || out.upper || out.negate || out.comma || out.pad_fill != '\0' || !out.prefix.empty() ||
                  out.percent || splits || joins || out.part_first != 0 || !out.lookup.empty());
    auto const* element = elements.front();
    switch (out.op) { // by construction right, but for what the schema says beyond the type
    case Op::code:
        out.check = !node->enumeration.empty() || node->min_length > 1 || node->max_length < std::uint64_t{element->max} + 16;
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
    out.check = out.check || (!out.plain && out.op == Op::text);
    return true;
}

} // namespace wharf::translator
