// A guide as a person reads it: one line a row with the names of the standard, what is allowed, and the notes.
#include "grammar/guide_effective.hpp"
#include "grammar/guide_facts.hpp"
#include "grammar/guide_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr std::size_t label_width = 26;
constexpr std::size_t codes_shown = 12; // with their meanings
constexpr std::string_view area_words[] = {"heading", "detail", "summary"};

std::string_view use_in_words(Use use) {
    return use == Use::must ? "must" : use == Use::may ? "may" : "must not";
}

std::string joined(std::vector<std::string> const& parts) {
    return fmt::format("{}", fmt::join(parts, "; "));
}

class Page {
public:
    explicit Page(Guide const& guide) : guide_(guide), set_(guide.narrowed()), dictionary_(*set_.dictionary) {}

    std::string write() {
        out_ = fmt::format("{} ({})\n{} {} of {}, for GS08 {}\n", guide_.title(), guide_.name(), set_.set->id,
                           set_.set->name, guide_.release(), fmt::join(guide_.answers(), ", "));
        constexpr std::string_view unlisted[] = {"is allowed as the standard has it", "is reported", "is forbidden"};
        out_ += fmt::format("what is not mentioned {}\n", unlisted[static_cast<std::size_t>(set_.unlisted)]);
        if (!guide_.deviations().empty())
            out_ +=
                fmt::format("{} go beyond the standard (`wharf guide check` lists them)\n", guide_.deviations().size());
        for (auto const area : {Area::heading, Area::detail, Area::summary}) {
            area_ = area;
            area_open_ = false;
            rows(set_.rows, 1, area);
        }
        if (!set_.rules.empty()) {
            out_ += "\nrules of the whole set\n";
            rules(set_.rules, 1);
        }
        return std::move(out_);
    }

private:
    void line(unsigned depth, std::string const& label, std::string_view use, std::string const& text) {
        auto const start = std::string(std::size_t{depth} * 2, ' ') + label;
        auto made = fmt::format("{:<{}} {:<8}  {}", start, label_width, use, text);
        made.erase(made.find_last_not_of(' ') + 1);
        out_ += made + "\n";
    }
    void beside(std::string const& text) {
        if (!text.empty()) out_ += fmt::format("{:{}}{}\n", "", label_width + 11, text);
    }
    void open_area() {
        if (!area_open_) out_ += fmt::format("\n{}\n", area_words[static_cast<std::size_t>(area_)]);
        area_open_ = true;
    }

    // The recursion follows the set.
    void rows(std::vector<NarrowedRow> const& list, unsigned depth, std::optional<Area> area) {
        for (auto const& row : list) {
            if (!row.listed || (area && row.row->area != *area)) continue;
            auto const* segment = dictionary_.segment(row.row->segment);
            open_area();
            auto const label = row.row->segment + bracket_text(row.qualifiers, *segment);
            line(depth, row.row->is_loop ? "loop " + label : label, use_in_words(row.use), describe(row, *segment));
            beside(row.note);
            inside(row, *segment, depth + 1);
        }
    }

    std::string describe(NarrowedRow const& row, SegmentDefinition const& segment) const {
        std::vector<std::string> parts{row.name.empty() ? segment.name : row.name};
        if (auto const* level = level_of(row))
            parts.push_back(describe(*level));
        else if (row.use != Use::must_not)
            parts.push_back(times(row.min, row.max));
        if (row.beyond) parts.emplace_back("beyond the standard");
        if (row.report) parts.emplace_back("reported only");
        return joined(parts);
    }

    LevelRule const* level_of(NarrowedRow const& row) const {
        if (row.row->segment != "HL" || row.qualifiers.size() != 1 || row.qualifiers.front().values.size() != 1)
            return nullptr;
        auto const found =
            std::ranges::find(set_.levels.levels, row.qualifiers.front().values.front(), &LevelRule::code);
        return found == set_.levels.levels.end() ? nullptr : &*found;
    }
    static std::string describe(LevelRule const& level) {
        auto text = (level.mandatory ? "must be there, " : "may be there, ") + times(level.min, level.max);
        return level.under.empty() ? text + ", the top"
                                   : fmt::format("{}, under {}", text, fmt::join(level.under, " or "));
    }
    static std::string times(std::uint32_t min, std::uint32_t max) {
        if (max == 0) return min > 1 ? fmt::format("{} times or more", min) : "any number of times";
        if (min > 1) return min == max ? fmt::format("{} times", min) : fmt::format("{} to {} times", min, max);
        return max == 1 ? "once" : fmt::format("up to {} times", max);
    }

    void inside(NarrowedRow const& row, SegmentDefinition const& segment, unsigned depth) {
        for (auto const& element : row.elements)
            if (auto const facts = element_facts(dictionary_, segment, element.element, element.component);
                facts && element.rule.source.file != nullptr)
                value(facts->label, element.rule, *facts, facts->definition != nullptr ? facts->definition->name : "",
                      depth);
        auto const qualifier = pair_facts(dictionary_, segment, true);
        auto const facts = pair_facts(dictionary_, segment, false);
        for (auto const& pair : row.pairs) {
            if (!facts || !qualifier) continue;
            auto const meaning = pair.qualifier == "*" ? "any other qualifier" : meaning_of(*qualifier, pair.qualifier);
            value(fmt::format("<{}>", pair.qualifier), pair.rule, *facts, std::string(meaning), depth);
        }
        rows(row.rows, depth, std::nullopt);
        rules(row.rules, depth);
    }

    static std::string_view meaning_of(ElementFacts const& facts, std::string_view code) {
        auto const found = facts.codes == nullptr ? std::nullopt : facts.codes->find(code);
        return found.value_or("");
    }

    void value(std::string const& label, ValueRule const& rule, ElementFacts const& facts, std::string const& name,
               unsigned depth) {
        std::vector<std::string> parts{rule.name.empty() ? name : rule.name};
        if (rule.lengths)
            parts.push_back(lengths(*rule.lengths, rule.digits));
        else if (rule.digits)
            parts.emplace_back("digits");
        if (rule.is != ValueKind::none) parts.push_back(fmt::format("a {}", value_kind_word(rule.is)));
        if (rule.like) parts.push_back(fmt::format("like {}", rule.like_text));
        if (rule.from) parts.push_back("from " + rule.from->text() + (rule.to ? " to " + rule.to->text() : ""));
        if (rule.decimals) parts.push_back(fmt::format("at most {} decimals", *rule.decimals));
        if (rule.unique) parts.emplace_back("never twice in a set");
        if (rule.report) parts.emplace_back("reported only");
        if (parts.front().empty()) parts.erase(parts.begin());
        line(depth, label, use_in_words(rule.use), joined(parts));
        beside(codes("", rule.codes, facts));
        beside(codes("beyond the standard: ", rule.beyond_codes, facts));
        beside(rule.note);
    }

    static std::string lengths(std::pair<std::uint32_t, std::uint32_t> const& lengths, bool digits) {
        auto const [min, max] = lengths;
        auto const* sign = digits ? "digits" : "characters";
        return min == max ? fmt::format("{} {}", min, sign) : fmt::format("{} to {} {}", min, max, sign);
    }

    static std::string codes(std::string_view title, std::vector<std::string> const& list, ElementFacts const& facts) {
        if (list.empty()) return {};
        if (list.size() > codes_shown) return fmt::format("{}{}", title, fmt::join(list, " "));
        std::vector<std::string> parts;
        for (auto const& code : list) {
            auto const meaning = meaning_of(facts, code);
            parts.push_back(meaning.empty() ? code : fmt::format("{} {}", code, meaning));
        }
        return fmt::format("{}{}", title, fmt::join(parts, ", "));
    }

    void rules(std::vector<Rule> const& list, unsigned depth) {
        for (auto const& rule : list) {
            out_ += fmt::format("{:{}}{}{}\n", "", depth * 2, rule.text, rule.report ? "  (reported only)" : "");
            if (!rule.message.empty()) beside(rule.message);
        }
    }

    Guide const& guide_;
    NarrowedSet const& set_;
    Dictionary const& dictionary_;
    std::string out_;
    Area area_ = Area::heading;
    bool area_open_ = false;
};

} // namespace

std::string guide_for_people(Guide const& guide) {
    return Page(guide).write();
}

} // namespace wharf::grammar
