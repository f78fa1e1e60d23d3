#include "linter/difference_segment.hpp"

#include "base/decimal.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <map>

namespace wharf::linter {
namespace {

constexpr std::size_t most_qualified = 1000; // repetitions of one element looked through for a qualifier

ElementShape const* shape_of(SegmentAt const& at, std::uint32_t position) {
    return position >= 1 && position <= at.shape.elements.size() ? &at.shape.elements[position - 1] : nullptr;
}

bool repeats(SegmentAt const& at, std::string_view value) {
    return at.delimiters.repetition != '\0' && value.find(at.delimiters.repetition) != std::string_view::npos;
}

ShownWord word(SegmentAt const& at, ElementShape const* shape, std::string_view value) {
    return shape == nullptr || !shape->components.empty() ? ShownWord{std::string(value), {}} : at.words.word(*shape, value);
}

std::string place_of(SegmentAt const& at, std::uint32_t position) {
    auto const* const shape = shape_of(at, position);
    return shape != nullptr ? shape->place : fmt::format("{}{:02}", at.shape.id, position);
}

std::string name_of(SegmentAt const& at, std::uint32_t position) {
    auto const* const shape = shape_of(at, position);
    return shape != nullptr ? shape->name : std::string();
}

/// Added, removed or changed by what is empty.
Difference of_values(std::string path, std::string name, std::optional<ShownWord> before, std::optional<ShownWord> after) {
    Difference made;
    made.kind = !before ? DifferenceKind::added : !after ? DifferenceKind::removed : DifferenceKind::changed;
    made.path = std::move(path);
    made.name = std::move(name);
    made.before = std::move(before);
    made.after = std::move(after);
    return made;
}

std::uint32_t pairs_end(SegmentAt const& at) { return std::min<std::uint32_t>(at.shape.pairs_to, at.segment.element_count()); }

bool is_in_pairs(SegmentAt const& at, std::uint32_t position) { return at.shape.pairs_from != 0 && position >= at.shape.pairs_from && position <= at.shape.pairs_to; }

/// A qualifier and its value.
struct Pair {
    std::string_view qualifier, value;
    std::uint32_t position = 0; // of the value
};

std::vector<Pair> pairs_of(SegmentAt const& at) {
    std::vector<Pair> pairs;
    if (at.shape.pairs_from == 0)
        return pairs;
    for (std::uint32_t i = at.shape.pairs_from; i <= pairs_end(at); i += 2) {
        Pair const pair{at.segment.element(i), at.segment.element(i + 1), i + 1};
        if (!pair.qualifier.empty() || !pair.value.empty())
            pairs.push_back(pair);
    }
    return pairs;
}

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

} // namespace

bool SegmentComparison::is_left_out(SegmentShape const& shape, std::uint32_t position) const {
    return !counts_ && position <= shape.elements.size() && shape.elements[position - 1].is_count;
}

/// Of one value that may be a number: the same text for equal numbers.
std::string SegmentComparison::normal_number(ElementShape const& shape, std::string_view value) const {
    if (exact_ || (shape.type != "R" && !shape.type.starts_with('N')))
        return std::string(value);
    auto const number = shape.implied_decimals > 0 ? Decimal::implied(value, shape.implied_decimals) : Decimal::parse(value);
    if (!number)
        return std::string(value);
    auto text = number->text();
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.ends_with('.'))
            text.pop_back();
    }
    return text == "-0" ? "0" : text;
}

/// Of a whole element; components stand apart in the same way whatever separates them in the file.
std::string SegmentComparison::normal(ElementShape const* shape, std::string_view value, x12::Delimiters const& delimiters) const {
    if (shape == nullptr)
        return std::string(value);
    if (shape->components.empty())
        return normal_number(*shape, value);
    std::string text;
    auto const parts = split(value, delimiters.component);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        text += i < shape->components.size() ? normal_number(shape->components[i], parts[i]) : std::string(parts[i]);
        text += '\x1f';
    }
    text.erase(text.find_last_not_of('\x1f') + 1);
    return text;
}

std::uint64_t SegmentComparison::hash(SegmentAt const& at) const {
    std::uint64_t sum = hash_of(at.shape.id);
    for (std::uint32_t i = 1; i <= at.segment.element_count(); ++i) {
        auto const value = at.segment.element(i);
        if (value.empty() || is_in_pairs(at, i) || is_left_out(at.shape, i))
            continue;
        auto const* const shape = shape_of(at, i);
        std::uint64_t own = 0;
        for (auto const each : repeats(at, value) ? split(value, at.delimiters.repetition) : std::vector{value})
            own += mixed(hash_of(normal(shape, each, at.delimiters)));
        sum += mixed(own + i);
    }
    for (auto const& pair : pairs_of(at))
        sum += mixed(hash_of(pair.qualifier) * 31 + mixed(hash_of(normal(shape_of(at, pair.position), pair.value, at.delimiters))));
    return mixed(sum);
}

std::vector<std::string> SegmentComparison::item_ids(SegmentAt const& at) {
    std::vector<std::string> ids;
    for (auto const& pair : pairs_of(at))
        if (!pair.value.empty() && at.shape.elements.size() >= at.shape.pairs_from && at.shape.elements[at.shape.pairs_from - 1u].reference == "235")
            ids.push_back(fmt::format("{} {}", pair.qualifier, pair.value));
    return ids;
}

void SegmentComparison::compare(SegmentAt const& left, SegmentAt const& right, Found const& found, std::uint64_t left_out) const {
    auto const last = std::max(left.segment.element_count(), right.segment.element_count());
    for (std::uint32_t i = 1; i <= last; ++i) {
        bool const is_skipped = i <= 64 && (left_out >> (i - 1) & 1) != 0;
        if (!is_skipped && !is_left_out(left.shape, i) && !(is_in_pairs(left, i) && is_in_pairs(right, i)) && (!left.segment.element(i).empty() || !right.segment.element(i).empty()))
            compare_element(left, right, i, found);
    }
    if (left.shape.pairs_from != 0 && right.shape.pairs_from != 0)
        compare_pairs(left, right, found);
}

void SegmentComparison::compare_element(SegmentAt const& left, SegmentAt const& right, std::uint32_t position, Found const& found) const {
    auto const before = left.segment.element(position), after = right.segment.element(position);
    auto const* const own = shape_of(left, position);
    auto const* const other = shape_of(right, position);
    if (!before.empty() && !after.empty() && (repeats(left, before) || repeats(right, after)))
        return compare_repetitions(left, right, position, found);
    if (normal(own, before, left.delimiters) == normal(other, after, right.delimiters))
        return;
    if (own != nullptr && other != nullptr && !own->components.empty() && !other->components.empty())
        return compare_components(left, right, position, found);
    auto const side = [&](SegmentAt const& at, ElementShape const* shape, std::string_view value) {
        return value.empty() ? std::nullopt : std::optional(word(at, shape, value));
    };
    auto const& named = own != nullptr ? left : right;
    found(of_values(place_of(named, position), name_of(named, position), side(left, own, before), side(right, other, after)));
}

void SegmentComparison::compare_components(SegmentAt const& left, SegmentAt const& right, std::uint32_t position, Found const& found) const {
    auto const before = split(left.segment.element(position), left.delimiters.component);
    auto const after = split(right.segment.element(position), right.delimiters.component);
    auto const& own = shape_of(left, position)->components;
    auto const& other = shape_of(right, position)->components;
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        auto const value = [i](std::vector<std::string_view> const& values) { return i < values.size() ? values[i] : std::string_view(); };
        auto const shape = [i](std::vector<ElementShape> const& shapes) { return i < shapes.size() ? &shapes[i] : nullptr; };
        if (normal(shape(own), value(before), left.delimiters) == normal(shape(other), value(after), right.delimiters))
            continue;
        auto const side = [&](SegmentAt const& at, std::vector<ElementShape> const& shapes, std::string_view text) {
            return text.empty() ? std::nullopt : std::optional(word(at, shape(shapes), text));
        };
        found(of_values(shape(own) != nullptr ? own[i].place : fmt::format("{}-{:02}", place_of(left, position), i + 1), shape(own) != nullptr ? own[i].name : std::string(),
                        side(left, own, value(before)), side(right, other, value(after))));
    }
}

/// Repetitions have no order: those that stand on one side only, by their first component where it is a qualifier.
void SegmentComparison::compare_repetitions(SegmentAt const& left, SegmentAt const& right, std::uint32_t position, Found const& found) const {
    struct Side {
        std::multimap<std::string, std::string_view> by_value; // normal form, as it stands
    };
    auto const collect = [&](SegmentAt const& at) {
        Side side;
        auto const value = at.segment.element(position);
        for (auto const each : repeats(at, value) ? split(value, at.delimiters.repetition) : std::vector{value})
            if (!each.empty())
                side.by_value.emplace(normal(shape_of(at, position), each, at.delimiters), each);
        return side;
    };
    auto before = collect(left), after = collect(right);
    for (auto it = before.by_value.begin(); it != before.by_value.end();) {
        auto const same = after.by_value.find(it->first);
        if (same == after.by_value.end()) {
            ++it;
            continue;
        }
        after.by_value.erase(same);
        it = before.by_value.erase(it);
    }
    auto const* const own = shape_of(left, position);
    auto const* const other = shape_of(right, position);
    bool const is_qualified = after.by_value.size() <= most_qualified && own != nullptr && !own->components.empty() && own->components.front().is_qualifier;
    auto const qualifier = [](std::string_view normal_form) { return normal_form.substr(0, normal_form.find('\x1f')); };
    for (auto const& [text, value] : before.by_value) {
        auto same = is_qualified ? std::ranges::find_if(after.by_value, [&](auto const& one) { return qualifier(one.first) == qualifier(text); }) : after.by_value.end();
        std::optional<ShownWord> now;
        if (same != after.by_value.end()) {
            now = word(right, other, same->second);
            after.by_value.erase(same);
        }
        found(of_values(place_of(left, position), name_of(left, position), word(left, own, value), std::move(now)));
    }
    for (auto const& [text, value] : after.by_value)
        found(of_values(place_of(right, position), name_of(right, position), std::nullopt, word(right, other, value)));
}

void SegmentComparison::compare_pairs(SegmentAt const& left, SegmentAt const& right, Found const& found) const {
    auto before = pairs_of(left), after = pairs_of(right);
    auto const same = [&](Pair const& a, Pair const& b) {
        return a.qualifier == b.qualifier &&
               normal(shape_of(left, a.position), a.value, left.delimiters) == normal(shape_of(right, b.position), b.value, right.delimiters);
    };
    std::erase_if(before, [&](Pair const& pair) { // a segment holds few pairs
        auto const found_one = std::ranges::find_if(after, [&](Pair const& other) { return same(pair, other); });
        if (found_one == after.end())
            return false;
        after.erase(found_one);
        return true;
    });
    auto const name = [](SegmentAt const& at, Pair const& pair) {
        auto const* const shape = shape_of(at, pair.position - 1);
        auto const words = shape == nullptr ? ShownWord{std::string(pair.qualifier), {}} : at.words.word(*shape, pair.qualifier);
        return words.code.empty() ? words.text : fmt::format("{} ({})", words.text, words.code);
    };
    auto const value = [](SegmentAt const& at, Pair const& pair) { return word(at, shape_of(at, pair.position), pair.value); };
    for (auto const& pair : before) {
        auto const other = std::ranges::find(after, pair.qualifier, &Pair::qualifier);
        std::optional<ShownWord> now;
        if (other != after.end()) {
            now = value(right, *other);
            after.erase(other);
        }
        found(of_values(place_of(left, pair.position), name(left, pair), value(left, pair), std::move(now)));
    }
    for (auto const& pair : after)
        found(of_values(place_of(right, pair.position), name(right, pair), std::nullopt, value(right, pair)));
}

} // namespace wharf::linter
