// What a map file says, as plain structs: the result of parsing, before anything is known of grammars or schemas.
//
// Everything owns its texts. Every part that a message may point at carries its column; a line carries its Origin.
// docs/map-language.md explains the language these structs mirror.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wharf::translator {

/// The line of a map file that something comes from.
struct Origin {
    std::string file;       // as it is called in messages: "x12/850.map"
    std::uint32_t line = 0; // 1-based
    std::string text;       // the line, for the excerpt

    [[nodiscard]] std::string text_place() const { return file + ":" + std::to_string(line); }
};

/// One member of a canonical path; `[member=word]` selects the list entry whose `member` is `word`.
struct CanonicalPart {
    std::string name;
    std::string select_member, select_word;
    friend bool operator==(CanonicalPart const&, CanonicalPart const&) = default;
};

/// "lines[]", "address.city", "../unit".
struct CanonicalPath {
    unsigned up = 0;
    std::vector<CanonicalPart> parts;
    bool list = false; // ends in []
    std::uint32_t column = 0;

    [[nodiscard]] std::string text() const;
    /// The same place, whatever column it was written at.
    [[nodiscard]] bool same(CanonicalPath const& other) const {
        return up == other.up && parts == other.parts && list == other.list;
    }
};

/// "[ST]", "[T,P]", "[02=UCP]", "[02=]": by the qualifier (element 0) or by a named element; no code: the element must
/// be empty.
struct Select {
    unsigned element = 0;
    std::vector<std::string> codes;
};

/// One element of a path or tuple: "06", "04-02", "05=RD8", "03?".
struct Cell {
    unsigned element = 0;
    unsigned component = 0; // 0: the whole element
    std::optional<std::string> constant;
    bool may_lack = false;
    std::uint32_t column = 0;
};

struct Step {
    std::string segment;
    unsigned number = 1; // N1#2: the second row of that name
    std::optional<Select> select;
    std::uint32_t column = 0;
};

/// How external paths are written; the format decides.
enum class PathSyntax : std::uint8_t {
    segments, // X12, EDIFACT: BEG03, N1[ST]02, 06+07...
    names,    // the others: "PO Number", Total/Money/@currency, row, H.po
};

/// One step of a path by names: `Total`, `@currency`, `"PO Number"`, `row`, `text()`, `Address[@role=shipTo]`.
struct NodeStep {
    std::string name; // without quotes; of an attribute without @; of `text()` empty
    bool attribute = false;
    bool quoted = false; // "row" is a column of that name, row the format's word
    struct Select {
        std::vector<NodeStep> path; // from the node to the field that decides
        std::string word;
    };
    std::vector<Select> select; // at most one
    std::vector<NodeStep> by;   // of `row by "Ship To"`, `documents by …`: what neighbours must share
    std::uint32_t column = 0;
};

/// "BEG03", "N1[ST]", "CTT/AMT[TT]02", "06+07...[UP]", "SDQ/03+04..." of formats made of segments; of the others
/// "Total/Money/@currency", only `nodes` is filled then.
struct ExternalPath {
    unsigned up = 0;
    std::vector<NodeStep> nodes;
    std::vector<Step> steps;
    std::vector<Cell> cells;
    bool slash_before_cells = false; // SDQ/03+04: over all segments of that id
    bool repeats = false;            // ...
    std::optional<Select> tuple_select;
    std::string text; // as written
    std::uint32_t column = 0;
};

enum class Direction { both, read, write };

/// What stands after `=`.
struct Expression {
    enum class Kind { literal, variable, path, count_path, count_segment, sum, total } kind = Kind::literal;
    std::string text;                   // literal, variable without $, segment id
    CanonicalPath path;                 // path, count_path, sum; of a variable what stands behind $
    bool everywhere = false;            // count_path, sum
    std::vector<CanonicalPath> factors; // sum: what is multiplied, of each entry; none: the entry is the value
    std::vector<Expression> parts;      // total: joined by + and -
    bool negative = false;              // of a part of a total
    std::uint32_t column = 0;
};

struct Conversion {
    std::string name;
    std::vector<std::string> arguments;
    std::optional<CanonicalPath> path; // of `same`
    std::uint32_t column = 0;
};

/// One place a list or value is read from; several are joined by `then`.
struct Source {
    bool each = false;
    std::vector<ExternalPath> alternatives; // joined by `or`
    std::string shape;
    std::uint32_t shape_column = 0;
};

struct Condition {
    enum class Kind { test, all, any } kind = Kind::test;
    bool negated = false;
    bool variable = false; // $profile.… or $envelope.…
    CanonicalPath path;
    std::vector<std::string> words; // empty: the member is there
    std::vector<Condition> parts;   // of all, any
};

/// What a value does that cannot be converted.
enum class OnError : std::uint8_t { refuse, hold, pass };

struct Rule {
    enum class Target { member, same_object, none, one_of } target = Target::member;
    CanonicalPath path;
    Direction direction = Direction::both;
    std::vector<Source> sources; // empty: canonical only (`position read = $index`)
    std::optional<Expression> expression;
    bool drop = false;
    std::vector<Conversion> conversions;
    std::optional<Condition> when;
    OnError on_error = OnError::refuse;
    std::vector<Rule> rules;     // the indented lines
    std::vector<Origin> origins; // first the line that wrote it, then lines it replaced
    bool in_shape = false;       // written in a shape: left out where the place does not have what it names

    [[nodiscard]] Origin const& origin() const { return origins.front(); }
};

struct Shape {
    std::string name;
    std::vector<Rule> rules;
    Origin origin;
};

/// One row a partner adds to a code table.
struct TableRow {
    std::string table, code, word;
    bool write = false; // marked with *
    Origin origin;
};

struct Edit {
    enum class Kind { add, replace, remove, in_member, in_shape } kind = Kind::add;
    Rule rule;               // add, replace; of remove and in_member: its path (and, for "-" lines, its source)
    std::string shape;       // in_shape
    std::vector<Edit> edits; // in_member, in_shape
    Origin origin;
};

/// An option that only its format understands: `format csv delimiter ";"`, `columns …`, `documents by …`, `record …`,
/// `namespace …`, `order …`. Words as written, quotes taken off.
struct OptionWord {
    std::string text;
    bool quoted = false;
    std::uint32_t column = 0;
};
struct OptionLine {
    std::string keyword; // "format", "columns", …
    std::vector<OptionWord> words;
    Origin origin;
};

/// One file, parsed.
struct MapFile {
    std::string name;    // "x12/850"
    std::string extends; // base map; empty: none
    std::string title;
    std::string document;
    unsigned document_version = 1;
    std::string format; // "x12"
    std::string set;    // "850"; x12 only
    std::vector<std::string> releases;
    PathSyntax syntax = PathSyntax::segments;
    std::vector<std::pair<std::string, Origin>> includes;
    std::vector<OptionLine> options; // of formats other than x12
    std::vector<TableRow> table_rows;
    std::vector<Rule> rules;
    std::vector<Shape> shapes;
    std::vector<Edit> edits; // of a file that extends another
    Origin origin;           // of the header
};

} // namespace wharf::translator
