#include "grammar/narrowing_findings.hpp"

#include "grammar/element_check.hpp"
#include "grammar/value_rule.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_quote = 60; // of a value inside a message
constexpr std::size_t most_codes = 12;    // of a list inside a message

std::string quoted(std::string_view value) {
    return value.size() <= longest_quote ? fmt::format("\"{}\"", value) : fmt::format("\"{}…\"", value.substr(0, longest_quote));
}

std::string times(std::uint32_t count) { return count == 1 ? "once" : fmt::format("{} times", count); }

std::string codes_in_words(std::vector<std::string> const& codes) {
    std::vector<std::string_view> const shown(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(std::min(codes.size(), most_codes)));
    return fmt::format("{}{}", fmt::join(shown, ", "), codes.size() > most_codes ? ", …" : "");
}

std::string kind_in_words(ValueKind kind) {
    switch (kind) {
    case ValueKind::upc:
        return "a U.P.C. of 12 digits with a right check digit";
    case ValueKind::ean:
        return "an EAN of 13 digits with a right check digit";
    case ValueKind::gtin:
        return "a GTIN of 14 digits (or 8, 12, 13) with a right check digit";
    case ValueKind::sscc:
        return "an SSCC of 18 digits with a right check digit";
    case ValueKind::gln:
        return "a GLN of 13 digits with a right check digit";
    case ValueKind::date:
        return "a date";
    case ValueKind::time:
        return "a time";
    case ValueKind::none:
        break;
    }
    return "text";
}

std::string range_in_words(ValueRule const& guide) {
    if (guide.from && guide.to)
        return fmt::format("from {} to {}", guide.from->text(), guide.to->text());
    return guide.from ? fmt::format("at least {}", guide.from->text()) : fmt::format("at most {}", guide.to->text());
}

struct Words {
    std::string_view code, acknowledged, implementation;
    std::string expected;
};

Words describe(ValueFault fault, ValueRule const& guide) {
    auto const lengths = guide.lengths ? fmt::format("a length of {}{}", guide.lengths->first,
                                                     guide.lengths->first == guide.lengths->second ? "" : fmt::format(" to {}", guide.lengths->second))
                                       : std::string();
    switch (fault) {
    case ValueFault::too_short:
        return {"X12-0607", "4", "4", lengths};
    case ValueFault::too_long:
        return {"X12-0608", "5", "5", lengths};
    case ValueFault::code: {
        auto codes = guide.codes;
        for (auto const& code : guide.beyond_codes) // an author may list them in both
            if (std::ranges::find(codes, code) == codes.end())
                codes.push_back(code);
        return {"X12-0606", "7", "I6", codes.size() == 1 ? codes[0] : fmt::format("one of {}", codes_in_words(codes))};
    }
    case ValueFault::digits:
        if (!guide.digits) // of a text that must be a number within bounds
            return {"X12-0611", "7", "I12", "a number " + range_in_words(guide)};
        return {"X12-0610", "6", "I12", "digits only"};
    case ValueFault::decimals:
        return {"X12-0612", "7", "I12", fmt::format("at most {} decimals", *guide.decimals)};
    case ValueFault::below:
    case ValueFault::above:
        return {"X12-0611", "7", "I12", "a number " + range_in_words(guide)};
    case ValueFault::pattern:
        return {"X12-0609", "7", "I12", fmt::format("the pattern {}", guide.like_text)};
    case ValueFault::kind:
    case ValueFault::check_digit:
    case ValueFault::none:
        break;
    }
    return {"X12-0613", "7", "I12", kind_in_words(guide.is)};
}

} // namespace

std::string NarrowingFindings::guide_in_words() const {
    auto const& name = schema_.narrowed().guide_name;
    return name.empty() ? "the guide" : "guide " + name;
}

std::string NarrowingFindings::row_in_words(NodeIndex index) const {
    auto const& node = schema_.nodes()[index];
    auto const& definition = *schema_.segments()[node.segment].definition;
    return fmt::format("{} {}{} {}", node.starts_loop ? "loop" : "segment", definition.id, qualifiers_in_brackets(*node.narrowed, definition.key),
                       node.narrowed->name.empty() ? definition.name : node.narrowed->name);
}

std::string NarrowingFindings::name_of(std::size_t index, Target const& target) const {
    auto name = fmt::format("{}{:02}", set_[index].id(), target.element);
    if (target.component != 0)
        name += fmt::format("-{:02}", target.component);
    if (target.guide != nullptr && !target.guide->name.empty())
        return name + " " + target.guide->name;
    if (target.rule != nullptr && target.rule->definition != nullptr)
        return name + " " + target.rule->definition->name;
    return target.rule != nullptr && target.rule->composite != nullptr ? name + " " + target.rule->composite->name : name;
}

void NarrowingFindings::add(Diagnostic diagnostic, GuidePlace const& source, std::string_view note, bool report) {
    diagnostic.of_guide = true;
    if (report)
        diagnostic.severity = Severity::warning;
    if (!note.empty())
        diagnostic.help += fmt::format(" The guide notes: {}{}", note, note.ends_with('.') ? "" : ".");
    if (source.file != nullptr) {
        Related related;
        related.place.file = *source.file;
        related.place.line = source.line;
        related.place.column = source.column;
        related.place.length = source.length;
        related.message = "the guide says so here";
        diagnostic.related.push_back(std::move(related));
    }
    findings_.add(std::move(diagnostic));
}

void NarrowingFindings::not_used(std::size_t index, NodeIndex row) {
    if (findings_.is_full())
        return;
    auto const& node = schema_.nodes()[row];
    auto diagnostic = findings_.at_segment(
        node.unlisted ? "X12-0614" : "X12-0601", index, row,
        node.unlisted ? fmt::format("{} is not in {}", row_in_words(row), guide_in_words()) : fmt::format("{} is not used under {}", row_in_words(row), guide_in_words()),
        node.starts_loop ? "Leave the loop out, with everything in it." : "Leave the segment out.");
    diagnostic.acknowledgment.segment = "2";
    diagnostic.acknowledgment.implementation_segment = "I4";
    bool const report = node.narrowed->report || (node.unlisted && schema_.narrowed().unlisted == Unlisted::report);
    add(std::move(diagnostic), node.narrowed->source, node.narrowed->note, report);
}

void NarrowingFindings::too_few(std::size_t index, NodeIndex row, std::uint32_t seen) {
    if (findings_.is_full())
        return;
    auto const& node = schema_.nodes()[row];
    auto const& definition = *schema_.segments()[node.segment].definition;
    auto const message = seen == 0 ? fmt::format("{} is missing before this {}; {} requires it", row_in_words(row), set_[index].id(), guide_in_words())
                                   : fmt::format("{} occurs {} here; {} requires it at least {}", row_in_words(row), times(seen), guide_in_words(), times(node.min));
    auto diagnostic = findings_.at_segment("X12-0602", index, no_node, message, fmt::format("Add {} at {}.", definition.id, schema_.path(row)));
    diagnostic.place.segment_id = definition.id;
    diagnostic.place.path = schema_.path(row);
    diagnostic.place.length = 0;
    diagnostic.acknowledgment.segment = "3";
    diagnostic.acknowledgment.implementation_segment = node.starts_loop ? "I7" : "I8";
    add(std::move(diagnostic), node.narrowed->source, node.narrowed->note, node.narrowed->report);
}

void NarrowingFindings::too_often(std::size_t index, NodeIndex row) {
    if (findings_.is_full())
        return;
    auto const& node = schema_.nodes()[row];
    auto diagnostic = findings_.at_segment("X12-0603", index, row,
                                           fmt::format("{} occurs more than {} here; {} allows no more", row_in_words(row), times(node.max), guide_in_words()),
                                           "Remove the surplus.");
    diagnostic.acknowledgment.segment = diagnostic.acknowledgment.implementation_segment = node.starts_loop ? "4" : "5";
    add(std::move(diagnostic), node.narrowed->source, node.narrowed->note, node.narrowed->report);
}

void NarrowingFindings::add_at(Diagnostic diagnostic, std::size_t index, Target const& target, std::string_view acknowledged,
                               std::string_view implementation, NarrowedRow const& row) {
    auto const segment = set_[index];
    auto const whole = segment.element(target.element);
    if (target.component == 0 || whole.empty()) {
        findings_.at_element(diagnostic, index, target.element);
        if (target.component != 0) {
            diagnostic.place.component = target.component;
            diagnostic.place.path += fmt::format("-{:02}", target.component);
        }
    } else {
        auto const part = component_of(whole, target.component, set_.delimiters().component);
        auto const begin = part.data() == nullptr ? segment.element_begin(target.element) + whole.size()
                                                  : static_cast<std::size_t>(part.data() - set_.text());
        findings_.at_element(diagnostic, index, target.element, target.component, begin, part);
    }
    if (target.rule != nullptr && target.rule->definition != nullptr)
        diagnostic.place.element_number = static_cast<std::uint32_t>(std::atoi(target.rule->definition->number.c_str()));
    diagnostic.acknowledgment.element = acknowledged;
    diagnostic.acknowledgment.implementation_element = implementation;
    auto const& source = target.guide != nullptr ? target.guide->source : row.source;
    auto const& note = target.guide != nullptr && !target.guide->note.empty() ? target.guide->note : row.note;
    bool const warning = diagnostic.severity == Severity::warning;
    add(std::move(diagnostic), source, note, warning || row.report || (target.guide != nullptr && target.guide->report));
}

void NarrowingFindings::value(std::size_t index, NodeIndex row, Target const& target, std::string_view value) {
    auto const fault = find_fault(*target.guide, value, value_type(*target.rule));
    if (fault == ValueFault::none || findings_.is_full())
        return;
    auto const words = describe(fault, *target.guide);
    auto diagnostic = findings_.at_segment(words.code, index, row,
                                           fmt::format("{} {} is not what {} wants: {}", name_of(index, target), quoted(value), guide_in_words(), words.expected),
                                           fmt::format("Send a value that fits: {}.", words.expected));
    add_at(std::move(diagnostic), index, target, words.acknowledged, words.implementation, *schema_.nodes()[row].narrowed);
}

void NarrowingFindings::absent(std::size_t index, NodeIndex row, Target const& target) {
    if (findings_.is_full())
        return;
    auto diagnostic = findings_.at_segment("X12-0605", index, row, fmt::format("{} is missing; {} requires it", name_of(index, target), guide_in_words()),
                                           "Send it.");
    add_at(std::move(diagnostic), index, target, "2", "I9", *schema_.nodes()[row].narrowed);
}

void NarrowingFindings::surplus(std::size_t index, NodeIndex row, Target const& target, bool unlisted) {
    if (findings_.is_full())
        return;
    auto diagnostic = findings_.at_segment(unlisted ? "X12-0614" : "X12-0604", index, row,
                                           fmt::format("{} is not {} {}", name_of(index, target), unlisted ? "in" : "used under", guide_in_words()), "Leave it out.");
    if (unlisted && schema_.narrowed().unlisted == Unlisted::report)
        diagnostic.severity = Severity::warning;
    add_at(std::move(diagnostic), index, target, "3", "I10", *schema_.nodes()[row].narrowed);
}

void NarrowingFindings::elements(std::size_t index, NodeIndex row, std::uint64_t present, std::uint64_t wrong, std::uint64_t missing) {
    auto const rule_index = schema_.nodes()[row].rule;
    auto const* const narrowing = schema_.narrowing_of(rule_index);
    if (narrowing == nullptr)
        return;
    auto const& rule = schema_.rules()[rule_index];
    auto const segment = set_[index];
    for (std::uint32_t k = 1; k <= rule.elements.size() && k <= 64; ++k) {
        auto const mask = std::uint64_t{1} << (k - 1);
        auto const* const said = narrowing->elements[k - 1];
        Target const target{k, 0, said != nullptr ? &said->rule : nullptr, &rule.elements[k - 1]};
        if ((narrowing->must & mask & ~present & ~missing) != 0)
            absent(index, row, target);
        else if ((narrowing->must_not & mask & present) != 0)
            surplus(index, row, target, false);
        else if ((narrowing->unlisted & mask & present) != 0)
            surplus(index, row, target, true);
        else if (said != nullptr && (present & mask & ~wrong) != 0)
            value(index, row, target, segment.element(k));
    }
    components(index, row, wrong);
}

void NarrowingFindings::components(std::size_t index, NodeIndex row, std::uint64_t wrong) {
    auto const& rule = schema_.rule_of(row);
    for (auto const& one : schema_.nodes()[row].narrowed->elements) {
        if (one.component == 0 || one.element == 0 || one.element > rule.elements.size() || (wrong >> (one.element - 1) & 1) != 0)
            continue;
        auto const& element = rule.elements[one.element - 1];
        auto const whole = set_[index].element(one.element);
        if (whole.empty() || one.component > element.components.size())
            continue;
        Target const target{one.element, one.component, &one.rule, &element.components[one.component - 1]};
        auto const text = component_of(whole, one.component, set_.delimiters().component);
        if (text.empty()) {
            if (one.rule.use == Use::must)
                absent(index, row, target);
        } else if (one.rule.use == Use::must_not) {
            surplus(index, row, target, false);
        } else {
            value(index, row, target, text);
        }
    }
}

} // namespace wharf::grammar
