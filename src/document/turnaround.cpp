#include "document/turnaround.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace wharf::document {
namespace {

bool is_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

char check_digit(std::string_view digits) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i)
        sum += static_cast<unsigned>(digits[digits.size() - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

/// The eighteen digits of a label; empty when it is no SSCC.
std::string_view sscc_in(std::string_view label) {
    if (label.size() == 20 && label.starts_with("00")) label.remove_prefix(2);
    return label.size() == 18 && is_digits(label) && check_digit(label.substr(0, 17)) == label.back() ? label : std::string_view();
}

json::Array const* list(json::Value const& owner, std::string_view name) {
    auto const* found = owner.find(name);
    return found != nullptr && found->is_array() && !found->items().empty() ? &found->items() : nullptr;
}

json::Array& list_of(json::Value& owner, std::string_view name) {
    if (owner.find(name) == nullptr) owner.set(std::string(name), json::Array{});
    return owner.find(name)->items();
}

bool is_package(json::Value const& node) {
    auto const level = node.string("level");
    return level == "pack" || level == "tare";
}

constexpr std::string_view own_name = "mutually_defined"; // the kind of a mark that is only the sender's name of a package

std::string_view sscc_of_node(json::Value const& node) {
    if (auto const* marks = list(node, "marks"))
        for (auto const& mark : *marks)
            if (auto const sscc = sscc_in(mark.string("value")); !sscc.empty()) return sscc;
    return {};
}

/// Nodes of the tree, parents before children. Walked with a list of our own.
template <class V, class F>
void walk(V& root, F const& visit) {
    std::vector<V*> open = {&root};
    while (!open.empty()) {
        auto* const node = open.back();
        open.pop_back();
        visit(*node);
        if (auto* children = node->find("children"); children != nullptr && children->is_array())
            for (auto child = children->items().rbegin(); child != children->items().rend(); ++child)
                open.push_back(&*child);
    }
}

json::Value item_node(json::Value const& line) {
    json::Value node{json::Object{}};
    node.set("level", "item");
    if (auto const number = line.string("order_line_number"); !number.empty()) node.set("line_number", number);
    for (std::string_view const name : {"items", "lot_number", "serial_numbers", "quantity", "unit"})
        if (auto const* value = line.find(name)) node.set(std::string(name), *value);
    if (auto const expiry = line.string("expiry_date"); !expiry.empty()) {
        json::Value date{json::Object{}};
        date.set("kind", "expiration");
        date.set("date", expiry);
        node.set("dates", json::Array{std::move(date)});
    }
    return node;
}

json::Value package_node(std::string_view name) {
    json::Value mark{json::Object{}};
    auto const sscc = sscc_in(name);
    mark.set("kind", sscc.empty() ? own_name : std::string_view("sscc_with_ai"));
    mark.set("value", sscc.empty() ? std::string(name) : fmt::format("00{}", sscc));
    json::Value node{json::Object{}};
    node.set("level", "pack");
    node.set("marks", json::Array{std::move(mark)});
    return node;
}

// --- what the order knows -----------------------------------------------------------------------------------------------

bool has(json::Value const& owner, std::string_view name, std::string_view key, std::string_view value) {
    auto const* entries = list(owner, name);
    return entries != nullptr && std::ranges::any_of(*entries, [&](json::Value const& one) { return one.string(key) == value; });
}

/// Entries of these kinds that the order has and the owner has not.
void repeat(json::Value& owner, json::Value const& order, std::string_view name, std::string_view key, std::vector<std::string> const& kinds) {
    auto const* entries = list(order, name);
    if (entries == nullptr) return;
    std::set<std::string, std::less<>> missing;
    for (auto const& kind : kinds)
        if (!has(owner, name, key, kind)) missing.insert(kind);
    for (auto entry : *entries) {
        if (!missing.contains(entry.string(key))) continue;
        std::erase_if(entry.members(), [](json::Member const& member) { return member.first == "extensions"; });
        list_of(owner, name).push_back(std::move(entry));
    }
}

std::string item_key(json::Value const& item) { return fmt::format("{}|{}", item.string("scheme"), item.string("value")); }

/// An order with its lines found by number and by item.
class KnownOrder {
public:
    explicit KnownOrder(json::Value const& order) : order_(&order) {
        auto const* lines = list(order, "lines");
        for (std::size_t i = 0; lines != nullptr && i < lines->size(); ++i) {
            auto const& line = (*lines)[i];
            if (auto const number = line.string("line_number"); !number.empty()) by_number_.emplace(number, &line);
            if (auto const* items = list(line, "items"))
                for (auto const& item : *items)
                    if (auto const [at, is_new] = by_item_.emplace(item_key(item), &line); !is_new && at->second != &line)
                        at->second = nullptr; // two lines have it
        }
    }
    [[nodiscard]] json::Value const& order() const { return *order_; }
    /// The line that is answered here; nullptr: not known.
    [[nodiscard]] json::Value const* line(json::Value const& answer) const {
        auto number = answer.string("line_number");
        if (auto const* own = answer.find("order"); own != nullptr && !own->string("line_number").empty()) number = own->string("line_number");
        if (!number.empty()) {
            auto const found = by_number_.find(number);
            return found == by_number_.end() ? nullptr : found->second;
        }
        if (auto const* items = list(answer, "items"))
            for (auto const& item : *items)
                if (auto const found = by_item_.find(item_key(item)); found != by_item_.end() && found->second != nullptr) return found->second;
        return nullptr;
    }

private:
    json::Value const* order_;
    std::map<std::string, json::Value const*, std::less<>> by_number_, by_item_;
};
using KnownOrders = std::map<std::string, KnownOrder, std::less<>>;

KnownOrder const* find(KnownOrders const& orders, std::string_view number) {
    auto const found = orders.find(number);
    return found == orders.end() ? nullptr : &found->second;
}

void complete_line(json::Value& answer, KnownOrder const& order, FromOrder const& what) {
    auto const* line = order.line(answer);
    if (line == nullptr) return;
    repeat(answer, *line, "items", "scheme", what.items);
    for (std::string_view const name : {"line_number", "unit"})
        if (answer.string(name).empty() && !line->string(name).empty()) answer.set(std::string(name), line->string(name));
}

/// The party of this role in each of these orders, where it is the same in all.
bool is_shared(KnownOrders const& orders, std::string_view role) {
    json::Value const* first = nullptr;
    for (auto const& [number, order] : orders) {
        auto const* parties = list(order.order(), "parties");
        if (parties == nullptr) return false;
        auto const found = std::ranges::find_if(*parties, [&](json::Value const& party) { return party.string("role") == role; });
        if (found == parties->end() || (first != nullptr && !(*first == *found))) return false;
        first = &*found;
    }
    return first != nullptr;
}

void complete_order_node(json::Value& node, json::Value const& order, FromOrder const& what, std::vector<std::string> const& parties) {
    repeat(node, order, "references", "kind", what.references);
    repeat(node, order, "parties", "role", parties);
    auto& own = *node.find("order");
    if (own.string("date").empty() && !order.string("date").empty()) own.set("date", order.string("date"));
}

void complete_notice(json::Value& root, KnownOrders const& orders, FromOrder const& what) {
    std::vector<std::string> of_shipment, of_order;
    for (auto const& role : what.parties)
        (is_shared(orders, role) ? of_shipment : of_order).push_back(role);
    if (!orders.empty()) repeat(root, orders.begin()->second.order(), "parties", "role", of_shipment);
    // An item belongs to the order of the nearest node above it; each node hands its own down.
    struct Open {
        json::Value* node;
        std::string order;
    };
    std::vector<Open> open = {{&root, {}}};
    while (!open.empty()) {
        auto [node, number] = std::move(open.back());
        open.pop_back();
        if (auto const* own = node->find("order"); own != nullptr && !own->string("number").empty()) {
            number = own->string("number");
            if (auto const* order = find(orders, number)) complete_order_node(*node, order->order(), what, of_order);
        }
        if (node->string("level") == "item")
            if (auto const* order = find(orders, number)) complete_line(*node, *order, what);
        if (auto* children = node->find("children"); children != nullptr && children->is_array())
            for (auto& child : children->items())
                open.push_back({&child, number});
    }
}

} // namespace

bool lacks_shipment(json::Value const& notice) {
    return notice.string("document") == "ship_notice" && notice.find("shipment") == nullptr && list(notice, "shipped_lines") != nullptr;
}

std::string not_in_shipment(json::Value const& notice) {
    constexpr std::array<std::string_view, 9> carried = {"order", "order_line_number", "items",         "quantity", "unit",
                                                         "lot_number", "expiry_date",  "serial_numbers", "packages"};
    auto const& lines = *list(notice, "shipped_lines");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (auto const& [name, value] : lines[i].members())
            if (std::ranges::find(carried, name) == carried.end())
                return fmt::format("`shipped_lines[{}].{}` has no place in the tree that is made of the lines", i, name);
        if (auto const* packages = list(lines[i], "packages"); packages != nullptr && packages->size() > 1)
            return fmt::format("`shipped_lines[{}].packages` names a package in a package, and the tree that is made of the lines has one level", i);
    }
    return {};
}

void build_shipment(json::Value& notice) {
    json::Value root{json::Object{}};
    root.set("level", "shipment");
    auto& orders = list_of(root, "children");
    std::map<std::string, std::size_t, std::less<>> known_orders;
    std::map<std::pair<std::size_t, std::string>, std::size_t> known_packages; // where it stands among the order's children
    auto const lines = *list(notice, "shipped_lines");
    for (auto const& line : lines) {
        auto const* of = line.find("order");
        auto const number = std::string(of != nullptr ? of->string("number") : std::string_view());
        auto const [at, is_new] = known_orders.emplace(number, orders.size());
        if (is_new) {
            json::Value node{json::Object{}};
            node.set("level", "order");
            if (of != nullptr) node.set("order", *of);
            node.set("children", json::Array{});
            orders.push_back(std::move(node));
        }
        auto& below = list_of(orders[at->second], "children");
        auto const* packages = list(line, "packages");
        if (packages == nullptr) {
            below.push_back(item_node(line));
            continue;
        }
        auto const& name = packages->back().text(); // the innermost
        auto const [package, is_new_package] = known_packages.emplace(std::pair(at->second, name), below.size());
        if (is_new_package) below.push_back(package_node(name));
        list_of(below[package->second], "children").push_back(item_node(line));
    }
    std::erase_if(notice.members(), [](json::Member const& member) { return member.first == "shipped_lines"; });
    if (notice.string("structure").empty() && !known_packages.empty()) notice.set("structure", "shipment_order_packaging_item");
    notice.set("shipment", std::move(root));
}

void complete_from_order(json::Value& document, Orders const& orders, FromOrder const& what) {
    KnownOrders known;
    for (auto const& [number, order] : orders)
        known.emplace(number, KnownOrder(order));
    if (auto* root = document.find("shipment")) return complete_notice(*root, known, what);
    auto const* order = find(known, document.string("order_number"));
    if (order == nullptr && !known.empty()) order = &known.begin()->second;
    if (order == nullptr) return;
    repeat(document, order->order(), "references", "kind", what.references);
    repeat(document, order->order(), "parties", "role", what.parties);
    auto* lines = document.find("lines");
    if (lines == nullptr || !lines->is_array()) return;
    for (auto& line : lines->items()) {
        auto const* own = line.find("order");
        auto const* of_line = own != nullptr ? find(known, own->string("number")) : nullptr;
        complete_line(line, of_line != nullptr ? *of_line : *order, what);
    }
}

std::size_t unlabelled_packages(json::Value const& notice) {
    std::size_t count = 0;
    if (auto const* root = notice.find("shipment"))
        walk(*root, [&](json::Value const& node) { count += is_package(node) && sscc_of_node(node).empty() ? 1 : 0; });
    return count;
}

std::vector<Package> label_packages(json::Value& notice, std::function<std::string()> const& next) {
    std::vector<Package> labelled;
    auto* const root = notice.find("shipment");
    if (root == nullptr) return labelled;
    walk(*root, [&](json::Value& node) {
        if (!is_package(node) || !sscc_of_node(node).empty()) return;
        Package package{{}, next()};
        auto& marks = list_of(node, "marks");
        std::erase_if(marks, [&](json::Value const& mark) {
            if (mark.string("kind") != own_name) return false;
            package.name = mark.string("value");
            return true;
        });
        json::Value mark{json::Object{}};
        mark.set("kind", "sscc_with_ai");
        mark.set("value", "00" + package.sscc);
        marks.insert(marks.begin(), std::move(mark));
        labelled.push_back(std::move(package));
    });
    return labelled;
}

std::optional<std::string> make_sscc(std::string_view company_prefix, std::uint64_t serial) {
    if (company_prefix.size() < 6 || company_prefix.size() > 12 || !is_digits(company_prefix)) return std::nullopt;
    auto const places = 16 - company_prefix.size(); // of the serial reference, the extension digit before it
    std::uint64_t size = 1;
    for (std::size_t i = 0; i < places; ++i)
        size *= 10;
    if (serial >= size * 10) return std::nullopt;
    auto sscc = fmt::format("{}{}{:0{}}", serial / size, company_prefix, serial % size, places);
    sscc += check_digit(sscc);
    return sscc;
}

} // namespace wharf::document
