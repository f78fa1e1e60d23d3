#include "grammar/guide_facts.hpp"

#include "base/nearest.hpp"
#include "grammar/grammar_file.hpp"
#include "grammar/guide_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

std::expected<ElementFacts, GuideFault> facts_of(Dictionary const& dictionary, std::string label, ElementUse const& use,
                                                 bool mandatory) {
    ElementFacts facts;
    facts.label = std::move(label);
    facts.reference = use.reference;
    facts.mandatory = mandatory;
    facts.release = dictionary.release();
    if (use.reference.starts_with('C')) return facts;
    facts.definition = dictionary.element(use.reference);
    if (facts.definition != nullptr && facts.definition->type == "ID") facts.codes = dictionary.codes(use.reference);
    return facts;
}

std::string_view trimmed(std::string_view line) {
    auto const begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return {};
    return line.substr(begin, line.find_last_not_of(" \r") - begin + 1);
}

/// The line of a file as a related place: its text is the message.
Related at_line(Grammars::File const& file, std::size_t offset) {
    auto const begin = offset == 0 ? 0 : file.text.rfind('\n', offset - 1) + 1; // npos + 1 is 0
    auto const line = file.text.substr(begin, file.text.find('\n', begin) - begin);
    Related related;
    related.place.file = file.name;
    related.place.line = static_cast<std::uint32_t>(std::ranges::count(file.text.substr(0, begin), '\n')) + 1;
    related.place.column = static_cast<std::uint32_t>(line.find_first_not_of(' ')) + 1;
    related.message = trimmed(line);
    return related;
}

std::optional<Related> line_that_begins(Grammars const& grammars, std::string_view name, std::string const& beginning,
                                        std::string_view inner = {}) {
    auto const file = grammars.file(name);
    if (!file) return std::nullopt;
    auto at = file->text.starts_with(beginning) ? 0 : file->text.find("\n" + beginning);
    if (at == std::string_view::npos) return std::nullopt;
    if (at != 0) ++at;
    if (!inner.empty()) {
        auto const end = file->text.find("\nsegment ", at + 1);
        auto const found = file->text.substr(0, end).find(fmt::format("\n  {} ", inner), at);
        if (found != std::string_view::npos) at = found + 1;
    }
    return at_line(*file, at);
}

/// Rows in the order of the file, as those of one release are.
SetRow const* nth_row(std::vector<SetRow> const& rows, SetRow const* wanted, std::size_t& index) {
    for (auto const& row : rows) {
        if (&row == wanted) return &row;
        ++index;
        if (auto const* found = nth_row(row.rows, wanted, index)) return found;
    }
    return nullptr;
}

} // namespace

std::string count_words(std::uint32_t max) {
    return max == 0 ? "any number of times" : max == 1 ? "once" : fmt::format("{} times", max);
}

bool ElementFacts::is_number() const {
    return definition != nullptr &&
           (definition->type == "R" || (definition->type.size() == 2 && definition->type[0] == 'N'));
}

std::string ElementFacts::lengths() const {
    return definition == nullptr ? std::string() : fmt::format("{}/{}", definition->min, definition->max);
}

std::expected<ElementFacts, GuideFault> element_facts(Dictionary const& dictionary, SegmentDefinition const& segment,
                                                      std::uint8_t element, std::uint8_t component) {
    auto label = fmt::format("{}{:02}", segment.id, element);
    if (element == 0 || element > segment.elements.size())
        return std::unexpected(
            GuideFault{"GUIDE-0013",
                       fmt::format("there is no {}; {} has {} elements in {}", label, segment.id,
                                   segment.elements.size(), dictionary.release()),
                       fmt::format("`wharf explain {} --release {}` lists them", segment.id, dictionary.release())});
    auto const& use = segment.elements[element - 1];
    if (component == 0) return facts_of(dictionary, std::move(label), use, use.mandatory);
    auto const* composite = use.reference.starts_with('C') ? dictionary.composite(use.reference) : nullptr;
    if (composite == nullptr)
        return std::unexpected(GuideFault{"GUIDE-0013",
                                          fmt::format("{} has no components in {}", label, dictionary.release()),
                                          fmt::format("write {} alone", label)});
    if (component > composite->components.size())
        return std::unexpected(
            GuideFault{"GUIDE-0013",
                       fmt::format("there is no {}-{:02}; composite {} has {} components in {}", label, component,
                                   composite->id, composite->components.size(), dictionary.release()),
                       {}});
    auto const& inner = composite->components[component - 1];
    return facts_of(dictionary, fmt::format("{}-{:02}", label, component), inner, inner.mandatory);
}

std::expected<ElementFacts, GuideFault> pair_facts(Dictionary const& dictionary, SegmentDefinition const& segment,
                                                   bool qualifier) {
    if (segment.pairs_from == 0 || segment.pairs_from >= segment.elements.size())
        return std::unexpected(GuideFault{"GUIDE-0014",
                                          fmt::format("{} has no pairs of qualifier and value", segment.id),
                                          fmt::format("name an element, such as {}01", segment.id)});
    auto const& use = segment.elements[qualifier ? segment.pairs_from - 1u : segment.pairs_from];
    return facts_of(dictionary, fmt::format("{}{:02}", segment.id, use.position), use, false);
}

std::optional<GuideFault> resolve_tests(std::vector<QualifierTest>& tests, Dictionary const& dictionary,
                                        SegmentDefinition const& segment, Grammars const& grammars, bool any_code) {
    for (auto& test : tests) {
        if (test.element == 0) {
            if (segment.key == 0)
                return GuideFault{"GUIDE-0033", fmt::format("{} has no qualifier of its own", segment.id),
                                  fmt::format("name the element: {}[{}{:02}={}]", segment.id, segment.id, 1,
                                              test.values.empty() ? "…" : test.values.front())};
            test.element = segment.key;
        }
        auto const facts = element_facts(dictionary, segment, test.element, test.component);
        if (!facts) return facts.error();
        for (auto const& value : test.values)
            if (!any_code && facts->codes != nullptr && !facts->codes->find(value))
                return GuideFault{"GUIDE-0033",
                                  fmt::format("{} is no code of {} (element {}) in {}", guide_value(value),
                                              facts->label, facts->reference, facts->release),
                                  code_hint(value, *facts, grammars)};
        std::ranges::sort(test.values);
        auto const again = std::ranges::unique(test.values);
        test.values.erase(again.begin(), again.end());
    }
    return std::nullopt;
}

bool disjoint(std::span<QualifierTest const> a, std::span<QualifierTest const> b) {
    for (auto const& one : a)
        for (auto const& other : b) {
            if (one.element != other.element || one.component != other.component || one.values.empty() ||
                other.values.empty())
                continue;
            std::vector<std::string> both;
            std::ranges::set_intersection(one.values, other.values, std::back_inserter(both));
            if (both.empty()) return true;
        }
    return false;
}

bool same_tests(std::span<QualifierTest const> a, std::span<QualifierTest const> b) {
    return a.size() == b.size() && std::ranges::all_of(a, [&](QualifierTest const& one) {
               return std::ranges::any_of(b, [&](QualifierTest const& other) {
                   return one.element == other.element && one.component == other.component &&
                          one.values == other.values;
               });
           });
}

std::string bracket_text(std::span<QualifierTest const> tests, SegmentDefinition const& segment) {
    if (tests.empty()) return {};
    std::string text;
    for (auto const& test : tests) {
        if (test.values.empty()) return "[*]";
        for (auto const& value : test.values) {
            if (!text.empty()) text += test.element == segment.key && test.component == 0 ? "," : ", ";
            if (test.element != segment.key || test.component != 0) {
                text += fmt::format("{}{:02}", segment.id, test.element);
                if (test.component != 0) text += fmt::format("-{:02}", test.component);
                text += '=';
            }
            text += guide_value(value);
        }
    }
    return "[" + text + "]";
}

std::string code_hint(std::string_view code, ElementFacts const& facts, Grammars const& grammars) {
    for (auto const& release : grammars.releases()) {
        if (release == facts.release) continue;
        auto const dictionary = grammars.dictionary(release);
        auto const* codes = dictionary ? dictionary->codes(facts.reference) : nullptr;
        if (codes == nullptr || !codes->find(code)) continue;
        return release > facts.release
                   ? fmt::format("{} has it since {}; write `beyond codes {}` if the partner really sends it",
                                 facts.reference, release, guide_value(code))
                   : fmt::format(
                         "older releases have it, {} no longer; write `beyond codes {}` if the partner really sends it",
                         facts.release, guide_value(code));
    }
    std::vector<std::string> known;
    if (facts.codes != nullptr)
        for (auto const& [name, meaning] : facts.codes->all())
            known.emplace_back(name);
    auto const nearest = code.size() < 2 ? std::string() : nearest_word(code, known);
    return fmt::format("{}`wharf explain element {} --release {}` lists them",
                       nearest.empty() ? "" : fmt::format("did you mean {}? ", nearest), facts.reference,
                       facts.release);
}

std::optional<Related> element_row(Grammars const& grammars, std::string_view reference) {
    return line_that_begins(grammars, "elements",
                            fmt::format("{} {} ", reference.starts_with('C') ? "composite" : "element", reference));
}

std::optional<Related> segment_row(Grammars const& grammars, std::string_view segment, std::uint8_t element) {
    return line_that_begins(grammars, "segments", fmt::format("segment {} ", segment),
                            element == 0 ? std::string() : fmt::format("{:02}", element));
}

std::optional<Related> code_list(Grammars const& grammars, std::string_view element) {
    return line_that_begins(grammars, fmt::format("codes/{}", element), fmt::format("codes {} ", element));
}

std::optional<Related> set_row(Grammars const& grammars, SetDefinition const& set, SetRow const& row) {
    auto const file = grammars.file("sets/" + set.id);
    auto const releases_file = grammars.file("releases");
    std::size_t index = 0;
    if (!file || !releases_file || nth_row(set.rows, &row, index) == nullptr) return std::nullopt;
    Problems none;
    GrammarText const releases_text{releases_file->name, releases_file->text};
    auto const releases = read_releases(releases_text, none);
    auto const release = releases.find(set.release);
    GrammarText const text{file->name, file->text};
    auto const entry = read_set(text, releases, none);
    for (auto const& candidate : entry.rows) {
        if (release < 0 || (candidate.life >> static_cast<unsigned>(release) & 1) == 0) continue;
        if (index-- != 0) continue;
        std::size_t begin = 0;
        for (std::uint32_t line = 1; line < candidate.line; ++line)
            begin = file->text.find('\n', begin) + 1;
        return at_line(*file, begin);
    }
    return std::nullopt;
}

} // namespace wharf::grammar
