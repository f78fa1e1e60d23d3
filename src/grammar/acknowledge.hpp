// A file of interchanges, answered: the 997, 999 or TA1 interchanges that its sender should get.
//
// One 997 or 999 for each functional group that is no acknowledgment itself; one interchange for neighbouring groups with the
// same way back. ISA and GS identifiers are swapped, the usage indicator and the separators are the sender's (where these can
// be used), the release follows GS08. An interchange that was refused (TA1 R) was not taken: none of its groups is answered.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "grammar/acknowledgment.hpp"
#include "grammar/interchange.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

enum class AcknowledgmentForm {
    automatic,      // 997 for groups; TA1 where an interchange was refused or asked for one (ISA14)
    functional,     // 997
    implementation, // 999
    interchange,    // TA1, for every interchange
};

struct AcknowledgeOptions {
    AcknowledgmentForm form = AcknowledgmentForm::automatic;
    std::string release;              // GS08 of the answer; empty: that of the group answered
    std::uint64_t control_number = 1; // ISA13 and GS06 of the first interchange; the next ones count on
    Timestamp at{};                   // of ISA09, ISA10, GS04, GS05
    AcknowledgmentOptions content;    // `dictionary` and `delimiters` are set here for each answer
    InterchangeReaderOptions reader;
};

struct AcknowledgeResult {
    std::string bytes;       // the interchanges, one segment a line; empty: there was nothing to answer
    std::uint64_t interchanges = 0, groups = 0, sets = 0; // of the file
    std::uint64_t answers = 0;
    bool refused = false;    // anything was
    std::vector<std::string> remarks; // why something has no answer, for people
};

/// The text is borrowed for the call. Fails with `invalid` when the wanted acknowledgment does not exist in the release, or
/// when it cannot be written.
[[nodiscard]] Result<AcknowledgeResult> acknowledge(std::string_view text, std::string file_name, SchemaCache& schemas,
                                                    AcknowledgeOptions const& options);

} // namespace wharf::grammar
