// Dates and times as EDI writes them: digits, checked against the calendar. No time zones, no locale.
#pragma once

#include <string>
#include <string_view>

namespace wharf {

/// YYMMDD or CCYYMMDD with a month and day that exist (leap years counted; a six-digit year is taken in 1950..2049).
[[nodiscard]] bool is_date(std::string_view digits);
/// HHMM, HHMMSS, HHMMSSd or HHMMSSdd; hour 00..23, minute and second 00..59 (X12 element 337).
[[nodiscard]] bool is_time(std::string_view digits);

/// "20250602" or "250602" -> "2025-06-02"; the argument must pass is_date. Six digits: years 50..99 are 19xx.
[[nodiscard]] std::string iso_date(std::string_view digits);
/// "1403" -> "14:03", "140307" -> "14:03:07", "14030725" -> "14:03:07.25"; the argument must pass is_time.
[[nodiscard]] std::string iso_time(std::string_view digits);

} // namespace wharf
