#include "grammar/guide_rules.hpp"

#include "grammar/hierarchy.hpp"
#include "grammar/rule_run.hpp"

namespace wharf::grammar {

struct GuideRules::State {
    explicit State(Schema const& schema) : hierarchy(schema), bounded_loops(schema), rules(schema, hierarchy) {}

    Hierarchy hierarchy;
    BoundedLoops bounded_loops;
    RuleRun rules; // reads the tree: after the hierarchy
};

GuideRules::GuideRules(Schema const& schema) : state_(std::make_unique<State>(schema)) {}
GuideRules::~GuideRules() = default;
GuideRules::GuideRules(GuideRules&&) noexcept = default;
GuideRules& GuideRules::operator=(GuideRules&&) noexcept = default;

bool GuideRules::any() const { return state_->hierarchy.any() || state_->bounded_loops.any() || state_->rules.any(); }

void GuideRules::run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, std::uint8_t special, Findings& findings) {
    if (state_->hierarchy.any())
        state_->hierarchy.run(set, nodes, findings);
    if (state_->bounded_loops.any() && (special & special_loop_header) != 0)
        state_->bounded_loops.run(set, nodes, findings);
    if (state_->rules.any())
        state_->rules.run(set, nodes, findings);
}

} // namespace wharf::grammar
