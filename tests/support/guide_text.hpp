// Guides in tests: short ways to read one, and a narrowed set as text that can be compared.
#pragma once

#include "diagnostic/render.hpp"
#include "grammar/guide.hpp"
#include "grammar/guide_line.hpp"
#include "support/schemas.hpp"

#include <expected>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace wharf::test {

inline std::expected<std::shared_ptr<grammar::Guide const>, Diagnostics> read(std::string_view text) {
    return grammar::read_guide(text, "demo.guide", {}, grammars());
}

/// Rows of a guide that narrows 850 of 004010; the first row given is on line 3.
inline std::expected<std::shared_ptr<grammar::Guide const>, Diagnostics> read_850(std::string_view rows) {
    return read("guide demo \"Demo\"\nnarrows 850 of 004010\n" + std::string(rows));
}

/// The schema of a guide that must be right; nullptr, and a failure told, when it is not.
inline std::shared_ptr<grammar::Schema const> compile_guide(std::string const& text, std::string const& file = "test.guide") {
    auto const guide = grammar::read_guide(text, file, {}, grammars());
    if (!guide) {
        ADD_FAILURE() << render_text(guide.error()) << "\n" << text;
        return nullptr;
    }
    auto const schema = grammar::Schema::compile(std::shared_ptr<grammar::NarrowedSet const>(*guide, &(*guide)->narrowed()));
    EXPECT_TRUE(schema) << (schema ? "" : schema.error().message);
    return schema ? *schema : nullptr;
}

inline std::string dump(grammar::ValueRule const& rule) {
    std::string text = fmt::format("use {} ", static_cast<int>(rule.use));
    if (rule.lengths) text += fmt::format("{}/{} ", rule.lengths->first, rule.lengths->second);
    text += fmt::format("[{}] [{}] {}{}{} is {} ", fmt::join(rule.codes, ","), fmt::join(rule.beyond_codes, ","),
                        rule.digits ? "digits " : "", rule.unique ? "unique " : "", rule.report ? "report" : "",
                        static_cast<int>(rule.is));
    if (rule.decimals) text += fmt::format("decimals {} ", *rule.decimals);
    if (rule.from) text += "from " + rule.from->text();
    if (rule.to) text += " to " + rule.to->text();
    return text + fmt::format(" like '{}' name '{}' note '{}'", rule.like_text, rule.name, rule.note);
}

inline std::string dump(std::vector<grammar::QualifierTest> const& tests) {
    std::string text;
    for (auto const& test : tests)
        text += fmt::format("[{}-{} {}]", test.element, test.component, fmt::join(test.values, ","));
    return text;
}

inline std::string dump(grammar::RulePath const& path) {
    std::string text = path.absolute ? "/" : "";
    for (auto const& step : path.steps)
        text += fmt::format("{}#{}{}({})/", step.segment, step.place, dump(step.qualifiers), step.occurrence);
    return text + fmt::format("{}-{}<{}>", path.element, path.component, path.pair);
}

inline std::string dump(grammar::Operand const& operand) {
    return fmt::format("{}'{}'{}", static_cast<int>(operand.kind), operand.literal, dump(operand.path));
}

inline std::string dump(grammar::Condition const& condition) {
    auto text = fmt::format("({} {} {} {} {} '{}'", static_cast<int>(condition.kind), static_cast<int>(condition.order),
                            dump(condition.left), dump(condition.right), fmt::join(condition.values, ","),
                            condition.like_text);
    for (auto const& part : condition.parts)
        text += dump(part);
    return text + ")";
}

inline std::string dump(std::vector<grammar::Rule> const& rules, std::string const& indent) {
    std::string text;
    for (auto const& rule : rules) {
        text += fmt::format("{}rule {} {} else {} {} {} '{}' {}\n", indent, static_cast<int>(rule.kind), dump(rule.condition),
                            static_cast<int>(rule.otherwise), rule.segment, fmt::join(rule.values, ","), rule.message,
                            rule.report);
        for (auto const& effect : rule.effects)
            text += fmt::format("{}  {} {}\n", indent, dump(effect.path), dump(effect.rule));
    }
    return text;
}

inline std::string dump(std::vector<grammar::NarrowedRow> const& rows, std::string const& indent) {
    std::string text;
    for (auto const& row : rows) {
        text += fmt::format("{}{} {} {} use {} {} {}..{} of {} {}{}{} '{}' '{}'\n", indent, row.place, row.row->segment,
                            dump(row.qualifiers), static_cast<int>(row.use), row.mandatory, row.min, row.max,
                            row.place_max, row.listed ? "listed " : "", row.beyond ? "beyond " : "",
                            row.report ? "report" : "", row.name, row.note);
        for (auto const& element : row.elements)
            text += fmt::format("{}  {:02}-{:02} {}\n", indent, element.element, element.component, dump(element.rule));
        for (auto const& pair : row.pairs)
            text += fmt::format("{}  <{}> {}\n", indent, pair.qualifier, dump(pair.rule));
        text += dump(row.rules, indent + "  ");
        text += dump(row.rows, indent + "    ");
    }
    return text;
}

/// Everything but the places in files.
inline std::string dump(grammar::NarrowedSet const& set) {
    auto text = fmt::format("{} {} unlisted {}\n", set.set->id, set.set->release, static_cast<int>(set.unlisted));
    for (auto const& level : set.levels.levels)
        text += fmt::format("level {} '{}' {} {}..{} under {}\n", level.code, level.name, level.mandatory, level.min,
                            level.max, fmt::join(level.under, ","));
    text += fmt::format("HL {} {} {} {}\n", set.levels.count_from.value_or(9999), set.levels.parent_required,
                        set.levels.parent_unused, set.levels.child_unused);
    return text + dump(set.rows, "") + dump(set.rules, "");
}

} // namespace wharf::test
