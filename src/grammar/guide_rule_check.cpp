// The rules of a guide, after its rows: paths looked up, conditions that can never hold, effects that do not narrow.
#include "base/limits.hpp"
#include "grammar/guide_path.hpp"
#include "grammar/guide_resolve.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

class RuleResolver {
public:
    RuleResolver(GuideFile& file, NarrowedSet& set, Grammars const& grammars, bool has_parent, GuideProblems& problems)
        : file_(file), set_(set), grammars_(grammars), has_parent_(has_parent), problems_(problems) {}

    void run() {
        for (auto& area : file_.areas)
            walk(area, nullptr, set_.rows, area.line.area);
    }

private:
    // The recursion follows the indentation of the file, which is limited.
    void walk(GuideNode& node, NarrowedRow* row, std::vector<NarrowedRow>& rows, std::optional<Area> area) {
        if (row != nullptr) block_.push_back(row);
        for (auto& inner : node.rows) {
            if (inner.line.kind == GuideLineKind::rule)
                resolve(inner.line, row, rows, area);
            else if (inner.resolved)
                if (auto* found = find(rows, inner)) walk(inner, found, found->rows, std::nullopt);
        }
        if (row != nullptr) block_.pop_back();
    }

    static NarrowedRow* find(std::vector<NarrowedRow>& rows, GuideNode const& node) {
        for (auto& row : rows)
            if (row.place == node.place && same_tests(row.qualifiers, node.tests)) return &row;
        return nullptr;
    }

    Diagnostic& add(std::string_view code, Span span, std::string message, std::string help = {}) {
        return problems_.add(code, file_, *line_, span, std::move(message), std::move(help));
    }
    static Span span_of(GuidePlace const& place) { return {place.column, place.length}; }

    void resolve(GuideLine const& line, NarrowedRow* row, std::vector<NarrowedRow> const& rows,
                 std::optional<Area> area) {
        if (problems_.errors() >= limits::findings) return; // further ones are not kept
        line_ = &line;
        auto const errors = problems_.errors();
        Rule rule = line.rule;
        if (rule.kind == Rule::Kind::order)
            check_order(rule, rows, area, row);
        else
            check(rule.condition);
        for (std::size_t i = 0; i < rule.effects.size(); ++i)
            check_effect(rule.effects[i], line.effect_cells[i], rule.otherwise);
        if (problems_.errors() != errors) return;
        (row != nullptr ? row->rules : set_.rules).push_back(std::move(rule));
    }

    std::optional<PathTarget> lookup(RulePath& path) {
        auto target = resolve_path(path, set_, block_, grammars_);
        if (target) return std::move(*target);
        auto const& fault = target.error();
        add(fault.code, span_of(path.source), fault.message, fault.help);
        return std::nullopt;
    }

    // ---- conditions

    void check(Condition& condition) { // parentheses are limited, and so is the recursion
        for (auto& part : condition.parts)
            check(part);
        using enum Condition::Kind;
        if (condition.kind == any_of || condition.kind == all_of || condition.kind == negation) return;
        auto const left = check_operand(condition.left, condition.kind != present && condition.kind != absent);
        if (!left) return;
        if (condition.kind == like) {
            RowContext const where{file_, *line_, grammars_, problems_, has_parent_, false, false, {}, 0, true};
            condition.like = compile_pattern(condition.like_text, span_of(line_->rule.source), where);
        } else if (condition.kind == in)
            for (auto const& value : condition.values)
                check_literal(value, condition.left, *left);
        else if (condition.kind == compare) {
            if (condition.right.kind != Operand::Kind::literal)
                static_cast<void>(check_operand(condition.right, true));
            else
                check_literal(condition.right.literal, condition.left, *left);
            check_order_sign(condition, *left);
        }
    }

    std::optional<PathTarget> check_operand(Operand& operand, bool needs_value) {
        auto target = lookup(operand.path);
        if (!target) return std::nullopt;
        auto const& path = operand.path;
        auto const says_nothing = !target->facts;
        if (says_nothing && (operand.kind == Operand::Kind::sum || operand.kind == Operand::Kind::unique ||
                             (operand.kind == Operand::Kind::value && needs_value))) {
            add("GUIDE-0040", span_of(path.source), fmt::format("{} is a segment, which has no value", path.text),
                fmt::format("name an element, such as {}01", target->segment->id));
            return std::nullopt;
        }
        if (operand.kind == Operand::Kind::sum && !target->facts->is_number() && target->facts->definition != nullptr) {
            add("GUIDE-0041", span_of(path.source),
                fmt::format("{} is of type {}, which has no sum", path.text, target->facts->definition->type),
                "sum adds elements of type R or N");
            return std::nullopt;
        }
        if (std::ranges::all_of(target->rows, [](NarrowedRow const* row) { return row->use == Use::must_not; }))
            add("GUIDE-0041", span_of(path.source), fmt::format("{} reads a row that this guide forbids", path.text),
                "take the rule or the row back")
                .related.push_back(related_place(target->rows.front()->source, "the row that forbids it"));
        return target;
    }

    void check_literal(std::string_view value, Operand const& left, PathTarget const& target) {
        if (left.kind == Operand::Kind::count || left.kind == Operand::Kind::sum) {
            if (!Decimal::parse(value))
                add("GUIDE-0041", span_of(left.path.source),
                    fmt::format("{} is compared with {}, which is no number",
                                left.kind == Operand::Kind::count ? "a count" : "a sum", guide_value(value)),
                    "write a number, or value(…) for another place");
            return;
        }
        std::optional<std::string> why;
        for (auto const* row : target.rows) {
            why = why_impossible(value, PathTarget::rule_in(*row, left.path), *target.facts);
            if (!why) return;
        }
        if (why)
            add("GUIDE-0041", span_of(left.path.source),
                fmt::format("{} can never be {}: {}", left.path.text, guide_value(value), *why),
                target.facts->codes != nullptr ? code_hint(value, *target.facts, grammars_)
                                               : "correct the value or the path");
    }

    /// `<` and `>` compare numbers, or dates and times by their digits.
    void check_order_sign(Condition const& condition, PathTarget const& left) {
        auto const ordered =
            condition.order != Condition::Order::equal && condition.order != Condition::Order::not_equal;
        if (!ordered || condition.left.kind != Operand::Kind::value || !left.facts || left.facts->definition == nullptr)
            return;
        auto const& type = left.facts->definition->type;
        if (left.facts->is_number() || type == "DT" || type == "TM" ||
            std::ranges::any_of(left.rows, [&](NarrowedRow const* row) {
                return PathTarget::rule_in(*row, condition.left.path).digits;
            }))
            return;
        if (type == "AN" && condition.right.kind == Operand::Kind::literal && Decimal::parse(condition.right.literal))
            return;
        add("GUIDE-0041", span_of(condition.left.path.source),
            fmt::format("{} is of type {}; larger and smaller are for numbers, dates and times",
                        condition.left.path.text, type),
            "compare with = or !=, or write in { … }");
    }

    // ---- effects

    void check_effect(Effect& effect, std::vector<GuideCell> const& cells, Use otherwise) {
        auto const target = lookup(effect.path);
        if (!target) return;
        auto const span = span_of(effect.path.source);
        if (auto const unique = std::ranges::find(cells, GuideCell::Kind::unique, &GuideCell::kind); unique != cells.end()) {
            add("GUIDE-0010", *unique, fmt::format("unique speaks of all values of {} and cannot hang on a condition", effect.path.text),
                fmt::format("write unique in the row of the element, or a rule of its own: need unique({})", effect.path.text));
            return;
        }
        if (!target->facts) {
            if (!cells.empty())
                add("GUIDE-0010", cells.front(),
                    fmt::format("this speaks of a value, but {} is a segment", effect.path.text),
                    fmt::format("name an element, such as {}01", target->segment->id));
            for (auto const use : {effect.rule.use, otherwise})
                check_segment_use(*target, use, effect.path, span);
            return;
        }
        for (auto const* row : target->rows) {
            if (row->use == Use::must_not && effect.rule.use == Use::must) forbidden_row(*row, effect.path, span);
            auto const prior = PathTarget::rule_in(*row, effect.path);
            RowContext const where{file_, *line_, grammars_,           problems_,           has_parent_,
                                   false, false,  target->segment->id, effect.path.element, true};
            check_value(prior, effect.rule.use, span, cells, *target->facts, where);
            if (otherwise != Use::grammar) check_value(prior, otherwise, span, {}, *target->facts, where);
            break; // the rows of one path have one definition; the first that a guide speaks of is as good as all
        }
        merge_value(effect.rule, Use::grammar, cells);
    }

    void forbidden_row(NarrowedRow const& row, RulePath const& path, Span span) {
        add("GUIDE-0041", span,
            fmt::format("{} can never be there: this guide forbids {}", path.text, row.row->segment),
            "take the rule or the row back")
            .related.push_back(related_place(row.source, "the row that forbids it"));
    }

    void check_segment_use(PathTarget const& target, Use use, RulePath const& path, Span span) {
        if (use == Use::grammar) return;
        auto const& row = *target.rows.front();
        if (use == Use::must &&
            std::ranges::all_of(target.rows, [](NarrowedRow const* one) { return one->use == Use::must_not; }))
            return forbidden_row(row, path, span);
        if (use == Use::must || target.rows.size() > 1) return;
        auto const what = use == Use::may ? "made optional" : "forbidden";
        if (row.row->mandatory && row.qualifiers.empty()) {
            auto& finding =
                add("GUIDE-0020", span,
                    fmt::format("{} is mandatory in {} and cannot be {}", path.text, set_.set->release, what),
                    "leave this effect out");
            if (auto related = set_row(grammars_, *set_.set, *row.row)) finding.related.push_back(std::move(*related));
        } else if (row.mandatory)
            add("GUIDE-0042", span, fmt::format("{} must be there by its row and cannot be {}", path.text, what),
                "write O in the row, and M in the rule where it is needed")
                .related.push_back(related_place(row.source, "the row"));
    }

    // ---- order

    /// Two orders of one place must agree.
    void check_against_other_orders(Rule const& rule, NarrowedRow const* row) {
        for (auto const& other : row != nullptr ? row->rules : set_.rules) {
            if (other.kind != Rule::Kind::order || other.segment != rule.segment) continue;
            std::size_t last = 0;
            for (auto const& value : rule.values) {
                auto const found = static_cast<std::size_t>(std::ranges::find(other.values, value) - other.values.begin());
                if (found == other.values.size()) continue;
                if (found >= last) {
                    last = found;
                    continue;
                }
                add("GUIDE-0034", span_of(rule.source), fmt::format("{}[{}] comes after {}[{}] here, and before it in another order of this place", rule.segment, value, rule.segment, other.values[last]),
                    "both cannot hold; keep one of the two")
                    .related.push_back(related_place(other.source, "the other order"));
                return;
            }
        }
    }

    void check_order(Rule& rule, std::vector<NarrowedRow> const& rows, std::optional<Area> area, NarrowedRow const* block) {
        check_against_other_orders(rule, block);
        auto range = find_place(rows, rule.segment, 1, area);
        if (range.empty()) range = find_place(rows, rule.segment, 1); // rules of the set belong to no area
        if (range.empty()) {
            add("GUIDE-0034", line_->id,
                fmt::format("there is no {} here{}", rule.segment, place_hint(set_, rows, rule.segment, grammars_)),
                "`order` stands where the rows stand whose order it fixes");
            return;
        }
        auto const* definition = set_.dictionary->segment(rule.segment);
        auto sorted = rule.values;
        std::ranges::sort(sorted);
        if (auto const twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
            add("GUIDE-0034", span_of(rule.source), fmt::format("{} twice in one order", *twice),
                "name each variant once");
        for (auto const& value : rule.values) {
            auto const has_value = [&](QualifierTest const& test) {
                return test.element == definition->key && std::ranges::find(test.values, value) != test.values.end();
            };
            auto found = false;
            std::string variants;
            for (auto i = range.begin; i != range.end; ++i) {
                found = found || std::ranges::any_of(rows[i].qualifiers, has_value);
                if (!rows[i].qualifiers.empty())
                    variants +=
                        (variants.empty() ? "" : ", ") + rule.segment + bracket_text(rows[i].qualifiers, *definition);
            }
            if (!found)
                add("GUIDE-0034", span_of(rule.source),
                    fmt::format("{}[{}] is no variant of this place", rule.segment, value),
                    variants.empty() ? fmt::format("write rows such as {} [{}] first", rule.segment, value)
                                     : fmt::format("the variants are {}", variants));
        }
    }

    GuideFile& file_;
    NarrowedSet& set_;
    Grammars const& grammars_;
    bool has_parent_;
    GuideProblems& problems_;
    GuideBlock block_;
    GuideLine const* line_ = nullptr;
};

} // namespace

void resolve_rules(GuideFile& file, NarrowedSet& set, Grammars const& grammars, bool has_parent,
                   GuideProblems& problems) {
    RuleResolver(file, set, grammars, has_parent, problems).run();
}

} // namespace wharf::grammar
