// Layout of text for terminals: cutting a long line around a fault, wrapping words. Internal to diagnostic/.
//
// Pure; counts columns, one a character.
#pragma once

#include "diagnostic/printable.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wharf {

/// A run of columns to be underlined, with what is to be said about it.
struct Mark {
    std::size_t begin = 0; // columns of the whole excerpt
    std::size_t end = 0;
    char sign = '^';
    std::string_view message;
};

/// Of `length` bytes from `offset`; a point, or what lies behind the text, gets one column.
[[nodiscard]] Mark mark_of(std::vector<Cell> const& cells, std::size_t offset, std::size_t length, char sign);

/// The part of a line that fits: columns [begin, end).
struct Window {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool cut_before = false;
    bool cut_after = false;

    /// The cells inside, with signs where something is cut.
    [[nodiscard]] std::string text(std::vector<Cell> const& cells) const;
    /// A column of the whole as a column of text().
    [[nodiscard]] std::size_t column(std::size_t whole) const;
};

/// `columns` are there, `width` fit; what does not fit is cut around the mark.
[[nodiscard]] Window window_around(Mark const& mark, std::size_t columns, std::size_t width);

/// Lines of at most `width` columns, broken at blanks; a longer word stands alone. `first` columns of the first line are taken
/// already. Line ends in the text stay. `width` 0: nothing is broken.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width, std::size_t first = 0);

} // namespace wharf
