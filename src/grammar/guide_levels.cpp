// The tree of `levels HL`: codes, counts and parents, held against each other and against the parent guide.
#include "grammar/guide_resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace wharf::grammar {
namespace {

constexpr std::size_t max_levels = 100;

/// "M 1", "O 2 to 5 times".
std::string times(LevelRule const& level) {
    auto const least = level.min > 1 && level.min != level.max ? fmt::format("{} to ", level.min) : std::string();
    return fmt::format("{} {}{}", level.mandatory ? "M" : "O", least, count_words(level.max));
}

class LevelReader {
public:
    LevelReader(GuideFile const& file, GuideNode const& node, NarrowedSet const& set, Grammars const& grammars,
                bool has_parent, GuideProblems& problems)
        : file_(file), node_(node), set_(set), grammars_(grammars),
          parent_(has_parent && !set.levels.levels.empty() ? &set.levels : nullptr), problems_(problems) {}

    LevelRules read() {
        if (parent_ != nullptr) {
            made_ = *parent_;
            made_.levels.clear();
        }
        for (auto const& row : node_.rows)
            row.line.kind == GuideLineKind::level_row ? take_level(row.line) : take_count(row.line);
        if (made_.levels.empty())
            add(node_.line, node_.line.id, "`levels` names no level",
                "write one row a level, such as: S \"Shipment\" M 1");
        check_parents();
        check_tops();
        check_ends();
        return std::move(made_);
    }

private:
    Diagnostic& add(GuideLine const& line, Span span, std::string message, std::string help) {
        return problems_.add("GUIDE-0035", file_, line, span, std::move(message), std::move(help));
    }

    void take_level(GuideLine const& line) {
        LevelRule level;
        level.code = std::string(line.id.text);
        level.name = line.title;
        level.mandatory = line.use == Use::must;
        level.max = line.count->max;
        level.min = line.count->has_min ? line.count->min : level.mandatory ? 1 : 0;
        for (auto const& word : line.words)
            level.under.emplace_back(word.text);
        level.source = {&file_.name, line.number, line.id.column, line.id.length};
        if (line.use == Use::must_not)
            add(line, line.use_span, fmt::format("level {} is forbidden", level.code),
                "leave the row out: levels that are not named are forbidden");
        if (level.max != 0 && level.min > level.max)
            add(line, *line.count, "no number satisfies this count", "write the smaller number first");
        auto const* segment = set_.dictionary->segment(node_.line.id.text);
        if (segment != nullptr && segment->key != 0)
            if (auto const facts = element_facts(*set_.dictionary, *segment, segment->key, 0);
                facts && facts->codes != nullptr && !facts->codes->find(level.code))
                add(line, line.id,
                    fmt::format("{} is no code of {} (element {}) in {}", level.code, facts->label, facts->reference,
                                facts->release),
                    code_hint(level.code, *facts, grammars_));
        if (auto const same = find(made_.levels, level.code); same != nullptr) {
            add(line, line.id, fmt::format("level {} a second time", level.code),
                "join the two rows; `under` takes several levels")
                .related.push_back(related_place(same->source, "the first stands here"));
            return;
        }
        if (made_.levels.size() == max_levels) return add_too_many(line);
        check_parent_guide(level, line);
        made_.levels.push_back(std::move(level));
        lines_.push_back(&line);
    }

    void add_too_many(GuideLine const& line) {
        problems_.add("GUIDE-0004", file_, line, line.id, fmt::format("more than {} levels", max_levels),
                      "one row a level");
    }

    static LevelRule const* find(std::vector<LevelRule> const& levels, std::string_view code) {
        auto const found = std::ranges::find(levels, code, &LevelRule::code);
        return found == levels.end() ? nullptr : &*found;
    }

    void check_parent_guide(LevelRule const& level, GuideLine const& line) {
        if (parent_ == nullptr) return;
        auto const* before = find(parent_->levels, level.code);
        auto const relaxes = [&](std::string message) {
            auto& finding = problems_.add("GUIDE-0045", file_, line, line.id, std::move(message),
                                          "a guide may only narrow the one it extends");
            if (before != nullptr)
                finding.related.push_back(related_place(before->source, "the guide it extends says so here"));
        };
        if (before == nullptr) return relaxes(fmt::format("the guide this one extends has no level {}", level.code));
        if ((before->mandatory && !level.mandatory) || level.min < before->min ||
            (before->max != 0 && (level.max == 0 || level.max > before->max)))
            relaxes(fmt::format("level {} is {} here, but {} in the guide this one extends", level.code, times(level), times(*before)));
        for (auto const& under : level.under)
            if (std::ranges::find(before->under, under) == before->under.end())
                relaxes(
                    fmt::format("level {} does not stand under {} in the guide this one extends", level.code, under));
    }

    void take_count(GuideLine const& line) {
        if (line.segment != node_.line.id.text) {
            add(line, line.id, fmt::format("{} stands below `levels {}`", line.id.text, node_.line.id.text),
                fmt::format("write an element of {}", node_.line.id.text));
            return;
        }
        switch (line.level_count) {
        case LevelCount::count_from:
            if (line.element != 1)
                add(line, line.id, fmt::format("{} does not count", line.id.text),
                    "HL01 numbers the levels: HL01 count from 1");
            made_.count_from = line.number_value;
            return;
        case LevelCount::parent:
            if (line.element != 2)
                add(line, line.id, fmt::format("{} does not name a parent", line.id.text), "HL02 does: HL02 parent");
            made_.parent_required = true;
            return;
        case LevelCount::unused:
            if (line.element != 2 && line.element != 4)
                add(line, line.id, fmt::format("{} cannot be unused", line.id.text), "HL02 and HL04 can be");
            (line.element == 2 ? made_.parent_unused : made_.child_unused) = true;
            if (line.element == 2 && made_.parent_required)
                add(line, line.id, "HL02 cannot be the parent and unused", "keep one of the two rows");
            return;
        }
    }

    void check_parents() {
        for (std::size_t i = 0; i < made_.levels.size(); ++i)
            for (auto const& word : lines_[i]->words)
                if (find(made_.levels, word.text) == nullptr)
                    add(*lines_[i], word,
                        fmt::format("level {} stands under {}, which is no level of this tree", made_.levels[i].code,
                                    word.text),
                        "name it in a row of its own, or correct the code");
    }

    void check_tops() {
        std::vector<std::size_t> tops;
        for (std::size_t i = 0; i < made_.levels.size(); ++i)
            if (made_.levels[i].under.empty()) tops.push_back(i);
        if (tops.empty() && !made_.levels.empty())
            add(node_.line, node_.line.id, "no level stands at the top",
                "one level has no `under`, such as: S \"Shipment\" M 1");
        for (std::size_t i = 1; i < tops.size(); ++i)
            add(*lines_[tops[i]], lines_[tops[i]]->id,
                fmt::format("levels {} and {} both stand at the top", made_.levels[tops[0]].code,
                            made_.levels[tops[i]].code),
                "say what it stands under: … under S")
                .related.push_back(related_place(made_.levels[tops[0]].source, "the other top"));
    }

    /// Every level must lead up to the top; those that only lead to each other go in a circle.
    void check_ends() {
        std::set<std::string_view> rooted;
        for (bool grows = true; grows;) {
            grows = false;
            for (auto const& level : made_.levels) {
                auto const reaches =
                    level.under.empty() ||
                    std::ranges::any_of(level.under, [&](std::string const& up) { return rooted.contains(up); });
                if (reaches) grows = rooted.insert(level.code).second || grows;
            }
        }
        // A circle beside a way to the top: follow `under` from each level and see whether it comes back.
        for (std::size_t i = 0; i < made_.levels.size(); ++i) {
            auto const& level = made_.levels[i];
            std::set<std::string_view> seen;
            std::vector<std::string_view> open(level.under.begin(), level.under.end());
            while (!open.empty()) {
                auto const code = open.back();
                open.pop_back();
                if (!seen.insert(code).second) continue;
                if (auto const* up = find(made_.levels, code))
                    open.insert(open.end(), up->under.begin(), up->under.end());
            }
            if (seen.contains(level.code))
                add(*lines_[i], lines_[i]->id, fmt::format("level {} stands under itself", level.code),
                    "the levels of `under` must lead up to one top");
            else if (!rooted.contains(level.code) && std::ranges::all_of(level.under, [&](std::string const& up) {
                         return find(made_.levels, up) != nullptr;
                     }))
                add(*lines_[i], lines_[i]->id, fmt::format("level {} cannot be reached from the top", level.code),
                    "correct the levels it stands under");
        }
    }

    GuideFile const& file_;
    GuideNode const& node_;
    NarrowedSet const& set_;
    Grammars const& grammars_;
    LevelRules const* parent_;
    GuideProblems& problems_;
    LevelRules made_;
    std::vector<GuideLine const*> lines_;
};

} // namespace

void resolve_levels(GuideFile const& file, GuideNode const& node, NarrowedSet& set, Grammars const& grammars,
                    bool has_parent, GuideProblems& problems) {
    auto made = LevelReader(file, node, set, grammars, has_parent, problems).read();
    set.levels = std::move(made);
}

} // namespace wharf::grammar
