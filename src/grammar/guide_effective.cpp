#include "grammar/guide_effective.hpp"

#include "grammar/guide_facts.hpp"
#include "grammar/guide_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace wharf::grammar {
namespace {

constexpr std::string_view area_words[] = {"heading", "detail", "summary"};

std::string origins(GuidePlace const& source, std::vector<GuidePlace> const& earlier) {
    std::string text;
    auto const append = [&](GuidePlace const& place) {
        if (place.file == nullptr) return;
        auto name = std::filesystem::path(*place.file).filename().string();
        std::erase_if(name, [](unsigned char c) { return c < ' '; });
        text += fmt::format("{}{}:{}", text.empty() ? "  # " : ", ", name, place.line);
    };
    append(source);
    for (auto const& place : earlier)
        append(place);
    return text;
}

std::string values_text(std::vector<std::string> const& values) {
    std::string text;
    for (auto const& value : values)
        text += " " + guide_value(value);
    return text;
}

class Writer {
public:
    explicit Writer(NarrowedSet const& set) : set_(set), dictionary_(*set.dictionary) {}

    std::string take() { return std::move(out_); }

    void header(Guide const& guide) {
        line(0, fmt::format("guide {} {}", guide.name(), guide_quoted(guide.title())));
        line(0, fmt::format("narrows {} of {}", guide.set_id(), guide.release()));
        line(0, fmt::format("answers {}", fmt::join(guide.answers(), " ")));
        if (set_.unlisted != Unlisted::allow)
            line(0, fmt::format("unlisted {}", set_.unlisted == Unlisted::report ? "report" : "forbid"));
    }

    void areas() {
        for (auto const area : {Area::heading, Area::detail, Area::summary}) {
            area_line_ = false;
            area_ = area;
            rows(set_.rows, 1, area);
        }
        if (!set_.rules.empty()) { // their paths are looked up in the whole set, wherever they stand
            open_area();
            rules(set_.rules, 1);
        }
    }

private:
    void line(unsigned depth, std::string const& text, std::string const& comment = {}) {
        out_ += fmt::format("{:{}}{}{}\n", "", depth * 2, text, comment);
    }

    void open_area() {
        if (!area_line_) line(0, std::string(area_words[static_cast<std::size_t>(area_)]));
        area_line_ = true;
    }

    // The recursion follows the set.
    void rows(std::vector<NarrowedRow> const& list, unsigned depth, std::optional<Area> area) {
        bool levels_written = false;
        for (auto const& row : list) {
            if (area && row.row->area != *area) continue;
            auto const is_level = !set_.levels.levels.empty() && row.row->is_loop && row.row->segment == "HL" && area;
            if (is_level) {
                open_area();
                if (!levels_written) levels(depth);
                levels_written = true;
                if (!row.qualifiers.empty() && has_content(row)) {
                    line(depth, fmt::format("level {}", row.qualifiers.front().values.front()));
                    inside(row, depth + 1);
                }
            } else if (row.listed) {
                open_area();
                line(depth, row_text(row), origins(row.source, row.earlier));
                inside(row, depth + 1);
            }
        }
    }

    static bool has_content(NarrowedRow const& row) {
        return !row.elements.empty() || !row.pairs.empty() || !row.rules.empty() || !row.note.empty() ||
               std::ranges::any_of(row.rows, &NarrowedRow::listed);
    }

    void inside(NarrowedRow const& row, unsigned depth) {
        if (!row.note.empty()) line(depth, "note " + guide_quoted(row.note));
        auto const* segment = dictionary_.segment(row.row->segment);
        for (auto const& element : row.elements) {
            if (element.rule.source.file == nullptr) continue; // follows from the row
            auto const facts = element_facts(dictionary_, *segment, element.element, element.component);
            if (facts)
                value(facts->label, element.rule, *facts, facts->mandatory && element.rule.use != Use::must, depth);
        }
        auto const qualifier = pair_facts(dictionary_, *segment, true);
        auto const facts = pair_facts(dictionary_, *segment, false);
        if (facts)
            for (auto const& pair : row.pairs) {
                auto const beyond =
                    pair.qualifier != "*" && qualifier->codes != nullptr && !qualifier->codes->find(pair.qualifier);
                value(fmt::format("<{}>", pair.qualifier), pair.rule, *facts, beyond, depth);
            }
        rows(row.rows, depth, std::nullopt);
        rules(row.rules, depth);
    }

    std::string row_text(NarrowedRow const& row) const {
        auto const* segment = dictionary_.segment(row.row->segment);
        auto const relaxed = row.row->mandatory && row.use != Use::must && row.qualifiers.empty() && !has_variants(row);
        std::string text = is_extra(row) || relaxed || has_foreign_qualifier(row, *segment) ? "beyond " : "";
        text += fmt::format("{}{}", row.row->is_loop ? "loop " : "", row.row->segment);
        if (auto const number = place_number(row); number > 1) text += fmt::format("#{}", number);
        if (!row.qualifiers.empty()) text += " " + bracket_text(row.qualifiers, *segment);
        text += fmt::format("  {}", use_word(row.use));
        if (row.use != Use::must_not || row.max != row.row->max) text += " " + count_text(row);
        if (!row.name.empty()) text += "  " + guide_quoted(row.name);
        if (row.report) text += "  report";
        return text;
    }

    std::string count_text(NarrowedRow const& row) const {
        auto const beyond = row.row->max != 0 && (row.max == 0 || row.max > row.row->max);
        auto const max = row.max == 0 ? std::string(">1") : fmt::format("{}", row.max);
        auto const usual = row.use == Use::must ? 1u : 0u;
        return fmt::format("{}{}{}", beyond ? "beyond " : "", row.min == usual ? "" : fmt::format("{}..", row.min),
                           max);
    }

    bool is_extra(NarrowedRow const& row) const {
        return std::ranges::any_of(set_.extra_rows, [&](auto const& extra) { return extra.get() == row.row; });
    }
    bool has_foreign_qualifier(NarrowedRow const& row, SegmentDefinition const& segment) const {
        return std::ranges::any_of(row.qualifiers, [&](QualifierTest const& test) {
            auto const facts = element_facts(dictionary_, segment, test.element, test.component);
            return facts && facts->codes != nullptr && std::ranges::any_of(test.values, [&](std::string const& value) {
                       return !facts->codes->find(value);
                   });
        });
    }

    /// The rows that a row stands among: found by looking for it, which only printing needs.
    std::vector<NarrowedRow> const* siblings(std::vector<NarrowedRow> const& list, NarrowedRow const& wanted) const {
        for (auto const& row : list) {
            if (&row == &wanted) return &list;
            if (auto const* found = siblings(row.rows, wanted)) return found;
        }
        return nullptr;
    }
    bool has_variants(NarrowedRow const& row) const {
        return std::ranges::count(*siblings(set_.rows, row), row.place, &NarrowedRow::place) > 1;
    }
    /// `#2`: the second place of that name, of the same kind, in the same area.
    std::uint32_t place_number(NarrowedRow const& row) const {
        std::uint32_t number = 0;
        std::uint32_t last = 0xffffffff;
        for (auto const& other : *siblings(set_.rows, row)) {
            if (other.row->segment == row.row->segment && other.row->is_loop == row.row->is_loop &&
                other.row->area == row.row->area && other.place != last) {
                ++number;
                last = other.place;
            }
            if (&other == &row) break;
        }
        return number;
    }

    void value(std::string const& label, ValueRule const& rule, ElementFacts const& facts, bool beyond,
               unsigned depth) {
        auto text = fmt::format("{}{}  {}", beyond ? "beyond " : "", label, use_word(rule.use));
        if (!rule.name.empty()) text += "  " + guide_quoted(rule.name);
        if (rule.lengths) {
            auto const wider = facts.definition != nullptr && (rule.lengths->first < facts.definition->min ||
                                                               rule.lengths->second > facts.definition->max);
            text += fmt::format("  {}{}/{}", wider ? "beyond " : "", rule.lengths->first, rule.lengths->second);
        }
        if (rule.digits) text += "  digits";
        if (!rule.codes.empty()) text += "  codes" + values_text(rule.codes);
        if (!rule.beyond_codes.empty()) text += "  beyond codes" + values_text(rule.beyond_codes);
        if (rule.is != ValueKind::none) text += fmt::format("  is {}", value_kind_word(rule.is));
        if (rule.like) text += "  like " + guide_quoted(rule.like_text);
        if (rule.from) text += fmt::format("  from {}", rule.from->text());
        if (rule.to) text += fmt::format(" to {}", rule.to->text());
        if (rule.decimals) text += fmt::format("  decimals {}", *rule.decimals);
        if (rule.unique) text += "  unique";
        if (rule.report) text += "  report";
        line(depth, text, origins(rule.source, rule.earlier));
        if (!rule.note.empty()) line(depth + 1, "note " + guide_quoted(rule.note));
    }

    void rules(std::vector<Rule> const& list, unsigned depth) {
        for (auto const& rule : list)
            line(depth,
                 fmt::format("{}{}{}", rule.text, rule.message.empty() ? "" : "  " + guide_quoted(rule.message),
                             rule.report ? "  report" : ""),
                 origins(rule.source, {}));
    }

    void levels(unsigned depth) {
        line(depth, "levels HL");
        for (auto const& level : set_.levels.levels) {
            auto const usual = level.mandatory ? 1u : 0u;
            auto const max = level.max == 0 ? std::string(">1") : fmt::format("{}", level.max);
            line(depth + 1,
                 fmt::format("{} {}  {} {}{}{}", level.code, guide_quoted(level.name), level.mandatory ? "M" : "O",
                             level.min == usual ? "" : fmt::format("{}..", level.min), max,
                             level.under.empty() ? "" : fmt::format("  under {}", fmt::join(level.under, " "))),
                 origins(level.source, {}));
        }
        if (set_.levels.count_from) line(depth + 1, fmt::format("HL01 count from {}", *set_.levels.count_from));
        if (set_.levels.parent_required) line(depth + 1, "HL02 parent");
        if (set_.levels.parent_unused) line(depth + 1, "HL02 unused");
        if (set_.levels.child_unused) line(depth + 1, "HL04 unused");
    }

    NarrowedSet const& set_;
    Dictionary const& dictionary_;
    std::string out_;
    Area area_ = Area::heading;
    bool area_line_ = false;
};

} // namespace

std::string effective_text(Guide const& guide) {
    Writer writer(guide.narrowed());
    writer.header(guide);
    writer.areas();
    return writer.take();
}

} // namespace wharf::grammar
