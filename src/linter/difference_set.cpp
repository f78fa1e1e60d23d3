#include "linter/difference_set.hpp"

#include "linter/show_table.hpp"
#include "linter/show_words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace wharf::linter {
namespace {

constexpr std::size_t most_segments_listed = 20;

using Part = SetTree::Part;

std::string_view first_filled(x12::SegmentView const& segment, std::vector<std::uint8_t> const& positions) {
    for (auto const position : positions)
        if (!segment.element(position).empty())
            return segment.element(position);
    return {};
}

std::string name_of(SegmentShape const& shape) {
    auto const ours = ShowWords::get().title(shape.id);
    return ours.empty() ? shape.name : std::string(ours);
}

/// What stands in brackets behind a part's name.
std::string_view label_of(DifferenceEntry const& entry) { return !entry.number.empty() ? std::string_view(entry.number) : std::string_view(entry.qualifier); }

} // namespace

std::string summary_of(std::vector<ShownFact> const& facts) {
    auto const words = [](ShownWord const& word) { return word.code.empty() ? word.text : fmt::format("{} ({})", word.text, word.code); };
    std::string text;
    for (auto const& fact : facts) {
        if (!text.empty())
            text += "; ";
        if (!fact.label.text.empty())
            text += words(fact.label) + ": ";
        for (std::size_t i = 0; i < fact.values.size(); ++i)
            (text += i > 0 ? fact.separator : std::string_view()) += words(fact.values[i]);
    }
    return text;
}

DifferenceSide::DifferenceSide(grammar::Item const& item, SegmentWords& words, SegmentComparison const& comparison) : item_(item), words_(words) {
    tree_.build(item);
    hash_all(comparison);
}

SegmentAt DifferenceSide::at(std::uint32_t segment) const {
    auto const& list = item_.part->segments;
    return {list[segment], list.delimiters(), words_.shape(list[segment].id()), words_};
}

std::uint64_t DifferenceSide::offset(std::uint32_t segment) const {
    auto const& list = item_.part->segments;
    return list.file_offset(list[segment].begin());
}

bool DifferenceSide::is_ordered(Part const& part) const {
    if (part.is_segment)
        return false;
    return tree_.occurrences()[part.index].level > 0 || is_line_like(at(first(part)).shape);
}

std::string DifferenceSide::slot(Part const& part) const {
    auto const segment = first(part);
    auto const node = tree_.node_of(segment);
    auto const area = node == grammar::no_node ? '?' : static_cast<char>('0' + static_cast<int>(item_.schema->nodes()[node].area));
    return fmt::format("{}{}{}", area, part.is_segment ? ' ' : '/', item_.part->segments[segment].id());
}

/// From the last occurrence to the first: children stand behind their parents. What has no order is summed.
void DifferenceSide::hash_all(SegmentComparison const& comparison) {
    auto const& occurrences = tree_.occurrences();
    auto const count = static_cast<std::uint32_t>(item_.part->segments.size());
    std::vector<std::uint64_t> sums(occurrences.size()), orders(occurrences.size());
    segment_hashes_.resize(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        segment_hashes_[i] = comparison.hash(at(i));
        auto const owner = tree_.owner(i);
        sums[owner] += mixed(segment_hashes_[i] + (occurrences[owner].begin == i ? 1 : 0));
    }
    hashes_.resize(occurrences.size());
    for (auto i = static_cast<std::uint32_t>(occurrences.size()); i-- > 0;) {
        hashes_[i] = mixed(sums[i] + mixed(orders[i]));
        if (i == 0)
            break;
        auto const parent = occurrences[i].parent;
        if (is_ordered({false, i}))
            orders[parent] = orders[parent] * 0x9e3779b97f4a7c15ULL + hashes_[i];
        else
            sums[parent] += mixed(hashes_[i] + 2);
    }
}

DifferenceEntry DifferenceSide::entry(Part const& part) const {
    auto const own = at(first(part));
    DifferenceEntry entry;
    entry.hash = part.is_segment ? segment_hashes_[part.index] : hashes_[part.index];
    entry.number = first_filled(own.segment, ShowWords::get().key(own.shape.id));
    entry.ids = SegmentComparison::item_ids(own);
    auto const node = tree_.node_of(first(part));
    bool const stands_once = node != grammar::no_node && item_.schema->nodes()[node].narrowed->place_max == 1; // then it needs no qualifier
    if (own.shape.qualifier != 0 && !stands_once)
        entry.qualifier = own.segment.element(own.shape.qualifier);
    if (part.is_segment)
        return entry;
    auto const& self = tree_.occurrences()[part.index];
    auto const add_identity = [&](std::uint32_t segment) {
        auto const inner = at(segment);
        if (auto const& positions = ShowWords::get().identity(inner.shape.id); !positions.empty()) {
            std::string id = inner.shape.id;
            for (auto const position : positions)
                id += fmt::format(" {}", inner.segment.element(position));
            entry.ids.push_back(std::move(id));
        }
        return inner;
    };
    if (self.level > 0) // a level is told by what stands directly in it
        for (auto i = self.begin + 1; i < self.end; ++i)
            if (tree_.owner(i) == part.index)
                for (auto& id : SegmentComparison::item_ids(add_identity(i)))
                    entry.ids.push_back(std::move(id));
    bool has_one_child = self.first_child != Occurrence::none && tree_.occurrences()[self.first_child].next == Occurrence::none;
    if (self.level == 0 && has_one_child && entry.ids.empty()) // LX and W12
        entry.ids = SegmentComparison::item_ids(at(tree_.occurrences()[self.first_child].begin));
    for (auto child = self.first_child; child != Occurrence::none && !entry.has_levels; child = tree_.occurrences()[child].next)
        entry.has_levels = tree_.occurrences()[child].level > 0;
    return entry;
}

std::vector<std::uint32_t> DifferenceSide::segments(Part const& part) const {
    if (part.is_segment)
        return {part.index};
    std::vector<std::uint32_t> all, waiting{part.index};
    while (!waiting.empty()) {
        auto const& self = tree_.occurrences()[waiting.back()];
        waiting.pop_back();
        for (auto i = self.begin; i < self.end; ++i)
            all.push_back(i);
        for (auto child = self.first_child; child != Occurrence::none; child = tree_.occurrences()[child].next)
            if (tree_.occurrences()[child].begin >= self.end) // levels below it
                waiting.push_back(child);
    }
    std::ranges::sort(all);
    return all;
}

std::string SetComparison::path(Step const& at) {
    std::vector<Step const*> steps;
    for (auto const* step = &at; step != nullptr; step = step->outer)
        steps.push_back(step);
    std::string text;
    for (auto i = steps.size(); i-- > 0;) {
        (text += text.empty() ? "" : "/") += steps[i]->id;
        if (!steps[i]->label.empty())
            text += fmt::format("[{}]", steps[i]->label);
    }
    return text;
}

void SetComparison::run(std::string const& set_id) {
    Step const at{nullptr, set_id, {}};
    occurrence(0, 0, at);
}

void SetComparison::segments(std::uint32_t left, std::uint32_t right, Step const& at) {
    comparison_.compare(left_.at(left), right_.at(right), [&](Difference&& found) {
        found.path = fmt::format("{}/{}", path(at), found.path);
        found.left_offset = left_.offset(left);
        found.right_offset = right_.offset(right);
        found_(std::move(found));
    });
}

void SetComparison::occurrence(std::uint32_t left, std::uint32_t right, Step const& at) {
    auto const is_outside = [&](DifferenceSide const& side, Part const& part) { // ST and SE belong to the envelope
        return !envelope_ && part.is_segment && (part.index == 0 || side.at(part.index).shape.id == "SE");
    };
    std::vector<Slot> slots;
    std::unordered_map<std::string, std::size_t> index;
    auto const collect = [&](DifferenceSide const& side, std::uint32_t occurrence_, std::vector<Part> Slot::* list) {
        auto const parts = side.tree().parts(occurrence_);
        for (std::size_t i = occurrence_ == 0 ? 0 : 1; i < parts.size(); ++i) { // a loop's first segment: the caller's
            if (is_outside(side, parts[i]))
                continue;
            auto const [found, is_new] = index.emplace(side.slot(parts[i]), slots.size());
            if (is_new)
                slots.emplace_back();
            (slots[found->second].*list).push_back(parts[i]);
        }
    };
    collect(left_, left, &Slot::left);
    collect(right_, right, &Slot::right);
    for (auto const& each : slots)
        slot(each, at);
}

void SetComparison::slot(Slot const& slot, Step const& at) {
    std::vector<DifferenceEntry> before, after;
    for (auto const& part : slot.left)
        before.push_back(left_.entry(part));
    for (auto const& part : slot.right)
        after.push_back(right_.entry(part));
    auto const pairs = match_entries(before, after);
    bool const is_ordered = !slot.left.empty() && left_.is_ordered(slot.left.front());
    auto const moved = is_ordered ? moved_pairs(pairs) : std::vector<bool>(pairs.size(), false);
    std::vector<bool> is_matched(slot.right.size(), false);
    std::size_t next = 0; // pair
    for (std::uint32_t i = 0; i < slot.left.size(); ++i) {
        auto const& part = slot.left[i];
        if (next == pairs.size() || pairs[next].left != i) {
            whole(DifferenceKind::removed, left_, part, before[i], at);
            continue;
        }
        auto const right = pairs[next].right;
        is_matched[right] = true;
        auto const& other = slot.right[right];
        auto const first = left_.first(part);
        Step const inner{&at, left_.at(first).segment.id(), label_of(before[i])};
        if (moved[next++]) {
            Difference move;
            move.kind = DifferenceKind::moved;
            move.path = path(inner);
            move.name = name_of(left_.at(first).shape);
            move.before = ShownWord{std::to_string(i + 1), {}};
            move.after = ShownWord{std::to_string(right + 1), {}};
            move.left_offset = left_.offset(first);
            move.right_offset = right_.offset(right_.first(other));
            found_(std::move(move));
        }
        segments(first, right_.first(other), inner);
        if (!part.is_segment)
            occurrence(part.index, other.index, inner); // as deep as loops and levels: both limited
    }
    for (std::uint32_t i = 0; i < slot.right.size(); ++i)
        if (!is_matched[i])
            whole(DifferenceKind::added, right_, slot.right[i], after[i], at);
}

void SetComparison::whole(DifferenceKind kind, DifferenceSide const& side, Part const& part, DifferenceEntry const& entry, Step const& at) {
    auto const first = side.first(part);
    auto const own = side.at(first);
    Difference made;
    made.kind = kind;
    made.path = path({&at, own.segment.id(), label_of(entry)});
    made.name = name_of(own.shape);
    auto const all = side.segments(part);
    for (auto const segment : all) {
        if (made.segments.size() == most_segments_listed)
            break;
        made.segments.emplace_back(side.at(segment).segment.bytes());
    }
    made.more_segments = all.size() - made.segments.size();
    (kind == DifferenceKind::added ? made.right_offset : made.left_offset) = side.offset(first);
    auto text = summary_of(side.facts(first));
    (kind == DifferenceKind::added ? made.after : made.before) = ShownWord{std::move(text), {}};
    found_(std::move(made));
}

} // namespace wharf::linter
