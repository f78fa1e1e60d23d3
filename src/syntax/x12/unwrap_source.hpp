// Joins a file that was wrapped at a fixed width: 80 bytes and a line break, whatever stands there. Internal to syntax/x12.
#pragma once

#include "base/byte_source.hpp"
#include "syntax/x12/block.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace wharf::x12 {

struct Wrapping {
    std::uint32_t width = 0;
    std::uint32_t line_break = 1;  // 1: LF, 2: CR LF
    std::uint64_t offset = 0;      // where the first line begins in the joined stream …
    std::uint64_t file_offset = 0; // … and in the file
};

inline constexpr std::size_t widest_line = 512;
inline constexpr std::size_t wrapping_bytes = 3 * (widest_line + 2); // what find_wrapping() should see

/// How the text is wrapped, seen from an ISA at its beginning; width 0: it is not. The sign are line breaks at the same distance
/// (three; two where a line is wider than the ISA, or the only one of a text that is no longer than two such lines, at a width that records have), at least one of
/// them inside a segment: lines that end with their segments, all of one width perhaps, are no wrapping.
[[nodiscard]] Wrapping find_wrapping(std::string_view text);

/// A source that gives `owned`, then `borrowed`, then what `rest` gives (it may be nullptr), without the line breaks that follow
/// `width` bytes. A line that is shorter or longer keeps its break, and so does everything behind it. Where bytes came from is
/// noted in `map`, which must live as long as the source.
[[nodiscard]] std::unique_ptr<ByteSource> make_unwrap_source(std::string owned, std::string_view borrowed,
                                                             std::unique_ptr<ByteSource> rest, Wrapping const& wrapping, WrapMap& map);

} // namespace wharf::x12
