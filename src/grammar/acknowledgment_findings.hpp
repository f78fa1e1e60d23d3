// Words a received acknowledgment as diagnostics. Internal to grammar/ (acknowledgment_report.cpp decides what is said when).
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
    AcknowledgmentFindings(std::string file, AcknowledgmentReport& report) : file_(std::move(file)), report_(report) {}

    /// Whose names are used from now on; may be nullptr.
    void use(std::shared_ptr<Dictionary const> dictionary) { dictionary_ = std::move(dictionary); }

    /// All that is said of one set: the notes, and the set's own codes.
    void set(AnsweredGroup const& group, SetAcknowledgment const& set, OriginalSet const& original);
    /// AK9 refuses the whole group, or says nothing. `gs`: the group's GS in the original, or nullptr.
    void group(AnsweredGroup const& group, x12::SegmentList const* gs, std::string const& original_file);
    /// `isa`: in the original, or nullptr.
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
