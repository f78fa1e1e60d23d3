// The Karma expression of one segment, as a plain function. Internal to syntax/x12; Karma stays in karma_segment.cpp.
#pragma once

#include "syntax/x12/delimiters.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::x12 {

/// Appends the fields (id first, then the elements) and the terminator:
/// segment = field, { element separator, field }, terminator   (X12.5 §5)
void generate_segment(std::vector<std::string_view> const& fields, Delimiters const& delimiters, std::string& out);

} // namespace wharf::x12
