// What of the X12 half only shows when all lines are bound.
#include "translator/x12_compiler.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

std::expected<std::unique_ptr<Plan const>, Diagnostics> compile(EffectiveMap const& map, MapSource const& source,
                                                                std::shared_ptr<grammar::Schema const> schema) {
    if (!map.format.empty() && map.format != "x12")
        return std::unexpected(Diagnostics{
            map_diagnostic("MAP-0003", map.origin, 1,
                           fmt::format("{} is a map of the format {}; an X12 set cannot be read or written by it.",
                                       map.name, map.format),
                           "Name a map of the format x12.")});
    return X12Compiler(map, source, std::move(schema)).run();
}

void X12Compiler::finish_external(Body& body) {
    auto const sort_scope = [](Scope& scope) {
        for (auto const& claim : scope.claims)
            scope.by_row[claim->row - scope.first].push_back(claim.get());
        for (auto& claims : scope.by_row)
            std::stable_sort(claims.begin(), claims.end(),
                             [](Claim const* a, Claim const* b) { return a->rank < b->rank; });
    };
    if (body.scope) sort_scope(*body.scope);
    for (auto const& scope : body.prefix_scopes)
        sort_scope(*scope);
    finish_use(body.use, body.kind == BodyKind::tuple ? grammar::no_node : body.row);
    if (body.scope)
        for (auto const& claim : body.scope->claims)
            finish_use(claim->use, claim->row);
    for (auto const& scope : body.prefix_scopes)
        for (auto const& claim : scope->claims)
            finish_use(claim->use, claim->row);
}

void X12Compiler::finish_use(Use& use, grammar::NodeIndex row) const {
    if (row != grammar::no_node) {
        auto const& elements = schema_->segments()[schema_->nodes()[row].segment].elements;
        for (std::size_t i = 0; i < elements.size() && i < 64; ++i)
            if (elements[i].max_repeat != 1) use.repeats |= std::uint64_t{1} << i;
    }
    use.composites = !use.components.empty() || std::any_of(use.runs.begin(), use.runs.end(),
                                                            [](TupleRun const& run) { return run.element != 0; });
}

void X12Compiler::check_external() {
    for (auto const& made : plan_->bodies)
        check_deciding(*made);
    check_settled();
}

/// Elements that a constant or `drop` has settled, and that another line settles too.
void X12Compiler::check_settled() {
    for (std::size_t i = 0; i < settled_.size(); ++i) {
        auto const& one = settled_[i];
        auto const meets = [&](std::uint8_t element, std::uint8_t component) {
            return element == one.element && (component == one.component || component == 0 || one.component == 0);
        };
        Rule at;
        at.origins.push_back(one.origin);
        for (std::size_t j = 0; j < i; ++j)
            if (auto const& other = settled_[j];
                other.use == one.use && meets(other.element, other.component) && !one.conditional &&
                !other.conditional &&
                (one.direction == other.direction || one.direction == Direction::both ||
                 other.direction == Direction::both))
                fault("MAP-0012", at, 0,
                      fmt::format("{} is settled twice: by {} and here.", one.external, other.origin.text_place()));
        if (one.direction == Direction::write) continue; // written where no line fills it
        for (auto const& field : one.use->fields)
            if (meets(field.element, field.component)) {
                fault("MAP-0012", at, 0, fmt::format("{} is read by another line too.", one.external),
                      "For a value to write where there is none: -  write ELEMENT = \"X\"");
                break;
            }
    }
}

/// A claim by one of several codes cannot write them by itself: a line must read the deciding element.
void X12Compiler::check_deciding(Body const& body) {
    auto const reads = [](std::vector<Field> const& fields, unsigned element) {
        return std::any_of(fields.begin(), fields.end(), [&](auto const& field) { return field.element == element; });
    };
    auto const of_use = [&](Use const& use) {
        for (auto const& run : use.runs)
            for (auto const& claim : run.claims)
                if (claim.test.texts.size() > 1 && !reads(claim.cells, claim.test.element)) {
                    Rule at;
                    at.origins.push_back(claim.origin);
                    fault("MAP-0014", at, 0, "With several codes to select by, a line must read the deciding part.");
                }
    };
    auto const of_scope = [&](Scope const& scope) {
        for (auto const& claim : scope.claims) {
            auto const& use = claim->child != nullptr ? claim->child->use : claim->use;
            if (claim->test.texts.size() > 1 && !reads(use.fields, claim->test.element)) {
                Rule at;
                at.origins.push_back(claim->origin);
                fault("MAP-0014", at, 0,
                      fmt::format("With several codes to select by, a line must read the deciding element {}{:02}.",
                                  segment_id(claim->row), claim->test.element),
                      "Without it nothing says which code to write.");
            }
            of_use(claim->use);
        }
    };
    of_use(body.use);
    if (body.scope) of_scope(*body.scope);
    for (auto const& scope : body.prefix_scopes)
        of_scope(*scope);
}

} // namespace wharf::translator
