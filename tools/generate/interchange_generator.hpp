// Realistic X12 interchanges of any size: 850, 855, 856 and 810 of release 004010, valid against it.
//
// For the benchmark, for load tests and for anybody who needs much traffic that looks like trade: one to sixty lines,
// parties with addresses, references, dates, descriptions, packaging, allowances, store quantities (SDQ), ship notices
// as trees of shipment, order, pack and item. Invoice totals add up.
//
// The same options give the same bytes on every machine. Pure; the result is the caller's.
#pragma once

#include <cstdint>
#include <string>

namespace wharf::generate {

struct Options {
    std::uint64_t bytes = 1 << 20; // the last transaction set goes over it; at least one set of each kind is made
    std::uint64_t seed = 1;
    char element = '*';
    char component = '>';
    char segment = '~';
    bool line_breaks = false; // a newline after every segment
    bool test = true;         // ISA15
};

/// One or more whole interchanges, one after the other, each with a group of orders, of acknowledgments, of ship
/// notices and of invoices.
[[nodiscard]] std::string make_interchanges(Options const& options);

/// One interchange with one purchase order of `lines` lines.
[[nodiscard]] std::string make_purchase_order(Options const& options, unsigned lines);

} // namespace wharf::generate
