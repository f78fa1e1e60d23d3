#include "syntax/x12/reader.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "syntax/x12/reader_state.hpp"
#include "syntax/x12/unwrap_source.hpp"

#include <fmt/format.h>

namespace wharf::x12 {
namespace {

constexpr std::size_t header_bytes = wrapping_bytes; // an ISA is within, and as many lines as show whether they are wrapped
constexpr std::size_t peek_bytes = 64 * 1024;
constexpr std::size_t most_end_marks = 1100; // a block of XMODEM has 128 bytes or 1024

} // namespace

ReaderOptions::ReaderOptions() : transaction_set_bytes(limits::transaction_set_bytes), block_bytes(128 * 1024) {}

Diagnostic* Reader::State::report(std::string_view code, std::string message, std::string help, std::size_t at, std::size_t length) {
    auto same = std::ranges::find(reported, code, &Reported::code);
    if (same == reported.end())
        same = reported.insert(reported.end(), {code, 0, 0});
    if (++same->count > limits::findings_of_a_kind)
        return nullptr;
    same->last = diagnostics.size();
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    diagnostic.place.file = file;
    diagnostic.place.offset = input.block().file_offset(at);
    diagnostic.place.length = length;
    diagnostic.place.has_offset = true;
    diagnostic.excerpt = std::string_view(input.block().text, input.block().size).substr(at, std::min<std::size_t>(length, 80));
    return &diagnostics.emplace_back(std::move(diagnostic));
}

void Reader::State::tell_left_out() {
    for (auto const& [code, count, last] : reported)
        if (count > limits::findings_of_a_kind)
            diagnostics[last].help += fmt::format(" {} further ones {} are not reported.", count - limits::findings_of_a_kind,
                                                  part.kind == PartKind::transaction_set ? "in this transaction set" : "outside any set here");
    reported.clear();
}

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
    auto const begin = input.offset(); // the blanks may fill several blocks
    std::string excerpt;
    while (input.has(1) && (is_filler(input.here()) || (part.kind == PartKind::interchange_end && input.here() == delimiters.segment))) {
        if (first && excerpt.size() < 80)
            excerpt += input.here();
        if (++input.at >= options.block_bytes)
            begin_block();
    }
    if (excerpt.empty() || !input.has(1))
        return;
    if (auto* const finding = report("X12-0011", "blanks or empty lines stand before the first ISA",
                                     "They were passed over. Other receivers refuse the file: remove them.", input.at, 0)) {
        finding->place.offset = begin;
        finding->place.length = input.offset() - begin;
        finding->excerpt = std::move(excerpt);
    }
}

/// What DOS and XMODEM leave behind the last byte: 0x1A, as often as fills the record up. False when anything else follows.
bool Reader::State::skip_end_of_file_marks() {
    constexpr char mark = '\x1a';
    (void)input.has(most_end_marks);
    auto const rest = input.ahead(most_end_marks);
    if (rest.size() == most_end_marks || !rest.starts_with(mark) || !std::ranges::all_of(rest, [](char c) { return c == mark || is_filler(c); }))
        return false;
    report("X12-0014", "the file ends with 0x1A (Ctrl-Z), the end-of-file mark of old systems",
           "It was passed over. Other receivers take it for junk behind IEA: have it left out, or transfer the file in binary mode.", input.at, rest.size());
    input.at += rest.size();
    return true;
}

/// Outside an interchange: blanks, then ISA or junk.
bool Reader::State::next_interchange() {
    skip_beginning();
    if (!input.has(1))
        return false;
    (void)input.has(header_bytes);
    if (skip_end_of_file_marks())
        return false;
    if (!starts_interchange(input.ahead(4))) {
        skip_junk(false);
        return true;
    }
    if (auto const wrapping = find_wrapping(input.ahead(header_bytes)); wrapping.width != 0) {
        bool const joins = input.may_unwrap();
        report("X12-0013", fmt::format("the file is wrapped at {} characters, inside segments too", wrapping.width),
               joins ? "Its lines were joined. Send it as one stream, or with a line break after each segment only."
                     : "Its lines were not joined: too many interchanges before it in this file are wrapped, others between them not. "
                       "Send it as one stream, or with a line break after each segment only.",
               input.at, wrapping.width);
        if (joins) {
            input.unwrap(wrapping.width, wrapping.line_break);
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

bool Reader::next() {
    bool const more = state_->in_interchange ? state_->next_inside() : state_->next_interchange();
    if (!state_->reported.empty())
        state_->tell_left_out();
    return more;
}

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
