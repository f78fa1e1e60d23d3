// The Karma expression of one segment, as a plain function. Internal to syntax/x12; Karma stays in karma_segment.cpp.
#pragma once

#include "syntax/x12/delimiters.hpp"
#include "syntax/x12/segment_list.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::x12 {

/// Appends the fields (id first, then the elements) and the terminator:
/// segment = field, { element separator, field }, terminator   (X12.5 §5)
void generate_segment(std::vector<std::string_view> const& fields, Delimiters const& delimiters, std::string& out);

/// Appends segments first .. last - 1 of a list with the list's own delimiters, from its elements: nothing is copied but into `out`,
/// which grows once. `suffix` follows every terminator; empty elements at the end of a segment are left out.
void generate_segments(SegmentList const& list, std::size_t first, std::size_t last, std::string_view suffix, std::string& out);

/// The same for all segments, with the filler between them as it stands in the text, and every empty element. A terminator that is
/// missing at the end of the file stays missing.
void generate_verbatim(SegmentList const& list, std::string& out);

} // namespace wharf::x12
