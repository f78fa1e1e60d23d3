// Writing a tree of nodes: the slots of a bound document become nodes in the order of the format (map language §7).
// Internal to node_writer.cpp and file_translator.cpp.
#pragma once

#include "translator/node_plan.hpp"
#include "translator/target_tree.hpp"
#include "translator/writer.hpp"

namespace wharf::translator {

class NodeWriter {
public:
    NodeWriter(Plan const& plan, RunValues const* values, Diagnostics& diagnostics)
        : plan_(plan), values_(values), diagnostics_(diagnostics) {}
    [[nodiscard]] TargetNode run(OutObject& root);

private:
    /// Fills `node` with what `scope` says of `object`; true when there is something beside constants and computed
    /// values.
    bool below(NodeScope const& scope, OutObject& object, TargetNode& node, std::string const& prefix);
    bool single(NodeClaim const& claim, OutObject& object, TargetNode& node, std::string const& prefix);
    bool each(NodeClaim const& claim, OutObject& object, TargetNode& node);
    bool text(SlotIndex slot, OutObject const& object, TargetNode& node) const;
    /// What came in below this place and no line read.
    bool kept(NodeScope const& scope, OutObject& object, TargetNode& node, std::string const& prefix);
    void left_behind(OutObject const& object);

    Plan const& plan_;
    RunValues const* values_;
    Diagnostics& diagnostics_;
};

} // namespace wharf::translator
