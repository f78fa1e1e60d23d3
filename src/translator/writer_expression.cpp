// What stands after `=`, computed from the canonical document and from what the run was told; never from the output.
#include "translator/writer.hpp"

#include "base/decimal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

constexpr std::size_t exact_digits = 36; // of a Decimal

bool chosen(CanonicalPart const& part, json::Node const& entry) {
    return part.select_member.empty() || entry.string(part.select_member) == part.select_word;
}

/// The value at a path: of a list without a selector the first entry.
json::Node const* at(json::Node const* from, std::vector<CanonicalPart> const& parts, std::size_t first = 0) {
    for (auto i = first; i < parts.size() && from != nullptr; ++i) {
        from = from->find(parts[i].name);
        if (from == nullptr || !from->is_array()) continue;
        auto const entries = from->items();
        from = nullptr;
        for (auto const& entry : entries)
            if (chosen(parts[i], entry)) {
                from = &entry;
                break;
            }
    }
    return from;
}

/// All values at a path, in order.
void collect(json::Node const& from, CanonicalPath const& path, std::size_t part, bool everywhere,
             std::vector<json::Node const*>& found) {
    auto const& wanted = path.parts[part];
    auto const take = [&](json::Node const& value) {
        if (!chosen(wanted, value)) return;
        if (part + 1 == path.parts.size())
            found.push_back(&value);
        else
            collect(value, path, part + 1, false, found);
    };
    if (auto const* const value = from.find(wanted.name); value != nullptr) {
        if (value->is_array())
            for (auto const& entry : value->items())
                take(entry);
        else
            take(*value);
    }
    if (!everywhere) return;
    for (auto const& inner : from.members()) {
        if (inner.is_object() && inner.name() != "extensions") collect(inner, path, part, true, found);
        for (auto const& entry : inner.items())
            collect(entry, path, part, true, found);
    }
}

std::size_t digits_of(Decimal const& value) {
    return static_cast<std::size_t>(std::ranges::count_if(value.text(), [](char c) { return c >= '0' && c <= '9'; }));
}

} // namespace

std::uint64_t Binder::count(json::Node const& from, CanonicalPath const& path, std::size_t part,
                            bool everywhere) const {
    auto const& wanted = path.parts[part];
    std::uint64_t found = 0;
    auto const* const value = from.find(wanted.name);
    if (value != nullptr) {
        auto const matches = [&](json::Node const& entry) {
            return wanted.select_member.empty() || entry.string(wanted.select_member) == wanted.select_word;
        };
        bool const last = part + 1 == path.parts.size();
        if (value->is_array()) {
            for (auto const& entry : value->items())
                if (matches(entry)) found += last ? 1 : count(entry, path, part + 1, false);
        } else if (last) {
            found += matches(*value);
        } else {
            found += count(*value, path, part + 1, false);
        }
    }
    if (everywhere)
        for (auto const& inner : from.members()) {
            if (inner.is_object() && inner.name() != "extensions") found += count(inner, path, part, true);
            if (inner.is_array())
                for (auto const& entry : inner.items())
                    found += count(entry, path, part, true);
        }
    return found;
}

std::optional<std::string> Binder::sum(Expression const& expression, std::string& fault) const {
    std::vector<json::Node const*> entries;
    collect(document_, expression.path, 0, expression.everywhere, entries);
    std::optional<Decimal> total;
    for (auto const* const entry : entries) {
        std::optional<Decimal> product;
        auto const multiply = [&](json::Node const* value) {
            auto const factor = value == nullptr ? std::nullopt : Decimal::parse(value->text());
            if (!factor) return false;
            if (product && digits_of(*product) + digits_of(*factor) > exact_digits) {
                fault = "A sum has more digits than can be computed exactly.";
                return false;
            }
            product = product ? *product * *factor : *factor;
            return true;
        };
        bool whole = true; // an entry that lacks a factor adds nothing
        if (expression.factors.empty())
            whole = multiply(entry);
        for (auto const& factor : expression.factors)
            whole = whole && multiply(at(entry, factor.parts));
        if (!whole) continue;
        total = total ? *total + *product : *product;
        if (digits_of(*total) >= exact_digits) fault = "A sum has more digits than can be computed exactly.";
    }
    if (!total || !fault.empty()) return std::nullopt;
    return total->text();
}

/// The line of the stored order that the entry of `lines` around this object answers: by its line number, else the only
/// one with the same item.
json::Node const* Binder::order_line(OutObject const& object) const {
    auto const* const lines = order().find("lines");
    auto const* outer = object.place; // "lines[2]" of all that is inside
    for (; outer != nullptr && outer->around != nullptr && outer->around->around != nullptr; outer = outer->around) {}
    if (lines == nullptr || outer == nullptr || outer->around == nullptr || outer->around->name != "lines" ||
        outer->entry == PathStep::member)
        return nullptr;
    auto const index = outer->entry;
    auto const* const own = document_.find("lines");
    if (own == nullptr || index >= own->items().size()) return nullptr;
    auto const& line = own->items()[index];
    auto number = line.string("line_number");
    if (auto const* const order = line.find("order"); order != nullptr && !order->string("line_number").empty())
        number = order->string("line_number");
    json::Node const* found = nullptr;
    auto const only = [&](auto const& same) {
        std::size_t count = 0;
        for (auto const& candidate : lines->items())
            if (same(candidate) && ++count == 1) found = &candidate;
        if (count != 1) found = nullptr;
        return found != nullptr;
    };
    if (!number.empty()) {
        (void)only([&](json::Node const& candidate) { return candidate.string("line_number") == number; });
        return found;
    }
    auto const* const items = line.find("items");
    if (items == nullptr) return nullptr;
    auto const has = [](json::Node const* list, json::Node const& item) {
        if (list != nullptr)
            for (auto const& one : list->items())
                if (one == item) return true;
        return false;
    };
    for (auto const& item : items->items())
        if (only([&](json::Node const& candidate) { return has(candidate.find("items"), item); }))
            return found;
    return nullptr;
}

std::optional<std::string> Binder::variable(OutObject const& object, Expression const& expression,
                                            std::string& fault) const {
    auto const& parts = expression.path.parts;
    if (parts.front().name != "order") {
        return values_ == nullptr ? std::nullopt : values_->value(expression.text);
    }
    if (values_ == nullptr || values_->order == nullptr) {
        if (!order_missed_) // once is enough
            fault = fmt::format("The order that this document answers is not known; `${}` has no value.",
                                expression.text);
        order_missed_ = true;
        return std::nullopt;
    }
    bool const of_line = parts.size() > 2 && parts[1].name == "line";
    auto const* const from = of_line ? order_line(object) : &order();
    auto const* const value = at(from, parts, of_line ? 2 : 1);
    if (value == nullptr || value->is_object() || value->is_array()) return std::nullopt;
    return std::string(value->text());
}

json::Node const& Binder::order() const {
    if (!order_) order_ = json::Tape::of(*values_->order);
    return order_->root();
}

std::optional<std::string> Binder::evaluate(OutObject const& object, Expression const& expression,
                                            std::string& fault) const {
    switch (expression.kind) {
    case Expression::Kind::literal:
        return expression.text;
    case Expression::Kind::variable:
        return variable(object, expression, fault);
    case Expression::Kind::path: {
        auto const* const value = at(object.value, expression.path.parts);
        return value == nullptr ? std::nullopt : std::optional(std::string(value->text()));
    }
    case Expression::Kind::count_path: {
        auto const number = count(document_, expression.path, 0, expression.everywhere);
        return number == 0 ? std::nullopt : std::optional(std::to_string(number));
    }
    case Expression::Kind::count_segment: // known when all are written
        return std::nullopt;
    case Expression::Kind::sum:
        return sum(expression, fault);
    case Expression::Kind::total:
        break;
    }
    std::optional<Decimal> total;
    for (auto const& part : expression.parts) {
        auto const text = evaluate(object, part, fault);
        auto const value = text ? Decimal::parse(*text) : std::nullopt;
        if (!value) continue;
        auto const signed_value = part.negative ? -*value : *value;
        total = total ? *total + signed_value : signed_value;
    }
    return total ? std::optional(total->text()) : std::nullopt;
}

} // namespace wharf::translator
