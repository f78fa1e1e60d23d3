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

// --- a partner's guide

class GuideCompleteness {
public:
    GuideCompleteness(Plan const& plan, grammar::NarrowedSet const& guide, Origin const& origin)
        : plan_(plan), schema_(*plan.schema), guide_(guide), origin_(origin) {}

    Diagnostics run() {
        rows(guide_.rows, {{plan_.root, plan_.root->scope.get()}}, {});
        return std::move(faults_);
    }

private:
    /// Where lines for the rows of one loop may stand.
    struct Place {
        Body const* body = nullptr;
        Scope const* scope = nullptr;
    };
    struct Writer {
        Claim const* claim = nullptr;
        Body const* body = nullptr; // its lines fill the segment
        std::uint64_t mask = 0;
    };

    /// Recursion is as deep as the guide's rows nest: the grammar's depth.
    void rows(std::vector<grammar::NarrowedRow> const& list, std::vector<Place> const& places, std::string const& above) {
        for (auto const& row : list) {
            auto const base = base_of(row);
            if (base == grammar::no_node || row.use == grammar::Use::must_not) continue;
            auto const& definition = *schema_.segments()[schema_.nodes()[base].segment].definition;
            auto const path = fmt::format("{}{}{}", above, definition.id, grammar::qualifiers_in_brackets(row, definition.key));
            auto const writers = writers_of(row, base, places);
            if (writers.empty()) {
                if (row.mandatory && row.listed && definition.id != "SE" && definition.id != "ST")
                    fault(places.front(), row.source, fmt::format("{} is mandatory in the guide {}, and no line writes it.", path, guide_.guide_name));
                continue; // what nobody writes has nothing in it either
            }
            for (auto const& element : row.elements) {
                if (element.component > 1 || element.rule.use != grammar::Use::must) continue;
                auto const bit = std::uint64_t{1} << (element.element - 1);
                if (std::ranges::any_of(writers, [&](auto const& writer) { return (writer.mask & bit) != 0; })) continue;
                fault(places.front(), element.rule.source,
                      fmt::format("{}/{}{:02} is mandatory in the guide {}, and no line writes it.", path, definition.id,
                                  element.element, guide_.guide_name),
                      &writers.front().claim->origin);
            }
            std::vector<Place> inner;
            for (auto const& writer : writers) {
                if (writer.claim->child != nullptr && writer.claim->child->scope)
                    inner.push_back({writer.claim->child, writer.claim->child->scope.get()});
                else if (writer.claim->scope != nullptr)
                    inner.push_back({writer.body, writer.claim->scope});
            }
            if (!inner.empty()) rows(row.rows, inner, path + "/");
        }
    }

    grammar::NodeIndex base_of(grammar::NarrowedRow const& row) const {
        auto const& nodes = schema_.nodes();
        for (grammar::NodeIndex i = 0; i < nodes.size(); ++i)
            if (nodes[i].row == row.row) return i;
        return grammar::no_node; // beyond the grammar
    }

    std::vector<Writer> writers_of(grammar::NarrowedRow const& row, grammar::NodeIndex base,
                                   std::vector<Place> const& places) const {
        std::vector<Writer> found;
        for (auto const& [body, scope] : places) {
            if (scope == nullptr || base < scope->first ||
                static_cast<std::size_t>(base - scope->first) >= scope->by_row.size())
                continue;
            for (auto const* const claim : scope->by_row[base - scope->first]) {
                auto const& inner = claim->child != nullptr ? *claim->child : *body;
                auto mask = written(claim->child != nullptr ? inner.use : claim->use, claim->test, inner);
                if (mask == 0 && claim->child == nullptr && claim->scope == nullptr) continue; // dropped: never written
                if (base == plan_.hierarchy_row) mask |= 0b1011;
                if (can_be(row, *claim, mask)) found.push_back({claim, &inner, mask});
            }
        }
        return found;
    }

    /// Whether what the claim writes can have the variant's qualifiers.
    static bool can_be(grammar::NarrowedRow const& row, Claim const& claim, std::uint64_t mask) {
        return std::ranges::all_of(row.qualifiers, [&](grammar::QualifierTest const& wanted) {
            if (wanted.component > 1) return true;
            if (!claim.test.present || claim.test.element != wanted.element)
                return (mask >> (wanted.element - 1) & 1) != 0;
            return wanted.values.empty() || std::ranges::any_of(wanted.values, [&](auto const& value) {
                       return std::ranges::find(claim.test.texts, value) != claim.test.texts.end();
                   });
        });
    }

    void fault(Place const& place, grammar::GuidePlace const& said, std::string message, Origin const* at = nullptr) {
        auto const& origin = at != nullptr                 ? *at
                             : place.body->member != nullptr ? place.body->member->origin
                                                             : origin_;
        faults_.push_back(
            map_diagnostic("MAP-0020", origin, 0, std::move(message),
                           "Add a line for it in the partner's map; a value that is always the same is written: -  ELEMENT = \"X\""));
        if (said.file == nullptr) return;
        wharf::Place related;
        related.file = *said.file;
        related.line = said.line;
        related.column = said.column;
        faults_.back().related.push_back({std::move(related), "the guide says so here", false});
    }

    Plan const& plan_;
    grammar::Schema const& schema_;
    grammar::NarrowedSet const& guide_;
    Origin const& origin_;
    Diagnostics faults_;
};

bool writes_anything(Plan const& plan) {
    return plan.schema != nullptr && std::ranges::any_of(plan.bodies, [](auto const& body) {
        return std::ranges::any_of(body->lines, [](auto const& line) { return line->writes() && !line->computed_index; });
    });
}

} // namespace

Diagnostics unwritten_by_guide(Plan const& plan, grammar::NarrowedSet const& guide, Origin const& origin) {
    return writes_anything(plan) ? GuideCompleteness(plan, guide, origin).run() : Diagnostics();
}

Diagnostics unwritten_mandatory(Plan const& plan, Origin const& origin) {
    if (!writes_anything(plan)) return {};
    return Completeness(plan, origin).run();
}

} // namespace wharf::translator
