// What to say when a rule of a guide does not hold: the author's words first, else a sentence made from the rule; the values found;
// the other places that the rule read.
#include "grammar/guide_finding.hpp"
#include "grammar/rule_run.hpp"

#include <algorithm>
#include <utility>

namespace wharf::grammar {
namespace {

constexpr std::size_t most_found_shown = 6; // values named in one message
constexpr std::size_t most_related = 6;

std::string_view without_slash(std::string_view path) {
    return path.starts_with('/') ? path.substr(1) : path;
}

std::string_view in_words(Condition::Order order) {
    switch (order) {
    case Condition::Order::equal:
        return "is";
    case Condition::Order::not_equal:
        return "is not";
    case Condition::Order::less:
        return "is less than";
    case Condition::Order::less_or_equal:
        return "is at most";
    case Condition::Order::greater:
        return "is more than";
    case Condition::Order::greater_or_equal:
        return "is at least";
    }
    return {};
}

bool is_group(Condition const& condition) {
    using enum Condition::Kind;
    return condition.kind == any_of || condition.kind == all_of || condition.kind == negation;
}

} // namespace

bool RuleRun::is_reported(Findings const& findings, std::uint32_t segment, std::uint32_t element) {
    return std::ranges::any_of(findings.found(), [&](Diagnostic const& found) { // a warning does not stand for an error
        return found.severity == Severity::error && found.place.segment_position == segment + 1 && found.place.element == element;
    });
}

/// By the structure or a row, inside this stretch or right behind it.
bool RuleRun::is_reported_missing(Findings const& findings, std::string_view segment_id, RuleExtent where) {
    return std::ranges::any_of(findings.found(), [&](Diagnostic const& found) {
        bool const is_rule = found.code == "X12-0620" || found.code == "X12-0623";
        return !is_rule && found.acknowledgment.segment == "3" && found.place.segment_id == segment_id && found.place.segment_position > where.begin &&
               found.place.segment_position <= where.end + 1;
    });
}

// ---- words

std::string RuleRun::operand_in_words(Operand const& operand) const {
    auto const path = without_slash(operand.path.text);
    switch (operand.kind) {
    case Operand::Kind::literal:
        return fmt::format("\"{}\"", operand.literal);
    case Operand::Kind::count:
        return fmt::format("the number of {}", path);
    case Operand::Kind::sum:
        return fmt::format("the sum of {}", path);
    case Operand::Kind::unique:
        return fmt::format("the number of different {}", path);
    case Operand::Kind::value:
        break;
    }
    return std::string(path);
}

std::string RuleRun::in_words(ConditionPlan const& plan) const {
    auto const& condition = *plan.source;
    auto const left = operand_in_words(condition.left);
    switch (condition.kind) {
    case Condition::Kind::any_of:
    case Condition::Kind::all_of: {
        std::string text;
        for (auto const& part : plan.parts)
            text += (text.empty() ? "" : condition.kind == Condition::Kind::any_of ? " or " : " and ") + (is_group(*part.source) ? "(" + in_words(part) + ")" : in_words(part));
        return text;
    }
    case Condition::Kind::negation:
        return plan.parts.empty() ? std::string() : fmt::format("not ({})", in_words(plan.parts.front()));
    case Condition::Kind::present:
        return condition.left.kind == Operand::Kind::unique ? fmt::format("every {} is different", without_slash(condition.left.path.text)) : left + " is present";
    case Condition::Kind::absent:
        return left + " is absent";
    case Condition::Kind::like:
        return fmt::format("{} matches \"{}\"", left, condition.like_text);
    case Condition::Kind::in: {
        std::string values;
        for (auto const& value : condition.values)
            values += (values.empty() ? "" : ", ") + value;
        return fmt::format("{} is one of {}", left, values);
    }
    case Condition::Kind::compare:
        break;
    }
    return fmt::format("{} {} {}", left, grammar::in_words(condition.order), operand_in_words(condition.right));
}

/// "N1[ST]/N104 Identification Code": the path as the guide has it, and the element's name.
std::string RuleRun::name_of(RuleReading reading) const {
    auto const& slot = places_.slot(reading.slot);
    auto const path = std::string(without_slash(slot.path->text));
    auto const& elements = schema_.rule_of(slot.targets.front().node).elements;
    if (slot.element == 0 || slot.element > elements.size())
        return path;
    auto const* part = &elements[slot.element - 1];
    if (slot.component != 0 && slot.component <= part->components.size())
        part = &part->components[slot.component - 1];
    return path + " " + (part->definition != nullptr ? part->definition->name : part->composite->name);
}

/// "is 3", "is absent": what stands there, made once for all that ask from the same place.
std::string const& RuleRun::side_in_words(Operand const& operand, RuleReading reading, SideValues& values) const {
    auto& what = values.words;
    if (auto const begin = extent_begin(reading); std::exchange(values.words_begin, begin) == begin)
        return what;
    what.clear();
    if (operand.kind == Operand::Kind::count || operand.kind == Operand::Kind::sum) {
        what = "is " + reckon(operand.kind, reading).text();
    } else if (reading.slot == RuleReading::none || !is_there(reading)) {
        what = "is absent";
    } else if (places_.slot(reading.slot).is_segment()) {
        what = "is present";
    } else {
        std::size_t shown = 0;
        for_each_value(reading, [&](std::string_view value, auto...) {
            if (shown++ < 3)
                what += (shown == 1 ? "is " : ", ") + quote_value(value);
            return shown > 3;
        });
        if (shown > 3)
            what += ", …";
    }
    return what;
}

/// `BEG02 is "SA"; N404 is absent; the number of PO1 is 3`: what the rule read.
void RuleRun::add_found(ConditionPlan const& plan, std::string& text, std::size_t& shown) const {
    for (auto const& part : plan.parts)
        add_found(part, text, shown);
    if (is_group(*plan.source))
        return;
    auto const add = [&](Operand const& operand, RuleReading reading, SideValues& values) {
        if (operand.kind == Operand::Kind::literal || shown > most_found_shown)
            return;
        if (shown++ == most_found_shown) {
            text += "; …";
            return;
        }
        auto const entry = operand_in_words(operand) + " " + side_in_words(operand, reading, values);
        if (text.find(entry) == std::string::npos)
            text += (text.empty() ? "" : "; ") + entry;
    };
    add(plan.source->left, plan.left, plan.left_values);
    if (plan.source->kind == Condition::Kind::compare)
        add(plan.source->right, plan.right, plan.right_values);
}

std::string RuleRun::found_in_words(ConditionPlan const& plan) const {
    std::string text;
    std::size_t shown = 0;
    add_found(plan, text, shown);
    return text.empty() ? text : "Found: " + text + ".";
}

/// The first place of each that the condition read.
void RuleRun::relate(ConditionPlan const& plan, Diagnostic& diagnostic, Findings const& findings) const {
    for (auto const& part : plan.parts)
        relate(part, diagnostic, findings);
    if (is_group(*plan.source))
        return;
    for (auto const reading : {plan.left, plan.right}) {
        auto const found = hits(reading);
        if (found.empty() || diagnostic.related.size() >= most_related)
            continue;
        auto const segment = found.front();
        auto const& slot = places_.slot(reading.slot);
        auto element = std::uint32_t{slot.element};
        if (!slot.is_segment() && !places_.for_each_value(slot, segment, [&](std::string_view, std::uint32_t at) { return element = at, true; }))
            continue;
        if (diagnostic.place.segment_position == segment + 1 && diagnostic.place.element == element)
            continue;
        auto const value = element == 0 ? std::string("here") : fmt::format("is {} here", quote_value(places_.set()[segment].element(element)));
        diagnostic.related.push_back(findings.related(segment, places_.node(segment), element, fmt::format("{} {}", name_of(reading), value)));
    }
}

/// The rule's own message, where it has one, goes first; what was made from the rule follows as help.
void RuleRun::finish(Diagnostic diagnostic, RulePlan const& plan, bool with_condition, Findings& findings) const {
    auto const& rule = *plan.source;
    if (rule.kind != Rule::Kind::order) {
        if (with_condition) {
            auto const found = found_in_words(plan.condition);
            diagnostic.help += (diagnostic.help.empty() || found.empty() ? "" : " ") + found;
        }
        relate(plan.condition, diagnostic, findings);
    }
    if (!rule.message.empty()) {
        diagnostic.help = fmt::format("{}.{}{}", diagnostic.message, diagnostic.help.empty() ? "" : " ", diagnostic.help);
        diagnostic.message = rule.message;
    }
    mark_of_guide(diagnostic, rule.source, rule.report, "the rule");
    findings.add(std::move(diagnostic));
}

// ---- need

ConditionPlan const* RuleRun::first_test(ConditionPlan const& plan) const {
    if (!is_group(*plan.source))
        return &plan;
    for (auto const& part : plan.parts)
        if (auto const* found = first_test(part))
            return found;
    return nullptr;
}

void RuleRun::need_failed(RulePlan const& plan, Findings& findings) const {
    if (findings.is_full())
        return;
    auto const* first = first_test(plan.condition);
    auto const at = hits(first == nullptr ? RuleReading() : first->left);
    bool const has_slot = first != nullptr && first->left.slot != RuleReading::none;
    auto const* slot = has_slot ? &places_.slot(first->left.slot) : nullptr;
    auto const id = slot == nullptr ? std::string() : schema_.rule_of(slot->targets.front().node).definition->id;
    bool const is_value = slot != nullptr && !slot->is_segment() && first->source->left.kind == Operand::Kind::value && !at.empty();
    auto const& condition = *plan.condition.source;
    bool const is_surplus = !at.empty() && condition.kind == Condition::Kind::absent;
    auto const segment = is_value || is_surplus ? at.front() : block_.begin;
    // What the schema has said is not said again.
    auto const* where = has_slot ? extent(first->left) : nullptr;
    if (where != nullptr && at.empty() && is_reported_missing(findings, id, *where))
        return;
    if (is_value && slot->element != 0 && is_reported(findings, segment, slot->element))
        return;
    bool const all_present = condition.kind == Condition::Kind::any_of && std::ranges::all_of(condition.parts, [](Condition const& part) { return part.kind == Condition::Kind::present; });
    std::string message;
    if (all_present) {
        for (auto const& part : condition.parts)
            message += (message.empty() ? "at least one of " : ", ") + operand_in_words(part.left);
        message += " is required";
    } else if (condition.kind == Condition::Kind::present) {
        message = operand_in_words(condition.left) + " is required";
    } else if (condition.kind == Condition::Kind::absent) {
        message = operand_in_words(condition.left) + " must not be sent";
    } else {
        message = fmt::format("this must hold, and does not: {}", in_words(plan.condition));
    }
    auto diagnostic = findings.at_segment("X12-0623", segment, places_.node(segment), std::move(message), {});
    if (is_value) {
        auto element = std::uint32_t{slot->element};
        bool const sent = places_.for_each_value(*slot, segment, [&](std::string_view, std::uint32_t found) { return element = found, true; });
        if (element == 0) // a pair that is absent
            element = schema_.rule_of(places_.node(segment)).definition->pairs_from;
        findings.at_element(diagnostic, segment, element);
        if (!sent && slot->element == 0)
            diagnostic.place.length = 0, diagnostic.value.clear();
        diagnostic.acknowledgment.element = is_surplus ? "10" : sent ? "7" : "2";
        diagnostic.acknowledgment.implementation_element = is_surplus ? "I13" : sent ? "I12" : "I9";
    } else {
        if (at.empty() && !id.empty()) // it is the segment asked for that is missing, not the one the block begins with
            diagnostic.place.segment_id = id, diagnostic.place.length = 0;
        bool const is_there = !at.empty() && !is_surplus; // its number or its sum is wrong
        diagnostic.acknowledgment.segment = is_surplus ? "2" : is_there ? "8" : "3";
        diagnostic.acknowledgment.implementation_segment = is_surplus ? "I9" : is_there ? "8" : "I6";
    }
    finish(std::move(diagnostic), plan, true, findings);
}

void RuleRun::not_unique(RulePlan const& plan, Findings& findings) const {
    if (are_unique(plan.condition.left))
        return;
    auto const& rule = *plan.source;
    for (auto const& repeated : find_repeated()) {
        if (findings.is_full())
            continue;
        auto diagnostic = repeated_value(places_.slot(plan.condition.left.slot), repeated, findings);
        if (!rule.message.empty()) {
            diagnostic.help = fmt::format("{}. {}", diagnostic.message, diagnostic.help);
            diagnostic.message = rule.message;
        }
        mark_of_guide(diagnostic, rule.source, rule.report, "the rule");
        findings.add(std::move(diagnostic));
    }
}

// ---- when

/// "850/N1[ST]/N2" in an occurrence of the loop; else the path of the row.
std::string RuleRun::path_of_missing(NodeIndex target, std::uint32_t begin) const {
    auto const& nodes = schema_.nodes();
    auto const container = nodes[target].starts_loop ? schema_.loops()[nodes[target].loop].parent : nodes[target].loop;
    auto const first = places_.node(begin);
    if (container == 0 || first == no_node || !nodes[first].starts_loop || nodes[first].loop != container)
        return schema_.path(target);
    return place_path(schema_, first, places_.set()[begin]) + "/" + schema_.rule_of(target).definition->id;
}

void RuleRun::missing_segment(RulePlan const& plan, EffectPlan const& effect, RuleExtent where, Findings& findings) const {
    auto const& targets = places_.slot(effect.target.slot).targets;
    auto const begin = places_.node(where.begin);
    auto const here = std::ranges::find_if(targets, [&](RuleSlot::Target const& one) { // of the variant at hand
        auto const& row = schema_.nodes()[one.node];
        return (row.starts_loop ? schema_.loops()[row.loop].parent : row.loop) == schema_.nodes()[begin].loop;
    });
    auto const target = (here == targets.end() ? targets.front() : *here).node;
    auto const& definition = *schema_.rule_of(target).definition;
    if (findings.is_full() || is_reported_missing(findings, definition.id, where))
        return;
    // It belongs before the first segment whose row comes later; else at the end.
    auto at = where.begin;
    while (at + 1 < where.end && (at == where.begin || places_.node(at) == no_node || places_.node(at) <= target))
        ++at;
    auto const path = path_of_missing(target, where.begin);
    auto diagnostic = findings.at_segment("X12-0620", at, places_.node(at), fmt::format("{} is required when {}", name_of(effect.target), in_words(plan.condition)),
                                          fmt::format("Add {} at {}.", definition.id, path));
    diagnostic.place.segment_id = definition.id;
    diagnostic.place.path = path;
    diagnostic.place.length = 0;
    diagnostic.acknowledgment.segment = "3";
    diagnostic.acknowledgment.implementation_segment = "I6";
    finish_effect(std::move(diagnostic), plan, effect, findings);
}

/// "is not allowed when …", or of `else -`: "is allowed only when …".
std::string RuleRun::forbidden_in_words(RulePlan const& plan, EffectPlan const& effect, bool condition) const {
    return fmt::format("{} is {} when {}", name_of(effect.target), condition ? "not allowed" : "allowed only", in_words(plan.condition));
}

void RuleRun::forbidden_segment(RulePlan const& plan, EffectPlan const& effect, std::span<std::uint32_t const> segments, bool condition, Findings& findings) const {
    if (findings.is_full())
        return;
    auto const segment = segments.front();
    auto message = forbidden_in_words(plan, effect, condition);
    if (segments.size() > 1)
        message += fmt::format("; it is sent {} times", segments.size());
    auto diagnostic = findings.at_segment("X12-0621", segment, places_.node(segment), std::move(message), "Leave it out.");
    diagnostic.acknowledgment.segment = "2";
    diagnostic.acknowledgment.implementation_segment = "I9";
    finish_effect(std::move(diagnostic), plan, effect, findings);
}

void RuleRun::missing_value(RulePlan const& plan, EffectPlan const& effect, std::uint32_t segment, Findings& findings) const {
    auto const& slot = places_.slot(effect.target.slot);
    auto const element = slot.element != 0 ? std::uint32_t{slot.element} : std::uint32_t{schema_.rule_of(places_.node(segment)).definition->pairs_from};
    if (findings.is_full() || is_reported(findings, segment, element))
        return;
    auto diagnostic = findings.at_segment("X12-0620", segment, places_.node(segment), fmt::format("{} is required when {}", name_of(effect.target), in_words(plan.condition)), "Send it.");
    findings.at_element(diagnostic, segment, element);
    diagnostic.place.length = 0;
    diagnostic.value.clear();
    diagnostic.acknowledgment.element = "2";
    diagnostic.acknowledgment.implementation_element = "I9";
    finish_effect(std::move(diagnostic), plan, effect, findings);
}

void RuleRun::forbidden_value(RulePlan const& plan, EffectPlan const& effect, ValuePlace const& at, bool condition, Findings& findings) const {
    if (findings.is_full() || is_reported(findings, at.segment, at.element))
        return;
    auto diagnostic = findings.at_segment("X12-0621", at.segment, places_.node(at.segment), fmt::format("{}; it is {}", forbidden_in_words(plan, effect, condition), quote_value(at.value)), "Leave it out.");
    findings.at_element(diagnostic, at.segment, at.element);
    diagnostic.acknowledgment.element = "10";
    diagnostic.acknowledgment.implementation_element = "I13";
    finish_effect(std::move(diagnostic), plan, effect, findings);
}

void RuleRun::wrong_value(RulePlan const& plan, EffectPlan const& effect, ValuePlace const& at, ValueFault fault, Findings& findings) const {
    if (findings.is_full() || is_reported(findings, at.segment, at.element))
        return;
    auto const& slot = places_.slot(effect.target.slot);
    auto words = describe_fault(fault, effect.source->rule, at.value, slot.type, name_of(effect.target));
    words.message += fmt::format("; the guide asks this when {}", in_words(plan.condition));
    auto diagnostic = findings.at_segment("X12-0622", at.segment, places_.node(at.segment), std::move(words.message), std::move(words.help));
    auto const begin = static_cast<std::size_t>(at.value.data() - places_.set().text());
    findings.at_element(diagnostic, at.segment, at.element);
    if (slot.element != 0) // the component or the repetition meant
        diagnostic.place.offset = places_.set().file_offset(static_cast<std::uint32_t>(begin)), diagnostic.place.length = at.value.size();
    diagnostic.acknowledgment = std::move(words.acknowledgment);
    finish_effect(std::move(diagnostic), plan, effect, findings);
}

void RuleRun::finish_effect(Diagnostic diagnostic, RulePlan const& plan, EffectPlan const& effect, Findings& findings) const {
    if (effect.source->rule.report)
        diagnostic.severity = Severity::warning;
    finish(std::move(diagnostic), plan, true, findings);
}

} // namespace wharf::grammar
