// Compiles the rules of a schema's narrowed set and runs them over a set: conditions, effects, order, unique, pairs. The places they
// read are RulePlaces'. Internal to grammar/.
//
// Each rule runs once per occurrence of its block. What it reads outside the block is worked out once per occurrence of that
// outer block, so that time is linear in segments times rules. A rule that reads nothing of its own block, and an effect on places
// outside it, are judged once per occurrence of the outer block: there they say the same for all the inner ones, and say it once.
#pragma once

#include "grammar/findings.hpp"
#include "grammar/rule_places.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// One side of a comparison: every value that may stand there, sorted.
struct SideValues {
    std::vector<Decimal> numbers;
    std::vector<std::string_view> texts;
    std::uint32_t begin = RuleReading::none; // of the extent they were taken from
    // What a message says of the side, once it was asked.
    std::string words;
    std::uint32_t words_begin = RuleReading::none;
};

struct ConditionPlan {
    Condition const* source = nullptr;
    std::vector<ConditionPlan> parts;
    RuleReading left, right;
    bool numeric = false; // compare as numbers
    std::optional<Decimal> literal; // of the right side
    mutable SideValues left_values, right_values;
    mutable std::uint32_t memo_left = RuleReading::none, memo_right = RuleReading::none; // extents the answer is of
    mutable bool memo = false;
};

struct EffectPlan {
    Effect const* source = nullptr;
    RuleReading target;
    RuleReading parent;                           // of a segment inside a loop that the path names
    std::vector<std::pair<NodeIndex, std::uint32_t>> parent_scopes; // by row of `parent`: whose extents are its occurrences
    /// Where it reads outside the block: the extent it was applied to last, with the condition false and true.
    mutable std::array<std::uint32_t, 2> applied{RuleReading::none, RuleReading::none};
};

/// Which of the plans of one kind, by `serial`; empty: all.
struct RuleSelection {
    std::vector<bool> rules, pairs, unique;
    [[nodiscard]] bool any() const {
        auto const has = [](std::vector<bool> const& plans) { return std::find(plans.begin(), plans.end(), true) != plans.end(); };
        return has(rules) || has(pairs) || has(unique);
    }
};

struct RulePlan {
    std::uint32_t serial = 0; // as they are compiled
    Rule const* source = nullptr;
    NodeIndex node = 0;      // of the block; 0: the set
    std::uint32_t block = 0; // scope
    ConditionPlan condition;
    std::vector<EffectPlan> effects;
    RuleReading order;
    std::vector<RuleReading> outside; // all that it reads, when nothing of it is in the block; else empty
    mutable std::vector<std::uint32_t> judged; // by `outside`: the extents it was judged with last
};

/// `<UP> M`, `<*> -` on a row.
struct PairPlan {
    std::uint32_t serial = 0;
    NodeIndex node = 0;
    std::vector<PairNarrowing> const* pairs = nullptr;
    std::uint32_t slot = 0; // the segments of the row
};

/// `unique` on an element or a pair of a row.
struct UniquePlan {
    std::uint32_t serial = 0;
    ValueRule const* rule = nullptr;
    std::uint32_t slot = 0;
};

/// A value that stood in a segment before.
struct Repeated {
    std::string_view value;
    std::uint32_t segment = 0;
    std::uint32_t before = 0;
};

class RuleRun {
public:
    /// `only`: not all of them.
    RuleRun(Schema const& schema, Hierarchy const& hierarchy, RuleSelection const* only = nullptr);
    [[nodiscard]] bool any() const { return !rules_.empty() || !pairs_.empty() || !unique_.empty(); }
    /// The hierarchy must have run over the same set.
    void run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Findings& findings);

    // For the quick look at the same rules (rule_quick.hpp).
    [[nodiscard]] RulePlaces& places() { return places_; }
    [[nodiscard]] RulePlaces const& places() const { return places_; }
    [[nodiscard]] std::vector<RulePlan> const& rules() const { return rules_; }
    [[nodiscard]] std::vector<PairPlan> const& pairs() const { return pairs_; }
    [[nodiscard]] std::vector<UniquePlan> const& unique() const { return unique_; }

private:
    // Compiling (rule_compile.cpp).
    void compile_rows(NodeIndex node);
    void compile_rule(Rule const& rule, NodeIndex node);
    [[nodiscard]] ConditionPlan compile_condition(Condition const& condition, NodeIndex node);
    static void find_outside(RulePlan& plan);
    void compile_numbers(ConditionPlan& plan) const;
    [[nodiscard]] static bool is_wanted(std::vector<bool> const* only, std::uint32_t serial) { return only == nullptr || (serial < only->size() && (*only)[serial]); }
    void add_unique(ValueRule const& rule, NodeIndex node, std::uint8_t element, std::uint8_t component, std::string const& pair);
    [[nodiscard]] RuleReading own_reading(NodeIndex node, std::uint8_t element, std::uint8_t component, std::string const& pair);

    // Conditions (rule_run.cpp).
    [[nodiscard]] RuleExtent const* extent(RuleReading reading) const;
    [[nodiscard]] std::span<std::uint32_t const> hits(RuleReading reading) const;
    [[nodiscard]] bool holds(ConditionPlan const& plan) const;
    [[nodiscard]] bool test(ConditionPlan const& plan) const;
    [[nodiscard]] bool is_there(RuleReading reading) const;
    [[nodiscard]] bool compare(ConditionPlan const& plan) const;
    void take_side(Operand const& operand, RuleReading reading, bool numeric, SideValues& values) const;
    [[nodiscard]] std::uint32_t extent_begin(RuleReading reading) const;
    [[nodiscard]] bool was_judged(RulePlan const& plan) const;
    [[nodiscard]] Decimal reckon(Operand::Kind kind, RuleReading reading) const;
    void take_value(std::string_view value, std::uint32_t segment) const;
    [[nodiscard]] bool are_unique(RuleReading reading) const;
    [[nodiscard]] std::vector<Repeated> find_repeated() const;
    template <class Take> bool for_each_value(RuleReading reading, Take&& take) const;

    // Effects.
    void run_rule(RulePlan const& plan, Findings& findings);
    void apply(RulePlan const& plan, bool condition, Findings& findings) const;
    void apply_to_segment(RulePlan const& plan, EffectPlan const& effect, Use use, bool condition, Findings& findings) const;
    void apply_to_values(RulePlan const& plan, EffectPlan const& effect, Use use, bool condition, Findings& findings) const;
    void check_order(RulePlan const& plan, Findings& findings) const;
    void check_pairs(PairPlan const& plan, Findings& findings) const;
    // Rows (rule_row_checks.cpp).
    void check_unique(UniquePlan const& plan, Findings& findings) const;
    void missing_pair(std::uint32_t segment, std::uint32_t at, PairNarrowing const& pair, Findings& findings) const;
    void forbidden_pair(std::uint32_t segment, std::uint32_t at, ValueRule const& rule, Findings& findings) const;
    void wrong_pair(std::uint32_t segment, std::uint32_t at, ValueRule const& rule, ValueFault fault, Findings& findings) const;
    [[nodiscard]] Diagnostic repeated_value(RuleSlot const& slot, Repeated const& repeated, Findings const& findings) const;

    // What to say (rule_findings.cpp).
    struct ValuePlace {
        std::uint32_t segment, element;
        std::string_view value;
    };
    void need_failed(RulePlan const& plan, Findings& findings) const;
    void not_unique(RulePlan const& plan, Findings& findings) const;
    [[nodiscard]] std::string path_of_missing(NodeIndex target, std::uint32_t begin) const;
    void missing_segment(RulePlan const& plan, EffectPlan const& effect, RuleExtent where, Findings& findings) const;
    void forbidden_segment(RulePlan const& plan, EffectPlan const& effect, std::span<std::uint32_t const> segments, bool condition, Findings& findings) const;
    void missing_value(RulePlan const& plan, EffectPlan const& effect, std::uint32_t segment, Findings& findings) const;
    void forbidden_value(RulePlan const& plan, EffectPlan const& effect, ValuePlace const& at, bool condition, Findings& findings) const;
    void wrong_value(RulePlan const& plan, EffectPlan const& effect, ValuePlace const& at, ValueFault fault, Findings& findings) const;
    void finish(Diagnostic diagnostic, RulePlan const& plan, bool with_condition, Findings& findings) const;
    void finish_effect(Diagnostic diagnostic, RulePlan const& plan, EffectPlan const& effect, Findings& findings) const;
    [[nodiscard]] std::string forbidden_in_words(RulePlan const& plan, EffectPlan const& effect, bool condition) const;
    [[nodiscard]] std::string in_words(ConditionPlan const& plan) const;
    [[nodiscard]] std::string operand_in_words(Operand const& operand) const;
    [[nodiscard]] std::string name_of(RuleReading reading) const;
    [[nodiscard]] std::string found_in_words(ConditionPlan const& plan) const;
    void add_found(ConditionPlan const& plan, std::string& text, std::size_t& shown) const;
    [[nodiscard]] std::string const& side_in_words(Operand const& operand, RuleReading reading, SideValues& values) const;
    void relate(ConditionPlan const& plan, Diagnostic& diagnostic, Findings const& findings) const;
    [[nodiscard]] ConditionPlan const* first_test(ConditionPlan const& plan) const;
    [[nodiscard]] static bool is_reported(Findings const& findings, std::uint32_t segment, std::uint32_t element);
    [[nodiscard]] static bool is_reported_missing(Findings const& findings, std::string_view segment_id, RuleExtent where);

    RulePlaces places_;
    Schema const& schema_;
    RuleSelection const* only_ = nullptr; // while compiling
    std::uint32_t rule_serial_ = 0, pair_serial_ = 0, unique_serial_ = 0;
    std::vector<RulePlan> rules_;
    std::vector<PairPlan> pairs_;
    std::vector<UniquePlan> unique_;
    std::vector<std::unique_ptr<RulePath>> own_paths_; // made here: of rows and orders

    // Of the occurrence at hand.
    RuleExtent block_;
    std::uint32_t block_scope_ = 0;
    mutable std::vector<std::pair<std::string_view, std::uint32_t>> scratch_; // values asked for being unique, with their segments
    mutable bool rises_ = true; // they count up, as nearly all do: none is repeated
};

template <class Take> bool RuleRun::for_each_value(RuleReading reading, Take&& take) const {
    for (auto const segment : hits(reading))
        if (places_.for_each_value(places_.slot(reading.slot), segment, [&](std::string_view value, std::uint32_t element) { return take(value, segment, element); }))
            return true;
    return false;
}

} // namespace wharf::grammar
