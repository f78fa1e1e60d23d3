// Two files of X12 compared by what they mean: sets by kind and number, loops and lines by their numbers, item identifiers and
// qualifiers, repetitions and pairs by theirs; neither text nor order, but for the order of lines, which is told as moves.
//
// Separators, line ends, control numbers, dates and counts of the envelope are left aside (DifferenceOptions::envelope takes them in),
// and so are counts that follow from the lines. Numbers are equal by value unless `exact`. Holds both files in memory; time is linear
// in them, n log n where lines have moved. Never fails for what a file holds beyond being no X12.
#pragma once

#include "base/byte_source.hpp"
#include "grammar/interchange.hpp"
#include "linter/show_model.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wharf::linter {

inline constexpr std::size_t most_differences = 10'000; // kept; further ones are counted

struct DifferenceOptions {
    grammar::InterchangeReaderOptions reader;
    bool envelope = false;
    bool exact = false; // 10 and 10.00 differ
};

enum class DifferenceKind { added, removed, changed, moved };

struct Difference {
    DifferenceKind kind = DifferenceKind::changed;
    std::string set;  // "850 Purchase Order PO-4711"; empty: of the envelope
    std::string path; // "850/PO1[2]/N1[ST]/N104"; of a whole set "850"
    std::string name; // "Identification Code"
    std::optional<ShownWord> before, after; // values of an element; of a move the places, from 1
    std::vector<std::string> segments;      // of what was added or removed as a whole, as they stand in the file; at most 20
    std::uint64_t more_segments = 0;        // beyond those
    std::optional<std::uint64_t> left_offset, right_offset; // in the files
};

struct DifferenceResult {
    std::vector<Difference> differences; // set by set in the order of the left file, then what only the right one has
    std::uint64_t suppressed = 0;        // beyond most_differences
    std::uint64_t left_sets = 0, right_sets = 0, matched_sets = 0;
    [[nodiscard]] bool equal() const { return differences.empty() && suppressed == 0; }
};

/// Fails when a medium does (as it says), or with `invalid` when a file is no X12, in words that name it.
[[nodiscard]] Result<DifferenceResult> difference(std::unique_ptr<ByteSource> left, std::string const& left_name, std::unique_ptr<ByteSource> right,
                                                  std::string const& right_name, grammar::SchemaCache& schemas, DifferenceOptions const& options);

} // namespace wharf::linter
