#include "grammar/acknowledgment_codes.hpp"

#include <span>

namespace wharf::grammar {
namespace {

struct Fallback {
    std::string_view code, instead;
};
constexpr Fallback segment_fallbacks[] = {{"I4", "2"}, {"I6", "3"}, {"I7", "3"}, {"I8", "3"}, {"I9", "2"}};
constexpr Fallback element_fallbacks[] = {{"12", "3"},  {"13", "3"},  {"I6", "7"},  {"I9", "2"},
                                          {"I10", "3"}, {"I11", "1"}, {"I12", "7"}, {"I13", "10"}};
constexpr Fallback transaction_fallbacks[] = {{"18", "6"}, {"I5", "5"}};
constexpr Fallback group_fallbacks[] = {{"19", "6"}};

std::string_view instead_of(std::span<Fallback const> fallbacks, std::string_view code) {
    for (auto const& [from, to] : fallbacks)
        if (from == code)
            return to;
    return {};
}

/// What the guide says where it can be said, else what the standard would say.
std::string_view wanted(AcknowledgmentKind kind, std::string const& standard, std::string const& implementation) {
    bool const own = !implementation.empty() && (kind == AcknowledgmentKind::implementation || standard.empty());
    return own ? std::string_view(implementation) : std::string_view(standard);
}

} // namespace

AcknowledgmentLists::AcknowledgmentLists(AcknowledgmentKind kind, Dictionary const* dictionary) : kind_(kind) {
    bool const functional = kind == AcknowledgmentKind::functional;
    if (dictionary == nullptr)
        return;
    segment_ = dictionary->codes(functional ? "720" : "620");
    element_ = dictionary->codes(functional ? "723" : "621");
    transaction_ = dictionary->codes(functional ? "718" : "618");
    group_ = dictionary->codes("716");
}

bool AcknowledgmentLists::has(List list, std::string_view code) const {
    if (list != nullptr)
        return list->find(code).has_value();
    return kind_ == AcknowledgmentKind::implementation || !code.starts_with('I');
}

std::string AcknowledgmentLists::segment(Diagnostic const& finding) const {
    auto const& codes = finding.acknowledgment;
    auto code = wanted(kind_, codes.segment, codes.implementation_segment);
    if (!has(segment_, code))
        code = instead_of(segment_fallbacks, code);
    return std::string(code);
}

std::string AcknowledgmentLists::segment_with_elements() const { return has(segment_, "8") ? "8" : ""; }

std::string AcknowledgmentLists::element(Diagnostic const& finding) const {
    auto const& codes = finding.acknowledgment;
    auto code = wanted(kind_, codes.element, codes.implementation_element);
    if (!has(element_, code))
        code = instead_of(element_fallbacks, code);
    return std::string(code);
}

std::string AcknowledgmentLists::transaction(std::string_view code) const {
    return std::string(has(transaction_, code) ? code : instead_of(transaction_fallbacks, code));
}

std::string AcknowledgmentLists::group(std::string_view code) const {
    return std::string(has(group_, code) ? code : instead_of(group_fallbacks, code));
}

} // namespace wharf::grammar
