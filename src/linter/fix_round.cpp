#include "linter/fix_round.hpp"

#include "grammar/stated_totals.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace wharf::linter {
namespace {

using grammar::ItemKind;

constexpr std::uint32_t findings_of_a_round = 10'000; // of one set
constexpr std::array<std::size_t, 16> isa_widths = {2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1};
constexpr std::uint32_t last_text_field = 8;  // of ISA: filled with blanks on the right
constexpr std::uint32_t control_number = 13;  // filled with zeros on the left

std::string_view trim_left(std::string_view text) { return text.substr(std::min(text.find_first_not_of(' '), text.size())); }
std::string_view trim_right(std::string_view text) { return text.substr(0, text.find_last_not_of(' ') + 1); }
std::string_view trim(std::string_view text) { return trim_left(trim_right(text)); }

/// The field in its fixed width; not of that width when blanks and zeros do not get it there.
std::string in_width(std::uint32_t element, std::string_view field) {
    auto const width = isa_widths[element - 1];
    if (element == control_number && trim(field).size() <= width)
        return fmt::format("{:0>{}}", trim(field), width);
    bool const is_qualifier = element <= last_text_field && element % 2 == 1;
    auto const kept = element > last_text_field || (is_qualifier && field.size() > width) ? trim(field) : trim_right(field);
    return element <= last_text_field ? fmt::format("{:<{}}", kept, width) : std::string(kept);
}

/// Elements at the end that hold nothing.
std::uint32_t last_value(x12::SegmentView const& segment) {
    auto last = segment.element_count();
    while (last > 0 && segment.element(last).empty())
        --last;
    return last;
}

grammar::InterchangeReaderOptions for_a_round(grammar::InterchangeReaderOptions options) {
    options.max_findings_per_set = findings_of_a_round;
    options.defer_sets = false;
    return options;
}

} // namespace

FixRound::FixRound(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas, FixOptions const& options)
    : text_(text), options_(options), reader_(text, file_name, schemas, for_a_round(options.reader)) {}

bool FixRound::is_filler(std::uint64_t begin, std::uint64_t end, char also) const {
    constexpr std::string_view filler("\r\n \t\0", 5);
    auto const bytes = text_.substr(begin, end - begin);
    return std::ranges::all_of(bytes, [&](char c) { return c == also || filler.find(c) != std::string_view::npos; });
}

Edits FixRound::run() {
    while (reader_.next())
        item(reader_.item());
    if (inside_) // the file ends inside an interchange
        gap(behind_, text_.size(), terminator_);
    has_joined_ = !joins_.empty();
    if (has_joined_)
        return std::move(joins_);
    if (has_doubled_)
        edits_.add(std::move(doubled_));
    return std::move(edits_);
}

void FixRound::item(grammar::Item const& item) {
    for (auto const& finding : item.findings)
        bytes(finding);
    if (!joins_.empty())
        return;
    if (item.kind == ItemKind::interchange_start) {
        header(item);
        groups_ = 0;
        interchange_number_ = trim(item.part->segments[0].element(control_number));
    }
    groups_ += item.kind == ItemKind::group_start;
    if (item.part != nullptr && !item.part->segments.empty())
        gaps(item);
    bool has_trailing = false;
    for (auto const& finding : item.findings) {
        if (finding.code == "X12-0005")
            last_terminator(item, finding);
        else if (finding.code == "X12-0317")
            has_trailing = true;
        else if (finding.code == "X12-0318")
            components(item, finding);
        else if (options_.unsafe)
            trailer(item, finding);
    }
    if (has_trailing && item.kind == ItemKind::transaction_set)
        set_separators(item);
    else if (has_trailing && item.part != nullptr)
        envelope_separators(*item.part, 0);
}

/// What is wrong with the bytes outside segments.
void FixRound::bytes(Diagnostic const& finding) {
    auto const begin = finding.place.offset;
    auto const end = begin + finding.place.length;
    if (end > text_.size())
        return;
    has_doubled_ = has_doubled_ || finding.code == "X12-0006";
    if (finding.code == "X12-0010" || (finding.code == "X12-0011" && is_filler(begin, end, ' ')) ||
        (finding.code == "X12-0014" && is_filler(begin, end, '\x1a')))
        edits_.mend(finding.code, begin, end - begin);
    else if (finding.code == "X12-0013")
        join_lines(begin, finding.place.length);
}

/// As the reader joins them: full lines lose their break; a shorter one keeps it, and the next begins behind it.
void FixRound::join_lines(std::uint64_t from, std::uint64_t width) {
    std::vector<Edit> breaks;
    std::uint64_t column = 0;
    std::uint64_t wanted = 0; // bytes of a break, as the first one has them
    for (auto at = from; at < text_.size();) {
        if (column == width) {
            std::uint64_t const length = text_.substr(at).starts_with("\r\n") ? 2 : text_[at] == '\n' ? 1 : 0;
            if (length == 0 || (wanted != 0 && length != wanted))
                break;
            wanted = length;
            breaks.push_back({at, length, {}});
            at += length;
            column = 0;
            continue;
        }
        column = text_[at] == '\n' || text_[at] == '\r' ? 0 : column + 1;
        ++at;
    }
    if (!breaks.empty())
        joins_.mend("X12-0013", std::move(breaks));
}

/// Only behind an IEA whose numbers fit: then the file is whole.
void FixRound::last_terminator(grammar::Item const& item, Diagnostic const& finding) {
    auto const fits = [](Diagnostic const& other) { return other.code != "X12-0111" && other.code != "X12-0112"; };
    if (item.kind == ItemKind::interchange_end && item.present && std::ranges::all_of(item.findings, fits))
        edits_.mend(finding.code, finding.place.offset + finding.place.length, 0, std::string(1, item.part->segments.delimiters().segment));
}

/// What stands between segments of one interchange.
void FixRound::gaps(grammar::Item const& item) {
    auto const& segments = item.part->segments;
    bool const readable = item.interchange != nullptr && item.interchange->readable;
    if (item.kind == ItemKind::interchange_start) {
        terminator_ = segments.delimiters().segment;
        inside_ = readable;
    } else if (inside_) {
        gap(behind_, segments.file_offset(segments[0].begin()), terminator_);
    }
    if (!inside_)
        return;
    behind_ = segments.file_offset(segments[0].end()) + 1;
    for (std::size_t i = 1; i < segments.size(); ++i) {
        auto const begin = segments.file_offset(segments[i].begin());
        if (begin != behind_)
            gap(behind_, begin, terminator_);
        behind_ = segments.file_offset(segments[i].end()) + 1;
    }
    inside_ = item.kind != ItemKind::interchange_end;
}

void FixRound::gap(std::uint64_t begin, std::uint64_t end, char terminator) {
    if (begin >= end || end > text_.size())
        return;
    auto const bytes = text_.substr(begin, end - begin);
    auto const last = bytes.rfind(terminator);
    if (last == std::string_view::npos || !is_filler(begin, end, terminator))
        return;
    doubled_.mend("X12-0006", {{begin, last + 1, {}}}, static_cast<std::uint64_t>(std::ranges::count(bytes, terminator)));
}

/// All fields of a wrong width that have no other finding, or none of them.
void FixRound::header(grammar::Item const& item) {
    std::set<std::uint32_t> others;
    bool is_reported = false;
    for (auto const& finding : item.findings)
        if (finding.code == "X12-0101")
            is_reported = true;
        else
            others.insert(finding.place.element);
    if (!is_reported)
        return;
    auto const& segments = item.part->segments;
    auto const isa = segments[0];
    std::vector<Edit> edits;
    for (std::uint32_t k = 1; k <= isa_widths.size(); ++k) {
        auto const field = isa.element(k);
        auto const width = isa_widths[k - 1];
        if (field.size() == width || others.contains(k))
            continue;
        auto mended = in_width(k, field);
        if (mended.size() != width)
            return;
        edits.push_back({segments.file_offset(isa.element_begin(k)), field.size(), std::move(mended)});
    }
    if (!edits.empty())
        edits_.mend("X12-0101", std::move(edits));
}

void FixRound::envelope_separators(x12::Part const& part, std::size_t index) {
    auto const segment = part.segments[index];
    auto const surplus = segment.element_begin(last_value(segment) + 1) - 1;
    edits_.mend("X12-0317", part.segments.file_offset(surplus), segment.end() - surplus);
}

/// Wherever the validator reports it, also beyond the number of findings kept.
void FixRound::set_separators(grammar::Item const& item) {
    auto const& segments = item.part->segments;
    std::set<std::size_t> misses; // segments that lack an element behind their last value: that is their finding
    for (auto const& finding : item.findings)
        if (finding.code != "X12-0317" && finding.place.segment_position > 0 && finding.place.segment_position <= segments.size() &&
            finding.place.element > last_value(segments[finding.place.segment_position - 1]))
            misses.insert(finding.place.segment_position - 1);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        auto const segment = segments[i];
        if (segments.is_opaque(i) || last_value(segment) == segment.element_count() || misses.contains(i) || segment.id() == "BIN" || segment.id() == "BDS")
            continue;
        auto const at = item.schema->find_segment(segment.id());
        if (at >= 0 && last_value(segment) <= item.schema->segments()[static_cast<std::size_t>(at)].elements.size())
            envelope_separators(*item.part, i);
    }
}

void FixRound::components(grammar::Item const& item, Diagnostic const& finding) {
    auto const& place = finding.place;
    if (item.part == nullptr || place.segment_position == 0 || place.segment_position > item.part->segments.size() || place.length == 0)
        return;
    auto const& delimiters = item.part->segments.delimiters();
    auto const bytes = text_.substr(std::min<std::uint64_t>(place.offset, text_.size()), place.length);
    auto const before = place.offset > 0 ? text_[place.offset - 1] : delimiters.element;
    bool const holds_nothing = before == delimiters.element || before == delimiters.repetition; // then the element would be gone
    if (!holds_nothing && std::ranges::all_of(bytes, [&](char c) { return c == delimiters.component; }))
        edits_.mend(finding.code, place.offset, place.length);
}

/// Counts and numbers that repeat what stands elsewhere.
void FixRound::trailer(grammar::Item const& item, Diagnostic const& finding) {
    if (item.part == nullptr || item.part->segments.empty())
        return;
    auto const& part = *item.part;
    auto const last = part.segments.size() - 1;
    auto const& code = finding.code;
    if (code == "X12-0111")
        set_element(part, last, 2, interchange_number_, code);
    else if (code == "X12-0112")
        set_element(part, last, 1, std::to_string(groups_), code);
    else if (code == "X12-0121" && item.group != nullptr)
        set_element(part, last, 2, item.group->control_number, code);
    else if (code == "X12-0122")
        set_element(part, last, 1, std::to_string(item.sets), code);
    else if (code == "X12-0131")
        set_element(part, last, 2, item.set.control_number, code);
    else if (code == "X12-0132")
        set_element(part, last, 1, std::to_string(part.segments.size()), code);
    else if (code == "X12-0402")
        count_of_lines(item, finding);
}

void FixRound::count_of_lines(grammar::Item const& item, Diagnostic const& finding) {
    auto const position = finding.place.segment_position;
    if (item.schema == nullptr || item.nodes == nullptr || position == 0 || position > item.part->segments.size())
        return;
    if (auto const count = grammar::count_line_items(*item.schema, *item.nodes))
        set_element(*item.part, position - 1, 1, std::to_string(*count), finding.code);
}

void FixRound::set_element(x12::Part const& part, std::size_t index, std::uint32_t element, std::string value, std::string_view code) {
    auto const segment = part.segments[index];
    auto const& delimiters = part.segments.delimiters();
    auto const unfit = [&](char c) { return c == delimiters.element || c == delimiters.segment || c == delimiters.component || static_cast<unsigned char>(c) < 0x20; };
    if (value.empty() || value == segment.element(element) || std::ranges::any_of(value, unfit)) // or it says that already, and is reported all the same
        return;
    if (element <= segment.element_count()) {
        edits_.mend(code, part.segments.file_offset(segment.element_begin(element)), segment.element(element).size(), std::move(value));
        return;
    }
    auto const missing = element - segment.element_count();
    edits_.mend(code, part.segments.file_offset(segment.end()), 0, std::string(missing, delimiters.element) + value);
}

} // namespace wharf::linter
