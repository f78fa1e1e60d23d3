// What can only be done when all lines are known: conditions, derived members, the order of members, double writers,
// and what the schema requires.
#include "translator/compiler.hpp"
#include "translator/derive.hpp"
#include "translator/provenance.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
Rule Compiler::at(Pending const& pending) {
    Rule rule;
    rule.origins.push_back(pending.origin);
    return rule;
}

Rule Compiler::at(Origin const& origin) {
    Rule rule;
    rule.origins.push_back(origin);
    return rule;
}

Member const* Compiler::find_member(Body const* body, Member const* object, CanonicalPath const& path,
                                    bool& in_parent) {
    in_parent = false;
    for (unsigned i = 0; i < path.up; ++i) {
        if (object->parent != nullptr) {
            object = object->parent;
        } else if (body->parent != nullptr && !in_parent) {
            object = body->parent_object;
            body = body->parent;
            in_parent = true;
        } else {
            return nullptr;
        }
    }
    for (auto const& part : path.parts) {
        auto const found = std::find_if(object->members.begin(), object->members.end(),
                                        [&](auto const& known) { return known->name == part.name; });
        if (found == object->members.end()) return nullptr;
        object = found->get();
        if (part.select_member.empty()) continue;
        auto const chosen = std::find_if(object->members.begin(), object->members.end(), [&](auto const& known) {
            return known->kind == MemberKind::entry && known->select_member == part.select_member &&
                   known->word == part.select_word;
        });
        if (chosen == object->members.end()) return nullptr;
        object = chosen->get();
    }
    return object;
}

void Compiler::bind_condition(Condition const& condition, ConditionTest& test, Pending const& pending) {
    test.kind = condition.kind;
    test.negated = condition.negated;
    test.words = condition.words;
    for (auto const& part : condition.parts)
        bind_condition(part, test.parts.emplace_back(), pending);
    if (condition.kind != Condition::Kind::test) return;
    if (condition.variable) {
        test.variable = condition.path.text();
        auto const& first = condition.path.parts.front().name;
        if (condition.path.parts.size() < 2 || (first != "profile" && first != "envelope"))
            fault("MAP-0008", at(pending), condition.path.column,
                  fmt::format("`when` cannot ask for `${}`.", test.variable),
                  "It may ask for members, $profile.NAME and $envelope.NAME.");
        return;
    }
    bool in_parent = false;
    test.member = find_member(pending.body, pending.object, condition.path, in_parent);
    if (test.member == nullptr || in_parent || test.member->lines.empty())
        fault("MAP-0008", at(pending), condition.path.column,
              fmt::format("`when` asks for `{}`, which no line of this object reads.", condition.path.text()));
    else if (pending.line != nullptr && test.member == pending.line->target)
        fault("MAP-0008", at(pending), condition.path.column, "`when` asks for the line's own value.");
    else
        check_words(condition, *test.member, pending);
}

/// A word that the member never has would make a condition that never (or always) holds.
void Compiler::check_words(Condition const& condition, Member const& member, Pending const& pending) {
    bool free = false, conditional = false; // read whatever other members are; read under a condition
    for (auto const index : member.lines) {
        auto const& line = *pending.body->lines[index];
        if (line.reads())
            (std::any_of(pending_.begin(), pending_.end(),
                         [&](auto const& other) { return other.line == &line && other.when; })
                 ? conditional
                 : free) = true;
        for (auto const& word : condition.words) {
            bool const known =
                line.converter.codes != nullptr
                    ? word.find(':') != std::string::npos || !line.converter.codes->code(word).empty()
                    : member.node->type != document::NodeType::string || document::accepts(*member.node, word);
            if (!known)
                fault("MAP-0008", at(pending), condition.path.column,
                      fmt::format("`{}` never has the value `{}`.", condition.path.text(), word),
                      line.converter.codes != nullptr ? did_you_mean(word, line.converter.codes->words())
                                                      : std::string());
        }
    }
    if (conditional && !free)
        fault("MAP-0008", at(pending), condition.path.column,
              fmt::format("`when` asks for `{}`, which has a `when` of its own.", condition.path.text()));
}

void Compiler::bind_pending() {
    for (auto const& pending : pending_) {
        if (pending.constant != nullptr) {
            bind_condition(*pending.when, *pending.constant, pending);
            continue;
        }
        if (pending.when) {
            pending.line->when = std::make_unique<ConditionTest>();
            bind_condition(*pending.when, *pending.line->when, pending);
        }
        if (pending.same) {
            pending.line->same =
                find_member(pending.body, pending.object, *pending.same->path, pending.line->same_in_parent);
            if (pending.line->same == nullptr || pending.line->same->lines.size() != 1)
                fault("MAP-0008", at(pending), pending.same->column,
                      fmt::format("`same {}`: no single line reads that member.", pending.same->path->text()));
            else if (pending.line->same == pending.line->target)
                fault("MAP-0008", at(pending), pending.same->column, "`same` names the line's own member.");
            else if (pending.line->same->node->type != pending.line->target->node->type ||
                     pending.line->same->node->pattern != pending.line->target->node->pattern)
                fault("MAP-0011", at(pending), pending.same->column,
                      fmt::format("`same {}`: that member holds another type of value.", pending.same->path->text()));
        }
        if (pending.line->converter.op == Op::moment) {
            CanonicalPath zone;
            zone.parts.push_back({"zone", {}, {}});
            bool in_parent = false;
            auto const* found = find_member(pending.body, pending.object, zone, in_parent);
            if (found != nullptr && found->lines.size() == 1) pending.line->zone = found;
        }
    }
    for (auto const& pending : pending_) // two that leave each other out would both be lost
        for (auto const& other : pending_)
            if (pending.same && other.same && pending.line->same != nullptr && other.line->target == pending.line->same)
                fault("MAP-0008", at(pending), pending.same->column,
                      fmt::format("`same {}`: that member has a `same` of its own.", pending.same->path->text()));
}

void Compiler::finish_members(Body& body, Member& object) {
    std::erase_if(object.members, [&](auto const& one) {
        if (one->kind == MemberKind::object)
            finish_members(body, *one);
        else if (one->kind == MemberKind::provenance || one->kind == MemberKind::word)
            return false;
        for (auto const& chosen : one->members)
            if (chosen->kind == MemberKind::entry) finish_members(body, *chosen);
        return one->members.empty() && one->lines.empty() && one->lists.empty() && one->kind != MemberKind::derived;
    });
    bool const holds_members = object.kind == MemberKind::object || object.kind == MemberKind::entry;
    if (!holds_members || object.node == nullptr || object.node->type != document::NodeType::object)
        return;
    if (object.members.empty() && object.parent != nullptr) return;
    derived(body, object, *object.node);
    if (object.parent == nullptr)
        if (auto const* property = object.node->find("extensions"); property != nullptr)
            child_member(object, *property)->kind = MemberKind::extensions;
    auto const& properties = object.node->properties;
    auto const position = [&](std::unique_ptr<Member> const& one) {
        return std::find_if(properties.begin(), properties.end(),
                            [&](auto const& property) { return property.name == one->name; }) -
               properties.begin();
    };
    std::stable_sort(object.members.begin(), object.members.end(),
                     [&](auto const& a, auto const& b) { return position(a) < position(b); });
    for (auto const& one : object.members) {
        if (one->kind != MemberKind::lines) continue;
        std::size_t readers = 0;
        Line const* only = nullptr;
        Line const* sure = nullptr; // reads whatever else is there
        for (auto const index : one->lines)
            if (auto const& line = *body.lines[index]; line.reads()) {
                ++readers;
                only = &line;
                if (line.one_of >= 0 || line.when) continue;
                if (sure != nullptr) {
                    Rule at;
                    at.origins.push_back(line.origin);
                    fault("MAP-0012", at, 0,
                          fmt::format("`{}` is read by two lines: {} and this one.", line.canonical,
                                      sure->origin.text_place()),
                          "Choose with `or`, `one of` or `when`.");
                }
                sure = &line;
            }
        if (readers == 1 && only->one_of < 0 && !only->when && only->same == nullptr &&
            only->alternatives.size() == 1 && only->alternatives.front().parts.size() == 1 &&
            only->alternatives.front().parts.front().constant.empty() && !only->converter.default_value &&
            !only->converter.absent_value) {
            one->kind = MemberKind::simple;
            auto const index =
                static_cast<std::uint16_t>(std::find_if(body.lines.begin(), body.lines.end(),
                                                        [&](auto const& line) { return line.get() == only; }) -
                                           body.lines.begin());
            std::erase(one->lines, index);
            one->lines.insert(one->lines.begin(), index); // the reading line first
            one->line = only;
            one->slot = only->alternatives.front().parts.front().slot;
        }
    }
}

/// Members are looked at when a text was read for them: most objects fill few of theirs.
void Compiler::presence(Body& body) {
    body.slot_members.assign(body.slots.size(), 0);
    auto const bit = [](std::size_t index) {
        return std::uint64_t{1} << std::min<std::size_t>(index, 63);
    }; // the last stands for all beyond
    auto const visit = [&](auto const& self, Member const& member, std::uint64_t own) -> void {
        for (auto const index : member.lines) {
            auto const& line = *body.lines[index];
            for (auto const& alternative : line.alternatives)
                for (auto const& part : alternative.parts)
                    body.slot_members[part.slot] |= own;
            if (line.converter.default_value || line.converter.absent_value) body.always |= own;
            if (line.on_error != OnError::refuse || line.converter.keeps_rest()) body.always |= body.extension_bit; // the raw text goes there
        }
        for (auto const slot : member.lists)
            body.slot_members[slot] |= own;
        for (auto const slot : member.inputs)
            if (slot < body.slots.size() && member.kind == MemberKind::derived &&
                member.code != static_cast<std::uint8_t>(Derived::description))
                body.slot_members[slot] |= own;
        if (member.kind == MemberKind::derived) {
            auto const kind = static_cast<Derived>(member.code);
            if (auto const slot = member.inputs[member.inputs[0] != no_slot ? 0 : 3];
                kind == Derived::description && slot != no_slot)
                body.slot_members[slot] |= own;
            if (kind == Derived::direction || kind == Derived::shipped_lines) body.always |= own;
        }
        if (member.required || member.kind == MemberKind::index || member.kind == MemberKind::value || member.kind == MemberKind::provenance)
            body.always |= own;
        if (member.kind == MemberKind::extensions) body.extension_bit |= own;
        for (auto const& inner : member.members)
            self(self, *inner, own);
    };
    for (std::size_t i = 0; i < body.root->members.size(); ++i)
        if (body.root->members[i]->kind == MemberKind::extensions) body.extension_bit |= bit(i);
    for (std::size_t i = 0; i < body.root->members.size(); ++i)
        visit(visit, *body.root->members[i], bit(i));
    for (auto const slot : body.conditional) // passed over, it goes to extensions; `via` stands there too
        body.slot_members[slot] |= body.extension_bit;
}

void Compiler::finish_body(Body& body) {
    finish_external(body);
    if (!body.scalar) finish_members(body, *body.root);
    if (body.one_of_groups > 16) {
        Rule at;
        at.origins.push_back(map_.origin);
        fault("MAP-0013", at, 0, fmt::format("More than 16 `one of` in one block (`{}`).", body.path));
        return;
    }
    body.groups.resize(body.one_of_groups);
    for (std::size_t i = 0; i < body.lines.size(); ++i)
        if (body.lines[i]->one_of >= 0)
            body.groups[static_cast<std::size_t>(body.lines[i]->one_of)].push_back(static_cast<std::uint16_t>(i));
    // two lines that write one element; texts that a line may pass over
    int flags = 0;
    for (std::size_t i = 0; i < body.slots.size(); ++i) {
        auto& slot = body.slots[i];
        Line const* writer = nullptr;
        for (auto const index : slot.readers) {
            auto const& line = *body.lines[index];
            bool const choice = line.one_of >= 0 || line.when || line.alternatives.size() > 1;
            bool parts = false;
            for (auto const& alternative : line.alternatives)
                for (auto const& part : alternative.parts)
                    parts = parts || alternative.parts.size() > 1 || !part.constant.empty();
            if (line.reads() &&
                (choice || parts ||
                 (line.target != nullptr && line.target->kind == MemberKind::lines && line.target->lines.size() > 1)))
                slot.conditional = true;
            if (!line.writes() || choice || line.converter.part_first != 0) continue;
            if (writer != nullptr) {
                Rule at;
                at.origins.push_back(line.origin);
                fault("MAP-0012", at, 0,
                      fmt::format("{} is written by two lines: `{}` ({}) and `{}`.", slot.external, writer->canonical,
                                  writer->origin.text_place(), line.canonical),
                      "Make one of them `read`, or choose with `one of` or `when`.");
            }
            writer = &line;
        }
        check_parts(body, slot);
        if (!slot.readers.empty() && std::none_of(slot.readers.begin(), slot.readers.end(), [&](auto index) {
                return body.lines[index]->reads() || body.lines[index]->checked;
            }))
            slot.conditional = true; // only written by `= value`: what came in is kept
        if (!slot.conditional) continue;
        body.conditional.push_back(static_cast<SlotIndex>(i));
        for (auto const index : slot.readers)
            if (body.lines[index]->flag < 0) {
                if (flags == 64) {
                    Rule at;
                    at.origins.push_back(body.lines[index]->origin);
                    fault("MAP-0013", at, 0, "More than 64 lines with conditions in one block.");
                    return;
                }
                body.lines[index]->flag = static_cast<std::int8_t>(flags++);
            }
    }
    presence(body);
    if (plan_->document_kind == "ship_notice" && body.kind == BodyKind::loop && body.row == plan_->hierarchy_row) {
        constexpr std::string_view names[] = {"order", "items",      "description", "quantity",
                                              "unit",  "lot_number", "expiry_date", "serial_numbers"};
        for (auto const& one : body.root->members)
            for (std::size_t i = 0; i < std::size(names); ++i)
                if (one->name == names[i]) {
                    one->watch = static_cast<std::int8_t>(i);
                }
        shipped_slots(body, plan_->shipped);
    }
    if (plan_->format != nullptr && &body == plan_->root)
        for (auto const& one : body.root->members)
            if (one->name == "shipment" && plan_->document_kind == "ship_notice") one->watch = shipment_watch;
    quick_members(body);
    writing(body);
}

/// After all is settled about the members: which of them can be written from a few bytes.
void Compiler::quick_members(Body& body) {
    body.quick.assign(body.root->members.size(), {});
    for (std::size_t i = 0; i < body.quick.size(); ++i) {
        auto const& member = *body.root->members[i];
        auto& quick = body.quick[i];
        if (member.kind != MemberKind::simple || member.watch >= 0 || member.key.size() > quick.key.size()) continue;
        quick.converter = &member.line->converter;
        quick.kind = quick_read(*quick.converter);
        quick.slot = member.slot;
        quick.key_size = static_cast<std::uint8_t>(member.key.size());
        std::ranges::copy(member.key, quick.key.begin());
    }
}

/// Lines that share an element by `part` must tile it: nothing of it may be read twice or by nobody.
void Compiler::check_parts(Body& body, SlotInfo const& slot) {
    std::vector<Line*> parts;
    for (auto const index : slot.readers)
        if (auto& line = *body.lines[index]; line.converter.part_first != 0) parts.push_back(&line);
    if (parts.empty()) return;
    std::ranges::sort(parts, {}, [](Line const* line) { return line->converter.part_first; });
    std::uint32_t next = 1;
    for (auto* const line : parts) {
        if (line->converter.part_first != next || (parts.size() < slot.readers.size() && line == parts.front())) {
            fault("MAP-0019", at(line->origin), 0,
                  fmt::format("The parts of {} do not tile it: this one begins at character {}, {} was expected.",
                              slot.external, line->converter.part_first, next),
                  "All lines of the element take a part, from character 1 on, without gaps.");
            return;
        }
        next = line->converter.part_last == 0 ? 0 : line->converter.part_last + 1;
        line->converter.part_is_last = line == parts.back();
    }
}

void Compiler::check_required(Body const& body, Member const& object, document::Node const& node,
                              std::string const& path, Origin const& origin) {
    for (auto const& property : node.properties) {
        if (!property.required) continue;
        auto const found = std::find_if(object.members.begin(), object.members.end(),
                                        [&](auto const& one) { return one->name == property.name; });
        if (found == object.members.end()) {
            Rule at;
            at.origins.push_back(origin);
            fault("MAP-0015", at, 0,
                  fmt::format("No line reads `{}`, which every {} must have.", joined(path, property.name),
                              path.empty() ? "document" : "entry"));
        }
    }
    for (auto const& one : object.members) {
        if (one->kind == MemberKind::object)
            check_required(body, *one, *one->node, joined(path, one->name),
                           one->origin.line != 0 ? one->origin : origin);
        for (auto const* child : one->bodies)
            if (child != nullptr && !child->scalar && child->parent == &body)
                check_required(*child, *child->root, *child->node, child->path,
                               one->origin.line != 0 ? one->origin : origin);
    }
}

/// `schema`, `document`, `id`, `test` and `source`: filled by the reader from what it is told, never by a line.
void Compiler::provenance(Member& root, document::Node const& node) {
    for (auto const& property : node.properties) {
        auto const field = provenance_field(property.name);
        if (field != ProvenanceField::none)
            child_member(root, property)->kind = MemberKind::provenance;
        else if (property.name == "source" && property.node->type == document::NodeType::object)
            source_members(*child_member(root, property), *property.node, {});
        else
            continue;
        root.members.back()->code = static_cast<std::uint8_t>(field);
        root.members.back()->kind = MemberKind::provenance;
    }
}

void Compiler::source_members(Member& object, document::Node const& node, std::string const& prefix) {
    for (auto const& property : node.properties) {
        auto* const made = child_member(object, property);
        made->kind = MemberKind::provenance;
        made->code = static_cast<std::uint8_t>(provenance_field("source." + prefix + property.name));
        if (property.node->type == document::NodeType::object)
            source_members(*made, *property.node, prefix + property.name + ".");
    }
}

void Compiler::derived(Body& body, Member& object, document::Node const& node) {
    for (auto const& property : node.properties) {
        if (!property.derived) continue;
        auto const known = std::any_of(object.members.begin(), object.members.end(),
                                       [&](auto const& one) { return one->name == property.name; });
        auto const kind = derived_kind(property.name);
        if (known || kind == Derived::none) continue;
        auto* const made = child_member(object, property);
        made->kind = MemberKind::derived;
        made->code = static_cast<std::uint8_t>(kind);
        derived_inputs(body, object, kind, made->inputs);
    }
}

} // namespace wharf::translator
