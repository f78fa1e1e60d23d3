#include "grammar/structure_walk.hpp"

#include "grammar/narrowing_findings.hpp"
#include "grammar/structure_search.hpp"

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr std::size_t swap_distance = 4; // a stray this near to a missing segment of the same id is that segment
constexpr std::size_t longest_look = 64; // segments looked back through for the one that a late segment belongs before

enum class Kind { missing, too_often, foreign, unknown, late, early, unexpected, not_used, too_few, beyond_guide };

struct Fault {
    Kind kind;
    std::size_t index;
    NodeIndex row = no_node;    // missing, too_often, and what a guide says: not_used, too_few, beyond_guide
    std::uint16_t segment = 0;  // slot of the segment meant, where known
    std::size_t other = 0;      // late, early: the segment it should stand before or after; too_few: how often it is there
    bool joined = false;        // a stray that is missing elsewhere
    bool dropped = false;       // missing, but found elsewhere
    bool head = false;          // missing: of a loop of which other segments are there
};

/// Turns decisions into faults: what is missing where, and which strays are what is missing elsewhere.
class Walk {
public:
    Walk(Schema const& schema, x12::SegmentList const& set, std::vector<NodeIndex>& nodes)
        : schema_(schema), set_(set), nodes_(nodes), search_(schema, set), opened_(schema.loops().size(), 0),
          open_faults_(schema.segments().size(), none), counts_(schema.nodes().size()), place_counts_(schema.places().size()) {}

    void run() {
        auto const decisions = search_.run();
        nodes_.assign(set_.size(), no_node);
        if (set_.empty())
            return;
        nodes_[0] = 0;
        for (std::size_t i = 1; i < decisions.size(); ++i)
            read(i, decisions[i]);
        pair_neighbours();
    }

    void report(Findings& findings) const {
        NarrowingFindings guide(schema_, set_, findings);
        for (std::size_t i = 0; i < faults_.size(); ++i) {
            auto fault = faults_[i];
            if (fault.dropped)
                continue;
            if (is_stray(fault))
                lead(fault, i);
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
                findings.misplaced_segment(fault.index, Misplaced::late, fault.other, nodes_[fault.other], end_of_run(i));
                break;
            case Kind::early:
                findings.misplaced_segment(fault.index, Misplaced::early, fault.other, nodes_[fault.other], end_of_run(i));
                break;
            case Kind::unexpected:
                findings.misplaced_segment(fault.index, Misplaced::nowhere, 0, nodes_[fault.other], end_of_run(i));
                break;
            }
            if (is_stray(fault))
                while (i + 1 < faults_.size() && continues_run(i + 1))
                    ++i;
        }
    }

private:
    static constexpr std::size_t none = ~std::size_t{0};

    [[nodiscard]] bool is_stray(Fault const& fault) const {
        return nodes_[fault.index] == no_node && (fault.kind == Kind::unexpected || fault.kind == Kind::early || fault.kind == Kind::late);
    }
    /// Strays that follow one another are one finding: a block that was moved, or belongs to something that is absent.
    [[nodiscard]] bool continues_run(std::size_t i) const {
        return is_stray(faults_[i]) && is_stray(faults_[i - 1]) && faults_[i].index == faults_[i - 1].index + 1;
    }
    /// A run is told at its first segment; that one of it is missing elsewhere says where the run belongs.
    void lead(Fault& fault, std::size_t i) const {
        for (; !fault.joined && i + 1 < faults_.size() && continues_run(i + 1); ++i) {
            if (!faults_[i + 1].joined)
                continue;
            fault.kind = faults_[i + 1].kind;
            fault.other = faults_[i + 1].other;
            return;
        }
    }
    [[nodiscard]] std::size_t end_of_run(std::size_t i) const {
        if (!is_stray(faults_[i]))
            return faults_[i].index;
        while (i + 1 < faults_.size() && continues_run(i + 1))
            ++i;
        return faults_[i].index;
    }

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

    void read(std::size_t i, Decision const& decision) {
        auto const slot = search_.slots()[i] < 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(search_.slots()[i]);
        switch (decision.reading) {
        case Reading::foreign:
            faults_.push_back({schema_.dictionary().segment(set_[i].id()) != nullptr ? Kind::foreign : Kind::unknown, i});
            return;
        case Reading::stray:
            faults_.push_back({Kind::unexpected, i, no_node, slot, last_});
            settle_stray();
            return;
        case Reading::plain:
        case Reading::surplus:
            stand(i, decision.node, slot);
            break;
        case Reading::late:
            faults_.push_back({Kind::late, i, no_node, slot, belongs_before(i, decision.node)});
            settle_stray();
            count(decision.node, false);
            break;
        case Reading::missing_head:
            miss_head(i, decision.node);
            count(decision.node, false);
            break;
        }
        if (decision.reading == Reading::plain && last_ + 1 < i)
            look_back(i, decision.node);
        if (auto const& row = schema_.nodes()[decision.node]; row.starts_loop)
            opened_[row.loop] = i;
        nodes_[i] = decision.node;
        node_ = decision.node;
        last_ = i;
    }

    /// At a row found by reading on: what is missing between, and what a guide says of the rows left and of this one.
    void stand(std::size_t i, NodeIndex node, std::uint16_t slot) {
        auto const step = schema_.step(node_, slot);
        bool const found = step.node == schema_.representative(node);
        if (!found || step.skips_mandatory)
            miss(i, schema_.skipped(node_, node));
        if (!found || step.leaves)
            leave(i, node, slot);
        bool const repeats = found ? step.repeats : repeats_head(node);
        count(node, repeats);
        if (!repeats && node == surplus_) // counted anew: the next surplus is another fault
            surplus_ = no_node;
        if (schema_.nodes()[node].forbidden) {
            faults_.push_back({Kind::not_used, i, node, slot});
        } else if (is_surplus(node)) {
            if (surplus_ != node) // once per run of surplus segments
                faults_.push_back({is_surplus_of_grammar(node) ? Kind::too_often : Kind::beyond_guide, i, node, slot});
            surplus_ = node;
        }
    }

    [[nodiscard]] bool repeats_head(NodeIndex node) const {
        return schema_.nodes()[node].starts_loop && schema_.is_inside(schema_.nodes()[node_].loop, schema_.nodes()[node].loop);
    }

    /// Rows left behind with fewer occurrences than a guide wants.
    void leave(std::size_t i, NodeIndex to, std::uint16_t slot) {
        auto const check = [&](NodeIndex node) {
            if (!schema_.is_enough(node, counts_[node]))
                faults_.push_back({Kind::too_few, i, node, slot, counts_[node]});
        };
        for (auto const row : schema_.left(node_, to)) {
            if (auto const place = schema_.nodes()[row].place; place == no_place)
                check(row);
            else
                std::ranges::for_each(schema_.places()[place].variants, check);
        }
    }

    void count(NodeIndex node, bool repeats) {
        auto const place = schema_.nodes()[node].place;
        if (!repeats) {
            counts_[node] = 0;
            if (place != no_place) {
                place_counts_[place] = 0;
                for (auto const variant : schema_.places()[place].variants)
                    counts_[variant] = 0;
            }
        }
        ++counts_[node];
        if (place != no_place)
            ++place_counts_[place];
    }

    [[nodiscard]] bool is_beyond_place(std::uint16_t place) const {
        return schema_.places()[place].max != 0 && place_counts_[place] > schema_.places()[place].max;
    }
    [[nodiscard]] bool is_surplus(NodeIndex node) const {
        auto const& row = schema_.nodes()[node];
        return (row.max != 0 && counts_[node] > row.max) || (row.place != no_place && is_beyond_place(row.place));
    }
    /// Not only of the guide.
    [[nodiscard]] bool is_surplus_of_grammar(NodeIndex node) const {
        auto const& row = schema_.nodes()[node];
        if (row.place != no_place)
            return is_beyond_place(row.place);
        return row.max == row.row->max || row.narrowed->beyond || (row.row->max != 0 && counts_[node] > row.row->max);
    }

    /// Strays that would fit behind the segment now read came too early.
    void look_back(std::size_t i, NodeIndex node) {
        auto first = faults_.end();
        for (auto index = i; first != faults_.begin() && (first - 1)->kind == Kind::unexpected && (first - 1)->index + 1 == index; --index)
            --first;
        if (first == faults_.end() || first->joined)
            return;
        if (auto const step = schema_.step(node, first->segment); step.node != no_node && !step.skips_mandatory) {
            first->kind = Kind::early;
            first->other = i;
        }
    }

    void miss(std::size_t i, std::vector<NodeIndex> const& rows) {
        for (auto const row : rows) {
            faults_.push_back({Kind::missing, i, row, schema_.nodes()[row].segment});
            settle_missing();
        }
    }

    void miss_head(std::size_t i, NodeIndex node) {
        auto const loop = loop_around(schema_, node);
        auto const head = schema_.loops()[loop].first;
        if (is_ahead(schema_, node_, loop))
            miss(i, schema_.skipped(node_, head));
        faults_.push_back({Kind::missing, i, head, schema_.nodes()[head].segment});
        faults_.back().head = true;
        opened_[loop] = i;
        count(head, repeats_head(head));
        miss(i, schema_.skipped(head, node));
    }

    /// A stray of an open occurrence in which the same segment is missing later, or was before, is that segment.
    void settle_stray() {
        auto const slot = faults_.back().segment;
        auto& open = open_faults_[slot];
        if (open != none && faults_[open].kind == Kind::missing && !faults_[open].dropped && is_in_open_occurrence(faults_[open], faults_[open].index)) {
            join(faults_.back(), faults_[open]);
            open = none;
        } else {
            open = faults_.size() - 1;
        }
    }

    void settle_missing() {
        auto const slot = faults_.back().segment;
        auto& open = open_faults_[slot];
        if (open != none && faults_[open].kind != Kind::missing && !faults_[open].joined && is_in_open_occurrence(faults_.back(), faults_[open].index)) {
            join(faults_[open], faults_.back());
            open = none;
        } else {
            open = faults_.size() - 1;
        }
    }

    /// The occurrence of the loop in which the row is missing is open at the segment now read, and was at `index`.
    [[nodiscard]] bool is_in_open_occurrence(Fault const& missing, std::size_t index) const {
        auto const loop = loop_around(schema_, missing.row);
        return schema_.is_inside(schema_.nodes()[node_].loop, loop) && index >= opened_[loop];
    }

    static void join(Fault& stray, Fault& missing) {
        missing.dropped = true;
        stray.joined = true;
        stray.kind = missing.index > stray.index ? Kind::early : Kind::late;
        stray.other = missing.index > stray.index ? missing.index - 1 : missing.index;
    }

    /// The first segment of this occurrence that stands at a row behind `row`.
    [[nodiscard]] std::size_t belongs_before(std::size_t i, NodeIndex row) const {
        auto first = last_;
        for (auto k = i; k-- > 1 && i - k < longest_look;) {
            if (nodes_[k] == no_node)
                continue;
            if (nodes_[k] <= row)
                break;
            first = k;
        }
        return first;
    }

    /// Two neighbours that changed places are one fault, not a stray and a missing one. Looks only at the faults a few
    /// segments before and after, so that a set of strays alone costs no more than its length.
    void pair_neighbours() {
        auto nearby = faults_.begin();
        for (auto& stray : faults_) {
            bool const stands_wrong = stray.kind == Kind::unexpected || stray.kind == Kind::late || stray.kind == Kind::early;
            if (stray.joined || (!stands_wrong && stray.kind != Kind::too_often))
                continue;
            while (nearby->index + swap_distance < stray.index)
                ++nearby;
            for (auto missing = nearby; missing != faults_.end() && missing->index <= stray.index + swap_distance; ++missing) {
                if (missing->kind != Kind::missing || missing->dropped || missing->segment != stray.segment)
                    continue;
                if (stray.kind == Kind::too_often && missing->index <= stray.index)
                    continue;
                join(stray, *missing);
                break;
            }
        }
    }

    Schema const& schema_;
    x12::SegmentList const& set_;
    std::vector<NodeIndex>& nodes_;
    StructureSearch search_;
    std::vector<Fault> faults_;
    std::vector<std::size_t> opened_;      // by loop: the segment that began its last occurrence
    std::vector<std::size_t> open_faults_; // by segment id: the last stray or missing one, not yet paired
    std::vector<std::uint32_t> counts_;    // by node
    std::vector<std::uint32_t> place_counts_; // all variants of a place
    NodeIndex node_ = 0;
    NodeIndex surplus_ = no_node;
    std::size_t last_ = 0;                 // the last segment that stands at a row
};

} // namespace

void explain_structure(Schema const& schema, x12::SegmentList const& set, Findings& findings, std::vector<NodeIndex>& nodes) {
    Walk walk(schema, set, nodes);
    walk.run();
    walk.report(findings);
}

} // namespace wharf::grammar
