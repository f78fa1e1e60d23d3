// Words a received acknowledgment as diagnostics (ACK-00xx): what each AK3, AK4, AK5, AK9, their IK cousins and TA1 say, in sentences,
// pointing into the file that is answered when it is at hand, else into the acknowledgment. Internal to grammar/: acknowledgment_report
// decides what is said when, this class how.
//
// Findings go into the report, at most limits::findings of them; further ones are counted in `suppressed`. A refusal is an error, a
// note on something accepted (E) a warning. Codes that the standard does not have are said as they are: a strange acknowledgment never
// fails. Texts are copied into the findings, so that nothing borrowed outlives a call. One report, one thread.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/acknowledgment_report.hpp"
#include "grammar/dictionary.hpp"
#include "grammar/interchange.hpp"
#include "syntax/x12/segment_list.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace wharf::grammar {

/// The transaction set, of the file that is answered, that the words are about.
struct OriginalSet {
    x12::SegmentList const* segments = nullptr; // nullptr: the original is not known
    SetContext context;
    std::string set_id;
};

class AcknowledgmentFindings {
public:
    /// `file`: the acknowledgment's name. `report` is borrowed for the object's life.
    AcknowledgmentFindings(std::string file, AcknowledgmentReport& report) : file_(std::move(file)), report_(report) {}

    /// Whose names of segments and elements are used from now on: the release of the group answered. nullptr: ids and numbers alone.
    void use(std::shared_ptr<Dictionary const> dictionary) { dictionary_ = std::move(dictionary); }

    /// All that is said of one set: each segment and element note (AK3, AK4), then the set's own codes (AK502 to AK506) where the notes
    /// have not said them. Positions are those of the original, ST counted as 1; senders that count without ST are understood, and where
    /// the original has another segment the words say so.
    void set(AnsweredGroup const& group, SetAcknowledgment const& set, OriginalSet const& original);
    /// AK9 refuses the whole group, or says nothing. `gs`: the group's GS in the original, or nullptr.
    void group(AnsweredGroup const& group, x12::SegmentList const* gs, std::string const& original_file);
    /// TA104 and TA105; nothing when it was accepted. `isa`: in the original, or nullptr.
    void interchange(AnsweredInterchange const& answered, x12::SegmentList const* isa, std::string const& original_file);

    /// A finding at a segment of the acknowledgment.
    void at_note(std::string_view code, NotePlace const& place, AnsweredGroup const* group, std::string message, std::string help);
    /// A finding at a segment of the original; element 0: the whole segment.
    void at_original(std::string_view code, x12::SegmentList const& list, std::size_t index, std::uint32_t element, SetContext const& context,
                     std::string message, std::string help);

private:
    struct Words {
        std::string message, help;
    };
    [[nodiscard]] std::string segment_name(std::string_view id) const;
    [[nodiscard]] std::string element_name(std::string_view segment, ElementNote const& note) const;
    [[nodiscard]] Words segment_words(SegmentNote const& note, OriginalSet const& original) const;
    [[nodiscard]] Words element_words(SegmentNote const& segment, ElementNote const& note) const;
    void segment_note(AnsweredGroup const& group, SetAcknowledgment const& set, SegmentNote const& note, OriginalSet const& original);
    void element_note(AnsweredGroup const& group, SetAcknowledgment const& set, SegmentNote const& segment, ElementNote const& note,
                      OriginalSet const& original, std::size_t index);
    [[nodiscard]] bool is_full(); // counts what is then left out
    void add(Diagnostic finding);
    [[nodiscard]] Related said_here(NotePlace const& place) const;

    std::string file_;
    AcknowledgmentReport& report_;
    std::shared_ptr<Dictionary const> dictionary_;
};

/// A control number without blanks and zeros in front: what two of them are compared by.
[[nodiscard]] std::string_view bare_number(std::string_view text);

} // namespace wharf::grammar
