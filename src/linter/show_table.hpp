// Occurrences of a loop, or repeated segments, as a table: a column for each thing they say of themselves, what does not fit below
// its row. Internal to show.
#pragma once

#include "linter/show_parts.hpp"

#include <span>

namespace wharf::linter {

inline constexpr std::size_t rows_of_a_table = 500; // more become several tables, so that memory does not follow the lines of a set

/// True when occurrences that begin with this segment read best as lines of a table: they count, or list qualifiers and values.
[[nodiscard]] bool is_line_like(SegmentShape const& segment);

/// `occurrences` are of one loop.
[[nodiscard]] ShownBlock table_of_loops(SetParts& parts, std::span<std::uint32_t const> occurrences);
/// `segments` have one id and no loops.
[[nodiscard]] ShownBlock table_of_segments(SetParts& parts, std::span<std::uint32_t const> segments);

/// True when every occurrence holds exactly one occurrence of one inner loop and little else: the two are one line (LX and W12).
[[nodiscard]] bool is_one_line_with_child(SetParts& parts, std::span<std::uint32_t const> occurrences);

} // namespace wharf::linter
