// One line of a grammar file (docs/grammar-language.md), parsed. Plain structs; the X3 rules stand in grammar_line.cpp.
//
// No line continues another, so a parser needs one line only and an error never spreads beyond it.
// Everything in a Line borrows from the text it was parsed from. Thread-safe: no state.
#pragma once

#include "grammar/grammar_release.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// The kinds of file below grammars/x12; each allows other rows.
enum class FileKind { releases, envelope, set, segments, elements, codes };

enum class LineKind {
    empty,       // nothing, or a comment
    release,     // 004010  00401  positions 3
    envelope,    // envelope
    set,         // set 850 "Purchase Order" group PO
    area,        // heading
    set_row,     // 120   loop SAC  O 25
    segment,     // segment REF "Reference Information"
    composite,   // composite C040 "Reference Identifier"
    element_use, // 04  C040 O  @003060..
    note,        // note  P0304
    key,         // key 02
    pairs,       // pairs 06..25
    element,     // element 98  ID 2/3  "Entity Identifier Code"
    codes,       // codes 353 "Transaction Set Purpose Code"
    group,       // @all
    code,        // 00 Original
};

/// One of the values a row has, each in its releases: `O >1 @003060.. | O 12 @..003040`.
struct Alternative {
    std::uint32_t column = 0;         // 1-based, where it begins
    bool has_life = false;            // its releases are written
    ReleaseMask life = every_release;
    // of a set_row, element_use
    bool mandatory = false;
    std::uint32_t count = 1;          // maximum or repeat; 0: unlimited
    std::string_view reference;       // of an element_use: "128", "C040"
    // of an element
    std::string_view type;
    std::uint32_t min = 0;
    std::uint32_t max = 0;
    // of pairs: first and last position; of a key: first, 0 for none
    std::uint8_t first = 0;
    std::uint8_t last = 0;
};

struct Line {
    LineKind kind = LineKind::empty;
    std::string_view text;         // without its end of line
    std::uint32_t number = 0;      // 1-based, set by whoever counts lines
    std::uint32_t indent = 0;      // blanks before the first word
    std::uint32_t id_column = 0;
    std::string_view id;           // what the row is about: segment, set, element, release, code
    std::string_view name;         // the quoted text; the meaning of a code; ISA12 of a release
    std::string_view group;        // of a set: GS01
    std::string_view position;     // of a set_row
    std::uint32_t number_value = 0; // of an element_use: its position; of a release: digits of positions
    Area area = Area::heading;
    bool is_loop = false;
    ReleaseMask life = every_release; // of the whole row
    std::uint32_t life_column = 0;    // 0: not written
    std::vector<Alternative> alternatives;
    std::vector<SyntaxNote> notes;
};

struct LineError {
    std::string code; // GRAMMAR-0001 or GRAMMAR-0002
    std::string message;
    std::uint32_t column = 0; // 1-based
    std::uint32_t length = 0; // of what was found there
};

/// Parses `text`, one line without its end, as a row of `kind`. False: `error` says where and what was expected.
/// `line` is overwritten but for its number; its vectors keep their memory.
[[nodiscard]] bool parse_line(FileKind kind, std::string_view text, ReleaseTable const& releases, Line& line,
                              LineError& error);

} // namespace wharf::grammar
