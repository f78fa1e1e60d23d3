#include "grammar/plain_rows.hpp"

#include <unordered_map>

namespace wharf::grammar {

PlainRows::PlainRows(Schema const& guided, Schema const& plain) {
    std::unordered_map<SetRow const*, NodeIndex> places;
    for (NodeIndex i = 0; i < plain.nodes().size(); ++i)
        places.emplace(plain.nodes()[i].row, i);
    rows_.reserve(guided.nodes().size());
    for (auto const& node : guided.nodes()) {
        auto const found = places.find(node.row);
        rows_.push_back(found == places.end() ? no_node : found->second);
    }
}

void PlainRows::map(std::vector<NodeIndex> const& guided, std::vector<NodeIndex>& plain) const {
    plain.resize(guided.size());
    for (std::size_t i = 0; i < guided.size(); ++i)
        plain[i] = guided[i] < rows_.size() ? rows_[guided[i]] : no_node;
}

} // namespace wharf::grammar
