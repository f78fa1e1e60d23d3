// What somebody probably meant: the code, segment, date or number nearest to what was sent. Words for help texts, empty when
// nothing comes near. Only reached when something is wrong. Internal to grammar/. Pure functions, thread-safe.
#pragma once

#include "grammar/schema.hpp"

#include <string>
#include <string_view>

namespace wharf::grammar {

/// "PO1 or POC": segments of the set that a mistyped id may mean, at most three.
[[nodiscard]] std::string suggest_segments(Schema const& schema, std::string_view id);

/// "Use one of: …." for a short list, "Did you mean ST Ship To?" for a long one: by letters and by name, the codes that most documents
/// use before others. `element`: number of the data element; empty: no code of it is known to be frequent.
[[nodiscard]] std::string suggest_codes(CodeList const& codes, std::string_view value, std::string_view element = {});

/// "As CCYYMMDD it is 20250602." for a date in another order or with signs between; both readings where two are possible.
[[nodiscard]] std::string suggest_date(std::string_view value, bool with_century);

/// "February 2025 has 28 days.", "There is no month 13."; empty for what is not eight digits.
[[nodiscard]] std::string why_no_date(std::string_view value);

/// "As HHMM it is 1403." for 14:03 and 2:03 PM.
[[nodiscard]] std::string suggest_time(std::string_view value);

/// "Did you mean 12.50?" for 12,50, $12.50, 12.5O; of a number with implied decimals, what it is sent as.
[[nodiscard]] std::string suggest_number(ElementRule const& rule, std::string_view value);

/// Equal when case, 0 and O, 1 and I and L are taken for the same.
[[nodiscard]] bool same_to_the_eye(std::string_view a, std::string_view b);

} // namespace wharf::grammar
