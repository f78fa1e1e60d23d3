// What is rare on the way from slots to JSON: derived values, what nobody read, faults.
#include "translator/map_parser.hpp"
#include "translator/serialiser.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

void Serialiser::derived(Member const& member, ObjectId id) {
    auto const input = [&](unsigned i) {
        return member.inputs[i] == no_slot ? std::string_view() : right_trimmed(slot_text(id, member.inputs[i]));
    };
    switch (static_cast<Derived>(member.code)) {
    case Derived::description: // inputs: the list; of its objects form, characteristic, text
        if (member.inputs[0] == no_slot) {
            if (auto const text = input(3); !text.empty()) {
                json_ += member.key;
                append_text(json_, text);
            }
            return;
        }
        for (auto item = arena_.list(id, member.inputs[0]); item != 0; item = arena_.next(item)) {
            auto const of = [&](unsigned i) {
                return member.inputs[i] == no_slot ? std::string_view()
                                                   : right_trimmed(slot_text(item, member.inputs[i]));
            };
            bool const words = plan_.format != nullptr;
            std::string form_word, characteristic_word;
            if (words) form_word = converted(item, member.inputs[1]);
            if (words) characteristic_word = converted(item, member.inputs[2]);
            auto const form = words ? std::string_view(form_word) : of(1);
            auto const characteristic = words ? std::string_view(characteristic_word) : of(2);
            if (form == (words ? "free_form" : "F") &&
                (characteristic.empty() || characteristic == (words ? "product" : "08")) && !of(3).empty()) {
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
        bool credit = type == "CR" || type == "CN" || type == "CE";
        if (plan_.format != nullptr) {
            auto const word = converted(id, member.inputs[0]);
            credit = word == "credit_memo" || word == "credit_invoice" || word == "consolidated_credit_invoice";
        }
        credit = credit || input(1).starts_with('-');
        json_ += member.key;
        json_ += credit ? "\"credit\"" : "\"debit\"";
        return;
    }
    case Derived::shipped_lines: {
        std::string lines;
        auto const shipment = watched_[shipment_watch];
        bool const few = plan_.format == nullptr
                             ? append_shipped_lines(shipped_, json_.view(), member.key, lines)
                             : append_shipped_lines(json_.view().substr(shipment.begin, shipment.length), member.key, lines);
        if (!few)
            diagnostics_.push_back(source_.at_occurrence(
                0, {}, "MAP-0106",
                fmt::format("The labels of the outer levels would stand more than {} times in `shipped_lines`.",
                            limits::shipped_packages),
                "Labels belong to the tare or pack they are on, not to the shipment; ask the partner to move them."));
        json_ += lines;
        return;
    }
    case Derived::none:
        return;
    }
}

/// What the line that reads a slot makes of its text; empty where that is nothing. Not for the fast road.
std::string Serialiser::converted(ObjectId id, SlotIndex slot) {
    if (slot == no_slot || arena_.length(id, slot) == 0) return {};
    auto const& body = *plan_.bodies[arena_.body(id)];
    auto const start = json_.size();
    auto const faults = diagnostics_.size();
    for (auto const index : body.slots[slot].readers)
        if (auto const& line = *body.lines[index]; line.reads()) {
            convert(line, line.alternatives.front(), id);
            break;
        }
    auto text = json_.view().substr(start);
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    auto made = std::string(text);
    json_.resize(start);
    diagnostics_.resize(faults);
    return made;
}

void Serialiser::shipped_node(Body const& body, ObjectId id, Choices& choices) {
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

void Serialiser::note_shipped(ObjectId id, ShippedNode& node) {
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

void Serialiser::note_slots(ObjectId id, ShippedNode& node) {
    auto const& slots = plan_.shipped;
    for (auto const slot : slots.item_marks)
        node.is_item = node.is_item || arena_.length(id, slot) != 0;
    if (slots.order_line != no_slot) node.order_line_number = right_trimmed(slot_text(id, slots.order_line));
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

void Serialiser::extensions(Body const& body, Member const& member, ObjectId id, Choices const& choices) {
    bool const passed_over = !body.conditional.empty() && has_unread(body, id, choices);
    // those noted last are this object's: the objects below have taken theirs
    auto own_via = via_.size();
    while (own_via > 0 && via_[own_via - 1].first == id)
        --own_via;
    bool const via = own_via != via_.size();
    bool const passed = std::ranges::any_of(passed_, [&](auto const& one) { return one.first == id; });
    bool const rest = std::ranges::any_of(rests_, [&](auto const& one) { return one.object == id; });
    if (arena_.first_extension(id) == 0 && !passed_over && !via && !passed && !rest) return;
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
    auto const entries = [&](SourceDocument::Kept wanted) {
        for (auto i = arena_.first_extension(id); i != 0; i = source_.next_kept(i))
            if (source_.kind_of_kept(i) == wanted) source_.append_kept(i, json_, extended_);
    };
    format_key(plan_.format_key, [&] {
        entries(SourceDocument::Kept::returns);
        for (auto const& [object, slot] : passed_)
            if (object == id) keep_slot(body, id, slot);
        if (passed) std::erase_if(passed_, [&](auto const& one) { return one.first == id; });
        for (auto const& one : rests_) {
            if (one.object != id) continue;
            json_ += ',';
            append_text(json_, rest_key(body.slots[one.slot].key, one.line->converter));
            json_ += ':';
            append_text(json_, characters(right_trimmed(slot_text(id, one.slot)), one.line->converter.part_last + 1, 0));
            ++extended_;
        }
        std::erase_if(rests_, [&](auto const& one) { return one.object == id; });
        if (passed_over)
            for (auto const slot : body.conditional)
                if (unread(body, id, slot, choices)) keep_slot(body, id, slot);
    });
    // what the grammar has no place for: kept, never written back
    format_key("unplaced", [&] { entries(SourceDocument::Kept::unplaced); });
    close(at, inner, '{', '}');
}

void Serialiser::keep_rest(Line const& line, ObjectId id, SlotIndex slot) {
    if (!line.converter.keeps_rest()) return;
    if (characters(right_trimmed(slot_text(id, slot)), line.converter.part_last + 1, 0).empty()) return;
    auto const known = std::ranges::any_of(rests_, [&](auto const& one) { return one.object == id && one.slot == slot; });
    if (!known) rests_.push_back({id, slot, &line});
}

void Serialiser::keep_slot(Body const& body, ObjectId id, SlotIndex slot) {
    json_ += ',';
    append_text(json_, body.slots[slot].key);
    json_ += ':';
    append_text(json_, right_trimmed(slot_text(id, slot)));
    ++extended_;
}

bool Serialiser::unread(Body const& body, ObjectId id, SlotIndex slot, Choices const& choices) const {
    if (arena_.length(id, slot) == 0 || right_trimmed(slot_text(id, slot)).empty()) return false;
    for (auto const index : body.slots[slot].readers) {
        auto const& line = *body.lines[index];
        if (line.reads() && line.flag >= 0 && (choices.taken >> line.flag & 1) != 0) {
            if (line.alternatives.size() == 1) return false;
            auto const* const found = first_satisfied(line, id);
            for (auto const& part : found->parts)
                if (part.slot == slot) return false;
        }
        if (line.expression && !line.computed_index && line.checked) return false; // checked by counts(), not kept
    }
    return true;
}

bool Serialiser::has_unread(Body const& body, ObjectId id, Choices const& choices) const {
    return std::any_of(body.conditional.begin(), body.conditional.end(),
                       [&](auto slot) { return unread(body, id, slot, choices); });
}

std::string Serialiser::canonical_place(ObjectId id, std::string_view tail) const {
    std::string place;
    for (;;) {
        auto const& body = *plan_.bodies[arena_.body(id)];
        auto const parent = arena_.parent(id);
        if (parent == 0 || body.member == nullptr) break;
        auto own = member_path(body.member);
        if (body.member->kind == MemberKind::list) {
            unsigned index = 0;
            for (auto const slot : body.member->lists)
                for (auto item = arena_.list(parent, slot); item != 0; item = arena_.next(item), ++index)
                    if (item == id) own += fmt::format("[{}]", index);
        }
        place = place.empty() ? own : own + "." + place;
        id = parent;
    }
    if (tail.empty()) return place;
    return place.empty() ? std::string(tail) : fmt::format("{}.{}", place, tail);
}

namespace {

/// As much of a text as a person reads.
std::string shortened(std::string_view text) {
    constexpr std::uint32_t most = 120;
    if (text.size() <= most) return std::string(text);
    return fmt::format("{}… ({} bytes)", characters(text.substr(0, 4 * most), 1, most), text.size());
}

} // namespace

void Serialiser::report(Diagnostic found) {
    if (found.value.size() > 1000) found.value = std::string(characters(std::string_view(found.value).substr(0, 4000), 1, 1000));
    diagnostics_.push_back(std::move(found));
}

void Serialiser::refused(Line const& line, ObjectId id, SlotIndex slot) {
    auto const place = canonical_place(id, line.target == nullptr ? std::string() : member_path(line.target));
    auto const whole = slot_text(id, slot);
    auto const text = shortened(whole);
    auto const conversion =
        fmt::format("{}{}", to_string(line.converter.op), line.conversion_inferred ? ", inferred from the types" : "");
    auto const& external = plan_.bodies[arena_.body(id)]->slots[slot].external;
    std::string help = fmt::format("Read by {} into {} (conversion: {}).", line.origin.text_place(), place, conversion);
    if (line.on_error != OnError::refuse) {
        for (auto const& alternative : line.alternatives) // all it was made of
            if (std::ranges::any_of(alternative.parts, [&](auto const& part) { return part.slot == slot; }))
                for (auto const& part : alternative.parts)
                    if (arena_.length(id, part.slot) != 0) passed_.emplace_back(id, part.slot);
        held_ = held_ || line.on_error == OnError::hold;
        report(source_.at_text(
            arena_.begin(id, slot), "MAP-0109",
            fmt::format("{} \"{}\" {}. The document has no `{}`; the text is kept in `extensions`{}.", external, text,
                        reason_, place, line.on_error == OnError::hold ? ", and the document is held" : ""),
            std::move(help)));
        return;
    }
    if (line.converter.op == Op::decimal && text.find(',') != text.npos)
        help += fmt::format(" If this partner uses a decimal comma, override the line: replace {} … decimal \",\"",
                            line.target != nullptr ? line.target->name : place);
    else
        help += " Ask the partner to correct it, or override the line for this partner.";
    report(source_.at_text(arena_.begin(id, slot), "MAP-0101", fmt::format("{} \"{}\" {}.", external, text, reason_),
                           std::move(help)));
}

void Serialiser::passed(Line const& line, ObjectId id, SlotIndex slot) {
    auto const place = canonical_place(id, line.target == nullptr ? std::string() : member_path(line.target));
    auto const text = shortened(slot_text(id, slot));
    auto help = line.converter.codes != nullptr ? did_you_mean(right_trimmed(text), line.converter.codes->words()) : std::string();
    if (!help.empty()) help += ' ';
    help += fmt::format("Read by {} into {}. To take no others, write `known` behind the table, and `on error hold` where a person shall decide; "
                        "to give it a word, add a `table` line to the map.",
                        line.origin.text_place(), place);
    report(source_.at_text(arena_.begin(id, slot), "MAP-0127",
                           fmt::format("{} \"{}\" {}; it is passed on as it stands.", plan_.bodies[arena_.body(id)]->slots[slot].external, text, reason_),
                           std::move(help)));
}

void Serialiser::missing(Body const& body, Member const& member, ObjectId id) {
    std::string external;
    for (auto const index : member.lines)
        if (auto const& line = *body.lines[index]; line.reads())
            for (auto const& alternative : line.alternatives)
                external += (external.empty() ? "" : " or ") + body.slots[alternative.parts.front().slot].external;
    for (auto const list : member.lists)
        external += (external.empty() ? "" : " or ") + body.slots[list].external;
    diagnostics_.push_back(source_.at_occurrence(
        arena_.segment(id), external, "MAP-0103",
        fmt::format("The document has no `{}`, which its schema requires.", canonical_place(id, member_path(&member))),
        external.empty() ? std::string("The map must read it from somewhere.")
                         : fmt::format("It is read from {}: that is empty or missing here.", external)));
}

void Serialiser::counts() {
    auto const& root = *plan_.root;
    for (auto const& one : root.lines) {
        auto const& line = *one;
        if (!line.checked || line.alternatives.empty() || line.alternatives.front().parts.empty()) continue;
        auto const slot = line.alternatives.front().parts.front().slot;
        auto const text = right_trimmed(slot_text(run_.root, slot));
        if (text.empty()) continue;
        std::uint64_t stated = 0;
        bool digits = text.size() < 16;
        for (char const c : text) {
            digits = digits && c >= '0' && c <= '9';
            stated = stated * 10 + static_cast<std::uint64_t>(c - '0');
        }
        if (!digits) continue;
        std::uint64_t actual = 0, items = 0;
        std::string what;
        if (line.expression->kind == Expression::Kind::count_segment && line.expression->text == "HL") {
            actual = run_.levels.size();
            for (auto const& node : shipped_)
                items += node.is_item;
            what = "HL segments";
        } else if (line.expression->kind == Expression::Kind::count_path && line.expression->path.parts.size() == 1 &&
                   !line.expression->everywhere) {
            auto const& name = line.expression->path.parts.front().name;
            auto const found = std::find_if(root.root->members.begin(), root.root->members.end(),
                                            [&](auto const& member) { return member->name == name; });
            if (found == root.root->members.end() || (*found)->kind != MemberKind::list) continue;
            for (auto const list_slot : (*found)->lists)
                for (auto item = arena_.list(run_.root, list_slot); item != 0; item = arena_.next(item))
                    ++actual;
            what = name;
        } else {
            continue;
        }
        if (stated == actual || (items != 0 && stated == items)) continue;
        diagnostics_.push_back(source_.at_text(
            arena_.begin(run_.root, slot), "MAP-0108",
            fmt::format("{} says {}; the set holds {} {}.", root.slots[slot].external, stated, actual, what),
            "Nothing is lost by it, but something may be missing: ask the partner when it happens again."));
    }
}

} // namespace wharf::translator
