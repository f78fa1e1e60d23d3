// Reading, first half: segments go through claims into slots (map language §5 and §6).
#include "translator/run.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>
#include <span>

namespace wharf::translator {
namespace {

using grammar::no_node;
using grammar::NodeIndex;

std::uint64_t bit(unsigned element) {
    return element == 0 || element > 64 ? 0 : std::uint64_t{1} << (element - 1);
}

/// Levels from the outside in; where HL02 is empty, a level belongs to the nearest earlier one that ranks above it.
constexpr std::string_view levels_from_outside[] = {"S", "O", "T", "P", "I"};
unsigned rank_of(std::string_view level) {
    for (unsigned i = 0; i < std::size(levels_from_outside); ++i)
        if (levels_from_outside[i] == level) return i;
    return std::size(levels_from_outside);
}

class TreeReader {
public:
    TreeReader(Plan const& plan, SetInput const& input, Run& run, Diagnostics& diagnostics)
        : plan_(plan), schema_(*plan.schema), input_(input), segments_(*input.segments), run_(run),
          diagnostics_(diagnostics), separator_(segments_.delimiters().component) {}

    void run() {
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

private:
    /// Bit n-1: element n is not empty. Elements beyond 64 are counted and kept as residue.
    std::uint64_t filled(x12::Segment const& segment) {
        auto const* ends = segments_.ends().data() + segment.first_end;
        std::uint64_t mask = 0, count = 0;
        auto const last = std::min<std::uint32_t>(segment.count, 65);
        for (std::uint32_t e = 1; e < last; ++e) {
            std::uint64_t const full = ends[e] - ends[e - 1] > 1;
            mask |= full << (e - 1);
            count += full;
        }
        for (std::uint32_t e = 65; e < segment.count; ++e)
            count += ends[e] - ends[e - 1] > 1;
        run_.elements += count;
        return mask;
    }
    std::string_view element(std::uint32_t index, unsigned number) const { return segments_[index].element(number); }

    void segment(std::uint32_t index, NodeIndex node) {
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

    void pop() {
        auto const& frame = run_.frames.back();
        if (frame.level >= 0) run_.levels[static_cast<std::size_t>(frame.level)].frame = frame;
        run_.frames.pop_back();
    }

    // --- claims

    /// The frame is copied where it may move: a loop pushes one of its own.
    void dispatch(Run::Frame& frame, std::uint32_t index, NodeIndex node, std::uint64_t mask) {
        bool const loop = schema_.nodes()[node].starts_loop;
        if (frame.scope != nullptr) {
            for (auto* const claim : frame.scope->by_row[node - frame.scope->first]) {
                if (!claim->each && (frame.used[claim->used / 64] >> (claim->used % 64) & 1) != 0) continue;
                if (claim->test.present && !claim->test.accepts(element(index, claim->test.element))) continue;
                take(frame, *claim, index, mask, loop);
                return;
            }
        }
        auto const object = frame.object;
        auto const entry = keep_segment(index, node, frame);
        if (loop) push(schema_.nodes()[node].loop, nullptr, object, entry, index);
    }

    void push(std::uint16_t loop, Scope const* scope, ObjectId object, std::int32_t extension, std::uint32_t index) {
        auto& frame = run_.frames.emplace_back();
        frame.loop = loop;
        frame.scope = scope;
        frame.object = object;
        frame.extension = extension;
        frame.first_segment = index;
    }

    void take(Run::Frame& frame, Claim const& claim, std::uint32_t index, std::uint64_t mask, bool loop) {
        if (!claim.each) frame.used[claim.used / 64] |= std::uint64_t{1} << (claim.used % 64);
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

    void apply(Use const& use, std::uint32_t index, std::uint64_t mask, ObjectId object, Claim const* claim,
               Run::Frame const& frame) {
        auto const view = segments_[index];
        auto const& body = *plan_.bodies[run_.arena.body(object)];
        std::uint64_t present = 0;
        auto consumed = use.mask;
        for (auto const& field : use.fields) {
            if ((mask >> (field.element - 1) & 1) == 0) continue;
            if (run_.arena.length(object, field.slot) != 0) { // a second segment of the same claim: not lost
                consumed &= ~bit(field.element);
                continue;
            }
            auto begin = view.element_begin(field.element);
            auto text = view.element(field.element);
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

    void add_item(ObjectId object, SlotIndex list, ObjectId item) {
        run_.arena.append(object, list, item);
        run_.arena.add_present(object, plan_.bodies[run_.arena.body(object)]->slot_members[list]);
    }

    // --- tuples

    struct CellText {
        std::uint32_t begin = 0, length = 0;
    };

    void tuples(TupleRun const& run, std::uint32_t index, x12::SegmentView const& view, std::uint64_t mask,
                ObjectId object, std::uint64_t& consumed) {
        std::array<CellText, tuple_parts> cells{};
        auto const size = std::min<std::size_t>(run.offsets.size(), cells.size());
        for (unsigned first = run.first; first <= run.last; first += run.stride) {
            std::uint64_t used = 0;
            for (std::size_t c = 0; c < size; ++c) {
                auto const number = first + run.offsets[c];
                cells[c] = {};
                if ((mask >> (number - 1) & 1) == 0) continue;
                used |= bit(number);
                cells[c] = {view.element_begin(number), static_cast<std::uint32_t>(view.element(number).size())};
            }
            if (used != 0 && tuple(run, first, {cells.data(), size}, index, view, mask, object)) consumed |= used;
        }
    }

    std::string_view text_at(CellText const& cell) const { return {segments_.text() + cell.begin, cell.length}; }

    bool tuple(TupleRun const& run, unsigned first, std::span<CellText const> cells, std::uint32_t index,
               x12::SegmentView const& view, std::uint64_t mask, ObjectId object) {
        for (auto const& claim : run.claims) {
            if (first < claim.first || first > claim.last) continue;
            if (claim.test.present && !claim.test.accepts(text_at(cells[claim.test.element]))) continue;
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
            if (claim.child != nullptr) keep_unread(claim, cells, index, first + run.offsets[0], target);
            return true;
        }
        return false;
    }

    /// Cells of a taken tuple that no line reads are kept with the tuple's object.
    void keep_unread(TupleClaim const& claim, std::span<CellText const> cells, std::uint32_t index, unsigned,
                     ObjectId target) {
        if (claim.cells.size() >= cells.size()) return;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            if (cells[c].length == 0 || (claim.test.present && claim.test.single() && claim.test.element == c))
                continue;
            bool read = false;
            for (auto const& field : claim.cells)
                read = read || field.element == c;
            for (auto const& constant : claim.constants)
                read = read || constant.element == c;
            if (read) continue;
            // named by its place in the tuple: "03"
            auto& entry = add_residue(index, element_at(index, cells[c].begin), 0, target, nullptr, nullptr, 0);
            entry.component = static_cast<std::uint16_t>(0x100 + c + 1);
        }
    }

    unsigned element_at(std::uint32_t index, std::uint32_t begin) const {
        auto const view = segments_[index];
        unsigned number = 1;
        while (number < view.element_count() && view.element_begin(number + 1) <= begin)
            ++number;
        return number;
    }

    // --- composites

    void components(Use const& use, std::uint32_t index, x12::SegmentView const& view, std::uint64_t mask,
                    ObjectId object, Claim const* claim, Run::Frame const& frame, std::uint64_t& residue) {
        std::array<CellText, 64> parts{};
        std::uint64_t done = 0;
        auto const element_done = [&](unsigned number, std::uint64_t read) {
            auto const text = view.element(number);
            unsigned count_ = 0;
            std::uint64_t present = 0;
            for (std::size_t at = 0; count_ < 64; ++count_) {
                auto const end = std::min(text.find(separator_, at), text.size());
                parts[count_] = {view.element_begin(number) + static_cast<std::uint32_t>(at),
                                 static_cast<std::uint32_t>(end - at)};
                present |= static_cast<std::uint64_t>(end > at) << count_;
                if (end == text.size()) {
                    ++count_;
                    break;
                }
                at = end + 1;
            }
            for (auto const& run : use.runs) {
                if (run.element != number) continue;
                for (unsigned first = run.first; first <= run.last && first <= count_; first += run.stride) {
                    std::array<CellText, tuple_parts> cells{};
                    std::uint64_t used = 0;
                    auto const size = std::min<std::size_t>(run.offsets.size(), cells.size());
                    for (std::size_t c = 0; c < size; ++c)
                        if (auto const part = first + run.offsets[c];
                            part <= count_ && (present >> (part - 1) & 1) != 0) {
                            used |= bit(part);
                            cells[c] = parts[part - 1];
                        }
                    if (used != 0 && tuple(run, first, {cells.data(), size}, index, view, mask, object)) read |= used;
                }
            }
            for (auto left = present & ~read; left != 0; left &= left - 1) {
                auto const number_ = claim != nullptr && claim->numbered ? count(*claim, index, frame) : 0;
                add_residue(index, number, static_cast<unsigned>(std::countr_zero(left)) + 1, object, claim,
                            frame.scope, number_);
            }
            done |= bit(number);
        };
        for (auto const& part : use.components)
            if ((mask >> (part.element - 1) & 1) != 0) element_done(part.element, part.mask);
        for (auto const& run : use.runs)
            if (run.element != 0 && (mask >> (run.element - 1) & 1) != 0 && (done & bit(run.element)) == 0)
                element_done(run.element, 0);
        residue &= ~done;
    }

    void check_constant(Constant const& constant, std::uint32_t index, std::uint64_t mask) {
        if (constant.direction == Direction::write || (mask >> (constant.element - 1) & 1) == 0) return;
        auto text = element(index, constant.element);
        if (constant.component != 0) text = component_of(text, separator_, constant.component);
        text = right_trimmed(text);
        if (text.empty() || text == constant.text) return;
        diagnostics_.push_back(data_diagnostic(
            plan_, input_, "MAP-0107", index, constant.element,
            fmt::format("{}{:02} is `{}`; the map {} says it is always `{}`. The value is not kept.",
                        segments_[index].id(), constant.element, text, constant.origin.text_place(), constant.text),
            "If the value matters, give the element a canonical path in an override."));
    }

    // --- what nobody claimed

    Extension& add_entry(ObjectId object) {
        run_.arena.add_present(object, plan_.bodies[run_.arena.body(object)]->extension_bit);
        auto const number = static_cast<std::uint32_t>(run_.extensions.size() + 1);
        auto& entry = run_.extensions.emplace_back();
        auto& last = run_.arena.last_extension(object);
        if (last == 0)
            run_.arena.first_extension(object) = number;
        else
            run_.extensions[last - 1].next = number;
        entry.previous = last;
        last = number;
        return entry;
    }

    Extension& add_residue(std::uint32_t index, unsigned element_, unsigned component, ObjectId object,
                           Claim const* claim, Scope const* scope, std::uint32_t number) {
        auto& entry = add_entry(object);
        entry.segment = index;
        entry.element = static_cast<std::uint16_t>(element_);
        entry.component = static_cast<std::uint16_t>(component);
        entry.claim = claim;
        entry.scope = scope;
        entry.number = number;
        return entry;
    }

    std::int32_t keep_segment(std::uint32_t index, NodeIndex node, Run::Frame const& frame) {
        std::uint32_t number = 1;
        auto const parent = frame.scope == nullptr ? frame.extension : -1;
        for (auto at = run_.arena.last_extension(frame.object); at != 0; at = run_.extensions[at - 1].previous) {
            if (static_cast<std::int32_t>(at - 1) <= parent) break; // what stands below the parent came after it
            auto const& known = run_.extensions[at - 1];
            if (known.element == 0 && known.node == node && known.parent == parent && known.scope == frame.scope) {
                number = known.number + 1;
                break;
            }
        }
        auto& entry = add_entry(frame.object);
        entry.segment = index;
        entry.node = node;
        entry.scope = frame.scope;
        entry.parent = parent;
        entry.number = number;
        return static_cast<std::int32_t>(run_.extensions.size() - 1);
    }

    void unplaced(std::uint32_t index) {
        auto const object = run_.frames.back().object;
        std::uint32_t number = 1;
        auto const id = segments_[index].id();
        for (auto at = run_.arena.last_extension(object); at != 0; at = run_.extensions[at - 1].previous) {
            auto const& known = run_.extensions[at - 1];
            if (known.element == 0 && known.node == no_node && segments_[known.segment].id() == id) {
                number = known.number + 1;
                break;
            }
        }
        auto& entry = add_entry(object);
        entry.segment = index;
        entry.number = number;
    }

    /// The how-manieth segment of this claim stands at `index`; goes on from where it counted last.
    std::uint32_t count(Claim const& claim, std::uint32_t index, Run::Frame const& frame) {
        auto& memory = run_.numbered;
        if (memory.claim != &claim || memory.object != frame.object || memory.segment < frame.first_segment ||
            memory.segment > index)
            memory = {&claim, frame.object, frame.first_segment, 0};
        auto const& nodes = *input_.nodes;
        for (auto i = memory.segment + 1; i <= index; ++i)
            if (nodes[i] == claim.row && (!claim.test.present || claim.test.accepts(element(i, claim.test.element))))
                ++memory.number;
        memory.segment = index;
        return std::max<std::uint32_t>(memory.number, 1);
    }

    // --- hierarchy

    /// The number a text of digits says; 0 for anything else.
    static std::uint32_t number_of(std::string_view id) {
        std::uint32_t number = 0;
        for (char const c : id) {
            if (c < '0' || c > '9' || number > 100'000'000) return 0;
            number = number * 10 + static_cast<std::uint32_t>(c - '0');
        }
        return number;
    }

    std::int32_t find_level(std::string_view id) {
        if (run_.levels_counted) {
            auto const number = number_of(id);
            return number >= 1 && number <= run_.levels.size() && run_.levels[number - 1].id == id
                       ? static_cast<std::int32_t>(number - 1)
                       : -1;
        }
        auto const found = run_.level_ids.find(id);
        return found == run_.level_ids.end() ? -1 : static_cast<std::int32_t>(found->second);
    }

    /// HL01 is 1, 2, 3, … in nearly every file: then no table is needed to find one.
    void add_level(Run::Level const& level) {
        if (run_.levels_counted && number_of(level.id) != run_.levels.size() + 1) {
            run_.levels_counted = false;
            for (std::uint32_t i = 0; i < run_.levels.size(); ++i)
                run_.level_ids.emplace(run_.levels[i].id, i);
        }
        if (!run_.levels_counted) run_.level_ids.emplace(level.id, static_cast<std::uint32_t>(run_.levels.size()));
        run_.levels.push_back(level);
    }

    void hierarchy_fault(std::uint32_t index, unsigned element_, std::string message, std::string help) {
        diagnostics_.push_back(
            data_diagnostic(plan_, input_, "MAP-0104", index, element_, "HL_INVALID: " + message, std::move(help)));
    }

    void hierarchy(std::uint32_t index, NodeIndex node, std::uint64_t mask) {
        auto const id = right_trimmed(element(index, 1));
        auto const parent_id = right_trimmed(element(index, 2));
        auto const rank = rank_of(right_trimmed(element(index, 3)));
        std::int32_t parent = -1;
        if (!id.empty() && find_level(id) >= 0)
            hierarchy_fault(index, 1, fmt::format("HL01 `{}` was given to an earlier HL already.", id),
                            "Every HL of a set needs a number of its own: 1, 2, 3.");
        if (!parent_id.empty()) {
            parent = find_level(parent_id);
            if (parent < 0 || parent_id == id) {
                hierarchy_fault(index, 2,
                                parent_id == id ? fmt::format("HL02 `{}` points to the HL itself.", parent_id)
                                                : fmt::format("HL02 `{}` points to no earlier HL.", parent_id),
                                "HL02 is the HL01 of the level above, which must stand before.");
                parent = -1;
            }
        } else if (!run_.levels.empty()) {
            for (unsigned above = 0; above < rank && above < std::size(last_of_rank_); ++above)
                parent = std::max(parent, last_of_rank_[above]);
            if (parent >= 0)
                diagnostics_.push_back(
                    data_diagnostic(plan_, input_, "MAP-0105", index, 2,
                                    fmt::format("HL `{}` does not name its parent (HL02 is empty); it is taken as a "
                                                "child of HL `{}`, the nearest earlier one of a higher level.",
                                                id, run_.levels[static_cast<std::size_t>(parent)].id),
                                    "Ask the partner to fill HL02."));
            else
                diagnostics_.push_back(
                    data_diagnostic(plan_, input_, "MAP-0105", index, 2,
                                    fmt::format("HL `{}` is a second root: no parent is named, and no earlier HL is of "
                                                "a higher level. It is kept in `extensions`.",
                                                id),
                                    "Ask the partner to send one shipment per transaction set, or to fill HL02."));
        }
        Run::Level level;
        level.id = id;
        level.rank = rank;
        if (parent >= 0) {
            level.depth = run_.levels[static_cast<std::size_t>(parent)].depth + 1;
            if (level.depth >= limits::hierarchy_depth) {
                diagnostics_.push_back(
                    data_diagnostic(plan_, input_, "MAP-0106", index, 2,
                                    fmt::format("The HL levels are nested deeper than {}.", limits::hierarchy_depth),
                                    "A ship notice has a handful of levels; look at HL02 of the levels above."));
                parent = -1;
                level.depth = 0;
            }
        }
        auto const open = run_.frames.size();
        if (parent >= 0) {
            // the parent's frame stands open in `levels`; its claims take the level below
            auto above = run_.levels[static_cast<std::size_t>(parent)].frame;
            bool const knows = above.scope == nullptr || !above.scope->by_row[node - above.scope->first].empty();
            if (knows) {
                run_.frames.reserve(run_.frames.size() + 1);
                dispatch(above, index, node, mask);
                run_.levels[static_cast<std::size_t>(parent)].frame = above;
            } else {
                dispatch(run_.frames.back(), index, node, mask);
            }
        } else {
            run_.frames.reserve(run_.frames.size() + 1);
            dispatch(run_.frames.back(), index, node, mask);
        }
        if (run_.frames.size() > open) {
            run_.frames.back().level = static_cast<std::int32_t>(run_.levels.size());
            level.frame = run_.frames.back();
        }
        if (rank < std::size(last_of_rank_)) last_of_rank_[rank] = static_cast<std::int32_t>(run_.levels.size());
        add_level(level);
    }

    Plan const& plan_;
    grammar::Schema const& schema_;
    SetInput const& input_;
    x12::SegmentList const& segments_;
    Run& run_;
    Diagnostics& diagnostics_;
    char separator_;
    std::array<std::int32_t, std::size(levels_from_outside)> last_of_rank_{-1, -1, -1, -1, -1}; // the latest HL of each
};

} // namespace

std::string_view component_of(std::string_view element, char separator, unsigned number) {
    while (--number > 0) {
        auto const end = element.find(separator);
        if (end == element.npos) return {};
        element.remove_prefix(end + 1);
    }
    return element.substr(0, element.find(separator));
}

void read_tree(Plan const& plan, SetInput const& input, Run& run, Diagnostics& diagnostics) {
    TreeReader(plan, input, run, diagnostics).run();
}

Diagnostic data_diagnostic(Plan const& plan, SetInput const& input, std::string_view code, std::uint32_t segment,
                           std::uint32_t element, std::string message, std::string help) {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    auto const view = (*input.segments)[segment];
    auto& place = found.place;
    place.file = input.context.file;
    place.interchange = input.context.interchange;
    place.group = input.context.group;
    place.transaction = input.context.transaction;
    place.transaction_set = plan.schema->set().id;
    place.segment_id = std::string(view.id());
    place.segment_position = segment + 1;
    place.element = element;
    auto const text = element == 0 ? view.bytes() : view.element(element);
    auto const begin = element == 0
                           ? view.begin()
                           : std::min(view.element_begin(std::min(element, view.element_count() + 1)), view.end());
    place.offset = input.segments->base() + begin;
    place.length = text.size();
    place.has_offset = true;
    found.excerpt = std::string(view.bytes());
    found.excerpt_offset = begin - view.begin();
    if (element != 0) found.value = std::string(text);
    if (auto const node = segment < input.nodes->size() ? (*input.nodes)[segment] : grammar::no_node;
        node != grammar::no_node) {
        auto const& row = plan.schema->nodes()[node];
        auto const& rule = plan.schema->segments()[row.segment];
        place.path = plan.schema->path(node);
        if (element != 0) {
            place.path += fmt::format("/{}{:02}", view.id(), element);
            if (element <= rule.elements.size() && rule.elements[element - 1].definition != nullptr) {
                auto const& number = rule.elements[element - 1].definition->number;
                place.element_number = 0;
                for (char const c : number)
                    if (c >= '0' && c <= '9')
                        place.element_number = place.element_number * 10 + static_cast<std::uint32_t>(c - '0');
            }
        }
    }
    return found;
}

} // namespace wharf::translator
