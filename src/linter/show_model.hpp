// What `wharf show` shows, before it becomes text or HTML: plain values that own their texts.
//
// Texts are as they stand in the file or the grammar; the renderers escape them.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::linter {

/// What a person reads, and what stands in the file for it where that says something else: "Ship To" for ST.
struct ShownWord {
    std::string text;
    std::string code;
    std::string date{}; // "2025-06-02" where `text` writes a date out

    friend bool operator==(ShownWord const&, ShownWord const&) = default;
};

struct ShownFact {
    ShownWord label; // may be empty: a line of its own
    std::vector<ShownWord> values;
    bool is_number = false;
    std::string_view separator = " "; // between values
    std::string unit{};               // not empty: the last value says in what is counted, and is called this
};

struct ShownFinding {
    Severity severity = Severity::error;
    std::string code, message, help;
};

/// Facts in one paragraph: a segment inside a row of a table or a level of a tree.
struct ShownLine {
    unsigned indent = 0;
    ShownWord title; // may be empty
    std::vector<ShownFact> facts;
    std::vector<ShownFinding> findings;
};

struct ShownColumn {
    ShownWord label;
    bool is_number = false;
};

struct ShownRow {
    std::vector<std::vector<ShownWord>> cells; // as many as there are columns
    std::vector<ShownFinding> findings;
    std::vector<ShownLine> more; // what has no column
};

enum class ShownKind {
    file,        // a file, or what stands around interchanges
    interchange, // ISA
    group,       // GS
    set,         // the title of a set
    section,     // part of a set
    level,       // of a tree: an HL with what belongs to it
    trailer,     // SE, GE, IEA and the like: of little interest
};

/// A piece of the page. Title, facts, findings, table and lines come in this order.
struct ShownBlock {
    ShownKind kind = ShownKind::section;
    unsigned depth = 0;     // sections in sections, levels below levels; of a trailer: 1 of an interchange, 2 of a group, 3 of a set
    bool is_last = true;    // of a level: nothing more stands beside it
    ShownWord title;        // empty: goes on below the block before
    std::string source;     // the segment it comes from, or what was read to make it
    std::vector<ShownFact> facts;
    std::vector<ShownFinding> findings;
    std::vector<ShownColumn> columns;
    std::vector<ShownRow> rows;
    std::vector<ShownLine> lines;
};

} // namespace wharf::linter
