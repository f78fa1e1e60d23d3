// The fields of GS, and of the segments that stand beside groups: TA1, ISB, ISE.
#include "base/date.hpp"
#include "grammar/envelope_check.hpp"
#include "grammar/near_miss.hpp"
#include "grammar/value_check.hpp"

#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::uint32_t gs_elements = 8;

/// What X12 says of an element of a service segment; kind and lengths only.
ElementRule rule_of(Dictionary const& dictionary, ElementUse const& use) {
    ElementRule rule;
    rule.mandatory = use.mandatory;
    rule.definition = dictionary.element(use.reference);
    if (rule.definition == nullptr) {
        rule.max = ~0u;
        return rule;
    }
    rule.min = rule.definition->min;
    rule.max = rule.definition->max;
    auto const& type = rule.definition->type;
    rule.kind = type == "ID"              ? ElementClass::id
                : type == "DT"            ? ElementClass::date
                : type == "TM"            ? ElementClass::time
                : type == "R"             ? ElementClass::decimal
                : type.starts_with('N') ? ElementClass::digits
                                          : ElementClass::text;
    if (rule.kind == ElementClass::id)
        rule.codes = dictionary.codes(use.reference);
    return rule;
}

/// TA105 for a fault in ISB or ISE (X12.56).
std::string_view service_note(std::string_view segment, std::uint32_t element) {
    if (segment == "ISB")
        return "031";
    if (segment == "ISE")
        return element == 1 ? "028" : element == 2 ? "029" : "030";
    return {};
}

class GsCheck {
public:
    GsCheck(EnvelopeReport& report, EnvelopeRules const& rules) : report_(report), rules_(rules), info_(*report.group) {}

    bool run() {
        bool const known = kind();
        identifier(2, "7", info_.sender);
        identifier(3, "8", info_.receiver);
        date_and_time();
        if (!all_digits(info_.control_number) || info_.control_number.size() > 9)
            add("X12-0123", 6, "6", fmt::format("GS06 Group Control Number \"{}\" is not a number of one to nine digits", info_.control_number), "Number groups with digits only.");
        if (rules_.agency != nullptr && !rules_.agency->find(info_.agency))
            add("X12-0129", 7, "9", info_.agency.empty() ? std::string("GS07 Responsible Agency Code is empty")
                                                  : fmt::format("GS07 Responsible Agency Code \"{}\" is not a code of element 455", info_.agency),
                suggest_codes(*rules_.agency, info_.agency));
        check_surplus(report_, gs_elements);
        return known;
    }

private:
    /// AK905 only where the list of the release has the code.
    void add(std::string_view code, std::uint32_t element, std::string_view acknowledged, std::string message, std::string help) {
        auto& finding = report_.add(code, element, std::move(message), std::move(help));
        if (rules_.group_errors != nullptr && rules_.group_errors->find(acknowledged))
            finding.acknowledgment.group = acknowledged;
    }

    bool kind() {
        if (rules_.kind == nullptr || rules_.kind->find(info_.functional_id))
            return true;
        auto const meant = suggest_codes(*rules_.kind, info_.functional_id);
        add("X12-0128", 1, "1",
            info_.functional_id.empty()
                ? std::string("GS01 Functional Identifier Code is empty: nobody knows what the group holds")
                : fmt::format("GS01 Functional Identifier Code \"{}\" is not a code of element 479: nobody knows what the group holds", info_.functional_id),
            meant.empty() ? "`wharf explain 850` names the code of a set in its first line; `wharf explain element 479` lists them all." : meant);
        return false;
    }

    void identifier(std::uint32_t element, std::string_view acknowledged, std::string_view value) {
        auto const name = element == 2 ? "Application Sender's Code" : "Application Receiver's Code";
        auto const sent = report_.part.segments[0].element(element);
        auto const length = count_characters(sent);
        if (length >= 2 && length <= 15 && !value.empty() && !has_control_characters(sent))
            return;
        add("X12-0127", element, acknowledged,
            value.empty()      ? fmt::format("GS{:02} {} is empty", element, name)
            : length < 2       ? fmt::format("GS{:02} {} {} is too short: it has 1 character, expected 2 to 15", element, name, quoted(value))
            : length > 15      ? fmt::format("GS{:02} {} {} is too long: it has {} characters, expected 2 to 15", element, name, quoted(value), length)
                               : fmt::format("GS{:02} {} holds control characters", element, name),
            "Send the code that the partners agreed on.");
    }

    void date_and_time() {
        auto const wanted = rules_.has_century ? 8u : 6u;
        auto const form = rules_.has_century ? "CCYYMMDD" : "YYMMDD";
        if (is_date(info_.date) && info_.date.size() != wanted) {
            add("X12-0139", 4, "30", fmt::format("GS04 Date \"{}\" is not written as {}, the form of release {}", info_.date, form, rules_.release),
                suggest_date(info_.date, rules_.has_century));
        } else if (!is_date(info_.date)) {
            auto const meant = suggest_date(info_.date, rules_.has_century);
            add("X12-0124", 4, "30", fmt::format("GS04 Date \"{}\" is not a date as {}, the form of release {}", info_.date, form, rules_.release),
                meant.empty() ? "Send the date the group was made." : meant);
        }
        if (!is_time(info_.time)) {
            auto const meant = suggest_time(info_.time);
            add("X12-0124", 5, "31", fmt::format("GS05 Time \"{}\" is not a time as HHMM", info_.time), meant.empty() ? "Send the time the group was made." : meant);
        }
    }

    EnvelopeReport& report_;
    EnvelopeRules const& rules_;
    GroupInfo const& info_;
};

} // namespace

bool check_gs(EnvelopeReport report, EnvelopeRules const& rules) {
    return GsCheck(report, rules).run();
}

void check_service(EnvelopeReport report, EnvelopeRules const& rules) {
    auto const segment = report.part.segments[0];
    auto const* const definition = rules.dictionary ? rules.dictionary->segment(segment.id()) : nullptr;
    if (definition == nullptr)
        return;
    auto const& delimiters = report.part.segments.delimiters();
    for (auto const& use : definition->elements) {
        auto rule = rule_of(*rules.dictionary, use);
        if (segment.id() == "TA1" && use.position <= 3) { // repeats ISA13, ISA09 and ISA10 as they were sent, right or wrong
            rule.kind = ElementClass::text;
            rule.codes = nullptr;
        }
        auto const value = segment.element(use.position);
        auto const name = fmt::format("{}{:02} {}", segment.id(), use.position, rule.definition != nullptr ? rule.definition->name : "");
        if (value.empty()) {
            if (use.mandatory)
                report.add("X12-0142", use.position, fmt::format("{} is mandatory and missing", name), "Send it: it must always be there.").acknowledgment.interchange =
                    service_note(segment.id(), use.position);
            continue;
        }
        auto const judgement = judge(rule, value, delimiters);
        if (judgement.fault == ValueFault::none)
            continue;
        auto words = describe(judgement, rule, name, value, delimiters, *rules.dictionary);
        report.add("X12-0142", use.position, std::move(words.message), std::move(words.help)).acknowledgment.interchange =
            service_note(segment.id(), use.position);
    }
    check_surplus(report, static_cast<std::uint32_t>(definition->elements.size()), "X12-0142");
}

void check_surplus(EnvelopeReport report, std::uint32_t allowed, std::string_view code) {
    auto const segment = report.part.segments[0];
    if (segment.element_count() <= allowed)
        return;
    auto last = segment.element_count();
    while (last > allowed && segment.element(last).empty())
        --last;
    auto const id = segment.id();
    if (last > allowed)
        report.add(code, allowed + 1, fmt::format("{} has {} elements, but at most {} are defined", id, last, allowed),
                   fmt::format("Look for an element separator inside one of its values, or remove what stands after {}{:02}.", id, allowed));
    else
        report.add("X12-0317", allowed + 1, fmt::format("{} ends with element separators beyond its last element {}{:02}", id, id, allowed),
                   "Remove the trailing separators.");
}

} // namespace wharf::grammar
