// What of a tree of nodes only shows when all lines are bound: the order of reading and writing, and claims that can
// never receive anything.
#include "translator/node_compiler.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace wharf::translator {

void NodeCompiler::finish_scope(NodeScope& scope) {
    for (auto& claim : scope.claims)
        if (claim.scope != nullptr) finish_scope(*claim.scope);
    // reading
    PlaceId first = std::numeric_limits<PlaceId>::max(), last = 0;
    auto const widen = [&](PlaceId place) {
        first = std::min(first, place);
        last = std::max(last, place);
    };
    for (auto const& claim : scope.claims)
        widen(claim.place);
    for (auto const& constant : scope.constants)
        widen(constant.place);
    for (std::uint16_t i = 0; i < scope.claims.size(); ++i)
        scope.reading.push_back(i);
    std::ranges::sort(scope.reading, {}, [&](auto index) {
        auto const& claim = scope.claims[index];
        return std::tuple(claim.place, claim.rank, claim.order);
    });
    if (first <= last) {
        scope.first_place = first;
        scope.by_place.resize(last - first + 1);
    }
    for (std::uint16_t i = 0; i < scope.reading.size(); ++i) {
        auto& range = scope.by_place[scope.claims[scope.reading[i]].place - first];
        if (range.last == 0) range.first = i;
        range.last = static_cast<std::uint16_t>(i + 1);
    }
    // of several constants of a place the first that goes both ways is checked
    for (std::uint16_t i = 0; i < scope.constants.size(); ++i)
        if (auto const& constant = scope.constants[i]; constant.direction != Direction::write)
            if (auto& range = scope.by_place[constant.place - first]; range.constant == 0)
                range.constant = static_cast<std::uint16_t>(i + 1);
    // writing
    std::vector<PlaceId> places;
    auto const note = [&](PlaceId place) {
        if (std::ranges::find(places, place) == places.end()) places.push_back(place);
    };
    std::vector<std::uint16_t> by_order = scope.reading;
    std::ranges::sort(by_order, {}, [&](auto index) { return scope.claims[index].order; });
    for (auto const index : by_order)
        note(scope.claims[index].place);
    for (auto const& constant : scope.constants)
        note(constant.place);
    schema_->order(scope.place, places);
    auto const position = [&](PlaceId place) { return std::ranges::find(places, place) - places.begin(); };
    for (auto const index : scope.reading) // named before generic
        if (!scope.claims[index].dropped) scope.writing.push_back({false, index});
    for (std::uint16_t i = 0; i < scope.constants.size(); ++i)
        scope.writing.push_back({true, i});
    std::ranges::stable_sort(scope.writing, {}, [&](NodeScope::Step const& step) {
        return position(step.constant ? scope.constants[step.index].place : scope.claims[step.index].place);
    });
}

void NodeCompiler::finish_external(Body& body) {
    if (body.nodes != nullptr) finish_scope(*body.nodes);
}

void NodeCompiler::check_scope(NodeScope const& scope) {
    for (std::size_t i = 0; i < scope.reading.size(); ++i) {
        auto const& claim = scope.claims[scope.reading[i]];
        auto const most = schema_->most(claim.place);
        std::size_t before = 0;
        bool shut = false;
        for (std::size_t j = 0; j < i; ++j) {
            auto const& other = scope.claims[scope.reading[j]];
            if (other.place != claim.place || other.test.present()) continue;
            ++before;
            shut = shut || other.each;
        }
        if (shut || (most != 0 && before >= most))
            fault("MAP-0014", at(claim.origin), 0,
                  fmt::format("This line can never receive anything: {} is taken by other lines.",
                              schema_->shown(claim.place)));
        if (claim.scope != nullptr) check_scope(*claim.scope);
    }
    for (auto const& constant : scope.constants) {
        if (constant.direction == Direction::write) continue;
        for (auto const& claim : scope.claims)
            if (claim.place == constant.place && !claim.test.present() && (claim.slot != no_slot || claim.dropped))
                fault("MAP-0012", at(constant.origin), 0,
                      fmt::format("{} is read by another line too.", schema_->shown(constant.place)),
                      "For a value to write where there is none: -  write PATH = \"X\"");
    }
}

void NodeCompiler::check_external() {
    for (auto const& body : plan_->bodies)
        if (body->nodes != nullptr) check_scope(*body->nodes);
    for (auto& found : schema_->finish())
        faults_.push_back(std::move(found));
}

} // namespace wharf::translator
