// The state of a Reader and its steps: reader.cpp finds the parts, reader_segments.cpp reads the segments of one.
// Internal to syntax/x12.
#pragma once

#include "syntax/x12/input.hpp"
#include "syntax/x12/interchange_header.hpp"
#include "syntax/x12/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::x12 {

inline constexpr std::size_t first_window_bytes = 1024; // of an interchange: behind it may stand another one, with other delimiters
inline constexpr std::size_t window_bytes = 16 * 1024;  // text, positions and bits fit the nearest cache

enum class Envelope { none, isa, gs, st, se, ge, iea, service };

inline Envelope envelope_of(std::string_view id) {
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

inline bool is_filler(char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == '\0'; }

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

    /// Findings of one code in one part.
    struct Reported {
        std::string_view code;
        std::uint64_t count = 0;
        std::size_t last = 0; // of those kept, in `diagnostics`
    };
    std::vector<Reported> reported;

    /// Of one code in one part only limits::findings_of_a_kind are kept, the rest is counted. The finding, or nullptr.
    Diagnostic* report(std::string_view code, std::string message, std::string help, std::size_t at, std::size_t length);
    /// At the end of a part: how many findings were left out.
    void tell_left_out();


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
    void add_binary(std::size_t begin, std::span<std::uint32_t const> ends);
    void read_endless_segment();
    void check_length(std::size_t index);
    void report_opaque(std::size_t index);
    void trim_last_segment();
    [[nodiscard]] bool too_long();

    bool next_interchange();
    void skip_beginning();
    bool next_inside();
    void read_set();
    void read_stray();
    [[nodiscard]] bool skip_end_of_file_marks();
    void skip_junk(bool told);
};

} // namespace wharf::x12
