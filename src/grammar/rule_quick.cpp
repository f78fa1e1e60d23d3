#include "grammar/rule_quick.hpp"

#include "base/check_digit.hpp"
#include "grammar/guide_pattern.hpp"
#include "grammar/rule_quick_compile.hpp"
#include "grammar/small_number.hpp"

#include <algorithm>
#include <cstring>

namespace wharf::grammar {
namespace {

constexpr unsigned scale = 8;
constexpr std::int64_t powers[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

/// True when none of the bits of text[begin, begin + length) is set.
bool is_clear(std::uint64_t const* bits, std::uint32_t begin, std::uint32_t length) {
    if (length - 1 > 63)
        return false;
    auto const* const word = bits + begin / 64;
    auto const shift = begin % 64;
    return (word[0] >> shift | word[1] << 1 << (63 - shift)) << (64 - length) == 0;
}

bool is_all_digits(std::string_view value) {
    auto const others = [](char const* at) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        word ^= 0x3030303030303030u;
        return (((word & 0x7f7f7f7f7f7f7f7fu) + 0x7676767676767676u) | word) & 0x8080808080808080u;
    };
    if (value.size() < 8)
        return std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    auto wrong = others(value.data() + value.size() - 8);
    for (std::size_t i = 0; i + 8 < value.size(); i += 8)
        wrong |= others(value.data() + i);
    return wrong == 0;
}

template <class Value> bool stands(Condition::Order order, Value const& left, Value const& right) {
    switch (order) {
    case Condition::Order::equal:
        return left == right;
    case Condition::Order::not_equal:
        return left != right;
    case Condition::Order::less:
        return left < right;
    case Condition::Order::less_or_equal:
        return left <= right;
    case Condition::Order::greater:
        return left > right;
    case Condition::Order::greater_or_equal:
        return left >= right;
    }
    return false;
}

/// Some two bytes are nearly every qualifier.
std::uint64_t key_of(char const* at, std::uint32_t length) {
    if (length == 2)
        return static_cast<std::uint64_t>(static_cast<unsigned char>(at[0])) | static_cast<std::uint64_t>(static_cast<unsigned char>(at[1])) << 8;
    return length <= 8 ? code_key(at, length) : ~std::uint64_t{0};
}

} // namespace

bool scaled_number(std::string_view value, ValueType type, std::int64_t& out) {
    SmallNumber number;
    if (!read_small(value, number))
        return false;
    if (type.kind == ElementClass::digits) {
        if (value.find('.') != std::string_view::npos)
            return false;
        number.scale = type.implied_decimals;
    }
    if (number.scale > scale)
        return false;
    out = number.digits * powers[scale - number.scale];
    return true;
}

QuickRules::QuickRules(RuleRun& run) : run_(run) {
    rest_ = QuickCompiler(run, plan_).compile();
    auto const nodes = run.places().schema().nodes().size();
    std::ranges::stable_sort(plan_.ops, [](auto const& a, auto const& b) { return std::pair(a.first, a.second.kind) < std::pair(b.first, b.second.kind); });
    op_begin_.assign(nodes + 1, 0);
    busy_.assign(nodes, 0);
    for (auto const& [node, op] : plan_.ops) {
        ops_.push_back(op);
        ++op_begin_[node + 1u];
        busy_[node] = 1;
    }
    for (std::size_t i = 1; i < op_begin_.size(); ++i)
        op_begin_[i] += op_begin_[i - 1];
    counters_.resize(plan_.counters);
    registers_.resize(plan_.registers);
    last_.resize(plan_.rising);
    ranks_.resize(plan_.orders.size());
    loop_begin_.resize(run.places().schema().loops().size());
}

void QuickRules::start(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes) {
    run_.places().look_at(set, nodes);
    set_ = {set.text(), set.segments().data(), set.ends().data(), set.not_text(), set.delimiters().component};
    wrong_ = false;
    std::ranges::fill(counters_, 0);
    std::ranges::fill(registers_, Register());
    std::ranges::fill(last_, std::string_view());
    std::ranges::fill(ranks_, 0);
    for (auto& scope : plan_.scopes) {
        scope.facts = 0;
        scope.open = false;
    }
    plan_.scopes.front().open = true;
}

[[gnu::always_inline]] inline bool QuickRules::is_right(QuickValue const& rule, std::uint32_t begin, std::uint32_t length) const {
    if (!rule.careful) {
        std::string_view const value(set_.text + begin, length);
        // Bytes are characters where all are digits, or none is beyond ASCII.
        bool const sure = length - rule.min <= rule.span && (rule.digits ? is_all_digits(value) : !rule.lengths || is_clear(set_.not_text, begin, length));
        if (sure && (rule.check_digit_length == 0 || (length == rule.check_digit_length && check_digit_of(value) == CheckDigit::right)))
            return true;
    }
    return is_right_after_all(rule, {set_.text + begin, length});
}

bool QuickRules::is_right_after_all(QuickValue const& rule, std::string_view value) { return find_fault(*rule.rule, value, rule.type) == ValueFault::none; }

template <class Take> inline void QuickRules::for_each_value(QuickOp const& op, std::uint32_t segment, Take&& take) const {
    if (op.plain) {
        x12::SegmentView const view(set_.text, set_.segments[segment], set_.ends);
        if (auto const value = view.element(op.element); !value.empty())
            take(value);
        return;
    }
    auto const& places = run_.places();
    static_cast<void>(places.for_each_value(places.slot(op.slot), segment, [&](std::string_view value, std::uint32_t) { return take(value), false; }));
}

bool QuickRules::is_there(QuickOp const& op, std::uint32_t segment) const {
    bool any = false;
    for_each_value(op, segment, [&](std::string_view) { any = true; });
    return any;
}

void QuickRules::look_at_value(QuickOp const& op, std::string_view value) {
    std::int64_t number = 0;
    switch (op.kind) {
    case QuickOp::Kind::holds:
        if (holds(plan_.tests[op.index], value))
            plan_.scopes[op.scope].facts |= op.fact;
        break;
    case QuickOp::Kind::wrong_value:
        if (!is_right(plan_.values[op.index], static_cast<std::uint32_t>(value.data() - set_.text), static_cast<std::uint32_t>(value.size())))
            plan_.scopes[op.scope].facts |= op.fact;
        break;
    case QuickOp::Kind::counts_values:
        counters_[op.index] += powers[scale];
        break;
    case QuickOp::Kind::adds:
        wrong_ |= !scaled_number(value, run_.places().slot(op.slot).type, number) || __builtin_add_overflow(counters_[op.index], number, &counters_[op.index]);
        break;
    case QuickOp::Kind::captures: {
        auto& captured = registers_[op.index];
        wrong_ |= captured.taken || !scaled_number(value, run_.places().slot(op.slot).type, captured.value);
        captured.taken = true;
        plan_.scopes[op.scope].facts |= op.fact;
        break;
    }
    case QuickOp::Kind::rises:
        rise(op.index, value);
        break;
    default:
        break;
    }
}

// ---- values

bool QuickRules::passes(std::vector<StepCheck> const& checks, std::uint32_t segment) const {
    return std::ranges::all_of(checks, [&](StepCheck const& check) {
        auto const asked = check.where == StepCheck::Where::loop ? loop_begin_[check.loop] : segment;
        x12::SegmentView const view(set_.text, set_.segments[asked], set_.ends);
        return std::ranges::all_of(check.tests, [&](QualifierTest const& test) { return qualifier_holds(test, view, set_.component); });
    });
}

bool QuickRules::holds(QuickTest const& test, std::string_view value) const {
    auto const& condition = *test.plan->source;
    if (test.codes)
        return std::ranges::find(test.keys, key_of(value.data(), static_cast<std::uint32_t>(value.size()))) != test.keys.end();
    if (condition.kind == Condition::Kind::like)
        return condition.like != nullptr && condition.like->matches(value);
    if (condition.kind == Condition::Kind::in)
        return std::ranges::find(condition.values, value) != condition.values.end();
    if (!test.plan->numeric)
        return stands(condition.order, value, std::string_view(condition.right.literal));
    std::int64_t small = 0;
    if (test.number && scaled_number(value, test.type, small))
        return stands(condition.order, small, test.literal);
    auto const number = number_of(value, test.type);
    return number && stands(condition.order, *number, *test.plan->literal);
}

/// Numbers that count up, as nearly all do, are never the same.
void QuickRules::rise(std::uint16_t index, std::string_view value) {
    auto& last = last_[index];
    wrong_ |= value.size() < last.size() || (value.size() == last.size() && value <= last);
    last = value;
}

void QuickRules::look_at_rank(QuickOp const& op, std::uint32_t segment) {
    auto const& order = plan_.orders[op.index];
    x12::SegmentView const view(set_.text, set_.segments[segment], set_.ends);
    auto const rank = static_cast<std::size_t>(std::ranges::find(*order.values, view.element(order.element)) - order.values->begin());
    if (rank == order.values->size())
        return;
    wrong_ |= rank < ranks_[op.index];
    ranks_[op.index] = rank;
}

/// Qualifier and value alternate.
void QuickRules::look_at_pairs(QuickPairs const& row, std::uint32_t segment) {
    auto const& view = set_.segments[segment];
    auto const* const ends = set_.ends + view.first_end;
    auto const named = row.pairs.data() + row.pairs.size() - (row.any_other ? 1 : 0);
    std::uint64_t sent = 0;
    for (auto at = row.from; at < row.to && at < view.count; at += 2) {
        auto const begin = ends[at - 1] + 1;
        auto const length = ends[at] - begin;
        if (length == 0)
            continue;
        auto const key = key_of(set_.text + begin, length);
        auto const* pair = row.pairs.data();
        while (pair != named && pair->key != key)
            ++pair;
        if (pair == named && !row.any_other)
            continue;
        sent |= std::uint64_t{1} << (pair - row.pairs.data());
        wrong_ |= pair->forbidden;
        auto const value = ends[at] + 1;
        if (at + 1 >= view.count || ends[at + 1] == value)
            continue;
        plan_.scopes[pair->scope].facts |= pair->fact;
        if (pair->value != quick_none)
            wrong_ |= !is_right(plan_.values[pair->value], value, ends[at + 1] - value);
        if (pair->odd) [[unlikely]] {
            for (auto const& [scope, fact] : pair->more_facts)
                plan_.scopes[scope].facts |= fact;
            if (pair->rising != quick_none)
                rise(pair->rising, {set_.text + value, ends[at + 1] - value});
        }
    }
    wrong_ |= (row.must & ~sent) != 0;
}

// ---- scopes

void QuickRules::compare(QuickScope& scope) const {
    for (auto const& one : scope.comparisons) {
        auto const left = one.captured != quick_none ? registers_[one.captured].value : counters_[one.left];
        auto const right = one.right != quick_none ? counters_[one.right] : one.literal;
        if (stands(one.order, left, right))
            scope.facts |= one.fact;
    }
}

inline void QuickRules::settle(QuickScope& scope) {
    if (scope.reckons)
        compare(scope);
    for (auto const& term : scope.terms) {
        if ((scope.facts & term.wanted) != term.wanted || (scope.facts & term.unwanted) != 0)
            continue;
        if (term.raise_scope == quick_none)
            wrong_ = true;
        else
            plan_.scopes[term.raise_scope].facts |= term.raise;
    }
    scope.open = false;
}

inline void QuickRules::end(QuickScope& scope) {
    for (auto const index : scope.inner)
        if (auto& inner = plan_.scopes[index]; inner.open)
            settle(inner);
    settle(scope);
}

void QuickRules::begin_anew(QuickScope const& scope) {
    for (auto const index : scope.counters)
        counters_[index] = 0;
    for (auto const index : scope.registers)
        registers_[index] = {};
    for (auto const index : scope.rising)
        last_[index] = {};
    for (auto const index : scope.orders)
        ranks_[index] = 0;
}

[[gnu::always_inline]] inline void QuickRules::begin(QuickScope& scope) {
    if (scope.open)
        end(scope);
    scope.facts = 0;
    scope.open = true;
    if (scope.reckons) [[unlikely]]
        begin_anew(scope);
}

void QuickRules::look_at_values(QuickOp const& op, std::uint32_t segment) {
    if (op.kind == QuickOp::Kind::filled || op.kind == QuickOp::Kind::empty) {
        if (is_there(op, segment) == (op.kind == QuickOp::Kind::filled))
            plan_.scopes[op.scope].facts |= op.fact;
    } else if (op.kind == QuickOp::Kind::loop_begins) {
        loop_begin_[op.index] = segment;
    } else if (op.kind == QuickOp::Kind::ranks) {
        look_at_rank(op, segment);
    } else {
        for_each_value(op, segment, [&](std::string_view value) { look_at_value(op, value); });
    }
}

[[gnu::always_inline]] inline void QuickRules::look(QuickOp const& op, std::uint32_t segment) {
    switch (op.kind) {
    case QuickOp::Kind::begins:
        begin(plan_.scopes[op.scope]);
        break;
    case QuickOp::Kind::ends:
        end(plan_.scopes[op.scope]);
        break;
    case QuickOp::Kind::there:
        plan_.scopes[op.scope].facts |= op.fact;
        break;
    case QuickOp::Kind::pairs:
        look_at_pairs(plan_.pairs[op.index], segment);
        break;
    case QuickOp::Kind::counts:
        counters_[op.index] += powers[scale];
        break;
    default:
        look_at_values(op, segment);
    }
}

bool QuickRules::run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes) {
    start(set, nodes);
    auto const* const busy = busy_.data();
    auto const size = static_cast<std::uint32_t>(nodes.size());
    for (std::uint32_t i = 0; i < size; ++i) {
        auto const node = nodes[i];
        if (node == no_node)
            return false;
        if (busy[node] == 0)
            continue;
        auto const* const last = ops_.data() + op_begin_[node + 1u];
        for (auto const* op = ops_.data() + op_begin_[node]; op != last; ++op)
            if (op->checks == nullptr || passes(*op->checks, i))
                look(*op, i);
    }
    end(plan_.scopes.front());
    return !wrong_;
}

} // namespace wharf::grammar
