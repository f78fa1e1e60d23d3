#include "translator/completeness.hpp"

#include "translator/map_parser.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

/// Bit n-1: some line, constant or qualifier writes element n.
std::uint64_t written(Use const& use, Test const& test, Body const& body) {
    std::uint64_t mask = 0;
    for (auto const& field : use.fields)
        if (std::ranges::any_of(body.slots[field.slot].readers,
                                [&](auto index) { return body.lines[index]->writes(); }))
            mask |= std::uint64_t{1} << (field.element - 1);
    for (auto const& constant : use.constants)
        if (constant.direction != Direction::read) mask |= std::uint64_t{1} << (constant.element - 1);
    for (auto const& run : use.runs)
        for (unsigned element = run.element != 0 ? run.element : run.first;
             element <= (run.element != 0 ? run.element : run.last + run.stride - 1u) && element <= 64; ++element)
            mask |= std::uint64_t{1} << (element - 1);
    for (auto const& run : use.runs)
        for (auto const& claim : run.claims)
            for (auto const& field : claim.outer) // of the segment around the tuples: SDQ01
                mask |= std::uint64_t{1} << (field.element - 1);
    if (test.present && test.single()) mask |= std::uint64_t{1} << (test.element - 1);
    return mask;
}

class Completeness {
public:
    Completeness(Plan const& plan, Origin const& origin) : plan_(plan), schema_(*plan.schema), origin_(origin) {}

    Diagnostics run() {
        for (auto const& made : plan_.bodies) {
            if (made->scope) check(*made, *made->scope);
            for (auto const& scope : made->prefix_scopes)
                check(*made, *scope);
        }
        return std::move(faults_);
    }

private:
    std::string segment_id(grammar::NodeIndex row) const {
        return schema_.segments()[schema_.nodes()[row].segment].definition->id;
    }

    void fault(Origin const& origin, std::string message) {
        for (auto const& known : faults_) // a shape used in many places is reported once
            if (known.place.line == origin.line && known.place.file == origin.file && known.message == message) return;
        faults_.push_back(
            map_diagnostic("MAP-0020", origin, 0, std::move(message),
                           "Add a line for it; a value that is always the same is written: -  ELEMENT = \"X\""));
    }

    void check(Body const& body, Scope const& scope) {
        auto const& nodes = schema_.nodes();
        for (auto const row : schema_.loops()[scope.loop].rows) {
            auto const id = segment_id(row);
            auto const& claims = scope.by_row[row - scope.first];
            if (nodes[row].mandatory && claims.empty() && id != "SE")
                fault(body.member != nullptr ? body.member->origin : origin_,
                      fmt::format("{} is mandatory, and no line writes it.", schema_.path(row)));
            for (auto const* const claim : claims) {
                auto const& inner = claim->child != nullptr ? *claim->child : body;
                auto mask = written(claim->child != nullptr ? inner.use : claim->use, claim->test, inner);
                if (mask == 0 && claim->child == nullptr && claim->scope == nullptr) continue; // dropped: never written
                if (row == plan_.hierarchy_row) mask |= 0b1011;
                auto const& elements = schema_.rules()[nodes[row].rule].elements;
                for (std::size_t e = 0; e < elements.size() && e < 64; ++e)
                    if (elements[e].mandatory && (mask >> e & 1) == 0)
                        fault(claim->origin,
                              fmt::format("{}/{}{:02} is mandatory, and no line writes it.", schema_.path(row), id, e + 1));
            }
        }
    }

    Plan const& plan_;
    grammar::Schema const& schema_;
    Origin const& origin_;
    Diagnostics faults_;
};

} // namespace

Diagnostics unwritten_mandatory(Plan const& plan, Origin const& origin) {
    bool const writes = std::ranges::any_of(plan.bodies, [](auto const& body) {
        return std::ranges::any_of(body->lines, [](auto const& line) { return line->writes() && !line->computed_index; });
    });
    if (plan.schema == nullptr || !writes) return {};
    return Completeness(plan, origin).run();
}

} // namespace wharf::translator
