// Makes the element tables of rows that a guide narrows. Internal to grammar/.
#pragma once

#include "grammar/schema.hpp"

#include <memory>
#include <vector>

namespace wharf::grammar {

/// A list of the grammar and the codes that a guide takes beside it. Thread-safe.
[[nodiscard]] std::unique_ptr<CodeList const> widened_list(CodeList const& list, std::vector<std::string> const& codes);

class NarrowingCompiler {
public:
    /// `rules` begins with the grammar's rules by segment; what is narrowed is put behind them, and its narrowing into
    /// `narrowings`.
    NarrowingCompiler(NarrowedSet const& set, std::vector<SegmentRule>& rules, std::vector<Narrowing>& narrowings,
                      std::vector<std::unique_ptr<CodeList const>>& widened)
        : set_(set), rules_(rules), narrowings_(narrowings), widened_(widened) {}

    /// Index of the rule that holds at the node.
    [[nodiscard]] std::uint16_t rule_for(Node const& node);

private:
    void narrow(SegmentRule& rule, Narrowing& narrowing, ElementNarrowing const& element);
    void widen_codes(ElementRule& rule, std::vector<std::string> const& codes);
    [[nodiscard]] std::uint64_t unlisted_elements(NarrowedRow const& row, SegmentRule const& rule) const;

    NarrowedSet const& set_;
    std::vector<SegmentRule>& rules_;
    std::vector<Narrowing>& narrowings_;
    std::vector<std::unique_ptr<CodeList const>>& widened_;
};

} // namespace wharf::grammar
