// What the texts of configuration fields must look like. Each gives what is wrong, for people; empty: nothing.
#pragma once

#include <string>
#include <string_view>

namespace wharf::partner {

[[nodiscard]] std::string check_not_empty(std::string_view text);
[[nodiscard]] std::string check_one_line(std::string_view text);
[[nodiscard]] std::string check_not_zero(std::string_view text); // times
[[nodiscard]] std::string check_address(std::string_view text);  // IPv4 or IPv6, or localhost
[[nodiscard]] std::string check_host(std::string_view text);
[[nodiscard]] std::string check_url(std::string_view text);
[[nodiscard]] std::string check_header_name(std::string_view text);
[[nodiscard]] std::string check_fingerprint(std::string_view text);
[[nodiscard]] std::string check_pinned_key(std::string_view text); // sha256//base64, of a public key
[[nodiscard]] std::string check_translator(std::string_view text);
[[nodiscard]] std::string check_file_name(std::string_view text);
[[nodiscard]] std::string check_guide_name(std::string_view text);
[[nodiscard]] std::string check_name_or_none(std::string_view text);
[[nodiscard]] std::string check_host_or_none(std::string_view text);
[[nodiscard]] std::string check_algorithm(std::string_view text);     // curve25519-sha256@libssh.org
[[nodiscard]] std::string check_companion(std::string_view text);     // {name}.done: not the file's own name, no folder
[[nodiscard]] std::string check_plain_or_none(std::string_view text); // a file name, or nothing
[[nodiscard]] std::string check_connections(std::string_view text);   // 1 to 16
[[nodiscard]] std::string check_mode(std::string_view text);          // 640, or nothing
[[nodiscard]] std::string check_unit(std::string_view text);   // each, x12:CA
[[nodiscard]] std::string check_factor(std::string_view text); // a decimal greater than zero
[[nodiscard]] std::string check_decimals(std::string_view text);
[[nodiscard]] std::string check_company_prefix(std::string_view text); // 6 to 12 digits, or nothing
[[nodiscard]] std::string check_day(std::string_view text); // 2026-01-31, or nothing

// Schedules (schedule_checks.cpp)
[[nodiscard]] std::string check_cron(std::string_view text); // or nothing
[[nodiscard]] std::string check_time_zone(std::string_view text);
[[nodiscard]] std::string check_window(std::string_view text);
[[nodiscard]] std::string check_calendar_day(std::string_view text);
[[nodiscard]] std::string check_working_week(std::string_view text);

// X12
[[nodiscard]] std::string check_qualifier(std::string_view text);      // ISA05: two characters
[[nodiscard]] std::string check_interchange_id(std::string_view text); // ISA06: 1 to 15 characters
[[nodiscard]] std::string check_group_id(std::string_view text);       // GS02: 2 to 15 characters
[[nodiscard]] std::string check_version(std::string_view text);        // ISA12: five digits
[[nodiscard]] std::string check_release(std::string_view text);        // GS08: six digits, up to six more characters
[[nodiscard]] std::string check_release_or_none(std::string_view text);
[[nodiscard]] std::string check_set(std::string_view text); // ST01: three digits
[[nodiscard]] std::string check_finding_code(std::string_view text);      // X12-0304, X12-03*
[[nodiscard]] std::string check_finding_treatment(std::string_view text); // X12-0315=ignore
[[nodiscard]] std::string check_ten_characters(std::string_view text);           // ISA02, ISA04
[[nodiscard]] std::string check_implementation_reference(std::string_view text); // ST03
[[nodiscard]] std::string check_replacement(std::string_view text);
[[nodiscard]] std::string check_one_character(std::string_view text);
[[nodiscard]] std::string check_delimiter(std::string_view text);
[[nodiscard]] std::string check_delimiter_or_none(std::string_view text);

/// True for 127.0.0.0/8, ::1 and localhost.
[[nodiscard]] bool is_loopback(std::string_view host);
/// The host of an http or https URL that check_url has passed, without port and brackets.
[[nodiscard]] std::string_view host_of(std::string_view url);

} // namespace wharf::partner
