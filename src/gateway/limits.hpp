// What is kept of one file has an end: a hundred megabytes may hold ten million tiny documents, or as many faults. And how often
// channels are looked at.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace wharf::gateway {

inline constexpr std::size_t most_sets = 100'000;            // of one file; then the message is a dead letter
inline constexpr std::size_t most_findings = 20'000;         // of one file; then only the first error of each further set is kept
inline constexpr std::uint32_t most_findings_of_a_set = 200; // further ones say nothing new to anybody

inline constexpr std::chrono::milliseconds shortest_poll_interval{100};
inline constexpr std::chrono::milliseconds longest_look_spacing{5000}; // between the looks of stable_polls, where we choose

/// Keeps the first error alone once a file has shown enough of its faults.
void shorten(Diagnostics& findings);

} // namespace wharf::gateway
