// What a received 997, 999 or TA1 says, for a person: each group, set and interchange with its verdict, each refusal as a
// diagnostic (ACK-00xx) with the names of the standard, pointing into the file it answers when that is given.
//
// A report owns its texts. Unknown references, repeated answers, numbers with zeros in front and sets that go without an AK2 are
// told or taken as the trade means them.
#pragma once

#include "base/error.hpp"
#include "diagnostic/diagnostic.hpp"
#include "grammar/acknowledgment_reader.hpp"
#include "grammar/schema.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// A file as somebody has it in memory.
struct NamedText {
    std::string_view text; // must outlive the call
    std::string file;
};

/// One 997 or 999.
struct AnsweredGroup {
    GroupAcknowledgment said;
    std::string set_id;         // "997", "999"
    std::string control_number; // ST02 of it
    std::string interchange;    // ISA13 around it
    std::string release;        // the grammar its names come from
    bool matched = false;       // the original has this group
};

/// One TA1.
struct AnsweredInterchange {
    std::string control_number, date, time; // TA101–TA103: of the interchange that is answered
    char code = 'R';                        // TA104
    std::string note;                       // TA105
    std::string interchange;                // ISA13 around the TA1
    NotePlace place;
    bool matched = false;
};

struct AcknowledgmentReport {
    std::vector<AnsweredGroup> groups;
    std::vector<AnsweredInterchange> interchanges;
    Diagnostics findings;
    std::uint64_t suppressed = 0; // findings beyond the limit
    std::uint64_t own_errors = 0; // what the linter finds wrong with the acknowledgment itself
    bool refused = false;         // anything was, or says nothing
    bool with_original = false;
};

/// Fails with `invalid` when the file holds no acknowledgment.
[[nodiscard]] Result<AcknowledgmentReport> explain_acknowledgment(NamedText const& acknowledgment, std::optional<NamedText> const& original,
                                                                  SchemaCache& schemas);

/// The verdicts, a line each; the findings are for render_text().
[[nodiscard]] std::string verdict_lines(AcknowledgmentReport const& report);
/// {"groups": […], "interchanges": […], "findings": […]}; ends with a newline.
[[nodiscard]] std::string report_json(AcknowledgmentReport const& report);

} // namespace wharf::grammar
