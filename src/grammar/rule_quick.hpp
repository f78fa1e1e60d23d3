// The quick look at a guide's rules: one pass over a set that says "all of them hold", or "not sure". Reports nothing and allocates
// nothing; what it passes is right, and whoever is not sure runs RuleRun, which knows what to say.
//
// Each rule is compiled to facts and terms. A fact is a bit of a scope (a block of the guide: the set, a loop, a segment) that some
// segment raises: "PO1 has a pair UP", "N104 is no GLN". A term is a set of facts of one scope that must not stand together when an
// occurrence of it ends; a term that needs facts of an outer scope too raises one there instead.
//
//     need <UP> or <UK>              PO1: not UP, not UK -> wrong
//     when /BEG02 = DS: SDQ -        PO1: SDQ -> set: fact 7      set: BEG02 is DS, fact 7 -> wrong
//
// Rules that read the tree of HL, count occurrences `(2)` or compare two values of the data are left to RuleRun: rest() names them.
// Only for sets whose structure is right: every segment has a node, and no row stands outside its loop. Internal to grammar/; one
// per worker.
#pragma once

#include "grammar/rule_run.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace wharf::grammar {

inline constexpr std::uint16_t quick_none = 0xffff;

/// What is done at a segment of a row, in this order.
struct QuickOp {
    enum class Kind : std::uint8_t {
        loop_begins, // its first segment is noted, for checks that ask it; index: the loop
        begins,      // an occurrence of the scope
        there,       // raises the fact
        filled,      // raises it when the value is there
        empty,       // raises it when no value is there
        holds,       // raises it when a value passes a test; index: of the test
        wrong_value, // raises it when a value is not as the effect of a rule wants it; index: of the value
        counts,      // segments; index: of the counter
        counts_values,
        adds,        // index: of the counter
        captures,    // a number to be compared at the end of a scope; index: of the register
        rises,       // values that must not come twice; index: of what was last
        ranks,       // variants in order; index: of the order
        pairs,       // index: of the pairs
        ends,        // a scope of one segment
    };
    Kind kind = Kind::there;
    std::uint8_t element = 0;
    bool plain = true;          // the value is the whole element: no components, no repetitions
    std::uint16_t scope = 0;    // whose fact it is
    std::uint16_t index = 0;
    std::uint32_t slot = 0;     // of RulePlaces
    std::uint64_t fact = 0;
    std::vector<StepCheck> const* checks = nullptr; // that the segment must pass; nullptr: none
};

/// Facts that stand together, and what follows: `raise_scope` none: something is wrong.
struct QuickTerm {
    std::uint64_t wanted = 0, unwanted = 0;
    std::uint16_t raise_scope = quick_none;
    std::uint64_t raise = 0;
};

/// A comparison of what was reckoned in a scope; numbers are scaled by 10^8.
struct QuickComparison {
    Condition::Order order = Condition::Order::equal;
    std::uint16_t captured = quick_none; // the left side: a register, or else a counter
    std::uint16_t left = quick_none;
    std::uint16_t right = quick_none;    // a counter, or else the literal
    std::int64_t literal = 0;
    std::uint64_t fact = 0;
};

struct QuickScope {
    RuleScope::Kind kind = RuleScope::Kind::set;
    NodeIndex first = 0;
    std::uint32_t used = 0; // so many facts are given away
    std::vector<QuickTerm> terms;
    std::vector<QuickComparison> comparisons;
    std::vector<std::uint16_t> inner; // loops inside it, innermost first
    std::vector<std::uint16_t> counters, registers, rising, orders; // begin anew with it
    bool reckons = false;              // some of these, or comparisons
    // Of the set at hand.
    std::uint64_t facts = 0;
    bool open = false;
};

/// What a rule says of a text value; what is not looked at here is find_fault's.
struct QuickValue {
    ValueRule const* rule = nullptr;
    ValueType type;
    std::uint32_t min = 0, span = 0xffffffff;
    std::uint32_t check_digit_length = 0; // a number with a check digit
    bool lengths = false, digits = false, careful = false;
};

struct QuickTest {
    ConditionPlan const* plan = nullptr;
    ValueType type;
    bool codes = false;   // one of these keys
    bool number = false;  // compared with the literal, scaled by 10^8
    std::int64_t literal = 0;
    std::vector<std::uint64_t> keys;
};

struct QuickPair {
    std::uint64_t key = 0;
    std::uint16_t value = quick_none;  // index of a QuickValue
    std::uint16_t rising = quick_none;
    bool forbidden = false;
    bool own = false;                  // the row speaks of it
    bool odd = false;                  // more_facts or rising
    std::uint16_t scope = 0;           // raised when the value is there: a fact
    std::uint64_t fact = 0;
    std::vector<std::pair<std::uint16_t, std::uint64_t>> more_facts; // of other scopes
};

struct QuickPairs {
    NodeIndex node = 0;
    std::uint32_t from = 0, to = 0;
    std::uint64_t must = 0; // by index of the pair
    std::vector<QuickPair> pairs;
    bool any_other = false; // the last of `pairs` is for those not named
};

struct QuickOrder {
    std::uint8_t element = 0;
    std::vector<std::string> const* values = nullptr;
};

/// All of it, as compiled.
struct QuickPlan {
    std::vector<std::pair<NodeIndex, QuickOp>> ops; // while compiling
    std::vector<QuickScope> scopes; // the first is the set
    std::vector<QuickValue> values;
    std::vector<QuickTest> tests;
    std::vector<QuickPairs> pairs;
    std::vector<QuickOrder> orders;
    std::uint16_t counters = 0, registers = 0, rising = 0;
};

class QuickRules {
public:
    /// `run` knows where its rules read; it must outlive the object.
    explicit QuickRules(RuleRun& run);
    /// True: every rule but rest() holds. The set's structure is right.
    [[nodiscard]] bool run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes);
    /// What it does not look at.
    [[nodiscard]] RuleSelection const& rest() const { return rest_; }

private:
    struct Set { // the arrays of the set at hand
        char const* text = nullptr;
        x12::Segment const* segments = nullptr;
        std::uint32_t const* ends = nullptr;
        std::uint64_t const* not_text = nullptr;
        char component = '\0';
    };
    void start(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes);
    void look(QuickOp const& op, std::uint32_t segment);
    void look_at_values(QuickOp const& op, std::uint32_t segment);
    void begin_anew(QuickScope const& scope);
    void look_at_value(QuickOp const& op, std::string_view value);
    void begin(QuickScope& scope);
    void end(QuickScope& scope);
    void settle(QuickScope& scope);
    void compare(QuickScope& scope) const;
    void look_at_pairs(QuickPairs const& pairs, std::uint32_t segment);
    void look_at_rank(QuickOp const& op, std::uint32_t segment);
    void rise(std::uint16_t index, std::string_view value);
    [[nodiscard]] bool passes(std::vector<StepCheck> const& checks, std::uint32_t segment) const;
    [[nodiscard]] bool is_right(QuickValue const& rule, std::uint32_t begin, std::uint32_t length) const;
    [[nodiscard]] static bool is_right_after_all(QuickValue const& rule, std::string_view value);
    [[nodiscard]] bool holds(QuickTest const& test, std::string_view value) const;
    [[nodiscard]] bool is_there(QuickOp const& op, std::uint32_t segment) const;
    template <class Take> void for_each_value(QuickOp const& op, std::uint32_t segment, Take&& take) const;

    RuleRun& run_;
    QuickPlan plan_;
    RuleSelection rest_;
    std::vector<QuickOp> ops_;
    std::vector<std::uint32_t> op_begin_; // by node, and one more
    std::vector<std::uint8_t> busy_;      // by node
    // Of the set at hand.
    Set set_;
    bool wrong_ = false;
    struct Register {
        std::int64_t value = 0;
        bool taken = false;
    };
    std::vector<std::int64_t> counters_;  // scaled
    std::vector<Register> registers_;
    std::vector<std::string_view> last_;  // by what must rise
    std::vector<std::size_t> ranks_;      // by order
    std::vector<std::uint32_t> loop_begin_;
};

} // namespace wharf::grammar
