// Answers of ours to a partner's order: what he wants to see again and only his order had, and the labels of packages.
//
// An ERP that ships knows order, line, quantity and carton. The retailer wants his department, his store and his item numbers back,
// and an SSCC on every carton. All of this is put into the document before a map writes it, so it is the same in every format.
//
// Plain functions on documents that have passed document::check; trees are as deep as JSON may be, never deeper.
#pragma once

#include "syntax/json/value.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::document {

/// What an answer repeats of the order it answers: kinds of references, roles of parties, schemes of item identifiers.
struct FromOrder {
    std::vector<std::string> references, parties, items;
    [[nodiscard]] bool any() const { return !references.empty() || !parties.empty() || !items.empty(); }
    friend bool operator==(FromOrder const&, FromOrder const&) = default;
};

/// Stored orders by number.
using Orders = std::map<std::string, json::Value, std::less<>>;

/// True: a ship notice that has `shipped_lines` and no `shipment`.
[[nodiscard]] bool lacks_shipment(json::Value const& notice);
/// Why the tree of such a notice would not say all that its lines say, or "": a member that items have no place for, packages in
/// packages. Of lines that are sound by the schema.
[[nodiscard]] std::string not_in_shipment(json::Value const& notice);
/// Makes the tree of such a notice: shipment, orders, packages, items, in the order of the lines. `packages` of a line names the
/// package it lies in: an SSCC, or any name of the sender's own; lines of one order with the same name lie in one package. The
/// name is kept as the package's mark for label_packages.
void build_shipment(json::Value& notice);

/// Adds to a ship notice, invoice or acknowledgment what `what` names and the document does not say itself: references and parties
/// to the order's level of a notice (a party that all orders share to the shipment), else to the header; item identifiers, line
/// number and unit to the line that answers a line of the order, by its number, else by an item that only one line has.
void complete_from_order(json::Value& document, Orders const& orders, FromOrder const& what);

struct Package {
    std::string name; // the sender's; empty: it had none
    std::string sscc;
};
/// How many packages (levels `pack` and `tare`) have no SSCC.
[[nodiscard]] std::size_t unlabelled_packages(json::Value const& notice);
/// Gives each of them one, in the order of the tree, and says which. `next` makes a new SSCC.
[[nodiscard]] std::vector<Package> label_packages(json::Value& notice, std::function<std::string()> const& next);

/// Eighteen digits: extension digit, company prefix, serial reference, check digit. Nothing when the prefix is no 6 to 12 digits or
/// all its serials (10 to the power of 17 less its length) are used up.
[[nodiscard]] std::optional<std::string> make_sscc(std::string_view company_prefix, std::uint64_t serial);

} // namespace wharf::document
