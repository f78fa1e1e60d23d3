// The element rows of one row of the guide: what masks, lengths, types, codes and value lists say. Internal to the import.
#pragma once

#include "grammar/sef_notes.hpp"

#include <set>
#include <utility>

namespace wharf::grammar {

/// Marks that a guide cannot say but in words; told once for the file.
struct SefTally {
    unsigned marks = 0;
    char const* marks_at = nullptr;
    std::set<std::string, std::less<>> told; // "segment N9": what was reported and need not be again

    void mark(char const* at) {
        if (marks++ == 0) marks_at = at;
    }
    [[nodiscard]] bool first(std::string what) { return told.insert(std::move(what)).second; }
};

/// "Recommended", for marks that are kept as notes; empty: none.
[[nodiscard]] std::string_view mark_words(SefMark mark);
/// Notes of several kinds as one.
[[nodiscard]] std::string joined_notes(std::string_view mark, std::string_view note);

/// `conditional`: elements (number, component) that a rule of the file uses or not; they are not `-`.
[[nodiscard]] std::vector<SefLine> element_lines(SefSetView const& view, SefNotes const& notes, SefRow const& row,
                                                 std::set<std::pair<std::uint32_t, std::uint32_t>> const& conditional, SefTally& tally);

/// `codes A B  beyond codes B`, or `like "…"` where values are no codes; empty: cannot be said.
[[nodiscard]] std::string codes_cell(SefSetView const& view, std::vector<std::string> const& codes, std::string_view element, char const* at);
[[nodiscard]] std::string list_cell(SefSetView const& view, SefValueList const& list);

} // namespace wharf::grammar
