// Makes the element tables of rows that a guide narrows, so that the fast path reads a narrowed row as it reads any other: mandatory
// masks, lengths, code lists and what is not used go into a rule of the row's own; what those tables cannot say stays in the row's
// Narrowing, for NarrowingFindings to look at. A row that no guide speaks of keeps the rule of its segment. Internal to grammar/.
//
// Used once, by compile_schema, on one thread; the result is immutable. It cannot fail: the reader of guides has refused what does not
// fit the grammar, and places that a grammar does not have are passed over. Everything is borrowed and must outlive the compiler; the
// rules then point into `set` (code lists, notes) and into `widened`, which the schema owns with them.
#pragma once

#include "grammar/schema.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace wharf::grammar {

/// A list of the grammar and the codes that a guide takes `beyond` it. Borrows the list; made when the schema is, read by all threads.
[[nodiscard]] std::unique_ptr<CodeList const> widened_list(CodeList const& list, std::vector<std::string> const& codes);

class NarrowingCompiler {
public:
    /// `rules` begins with the grammar's rules by segment; what is narrowed is put behind them, and its narrowing into
    /// `narrowings`.
    NarrowingCompiler(NarrowedSet const& set, std::vector<SegmentRule>& rules, std::vector<Narrowing>& narrowings,
                      std::vector<std::unique_ptr<CodeList const>>& widened);

    /// Index of the rule that holds at the node, in `rules`: the segment's own, or one made for the node. Once for each node.
    [[nodiscard]] std::uint16_t rule_for(Node const& node);

private:
    void narrow(SegmentRule& rule, Narrowing& narrowing, ElementNarrowing const& element);
    void widen_codes(ElementRule& rule, std::vector<std::string> const& codes);
    [[nodiscard]] std::uint64_t unlisted_elements(NarrowedRow const& row, SegmentRule const& rule) const;

    NarrowedSet const& set_;
    std::unordered_map<std::string, std::uint64_t> mentioned_; // by segment: elements that rules name, bit n-1 for element n
    std::vector<SegmentRule>& rules_;
    std::vector<Narrowing>& narrowings_;
    std::vector<std::unique_ptr<CodeList const>>& widened_;
};

} // namespace wharf::grammar
