// The content of functional acknowledgments (997; X12.20) and interchange acknowledgments (TA1; X12.56): made from findings,
// and read back. The envelope around them, control numbers and storing are the gateway's.
//
// Only findings of severity error that carry acknowledgment codes are told; warnings about sense never are.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/interchange.hpp"
#include "syntax/x12/segment_list.hpp"
#include "syntax/x12/writer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace wharf::grammar {

/// One transaction set as we judged it.
struct SetVerdict {
    SetInfo set;
    Diagnostics findings; // all of the set
    [[nodiscard]] bool accepted() const; // no error among the findings
};

struct GroupVerdict {
    GroupInfo group;
    std::vector<SetVerdict> sets;
    Diagnostics findings;           // of GS and GE
    std::uint64_t included = 0;     // AK902: GE01 as the sender wrote it
    [[nodiscard]] bool rejected() const;          // an error of the group itself: none of its sets is accepted
    [[nodiscard]] std::size_t accepted_sets() const;
};

struct AcknowledgmentOptions {
    bool list_accepted_sets = true; // an AK2/AK5 pair for sets without errors too
    std::string release;            // of the acknowledgment ("004010"); codes it lacks fall back. Empty: that of the sets
    x12::Delimiters delimiters;     // AK404 that would hold one of these is left out; in an identifier it becomes '?'
};

/// The body of a 997 (without ST and SE): AK1, AK2/AK3/AK4/AK5 per set, AK9.
[[nodiscard]] std::vector<x12::OutSegment> make_997(GroupVerdict const& verdict, AcknowledgmentOptions const& options);

/// TA1 for an interchange; `code` is TA104 (A, E, R), `note` TA105 ("000", "023", …).
[[nodiscard]] x12::OutSegment make_ta1(InterchangeInfo const& interchange, char code, std::string_view note);
/// TA105 of the first error among the findings that refuses the whole interchange; empty when none does.
[[nodiscard]] std::string interchange_refusal(Diagnostics const& findings);

struct SetAcknowledgment {
    std::string set_id;          // AK201
    std::string control_number;  // AK202
    char code = 'A';             // AK501: A, E, M, P, R, W, X
    std::vector<std::string> errors; // AK3/AK4/AK502 in words, for people
    [[nodiscard]] bool accepted() const { return code == 'A' || code == 'E'; }
};

struct GroupAcknowledgment {
    std::string functional_id;        // AK101
    std::string group_control_number; // AK102
    char code = 'A';                  // AK901: A, E, P, R, M, W, X
    std::vector<SetAcknowledgment> sets; // may be empty although all were accepted
    std::vector<std::string> errors;  // AK905… in words
    /// The word on one of our sets: its own AK5 if there is one, else what AK901 says of all. Control numbers compare
    /// without leading zeros.
    [[nodiscard]] char code_of(std::string_view control_number) const;
    [[nodiscard]] SetAcknowledgment const* find(std::string_view control_number) const;
};

/// Reads a 997 or 999 (a transaction set from ST to SE).
[[nodiscard]] GroupAcknowledgment read_acknowledgment(x12::SegmentList const& set);

} // namespace wharf::grammar
