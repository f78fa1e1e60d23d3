#include "translator/derive.hpp"

#include "base/limits.hpp"

#include "base/date.hpp"

#include <algorithm>

namespace wharf::translator {
namespace {

Member const* find(Member const& object, std::string_view name) {
    for (auto const& one : object.members)
        if (one->name == name) return one.get();
    return nullptr;
}

/// The slot a member of one value is read from.
SlotIndex value_slot(Body const& body, Member const* member) {
    if (member == nullptr) return no_slot;
    for (auto const index : member->lines)
        if (auto const& line = *body.lines[index]; line.reads() && !line.alternatives.empty())
            return line.alternatives.front().parts.front().slot;
    return no_slot;
}

struct ListSlots {
    SlotIndex list = no_slot;
    Body const* body = nullptr;
};
/// The entry of a list that the map chooses by a word.
Member const* find_entry(Member const& object, std::string_view list, std::string_view member, std::string_view word) {
    auto const* const found = find(object, list);
    if (found == nullptr) return nullptr;
    for (auto const& one : found->members)
        if (one->kind == MemberKind::entry && one->select_member == member && one->word == word) return one.get();
    return nullptr;
}

/// A list read from one kind of segment or tuple (the first, of several).
ListSlots list_slots(Member const& object, std::string_view name) {
    auto const* const member = find(object, name);
    if (member == nullptr || member->kind != MemberKind::list || member->lists.empty() ||
        member->bodies.front() == nullptr)
        return {};
    return {member->lists.front(), member->bodies.front()};
}

bool starts_with_segment(std::string const& external, std::string_view segment) {
    return external.starts_with(segment) && external.size() == segment.size() + 2;
}

void append_member(std::string& out, std::string_view name, std::string_view json) {
    if (json.empty()) return;
    out += ",\"";
    out += name;
    out += "\":";
    out += json;
}

void append_string_member(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    std::string quoted;
    append_text(quoted, text);
    append_member(out, name, quoted);
}

} // namespace

Derived derived_kind(std::string_view member) {
    if (member == "description") return Derived::description;
    if (member == "sscc") return Derived::sscc;
    if (member == "direction") return Derived::direction;
    if (member == "shipped_lines") return Derived::shipped_lines;
    return Derived::none;
}

void derived_inputs(Body const& body, Member const& object, Derived kind, std::array<SlotIndex, 6>& inputs) {
    switch (kind) {
    case Derived::description:
        if (auto const list = list_slots(object, "descriptions"); list.body != nullptr) {
            inputs[0] = list.list;
            inputs[1] = value_slot(*list.body, find(*list.body->root, "form"));
            inputs[2] = value_slot(*list.body, find(*list.body->root, "characteristic"));
            inputs[3] = value_slot(*list.body, find(*list.body->root, "text"));
        } else if (auto const* const entry = find_entry(object, "descriptions", "form", "free_form")) {
            inputs[3] = value_slot(body, find(*entry, "text")); // of the object itself
        }
        return;
    case Derived::sscc:
        inputs[0] = value_slot(body, find(object, "value"));
        return;
    case Derived::direction:
        inputs[0] = value_slot(body, find(object, "type"));
        if (auto const* const totals = find(object, "totals")) inputs[1] = value_slot(body, find(*totals, "amount"));
        return;
    default:
        return;
    }
}

void shipped_slots(Body const& body, ShippedSlots& slots) {
    for (std::size_t i = 0; i < body.slots.size(); ++i)
        if (!body.slots[i].list && starts_with_segment(body.slots[i].external, "SN1"))
            slots.item_marks.push_back(static_cast<SlotIndex>(i));
    auto const& root = *body.root;
    if (auto const* const order = find(root, "order")) slots.order_line = value_slot(body, find(*order, "line_number"));
    if (auto const items = list_slots(root, "items"); items.body != nullptr) {
        slots.item_scheme = value_slot(*items.body, find(*items.body->root, "scheme"));
        slots.item_value = value_slot(*items.body, find(*items.body->root, "value"));
        if (slots.item_scheme != no_slot && slots.item_value != no_slot) slots.items = items.list;
    }
    if (auto const marks = list_slots(root, "marks"); marks.body != nullptr) {
        slots.mark_kind = value_slot(*marks.body, find(*marks.body->root, "kind"));
        slots.mark_value = value_slot(*marks.body, find(*marks.body->root, "value"));
        if (slots.mark_kind != no_slot && slots.mark_value != no_slot) slots.marks = marks.list;
    }
    if (auto const dates = list_slots(root, "dates"); dates.body != nullptr) {
        slots.date_kind = value_slot(*dates.body, find(*dates.body->root, "kind"));
        slots.date_value = value_slot(*dates.body, find(*dates.body->root, "date"));
        if (slots.date_kind != no_slot && slots.date_value != no_slot) slots.dates = dates.list;
    }
}

std::string_view sscc_of(std::string_view mark) {
    if (mark.size() == 20 && mark.starts_with("00")) mark.remove_prefix(2);
    if (mark.size() != 18) return {};
    unsigned sum = 0;
    for (std::size_t i = 0; i < 18; ++i) {
        if (mark[i] < '0' || mark[i] > '9') return {};
        auto const digit = static_cast<unsigned>(mark[i] - '0');
        sum += i == 17 ? 0 : (i % 2 == 0 ? 3 * digit : digit);
    }
    return (10 - sum % 10) % 10 == static_cast<unsigned>(mark[17] - '0') ? mark : std::string_view();
}

bool append_shipped_lines(std::vector<ShippedNode> const& nodes, std::string_view json, std::string_view key,
                          std::string& out) {
    std::vector<bool> item_below(nodes.size(), false);
    std::vector<std::int32_t> first_child(nodes.size(), -1), next_sibling(nodes.size(), -1);
    for (std::size_t i = nodes.size(); i-- > 0;) { // children before parents
        auto const parent = nodes[i].parent;
        if (parent < 0) continue;
        auto const above = static_cast<std::size_t>(parent);
        item_below[above] = item_below[above] || nodes[i].is_item || item_below[i];
        next_sibling[i] = first_child[above];
        first_child[above] = static_cast<std::int32_t>(i);
    }
    auto const text = [&](ShippedNode::Text const& place) { return json.substr(place.begin, place.length); };
    auto const before = out.size();
    out.reserve(before + json.size() / 2);
    out += key;
    auto const begin = out.size();
    std::size_t repeated = 0;
    std::vector<std::size_t> chain;
    std::vector<std::int32_t> below;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        auto const& node = nodes[i];
        if (!node.is_item || item_below[i]) continue;
        chain.clear();
        for (auto at = static_cast<std::int32_t>(i); at >= 0; at = nodes[static_cast<std::size_t>(at)].parent)
            chain.push_back(static_cast<std::size_t>(at)); // from the item outwards
        std::string_view order;
        std::string_view line_number = node.order_line_number;
        for (auto const at : chain) {
            if (order.empty()) order = text(nodes[at].order);
            if (line_number.empty() && nodes[at].order_line_from_order) line_number = nodes[at].order_line_number;
        }
        out += ',';
        auto const entry = out.size();
        append_member(out, "order", order);
        append_string_member(out, "order_line_number", line_number);
        append_member(out, "items", text(node.items));
        append_member(out, "description", text(node.description));
        append_member(out, "quantity", text(node.quantity));
        append_member(out, "unit", text(node.unit));
        append_member(out, "lot_number", text(node.lot_number));
        if (node.expiry_date.length != 0)
            append_member(out, "expiry_date", text(node.expiry_date));
        else if (is_date(node.expiry))
            append_string_member(out, "expiry_date", iso_date(node.expiry));
        append_member(out, "serial_numbers", text(node.serial_numbers));
        auto const behind_members = out.size();
        out += ",\"packages\":";
        auto const packages = out.size();
        auto const add = [&](ShippedNode const& from) {
            if ((repeated += from.packages.size()) > limits::shipped_packages) return;
            for (auto const& package : from.packages) {
                out += ',';
                append_text(out, package);
            }
        };
        for (auto at = chain.rbegin(); at != chain.rend(); ++at)
            add(nodes[*at]);
        // packs below the item: depth first, in file order
        below.assign(1, first_child[i]);
        while (!below.empty()) {
            auto const at = below.back();
            below.pop_back();
            if (at < 0) continue;
            auto const child = static_cast<std::size_t>(at);
            add(nodes[child]);
            below.push_back(next_sibling[child]);
            below.push_back(first_child[child]);
        }
        if (repeated > limits::shipped_packages) {
            out.resize(before);
            return false;
        }
        if (out.size() == packages) {
            out.resize(behind_members);
        } else {
            out[packages] = '[';
            out += ']';
        }
        if (out.size() == entry) {
            out.resize(entry - 1);
            continue;
        }
        out[entry] = '{';
        out += '}';
    }
    if (out.size() == begin) {
        out.resize(before);
        return true;
    }
    out[begin] = '[';
    out += ']';
    return true;
}

} // namespace wharf::translator
