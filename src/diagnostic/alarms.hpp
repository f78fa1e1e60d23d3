// The words in capitals that the gateway writes into its log and its list of alarms, for `wharf explain WORD`.
//
// A word that is the name of a finding in capitals ("HL_INVALID" of hl-invalid) is explained by that finding: find_code_by_name.
#pragma once

#include "diagnostic/registry.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace wharf {

struct AlarmEntry {
    std::string_view word; // "AS2_RECEIPT_OVERDUE"
    std::string_view meaning; // what has happened, and what became of it
    std::string_view to_do;
};

/// All of them, sorted.
[[nodiscard]] std::span<AlarmEntry const> all_alarms();
/// nullptr when there is no such word.
[[nodiscard]] AlarmEntry const* find_alarm(std::string_view word);
/// The finding whose name gives this word: "HL_INVALID" for "hl-invalid".
[[nodiscard]] std::optional<CodeEntry> find_code_by_name(std::string_view word);

} // namespace wharf
