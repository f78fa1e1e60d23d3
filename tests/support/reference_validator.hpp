// The smallest obvious validator: slow, plain, and sharing nothing with src/grammar's but the grammar's data. What both say
// of a document must agree (tests/property), so that neither can be wrong alone.
//
// How it reads, which is the definition the fast one is held to:
//
//   Structure. Rows are read in order, as printed. A row takes every next segment of its id until its maximum is reached; a
//   loop takes its first segment and then its rows. There is no looking ahead and no going back. The set is right when every
//   row that must come did, and SE was the last segment. Otherwise `structure` is the first segment that could not be read so:
//   it has no place, or something that must stand before it does not.
//
//   Elements. Each element of each segment of the set's own segments, wherever it stands, has one verdict: right, or wrong
//   for one reason. A missing mandatory element, and a note that does not hold, stand at an element too: P and C at the first
//   that is absent, R at the first named, L at the second named, E at the second that is present. A note that names a missing mandatory
//   element says nothing more.
#pragma once

#include "support/document.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wharf::test {

struct ElementFault {
    std::size_t segment = 0;    // from 0
    std::uint32_t element = 0;  // from 1; 0: separators behind the last element
    std::string reason;         // missing, surplus, length, value, code, date, time, component, repeat, blank, note
    friend auto operator<=>(ElementFault const&, ElementFault const&) = default;
};

struct ReferenceVerdict {
    std::optional<std::size_t> structure; // the first segment that could not be read; nothing: the structure is right
    std::vector<ElementFault> elements;   // sorted, each once
    std::vector<grammar::NarrowedRow const*> rows; // of each segment read; nullptr from `structure` on
};

[[nodiscard]] ReferenceVerdict judge(Document const& document);
/// Only the structure, and the rows that go with it.
[[nodiscard]] std::optional<std::size_t> first_structural_fault(Document const& document);
[[nodiscard]] std::vector<grammar::NarrowedRow const*> rows_of(Document const& document);

} // namespace wharf::test
