#include "grammar/acknowledgment.hpp"

#include "grammar/envelope_check.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t most_codes = 5;     // AK502–AK506, AK905–AK909
constexpr std::size_t longest_copy = 99;  // AK404

bool is_told(Diagnostic const& finding) { return finding.severity == Severity::error; }

bool breaks(char c, x12::Delimiters const& delimiters) {
    return c == delimiters.element || c == delimiters.segment || c == delimiters.component ||
           (delimiters.repetition != '\0' && c == delimiters.repetition) || static_cast<unsigned char>(c) < 0x20 ||
           static_cast<unsigned char>(c) >= 0x7f;
}

/// AK404: the bad data element as sent, cut, and left out when it would break this interchange.
std::string copy_of(Diagnostic const& finding, x12::Delimiters const& delimiters) {
    auto const value = finding.value.substr(0, longest_copy);
    return std::ranges::any_of(value, [&](char c) { return breaks(c, delimiters); }) ? std::string() : value;
}

/// An identifier the sender gave, cut to the width of our element; what would break this interchange becomes a '?'. It
/// cannot be left out: the sender finds the place by it, and an acknowledgment that is not sent helps nobody.
std::string identifier(std::string_view text, std::size_t width, x12::Delimiters const& delimiters) {
    std::string out(text.substr(0, width));
    std::ranges::replace_if(out, [&](char c) { return breaks(c, delimiters); }, breaks('?', delimiters) ? 'X' : '?');
    return out;
}

/// Codes of elements 723 and 718 that an older release of the acknowledgment lacks.
std::string element_code(std::string const& code, std::string_view release) {
    return (code == "12" || code == "13") && !release.empty() && release < "004020" ? "3" : code;
}
std::string set_code(std::string const& code, std::string_view release) {
    return code == "18" && !release.empty() && release < "004050" ? "6" : code;
}

/// AK3 and AK4 of one set: one AK3 per segment and segment code, the element errors of a segment below its AK3 of code 8.
void add_segment_errors(SetVerdict const& verdict, AcknowledgmentOptions const& options, std::vector<x12::OutSegment>& out) {
    auto const& delimiters = options.delimiters;
    std::uint32_t open_position = 0;
    for (auto const& finding : verdict.findings) {
        auto const& codes = finding.acknowledgment;
        if (!is_told(finding) || codes.segment.empty())
            continue;
        auto const& place = finding.place;
        bool const of_element = !codes.element.empty();
        if (!of_element || open_position != place.segment_position) {
            x12::OutSegment ak3{"AK3", {identifier(place.segment_id, 3, delimiters), std::to_string(place.segment_position), "", codes.segment}};
            if (ak3.elements[0].size() < 2)
                ak3.elements[0].resize(2, '?');
            out.push_back(std::move(ak3));
            open_position = of_element ? place.segment_position : 0;
        }
        if (!of_element)
            continue;
        auto position = std::to_string(place.element);
        if (place.component != 0)
            position += fmt::format("{}{}", delimiters.component, place.component);
        out.push_back({"AK4", {std::move(position), place.element_number == 0 ? "" : std::to_string(place.element_number),
                               element_code(codes.element, options.release), copy_of(finding, delimiters)}});
    }
}

std::vector<std::string> unique_codes(Diagnostics const& findings, std::string AcknowledgmentCodes::* member) {
    std::vector<std::string> codes;
    for (auto const& finding : findings) {
        auto const& code = finding.acknowledgment.*member;
        if (is_told(finding) && !code.empty() && std::ranges::find(codes, code) == codes.end() && codes.size() < most_codes)
            codes.push_back(code);
    }
    return codes;
}

void append(std::vector<std::string>& to, std::vector<std::string> const& codes) { to.insert(to.end(), codes.begin(), codes.end()); }

std::string_view segment_error(std::string_view code) {
    constexpr std::string_view words[] = {"", "unrecognized segment id", "unexpected segment", "mandatory segment missing",
                                          "loop occurs over maximum times", "segment exceeds maximum use",
                                          "segment not in defined transaction set", "segment not in proper sequence",
                                          "segment has data element errors"};
    return code.size() == 1 && code[0] >= '1' && code[0] <= '8' ? words[code[0] - '0'] : std::string_view{};
}

std::string_view element_error(std::string_view code) {
    constexpr std::string_view words[] = {"", "mandatory data element missing", "conditional required data element missing",
                                          "too many data elements", "data element too short", "data element too long",
                                          "invalid character in data element", "invalid code value", "invalid date",
                                          "invalid time", "exclusion condition violated"};
    if (code == "10")
        return words[10];
    return code.size() == 1 && code[0] >= '1' && code[0] <= '9' ? words[code[0] - '0'] : std::string_view{};
}

std::string_view set_error(std::string_view code) {
    constexpr std::string_view words[] = {"", "transaction set not supported", "transaction set trailer missing",
                                          "control numbers in header and trailer do not match",
                                          "number of included segments does not match actual count",
                                          "one or more segments in error", "missing or invalid transaction set identifier",
                                          "missing or invalid transaction set control number"};
    return code.size() == 1 && code[0] >= '1' && code[0] <= '7' ? words[code[0] - '0'] : std::string_view{};
}

std::string_view group_error(std::string_view code) {
    constexpr std::string_view words[] = {"", "functional group not supported", "functional group version not supported",
                                          "functional group trailer missing", "group control numbers do not agree",
                                          "number of included transaction sets does not match actual count",
                                          "group control number violates syntax"};
    return code.size() == 1 && code[0] >= '1' && code[0] <= '6' ? words[code[0] - '0'] : std::string_view{};
}

char first_char(std::string_view text, char otherwise) { return text.empty() ? otherwise : text[0]; }

} // namespace

bool SetVerdict::accepted() const { return !has_errors(findings); }

bool GroupVerdict::rejected() const {
    return std::ranges::any_of(findings, [](Diagnostic const& f) { return is_told(f) && !f.acknowledgment.group.empty(); });
}

std::size_t GroupVerdict::accepted_sets() const {
    return rejected() ? 0 : static_cast<std::size_t>(std::ranges::count_if(sets, &SetVerdict::accepted));
}

std::vector<x12::OutSegment> make_997(GroupVerdict const& verdict, AcknowledgmentOptions const& options) {
    std::vector<x12::OutSegment> out;
    auto const& delimiters = options.delimiters;
    out.push_back({"AK1", {identifier(verdict.group.functional_id, 2, delimiters), identifier(verdict.group.control_number, 9, delimiters)}});
    for (auto const& set : verdict.sets) {
        if (set.accepted() && (!options.list_accepted_sets || verdict.rejected()))
            continue;
        out.push_back({"AK2", {identifier(set.set.id, 3, delimiters), identifier(set.set.control_number, 9, delimiters)}});
        auto const before = out.size();
        add_segment_errors(set, options, out);
        auto codes = unique_codes(set.findings, &AcknowledgmentCodes::transaction);
        for (auto& code : codes)
            code = set_code(code, options.release);
        if (out.size() > before && std::ranges::find(codes, "5") == codes.end() && codes.size() < most_codes)
            codes.push_back("5");
        if (!set.accepted() && codes.empty())
            codes.push_back("5");
        x12::OutSegment ak5{"AK5", {set.accepted() ? "A" : "R"}};
        append(ak5.elements, codes);
        out.push_back(std::move(ak5));
    }
    auto const accepted = verdict.accepted_sets();
    auto const code = verdict.rejected() || (accepted == 0 && !verdict.sets.empty()) ? "R" : accepted == verdict.sets.size() ? "A" : "P";
    x12::OutSegment ak9{"AK9", {code, std::to_string(verdict.included), std::to_string(verdict.sets.size()), std::to_string(accepted)}};
    append(ak9.elements, unique_codes(verdict.findings, &AcknowledgmentCodes::group));
    out.push_back(std::move(ak9));
    return out;
}

x12::OutSegment make_ta1(InterchangeInfo const& interchange, char code, std::string_view note) {
    // The sender's own fields at their fixed width, whatever he wrote: our TA1 must be readable.
    auto const field = [](std::string_view text, std::size_t width, bool at_end) {
        std::string out(text.substr(0, width));
        std::ranges::replace_if(out, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '0');
        out.insert(at_end ? out.size() : 0, width - out.size(), '0');
        return out;
    };
    return {"TA1", {field(interchange.control_number, 9, false), field(interchange.date, 6, true), field(interchange.time, 4, true),
                    std::string(1, code), std::string(note)}};
}

std::string interchange_refusal(Diagnostics const& findings) {
    for (auto const& finding : findings)
        if (is_told(finding) && !finding.acknowledgment.interchange.empty())
            return finding.acknowledgment.interchange;
    return {};
}

SetAcknowledgment const* GroupAcknowledgment::find(std::string_view control_number) const {
    for (auto const& set : sets)
        if (same_number(set.control_number, control_number))
            return &set;
    return nullptr;
}

char GroupAcknowledgment::code_of(std::string_view control_number) const {
    if (auto const* set = find(control_number))
        return set->code;
    return code == 'P' ? 'A' : code; // P names the sets in error; those it does not name were accepted
}

GroupAcknowledgment read_acknowledgment(x12::SegmentList const& set) {
    GroupAcknowledgment out;
    std::string segment_in_error;
    for (std::size_t i = 0; i < set.size(); ++i) {
        auto const segment = set[i];
        auto const id = segment.id();
        auto const text = [&](std::uint32_t number) { return std::string(trim_blanks(segment.element(number))); };
        if (id == "AK1") {
            out.functional_id = text(1);
            out.group_control_number = text(2);
        } else if (id == "AK2") {
            out.sets.push_back({text(1), text(2), 'A', {}});
        } else if ((id == "AK3" || id == "IK3") && !out.sets.empty()) {
            segment_in_error = fmt::format("segment {} ({})", text(2), text(1));
            if (text(4) != "8")
                out.sets.back().errors.push_back(fmt::format("{}: {}", segment_in_error, segment_error(text(4)).empty() ? "code " + text(4) : std::string(segment_error(text(4)))));
        } else if ((id == "AK4" || id == "IK4") && !out.sets.empty()) {
            auto const words = element_error(text(3));
            auto line = fmt::format("{}, element {}: {}", segment_in_error, text(1), words.empty() ? "code " + text(3) : std::string(words));
            if (!text(4).empty())
                line += fmt::format(": \"{}\"", text(4));
            out.sets.back().errors.push_back(std::move(line));
        } else if ((id == "AK5" || id == "IK5") && !out.sets.empty()) {
            out.sets.back().code = first_char(text(1), 'A');
            for (std::uint32_t k = 2; k <= segment.element_count(); ++k)
                if (auto const words = set_error(text(k)); !text(k).empty() && text(k) != "5")
                    out.sets.back().errors.push_back(words.empty() ? "code " + text(k) : std::string(words));
        } else if (id == "AK9") {
            out.code = first_char(text(1), 'A');
            for (std::uint32_t k = 5; k <= segment.element_count(); ++k)
                if (!text(k).empty())
                    out.errors.push_back(group_error(text(k)).empty() ? "code " + text(k) : std::string(group_error(text(k))));
        }
    }
    return out;
}

} // namespace wharf::grammar
