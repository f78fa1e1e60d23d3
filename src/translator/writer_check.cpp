// What the grammar or the receiver would refuse of a segment, said with both places.
#include "translator/writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

using grammar::NodeIndex;

namespace {

/// What the element's length counts: of numbers the digits, of text the characters.
std::size_t counted_length(std::string_view text, grammar::ElementClass kind) {
    bool const number = kind == grammar::ElementClass::decimal || kind == grammar::ElementClass::digits;
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [&](char c) {
        return number ? c >= '0' && c <= '9' : (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

/// What to give the document so that an element is filled: "Give it `currency_party`."; empty where no line fills it.
std::string filled_by(OutObject const& object, std::string_view element) {
    std::vector<std::string> members;
    for (auto const& line : object.body->lines) {
        if (line->target == nullptr || !line->writes()) continue;
        for (auto const& alternative : line->alternatives)
            for (auto const& part : alternative.parts) {
                if (part.slot == no_slot || object.body->slots[part.slot].external != element) continue;
                auto name = fmt::format("`{}`", joined(object.path(), member_path(line->target)));
                if (std::ranges::find(members, name) == members.end()) members.push_back(std::move(name));
            }
    }
    return members.empty() ? std::string() : fmt::format("Give it {}.", fmt::join(members, " or "));
}

} // namespace

std::string Emitter::canonical_of(TextPlace place) {
    if (place.kept) return joined(place.object.path(), "extensions");
    auto const* const source = place.source;
    return source != nullptr && source->line != nullptr && source->line->target != nullptr
               ? joined(place.object.path(), member_path(source->line->target))
               : place.object.path();
}

std::string_view Emitter::fit(std::string_view text, NodeIndex row, std::size_t element, std::size_t component,
                              TextPlace place) {
    bool const usual = values_ == nullptr || (values_->policy.set == CharacterSet::any &&
                                              values_->policy.too_long != WritePolicy::TooLong::cut);
    if (usual && bad_character(text) == nullptr) return text;
    std::string changed(text);
    fit(changed, row, element, component, place);
    return changed == text ? text : pool_.keep(changed);
}

void Emitter::fit(std::string& text, NodeIndex row, std::size_t element, std::size_t component, TextPlace place) {
    static WritePolicy const usual;
    auto const& policy = values_ == nullptr ? usual : values_->policy;
    auto const canonical = [&] { return canonical_of(place); }; // both only for what is said
    auto const external = [&] { return fmt::format("{}{:02}", segment_id(row), element + 1); };
    if (!in_set(text, policy.set)) {
        if (policy.characters == WritePolicy::Characters::refuse && policy.set != CharacterSet::any) {
            diagnostics_.push_back(fault("MAP-0113", canonical(),
                                         fmt::format("`{}` \"{}\" holds characters that the partner does not take; "
                                                     "{} cannot be written.",
                                                     canonical(), text, external()),
                                         "Change the text, or let the partner's profile transliterate or replace."));
            return;
        }
        if (policy.characters != WritePolicy::Characters::refuse) {
            auto fitted = in_set(text, policy);
            diagnostics_.push_back(fault("MAP-0125", canonical(),
                                         fmt::format("`{}` \"{}\" is written to {} as \"{}\": the partner does not take "
                                                     "all its characters.",
                                                     canonical(), text, external(), fitted)));
            text = std::move(fitted);
        }
    }
    if (policy.characters != WritePolicy::Characters::refuse)
        for (char& c : text)
            if (c == delimiters_.element || c == delimiters_.segment || c == delimiters_.component ||
                (delimiters_.repetition != '\0' && c == delimiters_.repetition)) {
                diagnostics_.push_back(
                    fault("MAP-0125", canonical(),
                          fmt::format("`{}` is written to {} with `{}` in place of `{}`, a delimiter of this interchange.",
                                      canonical(), external(), policy.replacement, c)));
                c = policy.replacement;
            }
    if (bad_character(text) != nullptr) check_characters(text, external(), canonical());
    auto const& rules = schema_.segments()[schema_.nodes()[row].segment].elements;
    if (policy.too_long != WritePolicy::TooLong::cut || element >= rules.size()) return;
    auto const* rule = &rules[element];
    if (rule->kind == grammar::ElementClass::composite)
        rule = component < rule->components.size() ? &rule->components[component] : nullptr;
    if (rule == nullptr || rule->kind != grammar::ElementClass::text || character_count(text) <= rule->max) return;
    auto const kept = std::string(characters(text, 1, rule->max));
    diagnostics_.push_back(fault("MAP-0124", canonical(),
                                 fmt::format("`{}` \"{}\" is cut to \"{}\": {} holds {} characters.", canonical(), text,
                                             kept, external(), rule->max)));
    text = kept;
}

/// A delimiter inside a text would change what the receiver reads.
char const* Emitter::bad_character(std::string_view text) const {
    auto const bad = std::find_if(text.begin(), text.end(), [&](char c) { return bad_[static_cast<unsigned char>(c)]; });
    return bad == text.end() ? nullptr : &*bad;
}

void Emitter::check_characters(std::string_view text, std::string_view external, std::string const& canonical) {
    auto const* const bad = bad_character(text);
    if (bad == nullptr) return;
    auto const byte = static_cast<unsigned char>(*bad);
    diagnostics_.push_back(fault(
        "MAP-0113", canonical,
        fmt::format("{} cannot be written to {}: it holds {}.",
                    canonical.empty() ? "A text of the document" : fmt::format("A text of `{}`", canonical), external,
                    byte < 0x20 || byte == 0x7f ? fmt::format("the control character 0x{:02x}", byte)
                                                : fmt::format("`{}`, a delimiter of this interchange", *bad)),
        "Take it out of the text, or choose other delimiters in the partner's profile."));
    diagnostics_.back().value = std::string(text);
}

void Emitter::check(NodeIndex node, Built const& built, OutObject const& object) {
    if (!built.filled) return;
    auto const segment = schema_.nodes()[node].segment;
    auto const& rule = schema_.segments()[segment];
    auto const& id = segment_id(node);
    auto const count = std::min(rule.elements.size(), std::max<std::size_t>(fields_.size() - 1, plan_.mandatory[segment]));
    for (std::size_t i = 0; i < count; ++i) {
        auto const& element = rule.elements[i];
        auto const text = i + 1 < fields_.size() ? fields_[i + 1] : std::string_view();
        auto const canonical = [&] { return canonical_of({object, i < elements_.size() ? elements_[i].source : nullptr}); };
        if (text.empty()) {
            auto const hierarchy = node == plan_.hierarchy_row && (i == 0 || i == 1 || i == 3);
            if (element.mandatory && !hierarchy && built.content)
                diagnostics_.push_back(
                    fault("MAP-0112", canonical(),
                          fmt::format("{}{:02} is mandatory in {}, and {} has no value for it.", id, i + 1,
                                      schema_.path(node),
                                      object.place == nullptr ? "the document" : fmt::format("`{}`", object.path())),
                          filled_by(object, fmt::format("{}{:02}", id, i + 1))));
            continue;
        }
        if (text.size() <= element.max || element.kind == grammar::ElementClass::composite || text == count_mark) continue;
        std::size_t longest = 0; // of its values
        for (auto rest = text;;) {
            auto const end = delimiters_.repetition == '\0' ? rest.npos : rest.find(delimiters_.repetition);
            longest = std::max(longest, counted_length(rest.substr(0, end), element.kind));
            if (end == rest.npos) break;
            rest.remove_prefix(end + 1);
        }
        if (longest > element.max)
            diagnostics_.push_back(
                fault("MAP-0111", canonical(),
                      fmt::format("`{}` \"{}\" is too long for {}/{}{:02}, which holds {} characters.", canonical(), text,
                                  schema_.loops()[schema_.nodes()[node].loop].path, id, i + 1, element.max)));
    }
}

/// A claim that stands earlier may take what a later one wrote: a reference of kind `department` from a list, where
/// REF*DP is the first name of something else.
void Emitter::check_claim(Scope const& scope, Claim const& claim, std::vector<std::string_view> const& written,
                          OutObject const& object, UsedBits* used) {
    if (used == nullptr) return;
    auto const& claims = scope.by_row[claim.row - scope.first];
    if (claims.size() == 1) return;
    std::uint64_t filled = 0;
    for (std::size_t i = 1; i < written.size(); ++i)
        if (!written[i].empty()) filled |= element_bit(static_cast<unsigned>(i));
    auto const text = [&](unsigned number) { return number < written.size() ? written[number] : std::string_view(); };
    auto const* const reader = claim_for(claims, *used, filled, schema_.nodes()[claim.row].starts_loop, text);
    set_used(claim, *used);
    if (reader == &claim) return;
    auto const shown = fmt::format("{}", fmt::join(written, std::string_view(&delimiters_.element, 1)));
    diagnostics_.push_back(fault(
        "MAP-0120", object.path(),
        fmt::format("`{}` is written as {}, and {}.", object.place == nullptr ? "the document" : object.path(), shown,
                    reader == nullptr ? "no line of the map reads that"
                                      : fmt::format("{} reads that first", reader->origin.text_place())),
        fmt::format("Written by {}.", claim.origin.text_place())));
}

} // namespace wharf::translator
