#include "grammar/fast_check.hpp"

#include "grammar/narrowing.hpp"
#include "grammar/value_rule.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wharf::grammar {
namespace {

constexpr std::uint32_t byte(char value) { return static_cast<unsigned char>(value); }
constexpr std::uint64_t bytes(std::uint8_t value) { return 0x0101010101010101u * value; }

/// Eight bytes, the first in the lowest. At most the first eight of a value are asked for; the caller knows they may be read.
std::uint64_t load(char const* at) {
    std::uint64_t value;
    std::memcpy(&value, at, sizeof value);
    if constexpr (std::endian::native == std::endian::big)
        value = __builtin_bswap64(value);
    return value;
}

/// The lowest `length` bytes, 1 to 8. Of 0 all: who asks with 0 does not use the answer.
std::uint64_t low_bytes(std::uint32_t length) { return ~std::uint64_t{0} >> ((64 - 8 * length) & 63); }

/// 0x80 in each byte that is not '0' to '9'.
std::uint64_t not_digits(std::uint64_t text) {
    auto const values = text ^ bytes('0');
    return (((values & bytes(0x7f)) + bytes(0x76)) | values) & bytes(0x80);
}

/// Digits with a leading minus and, in a decimal, one point; sign and point do not count for the length.
/// Longer than eight bytes is rare and looked at again.
bool number_is_wrong(char const* at, std::uint32_t length, FastElement const& rule, bool point_allowed) {
    std::uint32_t const minus = *at == '-';
    at += minus;
    length -= minus;
    std::uint64_t others = 0; // bytes that are no digits
    std::uint32_t points = 0;
    if (length <= 8) [[likely]] {
        auto const text = load(at);
        others = not_digits(text) & low_bytes(length);
        if (point_allowed) {
            auto const lowest = others & (0 - others);
            // 0x80 of the lowest byte that is no digit, as a mask of that byte: it must be the point, and the only one.
            auto const point = (lowest >> 7) * '.';
            points = others != 0 && (text & (lowest | (lowest - (lowest >> 7)))) == point;
            others = points != 0 ? others & (others - 1) : others;
        }
    } else if (length <= 24) {
        for (std::uint32_t i = 0; i < length; ++i) {
            if (at[i] >= '0' && at[i] <= '9')
                continue;
            others |= static_cast<std::uint64_t>(at[i] != '.' || !point_allowed || points != 0);
            ++points;
        }
    } else {
        others = 1;
    }
    return others != 0 || length - points - rule.min > rule.span;
}

// Days of each month as written, "00" to "99"; February with 29, which is looked at again.
constexpr auto days_of_month = [] {
    std::array<std::uint8_t, 128> days{};
    constexpr std::uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (std::size_t i = 0; i < 12; ++i)
        days[i + 1] = lengths[i];
    return days;
}();

/// Four numbers of two digits each, in bytes 0, 2, 4 and 6.
std::uint64_t pairs_of_digits(std::uint64_t text) {
    auto const values = text - bytes('0');
    return (values * 10 + (values >> 8)) & 0x00ff00ff00ff00ffu;
}

bool date_is_wrong(char const* at, std::uint32_t length) {
    if (length != 8 && length != 6)
        return true;
    auto text = load(at);
    if (length == 6)
        text = text << 16 | (bytes('0') & 0xffff);
    if (not_digits(text) != 0)
        return true;
    auto const pairs = pairs_of_digits(text);
    auto const month = pairs >> 32 & 0x7f;
    auto const day = pairs >> 48 & 0x7f;
    return day - 1 >= days_of_month[month]; // the 29th of February too: the careful check knows the leap years
}

bool time_is_wrong(char const* at, std::uint32_t length) {
    if (length < 4 || length == 5 || length > 8)
        return true;
    auto const mask = low_bytes(length);
    auto const text = (load(at) & mask) | (bytes('0') & ~mask);
    if (not_digits(text) != 0)
        return true;
    auto const pairs = pairs_of_digits(text);
    return (pairs & 0xff) > 23 || (pairs >> 16 & 0xff) > 59 || (pairs >> 32 & 0xff) > 59;
}

[[gnu::noinline]] bool long_text_is_text(std::uint64_t const* not_text, std::uint32_t bit, std::uint32_t length) {
    while (length != 0) {
        auto const shift = bit % 64;
        auto const take = std::min<std::uint32_t>(64 - shift, length);
        if (((not_text[bit / 64] >> shift) << (64 - take)) != 0)
            return false;
        length -= take;
        bit += take;
    }
    return true;
}

/// True when no byte of text[begin, begin + length) is a control character, beyond ASCII, a component or repetition separator.
[[gnu::always_inline]] inline bool is_text(std::uint64_t const* not_text, std::uint32_t begin, std::uint32_t length) {
    if (length - 1 > 63) [[unlikely]]
        return long_text_is_text(not_text, begin, length);
    auto const* const word = not_text + begin / 64;
    auto const shift = begin % 64;
    auto const bits = word[0] >> shift | word[1] << 1 << (63 - shift); // two shifts: one by 64 would do nothing
    return bits << (64 - length) == 0;
}

bool is_all_digits(char const* at, std::uint32_t length) {
    if (length <= 8)
        return (not_digits(load(at)) & low_bytes(length)) == 0;
    std::uint64_t others = not_digits(load(at + length - 8));
    for (std::uint32_t i = 0; i + 8 < length; i += 8)
        others |= not_digits(load(at + i));
    return others == 0;
}

constexpr std::int64_t powers[] = {100'000'000, 10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};

/// A number of one to eight characters without a sign, right and within the bounds. Others are looked at more carefully.
[[gnu::always_inline]] inline bool is_within_bounds(char const* at, std::uint32_t length, FastElement const& rule, FastBounds const& bounds) {
    if (length > 8)
        return false;
    auto text = load(at) & low_bytes(length);
    std::uint32_t decimals = bounds.implied;
    if (auto const others = not_digits(text) & low_bytes(length); others != 0) {
        auto const place = static_cast<unsigned>(std::countr_zero(others)) & ~7u;
        if ((others & (others - 1)) != 0 || (text >> place & 0xff) != '.' || !bounds.point)
            return false;
        auto const before = (std::uint64_t{1} << place) - 1; // the digits behind the point move up to those before it
        text = (text & before) | (text >> 8 & ~before);
        decimals = --length - place / 8;
        if (length == 0 || decimals > bounds.decimals)
            return false;
    }
    auto value = text << (64 - 8 * length) & bytes(0x0f); // the last digit in the highest byte
    value = (value * 2561) >> 8 & 0x00ff00ff00ff00ffu;
    value = (value * 6553601) >> 16 & 0x0000ffff0000ffffu;
    value = (value * 42949672960001u) >> 32;
    auto const scaled = static_cast<std::int64_t>(value) * powers[decimals];
    return length - rule.min <= rule.span && scaled >= bounds.from && scaled <= bounds.to;
}

/// Nothing is in it; kept apart from the lists' own tables, which are hashed when first looked up.
CodeTableView nothing_yet() {
    static CodeTable const empty;
    return empty.view();
}

} // namespace

/// Which segment of the set has an id, by the schema's tables.
class FastCheck::Lookup {
public:
    explicit Lookup(SchemaTables const& tables)
        : slots_(tables.lookup.data()), ids_(tables.packed_ids.data()), multiplier_(tables.multiplier), shift_(tables.shift),
          none_(static_cast<std::uint32_t>(tables.packed_ids.size() - 1)) {}

    /// none() when it has none. The id is followed by three bytes that may be read.
    [[nodiscard]] [[gnu::always_inline]] std::uint32_t find(char const* id, std::uint32_t length) const {
        if (length - 1 > 2)
            return none_;
        std::uint32_t packed = 0;
        std::memcpy(&packed, id, 4);
        if constexpr (std::endian::native == std::endian::big)
            packed = __builtin_bswap32(packed);
        packed &= ~0u >> (32 - 8 * length);
        auto const slot = slots_[(packed * multiplier_) >> shift_];
        return ids_[slot] == packed ? slot : none_;
    }
    [[nodiscard]] std::uint32_t none() const { return none_; }

private:
    std::uint16_t const* slots_;
    std::uint32_t const* ids_;
    std::uint32_t multiplier_;
    unsigned shift_;
    std::uint32_t none_;
};

/// The set's arrays, and how far its text may be read.
struct FastCheck::Segments {
    char const* text = nullptr;
    x12::Segment const* segments = nullptr;
    std::uint32_t const* ends = nullptr;
    std::uint64_t const* not_text = nullptr; // bit per byte of text
    FastElement const* elements = nullptr; // of the schema
    std::uint32_t count = 0;
    std::uint32_t quick_count = 0; // the segments behind these are near the end of the text: loads of eight bytes would pass it
};

FastCheck::FastCheck(Schema const& schema)
    : schema_(schema), tables_(schema.tables()), character_table_(x12::Delimiters{}), counts_(schema.nodes().size()),
      place_counts_(schema.places().size()), right_(tables_.rules.size()), codes_(tables_.codes.size(), nothing_yet()) {
    for (std::size_t i = 0; i < codes_.size(); ++i)
        if (tables_.codes[i].table != nullptr)
            codes_[i] = tables_.codes[i].table->view();
}

bool FastCheck::start(x12::SegmentList const& set, Segments& segments) {
    suspects_.clear();
    special_ = 0xff;
    nodes_.resize(set.size());
    if (set.empty())
        return false;
    if (delimiters_ != set.delimiters()) {
        delimiters_ = set.delimiters();
        character_table_ = CharacterTable(delimiters_);
    }
    segments.text = set.text();
    segments.segments = set.segments().data();
    segments.ends = set.ends().data();
    segments.count = static_cast<std::uint32_t>(set.size());
    segments.not_text = set.not_text();
    segments.elements = tables_.elements.data();
    segments.quick_count = segments.count;
    auto const end = [&](x12::Segment const& segment) { return segments.ends[segment.first_end + segment.count - 1]; };
    while (segments.quick_count != 0 && std::size_t{end(segments.segments[segments.quick_count - 1])} + 8 > set.readable())
        --segments.quick_count;
    return true;
}

bool FastCheck::run(x12::SegmentList const& set) {
    Segments segments;
    if (!start(set, segments))
        return true;
    return tables_.guided ? walk<true>(segments) : walk<false>(segments);
}

template <bool guided>
[[gnu::always_inline]] inline bool FastCheck::elements_are_right(Segments const& s, x12::Segment const& segment, std::uint32_t first_element,
                                          std::uint32_t known, std::uint16_t rule_index, bool components) {
    auto const* end = s.ends + segment.first_end;
    auto const sent = segment.count - 1;
    auto const* rule = s.elements + first_element;
    auto const* const last = end + std::min(sent, known);
    auto begin = *end + 1;
    std::uint64_t present = 0;
    std::uint64_t bit = 1;
    unsigned wrong = sent > known;
    for (; end != last; ++rule, bit <<= 1) {
        auto const stop = *++end;
        auto const length = stop - begin;
        auto const* const at = s.text + begin;
        begin = stop + 1;
        if (length == 0)
            continue;
        present |= bit;
        if (rule->check == Check::text) {
            wrong |= static_cast<unsigned>(length - rule->min > rule->span);
        } else if (rule->check == Check::code) {
            auto const& codes = codes_[rule->codes];
            bool const listed = length <= 2 ? codes.has_short(byte(at[0]), length == 1 ? 0 : byte(at[1])) : codes.has(load(at) & low_bytes(length));
            wrong |= static_cast<unsigned>(length - rule->min > rule->span) | static_cast<unsigned>(!listed);
        } else if (rule->check <= Check::decimal) {
            if (length <= 8 && (not_digits(load(at)) & low_bytes(length)) == 0) [[likely]]
                wrong |= static_cast<unsigned>(length - rule->min > rule->span);
            else
                wrong |= number_is_wrong(at, length, *rule, rule->check == Check::decimal);
        } else if (rule->check == Check::date) {
            wrong |= static_cast<unsigned>(date_is_wrong(at, length) || length - rule->min > rule->span);
        } else if (rule->check == Check::time) {
            wrong |= static_cast<unsigned>(time_is_wrong(at, length) || length - rule->min > rule->span);
        } else if (rule->check == Check::plain_digits) {
            wrong |= static_cast<unsigned>(length - rule->min > rule->span || !is_all_digits(at, length));
        } else if (guided && rule->check == Check::bounded && is_within_bounds(at, length, *rule, tables_.bounds[rule->codes])) {
            continue;
        } else {
            wrong |= static_cast<unsigned>(!careful_is_right(rule_index, static_cast<std::uint32_t>(std::countr_zero(bit)), {at, length}));
        }
    }
    wrong |= static_cast<unsigned>(present < bit >> 1); // the last is empty: separators behind the last value
    auto const first = segment.begin; // blanks at the ends of elements are among the bits
    wrong |= static_cast<unsigned>(!is_text(s.not_text, first, begin - 1 - first));
    return wrong == 0 && (present == right_[rule_index].last || presence_is_right(rule_index, present)) &&
           (!components || components_are_right(s, segment, rule_index));
}

template <bool guided> bool FastCheck::walk(Segments const& s) {
    Lookup const lookup(tables_);
    auto const segment_count = lookup.none();
    auto const* const nodes = tables_.nodes.data();
    auto const* const steps = tables_.steps.data();
    auto* const counts = counts_.data();
    auto* const out = nodes_.data();
    NodeIndex node = 0;
    std::uint8_t special = 0;
    for (std::uint32_t i = 0; i < s.count; ++i) {
        auto const& segment = s.segments[i];
        bool const near_the_end = i >= s.quick_count;
        if (i != 0) {
            std::uint32_t slot;
            if (near_the_end) [[unlikely]] {
                auto const found = schema_.find_segment(std::string_view(s.text + segment.begin, s.ends[segment.first_end] - segment.begin));
                slot = found < 0 ? segment_count : static_cast<std::uint32_t>(found);
            } else {
                slot = lookup.find(s.text + segment.begin, s.ends[segment.first_end] - segment.begin);
            }
            if (slot == segment_count)
                return false;
            auto const step = steps[node * segment_count + slot];
            NodeIndex to = step & step_node;
            if (to == step_node)
                return false;
            if constexpr (guided) {
                if ((step & step_leaves) != 0 && !schema_.all_left(node, to, [&](NodeIndex row) { return has_enough(row); }))
                    return false;
            }
            std::uint32_t seen;
            if (guided && nodes[to].place != no_place) {
                to = enter_variant(s, segment, to, (step & step_repeats) != 0, near_the_end);
                if (place_counts_[nodes[to].place] > tables_.places[nodes[to].place].max)
                    return false;
                seen = counts[to];
            } else {
                seen = (counts[to] & (0u - (step >> 15))) + 1; // bit 15: repeats
                counts[to] = seen;
            }
            if (seen > nodes[to].max)
                return false;
            node = to;
        }
        out[i] = node;
        auto const& row = nodes[node];
        special |= row.special;
        if (near_the_end || !elements_are_right<guided>(s, segment, row.first_element, row.elements, row.rule, (row.special & special_components) != 0)) [[unlikely]]
            suspects_.push_back(i);
    }
    special_ = special;
    return true;
}

bool FastCheck::careful_is_right(std::uint16_t rule, std::uint32_t element, std::string_view value) const {
    auto const& grammar = schema_.rules()[rule].elements[element];
    if (!element_is_right(grammar, value, character_table_, delimiters_))
        return false;
    auto const* const guide = schema_.narrowing_of(rule);
    return guide == nullptr || guide->elements[element] == nullptr ||
           find_fault(guide->elements[element]->rule, value, value_type(grammar)) == ValueFault::none;
}

bool FastCheck::components_are_right(Segments const& s, x12::Segment const& segment, std::uint16_t rule) const {
    return grammar::components_are_right(*schema_.narrowing_of(rule), schema_.rules()[rule], {s.text, segment, s.ends}, delimiters_);
}

/// Which variant a segment is, counted for its place; counters begin anew when the place is entered.
[[gnu::always_inline]] inline NodeIndex FastCheck::enter_variant(Segments const& s, x12::Segment const& segment, NodeIndex first, bool repeats, bool near_the_end) {
    auto const index = tables_.nodes[first].place;
    auto const& place = tables_.places[index];
    if (!repeats) {
        place_counts_[index] = 0;
        for (std::uint32_t i = 0; i < place.variants; ++i)
            counts_[tables_.variants[place.first_variant + i]] = 0;
    }
    ++place_counts_[index];
    auto variant = place.others;
    if (place.element == 0 || near_the_end) [[unlikely]] {
        variant = variant_of(s, segment, first);
    } else if (place.element < segment.count) {
        auto const* const end = s.ends + segment.first_end + place.element;
        auto const begin = end[-1] + 1;
        auto const length = *end - begin;
        if (length - 1 < CodeTable::longest_key) {
            auto const key = load(s.text + begin) & low_bytes(length);
            auto const* const last = tables_.keys.data() + place.first_key + place.keys;
            for (auto const* one = tables_.keys.data() + place.first_key; one != last; ++one)
                if (one->key == key) {
                    variant = one->node;
                    break;
                }
        }
    }
    ++counts_[variant];
    return variant;
}

NodeIndex FastCheck::variant_of(Segments const& s, x12::Segment const& segment, NodeIndex first) const {
    auto const& place = schema_.places()[schema_.nodes()[first].place];
    x12::SegmentView const view(s.text, segment, s.ends);
    if (place.element == 0)
        return schema_.variant_of(first, view, delimiters_.component);
    auto const value = view.element(place.element);
    auto const found = value.empty() || value.size() > CodeTable::longest_key ? -1 : place.values.find(value);
    return found < 0 ? place.others : place.by_value[static_cast<std::size_t>(found)];
}

bool FastCheck::has_enough(NodeIndex representative) const {
    auto const& node = schema_.nodes()[representative];
    if (node.place == no_place)
        return schema_.is_enough(representative, counts_[representative]);
    return std::ranges::all_of(schema_.places()[node.place].variants,
                               [&](NodeIndex variant) { return schema_.is_enough(variant, counts_[variant]); });
}

bool FastCheck::presence_is_right(std::uint16_t index, std::uint64_t present) {
    auto& right = right_[index];
    if (present == right.before) {
        std::swap(right.last, right.before);
        return true;
    }
    auto const& rule = tables_.rules[index];
    if ((rule.mandatory & ~present) != 0 || (rule.forbidden & present) != 0)
        return false;
    auto const* const notes = tables_.notes.data() + rule.first_note;
    for (std::size_t i = 0; i < rule.notes; ++i)
        if (!note_holds(notes[i].kind, notes[i].mask, notes[i].first, present))
            return false;
    remember(index, present);
    return true;
}

void FastCheck::remember(std::uint16_t rule, std::uint64_t present) { right_[rule] = {present, right_[rule].last}; }

void FastCheck::hash_codes(std::uint16_t index, std::uint64_t present) {
    auto const* const elements = tables_.elements.data() + tables_.rules[index].first_element;
    for (; present != 0; present &= present - 1) {
        auto const& element = elements[std::countr_zero(present)];
        if (element.check != Check::code)
            continue;
        auto& view = codes_[element.codes];
        if (view.slots == nothing_yet().slots)
            view = tables_.codes[element.codes].list->table().view();
    }
}

void FastCheck::run_elements(x12::SegmentList const& set) {
    Segments s;
    if (!start(set, s))
        return;
    for (std::uint32_t i = 0; i < s.count; ++i) {
        auto const& segment = s.segments[i];
        auto rule = no_node;
        if (nodes_[i] != no_node)
            rule = tables_.nodes[nodes_[i]].rule;
        else if (auto const slot = schema_.find_segment(set[i].id()); slot >= 0)
            rule = static_cast<std::uint16_t>(slot);
        else
            continue;
        auto const& table = tables_.rules[rule];
        if (i >= s.quick_count || !elements_are_right<true>(s, segment, table.first_element, table.elements, rule, table.components))
            suspects_.push_back(i);
    }
}

} // namespace wharf::grammar
