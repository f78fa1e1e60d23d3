// What a map says and what would have no effect, or the wrong one: refused, so that no line is passed over in silence.
#include "translator/compiler.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace wharf::translator {
namespace {

std::vector<std::string> names_of(document::Node const& node) {
    std::vector<std::string> names;
    for (auto const& property : node.properties)
        names.push_back(property.name);
    return names;
}

/// Whether a member of this name stands anywhere in a schema.
bool stands_anywhere(document::Node const& root, std::string_view name) {
    std::set<document::Node const*> seen;
    std::vector<document::Node const*> open{&root};
    while (!open.empty()) {
        auto const* const node = open.back();
        open.pop_back();
        if (node == nullptr || !seen.insert(node).second) continue;
        if (node->find(name) != nullptr) return true;
        open.push_back(node->items);
        for (auto const& property : node->properties)
            open.push_back(property.node);
    }
    return false;
}

} // namespace

/// Every part of a line must have an effect where it stands. False after a fault.
bool Compiler::understood(Rule const& rule, std::int16_t group) {
    auto const refuse = [&](std::string_view code, std::uint32_t column, std::string message, std::string help = {}) {
        fault(code, rule, column, std::move(message), std::move(help));
        return false;
    };
    bool shape = false, each = false;
    for (auto const& source : rule.sources) {
        shape = shape || !source.shape.empty();
        each = each || source.each;
        for (auto const& path : source.alternatives)
            if (path.up != 0)
                return refuse("MAP-0006", path.column, "A path cannot step up with `../` yet.",
                              "Write the line in the block that its segment belongs to.");
    }
    using Target = Rule::Target;
    bool const block = !rule.rules.empty() || shape;
    if (group >= 0 && (rule.target != Target::member || block || rule.path.list))
        return refuse("MAP-0013", 1, "`one of` holds lines of one value each.");
    if (rule.target == Target::one_of)
        return !rule.rules.empty() ||
               refuse("MAP-0013", 1, "`one of` holds no lines.", "Indent the lines to choose from below it.");
    if (shape && !rule.rules.empty())
        return refuse("MAP-0013", 1, "A line has a shape or lines below it, not both.",
                      "Put the lines into a shape of their own.");
    if (rule.target == Target::none) {
        if (block) return refuse("MAP-0013", 1, "Nothing can stand below a `-` line, and it has no shape.");
        if (!rule.conversions.empty())
            return refuse("MAP-0009", rule.conversions.front().column, "A conversion has no effect on a `-` line.");
        if (rule.drop && (rule.when || rule.direction != Direction::both))
            return refuse("MAP-0009", 1, "What is dropped is dropped always: `drop` has no direction and no `when`.");
        if (rule.when && rule.direction != Direction::write)
            return refuse("MAP-0009", 1, "A value under `when` is only written; on reading it cannot be checked.",
                          "Begin it with `write`: -  write CUR01 = \"BY\" when currency");
        return true;
    }
    bool const splits = std::ranges::any_of(rule.conversions, [](auto const& one) { return one.name == "split"; });
    if (rule.target == Target::same_object || block || (rule.path.list && !splits) || each) {
        if (rule.on_error != OnError::refuse)
            return refuse("MAP-0009", 1, "`on error` stands at lines of one value.");
        if (rule.when)
            return refuse("MAP-0009", 1, "`when` chooses single values; a block or list cannot have it.",
                          "Write it at the lines inside.");
        if (rule.expression) return refuse("MAP-0009", rule.expression->column, "A block or list has no value.");
        if (rule.direction != Direction::both)
            return refuse("MAP-0009", 1,
                          "A block or list goes both ways; `read` and `write` stand at the lines inside.");
        if ((rule.target == Target::same_object || !rule.path.list) && !rule.conversions.empty())
            return refuse("MAP-0009", rule.conversions.front().column, "A conversion has no effect on a block.",
                          "Write it at the lines inside.");
        if (rule.target == Target::same_object && (rule.sources.size() != 1 || !block))
            return refuse("MAP-0013", 1, "A line `.` needs one segment or loop, and lines below it.");
        return true;
    }
    if (rule.sources.size() > 1) return refuse("MAP-0008", rule.path.column, "`then` joins the sources of a list.");
    bool const given = rule.expression && (rule.expression->kind == Expression::Kind::variable ||
                                           rule.expression->kind == Expression::Kind::path);
    if (given && !rule.sources.empty() && rule.direction != Direction::write)
        return refuse("MAP-0009", rule.expression->column, "A value that is not the element's own is only written.",
                      "Begin the line with `write`, and give it a line that begins with `read`.");
    if (rule.on_error != OnError::refuse && (rule.direction == Direction::write || rule.expression))
        return refuse("MAP-0009", 1, "`on error` says what reading does; this line does not read.");
    if (rule.expression && !rule.conversions.empty() && !given)
        return refuse("MAP-0009", rule.conversions.front().column, "A line with `=` has no conversion.");
    if (rule.expression && rule.when && !rule.sources.empty() && rule.direction != Direction::write)
        return refuse("MAP-0009", 1, "A value under `when` is only written; on reading it cannot be checked.",
                      "Begin it with `write`.");
    return true;
}

/// What stands after `=`: as it will be looked up when a document is written.
bool Compiler::expression_known(Rule const& rule, Context const& context) {
    return expression_known(rule, *rule.expression, context);
}

bool Compiler::expression_known(Rule const& rule, Expression const& expression, Context const& context) {
    using Kind = Expression::Kind;
    auto const refuse = [&](std::string message, std::string help = {}) {
        fault("MAP-0008", rule, expression.column, std::move(message), std::move(help));
        return false;
    };
    switch (expression.kind) {
    case Kind::literal:
        return true;
    case Kind::variable:
        return variable_known(rule, expression);
    case Kind::total:
        for (auto const& part : expression.parts) {
            if (part.kind == Kind::count_segment)
                return refuse("`count HL` is known when all are written; it cannot be added to anything.");
            if (!expression_known(rule, part, context)) return false;
        }
        return true;
    case Kind::count_segment:
        return countable(expression.text) ||
               refuse(fmt::format("`count {}`: only the HL of a set that has them can be counted.", expression.text),
                      "To count entries of the document write, for example: count lines");
    default:
        break;
    }
    bool const of_document = expression.kind != Kind::path;
    if (expression.path.up != 0) return refuse("A value cannot step up with `../`.");
    auto const* node = of_document ? &plan_->document->root() : context.body->node;
    if (expression.everywhere) {
        auto const& name = expression.path.parts.front().name;
        return stands_anywhere(*node, name) || refuse(fmt::format("No object of the document has a `{}`.", name));
    }
    auto const walk = [&](document::Node const* from, CanonicalPath const& path) -> document::Node const* {
        for (auto const& part : path.parts) {
            if (from->type == document::NodeType::array && from->items != nullptr) from = from->items;
            auto const* const property = from->find(part.name);
            if (property == nullptr) {
                refuse(fmt::format("There is no `{}` in {}.", part.name,
                                   of_document ? "the document" : "the object this line stands in"),
                       did_you_mean(part.name, names_of(*from)));
                return nullptr;
            }
            from = property->node;
        }
        return from;
    };
    node = walk(node, expression.path);
    if (node == nullptr) return false;
    auto const decimal = [](document::Node const& one) {
        return one.pattern == document::Pattern::decimal || one.type == document::NodeType::integer;
    };
    if (expression.kind == Kind::count_path && node->type != document::NodeType::array)
        return refuse(fmt::format("`{}` is not a list; there is nothing to count.", expression.path.text()));
    if (expression.kind == Kind::path &&
        (node->type == document::NodeType::array || node->type == document::NodeType::object))
        return refuse(fmt::format("`{}` is not one value.", expression.path.text()));
    if (expression.kind != Kind::sum) return true;
    if (expression.factors.empty())
        return decimal(*node) || refuse(fmt::format("`{}` is no number; it cannot be summed.", expression.path.text()),
                                        "Say what of its entries is summed: sum lines[] (quantity * unit_price)");
    for (auto const& factor : expression.factors) {
        auto const* const entry = node->type == document::NodeType::array && node->items != nullptr ? node->items : node;
        auto const* const found = walk(entry, factor);
        if (found == nullptr) return false;
        if (!decimal(*found)) return refuse(fmt::format("`{}` is no number; it cannot be summed.", factor.text()));
    }
    return true;
}

/// `$…`: one of those a run is told.
bool Compiler::variable_known(Rule const& rule, Expression const& expression) {
    static std::vector<std::string> const names = {"now",    "today",    "usage",   "sender",
                                                   "receiver", "profile", "envelope", "order"};
    auto const& parts = expression.path.parts;
    auto const refuse = [&](std::string message, std::string help) {
        fault("MAP-0009", rule, expression.column, std::move(message), std::move(help));
        return false;
    };
    if (std::ranges::find(names, parts.front().name) == names.end())
        return refuse(fmt::format("There is no value `${}`.", expression.text),
                      parts.front().name == "index"
                          ? std::string("`$index` stands alone: position read = $index")
                          : fmt::format("There are: ${}.", fmt::join(names, ", $")));
    bool const alone = parts.front().name == "now" || parts.front().name == "today" || parts.front().name == "usage";
    if (alone != (parts.size() == 1))
        return refuse(fmt::format("`${}` {}.", parts.front().name, alone ? "has no members" : "needs a member"),
                      alone ? "" : "Write, for example: $profile.department, $order.number");
    if (parts.front().name == "order" && rule.direction != Direction::write)
        return refuse("`$order` is known when a document is written that answers an order; reading has none.",
                      "Begin the line with `write`.");
    return true;
}

/// Whether a schema's node can hold what a conversion makes.
bool Compiler::conversion_fits(Rule const& rule, document::Node const& node, Converter const& out) {
    using document::NodeType;
    using document::Pattern;
    bool fits = true;
    std::string_view wanted;
    if (node.type == NodeType::integer) {
        fits = out.op == Op::integer;
        wanted = "a whole number: write no conversion";
    } else if (node.type == NodeType::string) {
        switch (node.pattern) {
        case Pattern::decimal:
            fits = out.op == Op::decimal || out.op == Op::implied;
            wanted = "a decimal number: `decimal` or `implied n`";
            break;
        case Pattern::date:
        case Pattern::date_time:
            fits = out.op == Op::date || out.op == Op::moment;
            wanted = "a date: `date` or `moment`";
            break;
        case Pattern::time:
            fits = out.op == Op::time;
            wanted = "a time: `time`";
            break;
        case Pattern::coded:
            fits = out.op == Op::code;
            wanted = "a coded value: `code TABLE`";
            break;
        case Pattern::none:
            break;
        }
    }
    auto const column = rule.conversions.empty() ? rule.path.column : rule.conversions.front().column;
    if (!fits) {
        fault("MAP-0011", rule, column,
              fmt::format("`{}` does not make what `{}` holds.", to_string(out.op), rule.path.text()),
              fmt::format("It is {}.", wanted));
        return false;
    }
    bool const number = out.op == Op::decimal || out.op == Op::implied || out.op == Op::integer;
    if ((out.negate || out.comma || out.percent) && !number) {
        fault(
            "MAP-0011", rule, column,
            fmt::format("`{}` is for numbers; `{}` holds none.", out.negate ? "negate" : out.percent ? "percent" : "decimal", rule.path.text()));
        return false;
    }
    for (auto const* value : {&out.default_value, &out.absent_value}) {
        if (!*value) continue;
        auto const& text = **value;
        bool good = !text.empty();
        if (out.op == Op::code && good && out.codes != nullptr)
            good = text.find(':') != std::string::npos ? document::accepts(node, text) : !out.codes->code(text).empty();
        else if (node.type == NodeType::integer)
            good = good && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos &&
                   (text == "0" || text.front() != '0');
        else if (node.type == NodeType::string)
            good = good && document::accepts(node, text);
        if (good) continue;
        fault("MAP-0009", rule, column, fmt::format("`{}` is no value that `{}` can have.", text, rule.path.text()),
              out.op == Op::code && out.codes != nullptr ? did_you_mean(text, out.codes->words()) : std::string());
        return false;
    }
    return true;
}

/// `or`: every alternative must give the same kind of value, because one conversion reads them all.
bool Compiler::alternatives_agree(Rule const& rule, Context& context, document::Node const* node,
                                  Converter const& first) {
    auto const& paths = rule.sources.front().alternatives;
    for (std::size_t i = 1; i < paths.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j)
            if (paths[j].text == paths[i].text) {
                fault("MAP-0012", rule, paths[i].column, fmt::format("`{}` stands here twice.", paths[i].text));
                return false;
            }
        auto const fields = facts(rule, paths[i], context);
        if (fields.empty()) return false;
        Converter other;
        if (!converter(rule, node, fields, other)) return false;
        if (other.op != first.op || other.scale != first.scale || other.codes != first.codes) {
            fault("MAP-0011", rule, paths[i].column,
                  fmt::format("`{}` is of another type or code list than `{}`; one line cannot read both.",
                              paths[i].text, paths.front().text),
                  "Write a line for each below `one of`.");
            return false;
        }
    }
    return true;
}

/// Rows of `table` lines: of a table this map uses, with words that can be told from codes, each with one code to
/// write.
void Compiler::check_table_rows() {
    for (auto const& row : map_.table_rows) {
        Rule at;
        at.origins.push_back(row.origin);
        auto const column = [&](std::string_view word) {
            auto const found = row.origin.text.rfind(word);
            return found == std::string::npos ? 1u : static_cast<std::uint32_t>(found + 1);
        };
        if (auto const known = tables_.find(row.table); known == tables_.end() || known->second == nullptr) {
            std::vector<std::string> names;
            for (auto const& [name, table] : tables_)
                if (table != nullptr) names.push_back(name);
            fault("MAP-0010", at, column(row.table), fmt::format("No line of this map uses a table `{}`.", row.table),
                  did_you_mean(row.table, names));
            continue;
        }
        if (!is_word(row.word))
            fault("MAP-0010", at, column(row.word), fmt::format("`{}` is not a word.", row.word),
                  "A word is small letters, digits and _; it begins with a letter.");
        if (row.code.empty() || (row.code.size() > 8 && map_.format == "x12"))
            fault("MAP-0010", at, column(row.code),
                  fmt::format("The code `{}` is longer than eight characters, or empty.", row.code));
        for (auto const& other : map_.table_rows) {
            if (&other == &row) break;
            if (other.table != row.table || other.origin.file != row.origin.file) continue;
            if (other.code == row.code)
                fault("MAP-0010", at, column(row.code),
                      fmt::format("The code `{}` has a word already (line {}).", row.code, other.origin.line));
            else if (other.word == row.word && other.write == row.write)
                fault("MAP-0010", at, column(row.word),
                      fmt::format("The word `{}` has two codes, and {} of them has the `*` of the one to write.",
                                  row.word, row.write ? "each" : "none"));
        }
    }
}

/// Inside shapes, and everywhere in releases the map is not proved against, a line whose place is not there is no
/// fault.
bool Compiler::left_out(Rule const& rule) {
    if (rule.in_shape) misfits_.try_emplace(rule.origin().text_place(), rule.origin());
    return rule.in_shape || !strict_;
}

void Compiler::fits(Rule const& rule) {
    if (rule.in_shape) fits_.insert(rule.origin().text_place());
}

/// Shapes written in the map's own file: each must be used, and each of its lines must fit at one use at least.
void Compiler::check_own_shapes() {
    if (!strict_) return;
    for (auto const& [name, shape] : map_.shapes) {
        if (shape.origin.file != map_.origin.file) continue; // shared by several maps
        Rule at;
        at.origins.push_back(shape.origin);
        if (!used_shapes_.contains(name)) fault("MAP-0013", at, 1, fmt::format("No line uses the shape `{}`.", name));
    }
    for (auto const& [place, misfit] : misfits_)
        if (misfit.file == map_.origin.file && !fits_.contains(place)) {
            Rule at;
            at.origins.push_back(misfit);
            fault("MAP-0006", at, 0, "The line fits nowhere its shape is used: there is no such segment or element.");
        }
}

} // namespace wharf::translator
