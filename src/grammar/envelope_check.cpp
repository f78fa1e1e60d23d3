#include "grammar/envelope_check.hpp"

#include "base/date.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_header_field = 80; // far beyond any that is right
constexpr std::size_t isa_widths[] = {2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1};
constexpr char const* isa_names[] = {"Authorization Information Qualifier", "Authorization Information",
                                     "Security Information Qualifier", "Security Information",
                                     "Interchange ID Qualifier", "Interchange Sender ID",
                                     "Interchange ID Qualifier", "Interchange Receiver ID",
                                     "Interchange Date", "Interchange Time",
                                     "Interchange Control Standards Identifier", "Interchange Control Version Number",
                                     "Interchange Control Number", "Acknowledgment Requested",
                                     "Usage Indicator", "Component Element Separator"};

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_zeros(std::string_view text) {
    text = trim_blanks(text);
    while (text.size() > 1 && text.front() == '0')
        text.remove_prefix(1);
    return text;
}

} // namespace

std::string_view trim_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::string_view header_field(std::string_view text) { return trim_blanks(text).substr(0, longest_header_field); }

bool same_number(std::string_view a, std::string_view b) { return without_zeros(a) == without_zeros(b); }

bool is_count(std::string_view text, std::uint64_t value) {
    return all_digits(trim_blanks(text)) && without_zeros(text) == std::to_string(value);
}

Diagnostic envelope_finding(std::string_view code, std::string const& file, x12::Part const& part, std::size_t index,
                            std::uint32_t element, InterchangeInfo const* interchange, GroupInfo const* group,
                            std::string message, std::string help) {
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    auto const segment = part.segments[index];
    auto& place = diagnostic.place;
    place.file = file;
    place.has_offset = true;
    auto const id = segment.id().substr(0, 20); // a missing terminator makes it endless
    place.segment_id = id;
    bool const inside_set = part.kind == x12::PartKind::transaction_set;
    place.segment_position = inside_set ? static_cast<std::uint32_t>(index + 1) : part.segment_position + static_cast<std::uint32_t>(index);
    place.path = id;
    if (interchange != nullptr)
        place.interchange = interchange->control_number;
    if (group != nullptr)
        place.group = group->control_number;
    if (inside_set) {
        place.transaction_set = header_field(part.segments[0].element(1));
        place.transaction = header_field(part.segments[0].element(2));
        place.path = fmt::format("{}/{}", place.transaction_set, id);
    }
    diagnostic.excerpt = segment.bytes().substr(0, 400);
    if (element == 0) {
        place.offset = part.segments.file_offset(segment.begin());
        place.length = segment.id().size();
        return diagnostic;
    }
    auto const value = segment.element(element);
    auto const begin = element > segment.element_count() ? segment.end() : segment.element_begin(element);
    place.offset = part.segments.file_offset(begin);
    place.length = value.size();
    place.element = element;
    place.path += fmt::format("/{}{:02}", id, element);
    diagnostic.value = value.substr(0, 400);
    diagnostic.excerpt_offset = std::min<std::uint32_t>(begin - segment.begin(), 400);
    return diagnostic;
}

InterchangeInfo read_isa(x12::Part const& part) {
    auto const isa = part.segments[0];
    InterchangeInfo info;
    auto const field = [&](std::uint32_t number) { return std::string(header_field(isa.element(number))); };
    info.sender_qualifier = field(5);
    info.sender = field(6);
    info.receiver_qualifier = field(7);
    info.receiver = field(8);
    info.date = field(9);
    info.time = field(10);
    info.version = field(12);
    info.control_number = field(13);
    info.acknowledgment_requested = field(14) == "1";
    info.usage = isa.element(15).empty() ? 'P' : isa.element(15)[0];
    info.delimiters = part.segments.delimiters();
    info.offset = part.offset;
    return info;
}

GroupInfo read_gs(x12::Part const& part) {
    auto const gs = part.segments[0];
    auto const field = [&](std::uint32_t number) { return std::string(header_field(gs.element(number))); };
    return {field(1), field(2), field(3), field(4), field(5), field(6), field(7), field(8), {}};
}

void check_isa(std::string const& file, x12::Part const& part, InterchangeInfo const& info, Diagnostics& findings) {
    auto const isa = part.segments[0];
    auto const report = [&](std::string_view code, std::uint32_t element, std::string_view acknowledged, std::string message, std::string help) {
        auto finding = envelope_finding(code, file, part, 0, element, &info, nullptr, std::move(message), std::move(help));
        finding.acknowledgment.interchange = acknowledged;
        findings.push_back(std::move(finding));
    };
    std::string wrong;
    std::uint32_t first = 0;
    for (std::uint32_t i = 1; i <= 16; ++i)
        if (isa.element(i).size() != isa_widths[i - 1]) {
            first = first == 0 ? i : first;
            wrong += fmt::format("{}ISA{:02} has {} of {}", wrong.empty() ? "" : ", ", i, isa.element(i).size(), isa_widths[i - 1]);
        }
    if (first != 0)
        report("X12-0101", first, "", fmt::format("ISA fields are not of their fixed width: {} characters", wrong),
               fmt::format("Fill each field with blanks to its width; {} comes first. The file was still read by its separators.", isa_names[first - 1]));
    if (!is_date(info.date) || info.date.size() != 6)
        report("X12-0102", 9, "014", fmt::format("ISA09 Interchange Date \"{}\" is not a date as YYMMDD", info.date), "Send the date the interchange was made.");
    if (!is_time(info.time) || info.time.size() != 4)
        report("X12-0103", 10, "015", fmt::format("ISA10 Interchange Time \"{}\" is not a time as HHMM", info.time), "Send the time the interchange was made.");
    if (!all_digits(info.control_number))
        report("X12-0104", 13, "018", fmt::format("ISA13 Interchange Control Number \"{}\" is not a number of nine digits", info.control_number),
               "Number interchanges with nine digits, zeros in front.");
    if (auto const requested = isa.element(14); requested != "0" && requested != "1")
        report("X12-0105", 14, "019", fmt::format("ISA14 Acknowledgment Requested \"{}\" is neither 0 nor 1", header_field(requested)), "Send 0, or 1 when a TA1 is wanted.");
    if (info.usage != 'P' && info.usage != 'T' && info.usage != 'I')
        report("X12-0106", 15, "020", fmt::format("ISA15 Usage Indicator \"{}\" is none of P, T, I", header_field(isa.element(15))), "Send P for production or T for test.");
    auto const& d = info.delimiters;
    auto const c = d.component;
    char const* const why = c == d.element   ? "the element separator too"
                            : c == d.segment ? "the segment terminator too"
                            : c == ' '       ? "a blank, which stands in data"
                            : std::isalnum(static_cast<unsigned char>(c)) != 0 ? "a letter or digit, which stands in data" : nullptr;
    if (why != nullptr)
        report("X12-0107", 16, "027", fmt::format("ISA16 Component Element Separator '{}' is {}", c, why),
               "Send a character of its own that never stands in data, such as >.");
}

void check_gs(std::string const& file, x12::Part const& part, InterchangeInfo const& interchange, GroupInfo const& info, Diagnostics& findings) {
    auto const report = [&](std::string_view code, std::uint32_t element, std::string_view acknowledged, std::string message, std::string help) {
        auto finding = envelope_finding(code, file, part, 0, element, &interchange, &info, std::move(message), std::move(help));
        finding.acknowledgment.group = acknowledged;
        findings.push_back(std::move(finding));
    };
    if (!all_digits(info.control_number) || info.control_number.size() > 9)
        report("X12-0123", 6, "6", fmt::format("GS06 Group Control Number \"{}\" is not a number of one to nine digits", info.control_number), "Number groups with digits only.");
    if (!is_date(info.date))
        report("X12-0124", 4, "", fmt::format("GS04 Date \"{}\" is not a date as CCYYMMDD", info.date), "Send the date the group was made.");
    else if (!is_time(info.time))
        report("X12-0124", 5, "", fmt::format("GS05 Time \"{}\" is not a time as HHMM", info.time), "Send the time the group was made.");
}

} // namespace wharf::grammar
