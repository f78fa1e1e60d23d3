// Realistic X12 interchanges of any size: 850, 855, 856 and 810 of release 004010, valid against it unless told otherwise.
//
// For the benchmark, for load tests and for anybody who needs much traffic that looks like trade: one to sixty lines,
// parties with addresses, references, dates, descriptions, packaging, allowances, store quantities (SDQ), ship notices
// as trees of shipment, order, pack and item. Invoice totals add up.
//
// The same options give the same bytes on every machine. Pure; the result is the caller's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::generate {

struct Options {
    std::uint64_t bytes = 1 << 20; // the last transaction set goes over it; at least one set of each kind is made
    std::uint64_t seed = 1;
    char element = '*';
    char component = '>';
    char segment = '~';
    bool line_breaks = false; // a newline after every segment
    bool test = true;         // ISA15
    std::string release = "004010"; // or 005010
    std::vector<std::string> sets;  // of 850, 855, 856, 810; empty: all four
    unsigned sets_in_group = 12;    // at most; the number is drawn
    bool one_interchange = false;   // everything in one interchange, however large
    bool fault_in_every_set = false; // exactly one mistake in each set, of ten kinds; its neighbours stay clean
    // data that readers like less
    bool negative = false;   // negative prices and totals
    bool non_ascii = false;  // names and descriptions in UTF-8
    bool composites = false; // composite elements: measurements with units, references with more references
};

/// Takes the next bytes of the text.
using Sink = std::function<void(std::string_view)>;

/// One or more whole interchanges, one after the other, each with a group per kind of set; given out piece by piece.
void make_interchanges(Options const& options, Sink const& sink);
[[nodiscard]] std::string make_interchanges(Options const& options);

/// One interchange with one purchase order of `lines` lines.
[[nodiscard]] std::string make_purchase_order(Options const& options, unsigned lines);

} // namespace wharf::generate
