// Grammar files read into entries: what a file says about one thing in all releases, each part with the releases it
// lives in, and from there the view of one release.
//
// Entries borrow from the text they were read from. Reading never stops at the first fault: every one goes to the
// Problems given, and the rest is still read. Functions without state, thread-safe.
#pragma once

#include "grammar/dictionary.hpp"
#include "grammar/grammar_line.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

struct GrammarText {
    std::string name;      // for messages: "grammars/x12/sets/850" or the path of an overlay's file
    std::string_view text;
};

/// A piece of a file: a segment with its rows, one element, or the whole file.
struct Block {
    GrammarText const* file = nullptr;
    std::string_view id;     // "REF"; empty for a whole file
    std::string_view text;
    std::uint32_t line = 1;  // of its first line in the file
};

/// Where faults go. Without a list they are only counted.
class Problems {
public:
    explicit Problems(Diagnostics* list = nullptr) : list_(list) {}
    void add(std::string_view code, Block const& block, Line const& line, std::uint32_t column, std::uint32_t length,
             std::string message, std::string help = {});
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    Diagnostics* list_;
    std::size_t count_ = 0;
};

/// The lines of a block, one after the other, without the empty ones. Faulty lines are reported and left out, but
/// `faulty_indent` remembers how deep the last one stood.
class LineReader {
public:
    LineReader(FileKind kind, Block const& block, ReleaseTable const& releases, Problems& problems);
    [[nodiscard]] bool next();
    [[nodiscard]] Line const& line() const { return line_; }
    static constexpr std::uint32_t no_fault = 0xffffffff;
    std::uint32_t faulty_indent = no_fault;

private:
    FileKind kind_;
    Block const& block_;
    ReleaseTable const& releases_;
    Problems& problems_;
    std::string_view rest_;
    Line line_;
    std::uint32_t number_;
};

/// A value and the releases that have it.
template <class Value> struct Lived {
    ReleaseMask life = 0;
    Value value{};
};
/// The value of one release; nullptr when none lives in it.
template <class Value> [[nodiscard]] Value const* value_in(std::vector<Lived<Value>> const& values, unsigned release) {
    for (auto const& [life, value] : values)
        if ((life >> release & 1) != 0)
            return &value;
    return nullptr;
}

struct RowEntry {
    std::string_view segment;
    std::string_view position;
    Area area = Area::heading;
    bool is_loop = false;
    std::uint32_t depth = 1;
    std::uint32_t line = 0;
    std::uint32_t column = 0; // of the segment
    ReleaseMask life = 0;
    std::vector<Lived<Alternative>> values;
};
struct SetEntry {
    std::string_view id;
    std::string_view name;
    std::string_view group;
    ReleaseMask life = 0;
    std::vector<RowEntry> rows; // in file order; a row of greater depth stands inside the loop before it
};

struct UseEntry {
    std::uint8_t position = 0;
    std::uint32_t line = 0;
    ReleaseMask life = 0;
    std::vector<Lived<Alternative>> values;
};
/// A segment or a composite.
struct SegmentEntry {
    std::string_view id;
    std::string_view name;
    bool is_composite = false;
    ReleaseMask life = 0;
    std::vector<UseEntry> uses;
    std::vector<Lived<std::vector<SyntaxNote>>> notes;
    std::vector<Lived<Alternative>> keys;
    std::vector<Lived<Alternative>> pairs;
};
struct ElementEntry {
    std::string_view id;
    std::string_view name;
    ReleaseMask life = 0;
    std::vector<Lived<Alternative>> values;
};
struct CodeEntryRow {
    std::string_view code;
    std::string_view meaning;
    ReleaseMask life = 0;
    std::uint32_t line = 0;
};
struct CodesEntry {
    std::string_view id;
    std::string_view name;
    ReleaseMask life = 0;
    std::uint32_t line = 1; // of the head
    std::vector<CodeEntryRow> rows;
};

[[nodiscard]] ReleaseTable read_releases(GrammarText const& file, Problems& problems);
/// Cuts `segments` or `elements` before each row at column 1. Order as in the file. No syntax is checked.
[[nodiscard]] std::vector<Block> split_blocks(GrammarText const& file);
[[nodiscard]] SetEntry read_set(GrammarText const& file, ReleaseTable const& releases, Problems& problems);
[[nodiscard]] SetEntry read_envelope(GrammarText const& file, ReleaseTable const& releases, Problems& problems);
[[nodiscard]] SegmentEntry read_segment(Block const& block, ReleaseTable const& releases, Problems& problems);
[[nodiscard]] SegmentEntry read_composite(Block const& block, ReleaseTable const& releases, Problems& problems);
[[nodiscard]] ElementEntry read_element(Block const& block, ReleaseTable const& releases, Problems& problems);
/// Only the head of a set or code list: its id, name and life. Stops after the first row.
[[nodiscard]] SetEntry read_set_head(GrammarText const& file, ReleaseTable const& releases);
[[nodiscard]] CodesEntry read_codes_head(GrammarText const& file, ReleaseTable const& releases);
[[nodiscard]] CodesEntry read_codes(GrammarText const& file, ReleaseTable const& releases, Problems& problems);

// ---- the view of one release, given by its index; the entry must live in it

[[nodiscard]] SetDefinition view_set(SetEntry const& entry, ReleaseTable const& releases, unsigned release);
[[nodiscard]] SegmentDefinition view_segment(SegmentEntry const& entry, unsigned release); // key: 0 unless written
[[nodiscard]] CompositeDefinition view_composite(SegmentEntry const& entry, unsigned release);
[[nodiscard]] ElementDefinition view_element(ElementEntry const& entry, unsigned release);

} // namespace wharf::grammar
