#include "grammar/sense.hpp"

#include "grammar/sense_invoice.hpp"
#include "grammar/sense_plan.hpp"
#include "grammar/sense_segment.hpp"
#include "grammar/sense_totals.hpp"

namespace wharf::grammar {

struct SenseCheck::State {
    explicit State(Schema const& of) : schema(of), plan(of) {}

    Schema const& schema;
    SensePlan plan;
    Lines lines;
    QuickSum sum;

    [[gnu::always_inline]] void look_at(SenseInput const& input, std::size_t& index, unsigned looks);
};

/// `index` is left at the last segment dealt with.
inline void SenseCheck::State::look_at(SenseInput const& input, std::size_t& index, unsigned looks) {
    if ((looks & look_check_digits) != 0)
        check_digits(input, index);
    if ((looks & look_units) != 0)
        check_units(input, index);
    if ((looks & look_line) != 0)
        lines.add(*plan.set, index, input.set[index]);
    if ((looks & look_invoice) != 0)
        sum.add(plan.parts[input.nodes[index]], index, input.set[index]);
    if ((looks & look_totals) != 0)
        check_totals(input, lines, index);
    if ((looks & look_terms) != 0)
        check_terms(input, index);
    if ((looks & look_dates) != 0)
        index = check_dates(input, index) - 1;
}

SenseCheck::SenseCheck(Schema const& schema) : state_(std::make_unique<State>(schema)) {}
SenseCheck::~SenseCheck() = default;
SenseCheck::SenseCheck(SenseCheck&&) noexcept = default;
SenseCheck& SenseCheck::operator=(SenseCheck&&) noexcept = default;

void SenseCheck::run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Structure structure, Findings& findings) {
    auto& state = *state_;
    auto const& looks = state.plan.looks;
    if (state.plan.looks_of_set == 0)
        return;
    state.lines.clear();
    state.sum.clear();
    SenseInput const input{state.schema, state.plan, set, nodes, findings};
    unsigned const wanted = structure == Structure::right ? 0xff : look_check_digits | look_units | look_dates | look_terms;
    auto const count = set.size();
    for (std::size_t i = 0; i < count; ++i) {
        auto const node = nodes[i];
        unsigned const look = node < looks.size() ? looks[node] & wanted : 0;
        if (look != 0)
            state.look_at(input, i, look);
    }
    if (!state.lines.numbers_rise)
        check_line_numbers(input, state.lines);
    if (state.sum.total != 0 && !state.sum.is_right(set[state.sum.total]))
        check_invoice(input, state.sum.total);
}

} // namespace wharf::grammar
