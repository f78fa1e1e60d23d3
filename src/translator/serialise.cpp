// Reading, second half: slots become JSON in the schema's order, converted and checked on the way (map language §6).
// Here is what every value passes; derived values, extensions and faults are in serialise_kept.cpp.
#include "translator/serialiser.hpp"

#include "translator/provenance.hpp"
#include "translator/quick_value.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <utility>

namespace wharf::translator {

bool Serialiser::object(Body const& body, ObjectId id, std::uint32_t index) {
    auto const start = json_.size();
    Choices choices;
    auto const* const outer = std::exchange(choices_, nullptr);
    if (body.one_of_groups != 0) choose_groups(body, id, choices);
    choices_ = &choices;
    if (body.kind == BodyKind::loop && body.row == plan_.hierarchy_row && plan_.document_kind == "ship_notice")
        shipped_node(body, id, choices);
    else
        members(body, id, choices, index);
    choices_ = outer;
    if (json_.size() == start) return false;
    json_[start] = '{';
    json_ += '}';
    return true;
}

void Serialiser::members(Body const& body, ObjectId id, Choices& choices, std::uint32_t index) {
    auto const& all = body.root->members;
    for (auto left = arena_.present(id) | body.always; left != 0; left &= left - 1) {
        auto const first = static_cast<std::size_t>(std::countr_zero(left));
        if (auto const& quick = body.quick[first]; quick.kind != QuickRead::none && first != 63)
            if (auto const text = slot_text(id, quick.slot);
                !text.empty() && append_quick(quick.kind, *quick.converter, QuickKey{quick}, text, json_))
                continue;
        member(body, *all[first], id, choices, index);
        for (auto i = first + 1; first == 63 && i < all.size(); ++i)
            member(body, *all[i], id, choices, index);
    }
}

void Serialiser::member(Body const& body, Member const& member, ObjectId id, Choices& choices, std::uint32_t index) {
    auto const at = json_.size();
    switch (member.kind) {
    case MemberKind::simple:
        if (arena_.length(id, member.slot) != 0) simple(member, id);
        break;
    case MemberKind::lines:
        lines(body, member, id, choices);
        break;
    case MemberKind::index:
        json_ += member.key;
        if (member.node->type == document::NodeType::integer)
            json_ += fmt::format_int(index + 1).c_str();
        else
            append_text(json_, fmt::format_int(index + 1).c_str());
        break;
    case MemberKind::object: {
        json_ += member.key;
        auto const inner = json_.size();
        for (auto const& part : member.members)
            if (part->kind != MemberKind::simple || part->required || part->watch >= 0)
                this->member(body, *part, id, choices, index);
            else if (arena_.length(id, part->slot) != 0)
                simple(*part, id);
        close(at, inner, '{', '}');
        break;
    }
    case MemberKind::list:
        list(body, member, id, choices);
        break;
    case MemberKind::child:
        if (auto const child = arena_.list(id, member.lists.front()); child != 0) {
            json_ += member.key;
            if (!object(*member.bodies.front(), child, 0)) json_.resize(at);
        }
        break;
    case MemberKind::value:
        given(body, member, id);
        break;
    case MemberKind::word:
        json_ += member.key;
        append_text(json_, member.word);
        break;
    case MemberKind::entry: // of a list: see list()
        break;
    case MemberKind::provenance:
        provenance(member);
        break;
    case MemberKind::derived:
        derived(member, id);
        break;
    case MemberKind::extensions:
        extensions(body, member, id, choices);
        break;
    }
    if (member.required && json_.size() == at) missing(body, member, id);
    if (member.watch >= 0 && json_.size() != at)
        watched_[static_cast<std::size_t>(member.watch)] = {
            static_cast<std::uint32_t>(at + member.key.size()),
            static_cast<std::uint32_t>(json_.size() - at - member.key.size())};
}

void Serialiser::close(std::size_t at, std::size_t inner, char open, char end) {
    if (json_.size() == inner) {
        json_.resize(at);
        return;
    }
    json_[inner] = open;
    json_ += end;
}

/// An entry chosen by its word: there when a line has filled anything else of it.
bool Serialiser::entry(Body const& body, Member const& entry, ObjectId id, Choices& choices) {
    auto const before = json_.size();
    json_ += ',';
    auto const start = json_.size();
    bool filled = false;
    for (auto const& part : entry.members) {
        auto const size = json_.size();
        member(body, *part, id, choices, 0);
        filled = filled || (part->kind != MemberKind::word && json_.size() != size);
    }
    if (!filled) {
        json_.resize(before);
        return false;
    }
    json_[start] = '{';
    json_ += '}';
    return true;
}

/// A value that stands in the map or is told to the run.
void Serialiser::given(Body const& body, Member const& member, ObjectId id) {
    auto const& line = *body.lines[member.lines.front()];
    if (line.when && !holds(*line.when, id)) return;
    auto const& expression = *line.expression;
    auto const told = expression.kind == Expression::Kind::literal ? std::optional(expression.text)
                      : values_ == nullptr                         ? std::nullopt
                                                                   : values_->value(expression.text);
    if (!told || told->empty()) return;
    bool const number = member.node->type == document::NodeType::integer;
    if (number ? told->find_first_not_of("0123456789") != std::string::npos : !document::accepts(*member.node, *told)) {
        diagnostics_.push_back(source_.at_occurrence(
            0, {}, "MAP-0101",
            fmt::format("`${}` \"{}\" is no value that `{}` can have.", expression.text, *told, member.name),
            fmt::format("It is asked for by {}.", body.lines[member.lines.front()]->origin.text_place())));
        return;
    }
    json_ += member.key;
    if (number)
        json_ += *told;
    else
        append_text(json_, *told);
}

void Serialiser::list(Body const& own, Member const& member, ObjectId id, Choices& choices) {
    auto const at = json_.size();
    json_ += member.key;
    auto const inner = json_.size();
    std::uint32_t index = 0;
    for (auto const& chosen : member.members)
        index += entry(own, *chosen, id, choices);
    for (std::size_t source = 0; source < member.lists.size(); ++source) {
        auto const* const body = member.bodies[source];
        for (auto item = arena_.list(id, member.lists[source]); item != 0; item = arena_.next(item)) {
            auto const before = json_.size();
            json_ += ',';
            bool const full = body->scalar ? value(*body, item) : object(*body, item, index);
            if (full)
                ++index;
            else
                json_.resize(before);
        }
    }
    if (json_.size() == inner && member.required) {
        json_ += "[]";
        return;
    }
    close(at, inner, '[', ']');
}

bool Serialiser::value(Body const& body, ObjectId id) {
    auto const& line = *body.lines.front();
    auto const start = json_.size();
    convert(line, line.alternatives.front(), id);
    return json_.size() != start;
}

void Serialiser::simple(Member const& member, ObjectId id) {
    auto const at = json_.size();
    auto const text = slot_text(id, member.slot);
    auto const& converter = member.line->converter;
    if (auto const kind = quick_read(converter);
        kind != QuickRead::none && append_quick(kind, converter, AnyKey{member.key}, text, json_))
        return;
    json_ += member.key;
    auto const inner = json_.size();
    if (!read_value(member.line->converter, {&text, 1}, json_, reason_, {{}, values_})) refused(*member.line, id, member.slot);
    else if (!reason_.empty()) passed(*member.line, id, member.slot);
    if (!member.line->converter.plain) keep_rest(*member.line, id, member.slot);
    if (json_.size() == inner) json_.resize(at);
}

void Serialiser::convert(Line const& line, Alternative const& alternative, ObjectId id) {
    std::array<std::string_view, 4> cells{};
    std::size_t count = 0;
    for (auto const& part : alternative.parts)
        if (part.constant.empty() && count < cells.size()) cells[count++] = slot_text(id, part.slot);
    ConversionContext context{{}, values_};
    if (line.zone != nullptr)
        context.zone_offset = fixed_offset(
            right_trimmed(slot_text(id, plan_line(id, *line.zone).alternatives.front().parts.front().slot)));
    if (!read_value(line.converter, {cells.data(), count}, json_, reason_, context))
        refused(line, id, alternative.parts.front().slot);
    else if (!reason_.empty())
        passed(line, id, alternative.parts.front().slot);
    if (!line.converter.plain) keep_rest(line, id, alternative.parts.front().slot);
}

Line const& Serialiser::plan_line(ObjectId id, Member const& member) const {
    return *plan_.bodies[arena_.body(id)]->lines[member.lines.front()];
}

bool Serialiser::satisfied(Alternative const& alternative, ObjectId id) const {
    bool value = false;
    for (auto const& part : alternative.parts) {
        auto const text = right_trimmed(slot_text(id, part.slot));
        if (!part.constant.empty()) {
            if (text != part.constant) return false;
        } else if (text.empty()) {
            if (!part.may_lack) return false;
        } else {
            value = true;
        }
    }
    return value;
}

Alternative const* Serialiser::first_satisfied(Line const& line, ObjectId id) const {
    for (auto const& alternative : line.alternatives)
        if (satisfied(alternative, id)) return &alternative;
    return nullptr;
}

void Serialiser::choose_groups(Body const& body, ObjectId id, Choices& choices) {
    choices.groups.fill(-1);
    for (std::size_t group = 0; group < body.groups.size() && group < choices.groups.size(); ++group)
        for (auto const index : body.groups[group])
            if (auto const& line = *body.lines[index];
                line.reads() && first_satisfied(line, id) != nullptr && (!line.when || holds(*line.when, id))) {
                choices.groups[group] = static_cast<std::int16_t>(index);
                break;
            }
}

void Serialiser::lines(Body const& body, Member const& member, ObjectId id, Choices& choices) {
    auto const at = json_.size();
    for (auto const index : member.lines) {
        auto const& line = *body.lines[index];
        if (!line.reads() || (line.one_of >= 0 && choices.groups[static_cast<std::size_t>(line.one_of)] != index))
            continue;
        auto const* const alternative = first_satisfied(line, id);
        if (alternative == nullptr && !line.converter.default_value && !line.converter.absent_value) continue;
        if (line.when && !holds(*line.when, id)) continue;
        json_ += member.key;
        auto const inner = json_.size();
        if (alternative == nullptr) {
            auto const& value =
                line.converter.default_value ? *line.converter.default_value : *line.converter.absent_value;
            if (line.converter.op == Op::integer)
                json_ += value;
            else
                append_text(json_, value);
            return;
        }
        if (line.flag >= 0) choices.taken |= std::uint64_t{1} << line.flag;
        convert(line, *alternative, id);
        if (alternative != &line.alternatives.front())
            via_.emplace_back(id, member.name + "\":\"" + alternative->external);
        if (json_.size() == inner || (line.same != nullptr && same(line, *alternative, id, inner))) json_.resize(at);
        return;
    }
}

bool Serialiser::same(Line const& line, Alternative const& alternative, ObjectId id, std::size_t inner) {
    auto const other_id = line.same_in_parent ? arena_.parent(id) : id;
    auto const& other = plan_line(other_id, *line.same);
    auto const* const found = first_satisfied(other, other_id);
    if (found == nullptr) return false;
    auto const& own_slot = alternative.parts.front().slot;
    if (line.converter.plain && other.converter.plain && line.converter.op == other.converter.op &&
        line.converter.codes == other.converter.codes && alternative.parts.size() == 1 && found->parts.size() == 1)
        return right_trimmed(slot_text(id, own_slot)) == right_trimmed(slot_text(other_id, found->parts.front().slot));
    auto const own = json_.size();
    convert(other, *found, other_id);
    auto const text = json_.view();
    bool const equal = text.substr(inner, own - inner) == text.substr(own);
    json_.resize(own);
    return equal;
}

bool Serialiser::holds(ConditionTest const& test, ObjectId id) {
    bool result = false;
    switch (test.kind) {
    case Condition::Kind::all:
        result = std::all_of(test.parts.begin(), test.parts.end(), [&](auto const& part) { return holds(part, id); });
        break;
    case Condition::Kind::any:
        result = std::any_of(test.parts.begin(), test.parts.end(), [&](auto const& part) { return holds(part, id); });
        break;
    case Condition::Kind::test: {
        if (!test.variable.empty()) {
            auto const value = values_ == nullptr ? std::nullopt : values_->value(test.variable);
            result = value && !value->empty() &&
                     (test.words.empty() || std::find(test.words.begin(), test.words.end(), *value) != test.words.end());
            break;
        }
        auto const start = json_.size(); // converted behind the text written so far, then taken back
        for (auto const index : test.member->lines) {
            auto const& line = *plan_.bodies[arena_.body(id)]->lines[index];
            if (!line.reads() || line.when) continue;
            if (line.one_of >= 0 && choices_ != nullptr && choices_->groups[static_cast<std::size_t>(line.one_of)] != index)
                continue; // the element says something else
            if (auto const* const found = first_satisfied(line, id); found != nullptr) {
                auto const faults = diagnostics_.size();
                convert(line, *found, id);
                diagnostics_.resize(faults);
                break;
            }
        }
        auto word = json_.view().substr(start);
        if (word.starts_with('"')) word = word.substr(1, word.size() - 2);
        result = test.words.empty() ? !word.empty()
                                    : std::find(test.words.begin(), test.words.end(), word) != test.words.end();
        json_.resize(start);
    }
    }
    return result != test.negated;
}

void Serialiser::provenance(Member const& member) {
    auto const at = json_.size();
    json_ += member.key;
    auto const inner = json_.size();
    switch (static_cast<ProvenanceField>(member.code)) {
    case ProvenanceField::schema:
        append_text(json_, plan_.document->name());
        return;
    case ProvenanceField::document:
        append_text(json_, plan_.document_kind);
        return;
    case ProvenanceField::test:
        json_ += source_.provenance().test ? "true" : "false";
        return;
    case ProvenanceField::none: // an object
        for (auto const& one : member.members)
            provenance(*one);
        close(at, inner, '{', '}');
        return;
    default:
        break;
    }
    if (auto const text = provenance_text(source_.provenance(), static_cast<ProvenanceField>(member.code)); !text.empty())
        append_text(json_, text);
    else
        json_.resize(at);
}

void serialise(Plan const& plan, SourceDocument const& source, RunValues const* values, Run& run,
               Diagnostics& diagnostics, std::uint64_t& extended) {
    Serialiser serialiser(plan, source, values, run, diagnostics);
    extended = serialiser.run();
    run.held = serialiser.held();
}

} // namespace wharf::translator
