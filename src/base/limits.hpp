// Default limits on what we take in. Each is a parameter where it is used; these are the safe defaults.
#pragma once

#include <cstdint>

namespace wharf::limits {

inline constexpr std::uint64_t file_bytes = 1ULL << 30;            // one file that lint or translate reads
inline constexpr std::uint64_t message_bytes = 100ULL << 20;       // one file that the gateway takes from a channel
inline constexpr std::uint64_t http_body_bytes = 10ULL << 20;      // one request to our API
inline constexpr std::uint64_t configuration_bytes = 4ULL << 20;   // one profile, map, guide or grammar file
inline constexpr std::uint32_t transaction_set_bytes = 512u << 20; // one transaction set; offsets inside are 32 bits
inline constexpr std::uint32_t elements_per_segment = 1000;        // further ones are reported and left out
inline constexpr std::uint32_t findings = 1000;                    // diagnostics kept per file; the rest is counted
inline constexpr std::uint32_t findings_of_a_kind = 100; // of one code about the bytes of one set; the rest is counted
inline constexpr std::uint32_t remembered_numbers = 900'000; // control numbers of one file compared with each other
inline constexpr std::uint32_t json_depth = 64;
inline constexpr std::uint32_t hierarchy_depth = 32; // HL levels below each other
inline constexpr std::uint32_t shipped_packages = 1'000'000; // labels repeated in the shipped lines of a ship notice

inline constexpr std::uint32_t csv_field_bytes = 1u << 20; // one field of a file of rows
inline constexpr std::uint32_t csv_row_bytes = 16u << 20;  // one row
inline constexpr std::uint32_t csv_fields = 4096;          // of one row
inline constexpr std::uint32_t csv_field_lines = 1000;     // line ends inside one quoted field

inline constexpr std::uint32_t xml_depth = 64;
inline constexpr std::uint32_t xml_attributes = 256;       // of one element
inline constexpr std::uint32_t xml_nodes = 10'000'000;     // elements and attributes of one file

} // namespace wharf::limits
