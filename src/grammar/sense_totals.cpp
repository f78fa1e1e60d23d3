#include "grammar/sense_totals.hpp"

#include "base/decimal.hpp"
#include "grammar/small_number.hpp"

#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <unordered_map>

namespace wharf::grammar {
namespace {

std::size_t count_of(SenseInput const& input, std::string_view id) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < input.set.size(); ++i)
        count += input.set[i].id() == id ? 1 : 0;
    return count;
}

/// HL of level I: what senders of ship notices count for lines.
std::size_t items_of(SenseInput const& input) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < input.set.size(); ++i)
        count += input.set[i].id() == "HL" && input.set[i].element(3) == "I" ? 1 : 0;
    return count;
}

void check_count(SenseInput const& input, Lines const& lines, std::size_t index) {
    auto const text = input.set[index].element(1);
    std::size_t stated = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), stated);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || stated == lines.indices.size())
        return;
    auto const& set = *input.plan.set;
    auto counted = fmt::format("{} {}", lines.indices.size(), set.line);
    if (set.line == "HL") {
        auto const items = items_of(input);
        if (stated == items)
            return;
        counted += fmt::format(", {} of them items", items);
    }
    for (auto const id : set.also_counted) {
        auto const count = count_of(input, id);
        if (count == 0)
            continue;
        if (stated == count)
            return;
        counted += fmt::format(", {} {}", count, id);
    }
    input.findings.add_if_new(input.at("X12-0402", index, 1, fmt::format("CTT01 counts {} line item{}, the set has {}", text, stated == 1 ? "" : "s", counted),
                                lines.indices.size() < stated ? "Lines may have been lost on the way: compare with the sender before you process the set."
                                                              : "Either CTT01 was not kept up to date, or lines came twice: ask the sender."));
}

/// The ways in which senders add up one element over a set.
struct HashSums {
    Decimal plain;            // as numbers
    Decimal positive;         // without signs
    Decimal digits;           // as the standard says: without signs and decimal points
    std::size_t values = 0;
};

std::optional<HashSums> sums_of(SenseInput const& input, ElementPlace const& place) {
    HashSums sums;
    std::string digits;
    for (std::size_t i = 0; i < input.set.size(); ++i) {
        auto const segment = input.set[i];
        if (segment.id() != place.segment)
            continue;
        auto const text = segment.element(place.element);
        if (text.empty())
            continue;
        auto const value = Decimal::parse(text);
        if (!value)
            return std::nullopt; // the element has a finding of its own
        digits.clear();
        for (char const c : text)
            if (c >= '0' && c <= '9')
                digits += c;
        sums.plain = sums.plain + *value;
        sums.positive = sums.positive + (value->is_negative() ? -*value : *value);
        sums.digits = sums.digits + *Decimal::parse(digits);
        ++sums.values;
    }
    return sums;
}

/// "855" stands for 1855 where the field had three digits: leading digits may be cut off.
bool is_cut_of(std::string_view stated, std::string const& sum) {
    return stated.size() >= 3 && stated.size() < sum.size() && std::string_view(sum).ends_with(stated);
}

/// The usual case: whole numbers in the lines themselves. False: look again.
bool is_plain_sum(SenseInput const& input, Lines const& lines, std::string_view text) {
    auto const& places = input.plan.set->quantities;
    SmallNumber stated;
    if (places.empty() || places.front().segment != input.plan.set->line || !read_small(text, stated) || stated.scale != 0)
        return false;
    std::int64_t sum = 0;
    for (auto const index : lines.indices) {
        auto const quantity = input.set[index].element(places.front().element);
        SmallNumber number;
        if (!quantity.empty() && (!read_small(quantity, number) || number.scale != 0))
            return false;
        sum += number.digits;
    }
    return sum == stated.digits;
}

void check_hash(SenseInput const& input, Lines const& lines, std::size_t index) {
    auto const text = input.set[index].element(2);
    if (is_plain_sum(input, lines, text))
        return;
    auto const stated = Decimal::parse(text);
    auto const& places = input.plan.set->quantities;
    if (!stated || places.empty())
        return;
    std::string added;
    for (auto const& place : places) {
        auto const sums = sums_of(input, place);
        if (!sums)
            return;
        if (sums->values == 0)
            continue;
        if (*stated == sums->plain || *stated == sums->positive || *stated == sums->digits || is_cut_of(text, sums->digits.text()))
            return;
        added += fmt::format("{}{}{:02} {} up to {}", added.empty() ? "" : ", ", place.segment, place.element, added.empty() ? "adds" : "to", sums->plain.text());
        if (sums->digits != sums->plain)
            added += fmt::format(" ({} without points and signs)", sums->digits.text());
    }
    if (!added.empty())
        input.findings.add_if_new(input.at("X12-0403", index, 2, fmt::format("CTT02 says {}, but {}", text, added),
                                    "A quantity may have been changed or lost on the way, or the sender adds up something else: ask."));
}

/// The order a line of a consolidated invoice belongs to: its pair PO, else REF PO below it.
std::string_view order_of(SenseInput const& input, std::size_t index) {
    auto const line = input.set[index];
    for (std::uint32_t k = 6; k < line.element_count(); k += 2)
        if (line.element(k) == "PO")
            return line.element(k + 1);
    for (auto i = index + 1; i < input.set.size() && !input.has_look(i, look_line); ++i)
        if (input.set[i].id() == "REF" && input.set[i].element(1) == "PO")
            return input.set[i].element(2);
    return {};
}

} // namespace

void check_totals(SenseInput const& input, Lines const& lines, std::size_t index) {
    check_count(input, lines, index);
    if (!input.set[index].element(2).empty())
        check_hash(input, lines, index);
}

void check_line_numbers(SenseInput const& input, Lines const& lines) {
    auto const& set = *input.plan.set;
    std::unordered_map<std::string, std::size_t> first;
    for (std::size_t const index : lines.indices) {
        auto const segment = input.set[index];
        auto const number = segment.element(set.line_number);
        if (number.empty())
            continue;
        std::string key(number);
        if (set.line_number_with != 0)
            key += fmt::format("\n{}", segment.element(set.line_number_with));
        if (set.numbered_per_order)
            key += fmt::format("\n{}", order_of(input, index));
        auto const [at, is_new] = first.try_emplace(std::move(key), index);
        if (is_new)
            continue;
        auto finding = input.at("X12-0406", index, set.line_number,
                                fmt::format("{} \"{}\" numbers two lines: segment {} has it already",
                                            element_name(input.schema.rule_of(input.nodes[index]), set.line_number), number, at->second + 1),
                                "What answers this document names lines by their numbers, and could mean either. Give each line a number of its own.");
        finding.related.push_back(input.findings.related(at->second, input.nodes[at->second], set.line_number, "the first line with this number"));
        input.findings.add_if_new(std::move(finding));
    }
}

} // namespace wharf::grammar
