// The rules of the envelope segments by themselves: ISA, GS and the segments between them (X12.5, X12.6, X12.56). Pairs and counts,
// which need more than one segment, are interchange_envelope.cpp's and set_check.cpp's. Internal to grammar/.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/interchange.hpp"
#include "syntax/x12/reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::grammar {

/// What the envelope checks ask of one release, looked up once. Borrows from the dictionary, which it keeps alive.
struct EnvelopeRules {
    EnvelopeRules(Grammars const& grammars, std::string_view release);

    std::string release;
    std::shared_ptr<Dictionary const> dictionary;
    // nullptr: the release has no such list
    CodeList const* authorization = nullptr; // I01, ISA01
    CodeList const* security = nullptr;      // I03, ISA03
    CodeList const* identifier = nullptr;    // I05, ISA05 and ISA07
    CodeList const* kind = nullptr;          // 479, GS01
    CodeList const* agency = nullptr;        // 455, GS07
    CodeList const* group_errors = nullptr;  // 716, AK905
    bool has_century = true;                 // GS04 is CCYYMMDD
};

/// Where the findings of one envelope segment go.
struct EnvelopeReport {
    std::string_view file;
    x12::Part const& part;
    InterchangeInfo const* interchange;
    GroupInfo const* group;
    Diagnostics& findings;

    /// A finding at an element of the part's first segment (0: the whole segment).
    Diagnostic& add(std::string_view code, std::uint32_t element, std::string message, std::string help);
};

/// A diagnostic at an envelope segment; element 0: the whole segment.
[[nodiscard]] Diagnostic envelope_finding(std::string_view code, std::string_view file, x12::Part const& part, std::size_t index,
                                          std::uint32_t element, InterchangeInfo const* interchange, GroupInfo const* group,
                                          std::string message, std::string help);
/// A second place: where a number stood first.
[[nodiscard]] Related first_place(Diagnostic const& finding, std::uint64_t offset, std::uint32_t segment_position, std::string message);

[[nodiscard]] InterchangeInfo read_isa(x12::Part const& part);
[[nodiscard]] GroupInfo read_gs(x12::Part const& part);

/// `version_known`: some release has ISA12; `nearest`: the version read by when none has.
void check_isa(EnvelopeReport report, EnvelopeRules const& rules, bool version_known, std::string_view nearest);
/// False when GS01 names no kind of group: what stands in it is not held against it.
[[nodiscard]] bool check_gs(EnvelopeReport report, EnvelopeRules const& rules);
/// TA1, ISB, ISE.
void check_service(EnvelopeReport report, EnvelopeRules const& rules);
/// More elements than the segment has: an error, or separators alone.
void check_surplus(EnvelopeReport report, std::uint32_t allowed, std::string_view code = "X12-0141");
/// True for the segments of X12.58: S1S to S4E, S1A to S4A, SVA.
[[nodiscard]] bool is_security_segment(std::string_view id);

/// Equal as control numbers: leading zeros do not count.
[[nodiscard]] bool same_number(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view without_zeros(std::string_view text);
[[nodiscard]] bool all_digits(std::string_view text);
/// A count as trailers write it: blanks around it and zeros in front do not matter; nothing when it is no number.
[[nodiscard]] std::optional<std::uint64_t> count_in(std::string_view text);
/// True when the text is that count ("3", "000003"); false also when it is no number.
[[nodiscard]] bool is_count(std::string_view text, std::uint64_t value);
[[nodiscard]] std::string_view trim_blanks(std::string_view text);
/// A field of an envelope segment without blanks around it, cut to a length that can be copied into every finding.
[[nodiscard]] std::string_view header_field(std::string_view text);
[[nodiscard]] bool has_control_characters(std::string_view text);

} // namespace wharf::grammar
