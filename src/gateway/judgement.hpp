// What every translated document goes through, whatever format it came in: its numbers and business key, the arithmetic of
// invoices, the partner's units, its schema.
//
// Pure; nothing is stored or looked up.
#pragma once

#include "gateway/evaluation.hpp"

#include <optional>
#include <string>

namespace wharf::gateway {

/// "MAP-0105: …" of the first error; empty: there is none.
[[nodiscard]] std::string first_error(Diagnostics const& findings);

/// The document waits for a person. `why` has an error that says so.
void hold(EvaluatedSet& set, Diagnostics const& why);

struct Translated {
    std::optional<std::string> content_sha256; // of the bytes that make it; nothing: of the document without its provenance
    Place place;                               // of what is found here
    bool held_by_map = false;                  // a line says `on error hold`
};

/// `set.document.json` holds what the map made, `findings` what it said. Fills number, orders and business key, and the document
/// with what we derive; adds findings. False: it is held, and set says why.
[[nodiscard]] bool judge_document(EvaluatedSet& set, partner::PartnerProfile const& partner, Translated const& translated,
                                  Diagnostics& findings);

} // namespace wharf::gateway
