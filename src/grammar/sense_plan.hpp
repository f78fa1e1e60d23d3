// What the sense checks look at in one schema: a byte per node, and what they know of the set. Internal to grammar/; immutable once
// made, shared by nothing.
#pragma once

#include "grammar/findings.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// What to look at in a segment; bits.
enum Look : std::uint8_t {
    look_check_digits = 1, // it has qualifiers whose values may carry a check digit
    look_units = 2,        // quantity and unit, both or neither, and no syntax note says so
    look_dates = 4,        // DTM, G62
    look_terms = 8,        // ITD
    look_line = 16,        // a line item: counted, numbered
    look_totals = 32,      // CTT
    look_invoice = 64,     // a part of the invoice's sum
};

/// A qualifier element and the values that follow it: first, first + step, … last.
struct QualifiedValues {
    enum class Kind : std::uint8_t { product, party, marks }; // elements 235/234, 66/67, 88/87
    Kind kind = Kind::product;
    std::uint8_t qualifier = 0;
    std::uint8_t first = 0;
    std::uint8_t last = 0;
    std::uint8_t step = 1;
    std::array<std::uint16_t, 3> announces = {}; // qualifiers of values with a check digit: two characters, the first in the lower byte
};

enum class InvoicePart : std::uint8_t {
    none,
    line,           // IT1
    line_charge,    // SAC of a line
    summary_charge, // SAC of the invoice
    subline_charge, // SAC below an SLN: some senders count it, some do not
    line_tax,       // TXI of a line
    summary_tax,    // TXI of the invoice
    total,          // TDS
    grocery_line,   // G17
    grocery_charge, // G72
    grocery_total,  // G33
    not_computable, // a part whose effect on the sum is not known
};

/// "PO1", element 2.
struct ElementPlace {
    std::string_view segment;
    std::uint8_t element = 0;
};

/// What the comments of the standard and practice say of a set's lines and totals.
struct SetSense {
    std::string_view set = {};
    std::string_view line = {};                   // the segment that CTT01 counts
    std::vector<std::string_view> also_counted = {};   // other segments that senders count instead
    std::vector<ElementPlace> quantities = {};    // what CTT02 sums, the standard's own first; empty: no known use
    std::uint8_t line_number = 0;                 // element of the line that numbers it within the set; 0: it does not
    std::uint8_t line_number_with = 0;            // a second element that belongs to the key
    bool numbered_per_order = false;              // the same number may come again for another order
};

/// Positions of the quantity and of the unit in segments where one describes the other; {0, 0} for other segments.
struct QuantityAndUnit {
    std::uint8_t quantity = 0;
    std::uint8_t unit = 0;
};
[[nodiscard]] QuantityAndUnit quantity_and_unit(std::string_view segment_id);

struct SensePlan {
    explicit SensePlan(Schema const& schema);
    SensePlan(SensePlan const&) = delete; // spans into itself
    SensePlan& operator=(SensePlan const&) = delete;

    std::vector<std::uint8_t> looks; // by node
    std::vector<InvoicePart> parts;  // by node
    std::vector<std::span<QualifiedValues const>> qualified; // by node, those of its segment in order of their qualifiers
    std::vector<QuantityAndUnit> units; // by node
    SetSense const* set = nullptr;   // nullptr: nothing is known of its totals
    std::uint8_t looks_of_set = 0;   // all looks, or-ed

private:
    std::vector<QualifiedValues> values_;
};

/// What a check works on.
struct SenseInput {
    Schema const& schema;
    SensePlan const& plan;
    x12::SegmentList const& set;
    std::vector<NodeIndex> const& nodes;
    Findings& findings;

    /// A finding at an element of a segment, never acknowledged.
    [[nodiscard]] Diagnostic at(std::string_view code, std::size_t index, std::uint32_t element, std::string message, std::string help) const;
    [[nodiscard]] bool has_look(std::size_t index, Look look) const {
        return nodes[index] < plan.looks.size() && (plan.looks[nodes[index]] & look) != 0;
    }
};

} // namespace wharf::grammar
