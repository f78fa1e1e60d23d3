// A tree of nodes as the serialiser sees it: places for messages, and what no line read.
#include "translator/node_reader.hpp"

#include <algorithm>

namespace wharf::translator {

Diagnostic NodeSource::at_text(std::uint32_t begin, std::string_view code, std::string message,
                               std::string help) const {
    if (by_text_.empty()) {
        for (std::uint32_t i = 0; i < tree_.nodes.size(); ++i)
            if (tree_.nodes[i].length != 0) by_text_.emplace_back(tree_.nodes[i].begin, i);
        std::ranges::sort(by_text_);
    }
    auto const after = std::ranges::upper_bound(by_text_, begin, {}, &std::pair<std::uint32_t, std::uint32_t>::first);
    auto const node = after == by_text_.begin() ? 0 : (after - 1)->second;
    return plan_.format->at(tree_, node, code, std::move(message), std::move(help));
}

Diagnostic NodeSource::at_occurrence(std::uint32_t occurrence, std::string_view, std::string_view code,
                                     std::string message, std::string help) const {
    return plan_.format->at(tree_, occurrence, code, std::move(message), std::move(help));
}

void NodeSource::append_kept(std::uint32_t entry, OutBuffer& json, std::uint64_t& fields) const {
    auto const& kept = run_.kept_nodes[entry - 1];
    std::string key, value;
    plan_.format->keep(tree_, kept.above, kept.node, key, value);
    json += ',';
    if (kept.text_only) {
        append_text(json, key + "/text()");
        json += ':';
        append_text(json, right_trimmed(tree_.text_of(tree_.nodes[kept.node])));
        ++fields;
        return;
    }
    append_text(json, key);
    json += ':';
    json += value;
    auto const end = tree_.nodes[kept.node].end;
    for (auto i = kept.node; i < end; ++i)
        fields += tree_.nodes[i].length != 0;
}

} // namespace wharf::translator
