// One line of a guide (docs/guides.md), parsed. Plain structs; the X3 rules stand in guide_line.cpp.
//
// No line continues another, and its first word decides what it is, so an error never spreads beyond its line. Every word keeps
// its column. Words borrow from the text; rules own theirs. Functions without state, thread-safe. Limits: 10,000 bytes a line, 16
// parentheses inside each other, 500 codes in a cell.
#pragma once

#include "grammar/narrowed_set.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// Where a word stands in its line.
struct Span {
    std::uint32_t column = 0; // 1-based, bytes
    std::uint32_t length = 0;
};
struct Word : Span {
    std::string_view text;
};

enum class GuideLineKind {
    empty,       // nothing, or a comment
    guide,       // guide acme-850 "ACME Stores: purchase order"
    narrows,     // narrows 850 of 004010
    answers,     // answers 004010 004010VICS
    extends,     // extends acme-common
    unlisted,    // unlisted report
    area,        // heading
    levels,      // levels HL
    level_row,   // S "Shipment"  M 1
    level_count, // HL01 count from 1
    level,       // level S
    segment,     // loop N1 [ST]  M 1  "Ship to"
    element,     // N104  M  4/4 digits
    pair,        // <UP>  O is upc
    rule,        // when …, need …, order …
    note,        // note "…"
};

struct GuideQualifier : Span {
    std::uint8_t element = 0;   // 0: the segment's own qualifier
    std::uint8_t component = 0;
    std::string_view segment;   // of a named element: `SAC` of SAC02=C310
    std::string value;
};

/// What a row says beside use and count.
struct GuideCell : Span {
    enum class Kind { digits, unique, report, override_parent, is, like, decimals, from, codes, lengths, name };
    Kind kind = Kind::name;
    bool beyond = false;
    std::vector<Word> values; // codes
    std::uint32_t min = 0;    // lengths; decimals
    std::uint32_t max = 0;
    std::optional<Decimal> lower, upper; // from … to …
    ValueKind is = ValueKind::none;
    std::string text;         // name, like
};

struct GuideCount : Span {
    std::uint32_t min = 0;
    std::uint32_t max = 0; // 0: unlimited
    bool has_min = false;  // written as min..max
    bool beyond = false;
};

enum class LevelCount { count_from, parent, unused };

struct GuideLine {
    GuideLineKind kind = GuideLineKind::empty;
    std::string_view text;    // without its end
    std::uint32_t number = 0; // 1-based
    std::uint32_t indent = 0; // blanks before the first word
    Word id;                  // guide name, set, release, parent, segment, element, code of a pair or level
    std::string title;        // of guide, level_row; the text of a note
    std::vector<Word> words;  // narrows: the release; answers: releases; level_row: `under`
    bool beyond = false;      // stands before the row
    Span beyond_span;
    bool is_loop = false;
    Area area = Area::heading;
    Unlisted unlisted = Unlisted::allow;
    std::uint32_t place = 1;  // `#2`
    bool any_value = false;   // `[*]`
    std::vector<GuideQualifier> qualifiers;
    Span qualifier_span;      // with the brackets
    std::uint8_t element = 0; // of an element or level_count row
    std::uint8_t component = 0;
    std::string_view segment; // of an element row: `N1` of N104
    Use use = Use::grammar;
    Span use_span;
    std::optional<GuideCount> count;
    std::vector<GuideCell> cells;
    LevelCount level_count = LevelCount::count_from;
    std::uint32_t number_value = 0; // count from N
    Rule rule;
    std::vector<std::vector<GuideCell>> effect_cells; // of rule.effects, one each

    [[nodiscard]] GuideCell const* cell(GuideCell::Kind wanted) const;
};

struct GuideLineError : Span {
    std::string message;
    std::string help;
};

/// Parses `text`, one line without its end. False: `error` says where and what was expected. `file` must outlive the line's rule.
[[nodiscard]] bool parse_guide_line(std::string_view text, std::uint32_t number, std::string const* file, GuideLine& line,
                                    GuideLineError& error);

/// A text or code as a guide writes it: bare when its signs allow, else in quotes.
[[nodiscard]] std::string guide_value(std::string_view value);
/// A text in quotes; a quote inside is written twice.
[[nodiscard]] std::string guide_quoted(std::string_view text);
/// "upc", "gtin", …: the words of `is`.
[[nodiscard]] std::string_view value_kind_word(ValueKind kind);

} // namespace wharf::grammar
