#include "grammar/validator.hpp"

#include "base/limits.hpp"
#include "grammar/element_check.hpp"
#include "grammar/fast_check.hpp"
#include "grammar/findings.hpp"
#include "grammar/guide_rules.hpp"
#include "grammar/narrowing_findings.hpp"
#include "grammar/sense.hpp"
#include "grammar/structure_walk.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

namespace wharf::grammar {

ValidatorOptions::ValidatorOptions() : max_findings(limits::findings) {}

struct Validator::State {
    State(std::shared_ptr<Schema const> chosen, ValidatorOptions how) : schema(std::move(chosen)), options(how), fast(*schema), rules(*schema) {
        if (options.sense)
            sense.emplace(*schema);
    }

    std::shared_ptr<Schema const> schema;
    ValidatorOptions options;
    FastCheck fast;
    GuideRules rules;
    std::uint64_t suppressed = 0;
    std::optional<SenseCheck> sense;

    [[nodiscard]] NodeIndex any_place(int slot) const;
    void look_again(x12::SegmentList const& set, Findings& findings);
    void check_segment(x12::SegmentList const& set, std::size_t index, NodeIndex node, Findings& findings);
    bool check_presence(std::size_t index, NodeIndex node, std::uint64_t present, Findings& findings);
    static bool misses_behind(Findings const& findings, std::size_t index, std::uint32_t last);
};

/// A row of the segment that no guide narrows, when there is one.
NodeIndex Validator::State::any_place(int slot) const {
    auto any = no_node;
    for (NodeIndex node = 0; node < schema->nodes().size(); ++node) {
        if (schema->nodes()[node].segment != slot)
            continue;
        any = node;
        if (schema->nodes()[node].rule == slot)
            break;
    }
    return any;
}

/// At the segments the fast path was not sure of.
void Validator::State::look_again(x12::SegmentList const& set, Findings& findings) {
    for (auto const index : fast.suspects()) {
        if (set.is_opaque(index))
            continue;
        auto const segment = set[index];
        auto node = fast.nodes()[index];
        if (node == no_node) // misplaced, but known: its elements are checked as the grammar has them
            node = any_place(schema->find_segment(segment.id()));
        check_segment(set, index, node, findings);
    }
}

void Validator::State::check_segment(x12::SegmentList const& set, std::size_t index, NodeIndex node, Findings& findings) {
    auto const& rule = schema->rule_of(node);
    auto const segment = set[index];
    auto const known = static_cast<std::uint32_t>(rule.elements.size());
    auto const sent = segment.element_count();
    std::uint64_t present = 0;
    std::uint64_t wrong = 0;
    for (std::uint32_t k = 1; k <= std::min(known, sent); ++k) {
        auto const value = segment.element(k);
        if (value.empty())
            continue;
        present |= std::uint64_t{1} << (k - 1);
        if (!element_is_right(rule.elements[k - 1], value, fast.character_table(), set.delimiters())) {
            wrong |= std::uint64_t{1} << (k - 1);
            findings.element(index, node, k);
        }
    }
    if (sent > known)
        findings.too_many_elements(index, node);
    auto const rule_index = schema->nodes()[node].rule;
    fast.hash_codes(rule_index, present);
    bool const right = check_presence(index, node, present, findings);
    auto const* const narrowing = schema->narrowing_of(rule_index);
    if (narrowing == nullptr && right)
        fast.remember(rule_index, present);
    if (narrowing != nullptr)
        NarrowingFindings(*schema, set, findings).elements(index, node, present, wrong, rule.mandatory & ~present);
    if (auto const last = static_cast<std::uint32_t>(std::bit_width(present)); sent <= known && sent > last && !misses_behind(findings, index, last))
        findings.trailing_separators(index, node);
}

/// True when an element behind `last` was found missing: that it is empty is said then.
bool Validator::State::misses_behind(Findings const& findings, std::size_t index, std::uint32_t last) {
    return std::ranges::any_of(findings.found(), [&](Diagnostic const& finding) {
        return finding.place.segment_position == index + 1 && finding.place.element > last;
    });
}

bool Validator::State::check_presence(std::size_t index, NodeIndex node, std::uint64_t present, Findings& findings) {
    auto const& rule = schema->rule_of(node);
    auto const missing = rule.mandatory & ~present;
    for (auto rest = missing; rest != 0; rest &= rest - 1)
        findings.missing_element(index, node, static_cast<std::uint32_t>(std::countr_zero(rest)) + 1);
    bool right = missing == 0;
    for (auto const& note : rule.notes) {
        if (note_holds(note.note->kind, note.mask, note.first, present))
            continue;
        right = false;
        if ((note.mask & missing) == 0) // an element already reported missing is one fault, not two
            findings.note(index, node, note, present);
    }
    return right;
}

Validator::Validator(std::shared_ptr<Schema const> schema, ValidatorOptions options)
    : state_(std::make_unique<State>(std::move(schema), options)) {}
Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;

void Validator::validate(x12::SegmentList const& set, SetContext const& context, Diagnostics& out) {
    auto& state = *state_;
    Findings findings(*state.schema, set, context, state.options.max_findings, out);
    auto const first = out.size();
    auto structure = Structure::right;
    if (!state.fast.run(set)) {
        explain_structure(*state.schema, set, findings, state.fast.nodes());
        state.fast.run_elements(set);
        structure = Structure::broken;
    }
    if (!state.fast.suspects().empty())
        state.look_again(set, findings);
    if (state.rules.any())
        state.rules.run(set, state.fast.nodes(), state.fast.special(), structure == Structure::right, findings);
    if (state.sense)
        state.sense->run(set, state.fast.nodes(), structure, findings);
    state.suppressed += findings.suppressed();
    if (out.size() - first > 1)
        std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(), [](Diagnostic const& a, Diagnostic const& b) {
            return std::pair(a.place.segment_position, a.place.offset) < std::pair(b.place.segment_position, b.place.offset);
        });
}

std::vector<NodeIndex> const& Validator::nodes() const { return state_->fast.nodes(); }
std::uint64_t Validator::suppressed() const { return state_->suppressed; }
Schema const& Validator::schema() const { return *state_->schema; }

} // namespace wharf::grammar
