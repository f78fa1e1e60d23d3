#include "grammar/sef_rules.hpp"

#include "grammar/guide_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace wharf::grammar {
namespace {

std::string step_of(SefRow const& row) {
    std::string step(row.segment());
    if (row.number > 1) step += fmt::format("#{}", row.number);
    auto const add = [&](std::vector<std::string> const& codes) {
        std::string inner;
        for (auto const& code : codes) inner += (inner.empty() ? "" : ",") + guide_value(code);
        if (!inner.empty()) step += '[' + inner + ']';
    };
    add(row.level.empty() || row.level == "*" ? row.qualifiers : std::vector{row.level});
    return step;
}

std::string element_name(SefRow const& row, std::uint32_t element, std::uint32_t component) {
    return component == 0 ? fmt::format("{}{:02}", row.segment(), element) : fmt::format("{}{:02}-{:02}", row.segment(), element, component);
}

/// A place as seen from a block (nullptr: from none): the steps below what both stand in, or from the set on.
std::string path_from(SefRow const* block, SefRow const& row, std::uint32_t element, std::uint32_t component) {
    std::vector<SefRow const*> above;
    for (auto const* at = block; at != nullptr; at = at->parent) above.push_back(at);
    std::string path;
    SefRow const* at = &row;
    // An element names its segment, so the segment's own step is left out where it says no more.
    if (element != 0 && std::ranges::find(above, at) == above.end() && step_of(row) == row.segment()) {
        path = element_name(row, element, component);
        element = 0;
        at = row.parent;
    }
    for (; at != nullptr && std::ranges::find(above, at) == above.end(); at = at->parent) path = path.empty() ? step_of(*at) : step_of(*at) + '/' + path;
    if (at == nullptr && !path.empty()) path = '/' + path;
    if (element == 0) return path.empty() ? step_of(row) : path;
    auto const name = element_name(row, element, component);
    return path.empty() ? name : path + '/' + name;
}

class RuleWriter {
public:
    RuleWriter(SefSetView const& view, SefTally& tally) : view_(view), tally_(tally) {}

    SefRuleLines run() {
        for (auto const& rule : view_.file.rules)
            if (rule.place.set == view_.set.id) write(rule);
        notes_of(view_.rows());
        return std::move(made_);
    }

private:
    struct Object {
        SefRow const* row = nullptr;
        std::uint32_t element = 0, component = 0;
    };

    void left_out(SefRule const& rule, std::string why) {
        view_.not_carried(rule.at, fmt::format("the rule {} of {} {}; it is left out", view_.file.text.readable(rule.text), view_.file.text.readable(rule.place.text), why));
    }

    std::optional<Object> object_at(SefLocation const& place) {
        auto const* row = place.ordinal == 0 ? nullptr : view_.row(place.ordinal);
        return row == nullptr ? std::nullopt : std::optional(Object{row, place.element, place.component});
    }

    void write(SefRule const& rule) {
        auto const object = object_at(rule.place);
        if (!object) return left_out(rule, "speaks of a segment that the set does not have");
        // A rule about an element stands in its segment, one about a segment in what that stands in.
        auto const* block = object->element != 0 ? object->row : object->row->parent;
        auto const condition = condition_of(rule, block);
        if (!condition) return;
        auto const path = object->element != 0 ? element_name(*object->row, object->element, object->component) : step_of(*object->row);
        if (rule.action == "USAGE") return usage(rule, *object, block, *condition, path);
        if (rule.action == "LOCALCODE" && object->element != 0) return local_codes(rule, *object, block, *condition, path);
        if (rule.action == "APPVALUE" && object->element != 0) return values(rule, *object, block, *condition, path);
        left_out(rule, fmt::format("asks for {}, which only a program can do", view_.file.text.readable(rule.action)));
    }

    /// Empty: always. Nothing: cannot be said, and is reported.
    std::optional<std::string> condition_of(SefRule const& rule, SefRow const* block) {
        std::string text;
        for (auto const& test : rule.tests) {
            auto const variable = std::ranges::find(view_.file.variables, test.variable, &SefVariable::name);
            if (variable == view_.file.variables.end()) {
                left_out(rule, fmt::format("tests {}, which .OBJVARS does not name", view_.file.text.readable(test.variable)));
                return std::nullopt;
            }
            auto const object = variable->place.set == view_.set.id ? object_at(variable->place) : std::nullopt;
            if (!object) {
                left_out(rule, fmt::format("tests {}, which is at {}: the set has no such place", view_.file.text.readable(test.variable), view_.file.text.readable(variable->place.text)));
                return std::nullopt;
            }
            auto const path = path_from(block, *object->row, object->element, object->component);
            auto const said = test_text(test, path, object->element == 0);
            if (said.empty()) {
                left_out(rule, fmt::format("tests with '{}', which a guide has no word for", test.operation));
                return std::nullopt;
            }
            if (!text.empty()) text += test.or_before ? " or " : " and ";
            text += said;
        }
        return text;
    }

    std::string test_text(SefTest const& test, std::string const& path, bool whole) const {
        struct Word {
            std::string_view sef, guide;
        };
        static constexpr Word words[] = {{"EQ", "="}, {"NE", "!="}, {"LT", "<"}, {"LE", "<="}, {"GT", ">"}, {"GE", ">="}};
        auto const found = std::ranges::find(words, test.operation, &Word::sef);
        if (found == std::end(words)) return {};
        auto value = test.value;
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        if (value.empty()) return found->sef == "EQ" ? path + " absent" : found->sef == "NE" ? path + " present" : std::string();
        return whole ? std::string() : fmt::format("{} {} {}", path, found->guide, guide_value(view_.file.text.readable(value)));
    }

    void usage(SefRule const& rule, Object const& object, SefRow const* block, std::string const& condition, std::string const& path) {
        if (rule.argument.empty()) return left_out(rule, "does not say which use");
        auto const use = rule.argument.front();
        if (use == '3' || use == '4') return tally_.mark(rule.at);
        if (use < '0' || use > '2') return left_out(rule, "says a use that SEF 1.6 does not have");
        auto const was_unused = unused_before(object);
        auto const when = condition.empty() ? std::string() : fmt::format("when {}: ", condition);
        if (condition.empty()) return left_out(rule, "has no condition");
        if (was_unused) {
            if (object.element == 0) made_.conditional_rows.insert(object.row);
            else made_.conditional_elements[object.row].insert({object.element, object.component});
        }
        if (use == '1') add(rule, object, block, fmt::format("{}{} -", when, path));
        else if (use == '2') add(rule, object, block, fmt::format("{}{} M{}", when, path, was_unused ? " else -" : ""));
        else if (was_unused) add(rule, object, block, fmt::format("when not ({}): {} -", condition, path));
    }

    bool unused_before(Object const& object) const {
        if (object.element == 0) return object.row->item != nullptr && object.row->item->use.mark == '.';
        auto const* segment = view_.file.segment(object.row->segment());
        if (segment == nullptr || object.row->item == nullptr || object.component != 0) return false;
        auto const mask = object.row->item->use.mask;
        if (mask && *mask > 0 && *mask <= segment->masks.size()) {
            auto const& marks = segment->masks[*mask - 1];
            return object.element > marks.size() || marks[object.element - 1].mark == '#';
        }
        return object.element <= segment->elements.size() && segment->elements[object.element - 1].mark == '.';
    }

    void local_codes(SefRule const& rule, Object const& object, SefRow const* block, std::string const& condition, std::string const& path) {
        auto const* segment = view_.file.segment(object.row->segment());
        auto const* codes = segment == nullptr || object.element > segment->elements.size() ? nullptr : view_.file.codes_of(segment->elements[object.element - 1].element);
        auto argument = rule.argument;
        while (argument.ends_with(':')) argument.remove_suffix(1);
        std::size_t number = 0;
        std::from_chars(argument.data(), argument.data() + argument.size(), number);
        if (codes == nullptr || number == 0 || number > codes->subsets.size()) return left_out(rule, "names a list of codes that .CODES does not have");
        auto const cell = codes_cell(view_, codes->subsets[number - 1].codes, codes->element, rule.at);
        if (!cell.empty()) effect(rule, object, block, condition, path, cell);
    }

    void values(SefRule const& rule, Object const& object, SefRow const* block, std::string const& condition, std::string const& path) {
        auto argument = rule.argument;
        while (argument.ends_with(':')) argument.remove_suffix(1);
        auto const list = std::ranges::find(view_.file.lists, argument, &SefValueList::name);
        if (list == view_.file.lists.end()) return left_out(rule, "names a list that .VALLISTS does not have");
        auto const cell = list_cell(view_, *list);
        if (!cell.empty()) effect(rule, object, block, condition, path, cell);
    }

    void effect(SefRule const& rule, Object const& object, SefRow const* block, std::string const& condition, std::string const& path, std::string const& cell) {
        if (condition.empty()) return left_out(rule, "has no condition");
        add(rule, object, block, fmt::format("when {}: {}{}", condition, path, cell.substr(1)));
    }

    void add(SefRule const& rule, Object const& object, SefRow const* block, std::string text) {
        auto& lines = block == nullptr ? made_.of_area[object.row->area] : made_.of_row[block];
        lines.push_back({std::move(text), rule.at, {}});
    }

    // ---- syntax notes that the standard lacks

    void notes_of(std::vector<SefRow*> const& rows) {
        for (auto const* row : rows) {
            if (row->item != nullptr && row->use != Use::must_not) extra_notes(*row);
            notes_of(row->rows);
        }
    }

    void extra_notes(SefRow const& row) {
        auto const* made = view_.file.segment(row.segment());
        auto const* known = view_.dictionary.segment(row.segment());
        if (made == nullptr || known == nullptr) return;
        for (auto const& note : made->notes) {
            auto const same = [&](SyntaxNote const& other) { return other.kind == note.kind && other.positions == note.positions; };
            auto const inside = std::ranges::all_of(note.positions, [&](auto position) { return position != 0 && position <= known->elements.size(); });
            if (row.segment() != "ST" && row.segment() != "SE" && inside && note.positions.size() > 1 && std::ranges::none_of(known->notes, same)) note_lines(row, note, made->at);
        }
    }

    void note_lines(SefRow const& row, SyntaxNote const& note, char const* at) {
        std::vector<std::string> names;
        for (auto const position : note.positions) names.push_back(element_name(row, position, 0));
        auto const all_of = [&](std::string_view between, std::size_t from) {
            std::string text;
            for (std::size_t i = from; i < names.size(); ++i) text += (text.empty() ? "" : std::string(between)) + names[i];
            return text;
        };
        auto& lines = made_.of_row[&row];
        auto const must = [&](std::size_t i, std::size_t k) { lines.push_back({fmt::format("when {}: {} M", names[i], names[k]), at, {}}); };
        switch (note.kind) {
        case 'P':
            for (std::size_t i = 0; i < names.size(); ++i)
                for (std::size_t k = 0; k < names.size(); ++k)
                    if (i != k) must(i, k);
            break;
        case 'C':
            for (std::size_t k = 1; k < names.size(); ++k) must(0, k);
            break;
        case 'R': lines.push_back({fmt::format("need {}", all_of(" or ", 0)), at, {}}); break;
        case 'L': lines.push_back({fmt::format("need not {} or {}", names[0], all_of(" or ", 1)), at, {}}); break;
        case 'E':
            for (std::size_t i = 0; i < names.size(); ++i)
                for (std::size_t k = i + 1; k < names.size(); ++k) lines.push_back({fmt::format("need not ({} and {})", names[i], names[k]), at, {}});
            break;
        default: break;
        }
    }

    SefSetView const& view_;
    SefTally& tally_;
    SefRuleLines made_;
};

} // namespace

SefRuleLines rule_lines(SefSetView const& view, SefTally& tally) { return RuleWriter(view, tally).run(); }

} // namespace wharf::grammar
