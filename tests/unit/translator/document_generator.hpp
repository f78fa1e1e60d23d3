// Random canonical documents that a compiled map can write: members, words, lengths and numbers of entries from the
// plan itself. What the map or grammar makes mandatory is always there; everything else by chance.
#pragma once

#include "base/date.hpp"
#include "syntax/json/value.hpp"
#include "translator/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace wharf::translator::test {

class DocumentGenerator {
public:
    DocumentGenerator(Plan const& plan, unsigned seed) : plan_(plan), random_(seed) {}
    /// Of formats other than X12: what tells rows apart ("column `Line`") must always be there, and be its own.
    DocumentGenerator(Plan const& plan, unsigned seed, std::set<std::string> keys)
        : plan_(plan), random_(seed), keys_(std::move(keys)) {}

    json::Value document() {
        json::Value made = object(*plan_.root, json::Value(), 0);
        json::Value whole;
        whole.set("schema", json::Value(plan_.document->name()));
        whole.set("document", json::Value(plan_.document_kind));
        for (auto& [name, value] : made.members())
            whole.set(name, std::move(value));
        return whole;
    }

private:
    bool chance(double probability) { return std::uniform_real_distribution<>(0, 1)(random_) < probability; }
    unsigned below(unsigned limit) {
        return limit == 0 ? 0 : std::uniform_int_distribution<unsigned>(0, limit - 1)(random_);
    }

    // --- what is needed

    /// Slots that must be filled: mandatory elements of segments that are written.
    struct Wanted {
        std::set<SlotIndex> slots;
    };

    void want_use(Body const& body, Use const& use, grammar::NodeIndex row, Wanted& wanted, bool whole) {
        bool any = whole;
        for (auto const& field : use.fields)
            any = any || wanted.slots.contains(field.slot);
        for (auto const& run : use.runs)
            for (auto const& claim : run.claims) {
                any = any || (claim.list != no_slot && wanted.slots.contains(claim.list));
                for (auto const& field : claim.cells)
                    any = any || (!claim.each && wanted.slots.contains(field.slot));
            }
        if (!any) return;
        bool one = false;
        for (auto const& field : use.fields) {
            auto const* rule = body.slots[field.slot].rule;
            if ((rule != nullptr && rule->mandatory) || (field.component != 0)) wanted.slots.insert(field.slot);
            one = one || wanted.slots.contains(field.slot);
        }
        if (row != grammar::no_node) want_mandatory_tuples(use, row, wanted, one);
        if (!one && !use.fields.empty()) wanted.slots.insert(use.fields.front().slot);
    }

    /// A list of tuples where the grammar demands the first: LIN02 and LIN03.
    void want_mandatory_tuples(Use const& use, grammar::NodeIndex row, Wanted& wanted, bool& one) {
        auto const& elements = plan_.schema->segments()[plan_.schema->nodes()[row].segment].elements;
        for (auto const& run : use.runs) {
            if (run.element != 0 || !elements[run.first - 1u].mandatory) continue;
            for (auto const& claim : run.claims)
                if (claim.each && !claim.test.present && claim.list != no_slot) {
                    wanted.slots.insert(claim.list);
                    one = true;
                }
        }
    }

    void want_scope(Body const& body, Scope const& scope, Wanted& wanted) {
        auto const& nodes = plan_.schema->nodes();
        for (auto const& claim : scope.claims) {
            bool const mandatory = nodes[claim->row].mandatory && claim->rank >= 2 && claim->row != scope.first;
            if (claim->child != nullptr) {
                if (mandatory) wanted.slots.insert(claim->list);
                continue;
            }
            bool inner = false;
            if (claim->scope != nullptr) {
                want_scope(body, *claim->scope, wanted);
                for (auto const& below_claim : claim->scope->claims)
                    inner = inner || (below_claim->list != no_slot && wanted.slots.contains(below_claim->list));
            }
            want_use(body, claim->use, claim->row, wanted, mandatory || inner);
        }
    }

    // --- values

    std::string digits(unsigned count, bool leading_zero = false) {
        std::string text;
        for (unsigned i = 0; i < count; ++i)
            text += static_cast<char>('0' + (i == 0 && !leading_zero && count > 1 ? 1 + below(9) : below(10)));
        return text;
    }
    std::string date() {
        for (;;) {
            auto const text = fmt::format("{:04}{:02}{:02}", 1950 + below(100), 1 + below(12), 1 + below(31));
            if (is_date(text)) return iso_date(text);
        }
    }
    std::string time() {
        auto text = fmt::format("{:02}:{:02}", below(24), below(60));
        if (chance(0.4)) text += fmt::format(":{:02}", below(60));
        return text;
    }

    std::string time_of(DateFormat const& format) {
        return fmt::format("{:02}:{:02}", below(24), below(60)) +
               (format.pattern().find("SS") == std::string::npos ? "" : fmt::format(":{:02}", below(60)));
    }

    /// Codes that other claims of the same tuples take first; lists must not hold them.
    std::set<std::string> taken_codes(Body const& body) {
        std::set<std::string> codes;
        if (body.kind != BodyKind::tuple || body.parent == nullptr) return codes;
        auto const of_use = [&](Use const& use) {
            for (auto const& run : use.runs)
                for (auto const& claim : run.claims)
                    if (claim.test.present && claim.child != &body)
                        codes.insert(claim.test.texts.begin(), claim.test.texts.end());
        };
        of_use(body.parent->use);
        if (body.parent->scope)
            for (auto const& claim : body.parent->scope->claims)
                of_use(claim->use);
        return codes;
    }

    /// A value of the line; a list of them where it splits one text.
    json::Value value(Body const& body, Line const& line) {
        if (line.converter.split.empty()) return one_value(body, line);
        json::Value values = json::Value(json::Array{});
        for (unsigned i = 0, count = 1 + below(3); i < count; ++i) {
            auto text = one_value(body, line).text();
            std::erase_if(text, [&](char c) { return line.converter.split.find(c) != std::string::npos || c == ' '; });
            if (!text.empty()) values.push_back(json::Value(text));
        }
        if (values.items().empty()) values.push_back(json::Value("x"));
        return values;
    }

    json::Value one_value(Body const& body, Line const& line) {
        auto const& converter = line.converter;
        auto const* rule = converter.elements.front();
        auto max = std::min<unsigned>({rule->max == 0 ? 10 : rule->max, 14u, converter.node->max_length});
        if (converter.part_first != 0)
            max = (converter.part_last == 0 ? std::max(max, converter.part_first) : converter.part_last) -
                  converter.part_first + 1;
        auto const min = std::max<unsigned>({rule->min, 1u, converter.node->min_length});
        switch (converter.op) {
        case Op::code: {
            auto words = converter.codes->words();
            auto const taken = taken_codes(body);
            std::erase_if(words,
                          [&](auto const& word) { return taken.contains(std::string(converter.codes->code(word))); });
            if (words.empty() || chance(0.1)) { // a code without a word
                for (unsigned tries = 0; tries < 100 || words.empty(); ++tries) {
                    auto const letter = std::string(1, static_cast<char>('a' + below(26)));
                    auto const code = rule->max == 1 ? letter : letter + digits(1, true);
                    if (converter.codes->quoted_word(code).empty()) return json::Value((converter.words ? "x12:" : converter.quoted_list.substr(1)) + code);
                }
            }
            return json::Value(words[below(static_cast<unsigned>(words.size()))]);
        }
        case Op::decimal: {
            auto text = digits(1 + below(std::min(max, 6u)));
            if (rule->kind != grammar::ElementClass::digits && text.size() < max && chance(0.5))
                text += "." + digits(1 + below(max - static_cast<unsigned>(text.size())), true);
            if (rule->kind == grammar::ElementClass::text && text.size() > max) text.resize(max);
            if (text.back() == '.') text.pop_back();
            if (chance(0.1) && text.find_first_not_of("0.") != text.npos && text.size() < max) text.insert(0, "-");
            return json::Value(text);
        }
        case Op::implied: {
            auto const whole = digits(1 + below(4));
            return json::Value(whole + "." + digits(converter.scale, true));
        }
        case Op::integer:
            return json::Value::number(digits(1 + below(std::min(max, 4u))));
        case Op::date:
            return json::Value(date());
        case Op::time:
            return json::Value(converter.format != nullptr ? time_of(*converter.format) : time());
        case Op::moment: {
            if (converter.format != nullptr) return json::Value(date() + "T" + time_of(*converter.format));
            if (converter.iso) return json::Value(date() + (chance(0.6) ? "T" + time() : ""));
            bool const may_lack =
                line.alternatives.front().parts.size() < 2 || line.alternatives.front().parts.back().may_lack;
            bool const can = line.alternatives.front().parts.size() > 1;
            return json::Value(date() + (can && (!may_lack || chance(0.6)) ? "T" + time() : ""));
        }
        case Op::period: {
            json::Value period;
            period.set("from", json::Value(date()));
            period.set("to", json::Value(date()));
            return period;
        }
        case Op::text:
            break;
        }
        constexpr std::string_view letters =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,-/&'\"\\()";
        constexpr std::string_view awkward[] = {",", ";", "\"", "\"\"", "\n", "\r\n", "\t", " ", "<", "]]>", "&amp;", "ü", "€", "\\", "'", "|", ":", "{"};
        std::string text;
        auto const length = std::max(min, 1 + below(max));
        for (unsigned i = 0; i < length; ++i)
            if (plan_.schema == nullptr && chance(0.06))
                text += awkward[below(static_cast<unsigned>(std::size(awkward)))];
            else
                text += letters[below(static_cast<unsigned>(letters.size()))];
        if (rule->kind == grammar::ElementClass::digits || rule->kind == grammar::ElementClass::decimal)
            text = digits(std::min(length, 6u));
        else if (text.back() == ' ')
            text.back() = 'x';
        return json::Value(text);
    }

    // --- objects

    json::Value object(Body const& body, json::Value const& parent, unsigned depth, unsigned position = 1) {
        Wanted wanted;
        // lists and values by chance
        for (std::size_t i = 0; i < body.slots.size(); ++i)
            if (chance(plan_.schema == nullptr ? 0.4 : depth == 0 ? 0.12 : depth == 1 ? 0.1 : 0.05) ||
                keys_.contains(body.slots[i].external))
                wanted.slots.insert(static_cast<SlotIndex>(i));
        if (body.kind == BodyKind::tuple)
            for (std::size_t i = 0; i < body.slots.size(); ++i)
                if (chance(0.9)) wanted.slots.insert(static_cast<SlotIndex>(i));
        if (body.kind != BodyKind::set && plan_.schema != nullptr)
            want_use(body, body.use, body.kind == BodyKind::tuple ? grammar::no_node : body.row, wanted, true);
        if (body.scope) want_scope(body, *body.scope, wanted);
        std::vector<Line const*> chosen(body.groups.size(), nullptr);
        for (std::size_t group = 0; group < body.groups.size(); ++group)
            chosen[group] =
                body.lines[body.groups[group][below(static_cast<unsigned>(body.groups[group].size()))]].get();
        json::Value made = json::Value(json::Object{});
        members(body, *body.root, made, made, parent, wanted, chosen, depth, position);
        return made;
    }

    static bool holds(json::Value const& value) { return !value.members().empty() || !value.items().empty(); }

    void members(Body const& body, Member const& owner, json::Value& into, json::Value& root, json::Value const& parent,
                 Wanted const& wanted, std::vector<Line const*> const& chosen, unsigned depth, unsigned position) {
        for (auto const& one : owner.members) {
            auto const& member = *one;
            switch (member.kind) {
            case MemberKind::index:
                into.set(member.name, json::Value::number(std::to_string(position)));
                break;
            case MemberKind::object: {
                json::Value inner = json::Value(json::Object{});
                members(body, member, inner, root, parent, wanted, chosen, depth, position);
                if (holds(inner)) into.set(member.name, std::move(inner));
                break;
            }
            case MemberKind::word:
                into.set(member.name, json::Value(member.word));
                break;
            case MemberKind::value: // what the map says whenever it reads
                if (auto const& line = *body.lines[member.lines.front()];
                    line.expression->kind == Expression::Kind::literal && !line.when && (member.required || !chance(0.01)))
                    into.set(member.name, json::Value(line.expression->text));
                break;
            case MemberKind::simple:
            case MemberKind::lines:
                scalar(body, member, into, root, parent, wanted, chosen);
                break;
            case MemberKind::child:
            case MemberKind::list:
                list(body, member, into, root, parent, wanted, chosen, depth);
                break;
            default:
                break;
            }
        }
    }

    void scalar(Body const& body, Member const& member, json::Value& into, json::Value& root, json::Value const& parent,
                Wanted const& wanted, std::vector<Line const*> const& chosen) {
        Line const* line = nullptr;
        for (auto const index : member.lines)
            if (auto const& found = *body.lines[index]; found.reads() && found.writes() && !found.expression)
                line = &found;
        if (line == nullptr) return;
        if (line->one_of >= 0 && chosen[static_cast<std::size_t>(line->one_of)] != line) return;
        bool want = false;
        for (auto const& part : line->alternatives.front().parts)
            want = want || wanted.slots.contains(part.slot);
        if (member.name == "time_kind" && into.find("at") != nullptr) want = true; // written with any time
        if (plan_.schema == nullptr && line->converter.default_value && chance(0.95)) want = true; // else reading fills it in
        if (!want && !member.required) return;
        if (member.name == "zone") // an offset fixed by a zone must stand in `at` too
            return;
        auto made = value(body, *line);
        if (plan_.schema == nullptr && keys_.contains(body.slots[line->alternatives.front().parts.front().slot].external))
            made = json::Value(fmt::format("{} {}", made.text(), ++key_));
        if (line->same != nullptr) {
            auto const& other = line->same_in_parent ? parent : root;
            auto const* const text = other.find(line->same->name);
            if (text != nullptr && *text == made) return;
        }
        into.set(member.name, std::move(made));
    }

    void list(Body const& body, Member const& member, json::Value& into, json::Value& root, json::Value const& parent,
              Wanted const& wanted, std::vector<Line const*> const& chosen, unsigned depth) {
        json::Value items = json::Value(json::Array{});
        for (auto const& entry : member.members) { // those that lines choose by a word stand first
            json::Value made = json::Value(json::Object{});
            members(body, *entry, made, root, parent, wanted, chosen, depth, 0);
            if (made.members().size() > 1) items.push_back(std::move(made));
        }
        if (member.lists.empty()) {
            if (!items.items().empty()) into.set(member.name, std::move(items));
            return;
        }
        bool want = member.required || !items.items().empty();
        for (auto const slot : member.lists)
            want = want || wanted.slots.contains(slot);
        if (!want || depth > 7) return;

        auto const limit = std::min(3u, capacity(body, member.lists.front()));
        auto const count = 1 + below(limit);
        auto const before = static_cast<unsigned>(items.items().size());
        for (unsigned i = 0; i < count; ++i) {
            auto const& inner = *member.bodies.front();
            json::Value item;
            if (inner.scalar) {
                item = value(inner, *inner.lines.front());
            } else {
                item = object(inner, root, depth + 1, before + i + 1);
                if (item.members().empty()) continue;
            }
            if (member.kind == MemberKind::child) {
                into.set(member.name, std::move(item));
                return;
            }
            items.push_back(std::move(item));
        }
        if (!items.items().empty() || member.required) into.set(member.name, std::move(items));
    }

    unsigned capacity(Body const& body, SlotIndex list) {
        unsigned found = 3;
        if (plan_.schema == nullptr) return found;
        auto const of_use = [&](Use const& use) {
            for (auto const& run : use.runs)
                for (auto const& claim : run.claims)
                    if (claim.list == list) found = (claim.last - claim.first) / run.stride + 1u;
        };
        auto const of_scope = [&](Scope const& scope) {
            for (auto const& claim : scope.claims) {
                if (claim->child != nullptr && claim->list == list)
                    found = plan_.schema->nodes()[claim->row].max == 0 ? 3 : plan_.schema->nodes()[claim->row].max;
                of_use(claim->use);
            }
        };
        of_use(body.use);
        if (body.scope) of_scope(*body.scope);
        for (auto const& scope : body.prefix_scopes)
            of_scope(*scope);
        return std::max(1u, found);
    }

    Plan const& plan_;
    std::mt19937 random_;
    std::set<std::string> keys_;
    unsigned key_ = 0;
};

} // namespace wharf::translator::test
