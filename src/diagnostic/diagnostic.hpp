// A diagnostic: something wrong in what somebody sent or wrote. The one value that lint prints, the gateway stores and
// acknowledgments are made from.
//
// Owns its texts: it outlives the buffer it speaks of. Positions are twofold: byte offset and length for machines;
// interchange, group, set, segment, element, component for people. Absent parts stay empty (text) or 0 (numbers).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wharf {

enum class Severity { error, warning, info };

[[nodiscard]] std::string_view to_string(Severity severity);

/// What a 997 says about one finding (X12 elements 720, 723, 718, 716, I18), beside our own code.
/// Empty text: this finding is never acknowledged by itself.
struct AcknowledgmentCodes {
    std::string segment;     // AK304 / IK304
    std::string element;     // AK403 / IK403
    std::string transaction; // AK502 / IK502
    std::string group;       // AK905
    std::string interchange; // TA105
    // Of findings a guide makes: what a 999 says instead (I4, I6, …). A 997 and a 999 without these say the codes above.
    std::string implementation_segment; // IK304
    std::string implementation_element; // IK403
};

struct Place {
    std::string file;
    std::uint64_t offset = 0; // of the first byte meant, from the start of the file
    std::uint64_t length = 0; // 0: a point between two bytes
    bool has_offset = false;

    std::string interchange; // control numbers, as the file has them (ISA13, GS06, ST02)
    std::string group;
    std::string transaction;
    std::string transaction_set;        // ST01
    std::string segment_id;             // "PO1"
    std::uint32_t segment_position = 0; // ST is 1 (outside a set: ISA is 1)
    std::uint32_t element = 0;          // 1-based
    std::uint32_t component = 0;        // 1-based; 0: the whole element
    std::uint32_t repetition = 0;       // 1-based, of a repeating element; 0: it does not repeat
    std::uint32_t element_number = 0;   // data element reference number (353), for AK402
    std::string path;                   // docs/paths: "850/PO1/N1[ST]/N104"
    std::string loop;                   // the loops around it, of their set: "PO1/N1"
    std::uint32_t loop_position = 0;    // the segment that begins the innermost of them; 0: not known
    std::uint32_t line = 0;             // 1-based line and column of the file, as an editor counts them; 0: not known
    std::uint32_t column = 0;
};

/// A second place that belongs to the finding: where N103 was given, where the duplicate first stood.
struct Related {
    Place place;
    std::string message;
    bool same_fault = false;          // as wrong as the finding's own place, and acknowledged like it (a run of misplaced segments)
    std::string excerpt = {};         // as of Diagnostic; empty: what stands there is not shown
    std::uint32_t excerpt_offset = 0;
};

struct Diagnostic {
    std::string code; // "X12-0312": AREA-number, never reused
    Severity severity = Severity::error;
    std::string message; // what is wrong, what was found, what was expected
    std::string help;    // what to do
    bool of_guide = false; // the standard allows it, the partner's guide does not: acknowledged only by policy
    Place place;
    std::string value;                // the offending text, as it stands in the file
    std::string excerpt;              // the segment or line around it, as it stands in the file
    std::uint32_t excerpt_offset = 0; // where the fault begins in `excerpt`, bytes
    std::string loop_excerpt;         // the segment place.loop_position; empty: it is the one in `excerpt`, or there is none
    std::vector<Related> related;
    AcknowledgmentCodes acknowledgment;
};

using Diagnostics = std::vector<Diagnostic>;

/// How often a code was found.
struct CodeCount {
    Severity severity = Severity::error; // the worst it had
    std::uint64_t count = 0;
};

using CodeCounts = std::map<std::string, CodeCount>; // by code

void add_count(CodeCounts& counts, std::string const& code, Severity severity, std::uint64_t count = 1);
[[nodiscard]] CodeCounts count_codes(Diagnostics const& diagnostics);

[[nodiscard]] bool has_errors(Diagnostics const& diagnostics);
/// Stable, by file offset: the order in which a reader meets them.
void sort_by_offset(Diagnostics& diagnostics);

} // namespace wharf
