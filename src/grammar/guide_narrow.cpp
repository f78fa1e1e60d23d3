#include "grammar/guide_narrow.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

bool exceeds(std::uint32_t max, std::uint32_t limit) {
    return limit != 0 && (max == 0 || max > limit);
}

void remember(GuidePlace const& source, std::vector<GuidePlace>& earlier) {
    if (source.file != nullptr) earlier.insert(earlier.begin(), source);
}

bool is_variant_place(std::vector<NarrowedRow> const& rows, std::uint32_t place) {
    return std::ranges::count(rows, place, &NarrowedRow::place) > 1;
}

void add_code(std::vector<std::string>& codes, std::string const& code) {
    auto const at = std::ranges::lower_bound(codes, code);
    if (at == codes.end() || *at != code) codes.insert(at, code);
}

ValueRule& element_rule(NarrowedRow& row, std::uint8_t element, std::uint8_t component) {
    auto const key = std::pair(element, component);
    auto at = std::ranges::find_if(
        row.elements, [&](ElementNarrowing const& other) { return std::pair(other.element, other.component) >= key; });
    if (at == row.elements.end() || std::pair(at->element, at->component) != key)
        at = row.elements.insert(at, {element, component, {}});
    return at->rule;
}

ValueRule& pair_rule(NarrowedRow& row, std::string_view qualifier) {
    auto at = std::ranges::find(row.pairs, qualifier, &PairNarrowing::qualifier);
    if (at == row.pairs.end()) at = row.pairs.insert(at, {std::string(qualifier), {}});
    return at->rule;
}

} // namespace

RowContext RowNarrowing::context(GuideLine const& line) const {
    RowContext made{file_, line, grammars_, problems_, has_parent_, false, false, {}, 0, false};
    made.may_override = line.cell(GuideCell::Kind::override_parent) != nullptr;
    made.beyond = line.beyond;
    return made;
}

Diagnostic& RowNarrowing::add(std::string_view code, GuideLine const& line, Span span, std::string message,
                              std::string help) {
    return problems_.add(code, file_, line, span, std::move(message), std::move(help));
}

void RowNarrowing::add(GuideFault const& fault, GuideLine const& line, Span span) {
    add(fault.code, line, span, fault.message, fault.help);
}

void RowNarrowing::relate_row(Diagnostic& finding, NarrowedRow const& row) const {
    constexpr std::size_t enough = 50; // looking a row up reads the file of the set
    if (problems_.errors() > enough) return;
    if (auto related = set_row(grammars_, *set_.set, *row.row)) finding.related.push_back(std::move(*related));
}

GuidePlace RowNarrowing::place_of(GuideLine const& line) const {
    return {&file_.name, line.number, line.id.column, line.id.length};
}

std::string RowNarrowing::release() const {
    return set_.set->release;
}

void RowNarrowing::row(NarrowedRow& row, GuideLine const& line, Scope const& scope) {
    auto const where = context(line);
    auto const prior_use = row.use;
    auto const has_others = !row.qualifiers.empty() || is_variant_place(*scope.rows, row.place);
    if (scope.forbidden && line.use == Use::must)
        add("GUIDE-0036", line, line.use_span,
            fmt::format("{} must be there inside {}, which must not", line.id.text, scope.words),
            "take one of the two back");
    auto deviates = false;
    if (row.row->mandatory && !has_others && line.use != Use::must && !row.beyond) {
        auto const* word = line.use == Use::may ? "made optional" : "forbidden";
        if (line.beyond) {
            deviates = true;
            add("GUIDE-0050", line, line.use_span,
                fmt::format("{} is mandatory in {}; this guide lets it be absent", line.id.text, release()),
                "a strict receiver would refuse that");
        } else
            relate_row(add("GUIDE-0020", line, line.use_span,
                           fmt::format("{} is mandatory in {} and cannot be {}", line.id.text, release(), word),
                           fmt::format("write {} M, or `beyond` before the row if the partner really leaves it out",
                                       line.id.text)),
                       row);
    } else if (line.beyond && !row.beyond && !beyond_qualifier(row, line))
        add("GUIDE-0051", line, line.beyond_span,
            fmt::format("{} stands in {} of {} in {}; nothing is widened", line.id.text, scope.words, set_.set->id,
                        release()),
            "leave `beyond` out");
    if (has_parent_ && !where.may_override &&
        ((prior_use == Use::must && line.use != Use::must) ||
         (prior_use == Use::must_not && line.use != Use::must_not)))
        relaxes(row, line, line.use_span,
                fmt::format("{} is {} here, but {} in the guide this one extends", line.id.text, use_word(line.use),
                            use_word(prior_use)));
    if (!has_parent_ && where.may_override) check_override(line);
    check_cells(line);

    deviates = narrow_count(row, line, where) || deviates;
    row.use = line.use;
    row.mandatory = line.use == Use::must;
    if (auto const* name = line.cell(GuideCell::Kind::name)) row.name = name->text;
    if (line.cell(GuideCell::Kind::report) != nullptr) {
        if (has_parent_ && !where.may_override && row.listed && !row.report)
            relaxes(row, line, *line.cell(GuideCell::Kind::report),
                    fmt::format("{} is only reported here, but an error in the guide this one extends", line.id.text));
        row.report = true;
    }
    row.beyond = row.beyond || deviates;
    row.listed = true;
    remember(row.source, row.earlier);
    row.source = place_of(line);
}

void RowNarrowing::check_override(GuideLine const& line) {
    add("GUIDE-0051", line, *line.cell(GuideCell::Kind::override_parent),
        "`override` without `extends` changes nothing", "leave it out");
}

void RowNarrowing::relaxes(NarrowedRow const& row, GuideLine const& line, Span span, std::string message) {
    auto& finding =
        add("GUIDE-0045", line, span, std::move(message),
            "a guide may only narrow the one it extends; write `override` at the end of the row if this is meant");
    if (row.source.file != nullptr)
        finding.related.push_back(related_place(row.source, "the guide it extends says so here"));
}

bool RowNarrowing::beyond_qualifier(NarrowedRow& row, GuideLine const& line) {
    auto const* definition = set_.dictionary->segment(row.row->segment);
    bool widened = false;
    for (auto const& test : row.qualifiers) {
        auto const facts = element_facts(*set_.dictionary, *definition, test.element, test.component);
        for (auto const& value : test.values) {
            if (!facts || facts->codes == nullptr || facts->codes->find(value)) continue;
            add_code(element_rule(row, test.element, test.component).beyond_codes, value);
            add("GUIDE-0050", line, line.qualifier_span,
                fmt::format("{} is not in the list of element {} in {}", guide_value(value), facts->reference,
                            release()),
                "a strict receiver would refuse it");
            widened = true;
        }
    }
    row.beyond = row.beyond || widened;
    return widened;
}

void RowNarrowing::check_cells(GuideLine const& line) {
    for (auto const& cell : line.cells)
        if (cell.kind != GuideCell::Kind::name && cell.kind != GuideCell::Kind::report &&
            cell.kind != GuideCell::Kind::override_parent)
            add("GUIDE-0010", line, cell, "this speaks of a value, but stands with a segment",
                fmt::format("write it below, with an element such as {}01", line.id.text));
}

bool RowNarrowing::narrow_count(NarrowedRow& row, GuideLine const& line, RowContext const& where) {
    auto const prior_min = row.min;
    auto const prior_max = row.max;
    auto const prior_listed = row.source.file != nullptr;
    if (line.use == Use::must_not)
        row.min = 0;
    else if (!line.count)
        row.min = line.use == Use::must ? std::max(1u, where.may_override ? 1u : prior_min) : 0;
    if (!line.count) return false;
    auto const& count = *line.count;
    auto const words = fmt::format("{}{}", line.id.text, line.qualifiers.empty() ? "" : " of this kind");
    row.max = count.max;
    row.min = line.use == Use::must_not ? 0 : count.has_min ? count.min : line.use == Use::must ? 1 : 0;
    if ((count.max == 0 && line.text.substr(count.column - 1, 1) == "0") || (count.max != 0 && count.min > count.max))
        add("GUIDE-0031", line, count, "no number satisfies this count",
            "write the smaller number first; `-` in place of M or O forbids the row");
    else if (line.use == Use::must && count.has_min && count.min == 0)
        add("GUIDE-0031", line, count, fmt::format("{} must be there, and yet none at least", words),
            "write O, or 1 as the smaller number");
    auto const limit = row.place_max;
    if (exceeds(count.max, limit) && count.beyond) {
        add("GUIDE-0050", line, count,
            fmt::format("{} may stand {} in {}, here {}", line.id.text, count_words(limit), release(),
                        count_words(count.max)),
            "a strict receiver would refuse more");
        row.place_max = count.max;
        return true;
    }
    if (exceeds(count.max, limit))
        relate_row(add("GUIDE-0030", line, count,
                       fmt::format("{} may stand {} in {}, not {}", line.id.text, count_words(limit), release(),
                                   count_words(count.max)),
                       "write a smaller count, or `beyond` before it if the partner really sends more"),
                   row);
    else if (count.beyond)
        add("GUIDE-0051", line, count,
            fmt::format("{} may stand {} in {}; nothing is widened", line.id.text, count_words(limit), release()),
            "leave `beyond` out");
    if (has_parent_ && !where.may_override && prior_listed && (exceeds(count.max, prior_max) || (row.use == line.use && row.min < prior_min)))
        relaxes(row, line, count,
                fmt::format("{} may stand {} here, but {} in the guide this one extends, {} at least", words,
                            count_words(count.max), count_words(prior_max), prior_min));
    return false;
}

void RowNarrowing::check_minimums(Scope const& scope, std::uint32_t place, GuideLine const& line) {
    std::uint64_t needed = 0;
    std::uint32_t limit = 0;
    for (auto const& row : *scope.rows)
        if (row.place == place) {
            needed += row.min;
            limit = std::max(limit, row.place_max);
            if (row.place_max == 0) return;
        }
    if (needed > limit)
        add("GUIDE-0031", line, line.count ? Span(*line.count) : line.use_span,
            fmt::format("with this row {} must stand {} times, and may {} in {}", line.id.text, needed,
                        count_words(limit), release()),
            "the mandatory variants of one place together must fit its maximum");
}

void RowNarrowing::take(ValueRule& rule, GuideNode const& node, ElementFacts const& facts, RowContext const& where) {
    if (rule.source.file == &file_.name) {
        add("GUIDE-0015", node.line, {}, fmt::format("{} a second time", facts.label), "join the two rows")
            .related.push_back(related_place(rule.source, "the first stands here"));
        return;
    }
    check_value(rule, node.line.use, node.line.use_span, node.line.cells, facts, where);
    merge_value(rule, node.line.use, node.line.cells);
    remember(rule.source, rule.earlier);
    rule.source = place_of(node.line);
    for (auto const& note : node.rows)
        rule.note = note.line.title;
}

void RowNarrowing::element(NarrowedRow& row, GuideNode const& node) {
    auto const& line = node.line;
    if (line.segment != row.row->segment) {
        add("GUIDE-0010", line, line.id, fmt::format("{} stands below {}", line.id.text, row.row->segment),
            fmt::format("put it below a row of {}, or write {}{:02}", line.segment, row.row->segment, line.element));
        return;
    }
    auto const* definition = set_.dictionary->segment(row.row->segment);
    auto const facts = element_facts(*set_.dictionary, *definition, line.element, line.component);
    if (!facts) return add(facts.error(), line, line.id);
    auto where = context(line);
    where.segment = row.row->segment;
    where.element = line.element;
    take(element_rule(row, line.element, line.component), node, *facts, where);
}

void RowNarrowing::pair(NarrowedRow& row, GuideNode const& node) {
    auto const& line = node.line;
    auto const* definition = set_.dictionary->segment(row.row->segment);
    auto const qualifier = pair_facts(*set_.dictionary, *definition, true);
    if (!qualifier) return add(qualifier.error(), line, line.id);
    auto facts = pair_facts(*set_.dictionary, *definition, false);
    facts->label = fmt::format("{}/<{}>", row.row->segment, line.id.text);
    auto const listed = line.id.text == "*" || qualifier->codes == nullptr || qualifier->codes->find(line.id.text);
    auto where = context(line);
    if (!listed && !line.beyond) {
        add("GUIDE-0022", line, line.id,
            fmt::format("{} is no qualifier of {} (element {}) in {}", line.id.text, row.row->segment,
                        qualifier->reference, qualifier->release),
            code_hint(line.id.text, *qualifier, grammars_));
        return;
    }
    if (!listed) {
        add("GUIDE-0050", line, line.id,
            fmt::format("{} is not in the list of element {} in {}", line.id.text, qualifier->reference, release()),
            "a strict receiver would refuse it");
        for (auto at = definition->pairs_from; at <= definition->pairs_to; at = static_cast<std::uint8_t>(at + 2))
            add_code(element_rule(row, at, 0).beyond_codes, std::string(line.id.text));
        where.beyond = false;
    }
    take(pair_rule(row, line.id.text), node, *facts, where);
}

} // namespace wharf::grammar
