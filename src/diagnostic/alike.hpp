// Findings that say the same of many lines of a document.
#pragma once

#include "diagnostic/diagnostic.hpp"

namespace wharf {

/// Of warnings and notes with one code and a message that differs in list indices only (`lines[0].price` and
/// `lines[1].price`) the first stays, with how many more there are like it. Errors all stay: each must be mended. The order
/// is kept; time is linear but for sorting.
void fold_alike(Diagnostics& diagnostics);

} // namespace wharf
