// Findings about the structure of a set: segments unknown, misplaced, missing, too often.
#include "grammar/findings.hpp"
#include "grammar/near_miss.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_excerpt = 400;
constexpr std::size_t longest_search = 2000; // segments
constexpr std::size_t longest_id = 20; // a missing terminator makes it endless
constexpr std::size_t most_related = 20; // places beside the finding's own

/// Of all variants of the place together; a guide's own limit is told by NarrowingFindings, unless it goes beyond the grammar.
std::uint32_t limit_of_grammar(Schema const& schema, Node const& node) {
    if (node.place != no_place)
        return schema.places()[node.place].max;
    return node.narrowed->beyond ? node.max : node.row->max;
}

} // namespace

void Findings::unknown_segment(std::size_t index) {
    if (is_full() || set_.is_opaque(index)) // the reader has said what is wrong
        return;
    auto const id = set_[index].id();
    auto const meant = suggest_segments(schema_, id.substr(0, longest_id));
    auto diagnostic = at_segment("X12-0201", index, no_node, fmt::format("\"{}\" is not a segment of release {}", id.substr(0, longest_id),
                                                                         schema_.dictionary().release()),
                                 meant.empty() ? "Check the segment id for a typing error, and the segment before it for a terminator inside data."
                                               : fmt::format("Did you mean {}? Else look for a terminator inside the data of the segment before it.", meant));
    diagnostic.value = id.substr(0, longest_id);
    diagnostic.acknowledgment.segment = "1";
    add(std::move(diagnostic));
}

void Findings::foreign_segment(std::size_t index) {
    if (is_full())
        return;
    auto const id = set_[index].id();
    auto const* definition = schema_.dictionary().segment(id);
    auto diagnostic = at_segment("X12-0202", index, no_node,
                                 fmt::format("segment {} {} is not used in set {} {}", id, definition != nullptr ? definition->name : "",
                                             schema_.set().id, schema_.set().name),
                                 "Remove it, or send its content in a segment that the set has.");
    diagnostic.acknowledgment.segment = "6";
    add(std::move(diagnostic));
}

void Findings::misplaced_segment(std::size_t index, Misplaced how, std::size_t other, NodeIndex near, std::size_t last) {
    if (is_full())
        return;
    auto const segment = set_[index];
    auto const slot = schema_.find_segment(segment.id());
    // Where it could go, seen from `near`: the places in the innermost loop that has any; all of them when that is unknown.
    auto const loop_of = [&](NodeIndex node) {
        auto const& row = schema_.nodes()[node];
        return row.starts_loop ? schema_.loops()[row.loop].parent : row.loop;
    };
    std::uint16_t innermost = 0;
    for (NodeIndex node = 0; near != no_node && node < schema_.nodes().size(); ++node)
        if (schema_.nodes()[node].segment == slot && schema_.is_inside(schema_.nodes()[near].loop, loop_of(node)) &&
            schema_.is_inside(loop_of(node), innermost))
            innermost = loop_of(node);
    auto const list_places = [&](bool everywhere) {
        std::string places;
        for (NodeIndex node = 0; node < schema_.nodes().size(); ++node) {
            if (schema_.nodes()[node].segment != slot || (!everywhere && loop_of(node) != innermost))
                continue;
            if (std::ranges::count(places, ',') >= 3)
                return places + ", …";
            places += (places.empty() ? "" : ", ") + schema_.path(node);
        }
        return places;
    };
    auto places = list_places(near == no_node);
    std::string opener; // of a place in another loop: the segment that begins it is missing, or this one stands in a wrong loop
    if (places.empty()) {
        places = list_places(true);
        for (NodeIndex node = 0; opener.empty() && node < schema_.nodes().size(); ++node)
            if (schema_.nodes()[node].segment == slot && loop_of(node) != 0)
                opener = schema_.rule_of(schema_.loops()[loop_of(node)].first).definition->id;
    }
    auto message = how == Misplaced::late    ? fmt::format("segment {} stands too late: it belongs before {}", segment.id(), set_[other].id())
                   : how == Misplaced::early ? fmt::format("segment {} stands too early: it belongs after {}", segment.id(), set_[other].id())
                                             : fmt::format("segment {} has no place here", segment.id());
    if (last > index)
        message += last == index + 1 ? fmt::format("; nor has the {} behind it", set_[last].id())
                                     : fmt::format("; nor have the {} segments behind it, to {}", last - index, set_[last].id());
    bool const out_of_order = how != Misplaced::nowhere;
    auto diagnostic = at_segment(out_of_order ? "X12-0206" : "X12-0207", index, no_node, message,
                                 opener.empty() ? fmt::format("The set has it as {}: move it there, or remove it.", places)
                                                : fmt::format("The set has it as {}: is the {} missing that begins the loop? Else move it there, or remove it.", places, opener));
    diagnostic.acknowledgment.segment = out_of_order ? "7" : "2";
    auto const relate = [&](std::size_t i, NodeIndex node, std::string words) {
        Related related{diagnostic.place, std::move(words)};
        related.place.offset = set_.file_offset(set_[i].begin());
        related.place.length = set_[i].id().size();
        related.place.segment_id = set_[i].id().substr(0, longest_id);
        related.place.segment_position = static_cast<std::uint32_t>(i + 1);
        related.place.path = place_path(schema_, node, set_[i]);
        related.excerpt = set_[i].bytes().substr(0, longest_excerpt);
        diagnostic.related.push_back(std::move(related));
    };
    if (out_of_order)
        relate(other, near, fmt::format("it belongs {} this {}", how == Misplaced::late ? "before" : "after", set_[other].id()));
    for (auto i = index + 1; i <= std::min(last, index + most_related); ++i) {
        relate(i, no_node, fmt::format("segment {} has no place here either", set_[i].id()));
        diagnostic.related.back().same_fault = true;
    }
    add(std::move(diagnostic));
}

void Findings::missing_row(std::size_t index, NodeIndex row) {
    if (is_full())
        return;
    auto const& node = schema_.nodes()[row];
    auto const& definition = *schema_.segments()[node.segment].definition;
    auto diagnostic = at_segment(
        "X12-0203", index, no_node,
        node.mandatory ? fmt::format("{} {} {} is missing before this {}", node.starts_loop ? "mandatory loop" : "mandatory segment",
                                     definition.id, definition.name, set_[index].id())
                       : fmt::format("{} {}, which begins the loop that {} stands in, is missing before this {}", definition.id,
                                     definition.name, set_[index].id(), set_[index].id()),
        fmt::format("Add {} before it, at {}.", definition.id, schema_.path(row)));
    diagnostic.place.segment_id = definition.id;
    diagnostic.place.path = schema_.path(row);
    diagnostic.place.length = 0;
    if (!node.starts_loop && index != 0)
        stand_in_loop(diagnostic, index - 1, node.loop);
    diagnostic.acknowledgment.segment = "3";
    add(std::move(diagnostic));
}

void Findings::too_often(std::size_t index, NodeIndex row) {
    if (is_full())
        return;
    auto const& node = schema_.nodes()[row];
    auto const& definition = *schema_.segments()[node.segment].definition;
    auto const most = limit_of_grammar(schema_, node);
    auto diagnostic = at_segment(node.starts_loop ? "X12-0204" : "X12-0205", index, row,
                                 fmt::format("{} {} {} occurs more than {} time{} here", node.starts_loop ? "loop" : "segment", definition.id,
                                             definition.name, most, most == 1 ? "" : "s"),
                                 "Remove the surplus, or check whether a segment that begins a new loop is missing before it.");
    diagnostic.acknowledgment.segment = node.starts_loop ? "4" : "5";
    for (auto before = index; before > 0 && index - before < longest_search; --before)
        if (set_[before - 1].id() == definition.id) {
            diagnostic.related.push_back(related(before - 1, row, 0, "the one before it stands here"));
            break;
        }
    add(std::move(diagnostic));
}

} // namespace wharf::grammar
