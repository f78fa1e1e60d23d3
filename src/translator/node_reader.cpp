#include "translator/node_reader.hpp"

#include <bitset>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

// Recursion follows the map's blocks, not the input: what no line claims is kept whole.
class NodeReader {
public:
    NodeReader(Plan const& plan, SourceTree const& tree, Run& run, Diagnostics& diagnostics)
        : plan_(plan), tree_(tree), nodes_(tree.nodes.data()), run_(run), diagnostics_(diagnostics) {}

    void run() {
        run_.arena.clear();
        run_.kept_nodes.clear();
        run_.elements = 0;
        run_.held = false;
        run_.root = run_.arena.make(*plan_.root, 0, 0);
        below(*plan_.root->nodes, 0, run_.root);
    }

private:
    [[nodiscard]] bool passes(NodeTest const& test, std::uint32_t node) const {
        for (auto const place : test.path) {
            auto child = node + 1;
            auto const end = nodes_[node].end;
            while (child < end && nodes_[child].place != place)
                child = nodes_[child].end;
            if (child >= end) return false;
            node = child;
        }
        return right_trimmed(tree_.text_of(nodes_[node])) == test.text;
    }

    void below(NodeScope const& scope, std::uint32_t node, ObjectId object) {
        std::bitset<single_claims_limit> used;
        auto const end = nodes_[node].end;
        for (auto child = node + 1; child < end; child = nodes_[child].end) {
            auto const& one = nodes_[child];
            auto const index = one.place - scope.first_place; // of smaller places huge
            if (index >= scope.by_place.size()) {
                keep(child, object, false);
                continue;
            }
            auto const range = scope.by_place[index];
            bool taken = false;
            for (auto i = range.first; i < range.last; ++i) {
                auto const number = scope.reading[i];
                auto const& claim = scope.claims[number];
                if (!claim.each && used[number]) continue;
                if (claim.test.present() && !passes(claim.test, child)) continue;
                if (!claim.each) used.set(number);
                take(claim, child, object);
                taken = true;
                break;
            }
            if (!taken && !(range.constant != 0 && constant(scope.constants[range.constant - 1u], child)))
                keep(child, object, false);
        }
    }

    void take(NodeClaim const& claim, std::uint32_t node, ObjectId object) {
        auto const& one = nodes_[node];
        run_.elements += one.length != 0;
        if (claim.dropped) return;
        if (claim.child != nullptr) {
            auto const item = run_.arena.make(*claim.child, object, node);
            run_.arena.append(object, claim.list, item);
            run_.arena.add_present(object, plan_.bodies[run_.arena.body(object)]->slot_members[claim.list]);
            inside(*claim.child->nodes, node, item);
            return;
        }
        if (claim.slot != no_slot) set(object, claim.slot, one);
        if (claim.scope != nullptr) {
            if (claim.slot == no_slot) return inside(*claim.scope, node, object);
            below(*claim.scope, node, object);
        } else if (one.end != node + 1) { // what stands below a value
            for (auto child = node + 1; child < one.end; child = nodes_[child].end)
                keep(child, object, false);
        }
    }

    void inside(NodeScope const& scope, std::uint32_t node, ObjectId object) {
        if (nodes_[node].length != 0) {
            if (scope.text != no_slot)
                set(object, scope.text, nodes_[node]);
            else
                keep(node, object, true);
        }
        below(scope, node, object);
    }

    void set(ObjectId object, SlotIndex slot, SourceNode const& node) {
        if (node.length == 0) return;
        run_.arena.set(object, slot, node.begin, node.length);
        run_.arena.add_present(object, plan_.bodies[run_.arena.body(object)]->slot_members[slot]);
    }

    /// True: nothing is to be kept of it.
    bool constant(NodeConstant const& wanted, std::uint32_t node) {
        auto const& one = nodes_[node];
        if (one.end != node + 1) return false;
        auto const text = right_trimmed(tree_.text_of(one));
        run_.elements += !text.empty();
        if (text.empty() || text == wanted.text) return true;
        diagnostics_.push_back(plan_.format->at(
            tree_, node, "MAP-0107",
            fmt::format("{} is `{}`; the map {} says it is always `{}`. The value is not kept.",
                        plan_.format->shown(one.place), text, wanted.origin.text_place(), wanted.text),
            "If the value matters, give the place a canonical path in an override."));
        return true;
    }

    void keep(std::uint32_t node, ObjectId object, bool text_only) {
        for (auto i = node; !text_only && i < nodes_[node].end; ++i)
            run_.elements += nodes_[i].length != 0;
        while (!plan_.bodies[run_.arena.body(object)]->extensible && run_.arena.parent(object) != 0)
            object = run_.arena.parent(object);
        run_.kept_nodes.push_back({0, object, run_.arena.segment(object), node, text_only});
        auto const number = static_cast<std::uint32_t>(run_.kept_nodes.size());
        if (auto& first = run_.arena.first_extension(object); first == 0)
            first = number;
        else
            run_.kept_nodes[run_.arena.last_extension(object) - 1].next = number;
        run_.arena.last_extension(object) = number;
        run_.arena.add_present(object, plan_.bodies[run_.arena.body(object)]->extension_bit);
    }

    Plan const& plan_;
    SourceTree const& tree_;
    SourceNode const* nodes_;
    Run& run_;
    Diagnostics& diagnostics_;
};

} // namespace

void read_nodes(Plan const& plan, SourceTree const& tree, Run& run, Diagnostics& diagnostics) {
    NodeReader(plan, tree, run, diagnostics).run();
}

} // namespace wharf::translator
