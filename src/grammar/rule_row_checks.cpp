// What rows of a guide say beyond their own segment: the order of variants, pairs, values that stand only once in a set.
#include "grammar/guide_finding.hpp"
#include "grammar/rule_run.hpp"

#include <algorithm>

namespace wharf::grammar {
namespace {

/// A pair of a row, named as in "PO1/<UP>".
std::string pair_name(std::string_view segment, std::string_view qualifier, ValueRule const& rule) {
    auto name = fmt::format("{}/<{}>", segment, qualifier);
    if (!rule.name.empty())
        name += fmt::format(" \"{}\"", rule.name);
    return name;
}

void close_pair(Diagnostic diagnostic, ValueRule const& rule, Findings& findings) {
    if (!rule.note.empty())
        diagnostic.help += (diagnostic.help.empty() ? "" : " ") + rule.note;
    mark_of_guide(diagnostic, rule.source, rule.report, "the row");
    findings.add(std::move(diagnostic));
}

} // namespace

/// `order N1 BY ST`: qualifiers that it does not name may stand anywhere.
void RuleRun::check_order(RulePlan const& plan, Findings& findings) const {
    auto const& rule = *plan.source;
    std::uint32_t last = RuleReading::none;
    std::size_t last_rank = 0;
    for (auto const segment : hits(plan.order)) {
        auto const& definition = *schema_.rule_of(places_.node(segment)).definition;
        auto const rank = static_cast<std::size_t>(std::ranges::find(rule.values, places_.set()[segment].element(definition.key)) - rule.values.begin());
        if (rank == rule.values.size())
            continue;
        if (last == RuleReading::none || rank >= last_rank) {
            last = segment;
            last_rank = rank;
            continue;
        }
        auto diagnostic = findings.at_segment("X12-0624", segment, places_.node(segment),
                                              fmt::format("{}[{}] stands after {}[{}]", rule.segment, rule.values[rank], rule.segment, rule.values[last_rank]), {});
        std::string order;
        for (auto const& value : rule.values)
            order += (order.empty() ? "" : ", ") + value;
        diagnostic.help = fmt::format("The guide has them in the order {}.", order);
        diagnostic.acknowledgment.segment = "7";
        diagnostic.related.push_back(findings.related(last, places_.node(last), definition.key, "the one that should come later"));
        finish(std::move(diagnostic), plan, false, findings);
        return; // the others follow from this one
    }
}

/// Qualifier and value alternate from pairs_from to pairs_to.
void RuleRun::check_pairs(PairPlan const& plan, Findings& findings) const {
    auto const& definition = *schema_.rule_of(plan.node).definition;
    auto const& pairs = *plan.pairs;
    for (auto const segment : places_.slot(plan.slot).hits) {
        auto const view = places_.set()[segment];
        std::uint64_t sent = 0; // by index among `pairs`
        std::uint32_t free = definition.pairs_from;
        for (std::uint32_t at = definition.pairs_from; at != 0 && at < definition.pairs_to && at <= view.element_count(); at += 2) {
            auto const qualifier = view.element(at);
            auto const value = view.element(at + 1);
            if (qualifier.empty())
                continue;
            free = at + 2;
            auto found = std::ranges::find(pairs, qualifier, &PairNarrowing::qualifier);
            if (found == pairs.end())
                found = std::ranges::find(pairs, std::string_view("*"), &PairNarrowing::qualifier);
            if (found == pairs.end())
                continue;
            if (found - pairs.begin() < 64)
                sent |= std::uint64_t{1} << (found - pairs.begin());
            auto const& rule = found->rule;
            if (rule.use == Use::must_not)
                forbidden_pair(segment, at, rule, findings);
            else if (auto const fault = value.empty() ? ValueFault::none : find_fault(rule, value, {}); fault != ValueFault::none)
                wrong_pair(segment, at, rule, fault, findings);
        }
        for (std::size_t i = 0; i < std::min<std::size_t>(pairs.size(), 64); ++i)
            if (pairs[i].rule.use == Use::must && pairs[i].qualifier != "*" && (sent >> i & 1) == 0)
                missing_pair(segment, std::min<std::uint32_t>(free, definition.pairs_to), pairs[i], findings);
    }
}

void RuleRun::missing_pair(std::uint32_t segment, std::uint32_t at, PairNarrowing const& pair, Findings& findings) const {
    if (findings.is_full())
        return;
    auto const id = places_.set()[segment].id();
    auto diagnostic = findings.at_segment("X12-0626", segment, places_.node(segment), fmt::format("{} is missing", pair_name(id, pair.qualifier, pair.rule)),
                                          fmt::format("Send the qualifier {} with its value in a free pair of the segment.", pair.qualifier));
    findings.at_element(diagnostic, segment, at);
    diagnostic.place.length = 0;
    diagnostic.value.clear();
    diagnostic.acknowledgment.element = "1";
    diagnostic.acknowledgment.implementation_element = "I9";
    close_pair(std::move(diagnostic), pair.rule, findings);
}

void RuleRun::forbidden_pair(std::uint32_t segment, std::uint32_t at, ValueRule const& rule, Findings& findings) const {
    if (findings.is_full() || is_reported(findings, segment, at))
        return;
    auto const view = places_.set()[segment];
    auto diagnostic = findings.at_segment("X12-0627", segment, places_.node(segment), fmt::format("{} is sent, and the guide does not use it", pair_name(view.id(), view.element(at), rule)),
                                          "Leave the qualifier and its value out.");
    findings.at_element(diagnostic, segment, at);
    diagnostic.acknowledgment.element = "7";
    diagnostic.acknowledgment.implementation_element = "I6";
    close_pair(std::move(diagnostic), rule, findings);
}

void RuleRun::wrong_pair(std::uint32_t segment, std::uint32_t at, ValueRule const& rule, ValueFault fault, Findings& findings) const {
    if (findings.is_full() || is_reported(findings, segment, at) || is_reported(findings, segment, at + 1))
        return;
    auto const view = places_.set()[segment];
    auto words = describe_fault(fault, rule, view.element(at + 1), {}, pair_name(view.id(), view.element(at), rule));
    auto diagnostic = findings.at_segment("X12-0628", segment, places_.node(segment), std::move(words.message), std::move(words.help));
    findings.at_element(diagnostic, segment, at + 1);
    diagnostic.acknowledgment = std::move(words.acknowledgment);
    close_pair(std::move(diagnostic), rule, findings);
}

void RuleRun::check_unique(UniquePlan const& plan, Findings& findings) const {
    auto const& slot = places_.slot(plan.slot);
    scratch_.clear();
    rises_ = true;
    for (auto const segment : slot.hits)
        places_.for_each_value(slot, segment, [&](std::string_view value, auto) { return take_value(value, segment), false; });
    if (rises_)
        return;
    std::ranges::sort(scratch_);
    for (auto const& repeated : find_repeated()) {
        if (findings.is_full())
            continue;
        auto diagnostic = repeated_value(slot, repeated, findings);
        if (!plan.rule->note.empty())
            diagnostic.help += " " + plan.rule->note;
        mark_of_guide(diagnostic, plan.rule->source, plan.rule->report, "the row");
        findings.add(std::move(diagnostic));
    }
}

Diagnostic RuleRun::repeated_value(RuleSlot const& slot, Repeated const& repeated, Findings const& findings) const {
    auto const [value, segment, first] = repeated;
    auto diagnostic = findings.at_segment("X12-0625", segment, places_.node(segment), fmt::format("{} {} stands here a second time", slot.path->text, quote_value(value)),
                                          "Each value may stand only once. Look for a part of the document that was sent twice.");
    auto const element_of = [&](std::uint32_t where) {
        std::uint32_t element = slot.element;
        places_.for_each_value(slot, where, [&](std::string_view one, std::uint32_t at) { return one == repeated.value && (element = at, true); });
        return element;
    };
    findings.at_element(diagnostic, segment, element_of(segment));
    diagnostic.acknowledgment.element = "7";
    diagnostic.acknowledgment.implementation_element = "I12";
    diagnostic.related.push_back(findings.related(first, places_.node(first), element_of(first), "the first one stands here"));
    return diagnostic;
}

} // namespace wharf::grammar
