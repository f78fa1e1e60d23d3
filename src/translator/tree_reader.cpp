// What every segment passes: its place, the claim that takes it, its elements into slots.
#include "translator/tree_reader.hpp"

#include <bit>

namespace wharf::translator {

using grammar::no_node;
using grammar::NodeIndex;

void TreeReader::run() {
    run_.arena.clear();
    run_.extensions.clear();
    run_.frames.clear();
    run_.levels.clear();
    run_.level_ids.clear();
    run_.levels_counted = true;
    run_.elements = 0;
    run_.numbered = {};
    run_.root = run_.arena.make(*plan_.root, 0, 0);
    Run::Frame frame;
    frame.scope = plan_.root->scope.get();
    frame.object = run_.root;
    run_.frames.push_back(frame);
    auto const& nodes = *input_.nodes;
    auto const count = segments_.size();
    for (std::size_t i = 1; i < count; ++i) {
        auto const node = i < nodes.size() ? nodes[i] : no_node;
        if (i + 1 == count && segments_[i].id() == "SE") break;
        segment(static_cast<std::uint32_t>(i), node);
    }
    while (!run_.frames.empty())
        pop();
}

std::uint64_t TreeReader::filled(x12::Segment const& segment) {
    auto const* ends = segments_.ends().data() + segment.first_end;
    std::uint64_t mask = 0;
    auto const last = std::min<std::uint32_t>(segment.count, 65);
    for (std::uint32_t e = 1; e < last; ++e) {
        std::uint64_t const full = ends[e] - ends[e - 1] > 1;
        mask |= full << (e - 1);
    }
    auto count = static_cast<std::uint64_t>(std::popcount(mask));
    for (std::uint32_t e = 65; e < segment.count; ++e)
        count += ends[e] - ends[e - 1] > 1;
    run_.elements += count;
    return mask;
}

void TreeReader::segment(std::uint32_t index, NodeIndex node) {
    auto const mask = filled(segments_.segments()[index]);
    if (node == no_node || node >= schema_.nodes().size()) {
        unplaced(index);
        return;
    }
    auto const& row = schema_.nodes()[node];
    auto const wanted = row.starts_loop ? schema_.loops()[row.loop].parent : row.loop;
    auto open = run_.frames.size();
    while (open > 0 && run_.frames[open - 1].loop != wanted)
        --open;
    if (open == 0) { // the rows do not nest: the segment stands where no loop is open
        unplaced(index);
        return;
    }
    while (run_.frames.size() > open)
        pop();
    if (node == plan_.hierarchy_row)
        hierarchy(index, node, mask);
    else
        dispatch(run_.frames.back(), index, node, mask);
}

void TreeReader::pop() {
    auto const& frame = run_.frames.back();
    if (frame.level >= 0) run_.levels[static_cast<std::size_t>(frame.level)].frame = frame;
    run_.frames.pop_back();
}

/// The frame is copied where it may move: a loop pushes one of its own.
void TreeReader::dispatch(Run::Frame& frame, std::uint32_t index, NodeIndex node, std::uint64_t mask) {
    bool const loop = schema_.nodes()[node].starts_loop;
    if (frame.scope != nullptr) {
        auto const& claims = frame.scope->by_row[node - frame.scope->first];
        auto const text = [&](unsigned number) { return element(index, number); };
        if (auto const* const claim = claim_for(claims, frame.used, mask, loop, text); claim != nullptr) {
            take(frame, *claim, index, mask, loop);
            return;
        }
    }
    auto const object = frame.object;
    auto const entry = keep_segment(index, node, frame);
    if (loop) push(schema_.nodes()[node].loop, nullptr, object, entry, index);
}

void TreeReader::push(std::uint16_t loop, Scope const* scope, ObjectId object, std::int32_t extension, std::uint32_t index) {
    auto& frame = run_.frames.emplace_back();
    frame.loop = loop;
    frame.scope = scope;
    frame.object = object;
    frame.extension = extension;
    frame.first_segment = index;
}

void TreeReader::take(Run::Frame& frame, Claim const& claim, std::uint32_t index, std::uint64_t mask, bool loop) {
    set_used(claim, frame.used);
    auto object = frame.object;
    Scope const* scope = claim.scope;
    if (claim.child != nullptr) {
        object = run_.arena.make(*claim.child, frame.object, index);
        add_item(frame.object, claim.list, object);
        scope = claim.child->scope.get();
        apply(claim.child->use, index, mask, object, nullptr, frame);
    } else {
        apply(claim.use, index, mask, object, &claim, frame);
    }
    if (loop) push(schema_.nodes()[claim.row].loop, scope, object, -1, index); // `frame` may have moved
}

void TreeReader::apply(Use const& use, std::uint32_t index, std::uint64_t mask, ObjectId object, Claim const* claim,
           Run::Frame const& frame) {
    auto const view = segments_[index];
    auto const& body = *plan_.bodies[run_.arena.body(object)];
    std::uint64_t present = 0;
    auto consumed = use.mask;
    auto const repeats = repetition_ == '\0' ? 0 : use.repeats & mask;
    auto const* const ends = segments_.ends().data() + segments_.segments()[index].first_end;
    for (auto const& field : use.fields) {
        if ((mask >> (field.element - 1) & 1) == 0) continue;
        if (run_.arena.length(object, field.slot) != 0) { // a second segment of the same claim: not lost
            consumed &= ~element_bit(field.element);
            continue;
        }
        auto begin = ends[field.element - 1] + 1; // it is there: its bit is set
        auto text = std::string_view(segments_.text() + begin, ends[field.element] - begin);
        if ((repeats & element_bit(field.element)) != 0) text = text.substr(0, text.find(repetition_));
        if (field.component != 0) {
            auto const part = component_of(text, separator_, field.component);
            if (part.empty()) continue;
            begin += static_cast<std::uint32_t>(part.data() - text.data());
            text = part;
        }
        run_.arena.set(object, field.slot, begin, static_cast<std::uint32_t>(text.size()));
        present |= body.slot_members[field.slot];
    }
    run_.arena.add_present(object, present);
    for (auto const& run : use.runs)
        if (run.element == 0) tuples(run, index, view, mask, object, consumed);
    for (auto const& constant : use.constants)
        check_constant(constant, index, mask);
    if ((repeats & consumed) != 0) repetitions(index, view, repeats & consumed, object, claim, frame);
    auto residue = mask & ~consumed;
    if (use.composites) components(use, index, view, mask, object, claim, frame, residue);
    if (residue != 0 || view.element_count() > 64) {
        auto const number = claim != nullptr && claim->numbered ? count(*claim, index, frame) : 0;
        for (; residue != 0; residue &= residue - 1)
            add_residue(index, static_cast<unsigned>(std::countr_zero(residue)) + 1, 0, object, claim, frame.scope,
                        number);
        for (std::uint32_t e = 65; e <= view.element_count(); ++e) // more than any segment of the standard has
            if (!view.element(e).empty()) add_residue(index, e, 0, object, claim, frame.scope, number);
    }
}

void TreeReader::add_item(ObjectId object, SlotIndex list, ObjectId item) {
    run_.arena.append(object, list, item);
    run_.arena.add_present(object, plan_.bodies[run_.arena.body(object)]->slot_members[list]);
}

void TreeReader::tuples(TupleRun const& run, std::uint32_t index, x12::SegmentView const& view, std::uint64_t mask,
            ObjectId object, std::uint64_t& consumed) {
    std::array<CellText, tuple_parts> cells; // filled as far as `size`, tuple by tuple
    auto const size = std::min<std::size_t>(run.offsets.size(), cells.size());
    // usually two or three of ten are filled: behind the last filled element there is nothing to look for
    for (unsigned first = run.first; first <= run.last && first <= 64 && mask >> (first - 1) != 0; first += run.stride) {
        std::uint64_t used = 0;
        for (std::size_t c = 0; c < size; ++c) {
            auto const number = first + run.offsets[c];
            cells[c] = {};
            if ((mask >> (number - 1) & 1) == 0) continue;
            used |= element_bit(number);
            cells[c] = {view.element_begin(number), static_cast<std::uint32_t>(view.element(number).size())};
        }
        if (used != 0 && tuple(run, first, {cells.data(), size}, index, view, mask, object)) consumed |= used;
    }
}

bool TreeReader::tuple(TupleRun const& run, unsigned first, std::span<CellText const> cells, std::uint32_t index,
           x12::SegmentView const& view, std::uint64_t mask, ObjectId object) {
    PackedText text;
    unsigned packed = ~0U; // the cell that `text` is of
    for (auto const& claim : run.claims) {
        if (first < claim.first || first > claim.last) continue;
        if (claim.test.present) {
            if (packed != claim.test.element) {
                packed = claim.test.element;
                text = PackedText(text_at(cells[packed]));
            }
            if (!claim.test.accepts(text)) continue;
        }
        bool fits = true;
        for (auto const& constant : claim.constants)
            fits = fits && right_trimmed(text_at(cells[constant.element])) == constant.text;
        if (!fits) continue;
        auto target = object;
        if (claim.child != nullptr) {
            target = run_.arena.make(*claim.child, object, index);
            add_item(object, claim.list, target);
        } else { // single: takes one tuple that has a value
            bool free = true, value = false;
            for (auto const& field : claim.cells) {
                free = free && run_.arena.length(object, field.slot) == 0;
                value = value || cells[field.element].length != 0;
            }
            if (!free || !value) continue;
        }
        auto const& body = *plan_.bodies[run_.arena.body(target)];
        std::uint64_t present = 0;
        for (auto const& field : claim.cells) {
            run_.arena.set(target, field.slot, cells[field.element].begin, cells[field.element].length);
            if (cells[field.element].length != 0) present |= body.slot_members[field.slot];
        }
        for (auto const& field : claim.outer)
            if ((mask >> (field.element - 1) & 1) != 0) {
                run_.arena.set(target, field.slot, view.element_begin(field.element),
                               static_cast<std::uint32_t>(view.element(field.element).size()));
                present |= body.slot_members[field.slot];
            }
        run_.arena.add_present(target, present);
        if (claim.child != nullptr) keep_unread(claim, cells, index, target);
        return true;
    }
    return false;
}

void read_tree(Plan const& plan, SetInput const& input, Run& run, Diagnostics& diagnostics) {
    TreeReader(plan, input, run, diagnostics).run();
}

} // namespace wharf::translator
