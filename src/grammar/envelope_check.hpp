// The rules of the envelope segments by themselves: ISA widths and fields, GS fields, pairs and counts (X12.5, X12.6).
// Internal to grammar/; InterchangeReader calls them.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/interchange.hpp"
#include "syntax/x12/reader.hpp"

#include <string>

namespace wharf::grammar {

/// A diagnostic at an envelope segment; element 0: the whole segment.
[[nodiscard]] Diagnostic envelope_finding(std::string_view code, std::string const& file, x12::Part const& part, std::size_t index,
                                          std::uint32_t element, InterchangeInfo const* interchange, GroupInfo const* group,
                                          std::string message, std::string help);

[[nodiscard]] InterchangeInfo read_isa(x12::Part const& part);
[[nodiscard]] GroupInfo read_gs(x12::Part const& part);
void check_isa(std::string const& file, x12::Part const& part, InterchangeInfo const& info, Diagnostics& findings);
void check_gs(std::string const& file, x12::Part const& part, InterchangeInfo const& interchange, GroupInfo const& info,
              Diagnostics& findings);

/// Equal as control numbers: leading zeros do not count.
[[nodiscard]] bool same_number(std::string_view a, std::string_view b);
/// True when the text is that count ("3", "000003"); false also when it is no number.
[[nodiscard]] bool is_count(std::string_view text, std::uint64_t value);
[[nodiscard]] std::string_view trim_blanks(std::string_view text);
/// A field of an envelope segment without blanks around it, cut to a length that can be copied into every finding.
[[nodiscard]] std::string_view header_field(std::string_view text);

} // namespace wharf::grammar
