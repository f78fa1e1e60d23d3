#include "document/merge.hpp"

#include "base/decimal.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>

namespace wharf::document {
namespace {

constexpr std::array<std::string_view, 4> amounts = {"amount", "discountable_amount", "discounted_amount", "terms_discount"};
// Entries that count once for each document: two that are alike are two.
constexpr std::array<std::string_view, 11> followers = {"lines", "shipped_lines", "children", "charges", "taxes", "notes",
                                                       "remarks", "loads", "shipment_summary", "cargo", "equipment"};
constexpr std::array<std::string_view, 3> of_orders = {"order_number", "order_date", "release_number"};

template <std::size_t n>
bool is_one_of(std::array<std::string_view, n> const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

void remove(json::Value& object, std::string_view name) {
    std::erase_if(object.members(), [&](json::Member const& member) { return member.first == name; });
}

/// Each line says which order it is of, before the heading cannot any more.
void name_orders(json::Value& invoice) {
    auto* lines = invoice.find("lines");
    auto const number = std::string(invoice.string("order_number"));
    if (number.empty() || lines == nullptr) return;
    for (auto& line : lines->items()) {
        auto* order = line.find("order");
        if (order != nullptr && !order->string("number").empty()) continue;
        json::Value named = order != nullptr ? *order : json::Value(json::Object{});
        named.set("number", number);
        line.set("order", std::move(named));
    }
}

void join(json::Array& into, json::Array const& from) {
    std::set<std::string, std::less<>> known;
    for (auto const& entry : into)
        known.insert(json::to_text(entry));
    for (auto const& entry : from)
        if (known.insert(json::to_text(entry)).second) into.push_back(entry);
}

/// Kept elements have places of their own: two sets of them cannot be joined.
bool known_differs(json::Value const& into, std::string const& name, json::Value const& value) {
    auto const* const known = into.find(name);
    return known != nullptr && !(*known == value);
}

/// The path of what differs; empty: merged.
std::string merge(json::Value& into, json::Value const& from, std::string const& path) {
    for (auto const& [name, value] : from.members()) {
        if (name == "id") continue;
        if (name == "extensions" && known_differs(into, name, value)) return path.empty() ? name : path + "." + name;
        auto const own_path = path.empty() ? name : path + "." + name;
        auto* const known = into.find(name);
        if (known == nullptr) {
            if (!(path.empty() && is_one_of(of_orders, name))) into.set(name, value);
            continue;
        }
        if (known->is_array() && value.is_array()) {
            if (is_one_of(followers, name))
                known->items().insert(known->items().end(), value.items().begin(), value.items().end());
            else
                join(known->items(), value.items());
        } else if (known->is_object() && value.is_object()) {
            if (auto differs = merge(*known, value, own_path); !differs.empty()) return differs;
        } else if (path == "totals" && is_one_of(amounts, name)) {
            auto const one = Decimal::parse(known->text()), other = Decimal::parse(value.text());
            if (!one || !other) return own_path;
            *known = json::Value((*one + *other).text());
        } else if (path == "totals") {
            remove(into, name); // a count of one part
        } else if (!(*known == value)) {
            if (!path.empty() || !is_one_of(of_orders, name)) return own_path;
            remove(into, name);
        }
    }
    return {};
}

void number_lines(json::Value& document) {
    auto* lines = document.find("lines");
    if (lines == nullptr) return;
    std::int64_t position = 0;
    for (auto& line : lines->items())
        line.set("position", json::Value::integer(++position));
}

} // namespace

std::expected<std::vector<json::Value>, std::string> merge_same_number(std::vector<json::Value> documents) {
    std::vector<json::Value> merged;
    std::map<std::string, std::size_t, std::less<>> known;
    std::set<std::size_t> changed;
    std::set<std::string> given;
    for (auto& document : documents) {
        auto const kind = document.string("document");
        bool const can_merge = (kind == "invoice" || kind == "ship_notice") && !document.string("number").empty();
        auto const [place, is_new] =
            can_merge ? known.emplace(std::string(document.string("number")), merged.size()) : std::pair(known.end(), true);
        if (is_new) {
            if (can_merge) given.insert(json::to_text(document));
            merged.push_back(std::move(document));
            continue;
        }
        auto& whole = merged[place->second];
        if (!given.insert(json::to_text(document)).second) // added up, it would count twice
            return std::unexpected(fmt::format("the {} with number {} is sent twice in one request", kind == "invoice" ? "invoice" : "ship notice", place->first));
        if (changed.insert(place->second).second) name_orders(whole);
        name_orders(document);
        if (auto differs = merge(whole, document, ""); !differs.empty())
            return std::unexpected(fmt::format("the {}s with number {} differ in `{}`", kind == "invoice" ? "invoice" : "ship notice", place->first,
                                               differs));
    }
    for (auto const place : changed)
        number_lines(merged[place]);
    return merged;
}

} // namespace wharf::document
