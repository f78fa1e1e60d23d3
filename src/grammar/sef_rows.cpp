#include "grammar/sef_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace wharf::grammar {
namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
constexpr std::uint32_t level_element = 3; // HL03

std::vector<SefItem const*> pointers_to(std::vector<SefItem> const& items) {
    std::vector<SefItem const*> made;
    for (auto const& item : items) made.push_back(&item);
    return made;
}

/// LS … LE: the standard has a loop where SEF has segments one after the other. What stands in it; empty: this begins none.
std::vector<SefItem const*> bounded(std::vector<SefItem const*> const& items, std::size_t from, std::vector<SetRow> const& rows) {
    auto const& item = *items[from];
    auto const is_loop = [&](SetRow const& row) { return row.is_loop && row.segment == "LS"; };
    if (item.is_loop || item.use.segment != "LS" || std::ranges::none_of(rows, is_loop)) return {};
    for (auto i = from + 1; i < items.size(); ++i)
        if (items[i]->use.segment == "LE" && !items[i]->is_loop)
            return {items.begin() + static_cast<std::ptrdiff_t>(from) + 1, items.begin() + static_cast<std::ptrdiff_t>(i) + 1};
    return {};
}

} // namespace

SefSetView::SefSetView(SefFile const& file_, SefSet const& set_, SetDefinition const& definition_, Dictionary const& dictionary_, SefFindings& findings_)
    : file(file_), set(set_), definition(definition_), dictionary(dictionary_), findings(findings_) {
    unsigned counter = 0;
    count(set.items, counter);
    for (auto const& list : file.codes)
        for (auto const& subset : list.subsets)
            for (auto const& place : subset.places)
                if (place.set.empty() || place.set == set.id) subsets_.try_emplace({place.ordinal, place.segment, place.element, place.component}, &subset);
    rows_ = match(pointers_to(set.items), definition.rows, nullptr, Area::heading);
}

std::string SefSetView::label(SefRow const& row) {
    return row.ordinal == 0 ? std::string(row.segment()) : fmt::format("{} ({} of .SETS)", row.segment(), row.ordinal);
}

SefRow const* SefSetView::row(std::uint32_t ordinal) const {
    auto const found = by_ordinal_.find(ordinal);
    return found == by_ordinal_.end() ? nullptr : found->second;
}

SefCodeSubset const* SefSetView::subset(SefRow const& row, std::uint32_t element, std::uint32_t component) const {
    if (auto const found = subsets_.find({row.ordinal, std::string_view(), element, component}); row.ordinal != 0 && found != subsets_.end()) return found->second;
    auto const found = subsets_.find({0, row.segment(), element, component});
    return found == subsets_.end() ? nullptr : found->second;
}

/// Segments in their order, from 1; `@n` stands outside of the count.
void SefSetView::count(std::vector<SefItem> const& items, unsigned& counter) {
    for (auto const& item : items) {
        auto const ordinal = item.use.ordinal ? *item.use.ordinal : ++counter;
        if (!ordinals_.try_emplace(&item, ordinal).second) continue;
        count(item.items, counter);
    }
}

std::vector<SefRow*> SefSetView::match(Items const& items, std::vector<SetRow> const& rows, SefRow* parent, Area area) {
    std::vector<SefRow*> made;
    std::set<SetRow const*> found;
    std::size_t last = nowhere;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto const& item = *items[i];
        if (item.starts_area && i > 0 && parent == nullptr) area = area == Area::heading ? Area::detail : Area::summary;
        auto inside = bounded(items, i, rows);
        i += inside.size();
        auto* row = match_one(item, rows, parent, area, last, item.is_loop || !inside.empty());
        if (row == nullptr) continue;
        if (inside.empty()) inside = pointers_to(item.items);
        by_ordinal_.try_emplace(row->ordinal, row);
        if (row->row != nullptr) found.insert(row->row);
        made.push_back(row);
        if (!row->is_loop() || row->use == Use::must_not) continue;
        static std::vector<SetRow> const nothing; // what stands in a loop of their own is all their own
        row->rows = match(inside, row->row == nullptr ? nothing : row->row->rows, row, row->area);
        if (row->row == nullptr) continue;
        // A level of the tree written inside another stands beside it: the standard has one loop HL for all.
        for (auto* inner : row->rows)
            if (inner->row == row->row) {
                inner->parent = parent;
                above_.try_emplace(inner, row);
                made.push_back(inner);
            }
        std::erase_if(row->rows, [&](SefRow* inner) { return inner->row == row->row; });
    }
    for (auto const& row : rows) {
        if (found.contains(&row) || row.segment == "ST" || row.segment == "SE") continue;
        if (row.mandatory) {
            not_carried(parent == nullptr ? set.at : parent->item->use.at, fmt::format("the file has no {}, which {} of {} makes mandatory; it stays mandatory", row.segment, definition.id, definition.release));
            continue;
        }
        auto& absent = make();
        absent.row = &row;
        absent.parent = parent;
        absent.area = row.area;
        absent.use = Use::must_not;
        // Two rows of one name: `#2` says which is meant.
        for (auto const& other : rows) {
            if (&other == &row) break;
            absent.number += other.segment == row.segment ? 1 : 0;
        }
        made.push_back(&absent);
    }
    tell_apart(made);
    return made;
}

std::size_t SefSetView::find_row(SefItem const& item, std::vector<SetRow> const& rows, std::size_t last) {
    std::size_t first = nowhere, same = nowhere;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].segment != item.use.segment) continue;
        if (first == nowhere) first = i;
        if (rows[i].is_loop == item.is_loop && (last == nowhere || i > last)) return i;
        if (i == last) same = i;
    }
    return same != nowhere ? same : first;
}

SefRow* SefSetView::match_one(SefItem const& item, std::vector<SetRow> const& rows, SefRow* parent, Area area, std::size_t& last, bool is_loop) {
    auto const is_level = [](SefItem const& one) { return one.is_loop && one.use.segment == "HL"; };
    auto const nested = parent != nullptr && is_level(item) && is_level(*parent->item);
    auto const index = nested ? nowhere : find_row(item, rows, last);
    if (index == nowhere && !nested) return beyond(item, parent, area);
    auto const& row = nested ? *parent->row : rows[index];
    if (!nested) {
        if (last != nowhere && index < last)
            not_carried(item.use.at, fmt::format("{} stands behind {} here, before it in the standard; the order of the standard holds", item.use.segment, rows[last].segment));
        last = index;
    }
    if (is_loop != row.is_loop)
        not_carried(item.use.at, is_loop ? fmt::format("{} begins a loop here, but is a segment of its own in {} of {}; what stands in the loop is left out", item.use.segment, definition.id, definition.release)
                                              : fmt::format("{} is a segment here, but begins a loop in {} of {}; what may stand in that loop is not narrowed", item.use.segment, definition.id, definition.release));
    auto& made = make();
    made.row = &row;
    made.item = &item;
    made.parent = parent;
    made.ordinal = ordinals_.at(&item);
    made.area = row.area;
    made.use = use_of(item, &row);
    for (auto const& other : rows) {
        if (nested || &other == &row) break;
        made.number += other.segment == row.segment ? 1 : 0;
    }
    return &made;
}

SefRow* SefSetView::beyond(SefItem const& item, SefRow* parent, Area area) {
    if (item.use.mark == '.') return nullptr; // neither the standard nor the guideline uses it
    if (dictionary.segment(item.use.segment) == nullptr) {
        not_carried(item.use.at, fmt::format("{} has no segment {}", definition.release, item.use.segment));
        return nullptr;
    }
    report("SEF-0011", item.use.at, fmt::format("{} of {} has no {}{} here; the guide allows it with `beyond`", definition.id, definition.release, item.is_loop ? "loop " : "", item.use.segment));
    auto& made = make();
    made.item = &item;
    made.parent = parent;
    made.ordinal = ordinals_.at(&item);
    made.area = area;
    made.use = use_of(item, nullptr);
    return &made;
}

Use SefSetView::use_of(SefItem const& item, SetRow const* row) const {
    auto const mandatory = row != nullptr && row->mandatory;
    if (item.use.mark == '.') {
        if (!mandatory) return Use::must_not;
        not_carried(item.use.at, fmt::format("{} is marked as not used, but {} of {} makes it mandatory; it stays mandatory", item.use.segment, definition.id, definition.release));
        return Use::must;
    }
    if (item.use.mark == '!' || item.use.requirement == 'M') return Use::must;
    return mandatory ? Use::must : Use::may;
}

void SefSetView::tell_apart(std::vector<SefRow*>& rows) {
    std::map<SetRow const*, std::vector<SefRow*>> places;
    for (auto* row : rows)
        if (row->row != nullptr && row->item != nullptr) places[row->row].push_back(row);
    for (auto& [place, variants] : places) {
        auto const* parent = variants.front()->parent;
        if (variants.size() < 2 || (parent != nullptr && place == parent->row)) continue;
        // Of several, the unused ones say nothing: what no variant takes is not used.
        auto const unused = [](SefRow const* row) { return row->use == Use::must_not; };
        auto const all_unused = std::ranges::all_of(variants, unused);
        std::set<SefRow const*> dropped;
        for (auto* row : variants)
            if (unused(row) && (!all_unused || row != variants.front())) dropped.insert(row);
        std::erase_if(rows, [&](SefRow* row) { return dropped.contains(row); });
        std::erase_if(variants, [&](SefRow* row) { return dropped.contains(row); });
        if (variants.size() < 2) continue;
        // That the place is mandatory says nothing of each variant.
        for (auto* row : variants)
            if (row->use == Use::must && row->item->use.mark != '!' && row->item->use.requirement != 'M') row->use = Use::may;
        if (place->segment == "HL" ? give_levels(variants) : give_qualifiers(variants)) {
            auto const has_rest = std::ranges::any_of(variants, [](SefRow const* row) { return row->qualifiers.empty(); });
            if (!has_rest && place->segment != "HL") {
                auto& rest = make();
                rest.row = place;
                rest.parent = variants.front()->parent;
                rest.number = variants.front()->number;
                rest.area = place->area;
                rest.use = Use::must_not;
                rows.insert(std::next(std::ranges::find(rows, variants.back())), &rest);
            }
            continue;
        }
        // Nothing tells them apart: one row allows what each of them does.
        auto& first = *variants.front();
        not_carried(variants[1]->item->use.at,
                    fmt::format("{} rows {} stand at one place of the standard and no codes tell them apart; the first is kept, without what it says of elements", variants.size(), first.segment()),
                    "a guide tells variants apart by the codes of their qualifier");
        if (!std::ranges::any_of(variants, [](SefRow const* row) { return row->use == Use::must; }) && !first.row->mandatory) first.use = Use::may;
        first.level = "*"; // its elements and count are not those of the file
        for (auto* row : variants)
            if (row != &first) std::erase(rows, row);
    }
}

bool SefSetView::give_qualifiers(std::vector<SefRow*> const& variants) {
    auto const* segment = dictionary.segment(variants.front()->row->segment);
    if (segment == nullptr || segment->key == 0) return false;
    std::set<std::string> met;
    unsigned open = 0; // at most one may be what no other takes, and it stands last
    for (auto* row : variants) {
        auto const* codes = subset(*row, segment->key, 0);
        if (codes == nullptr || codes->codes.empty()) {
            if (++open > 1 || row != variants.back()) return false;
            continue;
        }
        for (auto const& code : codes->codes)
            if (!met.insert(code).second) return false;
    }
    for (auto* row : variants)
        if (auto const* codes = subset(*row, segment->key, 0)) row->qualifiers = codes->codes;
    return true;
}

/// Each HL loop of the file is one level, when its HL03 has one code that no other has.
bool SefSetView::give_levels(std::vector<SefRow*> const& variants) {
    std::map<SefRow const*, std::string> codes;
    std::set<std::string> met;
    for (auto const* row : variants) {
        auto const* codes_here = subset(*row, level_element, 0);
        if (codes_here == nullptr || codes_here->codes.size() != 1 || codes_here->codes.front().size() > 2 || !met.insert(codes_here->codes.front()).second) return false;
        codes[row] = codes_here->codes.front();
    }
    std::vector<std::string> above;
    for (auto* row : variants) {
        row->level = codes[row];
        // Side by side SEF does not say which stands under which: any before it may.
        auto const inside = above_.find(row);
        row->under = inside != above_.end() && codes.contains(inside->second) ? std::vector{codes[inside->second]} : above;
        above.push_back(row->level);
    }
    return true;
}

} // namespace wharf::grammar
