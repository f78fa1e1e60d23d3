// Runs what a schema cannot say row by row: rules of guides (when, need, order, unique), and the tree of HL segments.
//
// Runs once per set, after the structure is known: every segment has its node. Findings are appended in any order; the
// validator sorts. Internal to grammar/. One object per worker (it keeps scratch memory); the schema is shared.
#pragma once

#include "grammar/findings.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <memory>
#include <vector>

namespace wharf::grammar {

class GuideRules {
public:
    /// Resolves all paths of the schema's rules to nodes once. The schema must outlive the object.
    explicit GuideRules(Schema const& schema);
    ~GuideRules();
    GuideRules(GuideRules&&) noexcept;
    GuideRules& operator=(GuideRules&&) noexcept;

    /// False when the set has nothing to run: call run() only where this is true.
    [[nodiscard]] bool any() const;
    /// `nodes`: the row of each segment, no_node for one that has no place. `special`: FastCheck::special() of the set.
    /// `structure_right`: every segment has its place.
    void run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, std::uint8_t special, bool structure_right, Findings& findings);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::grammar
