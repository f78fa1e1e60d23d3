// The rows of a SEF set held against the rows of the grammar: which is which, and what tells variants apart.
//
// A row of SEF is counted as SEF does (`ordinal`: the how-manieth segment of the set), because all its other sections name places so.
// Everything borrows from the SefFile and the Dictionary. Internal to the import.
#pragma once

#include "grammar/guide_rule.hpp"
#include "grammar/sef_file.hpp"

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace wharf::grammar {

struct SefRow {
    SetRow const* row = nullptr;   // of the grammar; nullptr: it has none here (`beyond`)
    SefItem const* item = nullptr; // nullptr: the file does not have this row of the grammar
    SefRow const* parent = nullptr;
    std::uint32_t ordinal = 0;
    std::uint32_t number = 1;      // `#2`
    Area area = Area::heading;
    Use use = Use::may;
    std::vector<std::string> qualifiers; // of a variant
    std::string level;                   // of an HL loop where the file has several: its code
    std::vector<std::string> under;      // levels it may stand under
    std::vector<SefRow*> rows;

    [[nodiscard]] std::string_view segment() const { return item != nullptr ? item->use.segment : std::string_view(row->segment); }
    [[nodiscard]] bool is_loop() const { return row != nullptr ? row->is_loop : item->is_loop; }
};

/// What the import knows of one set of one file.
class SefSetView {
public:
    SefSetView(SefFile const& file, SefSet const& set, SetDefinition const& definition, Dictionary const& dictionary, SefFindings& findings);
    SefSetView(SefSetView const&) = delete;
    SefSetView& operator=(SefSetView const&) = delete;

    SefFile const& file;
    SefSet const& set;
    SetDefinition const& definition;
    Dictionary const& dictionary;
    SefFindings& findings;

    [[nodiscard]] std::vector<SefRow*> const& rows() const { return rows_; }
    /// nullptr: no segment of the set has this ordinal.
    [[nodiscard]] SefRow const* row(std::uint32_t ordinal) const;
    /// What of a code list holds at this place: the subset of the place, or of the segment wherever it stands. nullptr: all of it.
    [[nodiscard]] SefCodeSubset const* subset(SefRow const& row, std::uint32_t element, std::uint32_t component) const;

    /// "N1 (.SETS 42)"
    [[nodiscard]] static std::string label(SefRow const& row);
    Diagnostic& report(std::string_view code, char const* at, std::string message, std::string help = {}) const {
        return findings.add(code, file.text.place(at), std::move(message), std::move(help));
    }
    Diagnostic& not_carried(char const* at, std::string message, std::string help = {}) const {
        return report("SEF-0010", at, std::move(message), std::move(help));
    }

private:
    using Items = std::vector<SefItem const*>;
    void count(std::vector<SefItem> const& items, unsigned& counter);
    std::vector<SefRow*> match(Items const& items, std::vector<SetRow> const& rows, SefRow* parent, Area area);
    SefRow* match_one(SefItem const& item, std::vector<SetRow> const& rows, SefRow* parent, Area area, std::size_t& last, bool is_loop);
    static std::size_t find_row(SefItem const& item, std::vector<SetRow> const& rows, std::size_t last);
    SefRow* beyond(SefItem const& item, SefRow* parent, Area area);
    Use use_of(SefItem const& item, SetRow const* row) const;
    void tell_apart(std::vector<SefRow*>& rows);
    bool give_qualifiers(std::vector<SefRow*> const& variants);
    bool give_levels(std::vector<SefRow*> const& variants);
    SefRow& make() { return made_.emplace_back(); }

    std::deque<SefRow> made_;
    std::vector<SefRow*> rows_;
    std::map<SefItem const*, std::uint32_t> ordinals_;
    std::map<SefRow const*, SefRow const*> above_; // a level written inside another
    std::map<std::uint32_t, SefRow*> by_ordinal_;
    std::map<std::tuple<std::uint32_t, std::string_view, std::uint32_t, std::uint32_t>, SefCodeSubset const*> subsets_;
};

} // namespace wharf::grammar
