#include "grammar/schema_tables.hpp"

#include "grammar/schema.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace wharf::grammar {
namespace {

constexpr std::uint32_t longest_code = CodeTable::longest_key;
constexpr std::size_t most_keys = 16; // of a place; more are not looked through one by one

/// 10^8 times the number, where that is a number of 64 bits.
std::optional<std::int64_t> scaled(Decimal const& number) {
    auto const digits = number.implied_text(8);
    std::int64_t value = 0;
    if (!digits || std::from_chars(digits->data(), digits->data() + digits->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

class TableMaker {
public:
    explicit TableMaker(Schema const& schema) : schema_(schema) {}

    SchemaTables make() {
        for (std::size_t i = 0; i < schema_.rules().size(); ++i)
            add_rule(schema_.rules()[i], schema_.narrowing_of(static_cast<std::uint16_t>(i)));
        for (auto const& node : schema_.nodes()) {
            auto const& rule = made_.rules[node.rule];
            auto const max = node.forbidden ? 0 : node.max == 0 ? 0xffffffffu : node.max;
            auto const id = schema_.segments()[node.segment].definition->id;
            std::uint8_t special = id == "LS" ? special_loop_header : id == "HL" ? special_level : 0;
            special |= rule.components ? special_components : 0;
            made_.nodes.push_back({rule.first_element, max, node.rule, node.place, rule.elements, special});
            made_.guided = made_.guided || node.place != no_place || node.min > 1;
        }
        for (auto const& place : schema_.places())
            add_place(place);
        made_.guided = made_.guided || !made_.bounds.empty();
        add_lookup();
        add_steps();
        return std::move(made_);
    }

private:
    void add_rule(SegmentRule const& rule, Narrowing const* guide) {
        FastRule fast;
        fast.mandatory = rule.mandatory;
        fast.first_element = static_cast<std::uint32_t>(made_.elements.size());
        fast.elements = static_cast<std::uint8_t>(rule.elements.size());
        fast.first_note = static_cast<std::uint32_t>(made_.notes.size());
        fast.notes = static_cast<std::uint16_t>(rule.notes.size());
        for (std::size_t i = 0; i < rule.elements.size(); ++i) {
            auto fast_one = fast_element(rule.elements[i]);
            if (guide != nullptr && guide->elements[i] != nullptr)
                narrow(fast_one, rule.elements[i], guide->elements[i]->rule);
            made_.elements.push_back(fast_one);
        }
        if (guide != nullptr) {
            fast.mandatory |= guide->must;
            fast.forbidden = guide->must_not | guide->unlisted;
            fast.components = guide->components;
        }
        for (auto const& note : rule.notes)
            made_.notes.push_back({note.mask, note.first, note.note->kind});
        made_.rules.push_back(fast);
    }

    FastElement fast_element(ElementRule const& rule) {
        FastElement fast{rule.min, rule.max - rule.min, 0, Check::text};
        switch (rule.kind) {
        case ElementClass::text:
            break;
        case ElementClass::id:
            if (rule.codes != nullptr) {
                fast.check = rule.max <= longest_code ? Check::code : Check::careful;
                fast.codes = codes_index(rule.codes);
            }
            break;
        case ElementClass::digits:
        case ElementClass::decimal:
            fast.check = rule.kind == ElementClass::digits ? Check::digits : Check::decimal;
            fast.min = std::max(rule.min, 1u); // a sign alone is no number
            fast.span = rule.max - fast.min;
            break;
        case ElementClass::date:
            fast.check = Check::date;
            break;
        case ElementClass::time:
            fast.check = Check::time;
            break;
        case ElementClass::binary:
        case ElementClass::composite:
            fast.check = Check::careful;
            break;
        }
        return fast;
    }

    /// What lengths, codes and digits say is looked at as quickly as what the grammar says.
    void narrow(FastElement& fast, ElementRule const& rule, ValueRule const& guide) {
        bool const words = rule.kind == ElementClass::text || rule.kind == ElementClass::id;
        bool const digits = guide.digits && guide.codes.empty();
        bool const bounded = guide.decimals || guide.from || guide.to;
        auto const bounds = bounded && !guide.digits && guide.codes.empty() ? bounds_of(rule, guide) : std::nullopt;
        bool const rare = (bounded && !bounds) || guide.is != ValueKind::none || guide.like != nullptr;
        bool const odd_codes = !guide.codes.empty() && (!words || std::ranges::any_of(guide.codes, is_long) ||
                                                        std::ranges::any_of(guide.beyond_codes, is_long));
        bool const odd_digits = digits && (!words || rule.codes != nullptr);
        if (rare || odd_codes || odd_digits || fast.check == Check::careful) {
            if (guide.constrains())
                fast.check = Check::careful;
            return;
        }
        if (guide.lengths) {
            fast.min = std::max(guide.lengths->first, fast.check == Check::digits || fast.check == Check::decimal ? 1u : 0u);
            fast.span = guide.lengths->second - fast.min;
        }
        if (bounds) {
            fast.check = Check::bounded;
            fast.codes = static_cast<std::uint16_t>(made_.bounds.size());
            made_.bounds.push_back(*bounds);
        }
        if (digits)
            fast.check = Check::plain_digits;
        if (guide.codes.empty())
            return;
        std::vector<std::string_view> codes(guide.codes.begin(), guide.codes.end());
        codes.insert(codes.end(), guide.beyond_codes.begin(), guide.beyond_codes.end());
        fast.check = Check::code;
        fast.span = std::min(fast.span, longest_code - std::min(fast.min, longest_code));
        fast.codes = static_cast<std::uint16_t>(made_.codes.size());
        made_.codes.push_back({nullptr, std::make_shared<CodeTable const>(codes)});
    }

    /// Nothing: not of a number, or not to be told from its digits quickly.
    static std::optional<FastBounds> bounds_of(ElementRule const& rule, ValueRule const& guide) {
        FastBounds bounds;
        bounds.point = rule.kind == ElementClass::decimal;
        bounds.implied = rule.kind == ElementClass::digits ? rule.implied_decimals : 0;
        if ((!bounds.point && rule.kind != ElementClass::digits) || bounds.implied > 8)
            return std::nullopt;
        if (guide.decimals && *guide.decimals < bounds.implied) // its last digits must be zeros
            return std::nullopt;
        if (guide.decimals)
            bounds.decimals = *guide.decimals;
        auto const from = guide.from ? scaled(*guide.from) : bounds.from;
        auto const to = guide.to ? scaled(*guide.to) : bounds.to;
        if (!from || !to)
            return std::nullopt;
        bounds.from = *from;
        bounds.to = *to;
        return bounds;
    }

    void add_place(VariantPlace const& place) {
        FastPlace fast;
        fast.max = place.max == 0 ? ~std::uint64_t{0} : place.max;
        fast.others = place.others;
        fast.first_key = static_cast<std::uint32_t>(made_.keys.size());
        std::vector<FastKey> keys;
        for (auto const variant : place.variants)
            for (auto const& test : schema_.nodes()[variant].narrowed->qualifiers)
                for (auto const& value : test.values)
                    keys.push_back({CodeTable::key_of(value), variant});
        if (place.element != 0 && keys.size() <= most_keys) {
            fast.element = place.element;
            fast.keys = static_cast<std::uint16_t>(keys.size());
            made_.keys.insert(made_.keys.end(), keys.begin(), keys.end());
        }
        fast.first_variant = static_cast<std::uint32_t>(made_.variants.size());
        fast.variants = static_cast<std::uint16_t>(place.variants.size());
        made_.variants.insert(made_.variants.end(), place.variants.begin(), place.variants.end());
        made_.places.push_back(fast);
    }

    static bool is_long(std::string const& code) { return code.size() > longest_code; }

    std::uint16_t codes_index(CodeList const* list) {
        auto const [place, is_new] = by_list_.emplace(list, static_cast<std::uint16_t>(made_.codes.size()));
        if (is_new)
            made_.codes.push_back({list, nullptr});
        return place->second;
    }

    /// A multiplier under which no two ids of the set share a slot.
    void add_lookup() {
        auto const none = static_cast<std::uint16_t>(schema_.segments().size());
        for (auto const& segment : schema_.segments())
            made_.packed_ids.push_back(segment.packed_id);
        made_.packed_ids.push_back(0xffffffff);
        unsigned bits = 10;
        unsigned tries = 0;
        for (std::uint32_t multiplier = 2654435761u;; multiplier += 2) {
            if (++tries % 4096 == 0 && bits < 20) // a set of an overlay with hundreds of segments
                ++bits;
            made_.lookup.assign(std::size_t{1} << bits, none);
            bool clash = false;
            for (std::uint16_t i = 0; i < none && !clash; ++i) {
                auto& slot = made_.lookup[(made_.packed_ids[i] * multiplier) >> (32 - bits)];
                clash = slot != none;
                slot = i;
            }
            if (clash)
                continue;
            made_.multiplier = multiplier;
            made_.shift = 32 - bits;
            return;
        }
    }

    void add_steps() {
        auto const segments = static_cast<std::uint16_t>(schema_.segments().size());
        made_.steps.reserve(schema_.nodes().size() * segments);
        for (std::size_t from = 0; from < schema_.nodes().size(); ++from) {
            for (std::uint16_t segment = 0; segment < segments; ++segment) {
                auto const step = schema_.step(static_cast<NodeIndex>(from), segment);
                FastStep fast = step.node == no_node || step.skips_mandatory ? step_node : step.node;
                if (step.repeats)
                    fast |= step_repeats;
                if (step.leaves)
                    fast |= step_leaves;
                made_.steps.push_back(fast);
            }
        }
    }

    Schema const& schema_;
    SchemaTables made_;
    std::map<CodeList const*, std::uint16_t> by_list_;
};

} // namespace

SchemaTables make_tables(Schema const& schema) { return TableMaker(schema).make(); }

} // namespace wharf::grammar
