// The words in small letters that the gateway writes into its log and into the history of a message, and the words of AS2 dispositions,
// for `wharf explain WORD`. Those in capitals: alarms.hpp.
#pragma once

#include "diagnostic/alarms.hpp"

#include <span>
#include <string_view>

namespace wharf {

/// "transmission_failed", "fewer_connections": all of them, sorted.
[[nodiscard]] std::span<AlarmEntry const> all_events();
/// nullptr when there is no such word.
[[nodiscard]] AlarmEntry const* find_event(std::string_view word);

/// What a receipt (MDN) says of a message that was not taken as it should have been (RFC 4130 7.5): "authentication-failed". Sorted.
[[nodiscard]] std::span<AlarmEntry const> all_dispositions();
/// The word alone, or the disposition around it: "processed/error: authentication-failed". Case does not count. nullptr: none is known.
[[nodiscard]] AlarmEntry const* find_disposition(std::string_view text);

} // namespace wharf
