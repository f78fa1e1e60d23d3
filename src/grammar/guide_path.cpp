#include "grammar/guide_path.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace wharf::grammar {
namespace {

constexpr std::size_t max_shown = 4; // places named in a message

void collect_places(std::vector<NarrowedRow> const& rows, std::string_view segment, std::string const& path,
                    std::set<std::string>& found) {
    for (auto const& row : rows) {
        auto const own = path + "/" + row.row->segment;
        if (row.row->segment == segment) found.insert(own);
        collect_places(row.rows, segment, own, found);
    }
}

class PathLookup {
public:
    PathLookup(RulePath& path, NarrowedSet const& set, Grammars const& grammars)
        : path_(path), set_(set), grammars_(grammars) {}

    std::expected<PathTarget, GuideFault> run(GuideBlock const& block) {
        if (path_.steps.empty() && !name_pair_segment(block))
            return std::unexpected(GuideFault{"GUIDE-0040",
                                              fmt::format("{} stands outside a segment with pairs", path_.text),
                                              "write the segment too, such as PO1/<UP>"});
        if (auto fault = first_step(block)) return std::unexpected(*fault);
        for (std::size_t i = 1; i < path_.steps.size(); ++i)
            if (auto fault = next_step(i)) return std::unexpected(*fault);
        return target();
    }

private:
    SegmentDefinition const* definition(std::string_view segment) const { return set_.dictionary->segment(segment); }

    bool name_pair_segment(GuideBlock const& block) {
        for (auto row = block.rbegin(); row != block.rend(); ++row)
            if (auto const* segment = definition((*row)->row->segment);
                segment != nullptr && segment->pairs_from != 0) {
                PathStep step;
                step.segment = segment->id;
                path_.steps.push_back(std::move(step));
                return true;
            }
        return false;
    }

    std::optional<GuideFault> resolve(PathStep& step) const {
        auto const* segment = definition(step.segment);
        if (segment == nullptr) return unknown(step, set_.rows, "");
        return resolve_tests(step.qualifiers, *set_.dictionary, *segment, grammars_, true);
    }

    /// Does the row let segments through that the step means?
    static bool fits(NarrowedRow const& row, PathStep const& step) {
        return step.qualifiers.empty() || row.qualifiers.empty() || !disjoint(row.qualifiers, step.qualifiers);
    }

    std::optional<GuideFault> first_step(GuideBlock const& block) {
        auto& step = path_.steps.front();
        if (auto fault = resolve(step)) return fault;
        if (!path_.absolute)
            for (auto row = block.rbegin(); row != block.rend(); ++row) {
                if ((*row)->row->segment == step.segment && step.place == 1 && fits(**row, step)) {
                    rows_ = {*row};
                    return std::nullopt;
                }
                if (take((*row)->rows, step)) return std::nullopt;
            }
        if (take(set_.rows, step)) return std::nullopt;
        return unknown(step, set_.rows,
                       path_.absolute ? fmt::format("{} of {} begins with", set_.set->id, set_.set->release)
                                      : std::string());
    }

    std::optional<GuideFault> next_step(std::size_t index) {
        auto& step = path_.steps[index];
        if (auto fault = resolve(step)) return fault;
        auto const before = std::move(rows_);
        rows_.clear();
        for (auto const* row : before)
            collect(row->rows, step);
        if (!rows_.empty()) return std::nullopt;
        if (step.segment == "HL" && before.front()->row->segment == "HL") 
            return level_below(before.front(), path_.steps[index - 1], step);
        return unknown(step, before.front()->rows, before.front()->row->segment);
    }

    /// `HL[S]/HL[O]`: in the grammar all levels are one loop, whose occurrences stand side by side.
    std::optional<GuideFault> level_below(NarrowedRow const* above, PathStep const& parent, PathStep const& step) {
        if (auto const* all = neighbours(set_.rows, above)) collect(*all, step);
        if (rows_.empty()) return unknown(step, set_.rows, {});
        auto const& parents = level_codes(parent);
        LevelRule const* elsewhere = nullptr;
        for (auto const& code : level_codes(step)) {
            auto const level = std::ranges::find(set_.levels.levels, code, &LevelRule::code);
            if (level == set_.levels.levels.end() || std::ranges::find_first_of(level->under, parents) != level->under.end())
                return std::nullopt;
            elsewhere = &*level;
        }
        if (elsewhere == nullptr || parents.empty()) return std::nullopt;
        return GuideFault{"GUIDE-0040",
                          fmt::format("path {}: level {} does not stand under {} in this guide", path_.text, elsewhere->code,
                                      fmt::join(parents, ", ")),
                          elsewhere->under.empty() ? "it stands at the top: begin the path with it"
                                                   : fmt::format("it stands under {}", fmt::join(elsewhere->under, ", "))};
    }

    /// The values of HL03 that a step asks for; empty: any.
    static std::vector<std::string> const& level_codes(PathStep const& step) {
        static std::vector<std::string> const any;
        auto const found = std::ranges::find(step.qualifiers, 3, &QualifierTest::element);
        return found == step.qualifiers.end() ? any : found->values;
    }

    /// The rows among which this one stands. As deep as the grammar's loops.
    static std::vector<NarrowedRow> const* neighbours(std::vector<NarrowedRow> const& rows, NarrowedRow const* wanted) {
        for (auto const& row : rows) {
            if (&row == wanted) return &rows;
            if (auto const* found = neighbours(row.rows, wanted)) return found;
        }
        return nullptr;
    }

    bool take(std::vector<NarrowedRow> const& rows, PathStep const& step) {
        collect(rows, step);
        return !rows_.empty();
    }

    /// Exact variants win over those that only may be meant.
    void collect(std::vector<NarrowedRow> const& rows, PathStep const& step) {
        auto const range = find_place(rows, step.segment, step.place);
        for (auto i = range.begin; i != range.end; ++i)
            if (!step.qualifiers.empty() && same_tests(rows[i].qualifiers, step.qualifiers))
                return rows_.push_back(&rows[i]);
        auto const some_variant = [&] {
            for (auto i = range.begin; i != range.end; ++i)
                if (!rows[i].qualifiers.empty() && !disjoint(rows[i].qualifiers, step.qualifiers)) return true;
            return false;
        }();
        for (auto i = range.begin; i != range.end; ++i)
            if (fits(rows[i], step) && !(some_variant && !step.qualifiers.empty() && rows[i].qualifiers.empty()))
                rows_.push_back(&rows[i]);
    }

    GuideFault unknown(PathStep const& step, std::vector<NarrowedRow> const& rows, std::string_view where) const {
        auto const number = step.place == 1 ? std::string() : fmt::format("#{}", step.place);
        auto const place =
            where.empty() ? fmt::format("{} of {}", set_.set->id, set_.set->release) : std::string(where);
        return {"GUIDE-0040",
                fmt::format("path {}: {} has no {}{}{}", path_.text, place, step.segment, number,
                            place_hint(set_, rows, step.segment, grammars_)),
                "a path is looked up in the block it stands in, then outward; `/` starts at the set"};
    }

    std::expected<PathTarget, GuideFault> target() const {
        PathTarget found;
        found.rows = rows_;
        found.segment = definition(path_.steps.back().segment);
        if (path_.element != 0) {
            auto facts = element_facts(*set_.dictionary, *found.segment, path_.element, path_.component);
            if (!facts) return std::unexpected(facts.error());
            found.facts = std::move(*facts);
        } else if (!path_.pair.empty()) {
            auto facts = pair_facts(*set_.dictionary, *found.segment, false);
            if (!facts) return std::unexpected(facts.error());
            found.facts = std::move(*facts);
            found.facts->label = path_.text;
            auto const qualifier = pair_facts(*set_.dictionary, *found.segment, true);
            if (path_.pair != "*" && qualifier->codes != nullptr && !qualifier->codes->find(path_.pair))
                return std::unexpected(
                    GuideFault{"GUIDE-0022",
                               fmt::format("{} is no qualifier of {} (element {}) in {}", path_.pair, found.segment->id,
                                           qualifier->reference, qualifier->release),
                               code_hint(path_.pair, *qualifier, grammars_)});
        }
        return found;
    }

    RulePath& path_;
    NarrowedSet const& set_;
    Grammars const& grammars_;
    std::vector<NarrowedRow const*> rows_;
};

} // namespace

ValueRule PathTarget::rule_in(NarrowedRow const& row, RulePath const& path) {
    if (!path.pair.empty()) {
        for (auto const& pair : row.pairs)
            if (pair.qualifier == path.pair) return pair.rule;
        return {};
    }
    for (auto const& element : row.elements)
        if (element.element == path.element && element.component == path.component) return element.rule;
    return {};
}

std::expected<PathTarget, GuideFault> resolve_path(RulePath& path, NarrowedSet const& set, GuideBlock const& block,
                                                   Grammars const& grammars) {
    return PathLookup(path, set, grammars).run(block);
}

PlaceRange find_place(std::vector<NarrowedRow> const& rows, std::string_view segment, std::uint32_t number,
                      std::optional<Area> area, std::optional<bool> loop) {
    for (std::size_t i = 0; i < rows.size();) {
        auto end = i + 1;
        while (end < rows.size() && rows[end].place == rows[i].place)
            ++end;
        auto const& row = *rows[i].row;
        if (row.segment == segment && (!area || row.area == *area) && (!loop || row.is_loop == *loop) && --number == 0)
            return {i, end};
        i = end;
    }
    return {};
}

std::string places_in_set(NarrowedSet const& set, std::string_view segment) {
    std::set<std::string> found;
    collect_places(set.rows, segment, set.set->id, found);
    std::string text;
    std::size_t shown = 0;
    for (auto const& path : found) {
        if (shown == max_shown) return text + fmt::format(" and {} more", found.size() - max_shown);
        text += shown == 0 ? path : (shown + 1 == found.size() ? " and " : ", ") + path;
        ++shown;
    }
    return text;
}

std::string place_hint(NarrowedSet const& set, std::vector<NarrowedRow> const& rows, std::string_view segment,
                       Grammars const& grammars) {
    if (auto const places = places_in_set(set, segment); !places.empty())
        return fmt::format(" (the set has it as {})", places);
    if (set.dictionary->segment(segment) == nullptr) {
        for (auto const& release : grammars.releases())
            if (auto const dictionary = grammars.dictionary(release);
                dictionary && dictionary->segment(segment) != nullptr)
                return fmt::format(" ({} has no such segment, {} has)", set.set->release, release);
    }
    std::vector<std::string> names;
    for (auto const& row : rows)
        names.push_back(row.row->segment);
    auto const nearest = nearest_word(segment, names);
    return nearest.empty() ? std::string() : fmt::format("; did you mean {}?", nearest);
}

} // namespace wharf::grammar
