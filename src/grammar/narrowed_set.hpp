// A transaction set as a schema is compiled from it: the grammar's rows in order, each with what a guide narrows.
//
// Made from a grammar alone (`as_it_is`) or by a guide (guide_resolve). Every row of the grammar is here, also those a guide
// does not mention. A mandatory row of the grammar that has variants need not have a mandatory one: row->mandatory still says that the
// place is. Levels (`levels HL`) are variants of the HL loop with use `may` and no minimum: LevelRules says how many. Rows that
// share `place` are variants of one row of the grammar, told apart by their qualifiers: N1[ST] and N1[BY]. Owns what it points to, except the grammar's own rows and dictionary (kept alive by `dictionary`) and guide texts (kept
// alive by `guide`). Immutable once made.
#pragma once

#include "grammar/dictionary.hpp"
#include "grammar/guide_rule.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace wharf::grammar {

struct ElementNarrowing {
    std::uint8_t element = 0;
    std::uint8_t component = 0; // 0: the whole element
    ValueRule rule;
};

/// Of a segment with pairs (PO1 06..25): the value whose qualifier is this code; "*": every qualifier not named.
struct PairNarrowing {
    std::string qualifier;
    ValueRule rule;
};

struct NarrowedRow {
    SetRow const* row = nullptr;  // of the grammar; of a `beyond` row a made one, owned by NarrowedSet::extra_rows
    std::uint32_t place = 0;      // equal for variants of one row; unique otherwise; in order
    std::vector<QualifierTest> qualifiers; // all must hold; empty: everything no other variant takes
    Use use = Use::grammar;
    bool mandatory = false;       // effective
    std::uint32_t min = 0;        // effective; 1 for a mandatory row
    std::uint32_t max = 1;        // effective, of this variant; 0: unlimited
    std::uint32_t place_max = 1;  // of the grammar: all variants together; 0: unlimited
    bool listed = false;          // the guide has a row for it
    bool beyond = false;          // the guide goes beyond the grammar here
    bool report = false;          // findings of this row are warnings
    std::vector<ElementNarrowing> elements;
    std::vector<PairNarrowing> pairs;
    std::vector<Rule> rules;      // run once per occurrence of this row's block
    std::vector<NarrowedRow> rows; // of a loop: what follows its first segment
    std::string name;             // "Ship to"
    std::string note;
    GuidePlace source;
    std::vector<GuidePlace> earlier; // where guides that this one extends speak of it, newest first
};

/// What happens when something the guide does not mention is used.
enum class Unlisted : std::uint8_t { allow, report, forbid };

struct NarrowedSet {
    SetDefinition const* set = nullptr;
    std::shared_ptr<Dictionary const> dictionary; // of the release the set comes from
    std::vector<NarrowedRow> rows;
    std::vector<std::unique_ptr<SetRow>> extra_rows;
    std::vector<Rule> rules; // of the set itself
    LevelRules levels;
    Unlisted unlisted = Unlisted::allow;
    std::string guide_name;  // empty: the grammar as it is
    std::shared_ptr<void const> guide; // keeps guide texts alive
};

/// The set without a guide.
[[nodiscard]] NarrowedSet as_it_is(SetDefinition const& set, std::shared_ptr<Dictionary const> dictionary);

} // namespace wharf::grammar
