#include "grammar/hierarchy.hpp"
#include "grammar/value_rule.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {

BoundedLoops::BoundedLoops(Schema const& schema) {
    auto const start = schema.find_segment("LS");
    auto const end = schema.find_segment("LE");
    if (start < 0)
        return;
    for (auto const& node : schema.nodes())
        kinds_.push_back(node.segment == start ? Kind::start : node.segment == end ? Kind::end : Kind::other);
}

void BoundedLoops::run(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Findings& findings) {
    open_.clear();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        auto const kind = nodes[i] == no_node ? Kind::other : kinds_[nodes[i]];
        if (kind == Kind::other)
            continue;
        if (kind == Kind::start) {
            open_.push_back(i);
        } else if (!open_.empty()) { // an LE without its LS is a matter of structure, and so is an LS without its LE
            check_pair(set, nodes, open_.back(), i, findings);
            open_.pop_back();
        }
    }
}

void BoundedLoops::check_pair(x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, std::size_t start, std::size_t end,
                              Findings& findings) const {
    auto const named = set[start].element(1);
    auto const closed = set[end].element(1);
    if (named.empty() || closed.empty())
        return;
    if (named != closed) {
        auto diagnostic = findings.at_segment("X12-0507", end, nodes[end], fmt::format("LE01 is {}, but its LS01 is {}", quote_value(closed), quote_value(named)),
                                              "LS and LE enclose one loop and both name it: send the same in LE01.");
        findings.at_element(diagnostic, end, 1);
        diagnostic.acknowledgment.element = "7";
        diagnostic.related.push_back(findings.related(start, nodes[start], 1, "the LS stands here"));
        findings.add(std::move(diagnostic));
        return;
    }
    auto const inside = set[start + 1].id();
    if (start + 1 == end || named == inside)
        return;
    auto diagnostic = findings.at_segment("X12-0508", start, nodes[start], fmt::format("LS01 is {}, but the loop that follows begins with {}", quote_value(named), inside),
                                          fmt::format("The standard names a loop by its first segment: {}. A guide that numbers its loops may want another name.", inside));
    findings.at_element(diagnostic, start, 1);
    findings.add(std::move(diagnostic));
}

} // namespace wharf::grammar
