// Compiles the rules of a RuleRun for the quick look. Internal to it.
#pragma once

#include "grammar/rule_quick.hpp"

#include <map>
#include <optional>

namespace wharf::grammar {

/// 10^8 times the number; false for what is longer than eight digits or no number.
[[nodiscard]] bool scaled_number(std::string_view value, ValueType type, std::int64_t& out);
/// The bytes of a code of one to eight.
[[nodiscard]] inline std::uint64_t code_key(char const* at, std::size_t size) {
    std::uint64_t key = 0;
    for (std::size_t i = size; i-- > 0;)
        key = key << 8 | static_cast<unsigned char>(at[i]);
    return key;
}

class QuickCompiler {
public:
    QuickCompiler(RuleRun& run, QuickPlan& plan);
    /// What could not be compiled.
    [[nodiscard]] RuleSelection compile();

private:
    struct Literal {
        std::uint16_t scope = 0;
        std::uint64_t fact = 0;
        bool wanted = true;
    };
    using Term = std::vector<Literal>;  // all of them
    using Terms = std::vector<Term>;    // any of them
    struct Leaf {
        bool constant = false, value = false; // always so
        Term facts;                           // all of them
    };

    [[nodiscard]] bool add_rule(RulePlan const& rule);
    [[nodiscard]] bool add_pairs(PairPlan const& pairs);
    [[nodiscard]] bool add_unique(UniquePlan const& unique);
    [[nodiscard]] bool add_order(RulePlan const& rule);
    void add_effect(RulePlan const& rule, EffectPlan const& effect, Use use, bool condition);
    void add_segment_effect(RulePlan const& rule, EffectPlan const& effect, Use use, bool condition);
    void add_wrong(Terms const& condition, std::optional<Literal> effect, std::uint32_t block);

    [[nodiscard]] Terms expand(ConditionPlan const& plan, bool wanted);
    [[nodiscard]] Terms product(Terms const& a, Terms const& b);
    [[nodiscard]] Leaf const& leaf(ConditionPlan const& plan);
    [[nodiscard]] Leaf make_leaf(ConditionPlan const& plan);
    [[nodiscard]] Leaf compare_leaf(ConditionPlan const& plan);
    [[nodiscard]] Leaf test_leaf(ConditionPlan const& plan);
    [[nodiscard]] Leaf reckoned_leaf(ConditionPlan const& plan);
    [[nodiscard]] Leaf captured_leaf(ConditionPlan const& plan);
    [[nodiscard]] Leaf presence(RuleReading reading);
    [[nodiscard]] bool pair_facts(RuleSlot const& slot, Literal fact);

    [[nodiscard]] std::uint16_t scope(std::uint32_t of_places);
    [[nodiscard]] Literal new_fact(std::uint16_t scope);
    [[nodiscard]] std::uint16_t reckon(Operand::Kind kind, RuleReading reading);
    [[nodiscard]] std::uint16_t add_value(ValueRule const& rule, ValueType type);
    [[nodiscard]] QuickPairs& pairs_of(NodeIndex node);
    [[nodiscard]] QuickPair& pair_of(QuickPairs& pairs, std::string_view qualifier);
    /// The op at every row of the slot.
    void add_ops(QuickOp op, std::uint32_t slot);
    void note_loops(std::vector<StepCheck> const& checks);
    [[nodiscard]] RuleSlot const& slot(RuleReading reading) const { return run_.places().slot(reading.slot); }
    Leaf give_up() { return ok_ = false, Leaf(); }

    void finish_pairs();
    void finish_scopes();

    RuleRun& run_;
    QuickPlan& plan_;
    Schema const& schema_;
    std::map<std::uint32_t, std::uint16_t> scopes_;       // by scope of RulePlaces
    std::map<ConditionPlan const*, Leaf> leaves_;
    bool ok_ = true; // the rule at hand can be compiled
};

} // namespace wharf::grammar
