// Bytes from somebody's file, made fit for a terminal: no control character gets through, and one byte or UTF-8
// sequence takes one column.
//
// Control characters become their pictures (U+2400 …), so that a segment terminator of 0x0A or 0x1D is seen and an
// escape sequence in a file never reaches the terminal. A no-break space becomes an open box; marks that take no column or turn the
// direction of writing become U+FFFD. Bytes that are not UTF-8 are taken as Latin-1.
// Pure; owns what it returns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wharf {

struct Cell {
    std::string text;   // UTF-8, one column wide
    std::size_t offset; // of its first byte in the source
};

/// The columns of a text, in order.
[[nodiscard]] std::vector<Cell> printable_cells(std::string_view text);
/// The same as one string; with `keep_newlines` line ends stay line ends.
[[nodiscard]] std::string printable(std::string_view text, bool keep_newlines = false);

} // namespace wharf
