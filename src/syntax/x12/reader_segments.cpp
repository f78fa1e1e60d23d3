// The segments of one part: ordinary ones by the index, binary data by its length, those without end by hand.
#include "syntax/x12/reader_state.hpp"
#include "syntax/x12/segment_rule.hpp"

#include <charconv>
#include <fmt/format.h>

namespace wharf::x12 {
namespace {

constexpr std::size_t max_segment_bytes = 16u << 20; // a longer one is not cut into elements
constexpr std::size_t widest_window = 1u << 20;      // so that only a segment begun in the window before can be longer

} // namespace

/// Reads the segment at `at`, whatever it is, and the ordinary ones behind it when asked to. There is at least one byte.
void Reader::State::read_segments(Take take) {
    auto& block = input.block();
    auto const before = block.segments.size();
    SegmentScan scan;
    scan.delimiters = delimiters;
    scan.segments = &block.segments;
    scan.any_segment = true;
    scan.single = take == Take::one;
    for (bool extended = false;; extended = true) {
        auto const first = block.segments.size();
        auto const* const origin = block.index.positions();
        while (cursor < block.index.count() && origin[cursor] < input.at)
            ++cursor;
        scan.text = block.text;
        scan.size = static_cast<std::uint32_t>(block.size);
        scan.at = static_cast<std::uint32_t>(input.at);
        scan.positions = origin;
        scan.next = static_cast<std::uint32_t>(cursor);
        scan.inside_segment = false;
        auto const terminators = block.index.terminators();
        while (terminator < terminators.size() && terminators[terminator] < cursor)
            ++terminator;
        auto const* next = terminators.data() + terminator;
        parse_segments(next, terminators.data() + terminators.size(), scan);
        terminator = static_cast<std::size_t>(next - terminators.data());
        cursor = scan.next;
        input.at = scan.at;
        if (extended && block.segments.size() > first)
            check_length(first);
        if (!scan.inside_segment)
            break;
        if (block.index.size() > input.at + max_segment_bytes) {
            read_endless_segment();
            break;
        }
        if (!input.extend_index(window))
            break;
        window = std::min(window * 2, widest_window);
    }
    window = std::min(window, window_bytes);
    position += static_cast<std::uint32_t>(block.segments.size() - before);
    if (block.segments.size() > before && block.index.complete() && last_segment().end() == block.size)
        trim_last_segment();
}

/// The segment at `index` was read in several windows: it may be longer than any real one.
void Reader::State::check_length(std::size_t index) {
    auto& block = input.block();
    auto& segment = block.segments[index];
    auto* const ends = block.index.positions() + segment.first_end;
    auto const end = ends[segment.count - 1];
    if (end - segment.begin <= max_segment_bytes)
        return;
    if (segment.count > 2) {
        ends[1] = end;
        segment.count = 2;
    }
    report_opaque(index);
}

/// A segment beyond all measure: its id and one piece, so that the next one is found.
void Reader::State::read_endless_segment() {
    auto& block = input.block();
    auto const begin = input.at;
    auto end = begin;
    for (;;) { // as far as a set may reach
        end = std::min(std::string_view(block.text, block.size).find(delimiters.segment, end), block.size);
        if (end < block.size || end > options.transaction_set_bytes || !input.has(end + 1 - begin))
            break;
    }
    auto const id_end = std::string_view(block.text, end).find(delimiters.element, begin);
    std::uint32_t const ends[] = {static_cast<std::uint32_t>(id_end), static_cast<std::uint32_t>(end)};
    auto const kept = std::span(ends).subspan(id_end == std::string_view::npos ? 1 : 0);
    block.segments.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(cursor), static_cast<std::uint32_t>(kept.size())});
    input.at = std::min(end + 1, block.size);
    block.index.resume(cursor, kept, input.at);
    cursor += kept.size();
    terminator = block.index.terminators().size();
    report_opaque(block.segments.size() - 1);
}

void Reader::State::report_opaque(std::size_t index) {
    auto& block = input.block();
    block.opaque.push_back(static_cast<std::uint32_t>(index));
    SegmentView const segment(block.text, block.segments[index], block.index.positions());
    auto* const finding = report("X12-0008", fmt::format("segment of {} bytes: longer than {}, the limit", segment.bytes().size(), max_segment_bytes),
                                 "A segment terminator is missing, or the ISA names the wrong one. The segment is not looked into.", segment.begin(), 80);
    if (finding == nullptr || part.kind != PartKind::transaction_set)
        return;
    finding->place.segment_id = segment.id().substr(0, 3);
    finding->place.segment_position = static_cast<std::uint32_t>(index - first_segment + 1);
    finding->acknowledgment.segment = "8";
}

/// BIN and BDS: the data has the length that stands before it, and may hold anything (X12.6, binary data). False when that cannot
/// be: the segment is then read like any other.
bool Reader::State::read_binary() {
    auto const begin = input.at;
    bool const with_filter = id_here() == "BDS";
    if (!with_filter && id_here() != "BIN")
        return false;
    (void)input.has(64);
    auto const head = input.ahead(64);
    std::uint32_t ends[4]; // id, filter, length, data
    std::size_t count = 0;
    std::size_t at = 0;
    for (std::size_t const wanted = with_filter ? 3 : 2; count < wanted; ++count) {
        auto const end = head.find(delimiters.element, at);
        if (end == std::string_view::npos)
            return false;
        ends[count] = static_cast<std::uint32_t>(begin + end);
        at = end + 1;
    }
    auto const length_begin = ends[count - 2] + 1 - begin;
    std::uint64_t length = 0;
    auto const* const digits_end = head.data() + at - 1;
    auto const [parsed, trouble] = std::from_chars(head.data() + length_begin, digits_end, length);
    auto const data = begin + at;
    auto& block = input.block();
    bool const fits = trouble == std::errc() && parsed == digits_end && length <= options.transaction_set_bytes && input.has(at + length);
    auto const end = fits ? data + length : begin;
    bool const at_end = fits && !input.has(at + length + 1);
    if (!fits || (!at_end && block.text[end] != delimiters.segment)) {
        report("X12-0012", "the length of this binary data does not lead to a segment terminator",
               "Send in the element before the data how many bytes it has. The segment was read by its separators.", begin, at);
        return false;
    }
    while (block.index.size() < data && input.extend_index(window)) {
    }
    ends[count++] = static_cast<std::uint32_t>(end);
    add_binary(begin, std::span(ends, count));
    return true;
}

/// Binary data: what the index says of the data itself is no delimiter, what it says of the bytes behind is kept.
void Reader::State::add_binary(std::size_t begin, std::span<std::uint32_t const> ends) {
    auto& block = input.block();
    auto* const positions = block.index.positions();
    while (cursor < block.index.count() && positions[cursor] < begin)
        ++cursor;
    auto const end = ends.back();
    input.at = std::min<std::size_t>(end + 1, block.size);
    if (end < block.size && end < block.index.size()) { // so its terminator is a position, behind those of the separators
        auto const behind = static_cast<std::size_t>(std::lower_bound(positions + cursor, positions + block.index.count(), end) - positions) + 1;
        cursor = behind - ends.size();
        std::ranges::copy(ends, positions + cursor);
    } else {
        block.index.resume(cursor, ends, input.at);
        terminator = block.index.terminators().size();
    }
    block.segments.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(cursor), static_cast<std::uint32_t>(ends.size())});
    cursor += ends.size();
    ++position;
}

/// The last terminator is missing: line breaks before the end are filler, not data.
void Reader::State::trim_last_segment() {
    auto& block = input.block();
    auto const& segment = block.segments.back();
    auto* const ends = block.index.positions() + segment.first_end;
    auto& end = ends[segment.count - 1];
    auto const least = segment.count == 1 ? segment.begin : ends[segment.count - 2] + 1;
    while (end > least && is_filler(block.text[end - 1]))
        --end;
    input.at = block.size;
    report("X12-0005", "the file ends without the terminator of its last segment",
           "Add the terminator. If the file was cut off in transfer, ask for it again: data may be missing.", segment.begin,
           end - segment.begin);
}

} // namespace wharf::x12
