// `shipped_lines` of a ship notice whose levels are lists of the map (rows of a CSV file): computed from the finished
// tree. X12's are noted while the tree is written (serialise_kept.cpp), because its levels are one shape for all.
#include "translator/derive.hpp"

#include "syntax/json/value.hpp"

namespace wharf::translator {
namespace {

class Shipment {
public:
    // Recursion is as deep as the map's blocks are: the text is our own.
    void node(json::Value const& value, std::int32_t parent) {
        auto const index = static_cast<std::int32_t>(nodes.size());
        auto& made = nodes.emplace_back();
        made.parent = parent;
        made.is_item = value.find("quantity") != nullptr || value.find("assigned_number") != nullptr ||
                       value.find("ordered_quantity") != nullptr;
        made.order = text_of(value.find("order"));
        made.items = text_of(value.find("items"));
        made.description = text_of(value.find("description"));
        made.quantity = text_of(value.find("quantity"));
        made.unit = text_of(value.find("unit"));
        made.lot_number = text_of(value.find("lot_number"));
        made.serial_numbers = text_of(value.find("serial_numbers"));
        if (auto const* const order = value.find("order")) made.order_line_number = order->string("line_number");
        made.order_line_from_order = !made.order_line_number.empty();
        if (auto const* const items = value.find("items"); items != nullptr && !made.order_line_from_order)
            for (auto const& item : items->items())
                if (item.string("scheme") == "purchase_order_line" && made.order_line_number.empty())
                    made.order_line_number = item.string("value");
        if (auto const* const marks = value.find("marks"))
            for (auto const& mark : marks->items())
                package(mark, made);
        if (auto const* const dates = value.find("dates"))
            for (auto const& date : dates->items())
                if (date.string("kind") == "expiration" && made.expiry_date.length == 0)
                    made.expiry_date = text_of(date.find("date"));
        if (auto const* const children = value.find("children"))
            for (auto const& child : children->items())
                node(child, index);
    }

    std::vector<ShippedNode> nodes;
    std::string texts;

private:
    ShippedNode::Text text_of(json::Value const* value) {
        if (value == nullptr) return {};
        auto const begin = static_cast<std::uint32_t>(texts.size());
        texts += json::to_text(*value);
        return {begin, static_cast<std::uint32_t>(texts.size()) - begin};
    }
    static void package(json::Value const& mark, ShippedNode& node) {
        auto const kind = mark.string("kind");
        auto const label = mark.string("value");
        if (auto const sscc = sscc_of(label); !sscc.empty())
            node.packages.emplace_back(sscc);
        else if ((kind == "sscc_with_ai" || kind == "sscc") && !label.empty())
            node.packages.emplace_back(label);
    }
};

} // namespace

bool append_shipped_lines(std::string_view shipment, std::string_view key, std::string& out) {
    auto const parsed = json::parse(shipment);
    if (!parsed) return true;
    Shipment tree;
    tree.node(*parsed, -1);
    return append_shipped_lines(tree.nodes, tree.texts, key, out);
}

} // namespace wharf::translator
