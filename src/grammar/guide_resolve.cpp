#include "grammar/guide_resolve.hpp"

#include "base/limits.hpp"
#include "grammar/guide_narrow.hpp"
#include "grammar/guide_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace wharf::grammar {
namespace {

constexpr std::size_t max_variants = 500;
constexpr std::size_t max_rows = 8'000;
constexpr std::string_view area_words[] = {"heading", "detail", "summary"};

std::size_t size_of(NarrowedRow const& row) {
    std::size_t count = 1;
    for (auto const& inner : row.rows)
        count += size_of(inner);
    return count;
}

std::uint32_t highest_place(std::vector<NarrowedRow> const& rows) {
    std::uint32_t highest = 0;
    for (auto const& row : rows)
        highest = std::max({highest, row.place, highest_place(row.rows)});
    return highest;
}

void number(std::vector<NarrowedRow>& rows, std::uint32_t& next) {
    std::uint32_t before = 0xffffffff;
    std::uint32_t given = 0;
    for (auto& row : rows) {
        if (row.place != before) given = next++;
        before = row.place;
        row.place = given;
        number(row.rows, next);
    }
}

class RowResolver {
public:
    RowResolver(GuideFile& file, NarrowedSet& set, Grammars const& grammars, bool has_parent, GuideProblems& problems)
        : file_(file), set_(set), grammars_(grammars), has_parent_(has_parent), problems_(problems),
          narrow_(file, set, grammars, has_parent, problems), next_place_(highest_place(set.rows) + 1) {
        for (auto const& row : set.rows)
            total_ += size_of(row);
    }

    void run() {
        for (auto& area : file_.areas) {
            Scope scope{&set_.rows, area.line.area,
                        fmt::format("the {}", area_words[static_cast<std::size_t>(area.line.area)])};
            apply(scope, area.rows);
        }
    }

private:
    Diagnostic& add(std::string_view code, GuideLine const& line, Span span, std::string message,
                    std::string help = {}) {
        return problems_.add(code, file_, line, span, std::move(message), std::move(help));
    }
    void add(GuideFault const& fault, GuideLine const& line, Span span) {
        add(fault.code, line, span, fault.message, fault.help);
    }
    void relate_row(Diagnostic& finding, NarrowedRow const& row) const {
        if (auto related = set_row(grammars_, *set_.set, *row.row)) finding.related.push_back(std::move(*related));
    }
    GuidePlace place_of(GuideLine const& line) const {
        return {&file_.name, line.number, line.id.column, line.id.length};
    }
    [[nodiscard]] std::string release() const { return set_.set->release; }

    // The recursion follows the indentation of the file, which is limited.
    void apply(Scope scope, std::vector<GuideNode>& nodes) {
        std::vector<std::uint32_t> touched;
        std::optional<std::uint32_t> above; // place of the row before
        for (auto& node : nodes) {
            if (node.line.kind == GuideLineKind::levels) {
                open_levels(scope, node);
                continue;
            }
            if (node.line.kind != GuideLineKind::segment && node.line.kind != GuideLineKind::level) continue;
            if (problems_.errors() >= limits::findings) return; // further ones are not kept
            auto const index =
                node.line.kind == GuideLineKind::level ? find_level(scope, node) : find_row(scope, node, above);
            if (!index) continue;
            auto& row = (*scope.rows)[*index];
            above = row.place;
            node.resolved = true;
            node.place = row.place;
            node.tests = row.qualifiers;
            if (node.line.kind == GuideLineKind::segment) {
                narrow_.row(row, node.line, scope);
                narrow_.check_minimums(scope, row.place, node.line);
            }
            apply_inside(row, node, scope);
        }
    }

    /// Rows below `FOB  -` say what cannot matter. (A mandatory one inside a forbidden loop is GUIDE-0036.)
    void check_effect(GuideNode const& node) {
        if (node.line.kind != GuideLineKind::segment || node.line.use != Use::must_not) return;
        auto const says = [](GuideNode const& inner) {
            return inner.line.kind != GuideLineKind::note && !(inner.line.kind == GuideLineKind::segment && inner.line.use == Use::must);
        };
        if (auto const inner = std::ranges::find_if(node.rows, says); inner != node.rows.end())
            add("GUIDE-0053", inner->line, {}, fmt::format("{} must not be there, so what stands below it has no effect", node.line.id.text), "leave it out, or write M or O");
    }

    void apply_inside(NarrowedRow& row, GuideNode& node, Scope const& scope) {
        check_effect(node);
        for (auto& inner : node.rows)
            if (inner.line.kind == GuideLineKind::element)
                narrow_.element(row, inner);
            else if (inner.line.kind == GuideLineKind::pair)
                narrow_.pair(row, inner);
            else if (inner.line.kind == GuideLineKind::note)
                row.note = inner.line.title;
        if (row.row->is_loop)
            apply({&row.rows, std::nullopt, fmt::format("loop {}", row.row->segment),
                   scope.forbidden || row.use == Use::must_not},
                  node.rows);
    }

    // ---- which row

    std::optional<std::size_t> find_row(Scope const& scope, GuideNode& node, std::optional<std::uint32_t> above) {
        auto const& line = node.line;
        auto range = find_place(*scope.rows, line.id.text, line.place, scope.area, line.is_loop);
        if (range.empty() && line.beyond && set_.dictionary->segment(line.id.text) != nullptr &&
            find_place(*scope.rows, line.id.text, line.place, scope.area).empty()) {
            if (auto const made = insert_extra(scope, line, above)) range = {*made, *made + 1};
        }
        if (range.empty()) {
            unknown_row(scope, line);
            return std::nullopt;
        }
        auto const* definition = set_.dictionary->segment(line.id.text);
        if (definition == nullptr) return std::nullopt; // a broken overlay; the schema says so
        auto tests = tests_of(line, *definition);
        if (!tests) return std::nullopt;
        return find_variant(scope, range, node, std::move(*tests), *definition);
    }

    std::optional<std::vector<QualifierTest>> tests_of(GuideLine const& line, SegmentDefinition const& definition) {
        std::vector<QualifierTest> tests;
        if (line.any_value) tests.emplace_back();
        for (auto const& written : line.qualifiers) {
            if (!written.segment.empty() && written.segment != definition.id) {
                add("GUIDE-0033", line, written,
                    fmt::format("an element of {} among the qualifiers of {}", written.segment, definition.id),
                    fmt::format("write {}{:02}={}", definition.id, written.element, written.value));
                return std::nullopt;
            }
            QualifierTest test{written.element, written.component, {written.value}};
            std::vector<QualifierTest> one{test};
            if (auto const fault = resolve_tests(one, *set_.dictionary, definition, grammars_, line.beyond)) {
                add(*fault, line, written);
                return std::nullopt;
            }
            auto const same = [&](QualifierTest const& other) {
                return other.element == one.front().element && other.component == one.front().component;
            };
            if (auto const found = std::ranges::find_if(tests, same); found != tests.end())
                found->values.push_back(written.value);
            else
                tests.push_back(one.front());
        }
        if (auto const fault = resolve_tests(tests, *set_.dictionary, definition, grammars_, line.beyond)) {
            add(*fault, line, line.qualifier_span);
            return std::nullopt;
        }
        return tests;
    }

    std::optional<std::size_t> find_variant(Scope const& scope, PlaceRange range, GuideNode const& node,
                                            std::vector<QualifierTest> tests, SegmentDefinition const& definition) {
        auto& rows = *scope.rows;
        auto const& line = node.line;
        for (auto i = range.begin; i != range.end; ++i) {
            auto const& row = rows[i];
            if (!same_tests(row.qualifiers, tests)) continue;
            if (!row.listed || row.source.file != &file_.name) return i;
            add("GUIDE-0015", line, {},
                fmt::format("{}{} a second time", line.id.text, bracket_text(tests, definition)), "join the two rows")
                .related.push_back(related_place(row.source, "the first stands here"));
            return std::nullopt;
        }
        auto const others = range.end - 1;
        if (rows[others].listed && rows[others].source.file == &file_.name) {
            add("GUIDE-0032", line, line.qualifier_span,
                fmt::format("{}{} stands after {} without brackets, which means all others", line.id.text,
                            bracket_text(tests, definition), line.id.text),
                "write the row without brackets last")
                .related.push_back(related_place(rows[others].source, "the row for all others"));
            return std::nullopt;
        }
        for (auto i = range.begin; i != others; ++i) {
            if (disjoint(rows[i].qualifiers, tests)) continue;
            add("GUIDE-0032", line, line.qualifier_span,
                fmt::format("{}{} and {}{} can both match one segment", line.id.text,
                            bracket_text(rows[i].qualifiers, definition), line.id.text,
                            bracket_text(tests, definition)),
                "variants of one row must be told apart by their qualifiers: give each code to one of them")
                .related.push_back(related_place(rows[i].source, "the other variant"));
            return std::nullopt;
        }
        return insert_variant(scope, range, line, std::move(tests));
    }

    /// A new variant begins as what the row for all others was.
    std::optional<std::size_t> insert_variant(Scope const& scope, PlaceRange range, GuideLine const& line,
                                              std::vector<QualifierTest> tests) {
        auto& rows = *scope.rows;
        auto const others = range.end - 1;
        total_ += size_of(rows[others]);
        if (range.end - range.begin > max_variants || total_ > max_rows) {
            if (!too_large_)
                add("GUIDE-0004", line, {},
                    fmt::format("more than {} variants of a row, or {} rows in all", max_variants, max_rows),
                    "join variants that allow the same: REF [IA,DP]");
            too_large_ = true;
            return std::nullopt;
        }
        NarrowedRow variant = rows[others];
        variant.qualifiers = std::move(tests);
        variant.listed = false;
        variant.mandatory = false;
        variant.min = 0;
        if (!rows[others].listed) {
            rows[others].mandatory = false;
            rows[others].min = 0;
        }
        rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(others), std::move(variant));
        return others;
    }

    /// A segment that the set does not have, `beyond`: behind the row above it.
    std::optional<std::size_t> insert_extra(Scope const& scope, GuideLine const& line,
                                            std::optional<std::uint32_t> above) {
        auto& rows = *scope.rows;
        std::size_t at = 0;
        if (above)
            while (at < rows.size() && (at == 0 || rows[at - 1].place != *above || rows[at].place == *above))
                ++at;
        else if (scope.area) {
            while (at < rows.size() && rows[at].row->area < *scope.area)
                ++at;
            if (at == 0 && !rows.empty()) at = 1; // behind ST
        }
        if (scope.area && at == rows.size() && at != 0) --at; // before SE
        auto made = std::make_unique<SetRow>();
        made->segment = std::string(line.id.text);
        made->position = "-";
        made->area = scope.area.value_or(rows.empty() ? Area::heading : rows.front().row->area);
        made->is_loop = line.is_loop;
        made->mandatory = line.use == Use::must;
        made->max = line.count ? line.count->max : 1;
        NarrowedRow row;
        row.row = made.get();
        row.place = next_place_++;
        row.max = row.place_max = made->max;
        row.beyond = true;
        set_.extra_rows.push_back(std::move(made));
        rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), std::move(row));
        ++total_;
        add("GUIDE-0050", line, line.beyond_span,
            fmt::format("{} of {} in {} has no {}; this guide adds it", scope.words, set_.set->id,
                        release(), line.id.text),
            "a strict receiver would refuse it; nothing to do when the partner really sends this");
        return at;
    }

    void unknown_row(Scope const& scope, GuideLine const& line) {
        auto const other_kind = find_place(*scope.rows, line.id.text, 1, scope.area, !line.is_loop);
        auto const place = fmt::format("{} of {} in {}", scope.words, set_.set->id, release());
        auto const number = line.place == 1 ? std::string() : fmt::format("#{}", line.place);
        if (!other_kind.empty() && line.place == 1) {
            auto const& row = (*scope.rows)[other_kind.begin];
            relate_row(add("GUIDE-0012", line, line.id,
                           fmt::format("{} is {} in {}", line.id.text,
                                       line.is_loop ? "a segment, not a loop," : "a loop, not a segment,", place),
                           line.is_loop ? fmt::format("write {} without `loop`", line.id.text)
                                        : fmt::format("write `loop {}`", line.id.text)),
                       row);
            return;
        }
        auto const known = set_.dictionary->segment(line.id.text) != nullptr;
        add("GUIDE-0011", line, line.id,
            fmt::format("{} has no {}{}{}", place, line.id.text, number,
                        place_hint(set_, *scope.rows, line.id.text, grammars_)),
            known ? fmt::format("`wharf explain {} --release {}` prints the set; write `beyond {}{}` if the partner "
                                "really sends it here",
                                set_.set->id, release(), line.is_loop ? "loop " : "", line.id.text)
                  : fmt::format("`wharf explain {} --release {}` prints the set", set_.set->id, release()));
    }

    // ---- levels: variants of the HL loop by HL03

    std::optional<PlaceRange> level_place(Scope const& scope, GuideLine const& line, std::string_view segment) {
        auto const range = find_place(*scope.rows, segment, 1, scope.area, true);
        if (!range.empty() && set_.dictionary->segment(segment) != nullptr &&
            set_.dictionary->segment(segment)->key != 0)
            return range;
        add("GUIDE-0035", line, line.id,
            fmt::format("{} of {} in {} has no loop {} with levels", scope.words, set_.set->id, release(), segment),
            "`levels HL` stands in the area that has the loop HL");
        return std::nullopt;
    }

    void open_levels(Scope const& scope, GuideNode& node) {
        auto const range = level_place(scope, node.line, node.line.id.text);
        if (!range) return;
        if (set_.levels.levels.empty() && range->end - range->begin > 1) {
            add("GUIDE-0035", node.line, node.line.id,
                fmt::format("{} has rows with brackets above; levels are its variants", node.line.id.text),
                "write `level S` in place of `loop HL [S]`, below `levels HL`");
            return;
        }
        auto const errors = problems_.errors();
        resolve_levels(file_, node, set_, grammars_, has_parent_, problems_);
        if (problems_.errors() != errors) return;
        levels_segment_ = std::string(node.line.id.text);
        for (auto& inner : node.rows)
            if (inner.line.kind == GuideLineKind::level_row)
                static_cast<void>(level_variant(scope, inner.line, inner.line.id));
        auto const now = find_place(*scope.rows, levels_segment_, 1, scope.area, true);
        auto& others = (*scope.rows)[now.end - 1];
        others.use = Use::must_not;
        others.mandatory = false;
        others.min = 0;
        others.listed = true;
        others.source = place_of(node.line);
        for (auto i = now.begin; i + 1 < now.end; ++i) // levels of the guide this one extends that are gone
            if (auto& row = (*scope.rows)[i]; std::ranges::none_of(set_.levels.levels, [&](LevelRule const& level) {
                    return level.code == row.qualifiers.front().values.front();
                }))
                row.use = Use::must_not;
    }

    std::optional<std::size_t> level_variant(Scope const& scope, GuideLine const& line, Word const& code) {
        auto const range = level_place(scope, line, levels_segment_);
        if (!range) return std::nullopt;
        auto const key = set_.dictionary->segment(levels_segment_)->key;
        std::vector<QualifierTest> tests{{key, 0, {std::string(code.text)}}};
        auto& rows = *scope.rows;
        for (auto i = range->begin; i != range->end; ++i)
            if (same_tests(rows[i].qualifiers, tests)) return i;
        auto const others = rows[range->end - 1].use; // of a parent's `levels`: new levels were refused before
        auto const made = insert_variant(scope, *range, line, std::move(tests));
        if (!made) return std::nullopt;
        auto& row = rows[*made];
        row.use = others == Use::must_not ? Use::may : row.use;
        row.listed = true;
        row.source = place_of(line);
        for (auto const& level : set_.levels.levels)
            if (level.code == code.text) row.name = level.name;
        return made;
    }

    std::optional<std::size_t> find_level(Scope const& scope, GuideNode& node) {
        auto const known = [&](LevelRule const& level) { return level.code == node.line.id.text; };
        if (levels_segment_.empty() && !set_.levels.levels.empty()) levels_segment_ = "HL";
        if (levels_segment_.empty() || std::ranges::none_of(set_.levels.levels, known)) {
            std::string codes;
            for (auto const& level : set_.levels.levels)
                codes += (codes.empty() ? "" : " ") + level.code;
            add("GUIDE-0035", node.line, node.line.id,
                codes.empty() ? "there is no `levels` row above it"
                              : fmt::format("`levels` has no level {}, only {}", node.line.id.text, codes),
                "name every level below `levels HL`, such as: S \"Shipment\" M 1");
            return std::nullopt;
        }
        return level_variant(scope, node.line, node.line.id);
    }

    GuideFile& file_;
    NarrowedSet& set_;
    Grammars const& grammars_;
    bool has_parent_;
    GuideProblems& problems_;
    RowNarrowing narrow_;
    std::uint32_t next_place_;
    std::size_t total_ = 0;
    bool too_large_ = false;
    std::string levels_segment_;
};

} // namespace

void number_places(NarrowedSet& set) {
    std::uint32_t next = 0;
    number(set.rows, next);
}

void resolve_rows(GuideFile& file, NarrowedSet& set, Grammars const& grammars, bool has_parent,
                  GuideProblems& problems) {
    RowResolver(file, set, grammars, has_parent, problems).run();
    if (file.unlisted) {
        auto const& line = *file.unlisted;
        constexpr std::string_view words[] = {"allowed", "reported", "forbidden"};
        if (has_parent && line.unlisted < set.unlisted)
            problems.add("GUIDE-0045", file, line, {},
                         fmt::format("what is not mentioned is to be {} here, but {} in the guide this one extends",
                                     words[static_cast<std::size_t>(line.unlisted)], words[static_cast<std::size_t>(set.unlisted)]),
                         "a guide may only narrow the one it extends");
        set.unlisted = line.unlisted;
    }
}

} // namespace wharf::grammar
