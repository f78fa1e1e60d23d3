// What most segments do not need: composites, constants, and what nobody claimed.
#include "translator/tree_reader.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>

namespace wharf::translator {

using grammar::no_node;
using grammar::NodeIndex;

/// Cells of a taken tuple that no line reads are kept with the tuple's object.
void TreeReader::keep_unread(TupleClaim const& claim, std::span<CellText const> cells, std::uint32_t index,
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

unsigned TreeReader::element_at(std::uint32_t index, std::uint32_t begin) const {
    auto const view = segments_[index];
    unsigned number = 1;
    while (number < view.element_count() && view.element_begin(number + 1) <= begin)
        ++number;
    return number;
}

void TreeReader::components(Use const& use, std::uint32_t index, x12::SegmentView const& view, std::uint64_t mask,
                ObjectId object, Claim const* claim, Run::Frame const& frame, std::uint64_t& residue) {
    std::array<CellText, 64> parts{};
    std::uint64_t done = 0;
    auto const element_done = [&](unsigned number, std::uint64_t read) {
        auto text = view.element(number);
        if (repetition_ != '\0' && (use.repeats & element_bit(number)) != 0) text = text.substr(0, text.find(repetition_));
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
                        used |= element_bit(part);
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
        done |= element_bit(number);
    };
    for (auto const& part : use.components)
        if ((mask >> (part.element - 1) & 1) != 0) element_done(part.element, part.mask);
    for (auto const& run : use.runs)
        if (run.element != 0 && (mask >> (run.element - 1) & 1) != 0 && (done & element_bit(run.element)) == 0)
            element_done(run.element, 0);
    residue &= ~done;
}

void TreeReader::repetitions(std::uint32_t index, x12::SegmentView const& view, std::uint64_t repeats, ObjectId object,
                             Claim const* claim, Run::Frame const& frame) {
    for (; repeats != 0; repeats &= repeats - 1) {
        auto const number = static_cast<unsigned>(std::countr_zero(repeats)) + 1;
        if (view.element(number).find(repetition_) == std::string_view::npos) continue;
        auto const numbered = claim != nullptr && claim->numbered ? count(*claim, index, frame) : 0;
        add_residue(index, number, later_repetitions, object, claim, frame.scope, numbered);
    }
}

void TreeReader::check_constant(Constant const& constant, std::uint32_t index, std::uint64_t mask) {
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

Extension& TreeReader::add_entry(ObjectId object) {
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

Extension& TreeReader::add_residue(std::uint32_t index, unsigned element_, unsigned component, ObjectId object,
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

std::int32_t TreeReader::keep_segment(std::uint32_t index, NodeIndex node, Run::Frame const& frame) {
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

void TreeReader::unplaced(std::uint32_t index) {
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

std::uint32_t TreeReader::count(Claim const& claim, std::uint32_t index, Run::Frame const& frame) {
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

} // namespace wharf::translator
