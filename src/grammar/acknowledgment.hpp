// The content of functional acknowledgments (997 and 999; X12.20) and interchange acknowledgments (TA1; X12.56), made from
// findings. The envelope around them, control numbers and storing are the caller's (acknowledge.hpp, the gateway); reading them
// is acknowledgment_reader.hpp.
//
// Only findings of severity error that carry acknowledgment codes are told; warnings about sense never are, and what only a
// partner's guide objects to is told when the options say so. Codes and limits are those of the release of the acknowledgment:
// a code that its lists lack falls back to the nearest they have.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "diagnostic/severity_policy.hpp"
#include "grammar/acknowledgment_reader.hpp"
#include "grammar/dictionary.hpp"
#include "grammar/interchange.hpp"
#include "syntax/x12/writer.hpp"

#include <cstdint>
#include <memory>
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
};

struct AcknowledgmentOptions {
    bool list_accepted_sets = true; // an AK2/AK5 pair for sets without errors too
    bool guide_findings = false;    // what only a guide objects to refuses the set and is told too
    /// Codes of ours ("X12-0304") or beginnings with a star ("X12-03*"). A set, a group or an interchange whose errors are all
    /// named here is accepted with errors noted (E) instead of refused.
    std::vector<std::string> accept_with_errors;
    /// TA104 E for an interchange so accepted. Many senders take E for a refusal, so without this they get A.
    bool ta1_with_errors = false;
    /// Of the acknowledgment's release. nullptr: every code is written as it is, and AK1 and AK2 have two elements.
    std::shared_ptr<Dictionary const> dictionary;
    x12::Delimiters delimiters; // AK404 that would hold one of these is left out; in an identifier it becomes '?'
};

/// The body of a 997 (without ST and SE): AK1, AK2/AK3/AK4/AK5 per set, AK9.
[[nodiscard]] std::vector<x12::OutSegment> make_997(GroupVerdict const& verdict, AcknowledgmentOptions const& options);
/// The body of a 999: AK1, AK2/IK3/CTX/IK4/CTX/IK5 per set, AK9. A CTX names the place that made a condition bind. The release
/// of the options must have a 999 (005010 and later).
[[nodiscard]] std::vector<x12::OutSegment> make_999(GroupVerdict const& verdict, AcknowledgmentOptions const& options);

/// False for acknowledgments themselves: a group FA, or one that holds nothing but 997 and 999.
[[nodiscard]] bool wants_acknowledgment(GroupVerdict const& verdict);
/// AK501: A, E or R. AK901: A, E, P or R.
[[nodiscard]] char acknowledgment_code(SetVerdict const& verdict, AcknowledgmentOptions const& options);
[[nodiscard]] char acknowledgment_code(GroupVerdict const& verdict, AcknowledgmentOptions const& options);

/// True when what is wrong with the group itself (AK905) refuses it, whatever its sets are.
[[nodiscard]] bool is_group_refused(GroupVerdict const& verdict, AcknowledgmentOptions const& options);
/// GS08 of the acknowledgment of a group: `gs08` itself, unless it names the guide of another set (005010X222A1). `base`: the
/// release of our grammars that it is of.
[[nodiscard]] std::string acknowledgment_release(std::string_view gs08, std::string_view base, bool functional);

/// TA104 and TA105.
struct InterchangeAnswer {
    char code = 'A';
    std::string note = "000";
};
/// From the findings of an interchange, those of its groups and sets included: the first error with a TA105 decides.
[[nodiscard]] InterchangeAnswer answer_interchange(Diagnostics const& findings, AcknowledgmentOptions const& options);

/// TA1 for an interchange; `code` is TA104 (A, E, R), `note` TA105 ("000", "023", …).
[[nodiscard]] x12::OutSegment make_ta1(InterchangeInfo const& interchange, char code, std::string_view note);
/// AK902 of a group_end: GE01 as the sender wrote it; the sets that are there, when GE is missing or says no number.
[[nodiscard]] std::uint64_t included_sets(Item const& group_end);
/// An identifier the sender gave, at the width of our element; what would break our interchange becomes a '?' (an 'X' where that is
/// a separator of ours). It cannot be left out: the sender finds the place by it, and an acknowledgment that is not sent helps nobody.
[[nodiscard]] std::string fit_identifier(std::string_view text, std::size_t shortest, std::size_t longest, x12::Delimiters const& delimiters);

/// What is made of findings before a set is acknowledged, unless a profile or flag says otherwise: a 997 or 999 speaks of syntax, and
/// that an HL names a parent that is not there is none of it. The set is accepted with a warning, and not mapped.
[[nodiscard]] SeverityPolicy syntax_only();

} // namespace wharf::grammar
