// Line and column of findings that know their byte: what an editor jumps to, what terminals and code hosts link.
//
// Counted only where something was found, in one more pass over the file. A line ends with LF, CR or CR LF; a column is a
// character (a UTF-8 sequence, or a byte that is none), both from 1. Time is linear in the file up to the last place.
#pragma once

#include "base/byte_source.hpp"
#include "diagnostic/diagnostic.hpp"

#include <string_view>

namespace wharf {

/// Fills `line` and `column` of all places of `file`, related ones included, that have an offset and no line. `source` stands at
/// its first byte. A medium that fails, or a file that became shorter, leaves the rest without.
void find_lines(Diagnostics& diagnostics, std::string_view file, ByteSource& source);

} // namespace wharf
