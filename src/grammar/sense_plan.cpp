#include "grammar/sense_plan.hpp"

#include <algorithm>
#include <array>

namespace wharf::grammar {
namespace {

/// One row per set whose totals are known for sure; a set that is not here gets no finding about them.
/// 852 and 867 count differently from sender to sender and are left out, as are hash totals of 832 and 846.
std::vector<SetSense> const& sets() {
    static std::vector<SetSense> const table = {
        {.set = "810", .line = "IT1", .also_counted = {}, .quantities = {{"IT1", 2}}, .line_number = 1, .numbered_per_order = true},
        {.set = "830", .line = "LIN", .also_counted = {}, .quantities = {{"FST", 1}}, .line_number = 1},
        {.set = "832", .line = "LIN", .also_counted = {}, .quantities = {}, .line_number = 1},
        {.set = "846", .line = "LIN", .also_counted = {}, .quantities = {}},
        {.set = "850", .line = "PO1", .also_counted = {}, .quantities = {{"PO1", 2}}, .line_number = 1},
        {.set = "855", .line = "PO1", .also_counted = {"ACK"}, .quantities = {{"PO1", 2}, {"ACK", 2}}, .line_number = 1},
        // The comment of the standard says HL; half of all senders count items or LIN instead.
        {.set = "856", .line = "HL", .also_counted = {"LIN", "SN1"}, .quantities = {{"SN1", 2}}},
        {.set = "860", .line = "POC", .also_counted = {}, .quantities = {{"POC", 3}, {"POC", 4}}, .line_number = 1, .line_number_with = 2},
        {.set = "861", .line = "RCD", .also_counted = {}, .quantities = {{"RCD", 2}}},
        {.set = "862", .line = "LIN", .also_counted = {}, .quantities = {{"FST", 1}, {"SHP", 2}, {"JIT", 1}}, .line_number = 1},
        {.set = "865", .line = "POC", .also_counted = {"ACK"}, .quantities = {{"POC", 3}, {"POC", 4}, {"ACK", 2}}, .line_number = 1, .line_number_with = 2},
    };
    return table;
}

struct QualifierPair {
    QualifiedValues::Kind kind;
    std::string_view qualifier, value; // element numbers
    std::array<std::uint16_t, 3> announces;
};
constexpr std::uint16_t code(char a, char b) { return static_cast<std::uint16_t>(a | b << 8); }
// UA, UD, UE, UI and UN announce numbers without a check digit, or with one that may be left out.
constexpr std::array qualifier_pairs = {
    QualifierPair{QualifiedValues::Kind::product, "235", "234", {code('U', 'P'), code('E', 'N'), code('U', 'K')}},
    QualifierPair{QualifiedValues::Kind::party, "66", "67", {code('U', 'L')}},
    QualifierPair{QualifiedValues::Kind::marks, "88", "87", {code('G', 'M')}},
};

/// A value belongs to the last qualifier of its kind before it: LIN 02/03, MAN 01/02 03, SDQ 02/03 05 07 ….
void add_qualified(SegmentRule const& rule, std::vector<QualifiedValues>& out) {
    auto const number_of = [](ElementRule const& element) {
        return element.definition != nullptr ? std::string_view(element.definition->number) : std::string_view();
    };
    for (auto const& pair : qualifier_pairs) {
        std::size_t open = out.size(); // index of the pair being collected
        for (std::size_t k = 0; k < rule.elements.size(); ++k) {
            auto const position = static_cast<std::uint8_t>(k + 1);
            if (number_of(rule.elements[k]) == pair.qualifier) {
                open = out.size();
                out.push_back({pair.kind, position, 0, 0, 1, pair.announces});
            } else if (number_of(rule.elements[k]) == pair.value && open < out.size()) {
                auto& values = out[open];
                if (values.first == 0)
                    values.first = position;
                else
                    values.step = static_cast<std::uint8_t>(position - values.last);
                values.last = position;
            }
        }
    }
    std::erase_if(out, [](QualifiedValues const& values) { return values.first == 0 || values.first < values.qualifier; });
}

/// True when the segment's notes already report a quantity without its unit and a unit without its quantity.
bool notes_tie(SegmentRule const& rule, QuantityAndUnit places) {
    auto const both = (std::uint64_t{1} << (places.quantity - 1)) | (std::uint64_t{1} << (places.unit - 1));
    auto const mandatory = (rule.mandatory & both) == both;
    return mandatory || std::ranges::any_of(rule.notes, [&](NoteRule const& note) {
               return note.note->kind == 'P' && (note.mask & both) == both;
           });
}

InvoicePart part_of(Schema const& schema, NodeIndex node, std::string_view set, std::string_view id) {
    auto const is_below = [&](std::string_view head) {
        for (auto loop = schema.nodes()[node].loop; loop != 0; loop = schema.loops()[loop].parent)
            if (schema.segments()[schema.nodes()[schema.loops()[loop].first].segment].definition->id == head)
                return true;
        return false;
    };
    if (set == "810") {
        if (id == "IT1")
            return InvoicePart::line;
        if (id == "SAC")
            return is_below("SLN") ? InvoicePart::subline_charge : is_below("IT1") ? InvoicePart::line_charge : InvoicePart::summary_charge;
        if (id == "TXI")
            return is_below("SLN") ? InvoicePart::none : is_below("IT1") ? InvoicePart::line_tax : InvoicePart::summary_tax;
        if (id == "TDS")
            return InvoicePart::total;
    } else if (set == "880") {
        if (id == "ENT" || is_below("ENT"))
            return InvoicePart::not_computable;
        if (id == "G17")
            return InvoicePart::grocery_line;
        if (id == "G72")
            return InvoicePart::grocery_charge;
        if (id == "G33")
            return InvoicePart::grocery_total;
    }
    return InvoicePart::none;
}

} // namespace

QuantityAndUnit quantity_and_unit(std::string_view id) {
    if (id == "PO1" || id == "IT1" || id == "ACK")
        return {2, 3};
    if (id == "LH1")
        return {7, 6};
    return {};
}

SensePlan::SensePlan(Schema const& schema) {
    auto const& set_id = schema.set().id;
    auto const known = std::ranges::find(sets(), set_id, &SetSense::set);
    set = known != sets().end() ? &*known : nullptr;

    std::vector<std::uint8_t> of_segment;
    std::vector<std::size_t> begins; // of values_, by segment
    for (auto const& rule : schema.segments()) {
        std::string_view const id = rule.definition->id;
        begins.push_back(values_.size());
        std::vector<QualifiedValues> pairs;
        add_qualified(rule, pairs);
        std::ranges::sort(pairs, {}, &QualifiedValues::first);
        values_.insert(values_.end(), pairs.begin(), pairs.end());
        std::uint8_t look = pairs.empty() ? 0 : look_check_digits;
        if (auto const places = quantity_and_unit(id); places.unit != 0 && places.quantity <= rule.elements.size() &&
                                                       places.unit <= rule.elements.size() && !notes_tie(rule, places))
            look |= look_units;
        if (id == "DTM" || id == "G62")
            look |= look_dates;
        if (id == "ITD")
            look |= look_terms;
        if (set != nullptr && id == set->line)
            look |= look_line;
        if (set != nullptr && id == "CTT")
            look |= look_totals;
        of_segment.push_back(look);
    }
    begins.push_back(values_.size());

    for (NodeIndex node = 0; node < schema.nodes().size(); ++node) {
        auto const segment = schema.nodes()[node].segment;
        auto look = of_segment[segment];
        auto const part = part_of(schema, node, set_id, schema.segments()[segment].definition->id);
        if (part != InvoicePart::none)
            look |= look_invoice;
        looks.push_back(look);
        qualified.emplace_back(values_.data() + begins[segment], values_.data() + begins[segment + 1]);
        units.push_back(quantity_and_unit(schema.segments()[segment].definition->id));
        parts.push_back(part);
        looks_of_set |= look;
    }
}

Diagnostic SenseInput::at(std::string_view code, std::size_t index, std::uint32_t element, std::string message, std::string help) const {
    auto diagnostic = findings.at_segment(code, index, nodes[index], std::move(message), std::move(help));
    findings.at_element(diagnostic, index, element);
    diagnostic.acknowledgment = {};
    return diagnostic;
}

} // namespace wharf::grammar
