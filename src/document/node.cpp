#include "document/schema.hpp"
#include "document/text_form.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::document {

Property const* Node::find(std::string_view name) const {
    auto const index = index_of(name);
    return index == no_property ? nullptr : &properties[index];
}

void Node::index_names() {
    required = static_cast<std::uint16_t>(std::ranges::count_if(properties, &Property::required));
    names.build(properties.size(), [&](std::size_t i) { return std::string_view(properties[i].name); });
    extensions = index_of("extensions");
}

bool accepts(Node const& node, std::string_view text) {
    if (node.type == NodeType::any) return true;
    if (node.type != NodeType::string) return false;
    if (!node.enumeration.empty())
        return std::find(node.enumeration.begin(), node.enumeration.end(), text) != node.enumeration.end();
    if (node.min_length > 1 || node.max_length != 0xffffffff) {
        auto const size = length(text);
        if (size < node.min_length || size > node.max_length) return false;
    } else if (node.min_length == 1 && text.empty()) {
        return false;
    }
    return has_form(node.pattern, text) && exists(node.pattern, text);
}

std::string expectation(Node const& node) {
    switch (node.type) {
    case NodeType::any:
        return "any value";
    case NodeType::object:
        return "an object";
    case NodeType::array:
        return node.min_items > 0 ? fmt::format("an array of at least {} entries", node.min_items) : "an array";
    case NodeType::integer:
        return "a whole number such as 3";
    case NodeType::boolean:
        return "true or false";
    case NodeType::string:
        break;
    }
    if (node.enumeration.size() == 1) return quoted(node.enumeration.front());
    if (!node.enumeration.empty()) {
        std::string text = "one of";
        for (auto const& value : node.enumeration)
            text += (&value == &node.enumeration.front() ? " " : ", ") + quoted(value);
        return text;
    }
    switch (node.pattern) {
    case Pattern::decimal:
        return "a decimal number such as 12.50";
    case Pattern::date:
        return "a date such as 2025-06-02";
    case Pattern::date_time:
        return "a date, or a date and time such as 2025-06-02T14:03";
    case Pattern::time:
        return "a time such as 14:03";
    case Pattern::coded:
        return "a word such as each, or <list>:<code> such as x12:8R";
    case Pattern::none:
        break;
    }
    if (node.max_length != 0xffffffff)
        return fmt::format("a text of {} to {} characters", node.min_length, node.max_length);
    return node.min_length > 1 ? fmt::format("a text of at least {} characters", node.min_length) : "a text";
}

} // namespace wharf::document
