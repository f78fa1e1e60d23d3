// Finding an interchange and its delimiters. Internal to syntax/x12.
#pragma once

#include "base/error.hpp"
#include "syntax/x12/delimiters.hpp"

#include <string_view>

namespace wharf::x12 {

/// True when the text begins with "ISA" and a character that can separate elements.
[[nodiscard]] bool starts_interchange(std::string_view text);

/// The delimiters of the ISA at the beginning of `text`: the element separator is its fourth byte, the component
/// separator what follows the sixteenth separator, the segment terminator the byte after that. Wrong field widths do
/// not matter here (the envelope check reports them). From ISA12 00402 on, ISA11 is the repetition separator.
/// Fails with `invalid` saying what is missing.
[[nodiscard]] Result<Delimiters> find_delimiters(std::string_view text);

} // namespace wharf::x12
