#include "grammar/stated_totals.hpp"

#include "grammar/sense_plan.hpp"

#include <algorithm>

namespace wharf::grammar {

std::optional<std::size_t> count_line_items(Schema const& schema, std::vector<NodeIndex> const& nodes) {
    SensePlan const plan(schema);
    if (plan.set == nullptr)
        return std::nullopt;
    return static_cast<std::size_t>(
        std::ranges::count_if(nodes, [&](NodeIndex node) { return node < plan.looks.size() && (plan.looks[node] & look_line) != 0; }));
}

} // namespace wharf::grammar
