// What the rows of a guide say, applied to rows of the set: use, counts, names, and the values of elements and pairs.
//
// Each thing is held against the grammar and against what the guides before it have left. Internal to the reading of
// guides.
#pragma once

#include "grammar/guide_file.hpp"
#include "grammar/guide_value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wharf::grammar {

/// Where rows are looked up: those of an area, or those inside a loop.
struct Scope {
    std::vector<NarrowedRow>* rows;
    std::optional<Area> area; // of the set's own rows
    std::string words;        // "the heading", "loop N1"
    bool forbidden = false;   // inside something that is `-`
};

class RowNarrowing {
public:
    RowNarrowing(GuideFile const& file, NarrowedSet& set, Grammars const& grammars, bool has_parent,
                 GuideProblems& problems)
        : file_(file), set_(set), grammars_(grammars), has_parent_(has_parent), problems_(problems) {}

    /// A segment or loop: GUIDE-0020, 0030, 0031, 0036, 0045 and deviations.
    void row(NarrowedRow& row, GuideLine const& line, Scope const& scope);
    /// The minimums of all variants must fit what the grammar allows of the place.
    void check_minimums(Scope const& scope, std::uint32_t place, GuideLine const& line);
    void element(NarrowedRow& row, GuideNode const& node);
    void pair(NarrowedRow& row, GuideNode const& node);

private:
    [[nodiscard]] RowContext context(GuideLine const& line) const;
    Diagnostic& add(std::string_view code, GuideLine const& line, Span span, std::string message,
                    std::string help = {});
    void add(GuideFault const& fault, GuideLine const& line, Span span);
    void relate_row(Diagnostic& finding, NarrowedRow const& row) const;
    [[nodiscard]] GuidePlace place_of(GuideLine const& line) const;
    [[nodiscard]] std::string release() const;
    void check_override(GuideLine const& line);
    void relaxes(NarrowedRow const& row, GuideLine const& line, Span span, std::string message);
    /// A qualifier that the standard does not have, after `beyond`: its code is accepted at the element.
    bool beyond_qualifier(NarrowedRow& row, GuideLine const& line);
    void check_cells(GuideLine const& line);
    /// True when the count goes beyond the grammar.
    bool narrow_count(NarrowedRow& row, GuideLine const& line, RowContext const& where);
    void take(ValueRule& rule, GuideNode const& node, ElementFacts const& facts, RowContext const& where);

    GuideFile const& file_;
    NarrowedSet& set_;
    Grammars const& grammars_;
    bool has_parent_;
    GuideProblems& problems_;
};

} // namespace wharf::grammar
