#include "grammar/validator.hpp"

#include "base/limits.hpp"
#include "grammar/element_check.hpp"
#include "grammar/findings.hpp"
#include "grammar/structure_walk.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

namespace wharf::grammar {
namespace {

/// Holds when the note is satisfied by these elements.
bool satisfies(NoteRule const& rule, std::uint64_t present) {
    auto const found = present & rule.mask;
    switch (rule.note->kind) {
    case 'P':
        return found == 0 || found == rule.mask;
    case 'R':
        return found != 0;
    case 'E':
        return std::popcount(found) <= 1;
    case 'C':
        return (found & rule.first) == 0 || found == rule.mask;
    default: // L
        return (found & rule.first) == 0 || (found & ~rule.first) != 0;
    }
}

} // namespace

ValidatorOptions::ValidatorOptions() : max_findings(limits::findings) {}

struct Validator::State {
    std::shared_ptr<Schema const> schema;
    ValidatorOptions options;
    std::vector<NodeIndex> nodes;
    std::vector<std::uint32_t> counts;
    std::vector<std::array<std::uint64_t, 2>> right_masks; // per segment rule: element masks found right, the last two
    std::optional<CharacterTable> characters;
    x12::Delimiters delimiters;
    std::uint64_t suppressed = 0;

    bool walk(x12::SegmentList const& set);
    void check_elements(x12::SegmentList const& set, Findings& findings);
    void check_segment(std::size_t index, x12::SegmentView const& segment, SegmentRule const& rule, Findings& findings);
    void check_presence(std::size_t index, std::uint16_t slot, std::uint64_t present, Findings& findings);
};

/// Follows the transition table; false at the first surprise.
bool Validator::State::walk(x12::SegmentList const& set) {
    nodes.resize(set.size());
    if (set.empty())
        return true;
    nodes[0] = 0;
    NodeIndex node = 0;
    auto const count = set.size();
    for (std::size_t i = 1; i < count; ++i) {
        auto const slot = schema->find_segment(set[i].id());
        if (slot < 0)
            return false;
        auto const step = schema->step(node, static_cast<std::uint16_t>(slot));
        if (step.node == no_node || step.skips_mandatory)
            return false;
        node = step.node;
        nodes[i] = node;
        auto& seen = counts[node];
        seen = step.repeats ? seen + 1 : 1;
        if (auto const max = schema->nodes()[node].max; max != 0 && seen > max)
            return false;
    }
    return true;
}

void Validator::State::check_elements(x12::SegmentList const& set, Findings& findings) {
    for (std::size_t i = 0; i < set.size(); ++i) {
        auto const segment = set[i];
        auto const node = nodes[i];
        if (node != no_node) {
            check_segment(i, segment, schema->segments()[schema->nodes()[node].segment], findings);
        } else if (auto const slot = schema->find_segment(segment.id()); slot >= 0) {
            // Misplaced, but known: its elements are still checked.
            for (NodeIndex any = 0; any < schema->nodes().size(); ++any)
                if (schema->nodes()[any].segment == slot) {
                    nodes[i] = any;
                    check_segment(i, segment, schema->segments()[static_cast<std::size_t>(slot)], findings);
                    nodes[i] = no_node;
                    break;
                }
        }
    }
}

void Validator::State::check_segment(std::size_t index, x12::SegmentView const& segment, SegmentRule const& rule, Findings& findings) {
    auto const known = static_cast<std::uint32_t>(rule.elements.size());
    auto const sent = segment.element_count();
    auto const count = std::min(known, sent);
    std::uint64_t present = 0;
    for (std::uint32_t k = 1; k <= count; ++k) {
        auto const value = segment.element(k);
        if (value.empty())
            continue;
        present |= std::uint64_t{1} << (k - 1);
        if (looks_wrong(rule.elements[k - 1], value, *characters))
            findings.element(index, nodes[index], k);
    }
    if (sent > known)
        findings.too_many_elements(index, nodes[index]);
    auto const slot = schema->nodes()[nodes[index]].segment;
    auto& right = right_masks[slot];
    if (present != right[0] && present != right[1])
        check_presence(index, slot, present, findings);
}

void Validator::State::check_presence(std::size_t index, std::uint16_t slot, std::uint64_t present, Findings& findings) {
    auto const& rule = schema->segments()[slot];
    auto const missing = rule.mandatory & ~present;
    for (auto rest = missing; rest != 0; rest &= rest - 1)
        findings.missing_element(index, nodes[index], static_cast<std::uint32_t>(std::countr_zero(rest)) + 1);
    bool right = missing == 0;
    for (auto const& note : rule.notes) {
        if (satisfies(note, present))
            continue;
        right = false;
        if ((note.mask & missing) == 0) // an element already reported missing is one fault, not two
            findings.note(index, nodes[index], note, present);
    }
    if (right)
        right_masks[slot] = {present, right_masks[slot][0]};
}

Validator::Validator(std::shared_ptr<Schema const> schema, ValidatorOptions options) : state_(std::make_unique<State>()) {
    state_->counts.resize(schema->nodes().size());
    state_->right_masks.resize(schema->segments().size(), {~std::uint64_t{0}, ~std::uint64_t{0}});
    state_->schema = std::move(schema);
    state_->options = options;
}
Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;

void Validator::validate(x12::SegmentList const& set, SetContext const& context, Diagnostics& out) {
    auto& state = *state_;
    if (!state.characters || state.delimiters != set.delimiters()) {
        state.characters.emplace(set.delimiters());
        state.delimiters = set.delimiters();
    }
    Findings findings(*state.schema, set, context, state.options.max_findings, out);
    auto const first = out.size();
    if (!state.walk(set))
        explain_structure(*state.schema, set, findings, state.nodes);
    state.check_elements(set, findings);
    state.suppressed += findings.suppressed();
    if (out.size() - first > 1)
        std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(), [](Diagnostic const& a, Diagnostic const& b) {
            return std::pair(a.place.segment_position, a.place.offset) < std::pair(b.place.segment_position, b.place.offset);
        });
}

std::vector<NodeIndex> const& Validator::nodes() const { return state_->nodes; }
std::uint64_t Validator::suppressed() const { return state_->suppressed; }
Schema const& Validator::schema() const { return *state_->schema; }

} // namespace wharf::grammar
