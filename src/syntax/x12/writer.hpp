// Writes segments as X12 bytes with Boost.Spirit Karma.
//
// Two uses. `write_back` gives the very bytes a part was read from (the first law: write(read(x)) == x).
// `InterchangeWriter` makes new interchanges: it places control numbers that the gateway took from the store, writes
// the envelope and computes the counts SE01, GE01 and IEA01.
#pragma once

#include "base/error.hpp"
#include "syntax/x12/reader.hpp"
#include "syntax/x12/segment_list.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::x12 {

/// A segment to be written: owns its texts. Trailing empty elements are left out on writing. Composite elements hold
/// their component separators already.
struct OutSegment {
    std::string id;
    std::vector<std::string> elements; // elements[0] is element 01

    /// Sets element `number` (from 1), growing the list.
    void set(std::size_t number, std::string value);
    [[nodiscard]] std::string_view element(std::size_t number) const;
};

/// Element separator and terminator that are control characters, which no text may hold: for a body whose texts may hold
/// those of its interchange.
[[nodiscard]] Delimiters without_data_characters(Delimiters const& delimiters);

/// The body of a transaction set as it will be written, without ST and SE: segments in one piece of memory. Elements must not
/// hold a delimiter or a control character: whoever adds them has looked.
class SetBody {
public:
    explicit SetBody(Delimiters const& delimiters = {}) : delimiters_(delimiters) {}

    /// A place between segments, to go back to.
    struct Mark {
        std::size_t bytes = 0, segments = 0;
    };
    [[nodiscard]] Mark mark() const { return {bytes_.size(), segments_}; }
    void take_back(Mark const& mark) {
        bytes_.resize(mark.bytes);
        segments_ = mark.segments;
    }
    void clear(Delimiters const& delimiters);

    /// The segment id, then the elements; empty ones at the end are left out.
    void add(std::vector<std::string_view>& fields);
    /// Elements that are `text` become `by`, and vanish where it is empty and nothing stands behind.
    void replace(std::string_view text, std::string_view by);

    [[nodiscard]] std::size_t segments() const { return segments_; }
    [[nodiscard]] bool empty() const { return segments_ == 0; }
    /// With a terminator behind each segment, and nothing between them.
    [[nodiscard]] std::string_view bytes() const { return bytes_; }
    /// Id of the last segment; empty where there is none.
    [[nodiscard]] std::string_view last_id() const;
    [[nodiscard]] Delimiters const& delimiters() const { return delimiters_; }
    /// The segments one by one, with texts of their own.
    [[nodiscard]] std::vector<OutSegment> cut() const;

private:
    Delimiters delimiters_;
    std::string bytes_;
    std::size_t segments_ = 0;
};

/// Appends the part's bytes, made from its elements, delimiters and the filler between segments (line breaks, blanks).
void write_back(Part const& part, std::string_view file_text, std::string& out);

struct PartyIdentifier {
    std::string qualifier; // ISA05 / ISA07, two characters
    std::string id;        // ISA06 / ISA08, up to 15 characters
    std::string group_id;  // GS02 / GS03
};

struct InterchangeHeader {
    std::string authorization_qualifier = "00", authorization; // ISA01, ISA02
    std::string security_qualifier = "00", security;           // ISA03, ISA04
    PartyIdentifier sender;
    PartyIdentifier receiver;
    std::string date6, date8, time4; // ISA09 YYMMDD, GS04 CCYYMMDD (in releases before 004010 YYMMDD), ISA10/GS05 HHMM
    std::string version = "00401";   // ISA12
    std::string standards_id = "U";  // ISA11 where there is no repetition separator
    std::string control_number;      // ISA13; padded to nine digits
    bool acknowledgment_requested = false; // ISA14
    char usage = 'P';                // ISA15: P, T or I
    Delimiters delimiters;
    bool line_breaks = false;        // a newline after every terminator
    std::string suffix;              // or this: "\r\n", ...; empty: as line_breaks says
    /// What stands for a delimiter or control character found in data; '\0': the set is refused. Never a delimiter itself.
    char replacement = '\0';
};

struct GroupHeader {
    std::string functional_id;  // GS01
    std::string control_number; // GS06
    std::string agency = "X";   // GS07
    std::string release;        // GS08
};

class InterchangeWriter {
public:
    explicit InterchangeWriter(InterchangeHeader header);

    void begin_group(GroupHeader header);
    /// `body` without ST and SE. `implementation_reference` is ST03 (empty: left out).
    /// Fails with `invalid` when an element, of the set or of ISA and GS around it, holds a delimiter of this interchange
    /// or a control character; the message names segment and element. Nothing of the set is then in the output.
    [[nodiscard]] Result<void> add_transaction_set(std::string_view set_id, std::string_view control_number,
                                                   std::vector<OutSegment> const& body,
                                                   std::string_view implementation_reference = {});
    /// The same of a body in one piece. Made with this interchange's delimiters it is copied; made with other element separators
    /// and terminators it is checked, or its texts are changed, like segments.
    [[nodiscard]] Result<void> add_transaction_set(std::string_view set_id, std::string_view control_number,
                                                   SetBody const& body, std::string_view implementation_reference = {});
    /// A set as it was read, ST to SE, with this interchange's delimiters: components and repetitions keep their meaning. ST02 and
    /// SE02 become `control_number` (empty: as read), SE01 is counted. With the delimiters it was read with, nothing is copied but into
    /// the output. Fails with `invalid` as above; also when the list is no set (no ST at its begin).
    [[nodiscard]] Result<void> add_transaction_set(SegmentList const& set, std::string_view control_number = {});
    /// A TA1 directly inside the interchange; only before the first group.
    [[nodiscard]] Result<void> add_service_segment(OutSegment const& segment);
    void end_group();
    /// Closes an open group and the interchange and gives the bytes. The writer is spent.
    [[nodiscard]] std::string finish();
    /// The bytes written so far and not yet taken: for output larger than memory. finish() then gives the rest.
    [[nodiscard]] std::string take() { return std::exchange(out_, {}); }
    /// Delimiters and control characters that were replaced in data.
    [[nodiscard]] std::size_t replaced() const { return replaced_; }

private:
    void segment(std::string_view id, std::vector<std::string> const& elements);
    [[nodiscard]] Result<void> check(OutSegment const& segment) const;
    [[nodiscard]] Result<void> check_envelope() const;
    [[nodiscard]] std::string const& group_date() const;
    [[nodiscard]] bool is_forbidden(char c) const { return forbidden_[static_cast<unsigned char>(c)]; }
    [[nodiscard]] std::string written(std::string_view value);
    [[nodiscard]] Result<void> add_translated(SegmentList const& set);

    InterchangeHeader header_;
    GroupHeader group_;
    std::string out_;
    std::array<bool, 256> forbidden_{};     // in data: separators other than the component's, control characters
    std::vector<std::string_view> fields_; // of the segment being written
    std::size_t replaced_ = 0;
    unsigned groups_ = 0;
    unsigned sets_ = 0;
    bool in_group_ = false;
};

} // namespace wharf::x12
