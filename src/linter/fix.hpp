// Mends in an X12 file what can be mended without knowing the business: what is said twice, or says nothing.
//
// Each mending belongs to a code of the linter and happens only where the linter, with the same options, reports that code:
//
//     safe     X12-0005 (terminator of the IEA, when its numbers fit) X12-0006 X12-0010 X12-0011 X12-0013 X12-0014
//              X12-0101 (ISA fields: blanks, and zeros before ISA13) X12-0317 X12-0318
//     unsafe   X12-0111 X12-0112 (IEA) X12-0121 X12-0122 (GE) X12-0131 X12-0132 (SE) X12-0402 (CTT01): counts and trailer numbers, since
//              a wrong one is often the only sign that something was lost
//
// No element of any other segment changes by a byte. Mending is repeated until nothing more can be mended (what one mending uncovers,
// the next one sees), so that fix(fix(x)) == fix(x). Pure: opens nothing, never throws for what a file holds. Time is linear in the file for
// each round, at most 16 rounds. Several threads may share the SchemaCache.
#pragma once

#include "grammar/interchange.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::linter {

/// Whether findings of a code can be mended, most of the time at least: the lists above.
enum class Mending { none, safe, unsafe };
[[nodiscard]] Mending mending_of(std::string_view code);

struct FixOptions {
    bool unsafe = false;                  // counts and trailer numbers too
    grammar::InterchangeReaderOptions reader; // what is reported is mended: guides, release, severities
};

/// How often the fault of a code was mended.
struct FixCount {
    std::string code;
    std::uint64_t count = 0;
};

struct FixResult {
    std::string text;            // the whole file, mended
    std::vector<FixCount> fixed; // sorted by code; empty: `text` is the file as it was
};

/// `file_name` goes into findings and is not opened.
///
///     fix("…N1*ST*ACME~~…").text == "…N1*ST*ACME~…"
[[nodiscard]] FixResult fix(std::string_view text, std::string const& file_name, grammar::SchemaCache& schemas, FixOptions const& options = {});

/// The same as a person reviews it: a unified diff whose lines are segments. Empty when nothing differs.
[[nodiscard]] std::string segment_diff(std::string_view before, std::string_view after, std::string_view file_name);

} // namespace wharf::linter
