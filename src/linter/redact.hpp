// An X12 file that can be shown to others: names, addresses, contacts, prices and texts replaced, its structure and its faults kept.
//
// Replaced are names, addresses, contacts, accounts, amounts, prices, rates, free texts, and whatever no table says anything about;
// on request identifiers (order, invoice, product numbers, …) and the parties of ISA and GS. Kept are codes and qualifiers, dates and times,
// quantities, counts, control numbers, line and HL numbers. ISA02 and ISA04 never stay, they may be passwords.
//
// By PseudonymKey: the same value becomes the same everywhere, of the same length and the same kinds of characters, so the result lints
// with the same findings at the same places. One exception: the total of an invoice that added up is written anew, so that it adds up again,
// and may have another length.
//
// Pure; the file is held in memory. Several threads may share the SchemaCache and the key.
#pragma once

#include "base/error.hpp"
#include "grammar/interchange.hpp"
#include "linter/pseudonym.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wharf::linter {

struct RedactOptions {
    bool identifiers = false; // of documents, products, places
    bool envelope = false;    // of sender and receiver: ISA06, ISA08, GS02, GS03
};

struct RedactResult {
    std::string text;
    std::uint64_t replaced = 0; // values
};

/// Fails with `invalid` for what cannot be cut into elements with certainty: no X12, an interchange with unusable separators, a file
/// wrapped at a fixed width.
[[nodiscard]] Result<RedactResult> redact(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas, PseudonymKey const& key,
                                          RedactOptions const& options = {});

/// What becomes of an element.
enum class Disclosure { keep, text, amount, identifier, binary };
/// By its definition; nullptr: nothing is known of it, so it is text.
[[nodiscard]] Disclosure disclosure_of(grammar::ElementDefinition const* element);

} // namespace wharf::linter
