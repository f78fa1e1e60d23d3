// Reading, second half: slots become JSON in the schema's order, converted and checked on the way (map language §6).
#include "translator/derive.hpp"
#include "translator/provenance.hpp"
#include "translator/run.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

class Serialiser {
public:
    Serialiser(Plan const& plan, SetInput const& input, Run& run, Diagnostics& diagnostics)
        : plan_(plan), input_(input), run_(run), arena_(run.arena), json_(run.json), diagnostics_(diagnostics),
          text_(input.segments->text()), separator_(input.segments->delimiters().component) {}

    std::uint64_t run() {
        json_.clear();
        object(*plan_.root, run_.root, 0); // never empty: it has its provenance
        counts();
        return extended_;
    }

private:
    /// What was settled about an object's conditional lines.
    struct Choices {
        std::uint64_t taken = 0;                  // flags of lines that took their texts
        std::array<std::int16_t, 16> groups{};    // the chosen line of each `one of`; -1: none
    };

    [[nodiscard]] std::string_view slot_text(ObjectId id, SlotIndex slot) const {
        return {text_ + arena_.begin(id, slot), arena_.length(id, slot)};
    }

    // --- objects and lists

    /// Appends the object; false when there was nothing in it (then nothing is appended).
    bool object(Body const& body, ObjectId id, std::uint32_t index) {
        auto const start = json_.size();
        Choices choices;
        if (body.one_of_groups != 0)
            choose_groups(body, id, choices);
        if (body.kind == BodyKind::loop && body.row == plan_.hierarchy_row && plan_.document_kind == "ship_notice")
            shipped_node(body, id, choices);
        else
            members(body, id, choices, index);
        if (json_.size() == start)
            return false;
        json_[start] = '{';
        json_ += '}';
        return true;
    }

    /// Of the body's root: the members something was read for.
    void members(Body const& body, ObjectId id, Choices& choices, std::uint32_t index) {
        auto const& all = body.root->members;
        for (auto left = arena_.present(id) | body.always; left != 0; left &= left - 1) {
            auto const first = static_cast<std::size_t>(std::countr_zero(left));
            member(body, *all[first], id, choices, index);
            for (auto i = first + 1; first == 63 && i < all.size(); ++i)
                member(body, *all[i], id, choices, index);
        }
    }

    void member(Body const& body, Member const& member, ObjectId id, Choices& choices, std::uint32_t index) {
            auto const at = json_.size();
            switch (member.kind) {
            case MemberKind::simple:
                if (arena_.length(id, member.slot) != 0)
                    simple(member, id);
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
                    this->member(body, *part, id, choices, index);
                close(at, inner, '{', '}');
                break;
            }
            case MemberKind::list:
                list(member, id);
                break;
            case MemberKind::child:
                if (auto const child = arena_.list(id, member.lists.front()); child != 0) {
                    json_ += member.key;
                    if (!object(*member.bodies.front(), child, 0))
                        json_.resize(at);
                }
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
            if (member.required && json_.size() == at)
                missing(body, member, id);
            if (member.watch >= 0 && json_.size() != at)
                watched_[static_cast<std::size_t>(member.watch)] = {static_cast<std::uint32_t>(at + member.key.size()),
                                                                     static_cast<std::uint32_t>(json_.size() - at - member.key.size())};
    }

    /// Ends an object or array begun at `inner`, whose parts each brought a comma; takes it back (with its key) when empty.
    void close(std::size_t at, std::size_t inner, char open, char end) {
        if (json_.size() == inner) {
            json_.resize(at);
            return;
        }
        json_[inner] = open;
        json_ += end;
    }

    void list(Member const& member, ObjectId id) {
        auto const at = json_.size();
        json_ += member.key;
        auto const inner = json_.size();
        std::uint32_t index = 0;
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

    /// An item of a list of values.
    bool value(Body const& body, ObjectId id) {
        auto const& line = *body.lines.front();
        auto const start = json_.size();
        convert(line, line.alternatives.front(), id);
        return json_.size() != start;
    }

    // --- values

    void simple(Member const& member, ObjectId id) {
        auto const at = json_.size();
        json_ += member.key;
        auto const inner = json_.size();
        auto const text = slot_text(id, member.slot);
        if (!read_value(member.line->converter, {&text, 1}, json_, reason_))
            refused(*member.line, id, member.slot);
        if (json_.size() == inner)
            json_.resize(at);
    }

    void convert(Line const& line, Alternative const& alternative, ObjectId id) {
        std::array<std::string_view, 4> cells{};
        std::size_t count = 0;
        for (auto const& part : alternative.parts)
            if (part.constant.empty() && count < cells.size())
                cells[count++] = slot_text(id, part.slot);
        std::string_view offset;
        if (line.zone != nullptr)
            offset = fixed_offset(right_trimmed(slot_text(id, plan_line(id, *line.zone).alternatives.front().parts.front().slot)));
        if (!read_value(line.converter, {cells.data(), count}, json_, reason_, offset))
            refused(line, id, alternative.parts.front().slot);
    }

    [[nodiscard]] Line const& plan_line(ObjectId id, Member const& member) const {
        return *plan_.bodies[arena_.body(id)]->lines[member.lines.front()];
    }

    /// All parts that must be there are, constants as they must be, and a value besides.
    [[nodiscard]] bool satisfied(Alternative const& alternative, ObjectId id) const {
        bool value = false;
        for (auto const& part : alternative.parts) {
            auto const text = right_trimmed(slot_text(id, part.slot));
            if (!part.constant.empty()) {
                if (text != part.constant)
                    return false;
            } else if (text.empty()) {
                if (!part.may_lack)
                    return false;
            } else {
                value = true;
            }
        }
        return value;
    }

    [[nodiscard]] Alternative const* first_satisfied(Line const& line, ObjectId id) const {
        for (auto const& alternative : line.alternatives)
            if (satisfied(alternative, id))
                return &alternative;
        return nullptr;
    }

    void choose_groups(Body const& body, ObjectId id, Choices& choices) {
        choices.groups.fill(-1);
        for (std::size_t group = 0; group < body.groups.size() && group < choices.groups.size(); ++group)
            for (auto const index : body.groups[group])
                if (auto const& line = *body.lines[index]; line.reads() && first_satisfied(line, id) != nullptr && (!line.when || holds(*line.when, id))) {
                    choices.groups[group] = static_cast<std::int16_t>(index);
                    break;
                }
    }

    void lines(Body const& body, Member const& member, ObjectId id, Choices& choices) {
        auto const at = json_.size();
        for (auto const index : member.lines) {
            auto const& line = *body.lines[index];
            if (!line.reads() || (line.one_of >= 0 && choices.groups[static_cast<std::size_t>(line.one_of)] != index))
                continue;
            auto const* const alternative = first_satisfied(line, id);
            if (alternative == nullptr && !line.converter.default_value && !line.converter.absent_value)
                continue;
            if (line.when && !holds(*line.when, id))
                continue;
            json_ += member.key;
            auto const inner = json_.size();
            if (alternative == nullptr) {
                append_text(json_, line.converter.default_value ? *line.converter.default_value : *line.converter.absent_value);
                return;
            }
            if (line.flag >= 0)
                choices.taken |= std::uint64_t{1} << line.flag;
            convert(line, *alternative, id);
            if (alternative != &line.alternatives.front())
                via_.emplace_back(id, member.name + "\":\"" + alternative->external);
            if (json_.size() == inner || (line.same != nullptr && same(line, *alternative, id, inner)))
                json_.resize(at);
            return;
        }
    }

    /// The value just appended at `inner` repeats what the line's `same` member says.
    bool same(Line const& line, Alternative const& alternative, ObjectId id, std::size_t inner) {
        auto const other_id = line.same_in_parent ? arena_.parent(id) : id;
        auto const& other = plan_line(other_id, *line.same);
        auto const* const found = first_satisfied(other, other_id);
        if (found == nullptr)
            return false;
        auto const& own_slot = alternative.parts.front().slot;
        if (line.converter.plain && other.converter.plain && line.converter.op == other.converter.op && line.converter.codes == other.converter.codes &&
            alternative.parts.size() == 1 && found->parts.size() == 1)
            return right_trimmed(slot_text(id, own_slot)) == right_trimmed(slot_text(other_id, found->parts.front().slot));
        auto const own = json_.size();
        convert(other, *found, other_id);
        auto const text = json_.view();
        bool const equal = text.substr(inner, own - inner) == text.substr(own);
        json_.resize(own);
        return equal;
    }

    bool holds(ConditionTest const& test, ObjectId id) {
        bool result = false;
        switch (test.kind) {
        case Condition::Kind::all:
            result = std::all_of(test.parts.begin(), test.parts.end(), [&](auto const& part) { return holds(part, id); });
            break;
        case Condition::Kind::any:
            result = std::any_of(test.parts.begin(), test.parts.end(), [&](auto const& part) { return holds(part, id); });
            break;
        case Condition::Kind::test: {
            auto const start = json_.size(); // converted behind the text written so far, then taken back
            for (auto const index : test.member->lines) {
                auto const& line = *plan_.bodies[arena_.body(id)]->lines[index];
                if (!line.reads() || line.when)
                    continue;
                if (auto const* const found = first_satisfied(line, id); found != nullptr) {
                    auto const faults = diagnostics_.size();
                    convert(line, *found, id);
                    diagnostics_.resize(faults);
                    break;
                }
            }
            auto word = json_.view().substr(start);
            if (word.starts_with('"'))
                word = word.substr(1, word.size() - 2);
            result = test.words.empty() ? !word.empty() : std::find(test.words.begin(), test.words.end(), word) != test.words.end();
            json_.resize(start);
        }
        }
        return result != test.negated;
    }

    // --- provenance and derived values

    void provenance(Member const& member) {
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
            json_ += input_.provenance.test ? "true" : "false";
            return;
        case ProvenanceField::none: // an object
            for (auto const& one : member.members)
                provenance(*one);
            close(at, inner, '{', '}');
            return;
        default:
            break;
        }
        if (auto const text = provenance_text(input_.provenance, static_cast<ProvenanceField>(member.code)); !text.empty())
            append_text(json_, text);
        else
            json_.resize(at);
    }

    void derived(Member const& member, ObjectId id) {
        auto const input = [&](unsigned i) {
            return member.inputs[i] == no_slot ? std::string_view() : right_trimmed(slot_text(id, member.inputs[i]));
        };
        switch (static_cast<Derived>(member.code)) {
        case Derived::description: // inputs: the list; of its objects form, characteristic, text
            if (member.inputs[0] == no_slot)
                return;
            for (auto item = arena_.list(id, member.inputs[0]); item != 0; item = arena_.next(item)) {
                auto const of = [&](unsigned i) {
                    return member.inputs[i] == no_slot ? std::string_view() : right_trimmed(slot_text(item, member.inputs[i]));
                };
                if (of(1) == "F" && (of(2).empty() || of(2) == "08") && !of(3).empty()) {
                    json_ += member.key;
                    append_text(json_, of(3));
                    return;
                }
            }
            return;
        case Derived::sscc:
            if (auto const sscc = sscc_of(input(0)); !sscc.empty()) {
                json_ += member.key;
                append_text(json_, sscc);
            }
            return;
        case Derived::direction: {
            auto const type = input(0);
            bool const credit = type == "CR" || type == "CN" || type == "CE" || input(1).starts_with('-');
            json_ += member.key;
            json_ += credit ? "\"credit\"" : "\"debit\"";
            return;
        }
        case Derived::shipped_lines: {
            std::string lines;
            append_shipped_lines(shipped_, json_.view(), member.key, lines);
            json_ += lines;
            return;
        }
        case Derived::none:
            return;
        }
    }

    /// A node of the ship notice: its members' places are noted for shipped_lines.
    void shipped_node(Body const& body, ObjectId id, Choices& choices) {
        auto const index = shipped_.size();
        shipped_.emplace_back();
        shipped_.back().parent = shipped_parent_;
        shipped_parent_ = static_cast<std::int32_t>(index);
        auto const outer = watched_;
        watched_ = {};
        members(body, id, choices, 0);
        note_shipped(id, shipped_[index]);
        watched_ = outer;
        shipped_parent_ = shipped_[index].parent;
    }

    void note_shipped(ObjectId id, ShippedNode& node) {
        node.order = watched_[0];
        node.items = watched_[1];
        node.description = watched_[2];
        node.quantity = watched_[3];
        node.unit = watched_[4];
        node.lot_number = watched_[5];
        node.expiry_date = watched_[6];
        node.serial_numbers = watched_[7];
        note_slots(id, node);
    }

    void note_slots(ObjectId id, ShippedNode& node) {
        auto const& slots = plan_.shipped;
        for (auto const slot : slots.item_marks)
            node.is_item = node.is_item || arena_.length(id, slot) != 0;
        if (slots.order_line != no_slot)
            node.order_line_number = right_trimmed(slot_text(id, slots.order_line));
        node.order_line_from_order = !node.order_line_number.empty();
        if (slots.items != no_slot && node.order_line_number.empty())
            for (auto item = arena_.list(id, slots.items); item != 0; item = arena_.next(item))
                if (right_trimmed(slot_text(item, slots.item_scheme)) == "PL") {
                    node.order_line_number = right_trimmed(slot_text(item, slots.item_value));
                    break;
                }
        if (slots.marks != no_slot)
            for (auto mark = arena_.list(id, slots.marks); mark != 0; mark = arena_.next(mark)) {
                auto const kind = right_trimmed(slot_text(mark, slots.mark_kind));
                auto const label = right_trimmed(slot_text(mark, slots.mark_value));
                if (auto const sscc = sscc_of(label); !sscc.empty())
                    node.packages.emplace_back(sscc);
                else if ((kind == "GM" || kind == "AA") && !label.empty()) // meant as an SSCC, with a wrong check digit
                    node.packages.emplace_back(label);
            }
        if (slots.dates != no_slot && node.expiry_date.length == 0)
            for (auto date = arena_.list(id, slots.dates); date != 0; date = arena_.next(date))
                if (right_trimmed(slot_text(date, slots.date_kind)) == "036")
                    node.expiry = right_trimmed(slot_text(date, slots.date_value));
    }

    // --- extensions

    /// The key of an element or segment nobody read, below its object.
    std::string key_of(Extension const& entry) const {
        auto const view = (*input_.segments)[entry.segment];
        if (entry.element == 0) {
            auto const own = fmt::format("{}({})", view.id(), entry.number);
            if (entry.parent >= 0)
                return key_of(run_.extensions[static_cast<std::size_t>(entry.parent)]) + "/" + own;
            return (entry.scope != nullptr ? entry.scope->prefix : std::string()) + own;
        }
        if (entry.component > 0x100)
            return fmt::format("{:02}", entry.component - 0x100);
        std::string key;
        if (entry.claim != nullptr)
            key = entry.claim->numbered ? fmt::format("{}{}({})/", entry.scope != nullptr ? entry.scope->prefix : std::string(), view.id(), entry.number)
                                        : entry.claim->stem;
        key += fmt::format("{}{:02}", view.id(), entry.element);
        if (entry.component != 0)
            key += fmt::format("-{:02}", entry.component);
        return key;
    }

    void append_element(std::string_view text) {
        text = right_trimmed(text);
        if (text.find(separator_) == text.npos) {
            append_text(json_, text);
            return;
        }
        json_ += '[';
        for (;;) {
            auto const end = std::min(text.find(separator_), text.size());
            append_text(json_, right_trimmed(text.substr(0, end)));
            if (end == text.size())
                break;
            json_ += ',';
            text.remove_prefix(end + 1);
        }
        json_ += ']';
    }

    void append_entry(Extension const& entry) {
        auto const view = (*input_.segments)[entry.segment];
        json_ += ',';
        append_text(json_, key_of(entry));
        json_ += ':';
        if (entry.element != 0) {
            ++extended_;
            if (entry.component != 0 && entry.component < 0x100)
                append_text(json_, right_trimmed(component_of(view.element(entry.element), separator_, entry.component)));
            else
                append_element(view.element(entry.element));
            return;
        }
        json_ += '[';
        for (std::uint32_t e = 1; e <= view.element_count(); ++e) {
            if (e > 1)
                json_ += ',';
            append_element(view.element(e));
            extended_ += !view.element(e).empty();
        }
        json_ += ']';
    }

    [[nodiscard]] bool blank(Extension const& entry) const {
        auto const view = (*input_.segments)[entry.segment];
        if (entry.element == 0)
            return false;
        return right_trimmed(view.element(entry.element)).empty();
    }

    void extensions(Body const& body, Member const& member, ObjectId id, Choices const& choices) {
        bool const passed_over = !body.conditional.empty() && has_unread(body, id, choices);
        // those noted last are this object's: the objects below have taken theirs
        auto own_via = via_.size();
        while (own_via > 0 && via_[own_via - 1].first == id)
            --own_via;
        bool const via = own_via != via_.size();
        if (arena_.first_extension(id) == 0 && !passed_over && !via)
            return;
        auto const at = json_.size();
        json_ += member.key;
        auto const inner = json_.size();
        if (via) {
            json_ += ",\"via\":{";
            for (auto i = own_via; i < via_.size(); ++i) {
                json_ += i == own_via ? "\"" : ",\"";
                json_ += via_[i].second;
                json_ += '"';
            }
            via_.resize(own_via);
            json_ += '}';
        }
        format_key(plan_.format_key, [&] {
            for (auto i = arena_.first_extension(id); i != 0; i = run_.extensions[i - 1].next)
                if (auto const& entry = run_.extensions[i - 1]; (entry.element != 0 || entry.node != grammar::no_node) && !blank(entry))
                    append_entry(entry);
            if (passed_over)
                for (auto const slot : body.conditional)
                    if (unread(body, id, slot, choices)) {
                        json_ += ',';
                        append_text(json_, body.slots[slot].key);
                        json_ += ':';
                        append_text(json_, right_trimmed(slot_text(id, slot)));
                        ++extended_;
                    }
        });
        format_key("unplaced", [&] { // segments the grammar has no place for: kept, never written back
            for (auto i = arena_.first_extension(id); i != 0; i = run_.extensions[i - 1].next)
                if (auto const& entry = run_.extensions[i - 1]; entry.element == 0 && entry.node == grammar::no_node)
                    append_entry(entry);
        });
        close(at, inner, '{', '}');
    }

    template <class Entries>
    void format_key(std::string_view key, Entries const& entries) {
        auto const at = json_.size();
        json_ += ",\"";
        json_ += key;
        json_ += "\":";
        auto const inner = json_.size();
        entries();
        close(at, inner, '{', '}');
    }

    /// A text that lines could have taken and none did.
    bool unread(Body const& body, ObjectId id, SlotIndex slot, Choices const& choices) const {
        if (arena_.length(id, slot) == 0 || right_trimmed(slot_text(id, slot)).empty())
            return false;
        for (auto const index : body.slots[slot].readers) {
            auto const& line = *body.lines[index];
            if (line.reads() && line.flag >= 0 && (choices.taken >> line.flag & 1) != 0) {
                if (line.alternatives.size() == 1)
                    return false;
                auto const* const found = first_satisfied(line, id);
                for (auto const& part : found->parts)
                    if (part.slot == slot)
                        return false;
            }
            if (line.expression && !line.computed_index)
                return false; // checked, not kept
        }
        return true;
    }
    bool has_unread(Body const& body, ObjectId id, Choices const& choices) const {
        return std::any_of(body.conditional.begin(), body.conditional.end(), [&](auto slot) { return unread(body, id, slot, choices); });
    }

    // --- faults

    /// "lines[2].unit_price": the canonical place of a line's value.
    std::string canonical_place(ObjectId id, std::string_view tail) const {
        std::string place;
        for (;;) {
            auto const& body = *plan_.bodies[arena_.body(id)];
            auto const parent = arena_.parent(id);
            if (parent == 0 || body.member == nullptr)
                break;
            std::string own = body.member->name;
            for (auto const* object_ = body.parent_object; object_ != nullptr && object_->parent != nullptr; object_ = object_->parent)
                own = object_->name + "." + own;
            if (body.member->kind == MemberKind::list) {
                unsigned index = 0;
                for (auto const slot : body.member->lists)
                    for (auto item = arena_.list(parent, slot); item != 0; item = arena_.next(item), ++index)
                        if (item == id)
                            own += fmt::format("[{}]", index);
            }
            place = place.empty() ? own : own + "." + place;
            id = parent;
        }
        if (tail.empty())
            return place;
        return place.empty() ? std::string(tail) : fmt::format("{}.{}", place, tail);
    }

    static std::string member_path(Member const* member) {
        std::string path;
        for (; member != nullptr && member->parent != nullptr; member = member->parent)
            path = path.empty() ? member->name : member->name + "." + path;
        return path;
    }

    /// Segment and element at a place in the text.
    std::pair<std::uint32_t, std::uint32_t> locate(std::uint32_t begin) const {
        auto const& segments = input_.segments->segments();
        auto const after = std::upper_bound(segments.begin(), segments.end(), begin, [](std::uint32_t at, x12::Segment const& segment) { return at < segment.begin; });
        auto const index = static_cast<std::uint32_t>(after - segments.begin() - 1);
        auto const view = (*input_.segments)[index];
        std::uint32_t element = 1;
        while (element < view.element_count() && view.element_begin(element + 1) <= begin)
            ++element;
        return {index, element};
    }

    void refused(Line const& line, ObjectId id, SlotIndex slot) {
        auto const [segment, element] = locate(arena_.begin(id, slot));
        auto const place = canonical_place(id, line.target == nullptr ? std::string() : member_path(line.target));
        auto const text = slot_text(id, slot);
        auto const conversion = fmt::format("{}{}", to_string(line.converter.op), line.conversion_inferred ? ", inferred from the types" : "");
        auto const& external = plan_.bodies[arena_.body(id)]->slots[slot].external;
        std::string help = fmt::format("Read by {} into {} (conversion: {}).", line.origin.text_place(), place, conversion);
        if (line.converter.op == Op::decimal && text.find(',') != text.npos)
            help += fmt::format(" If this partner uses a decimal comma, override the line: replace {} … decimal \",\"", line.target != nullptr ? line.target->name : place);
        else
            help += " Ask the partner to correct it, or override the line for this partner.";
        diagnostics_.push_back(data_diagnostic(plan_, input_, "MAP-0101", segment, element, fmt::format("{} \"{}\" {}.", external, text, reason_), std::move(help)));
    }

    void missing(Body const& body, Member const& member, ObjectId id) {
        std::string external;
        for (auto const index : member.lines)
            if (auto const& line = *body.lines[index]; line.reads())
                for (auto const& alternative : line.alternatives)
                    external += (external.empty() ? "" : " or ") + body.slots[alternative.parts.front().slot].external;
        for (auto const list : member.lists)
            external += (external.empty() ? "" : " or ") + body.slots[list].external;
        // point at the segment it should stand in, where there is one: of "BEG03" the first BEG
        auto segment = arena_.segment(id);
        auto const first = external.substr(0, external.find_first_of(" -"));
        auto const segment_id = first.size() > 3 ? first.substr(0, first.size() - 2) : first;
        for (std::size_t i = segment; i < input_.segments->size(); ++i)
            if ((*input_.segments)[i].id() == segment_id) {
                segment = static_cast<std::uint32_t>(i);
                break;
            }
        diagnostics_.push_back(data_diagnostic(
            plan_, input_, "MAP-0103", segment, 0,
            fmt::format("The document has no `{}`, which its schema requires.", canonical_place(id, member_path(&member))),
            external.empty() ? std::string("The map must read it from somewhere.") : fmt::format("It is read from {}: that is empty or missing here.", external)));
    }

    /// Counts as sent are data; a wrong one is a warning.
    void counts() {
        auto const& root = *plan_.root;
        for (auto const& one : root.lines) {
            auto const& line = *one;
            if (!line.expression || line.alternatives.empty() || line.alternatives.front().parts.empty())
                continue;
            auto const slot = line.alternatives.front().parts.front().slot;
            auto const text = right_trimmed(slot_text(run_.root, slot));
            if (text.empty())
                continue;
            std::uint64_t stated = 0;
            bool digits = text.size() < 16;
            for (char const c : text) {
                digits = digits && c >= '0' && c <= '9';
                stated = stated * 10 + static_cast<std::uint64_t>(c - '0');
            }
            if (!digits)
                continue;
            std::uint64_t actual = 0, items = 0;
            std::string what;
            if (line.expression->kind == Expression::Kind::count_segment && line.expression->text == "HL") {
                actual = run_.levels.size();
                for (auto const& node : shipped_)
                    items += node.is_item;
                what = "HL segments";
            } else if (line.expression->kind == Expression::Kind::count_path && line.expression->path.parts.size() == 1 && !line.expression->everywhere) {
                auto const& name = line.expression->path.parts.front().name;
                auto const found = std::find_if(root.root->members.begin(), root.root->members.end(), [&](auto const& member) { return member->name == name; });
                if (found == root.root->members.end() || (*found)->kind != MemberKind::list)
                    continue;
                for (auto const list_slot : (*found)->lists)
                    for (auto item = arena_.list(run_.root, list_slot); item != 0; item = arena_.next(item))
                        ++actual;
                what = name;
            } else {
                continue;
            }
            if (stated == actual || (items != 0 && stated == items))
                continue;
            auto const [segment, element] = locate(arena_.begin(run_.root, slot));
            diagnostics_.push_back(data_diagnostic(plan_, input_, "MAP-0108", segment, element,
                                                   fmt::format("{} says {}; the set holds {} {}.", root.slots[slot].external, stated, actual, what),
                                                   "Nothing is lost by it, but something may be missing: ask the partner when it happens again."));
        }
    }

    Plan const& plan_;
    SetInput const& input_;
    Run& run_;
    Arena& arena_;
    OutBuffer& json_;
    Diagnostics& diagnostics_;
    char const* text_;
    char separator_;
    std::string reason_;
    std::uint64_t extended_ = 0;
    std::vector<std::pair<ObjectId, std::string>> via_;
    std::array<ShippedNode::Text, 12> watched_{};
    std::vector<ShippedNode> shipped_;
    std::int32_t shipped_parent_ = -1;
};

} // namespace

void serialise(Plan const& plan, SetInput const& input, Run& run, Diagnostics& diagnostics, std::uint64_t& extended) {
    extended = Serialiser(plan, input, run, diagnostics).run();
}

} // namespace wharf::translator
