#include "syntax/x12/reader.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "syntax/x12/input.hpp"
#include "syntax/x12/interchange_header.hpp"
#include "syntax/x12/segment_rule.hpp"
#include "syntax/x12/unwrap_source.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::x12 {
namespace {

constexpr std::size_t first_window_bytes = 1024; // of an interchange: behind it may stand another one, with other delimiters
constexpr std::size_t window_bytes = 16 * 1024;  // text, positions and bits fit the nearest cache
constexpr std::size_t max_segment_bytes = 16u << 20; // a longer one is not cut into elements
constexpr std::size_t header_bytes = 512;        // an ISA is within
constexpr std::size_t peek_bytes = 64 * 1024;

enum class Envelope { none, isa, gs, st, se, ge, iea, service };

Envelope envelope_of(std::string_view id) {
    if (id.size() == 2)
        return id == "ST" ? Envelope::st : id == "SE" ? Envelope::se : id == "GS" ? Envelope::gs : id == "GE" ? Envelope::ge : Envelope::none;
    if (id.size() != 3)
        return Envelope::none;
    if (id == "IEA")
        return Envelope::iea;
    if (id == "ISA")
        return Envelope::isa;
    if (id == "TA1" || id == "ISB" || id == "ISE" || id == "SVA")
        return Envelope::service;
    // Security and assurance (X12.58): S1S S1E S1A to S4S S4E S4A.
    bool const security = id[0] == 'S' && id[1] >= '1' && id[1] <= '4' && (id[2] == 'S' || id[2] == 'E' || id[2] == 'A');
    return security ? Envelope::service : Envelope::none;
}

bool is_filler(char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '\0'; }

} // namespace

ReaderOptions::ReaderOptions() : transaction_set_bytes(limits::transaction_set_bytes), block_bytes(128 * 1024) {}

struct Reader::State {
    State(Input bytes, std::string name, ReaderOptions chosen) : input(std::move(bytes)), file(std::move(name)), options(chosen) {}

    Input input;
    std::string file;
    ReaderOptions options;
    Part part;
    Diagnostics diagnostics;

    bool in_interchange = false;
    Delimiters delimiters;
    std::uint32_t position = 0; // segments of this interchange so far
    unsigned doubled = 0;

    std::size_t part_begin = 0;    // from the block's text
    std::size_t first_segment = 0; // of the part, in the block
    std::size_t cursor = 0;        // the next position of the index
    std::size_t terminator = 0;    // the next of its terminators
    std::size_t window = window_bytes;
    bool part_is_open = false;

    void report(std::string_view code, std::string message, std::string help, std::size_t at, std::size_t length) {
        auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
        diagnostic.place.file = file;
        diagnostic.place.offset = input.block().file_offset(at);
        diagnostic.place.length = length;
        diagnostic.place.has_offset = true;
        diagnostic.excerpt = std::string_view(input.block().text, input.block().size).substr(at, std::min<std::size_t>(length, 80));
        diagnostics.push_back(std::move(diagnostic));
    }

    /// Begins a part at `at`, in a new block when the old one is full.
    void start(PartKind kind) {
        if (input.at >= options.block_bytes)
            begin_block();
        part_is_open = true;
        part.kind = kind;
        part.terminated = true;
        part.offset = input.block().file_offset(input.at);
        part.segment_position = position + 1;
        part_begin = input.at;
        first_segment = input.block().segments.size();
    }
    void begin_block() {
        input.begin_block(delimiters);
        cursor = 0;
        terminator = 0;
    }
    [[nodiscard]] std::size_t segments_read() const { return input.block().segments.size() - first_segment; }
    [[nodiscard]] SegmentView last_segment() const {
        auto const& block = input.block();
        return {block.text, block.segments.back(), block.index.positions()};
    }
    void finish() {
        part_is_open = false;
        auto const& block = input.block();
        part.segments = SegmentList(block, first_segment, segments_read());
        auto end = part_begin;
        if (!part.segments.empty()) {
            end = part.segments.back().end();
            end += end < block.size && block.text[end] == delimiters.segment ? 1 : 0;
        }
        part.length = length_up_to(end);
    }
    /// A line break of a wrapped file may stand right behind the part: it is not counted.
    [[nodiscard]] std::uint64_t length_up_to(std::size_t end) {
        return end == part_begin ? 0 : input.block().file_offset(end - 1) + 1 - part.offset;
    }

    bool skip_filler();
    [[nodiscard]] std::string_view id_here();
    [[nodiscard]] Envelope kind_here() { return envelope_of(id_here()); }
    [[nodiscard]] bool interchange_here() {
        return input.has(1) && input.here() == 'I' && input.has(4) && starts_interchange(input.ahead(4));
    }

    enum class Take { one, one_and_ordinary };
    void read_segments(Take take);
    bool read_binary();
    void read_endless_segment();
    void trim_last_segment();
    [[nodiscard]] bool too_long();

    bool next_interchange();
    void skip_beginning();
    bool next_inside();
    void read_set();
    void read_stray();
    void skip_junk(bool told);
};

/// Skips line breaks and blanks between segments, and doubled terminators. False at the end of the text.
bool Reader::State::skip_filler() {
    for (; input.has(1); ++input.at) {
        char const c = input.here();
        if (c == delimiters.segment) {
            if (!is_filler(c) && doubled++ == 0)
                report("X12-0006", "segment terminator stands twice: an empty segment",
                       "Remove the second terminator. Further ones in this file are not reported.", input.at, 1);
        } else if (!is_filler(c)) {
            return true;
        }
        if (!part_is_open && input.at >= options.block_bytes) // between parts nothing need be kept
            begin_block();
    }
    return false;
}

/// The id of the segment at `at`, as far as an envelope id can reach: four bytes tell it from a longer one.
std::string_view Reader::State::id_here() {
    (void)input.has(4);
    auto const head = input.ahead(4);
    return head.substr(0, std::min(head.find(delimiters.element), head.find(delimiters.segment)));
}

/// Reads the segment at `at`, whatever it is, and the ordinary ones behind it when asked to. There is at least one byte.
void Reader::State::read_segments(Take take) {
    auto& block = input.block();
    auto const before = block.segments.size();
    SegmentScan scan;
    scan.delimiters = delimiters;
    scan.segments = &block.segments;
    scan.any_segment = true;
    scan.single = take == Take::one;
    for (;;) {
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
        if (!scan.inside_segment)
            break;
        if (block.index.size() > input.at + max_segment_bytes) {
            read_endless_segment();
            break;
        }
        if (!input.extend_index(window))
            break;
        window *= 2; // one long segment is not read over and over
    }
    window = std::min(window, window_bytes);
    position += static_cast<std::uint32_t>(block.segments.size() - before);
    if (block.segments.size() > before && block.index.complete() && last_segment().end() == block.size)
        trim_last_segment();
}

/// A segment beyond all measure: kept as one piece, so that the next one is found.
void Reader::State::read_endless_segment() {
    auto& block = input.block();
    auto const begin = input.at;
    auto end = begin;
    for (;;) { // as far as a set may reach
        end = std::min(std::string_view(block.text, block.size).find(delimiters.segment, end), block.size);
        if (end < block.size || end > options.transaction_set_bytes || !input.has(end + 1 - begin))
            break;
    }
    report("X12-0008", fmt::format("segment of {} bytes: longer than {}, the limit", end - begin, max_segment_bytes),
           "A segment terminator is missing, or the ISA names the wrong one. The segment is not looked into.", begin, 80);
    std::uint32_t const ends[] = {static_cast<std::uint32_t>(end)};
    block.segments.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(cursor), 1});
    input.at = std::min(end + 1, block.size);
    block.index.resume(cursor, ends, input.at);
    ++cursor;
    terminator = block.index.terminators().size();
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
    block.segments.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(cursor), static_cast<std::uint32_t>(count)});
    input.at = std::min<std::size_t>(end + 1, block.size);
    while (cursor < block.index.count() && block.index.positions()[cursor] < begin)
        ++cursor;
    block.segments.back().first_end = static_cast<std::uint32_t>(cursor);
    block.index.resume(cursor, std::span(ends, count), input.at);
    cursor += count;
    terminator = block.index.terminators().size();
    ++position;
    return true;
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

bool Reader::State::too_long() {
    if (input.at - part_begin <= options.transaction_set_bytes)
        return false;
    report("X12-0007", fmt::format("{} is longer than {} bytes, the limit", part.kind == PartKind::transaction_set ? "transaction set" : "what stands here outside any set", options.transaction_set_bytes),
           "It is read up to here only. Split it, or raise the limit.", part_begin, 80);
    return true;
}

/// Byte-order mark, blanks and blank lines before the first ISA.
void Reader::State::skip_beginning() {
    bool const first = input.offset() == 0 && !in_interchange;
    if (first && input.has(3) && input.ahead(3) == "\xef\xbb\xbf") {
        report("X12-0010", "the file begins with a byte-order mark (UTF-8)",
               "It was passed over. Other receivers refuse it: save the file without one.", 0, 3);
        input.at = 3;
    }
    auto const begin = input.at;
    while (input.has(1) && (is_filler(input.here()) || (part.kind == PartKind::interchange_end && input.here() == delimiters.segment)))
        if (++input.at >= options.block_bytes)
            begin_block();
    if (first && input.at > begin && input.has(1))
        report("X12-0011", "blanks or empty lines stand before the first ISA", "They were passed over. Other receivers refuse the file: remove them.",
               begin, input.at - begin);
}

/// Outside an interchange: blanks, then ISA or junk.
bool Reader::State::next_interchange() {
    skip_beginning();
    if (!input.has(1))
        return false;
    (void)input.has(header_bytes);
    if (!starts_interchange(input.ahead(4))) {
        skip_junk(false);
        return true;
    }
    if (auto const wrapping = find_wrapping(input.ahead(header_bytes)); wrapping.width != 0) {
        report("X12-0013", fmt::format("the file is wrapped at {} characters, inside segments too", wrapping.width),
               "Its lines were joined. Send it as one stream, or with a line break after each segment only.", input.at, wrapping.width);
        if (input.unwrap(wrapping.width, wrapping.line_break)) {
            cursor = terminator = 0; // the joined lines are a block of their own, with an index of its own
            (void)input.has(header_bytes);
        }
    }
    auto const header = find_delimiters(input.ahead(header_bytes));
    if (!header) {
        report("X12-0002", header.error().message,
               "An ISA has 16 elements of fixed width and 106 bytes with its terminator. Ask the sender for the file "
               "again, or check that it was not cut off.",
               input.at, std::min<std::size_t>(input.ahead(106).size(), 106));
        skip_junk(true);
        return true;
    }
    delimiters = *header;
    in_interchange = true;
    position = 0;
    if (delimiters != input.block().delimiters || input.block().size == 0) { // else the index goes on as it is
        window = first_window_bytes;
        begin_block();
    }
    start(PartKind::interchange_start);
    read_segments(Take::one);
    finish();
    return true;
}

/// Up to the next ISA that can be read. `told`: why it is junk has been said.
void Reader::State::skip_junk(bool told) {
    start(PartKind::junk);
    part_is_open = false; // nothing of it is kept
    auto const id = id_here();
    bool const of_envelope = envelope_of(id) != Envelope::none;
    auto finding = of_envelope ? make_diagnostic("X12-0009", fmt::format("{} stands outside any interchange", id),
                                                 "An ISA is missing before it, or an IEA stands too early. What follows up to the next ISA was not read.")
                               : make_diagnostic("X12-0003", {}, "An interchange begins with ISA and ends with IEA. Remove what stands between them, or look for a "
                                                                 "missing ISA.");
    finding.excerpt = input.ahead(80);
    ++input.at;
    for (;;) {
        (void)input.has(header_bytes);
        auto const rest = input.ahead(input.block().size);
        auto const found = rest.find("ISA");
        input.at += found == std::string_view::npos ? rest.size() - std::min<std::size_t>(rest.size(), 2) : found;
        bool const more = input.has(header_bytes);
        auto const head = input.ahead(header_bytes);
        if (head.starts_with("ISA") && starts_interchange(head) && (find_delimiters(head) || find_wrapping(head).width != 0))
            break;
        if (!more && head.find("ISA", 1) == std::string_view::npos) {
            input.at += head.size();
            break;
        }
        input.at += head.starts_with("ISA") ? 1 : 0;
        if (input.at >= options.block_bytes)
            begin_block();
    }
    part.segments = {};
    part.length = input.block().file_offset(input.at - 1) + 1 - part.offset;
    finding.excerpt.resize(std::min<std::size_t>(finding.excerpt.size(), part.length));
    if (told)
        return;
    if (!of_envelope)
        finding.message = fmt::format("{} bytes here belong to no interchange", part.length);
    finding.place.file = file;
    finding.place.offset = part.offset;
    finding.place.length = part.length;
    finding.place.has_offset = true;
    diagnostics.push_back(std::move(finding));
}

void Reader::State::read_set() {
    start(PartKind::transaction_set);
    part.terminated = false;
    read_segments(Take::one_and_ordinary);
    while (!too_long() && skip_filler() && !interchange_here()) {
        auto const kind = kind_here();
        if (kind != Envelope::none && kind != Envelope::se && kind != Envelope::service)
            break;
        if (read_binary())
            continue;
        read_segments(kind == Envelope::se ? Take::one : Take::one_and_ordinary);
        if (kind == Envelope::se) {
            part.terminated = true;
            break;
        }
    }
    finish();
}

/// Up to the next segment of the envelope; an SE belongs to it: what it closes has lost its ST.
void Reader::State::read_stray() {
    start(PartKind::stray);
    bool last = false;
    do {
        last = kind_here() == Envelope::se;
        if (!read_binary())
            read_segments(Take::one); // what may stand inside a set, S1S or SVA, ends a run of strays
    } while (!last && !too_long() && skip_filler() && !interchange_here() && (kind_here() == Envelope::none || kind_here() == Envelope::se));
    finish();
}

bool Reader::State::next_inside() {
    if (!skip_filler())
        return false;
    auto const kind = kind_here();
    if (kind == Envelope::isa || interchange_here()) {
        in_interchange = false;
        return next_interchange();
    }
    switch (kind) {
    case Envelope::st:
        read_set();
        return true;
    case Envelope::none:
    case Envelope::isa:
    case Envelope::se:
        read_stray();
        return true;
    case Envelope::gs:
        start(PartKind::group_start);
        break;
    case Envelope::ge:
        start(PartKind::group_end);
        break;
    case Envelope::iea:
        start(PartKind::interchange_end);
        in_interchange = false;
        break;
    case Envelope::service:
        start(PartKind::service);
        break;
    }
    read_segments(Take::one);
    finish();
    return true;
}

Reader::Reader(std::string_view text, std::string file_name, ReaderOptions options)
    : state_(std::make_unique<State>(Input(text), std::move(file_name), options)) {}
Reader::Reader(std::unique_ptr<ByteSource> source, std::string file_name, ReaderOptions options)
    : state_(std::make_unique<State>(Input(std::move(source)), std::move(file_name), options)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

bool Reader::next() { return state_->in_interchange ? state_->next_inside() : state_->next_interchange(); }

Part const& Reader::part() const { return state_->part; }

std::shared_ptr<Block const> Reader::block() const { return state_->input.share(); }

std::string_view Reader::peek() {
    (void)state_->input.has(peek_bytes);
    return state_->input.ahead(peek_bytes);
}

std::uint64_t Reader::offset() const { return state_->input.block().file_offset(state_->input.at); }

std::optional<Error> const& Reader::error() const { return state_->input.error(); }

Diagnostics Reader::take_diagnostics() { return std::exchange(state_->diagnostics, {}); }

bool looks_like_x12(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    while (!text.empty() && is_filler(text.front()))
        text.remove_prefix(1);
    return starts_interchange(text);
}

} // namespace wharf::x12
