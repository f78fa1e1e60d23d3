#include "grammar/sense_segment.hpp"

#include "base/check_digit.hpp"
#include "base/date.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::uint32_t pack(char a, char b, char c = '\0') {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(a)) | static_cast<std::uint32_t>(static_cast<unsigned char>(b)) << 8 |
           static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 16;
}

std::uint32_t pack(std::string_view code) {
    return code.size() == 2 ? pack(code[0], code[1]) : code.size() == 3 ? pack(code[0], code[1], code[2]) : 0;
}

/// Digits of a number that this qualifier announces; 0: it announces none with a check digit (UA, UD, UE, UI and UN never).
std::size_t digits_of(QualifiedValues::Kind kind, std::uint32_t qualifier) {
    switch (kind) {
    case QualifiedValues::Kind::product:
        return qualifier == pack('U', 'P') ? 12 : qualifier == pack('E', 'N') ? 13 : qualifier == pack('U', 'K') ? 14 : 0;
    case QualifiedValues::Kind::party:
        return qualifier == pack('U', 'L') ? 13 : 0;
    case QualifiedValues::Kind::marks:
        return qualifier == pack('G', 'M') ? 18 : 0;
    }
    return 0;
}

std::string_view name_of(std::size_t digits, QualifiedValues::Kind kind) {
    if (kind == QualifiedValues::Kind::party)
        return "GLN";
    return digits == 12 ? "U.P.C." : digits == 13 ? "EAN" : digits == 14 ? "GTIN-14" : "SSCC";
}

void report_check_digit(SenseInput const& input, std::size_t index, std::uint32_t element, std::string_view qualifier, std::string_view value,
                        std::string_view name) {
    auto const right = gs1_check_digit(value.substr(0, value.size() - 1));
    input.findings.add_if_new(input.at(
        "X12-0401", index, element, fmt::format("{} \"{}\" is no {}: its check digit is wrong", element_name(input.schema.rule_of(input.nodes[index]), element), value, name),
        fmt::format("After {} the last digit would be {}, not {}; more likely one of the others is mistyped. Qualifier {} says that the number ends "
                    "with a check digit: correct the number, or send the qualifier that fits it.",
                    value.substr(0, value.size() - 1), right, value.back(), qualifier)));
}

/// CCYYMMDD or YYMMDD as a number that sorts; 0 for anything else.
std::uint32_t day_of(std::string_view text) {
    std::uint32_t day = 0;
    if ((text.size() != 8 && text.size() != 6) || !is_date(text))
        return 0;
    std::from_chars(text.data(), text.data() + text.size(), day);
    return text.size() == 8 ? day : day + (day >= 500000 ? 19000000 : 20000000);
}

/// `early` must not come after `late`.
struct DateOrder {
    std::uint8_t early, late; // indices of date_kinds
};
struct DateKind {
    std::uint32_t dtm; // element 374
    std::uint32_t g62; // element 432; 0: not known there
    std::string_view meaning;
};
constexpr std::array date_kinds = {
    DateKind{pack('0', '3', '7'), pack('3', '7'), "ship not before"},       DateKind{pack('0', '3', '8'), pack('3', '8'), "ship no later than"},
    DateKind{pack('0', '6', '4'), 0, "do not deliver before"},              DateKind{pack('0', '6', '3'), 0, "do not deliver after"},
    DateKind{pack('0', '1', '0'), pack('1', '0'), "requested ship date"},   DateKind{pack('0', '0', '1'), pack('0', '1'), "cancel after"},
};
constexpr std::array date_orders = {DateOrder{0, 1}, DateOrder{2, 3}, DateOrder{4, 5}};

void check_order(SenseInput const& input, std::size_t early, std::size_t late, DateOrder order) {
    auto const a = input.set[early].element(2);
    auto const b = input.set[late].element(2);
    if (a.size() == 8 && b.size() == 8 && a <= b) // whether dates or not
        return;
    auto const from = day_of(a);
    auto const to = day_of(b);
    if (from == 0 || to == 0 || from <= to)
        return;
    auto const id = input.set[early].id();
    auto const code = [&](std::size_t index) { return input.set[index].element(1); };
    auto const meaning = [](std::uint8_t kind) { return date_kinds[kind].meaning; };
    bool const early_first = early < late;
    auto const here = early_first ? late : early;
    auto const there = early_first ? early : late;
    auto finding = input.at("X12-0407", here, 2,
                            fmt::format("{} {} ({}) is {}, after {} {} ({}), {}", id, code(early), meaning(order.early), a, id, code(late),
                                        meaning(order.late), b),
                            "No day fits both. Ask the sender which of the two is meant.");
    finding.related.push_back(input.findings.related(there, input.nodes[there], 2, early_first ? "the date it contradicts" : "the date it must not pass"));
    input.findings.add_if_new(std::move(finding));
}

[[gnu::noinline]] void check_values(SenseInput const& input, std::size_t index, QualifiedValues const& values, std::size_t digits) {
    auto const segment = input.set[index];
    for (std::uint32_t k = values.first; k <= values.last; k += values.step) {
        auto const value = segment.element(k);
        bool const prefixed = digits == 18 && value.size() == 20 && value.starts_with("00");
        if ((value.size() == digits || prefixed) && check_digit_of(value) == CheckDigit::wrong) [[unlikely]]
            report_check_digit(input, index, k, segment.element(values.qualifier), value, name_of(digits, values.kind));
    }
}

} // namespace

void check_digits(SenseInput const& input, std::size_t index) {
    auto const& segment = input.set.segments()[index];
    auto const* const ends = input.set.ends().data() + segment.first_end;
    auto const* const text = input.set.text();
    for (auto const& values : input.plan.qualified[input.nodes[index]]) {
        if (values.first >= segment.count)
            break; // pairs stand in order
        auto const* const qualifier = text + ends[values.qualifier - 1] + 1;
        if (text + ends[values.qualifier] - qualifier != 2)
            continue;
        auto const code = static_cast<std::uint16_t>(pack(qualifier[0], qualifier[1]));
        if (code == values.announces[0] || code == values.announces[1] || code == values.announces[2])
            check_values(input, index, values, digits_of(values.kind, code));
    }
}

void report_units(SenseInput const& input, std::size_t index) {
    auto const segment = input.set[index];
    auto const places = input.plan.units[input.nodes[index]];
    auto const quantity = segment.element(places.quantity);
    auto const& rule = input.schema.segments()[input.schema.nodes()[input.nodes[index]].segment];
    auto const missing = quantity.empty() ? places.quantity : places.unit;
    auto const sent = quantity.empty() ? places.unit : places.quantity;
    for (auto const& note : rule.notes) // C0302 says the one half: not twice
        if (note.note->kind == 'C' && note.note->positions.front() == sent && (note.mask >> (missing - 1) & 1) != 0)
            return;
    input.findings.add_if_new(input.at("X12-0405", index, sent,
                                fmt::format("{} \"{}\" is {} without {}", element_name(rule, sent), segment.element(sent), quantity.empty() ? "a unit" : "a quantity",
                                            quantity.empty() ? "a quantity" : "a unit"),
                                fmt::format("Send {} too: {}.", element_name(rule, missing),
                                            quantity.empty() ? "a unit alone says nothing" : "the receiver can only guess what is counted, pieces or cases")));
}

std::size_t check_dates(SenseInput const& input, std::size_t index) {
    constexpr std::size_t none = ~std::size_t{0};
    std::array<std::size_t, date_kinds.size()> seen;
    seen.fill(none);
    auto const& nodes = input.schema.nodes();
    auto const loop = nodes[input.nodes[index]].loop;
    bool const is_dtm = input.set[index].id().size() == 3 && input.set[index].id()[0] == 'D';
    unsigned found = 0;
    auto i = index;
    for (; i < input.set.size() && input.has_look(i, look_dates) && nodes[input.nodes[i]].loop == loop; ++i) {
        auto const code = pack(input.set[i].element(1));
        for (std::size_t kind = 0; kind < date_kinds.size(); ++kind)
            if (code != 0 && code == (is_dtm ? date_kinds[kind].dtm : date_kinds[kind].g62)) {
                seen[kind] = i;
                ++found;
            }
    }
    if (found > 1)
        for (auto const& order : date_orders)
            if (seen[order.early] != none && seen[order.late] != none)
                check_order(input, seen[order.early], seen[order.late], order);
    return i;
}

void check_terms(SenseInput const& input, std::size_t index) {
    auto const segment = input.set[index];
    auto const report = [&](std::uint32_t discount, std::uint32_t net, std::string_view unit) {
        auto finding = input.at("X12-0408", index, discount,
                                fmt::format("the discount lasts until {}ITD{:02} \"{}\", longer than the payment term, {}ITD{:02} \"{}\"", unit, discount,
                                            segment.element(discount), unit, net, segment.element(net)),
                                "A discount for early payment ends before the payment is due. The two values are probably swapped: ask the sender.");
        input.findings.add_if_new(std::move(finding));
    };
    auto const discount_day = day_of(segment.element(4));
    auto const net_day = day_of(segment.element(6));
    if (discount_day != 0 && net_day != 0 && discount_day > net_day) {
        report(4, 6, "");
        return; // the days say the same again
    }
    auto const days = [&](std::uint32_t element) {
        auto const text = segment.element(element);
        int value = -1;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc() && end == text.data() + text.size() ? value : -1;
    };
    auto const discount_days = days(5);
    auto const net_days = days(7);
    if (net_days > 0 && discount_days > net_days)
        report(5, 7, "day ");
}

} // namespace wharf::grammar
