#include "grammar/envelope_check.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_header_field = 80; // far beyond any that is right
} // namespace

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_zeros(std::string_view text) {
    text = trim_blanks(text);
    while (text.size() > 1 && text.front() == '0')
        text.remove_prefix(1);
    return text;
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_security_segment(std::string_view id) {
    return id == "SVA" || (id.size() == 3 && id[0] == 'S' && id[1] >= '1' && id[1] <= '4' && (id[2] == 'S' || id[2] == 'E' || id[2] == 'A'));
}

std::string_view trim_blanks(std::string_view text) {
    if (!text.empty() && text.front() > ' ' && text.back() > ' ')
        return text;
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::string_view header_field(std::string_view text) { return trim_blanks(text).substr(0, longest_header_field); }

bool same_number(std::string_view a, std::string_view b) { return without_zeros(a) == without_zeros(b); }

std::optional<std::uint64_t> count_in(std::string_view text) {
    text = without_zeros(text);
    std::uint64_t count = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return !text.empty() && error == std::errc() && end == text.data() + text.size() ? std::optional(count) : std::nullopt;
}

bool is_count(std::string_view text, std::uint64_t value) { return count_in(text) == value; }

EnvelopeRules::EnvelopeRules(Grammars const& grammars, std::string_view name) : release(name), dictionary(grammars.dictionary(name)) {
    if (!dictionary)
        return;
    authorization = dictionary->codes("I01");
    security = dictionary->codes("I03");
    identifier = dictionary->codes("I05");
    kind = dictionary->codes("479");
    agency = dictionary->codes("455");
    group_errors = dictionary->codes("716");
    auto const* const date = dictionary->element("373");
    has_century = date == nullptr || date->max == 8;
}

Diagnostic& EnvelopeReport::add(std::string_view code, std::uint32_t element, std::string message, std::string help) {
    return findings.emplace_back(envelope_finding(code, file, part, 0, element, interchange, group, std::move(message), std::move(help)));
}

Related first_place(Diagnostic const& finding, std::uint64_t offset, std::uint32_t segment_position, std::string message) {
    Related related{finding.place, std::move(message)};
    related.place.offset = offset;
    related.place.segment_position = segment_position;
    return related;
}

Diagnostic envelope_finding(std::string_view code, std::string_view file, x12::Part const& part, std::size_t index,
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
    return {field(1), field(2), field(3), field(4), field(5), field(6), field(7), field(8), {}, true, true};
}

} // namespace wharf::grammar
