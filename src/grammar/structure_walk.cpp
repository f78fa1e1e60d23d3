#include "grammar/structure_walk.hpp"

#include "grammar/narrowing_findings.hpp"

#include <algorithm>
#include <limits>

namespace wharf::grammar {
namespace {

constexpr std::size_t look_ahead = 6;
constexpr std::size_t swap_distance = 4; // a stray this near to a missing segment of the same id is that segment

enum class Kind { missing, too_often, foreign, unknown, late, early, unexpected, not_used, too_few, beyond_guide };

struct Fault {
    Kind kind;
    std::size_t index;
    NodeIndex row = no_node;    // missing, too_often, and what a guide says: not_used, too_few, beyond_guide
    std::uint16_t segment = 0;  // slot of the segment meant, where known
    std::size_t other = 0;      // late, early: the segment it should stand before or after; too_few: how often it is there
    bool dropped = false;
    bool head = false;          // missing: of a loop of which other segments are there
};

enum class Explanation { accept, later_place, blame_previous, skip, nearest_place };

struct Candidate {
    Explanation kind;
    NodeIndex node;
    std::size_t cost;
};

/// One step of a reader, with the variant of the row told.
struct Move {
    NodeIndex node = no_node;
    bool skips = false;
    bool repeats = false;
    bool leaves = false;
};

class Walk {
public:
    Walk(Schema const& schema, x12::SegmentList const& set, std::vector<NodeIndex>& nodes)
        : schema_(schema), set_(set), nodes_(nodes), counts_(schema.nodes().size()), place_counts_(schema.places().size()) {
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
        NarrowingFindings guide(schema_, set_, findings);
        for (auto const& fault : faults_) {
            if (fault.dropped)
                continue;
            switch (fault.kind) {
            case Kind::missing:
                report_missing(fault, findings, guide);
                break;
            case Kind::not_used:
                guide.not_used(fault.index, fault.row);
                break;
            case Kind::too_few:
                guide.too_few(fault.index, fault.row, static_cast<std::uint32_t>(fault.other));
                break;
            case Kind::beyond_guide:
                guide.too_often(fault.index, fault.row);
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
    /// What the grammar demands is its finding; of what only the guide demands, each variant.
    void report_missing(Fault const& fault, Findings& findings, NarrowingFindings& guide) const {
        auto const& row = schema_.nodes()[fault.row];
        auto const variants = row.place == no_place ? std::vector{fault.row} : schema_.places()[row.place].variants;
        auto const beyond = [&](NodeIndex node) { return schema_.nodes()[node].narrowed->beyond; };
        if (fault.head || (row.row->mandatory && std::ranges::none_of(variants, beyond))) {
            findings.missing_row(fault.index, fault.row);
            return;
        }
        for (auto const variant : variants)
            if (schema_.nodes()[variant].mandatory || variants.size() == 1)
                guide.too_few(fault.index, variant, 0);
    }

    [[nodiscard]] Move move(NodeIndex from, std::size_t i) const {
        auto const step = schema_.step(from, static_cast<std::uint16_t>(slots_[i]));
        if (step.node == no_node)
            return {};
        return {schema_.variant_of(step.node, set_[i], set_.delimiters().component), step.skips_mandatory, step.repeats, step.leaves};
    }

    /// True when the segment may stand at this node: of the variants of a place only one may take it.
    [[nodiscard]] bool takes(NodeIndex node, std::size_t i) const {
        return schema_.nodes()[node].segment == slots_[i] &&
               (schema_.nodes()[node].place == no_place || schema_.variant_of(node, set_[i], set_.delimiters().component) == node);
    }

    /// Rows left behind with fewer occurrences than a guide wants.
    template <class Visit> void each_too_few(NodeIndex to, Visit&& visit) const {
        for (auto const row : schema_.left(node_, to)) {
            auto const place = schema_.nodes()[row].place;
            auto const check = [&](NodeIndex node) {
                if (!schema_.is_enough(node, counts_[node]))
                    visit(node);
            };
            if (place == no_place)
                check(row);
            else
                std::ranges::for_each(schema_.places()[place].variants, check);
        }
    }
    [[nodiscard]] std::size_t too_few(Move const& to) const {
        std::size_t count = 0;
        if (to.leaves)
            each_too_few(to.node, [&](NodeIndex) { ++count; });
        return count;
    }

    void read(std::size_t i) {
        if (slots_[i] < 0) { // unknown segments never move the state
            bool const known = schema_.dictionary().segment(set_[i].id()) != nullptr;
            faults_.push_back({known ? Kind::foreign : Kind::unknown, i});
            return;
        }
        auto const next = move(node_, i);
        if (next.node != no_node && !next.skips && !over_maximum(next) && !schema_.nodes()[next.node].forbidden && too_few(next) == 0) {
            accept(i, next.node, next.repeats);
            return;
        }
        apply(i, static_cast<std::uint16_t>(slots_[i]), choose(i, next));
    }

    [[nodiscard]] bool over_maximum(Move const& to) const {
        auto const& node = schema_.nodes()[to.node];
        return to.repeats && ((node.max != 0 && counts_[to.node] + 1 > node.max) || over_place(to));
    }
    /// All variants of the place together: what the grammar allows.
    [[nodiscard]] bool over_place(Move const& to) const {
        auto const place = schema_.nodes()[to.node].place;
        return to.repeats && place != no_place && schema_.places()[place].max != 0 && place_counts_[place] + 1 > schema_.places()[place].max;
    }
    /// True when the surplus is one of the grammar's, not only of the guide's.
    [[nodiscard]] bool over_grammar(Move const& to) const {
        auto const& node = schema_.nodes()[to.node];
        if (node.place != no_place)
            return over_place(to);
        return node.max == node.row->max || node.narrowed->beyond || (node.row->max != 0 && counts_[to.node] + 1 > node.row->max);
    }

    [[nodiscard]] Candidate choose(std::size_t i, Move const& step) const {
        Candidate best{Explanation::skip, no_node, std::numeric_limits<std::size_t>::max()};
        auto const offer = [&](Explanation kind, NodeIndex node, std::size_t now, NodeIndex from) {
            auto const cost = now * 2 + plain_cost(from, i + 1) * 2;
            if (cost < best.cost)
                best = {kind, node, cost};
        };
        if (step.node != no_node && over_maximum(step)) {
            offer(Explanation::accept, step.node, 1 + schema_.skipped(node_, step.node).size(), step.node);
            if (auto const later = later_place(step.node, i); later != no_node)
                offer(Explanation::later_place, later, schema_.skipped(node_, later).size(), later);
        } else if (step.node != no_node) {
            offer(Explanation::accept, step.node,
                  schema_.skipped(node_, step.node).size() + too_few(step) + (schema_.nodes()[step.node].forbidden ? 1 : 0), step.node);
        }
        // The segment before was the stray: take its step back and read this one from there.
        if (previous_ != node_ && last_accepted_ + 1 == i) {
            auto const back = move(previous_, i);
            if (back.node != no_node && !back.skips && !schema_.nodes()[back.node].forbidden && faults_.size() == faults_before_)
                offer(Explanation::blame_previous, back.node, 1, back.node);
        }
        bool const closes_the_set = i + 1 == set_.size() && set_[i].id() == "SE"; // never a stray: what it passes over is missing
        if (!closes_the_set || step.node == no_node)
            offer(Explanation::skip, no_node, 1, node_);
        if (step.node == no_node)
            for (NodeIndex node = 1; node < schema_.nodes().size(); ++node)
                if (takes(node, i) && is_reachable(node))
                    offer(Explanation::nearest_place, node, 1, node);
        return best;
    }

    /// The same segment's next place further on, beyond `from`.
    [[nodiscard]] NodeIndex later_place(NodeIndex from, std::size_t i) const {
        for (auto node = static_cast<NodeIndex>(from + 1); node < schema_.nodes().size(); ++node) {
            auto const& candidate = schema_.nodes()[node];
            auto const parent = candidate.starts_loop ? schema_.loops()[candidate.loop].parent : candidate.loop;
            if (takes(node, i) && schema_.is_inside(schema_.nodes()[node_].loop, parent))
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
            auto const next = move(node, i);
            if (next.node == no_node) {
                ++cost;
                continue;
            }
            if (next.skips)
                cost += schema_.skipped(node, next.node).size();
            cost += schema_.nodes()[next.node].forbidden ? 1 : 0;
            node = next.node;
        }
        return cost;
    }

    /// True when a plain reader standing at `node` would find a place for the segment.
    [[nodiscard]] bool stands_after(int slot, NodeIndex node) const {
        return slot >= 0 && schema_.step(node, static_cast<std::uint16_t>(slot)).node != no_node;
    }

    void accept(std::size_t i, NodeIndex node, bool repeats) {
        nodes_[i] = node;
        if (auto const place = schema_.nodes()[node].place; place != no_place) {
            if (!repeats) {
                place_counts_[place] = 0;
                for (auto const variant : schema_.places()[place].variants)
                    counts_[variant] = 0;
            }
            ++place_counts_[place];
            ++counts_[node];
        } else {
            counts_[node] = repeats ? counts_[node] + 1 : 1;
        }
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
            auto next = move(node_, i);
            if (next.leaves || next.node != chosen.node)
                each_too_few(chosen.node, [&](NodeIndex row) { faults_.push_back({Kind::too_few, i, row, slot, counts_[row]}); });
            bool const repeats = next.node == chosen.node && next.repeats;
            if (schema_.nodes()[chosen.node].forbidden) {
                faults_.push_back({Kind::not_used, i, chosen.node, slot});
            } else if (repeats && over_maximum(next)) {
                if (reported_row_ != chosen.node) // once per run of surplus segments
                    faults_.push_back({over_grammar(next) ? Kind::too_often : Kind::beyond_guide, i, chosen.node, slot});
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
            accept(i, chosen.node, move(previous_, i).repeats);
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
                faults_.back().head = true;
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
    std::vector<std::uint32_t> place_counts_; // all variants of a place
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
