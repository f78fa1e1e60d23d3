// A SEF file as plain structs: what EDI guidelines are exchanged as (Standard Exchange Format 1.5 and 1.6). Nothing is resolved yet;
// the X3 rules stand in sef_parser.cpp.
//
//     .SETS   850=^[ST,M][BEG*1,M]+20[.CUR]{:200[N1*1][N2,,2]}^{…}     areas, segments, loops, position steps
//     .SEGS   N1=[98,M][93][66][67]+R0203P0304,.!..                     elements, notes, masks
//     .CODES  98=BY,ST,01:09%[BY,ST]+850/42///1                         lists, and what of them holds at a place
//
// Words borrow from the SefText, which a SefFile owns. Reading never stops at the first fault: a record with one is reported
// (SEF-0002) and left out. Limits: loops 16 deep, 200,000 codes, 20,000 records a section.
#pragma once

#include "grammar/dictionary.hpp"
#include "grammar/sef_text.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// What a guideline says of something, as the sign before it: '.' not used, '!' must be used, '$' recommended, '-' not recommended,
/// '&' depends on something; 0 nothing. In masks '.' says as it is and '#' not used.
using SefMark = char;

struct SefSegmentUse {
    char const* at = nullptr; // its first byte in the record, for SefText::place
    SefMark mark = 0;
    std::string_view segment;
    std::optional<std::uint32_t> mask;    // 1-based
    std::optional<std::uint32_t> ordinal; // `@n`
    char requirement = 0;                 // M, O, C, F as written
    std::optional<std::uint32_t> max;     // 0: unlimited
};

struct SefItem {
    SefSegmentUse use;           // of a loop: its first segment
    bool is_loop = false;
    bool starts_area = false;    // `^` before it
    std::uint32_t loop_max = 1;  // 0: unlimited
    std::string_view loop_id;
    std::vector<SefItem> items;  // of a loop: what follows its first segment
};
struct SefSet {
    std::string_view id;
    char const* at = nullptr;
    std::vector<SefItem> items;
};

struct SefElementUse {
    char const* at = nullptr;
    SefMark mark = 0;
    std::string_view element; // "98", "C040"; of a mask empty
    std::optional<std::uint32_t> ordinal, min, max, mask, repeat;
    char requirement = 0;
};
/// A segment or a composite.
struct SefSegment {
    std::string_view id;
    char const* at = nullptr;
    std::vector<SefElementUse> elements; // repeated groups written out
    std::vector<SyntaxNote> notes;
    std::vector<std::vector<SefElementUse>> masks;
};
struct SefElement {
    std::string_view id, type;
    char const* at = nullptr;
    std::uint32_t min = 0, max = 0; // 0: no limit
};

/// "850/26///2-1", "//N1//1", "850/26"
struct SefLocation {
    char const* at = nullptr;
    std::string_view text;
    std::string_view set;     // "850"; empty: of the dictionary
    std::string_view segment; // of the dictionary: "N1"
    std::uint32_t ordinal = 0, element = 0, component = 0;
};
struct SefCodeSubset {
    char const* at = nullptr;
    std::vector<std::string> codes;
    std::vector<SefLocation> places;
};
struct SefCodes {
    std::string_view element;
    char const* at = nullptr;
    std::vector<std::string> codes;
    std::vector<SefCodeSubset> subsets;
    bool has_parts = false; // codes of two parts, `ABC|01`
};

struct SefValue {
    char const* at = nullptr;
    bool is_pattern = false;
    std::string_view text;
};
struct SefValueList {
    std::string_view name;
    char const* at = nullptr;
    std::vector<SefValue> values;
};
struct SefValuePlace {
    SefLocation place;
    std::string_view list;
};

struct SefVariable {
    std::string_view name;
    SefLocation place;
};
struct SefTest {
    std::string_view variable, operation, value; // "EQ"
    bool or_before = false;                      // joined to the one before with `|`, else with `&`
};
struct SefRule {
    char const* at = nullptr;
    SefLocation place;
    std::vector<SefTest> tests; // none: always
    std::string_view action, argument; // "USAGE", "2"
    std::string_view text;
};

struct SefNote {
    char const* at = nullptr;
    std::string_view kind; // "SETS"
    std::vector<std::string_view> where; // "850", "42", "1"
    std::uint32_t what = 0;
    std::string_view text;
};

struct SefFile {
    SefText text;
    std::string version; // "1.6"; empty: none is said
    std::string_view name, release, agency, base, title; // .INI
    char const* head_at = nullptr;
    bool has_repeats = false; // .STD says RE
    std::vector<SefSet> sets;
    std::vector<SefSegment> segments, composites;
    std::vector<SefElement> elements;
    std::vector<SefCodes> codes;
    std::vector<SefValueList> lists;
    std::vector<SefValuePlace> list_places;
    std::vector<SefVariable> variables;
    std::vector<SefRule> rules;
    std::vector<SefNote> notes;

    [[nodiscard]] SefSegment const* segment(std::string_view id) const;
    [[nodiscard]] SefSegment const* composite(std::string_view id) const;
    [[nodiscard]] SefElement const* element(std::string_view id) const;
    [[nodiscard]] SefCodes const* codes_of(std::string_view element) const;
};

/// nullptr: this is no SEF file, which is reported. Codes SEF-0001 to 0009 and 0012.
[[nodiscard]] std::unique_ptr<SefFile> read_sef(std::string bytes, SefFindings& findings);

inline constexpr std::size_t max_sef_codes = 200'000; // of one list

/// Writes out ranges: "00:02" is 00, 01, 02; "AA:AC", "A1:A9". False when the ends do not make one.
[[nodiscard]] bool expand_sef_range(std::string_view first, std::string_view last, std::vector<std::string>& codes);

} // namespace wharf::grammar
