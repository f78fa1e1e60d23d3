#include "syntax/x12/reader.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "syntax/x12/delimiter_index.hpp"
#include "syntax/x12/interchange_header.hpp"
#include "syntax/x12/segment_rule.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace wharf::x12 {
namespace {

constexpr std::size_t window_bytes = 32 * 1024;
constexpr std::size_t header_window_bytes = 1024; // for an ISA: what follows may be another one, with other delimiters
constexpr std::size_t max_window_bytes = 16u << 20; // a segment longer than this is not cut into elements

enum class Envelope { none, isa, gs, st, se, ge, iea, service };

Envelope envelope_of(std::string_view id) {
    if (id.size() == 2) {
        if (id == "ST")
            return Envelope::st;
        if (id == "SE")
            return Envelope::se;
        if (id == "GS")
            return Envelope::gs;
        if (id == "GE")
            return Envelope::ge;
    } else if (id.size() == 3) {
        if (id == "IEA")
            return Envelope::iea;
        if (id == "TA1" || id == "ISB" || id == "ISE")
            return Envelope::service;
        if (id == "ISA")
            return Envelope::isa;
    }
    return Envelope::none;
}

bool is_filler(char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '\0'; }

} // namespace

ReaderOptions::ReaderOptions() : transaction_set_bytes(limits::transaction_set_bytes) {}

struct Reader::State {
    std::string_view text;
    std::string file;
    ReaderOptions options;
    Part part;
    Diagnostics diagnostics;

    std::size_t at = 0; // next byte to read
    bool in_interchange = false;
    Delimiters delimiters;
    std::uint32_t position = 0; // segments of this interchange so far
    unsigned doubled = 0;

    DelimiterIndex index;
    std::uint32_t const* cursor = nullptr; // into the index; nullptr: fill first
    std::size_t window = window_bytes;
    std::vector<std::uint32_t> scratch; // ends of the segment being read

    void report(std::string_view code, std::string message, std::string help, std::size_t offset, std::size_t length) {
        auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
        diagnostic.place.file = file;
        diagnostic.place.offset = offset;
        diagnostic.place.length = length;
        diagnostic.place.has_offset = true;
        diagnostic.excerpt = text.substr(offset, std::min<std::size_t>(length, 80));
        diagnostics.push_back(std::move(diagnostic));
    }

    void start(PartKind kind) {
        part.kind = kind;
        part.terminated = true;
        part.offset = at;
        part.segment_position = position + 1;
        part.segments.reset(text.data() + at, at, delimiters);
    }
    void finish() { part.length = at - part.offset; }

    /// Skips line breaks and blanks between segments, and doubled terminators. False at the end of the text.
    bool skip_filler() {
        for (; at < text.size(); ++at) {
            char const c = text[at];
            if (c == delimiters.segment) {
                if (!is_filler(c) && doubled++ == 0)
                    report("X12-0006", "segment terminator stands twice: an empty segment",
                           "Remove the second terminator. Further ones in this file are not reported.", at, 1);
            } else if (!is_filler(c)) {
                return true;
            }
        }
        return false;
    }

    /// The segment id at an offset, as far as an envelope id can reach: four bytes tell it from a longer one.
    [[nodiscard]] std::string_view id_at(std::size_t offset) const {
        auto const head = text.substr(offset, 4);
        return head.substr(0, std::min(head.find(delimiters.element), head.find(delimiters.segment)));
    }
    [[nodiscard]] Envelope kind_of_next() const { return envelope_of(id_at(at)); }

    /// Reads the segment that begins at `at` into the part. False when there is none (the text ends).
    bool read_segment() {
        if (!skip_filler())
            return false;
        auto& segments = part.segments.mutable_segments();
        auto& ends = part.segments.mutable_ends();
        auto const begin = at;
        for (;;) {
            if (cursor == nullptr || cursor == index.end()) {
                index.fill(text, begin, window, delimiters.element, delimiters.segment);
                cursor = index.begin();
            } else { // positions of filler that was skipped
                while (cursor != index.end() && index.window_begin() + *cursor < begin)
                    ++cursor;
            }
            auto const first_end = ends.size();
            // Room for every end the window could give: the parser writes without asking.
            if (auto const available = static_cast<std::size_t>(index.end() - cursor); scratch.size() < available)
                scratch.resize(available);
            SegmentScan scan;
            scan.window = text.data() + index.window_begin();
            scan.text_end = index.reaches_end() ? static_cast<std::uint32_t>(text.size() - index.window_begin()) : ~0u;
            scan.shift = static_cast<std::uint32_t>(index.window_begin() - part.segments.base());
            scan.delimiters = delimiters;
            scan.ends = scratch.data();
            if (parse_segment(cursor, index.end(), scan)) {
                ends.insert(ends.end(), scratch.data(), scan.ends);
                segments.push_back({static_cast<std::uint32_t>(begin - part.segments.base()),
                                    static_cast<std::uint32_t>(first_end),
                                    static_cast<std::uint32_t>(ends.size() - first_end)});
                end_segment(ends);
                return true;
            }
            cursor = nullptr; // the window ends inside the segment: a new one begins with it, larger if it already did
            if (index.window_begin() != begin)
                continue;
            if (window >= max_window_bytes) {
                read_endless_segment(begin);
                return true;
            }
            window *= 2;
        }
    }

    /// A segment beyond all measure: kept as one piece, so that memory stays bounded and the next segment is found.
    void read_endless_segment(std::size_t begin) {
        auto const terminator = std::min(text.find(delimiters.segment, begin), text.size());
        report("X12-0008", fmt::format("segment of {} bytes: longer than {}, the limit", terminator - begin, max_window_bytes),
               "A segment terminator is missing, or the ISA names the wrong one. The segment is not looked into.", begin, 80);
        auto& ends = part.segments.mutable_ends();
        part.segments.mutable_segments().push_back({static_cast<std::uint32_t>(begin - part.segments.base()),
                                                    static_cast<std::uint32_t>(ends.size()), 1});
        ends.push_back(static_cast<std::uint32_t>(terminator - part.segments.base()));
        end_segment(ends);
    }

    void end_segment(std::vector<std::uint32_t>& ends) {
        auto const end = part.segments.base() + ends.back();
        ++position;
        if (end < text.size()) {
            at = end + 1;
            window = window_bytes;
            return;
        }
        at = text.size();
        // The last terminator is missing: line breaks before the end are filler, not data.
        auto const begin = part.segments.segments().back().begin;
        while (ends.back() > begin && is_filler(text[part.segments.base() + ends.back() - 1]) &&
               (part.segments.segments().back().count == 1 || ends.back() > ends[ends.size() - 2] + 1))
            --ends.back();
        report("X12-0005", "the file ends without the terminator of its last segment",
               "Add the terminator. If the file was cut off in transfer, ask for it again: data may be missing.",
               part.segments.base() + begin, ends.back() - begin);
    }

    bool next_interchange();
    bool next_inside();
    void read_set();
    void read_stray();
    void skip_junk();
};

/// Outside an interchange: blanks, then ISA or junk.
bool Reader::State::next_interchange() {
    if (at == 0 && text.starts_with("\xef\xbb\xbf"))
        at = 3;
    while (at < text.size() && (is_filler(text[at]) || (part.kind == PartKind::interchange_end && text[at] == delimiters.segment)))
        ++at;
    if (at >= text.size())
        return false;
    if (!starts_interchange(text.substr(at))) {
        skip_junk();
        return true;
    }
    auto const header = find_delimiters(text.substr(at));
    if (!header) {
        report("X12-0002", header.error().message,
               "An ISA has 16 elements of fixed width and 106 bytes with its terminator. Ask the sender for the file "
               "again, or check that it was not cut off.",
               at, std::min<std::size_t>(text.size() - at, 106));
        skip_junk();
        return true;
    }
    delimiters = *header;
    in_interchange = true;
    position = 0;
    cursor = nullptr;
    window = header_window_bytes;
    start(PartKind::interchange_start);
    (void)read_segment();
    finish();
    return true;
}

void Reader::State::skip_junk() {
    start(PartKind::junk);
    std::size_t next = at + 1;
    while ((next = text.find("ISA", next)) != std::string_view::npos &&
           !(starts_interchange(text.substr(next)) && find_delimiters(text.substr(next))))
        ++next;
    at = next == std::string_view::npos ? text.size() : next;
    finish();
    if (!diagnostics.empty() && diagnostics.back().code == "X12-0002" && diagnostics.back().place.offset == part.offset)
        return;
    auto const id = id_at(part.offset);
    if (envelope_of(id) != Envelope::none)
        report("X12-0009", fmt::format("{} stands outside any interchange", id),
               "An ISA is missing before it, or an IEA stands too early. What follows up to the next ISA was not read.",
               part.offset, part.length);
    else
        report("X12-0003", fmt::format("{} bytes here belong to no interchange", part.length),
               "An interchange begins with ISA and ends with IEA. Remove what stands between them, or look for a "
               "missing ISA.",
               part.offset, part.length);
}

void Reader::State::read_set() {
    start(PartKind::transaction_set);
    part.terminated = false;
    for (;;) {
        if (!part.segments.empty()) { // does the next one still belong to the set?
            if (!skip_filler())
                break;
            if (starts_interchange(text.substr(at)))
                break;
            auto const kind = kind_of_next();
            if (kind != Envelope::none && kind != Envelope::se && kind != Envelope::service)
                break;
        }
        if (!read_segment())
            break;
        if (part.segments.back().id() == "SE") {
            part.terminated = true;
            break;
        }
        if (at - part.offset > options.transaction_set_bytes) {
            report("X12-0007",
                   fmt::format("transaction set is longer than {} bytes, the limit", options.transaction_set_bytes),
                   "The set is read up to here only. Split it, or raise the limit.", part.offset, 80);
            break;
        }
    }
    finish();
}

/// Up to the next segment of the envelope; an SE belongs to it: what it closes has lost its ST.
void Reader::State::read_stray() {
    start(PartKind::stray);
    while (read_segment() && part.segments.back().id() != "SE") {
        if (!skip_filler() || starts_interchange(text.substr(at)))
            break;
        auto const kind = kind_of_next();
        if (kind != Envelope::none && kind != Envelope::se)
            break;
    }
    finish();
}

bool Reader::State::next_inside() {
    if (!skip_filler())
        return false;
    auto const kind = kind_of_next();
    if (kind == Envelope::isa || starts_interchange(text.substr(at))) {
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
    (void)read_segment();
    finish();
    return true;
}

Reader::Reader(std::string_view text, std::string file_name, ReaderOptions options)
    : state_(std::make_unique<State>()) {
    state_->text = text;
    state_->file = std::move(file_name);
    state_->options = options;
}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

bool Reader::next() { return state_->in_interchange ? state_->next_inside() : state_->next_interchange(); }

Part const& Reader::part() const { return state_->part; }

Diagnostics Reader::take_diagnostics() { return std::exchange(state_->diagnostics, {}); }

bool looks_like_x12(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    while (!text.empty() && is_filler(text.front()))
        text.remove_prefix(1);
    return starts_interchange(text);
}

} // namespace wharf::x12
