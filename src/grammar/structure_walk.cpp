#include "grammar/structure_walk.hpp"

#include <algorithm>
#include <limits>

namespace wharf::grammar {
namespace {

constexpr std::size_t look_ahead = 6;
constexpr std::size_t swap_distance = 4; // a stray this near to a missing segment of the same id is that segment

enum class Kind { missing, too_often, foreign, unknown, late, early, unexpected };

struct Fault {
    Kind kind;
    std::size_t index;
    NodeIndex row = no_node;    // missing, too_often
    std::uint16_t segment = 0;  // slot of the segment meant, where known
    std::size_t other = 0;      // late, early: the segment it should stand before or after
    bool dropped = false;
};

enum class Explanation { accept, later_place, blame_previous, skip, nearest_place };

struct Candidate {
    Explanation kind;
    NodeIndex node;
    std::size_t cost;
};

class Walk {
public:
    Walk(Schema const& schema, x12::SegmentList const& set, std::vector<NodeIndex>& nodes)
        : schema_(schema), set_(set), nodes_(nodes), counts_(schema.nodes().size()) {
        slots_.reserve(set.size());
        for (std::size_t i = 0; i < set.size(); ++i)
            slots_.push_back(schema.find_segment(set[i].id()));
    }

    void run() {
        nodes_.assign(set_.size(), no_node);
        if (set_.empty())
            return;
        nodes_[0] = 0;
        node_ = previous_ = 0;
        for (std::size_t i = 1; i < set_.size(); ++i)
            read(i);
        pair_strays_with_missing();
    }

    void report(Findings& findings) const {
        for (auto const& fault : faults_) {
            if (fault.dropped)
                continue;
            switch (fault.kind) {
            case Kind::missing:
                findings.missing_row(fault.index, fault.row);
                break;
            case Kind::too_often:
                findings.too_often(fault.index, fault.row);
                break;
            case Kind::foreign:
                findings.foreign_segment(fault.index);
                break;
            case Kind::unknown:
                findings.unknown_segment(fault.index);
                break;
            case Kind::late:
                findings.misplaced_segment(fault.index, Misplaced::late, fault.other, nodes_[fault.other]);
                break;
            case Kind::early:
                findings.misplaced_segment(fault.index, Misplaced::early, fault.other, nodes_[fault.other]);
                break;
            case Kind::unexpected:
                findings.misplaced_segment(fault.index, Misplaced::nowhere, 0);
                break;
            }
        }
    }

private:
    void read(std::size_t i) {
        if (slots_[i] < 0) { // unknown segments never move the state
            bool const known = schema_.dictionary().segment(set_[i].id()) != nullptr;
            faults_.push_back({known ? Kind::foreign : Kind::unknown, i});
            return;
        }
        auto const slot = static_cast<std::uint16_t>(slots_[i]);
        auto const step = schema_.step(node_, slot);
        if (step.node != no_node && !step.skips_mandatory && !over_maximum(step)) {
            accept(i, step.node, step.repeats);
            return;
        }
        apply(i, slot, choose(i, slot, step));
    }

    [[nodiscard]] bool over_maximum(Schema::Step const& step) const {
        auto const max = schema_.nodes()[step.node].max;
        return step.repeats && max != 0 && counts_[step.node] + 1 > max;
    }

    [[nodiscard]] Candidate choose(std::size_t i, std::uint16_t slot, Schema::Step const& step) const {
        Candidate best{Explanation::skip, no_node, std::numeric_limits<std::size_t>::max()};
        auto const offer = [&](Explanation kind, NodeIndex node, std::size_t now, NodeIndex from) {
            auto const cost = now * 2 + plain_cost(from, i + 1) * 2;
            if (cost < best.cost)
                best = {kind, node, cost};
        };
        if (step.node != no_node && over_maximum(step)) {
            offer(Explanation::accept, step.node, 1 + schema_.skipped(node_, step.node).size(), step.node);
            if (auto const later = later_place(step.node, slot); later != no_node)
                offer(Explanation::later_place, later, schema_.skipped(node_, later).size(), later);
        } else if (step.node != no_node) {
            offer(Explanation::accept, step.node, schema_.skipped(node_, step.node).size(), step.node);
        }
        // The segment before was the stray: take its step back and read this one from there.
        if (previous_ != node_ && last_accepted_ + 1 == i) {
            auto const back = schema_.step(previous_, slot);
            if (back.node != no_node && !back.skips_mandatory && faults_.size() == faults_before_)
                offer(Explanation::blame_previous, back.node, 1, back.node);
        }
        bool const closes_the_set = i + 1 == set_.size() && set_[i].id() == "SE"; // never a stray: what it passes over is missing
        if (!closes_the_set || step.node == no_node)
            offer(Explanation::skip, no_node, 1, node_);
        if (step.node == no_node)
            for (NodeIndex node = 1; node < schema_.nodes().size(); ++node)
                if (schema_.nodes()[node].segment == slot && is_reachable(node))
                    offer(Explanation::nearest_place, node, 1, node);
        return best;
    }

    /// The same segment's next place further on, beyond `from`.
    [[nodiscard]] NodeIndex later_place(NodeIndex from, std::uint16_t slot) const {
        for (auto node = static_cast<NodeIndex>(from + 1); node < schema_.nodes().size(); ++node) {
            auto const& candidate = schema_.nodes()[node];
            auto const parent = candidate.starts_loop ? schema_.loops()[candidate.loop].parent : candidate.loop;
            if (candidate.segment == slot && schema_.is_inside(schema_.nodes()[node_].loop, parent))
                return node;
        }
        return no_node;
    }

    /// A row we have left in an open loop, or a row of a loop one level down whose head is absent.
    [[nodiscard]] bool is_reachable(NodeIndex node) const {
        auto const& candidate = schema_.nodes()[node];
        auto const loop = candidate.starts_loop ? schema_.loops()[candidate.loop].parent : candidate.loop;
        auto const open = schema_.nodes()[node_].loop;
        return schema_.is_inside(open, loop) || (loop != 0 && schema_.is_inside(open, schema_.loops()[loop].parent));
    }

    /// Findings that the next segments would make, read plainly from `node`.
    [[nodiscard]] std::size_t plain_cost(NodeIndex node, std::size_t from) const {
        std::size_t cost = 0;
        auto const end = std::min(from + look_ahead, set_.size());
        for (auto i = from; i < end; ++i) {
            if (slots_[i] < 0)
                continue;
            auto const step = schema_.step(node, static_cast<std::uint16_t>(slots_[i]));
            if (step.node == no_node) {
                ++cost;
                continue;
            }
            if (step.skips_mandatory)
                cost += schema_.skipped(node, step.node).size();
            node = step.node;
        }
        return cost;
    }

    /// True when a plain reader standing at `node` would find a place for the segment.
    [[nodiscard]] bool stands_after(int slot, NodeIndex node) const {
        return slot >= 0 && schema_.step(node, static_cast<std::uint16_t>(slot)).node != no_node;
    }

    void accept(std::size_t i, NodeIndex node, bool repeats) {
        nodes_[i] = node;
        counts_[node] = repeats ? counts_[node] + 1 : 1;
        if (!repeats && node == reported_row_) // counted anew: the next surplus is another fault
            reported_row_ = no_node;
        previous_ = node_;
        node_ = node;
        last_accepted_ = i;
        faults_before_ = faults_.size();
    }

    void apply(std::size_t i, std::uint16_t slot, Candidate const& chosen) {
        switch (chosen.kind) {
        case Explanation::accept:
        case Explanation::later_place: {
            for (auto const row : schema_.skipped(node_, chosen.node))
                faults_.push_back({Kind::missing, i, row, schema_.nodes()[row].segment});
            auto const step = schema_.step(node_, slot);
            bool const repeats = step.node == chosen.node && step.repeats;
            if (repeats && over_maximum(step)) {
                if (reported_row_ != chosen.node) // once per run of surplus segments
                    faults_.push_back({Kind::too_often, i, chosen.node, slot});
                reported_row_ = chosen.node;
            }
            accept(i, chosen.node, repeats);
            break;
        }
        case Explanation::blame_previous:
            nodes_[last_accepted_] = no_node;
            faults_.push_back({Kind::unexpected, last_accepted_, no_node, static_cast<std::uint16_t>(slots_[last_accepted_])});
            if (stands_after(slots_[last_accepted_], chosen.node)) {
                faults_.back().kind = Kind::early;
                faults_.back().other = i;
            }
            node_ = previous_;
            accept(i, chosen.node, schema_.step(previous_, slot).repeats);
            break;
        case Explanation::skip:
            faults_.push_back({Kind::unexpected, i, no_node, slot});
            break;
        case Explanation::nearest_place: {
            auto const& node = schema_.nodes()[chosen.node];
            auto const parent = node.starts_loop ? schema_.loops()[node.loop].parent : node.loop;
            if (schema_.is_inside(schema_.nodes()[node_].loop, parent)) {
                faults_.push_back({Kind::late, i, no_node, slot, last_accepted_});
            } else { // inside a loop whose head is absent
                auto const head = schema_.loops()[parent].first;
                faults_.push_back({Kind::missing, i, head, schema_.nodes()[head].segment});
            }
            accept(i, chosen.node, false);
            break;
        }
        }
    }

    /// Two neighbours that changed places are one fault, not a stray and a missing one. Looks only at the faults a few
    /// segments before and after, so that a set of strays alone costs no more than its length.
    void pair_strays_with_missing() {
        std::ranges::stable_sort(faults_, {}, &Fault::index);
        auto nearby = faults_.begin();
        for (auto& stray : faults_) {
            if (stray.kind != Kind::unexpected && stray.kind != Kind::late)
                continue;
            while (nearby->index + swap_distance < stray.index)
                ++nearby;
            for (auto missing = nearby; missing != faults_.end() && missing->index <= stray.index + swap_distance; ++missing) {
                if (missing->kind != Kind::missing || missing->dropped || missing->segment != stray.segment)
                    continue;
                missing->dropped = true;
                stray.kind = missing->index > stray.index ? Kind::early : Kind::late;
                stray.other = missing->index > stray.index ? missing->index - 1 : missing->index;
                break;
            }
        }
    }

    Schema const& schema_;
    x12::SegmentList const& set_;
    std::vector<NodeIndex>& nodes_;
    std::vector<std::uint32_t> counts_;
    std::vector<int> slots_;
    std::vector<Fault> faults_;
    NodeIndex node_ = 0;
    NodeIndex previous_ = 0;       // the state before the last accepted segment
    std::size_t last_accepted_ = 0;
    std::size_t faults_before_ = 0; // faults known when it was accepted
    NodeIndex reported_row_ = no_node;
};

} // namespace

void explain_structure(Schema const& schema, x12::SegmentList const& set, Findings& findings, std::vector<NodeIndex>& nodes) {
    Walk walk(schema, set, nodes);
    walk.run();
    walk.report(findings);
}

} // namespace wharf::grammar
