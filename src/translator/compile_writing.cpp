// What the writer looks up instead of searching: members by their place in the schema, lines by member, claims by slot.
// All of it follows from the finished body.
#include "translator/compiler.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace wharf::translator {
namespace {

bool is_value(Member const& member) {
    return member.kind == MemberKind::simple || member.kind == MemberKind::lines;
}

QuickWrite quick_write(Line const& line) {
    auto const& converter = line.converter;
    if (line.alternatives.size() != 1 || line.alternatives.front().parts.size() != 1 ||
        !line.alternatives.front().parts.front().constant.empty() || !converter.plain || !converter.split.empty() ||
        !converter.join.empty() || !converter.lookup.empty() || converter.absent_value || converter.part_first != 0)
        return QuickWrite::none;
    auto const* const element = converter.elements.empty() ? nullptr : converter.elements.front();
    switch (converter.op) {
    case Op::text:
        return QuickWrite::text;
    case Op::code:
        return converter.words || converter.known ? QuickWrite::none : QuickWrite::code;
    case Op::decimal:
        return element != nullptr && element->kind == grammar::ElementClass::digits ? QuickWrite::whole : QuickWrite::decimal;
    case Op::integer:
        return QuickWrite::whole;
    case Op::date:
        return converter.iso || converter.format || (element != nullptr && element->max == 6) ? QuickWrite::none
                                                                                              : QuickWrite::date;
    default:
        return QuickWrite::none;
    }
}

/// In the order of the map's lines, so that the map says what comes first; a tuple with one place of its own before any
/// that could take it.
void order_tuples(Use& use) {
    for (auto& run : use.runs) {
        run.writing.resize(run.claims.size());
        std::iota(run.writing.begin(), run.writing.end(), std::uint16_t{0});
        std::ranges::stable_sort(run.writing, {}, [&](auto index) {
            auto const& claim = run.claims[index];
            return std::pair(claim.first != claim.last, claim.order);
        });
    }
}

class Numbering {
public:
    explicit Numbering(Body& body) : body_(body) {}

    void members(Member& member) {
        member.number = body_.member_count++;
        bool const object = member.kind == MemberKind::object || member.kind == MemberKind::entry || &member == body_.root.get();
        if (object && member.node != nullptr) member.by_property.assign(member.node->properties.size(), nullptr);
        for (auto const index : member.lines) {
            auto const& line = *body_.lines[index];
            member.fills_in = member.fills_in || member.kind == MemberKind::value ||
                              (is_value(member) && (line.converter.default_value || line.converter.absent_value));
        }
        if (is_value(member))
            member.settled = std::ranges::any_of(member.lines, [&](auto index) {
                return body_.lines[index]->writes() && body_.lines[index]->when == nullptr;
            });
        else
            member.settled = member.kind != MemberKind::value;
        if (member.fills_in) body_.filled_in.push_back(&member);
        for (auto const& one : member.members) {
            if (object && one->kind != MemberKind::entry)
                if (auto const index = member.node == nullptr ? document::no_property : member.node->index_of(one->name);
                    index != document::no_property)
                    member.by_property[index] = one.get();
            if (member.parent == nullptr && one->kind == MemberKind::index) body_.indices.push_back(one.get());
            members(*one);
        }
    }

    void lines() {
        for (std::size_t i = 0; i < body_.lines.size(); ++i) {
            auto& line = *body_.lines[i];
            line.quick = quick_write(line);
            if (!line.writes() || line.computed_index) continue;
            auto const index = static_cast<std::uint16_t>(i);
            if (line.expression || line.same != nullptr || line.target == nullptr || line.target->parent == nullptr)
                body_.unasked.push_back(index);
            else
                line.target->written_by.push_back(index);
        }
    }

    /// Lines that can be written as soon as their member is found: nothing else goes to their slot.
    void alone() {
        std::vector<unsigned> writers(body_.slots.size());
        for (auto const& line : body_.lines)
            if (line->writes())
                for (auto const& alternative : line->alternatives)
                    for (auto const& part : alternative.parts)
                        if (part.slot != no_slot) ++writers[part.slot];
        visit(*body_.root, writers);
    }

    void claims(grammar::Schema const& schema) {
        for_each_scope([&](Scope& scope) {
            for (auto const& claims : scope.by_row) {
                auto const left = 64u - body_.claim_count % 64u;
                if (claims.size() > left) body_.claim_count = static_cast<std::uint16_t>(body_.claim_count + left); // all in one word
                for (auto* const claim : claims)
                    claim->number = body_.claim_count++;
            }
        });
        body_.slot_claims.assign(body_.slots.size() * body_.claim_words(), 0);
        order_tuples(body_.use);
        for_each_scope([&](Scope& scope) {
            for (auto const& claim : scope.claims) {
                concerns(*claim, claim->number);
                order_tuples(claim->use);
            }
            for (auto const row : schema.loops()[scope.loop].rows)
                note(scope, row, schema.nodes()[row].mandatory);
        });
    }

private:
    static void note(Scope& scope, grammar::NodeIndex row, bool mandatory) {
        auto const& claims = scope.by_row[row - scope.first];
        if (claims.empty() && !mandatory) return;
        WritingRow made{row, mandatory || claims.size() > 64, 0, 0};
        for (auto const* const claim : claims) {
            made.word = claims.front()->number / 64;
            made.claims |= std::uint64_t{1} << (claim->number % 64);
        }
        scope.writing.push_back(made);
    }

    template <class Visit>
    void for_each_scope(Visit const& visit) {
        if (body_.scope) visit(*body_.scope);
        for (auto const& scope : body_.prefix_scopes)
            visit(*scope);
    }
    void visit(Member& member, std::vector<unsigned> const& writers) {
        if (member.written_by.size() == 1) {
            auto const& line = *body_.lines[member.written_by.front()];
            if (line.quick != QuickWrite::none && line.one_of < 0 && line.when == nullptr &&
                writers[line.alternatives.front().parts.front().slot] == 1)
                member.alone = &line;
        }
        for (auto const& one : member.members)
            visit(*one, writers);
    }
    void concerns(SlotIndex slot, std::uint16_t claim) {
        if (slot != no_slot) body_.slot_claims[slot * body_.claim_words() + claim / 64] |= std::uint64_t{1} << (claim % 64);
    }
    void concerns(Claim const& claim, std::uint16_t number) {
        concerns(claim.list, number);
        for (auto const& field : claim.use.fields)
            concerns(field.slot, number);
        for (auto const& run : claim.use.runs)
            for (auto const& tuple : run.claims) {
                concerns(tuple.list, number);
                if (tuple.child == nullptr)
                    for (auto const& cell : tuple.cells)
                        concerns(cell.slot, number);
            }
        if (claim.scope != nullptr)
            for (auto const& inner : claim.scope->claims)
                concerns(*inner, number);
    }

    Body& body_;
};

} // namespace

void Compiler::writing(Body& body) const {
    Numbering numbering(body);
    numbering.members(*body.root);
    numbering.lines();
    numbering.alone();
    if (plan_->schema == nullptr) return;
    numbering.claims(*plan_->schema);
    if (&body != plan_->root) return;
    for (auto const& segment : plan_->schema->segments()) {
        auto& last = plan_->mandatory.emplace_back();
        for (std::size_t i = 0; i < segment.elements.size(); ++i)
            if (segment.elements[i].mandatory) last = static_cast<std::uint8_t>(i + 1);
    }
}

} // namespace wharf::translator
