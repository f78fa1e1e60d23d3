#include "grammar/sef_elements.hpp"

#include "grammar/guide_line.hpp"
#include "grammar/guide_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr std::size_t max_codes_of_a_cell = 500; // as guide_line.cpp reads them
constexpr std::size_t short_list = 60;           // a list of the dictionary that is worth repeating at each place

bool is_code(std::string_view value) {
    return !value.empty() && value.size() <= 80 && std::ranges::none_of(value, [](char c) { return c <= ' ' || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x7f; });
}

std::string_view numeric_kind(std::string_view type) { return type.starts_with('N') ? "N" : type; }

class ElementWriter {
public:
    ElementWriter(SefSetView const& view, SefNotes const& notes, SefRow const& row, std::set<std::pair<std::uint32_t, std::uint32_t>> const& conditional, SefTally& tally)
        : view_(view), notes_(notes), row_(row), conditional_(conditional), tally_(tally) {}

    std::vector<SefLine> run() {
        auto const* segment = view_.dictionary.segment(row_.segment());
        if (segment == nullptr || row_.item == nullptr || row_.level == "*") return {};
        auto const* made = view_.file.segment(row_.segment());
        if (made == nullptr) {
            auto const of_envelope = row_.segment() == "ST" || row_.segment() == "SE";
            if (!of_envelope && tally_.first(fmt::format("segment {}", row_.segment())))
                view_.report("SEF-0013", row_.item->use.at, fmt::format(".SEGS has no {}, so nothing is known of its elements", row_.segment()));
            return {};
        }
        whole(segment->elements, *made, mask_of(*made, row_.item->use.mask, row_.item->use.at, "segment"));
        return std::move(lines_);
    }

private:
    using Mask = std::vector<SefElementUse>;

    Mask const* mask_of(SefSegment const& made, std::optional<std::uint32_t> number, char const* at, std::string_view what) {
        if (!number || *number == 0) return nullptr;
        if (*number <= made.masks.size()) return &made.masks[*number - 1];
        view_.report("SEF-0013", at, fmt::format("{} {} has no mask {}; it has {}", what, made.id, *number, made.masks.size()), "its elements are taken without a mask");
        return nullptr;
    }

    void whole(std::vector<ElementUse> const& uses, SefSegment const& made, Mask const* mask) {
        std::uint32_t counter = 0;
        for (auto const& use : made.elements) {
            auto const position = use.ordinal ? *use.ordinal : ++counter;
            if (position == 0 || position > uses.size()) {
                if (tally_.first(fmt::format("extra {}{:02}", made.id, position)))
                    view_.not_carried(use.at, fmt::format("{}{:02} does not exist in {}; a guide cannot add an element", made.id, position, view_.definition.release));
                continue;
            }
            // Whatever stands behind a mask's end is not used.
            auto const* masked = mask == nullptr ? nullptr : position <= mask->size() ? &(*mask)[position - 1] : &behind_mask;
            value(uses[position - 1], position, 0, use, masked);
            if (auto const* composite = view_.file.composite(use.element); composite != nullptr && uses[position - 1].reference == use.element && !unused(use, masked))
                components(*composite, position, masked != nullptr && masked->mask ? masked->mask : use.mask);
        }
    }

    void components(SefSegment const& composite, std::uint32_t position, std::optional<std::uint32_t> number_of_mask) {
        auto const* known = view_.dictionary.composite(composite.id);
        if (known == nullptr) return;
        auto const* mask = mask_of(composite, number_of_mask, composite.at, "composite");
        std::uint32_t counter = 0;
        for (auto const& use : composite.elements) {
            auto const number = use.ordinal ? *use.ordinal : ++counter;
            if (number == 0 || number > known->components.size()) continue;
            auto const* inner = mask == nullptr ? nullptr : number <= mask->size() ? &(*mask)[number - 1] : &behind_mask;
            value(known->components[number - 1], position, number, use, inner);
        }
    }

    static bool unused(SefElementUse const& use, SefElementUse const* masked) {
        return masked != nullptr ? masked->mark == '#' : use.mark == '.';
    }

    std::string label(std::uint32_t position, std::uint32_t component) const {
        return component == 0 ? fmt::format("{}{:02}", row_.segment(), position) : fmt::format("{}{:02}-{:02}", row_.segment(), position, component);
    }

    /// One element or component: a row of the guide where something differs from the standard.
    void value(ElementUse const& known, std::uint32_t position, std::uint32_t component, SefElementUse const& use, SefElementUse const* masked) {
        auto const mark = masked != nullptr ? (masked->mark == '.' ? '\0' : masked->mark) : use.mark;
        auto const required = masked != nullptr && masked->requirement != 0 ? masked->requirement : use.requirement;
        auto const* at = masked != nullptr && masked->at != nullptr ? masked->at : use.at;
        auto const is_conditional = conditional_.contains({position, component});
        if (unused(use, masked) && !is_conditional) {
            if (!known.mandatory) lines_.push_back({fmt::format("{}  -", label(position, component)), at, {}});
            else
                view_.not_carried(at, fmt::format("{} is marked as not used, but {} makes it mandatory; it stays mandatory", label(position, component), view_.definition.release));
            return;
        }
        auto const must = !is_conditional && (known.mandatory || mark == '!' || required == 'M');
        std::string cells;
        if (known.reference == use.element) cells = value_cells(known, position, component, use, masked);
        else if (tally_.first(fmt::format("reference {} {}", label(position, component), use.element)))
            view_.not_carried(at, fmt::format("{} is element {} here, {} in {}; what the file says of its values is left out", label(position, component), use.element, known.reference, view_.definition.release));
        if (known.max_repeat != use.repeat.value_or(1) && use.repeat && tally_.first(fmt::format("repeat {}", label(position, component))))
            view_.not_carried(at, fmt::format("{} may repeat {} times here; a guide does not say how often an element repeats", label(position, component), *use.repeat));
        auto const words = mark_words(mark);
        if (!words.empty()) tally_.mark(at);
        auto const note = joined_notes(words, notes_.note(row_, position, component));
        auto const name = name_cell(known, position, component);
        if (cells.empty() && note.empty() && name.empty() && must == known.mandatory) return;
        SefLine line{fmt::format("{}  {}{}{}", label(position, component), must || known.mandatory ? "M" : "O", name, cells), at, {}};
        if (!note.empty()) line.rows.push_back({fmt::format("note {}", guide_quoted(note)), at, {}});
        lines_.push_back(std::move(line));
    }

    std::string name_cell(ElementUse const& known, std::uint32_t position, std::uint32_t component) const {
        auto const name = notes_.name(row_, position, component);
        auto const* definition = view_.dictionary.element(known.reference);
        if (name.empty() || (definition != nullptr && definition->name == name)) return {};
        return fmt::format("  {}", guide_quoted(name));
    }

    std::string value_cells(ElementUse const& known, std::uint32_t position, std::uint32_t component, SefElementUse const& use, SefElementUse const* masked) {
        auto const* definition = view_.dictionary.element(known.reference);
        if (definition == nullptr) return {}; // a composite
        auto const* made = view_.file.element(use.element);
        std::string cells;
        if (made != nullptr) cells += type_cell(*definition, *made, position, component);
        cells += length_cell(*definition, made, use, masked);
        if (auto const* subset = view_.subset(row_, position, component); subset != nullptr && !subset->codes.empty()) {
            // What tells variants apart stands in their brackets.
            auto const* segment = view_.dictionary.segment(row_.segment());
            auto const told = component == 0 && segment->key == position && (!row_.qualifiers.empty() || !row_.level.empty());
            if (!told) cells += codes_cell(view_, subset->codes, known.reference, subset->at);
        } else {
            cells += dictionary_codes(known.reference, use.at);
        }
        for (auto const& place : view_.file.list_places)
            if (place.place.set == view_.set.id && place.place.ordinal == row_.ordinal && place.place.element == position && place.place.component == component)
                cells += listed_values(place);
        return cells;
    }

    std::string listed_values(SefValuePlace const& place) {
        auto const found = std::ranges::find(view_.file.lists, place.list, &SefValueList::name);
        if (found != view_.file.lists.end()) return list_cell(view_, *found);
        view_.report("SEF-0013", place.place.at, fmt::format(".VALLISTS has no list {}", place.list));
        return {};
    }

    std::string type_cell(ElementDefinition const& known, SefElement const& made, std::uint32_t position, std::uint32_t component) {
        if (numeric_kind(made.type) == numeric_kind(known.type)) return {};
        auto const text = known.type == "AN" || known.type == "ID";
        if (text && made.type == "N0") return "  digits";
        if (text && made.type == "DT") return "  is date";
        if (text && made.type == "TM") return "  is time";
        if (text && (made.type == "ID" || made.type == "AN")) return {};
        if (tally_.first(fmt::format("type {}", made.id)))
            view_.not_carried(made.at, fmt::format("element {} has type {} here, {} in {}; the type of the standard holds ({})", made.id, made.type, known.type, view_.definition.release, label(position, component)));
        return {};
    }

    std::string length_cell(ElementDefinition const& known, SefElement const* made, SefElementUse const& use, SefElementUse const* masked) {
        auto min = made == nullptr ? known.min : made->min;
        auto max = made == nullptr || made->max == 0 ? known.max : made->max;
        for (auto const* over : {&use, masked}) {
            if (over == nullptr) continue;
            if (over->min) min = *over->min;
            if (over->max) max = *over->max;
        }
        if (min == 0) min = known.min;
        if (min == known.min && max == known.max) return {};
        auto const inside = min >= known.min && max <= known.max;
        if (!inside && tally_.first(fmt::format("length {} {}/{}", known.number, min, max)))
            view_.report("SEF-0011", use.at, fmt::format("lengths {}/{} of element {} go beyond {}/{} of {}; the guide allows them with `beyond`", min, max, known.number, known.min, known.max, view_.definition.release));
        return fmt::format("  {}{}/{}", inside ? "" : "beyond ", min, max);
    }

    /// The dictionary of the file may itself be shorter than the standard's.
    std::string dictionary_codes(std::string const& element, char const* at) {
        auto const* made = view_.file.codes_of(element);
        auto const* known = view_.dictionary.codes(element);
        if (made == nullptr || known == nullptr || made->codes.empty()) return {};
        auto const foreign = std::ranges::count_if(made->codes, [&](auto const& code) { return !known->find(code); });
        if (foreign > 0 && tally_.first(fmt::format("codes {}", element)))
            view_.report("SEF-0014", made->at, fmt::format("the list of element {} has {} codes that {} lacks; where no codes are chosen for a place, the list of the standard holds", element, foreign, view_.definition.release));
        auto const fewer = made->codes.size() - static_cast<std::size_t>(foreign) < known->size();
        return foreign == 0 && fewer && made->codes.size() <= short_list ? codes_cell(view_, made->codes, element, at) : std::string();
    }

    static inline SefElementUse const behind_mask = [] {
        SefElementUse use;
        use.mark = '#';
        return use;
    }();

    SefSetView const& view_;
    SefNotes const& notes_;
    SefRow const& row_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> const& conditional_;
    SefTally& tally_;
    std::vector<SefLine> lines_;
};

/// A literal as a pattern that only it matches.
std::string pattern_of(std::string_view literal) {
    std::string out;
    for (char const c : literal) {
        if (std::string_view("\\[](){}|?*+.^$-").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

} // namespace

std::string_view mark_words(SefMark mark) {
    switch (mark) {
    case '$': return "Recommended";
    case '-': return "Not recommended";
    case '&': return "Whether it is used depends on other data";
    default: return {};
    }
}

std::string joined_notes(std::string_view mark, std::string_view note) {
    if (mark.empty() || note.empty()) return std::string(mark.empty() ? note : mark);
    return fmt::format("{}. {}", mark, note);
}

std::string codes_cell(SefSetView const& view, std::vector<std::string> const& codes, std::string_view element, char const* at) {
    std::string all, extra;
    auto const* known = view.dictionary.codes(element);
    std::set<std::string_view> met;
    for (auto const& code : codes) {
        if (!met.insert(code).second) continue;
        if (!is_code(code)) {
            view.not_carried(at, fmt::format("\"{}\" is no code that a guide can name; the codes of this place are left out", view.file.text.readable(code)));
            return {};
        }
        all += ' ' + guide_value(code);
        if (known != nullptr && !known->find(code)) extra += ' ' + guide_value(code);
    }
    if (met.size() > max_codes_of_a_cell) {
        view.not_carried(at, fmt::format("{} codes at one place; a guide takes {}", met.size(), max_codes_of_a_cell));
        return {};
    }
    if (extra.empty()) return "  codes" + all;
    view.report("SEF-0011", at, fmt::format("the codes{} are not in the list of element {} of {}; the guide allows them with `beyond`", extra, element, view.definition.release));
    return fmt::format("  codes{}  beyond codes{}", all, extra);
}

std::string list_cell(SefSetView const& view, SefValueList const& list) {
    std::vector<std::string> values, patterns;
    for (auto const& value : list.values) {
        auto text = value.text;
        if (!value.is_pattern) {
            values.emplace_back(text);
            continue;
        }
        if (text.starts_with('^')) text.remove_prefix(1);
        if (text.ends_with('$')) text.remove_suffix(1);
        if (Pattern::compile(text)) patterns.emplace_back(text);
        else {
            view.not_carried(value.at, fmt::format("the expression {} of list {} cannot be said by `like`; the list is left out", view.file.text.readable(value.text), list.name));
            return {};
        }
    }
    if (patterns.empty() && std::ranges::all_of(values, is_code) && !values.empty() && values.size() <= max_codes_of_a_cell) {
        std::string cell = "  codes";
        for (auto const& value : values) cell += ' ' + guide_value(value);
        return cell;
    }
    for (auto const& value : values) patterns.push_back(pattern_of(value));
    std::string pattern;
    for (auto const& one : patterns) pattern += (pattern.empty() ? "" : "|") + one;
    if (!pattern.empty() && Pattern::compile(pattern)) return fmt::format("  like {}", guide_quoted(pattern));
    view.not_carried(list.at, fmt::format("the list {} is too long for a guide, or empty; it is left out", list.name));
    return {};
}

std::vector<SefLine> element_lines(SefSetView const& view, SefNotes const& notes, SefRow const& row, std::set<std::pair<std::uint32_t, std::uint32_t>> const& conditional,
                                   SefTally& tally) {
    return ElementWriter(view, notes, row, conditional, tally).run();
}

} // namespace wharf::grammar
