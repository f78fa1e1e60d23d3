// Does a set make sense? Counts, hash totals, check digits, sums, dates that contradict: warnings with codes of their own
// (X12-04xx), which never enter a 997 or 999. docs/validator.md lists the rules.
//
// Runs once per set, after the structure is known. Costs next to nothing for sets and segments it has no question about: what to
// look at is worked out per schema, once. Internal to grammar/. One object per worker; the schema is shared and must outlive it.
#pragma once

#include "grammar/findings.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <memory>
#include <vector>

namespace wharf::grammar {

/// Whether the structure of the set had findings. Counts and sums over a broken set would only report the same fault again; then
/// only what can be judged within one segment or one block is looked at.
enum class Structure : std::uint8_t { right, broken };

class SenseCheck {
public:
    explicit SenseCheck(Schema const& schema);
    ~SenseCheck();
    SenseCheck(SenseCheck&&) noexcept;
    SenseCheck& operator=(SenseCheck&&) noexcept;

    /// `nodes`: the row of each segment, no_node for one that has no place.
    void run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Structure structure, Findings& findings);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::grammar
