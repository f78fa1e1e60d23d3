// Reads functional acknowledgments (997, 999; X12.20) that partners send: what they say of our groups and sets.
//
// Takes whatever stands there: notes without a set, repeated sets, padded numbers. Owns its texts.
#pragma once

#include "syntax/x12/segment_list.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// Where a segment of the acknowledgment stands in its file, so that it can be shown.
struct NotePlace {
    std::uint64_t offset = 0;
    std::uint32_t segment_position = 0; // ST is 1
    std::string bytes;                  // of the segment, cut
};

/// AK4 or IK4.
struct ElementNote {
    std::uint32_t element = 0, component = 0, repetition = 0; // AK401; 0: not said
    std::string reference;                                    // AK402: number of the data element
    std::string code;                                         // AK403
    std::string copy;                                         // AK404
    NotePlace place;
};

/// AK3 or IK3.
struct SegmentNote {
    std::string id;             // AK301
    std::uint64_t position = 0; // AK302; 0: not said
    std::string loop;           // AK303
    std::string code;           // AK304; may be empty
    std::vector<ElementNote> elements;
    std::vector<std::string> contexts; // CTX in words, those of its elements too
    NotePlace place;
};

/// In place of a code where neither AK5 nor AK9 says one.
inline constexpr char no_verdict = '-';

struct SetAcknowledgment {
    std::string set_id;          // AK201
    std::string control_number;  // AK202
    char code = 'A';             // AK501: A, E, M, P, R, W, X
    std::vector<std::string> errors; // AK3/AK4/AK502 in words, for people
    std::vector<SegmentNote> segments;
    std::vector<std::string> codes; // AK502–AK506
    bool judged = false;            // it has an AK5
    NotePlace place;
    [[nodiscard]] bool accepted() const { return code == 'A' || code == 'E'; }
};

struct GroupAcknowledgment {
    std::string functional_id;        // AK101
    std::string group_control_number; // AK102
    char code = 'A';                  // AK901: A, E, P, R, M, W, X
    std::vector<SetAcknowledgment> sets; // may be empty although all were accepted
    std::vector<std::string> errors;  // AK905… in words
    std::string release;              // AK103
    std::string included, received, accepted; // AK902–AK904 as written
    std::vector<std::string> codes;   // AK905–AK909
    bool judged = false;              // it has an AK9 with a code: without one nothing is said of the group
    NotePlace place;                  // of AK1
    NotePlace trailer;                // of AK9

    /// The word on one of our sets: its own AK5 if there is one, else what AK901 says of all. Control numbers compare
    /// without leading zeros.
    [[nodiscard]] char code_of(std::string_view control_number) const;
    /// Of several answers to one set the first that refuses it; nullptr when it is not named.
    [[nodiscard]] SetAcknowledgment const* find(std::string_view control_number) const;
};

/// Reads a 997 or 999 (a transaction set from ST to SE).
[[nodiscard]] GroupAcknowledgment read_acknowledgment(x12::SegmentList const& set);

// The codes of the standard in a few words; empty when the code is not among them.
[[nodiscard]] std::string_view segment_error_words(std::string_view code); // elements 720, 620
[[nodiscard]] std::string_view element_error_words(std::string_view code); // elements 723, 621
[[nodiscard]] std::string_view set_error_words(std::string_view code);     // elements 718, 618
[[nodiscard]] std::string_view group_error_words(std::string_view code);   // element 716
[[nodiscard]] std::string_view interchange_note_words(std::string_view code); // element I18
/// Elements 715 and 717, for people: "accepted", "refused", …
[[nodiscard]] std::string_view verdict_words(char code);

} // namespace wharf::grammar
