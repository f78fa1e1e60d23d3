// What a guide says of one value, held against the grammar and the parent guide (docs/guides.md, "When is a guide a
// subset").
//
// Internal to the reading of guides; functions without state.
#pragma once

#include "grammar/guide_facts.hpp"
#include "grammar/guide_file.hpp"

#include <span>

namespace wharf::grammar {

/// Where a row stands, and what it may do.
struct RowContext {
    GuideFile const& file;
    GuideLine const& line;
    Grammars const& grammars;
    GuideProblems& problems;
    bool has_parent = false;   // the guide extends another
    bool may_override = false; // the row says `override`
    bool beyond = false;       // `beyond` stands before the row
    std::string segment;       // for the grammar's row of the use
    std::uint8_t element = 0;
    bool in_rule = false; // an effect: the row itself must not be relaxed
};

/// Reports what does not narrow: `use` and `cells` against the grammar (`facts`) and what parents have said (`prior`).
/// Returns true when something goes beyond the grammar; each such thing is reported as a deviation (GUIDE-0050).
bool check_value(ValueRule const& prior, Use use, Span use_span, std::span<GuideCell const> cells,
                 ElementFacts const& facts, RowContext const& context);

/// `prior` with what the row says in its place.
void merge_value(ValueRule& rule, Use use, std::span<GuideCell const> cells);

/// The pattern of a `like` cell, compiled; reports GUIDE-0025.
[[nodiscard]] std::shared_ptr<Pattern const> compile_pattern(std::string const& text, Span span,
                                                             RowContext const& context);

/// Why a value can never stand there: not in the codes, too long, no number; nothing when it can.
[[nodiscard]] std::optional<std::string> why_impossible(std::string_view value, ValueRule const& rule,
                                                        ElementFacts const& facts);

/// A word of a `codes` cell without quotes.
[[nodiscard]] std::string code_of(Word const& word);

} // namespace wharf::grammar
