#include "grammar/guide_rules.hpp"

#include "grammar/hierarchy.hpp"
#include "grammar/rule_quick.hpp"

namespace wharf::grammar {

struct GuideRules::State {
    explicit State(Schema const& schema)
        : hierarchy(schema), bounded_loops(schema), rules(schema, hierarchy), quick(rules), rest(schema, hierarchy, &quick.rest()) {}

    Hierarchy hierarchy;
    BoundedLoops bounded_loops;
    RuleRun rules; // reads the tree: after the hierarchy
    QuickRules quick;
    RuleRun rest;  // what the quick look does not look at
};

GuideRules::GuideRules(Schema const& schema) : state_(std::make_unique<State>(schema)) {}
GuideRules::~GuideRules() = default;
GuideRules::GuideRules(GuideRules&&) noexcept = default;
GuideRules& GuideRules::operator=(GuideRules&&) noexcept = default;

bool GuideRules::any() const { return state_->hierarchy.any() || state_->bounded_loops.any() || state_->rules.any(); }

void GuideRules::run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, std::uint8_t special, bool structure_right,
                     Findings& findings) {
    if (state_->hierarchy.any())
        state_->hierarchy.run(set, nodes, findings);
    if (state_->bounded_loops.any() && (special & special_loop_header) != 0)
        state_->bounded_loops.run(set, nodes, findings);
    if (!state_->rules.any())
        return;
    if (!structure_right || !state_->quick.run(set, nodes))
        state_->rules.run(set, nodes, findings);
    else if (state_->rest.any())
        state_->rest.run(set, nodes, findings);
}

} // namespace wharf::grammar
