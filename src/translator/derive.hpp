// Values that repeat what a document says elsewhere, in the form a receiver wants: computed on reading, marked
// x-derived in the schema, never written back.
//
//   description     of a line: the text of the first free-form description without characteristic, or with `product`
//   sscc            of a mark: eighteen digits, when its check digit is right
//   direction       of an invoice: debit or credit
//   shipped_lines   of a ship notice: one entry per item shipped, with order and packages
#pragma once

#include "translator/plan.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

enum class Derived : std::uint8_t { none, description, sscc, direction, shipped_lines };

[[nodiscard]] Derived derived_kind(std::string_view member);

/// The slots a derived value of `object` is computed from; no_slot where the map does not read them.
void derived_inputs(Body const& body, Member const& object, Derived kind, std::array<SlotIndex, 6>& inputs);

/// The eighteen digits of an SSCC in a mark's value (with or without the application identifier 00); empty when there
/// are none or the check digit (modulo 10, weights 3 and 1) is wrong.
[[nodiscard]] std::string_view sscc_of(std::string_view mark);

/// One node of the ship notice's tree, as the serialiser noted it: where its members stand in the JSON text, and views of what
/// was read.
struct ShippedNode {
    std::int32_t parent = -1; // index; a parent stands before its children
    bool is_item = false;     // has SN1
    struct Text {
        std::uint32_t begin = 0, length = 0; // of a member's value in the JSON text; length 0: absent
    };
    Text order, items, description, quantity, unit, lot_number, expiry_date, serial_numbers;
    std::string_view expiry;            // DTM 036 as sent, when no member says it
    std::string_view order_line_number; // PRF05, else pair PL; empty: none
    bool order_line_from_order = false; // PRF05: counts for the items below too
    std::vector<std::string_view> packages; // labels of the node's own marks: SSCCs, or what stands in their place
};

/// Finds the slots of `body`, the ship notice's node.
void shipped_slots(Body const& body, ShippedSlots& slots);

/// `,"shipped_lines":[…]` for these nodes; nothing when no node is an item. `json` holds the texts.
[[nodiscard]] bool append_shipped_lines(std::vector<ShippedNode> const& nodes, std::string_view json,
                                        std::string_view key, std::string& out);
/// The same, of the JSON text of a finished `shipment`: for formats whose levels are lists of the map.
[[nodiscard]] bool append_shipped_lines(std::string_view shipment, std::string_view key, std::string& out);
inline constexpr std::int8_t shipment_watch = 8; // where the serialiser notes that text

} // namespace wharf::translator
