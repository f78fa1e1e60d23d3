#include "grammar/guide_line_parts.hpp"

#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wharf::grammar {
namespace {

constexpr std::size_t max_steps = 16;
constexpr std::array words_of_rows{"guide",   "narrows", "answers", "extends", "unlisted", "heading", "detail", "summary",
                                   "levels",  "level",   "when",    "need",    "order",    "note",    "beyond", "loop"};

std::uint8_t two_digits(std::string_view text) {
    return static_cast<std::uint8_t>((text[0] - '0') * 10 + text[1] - '0');
}

} // namespace

std::vector<QualifierTest> tests_of(Qualifiers const& written, bool any) {
    std::vector<QualifierTest> tests;
    if (any) tests.emplace_back();
    for (auto const& qualifier : written) {
        auto const same = [&](auto const& test) {
            return test.element == qualifier.element && test.component == qualifier.component;
        };
        auto found = std::ranges::find_if(tests, same);
        if (found == tests.end()) found = tests.insert(found, {qualifier.element, qualifier.component, {}});
        found->values.push_back(qualifier.value);
    }
    return tests;
}

bool name_element(Word const& word, ElementName& name) {
    name.word = word;
    auto text = word.text;
    if (auto const dash = text.find('-'); dash != std::string_view::npos) {
        name.component = two_digits(text.substr(dash + 1));
        text = text.substr(0, dash);
        if (name.component == 0) return false;
    }
    name.segment = text.substr(0, text.size() - 2);
    name.element = two_digits(text.substr(name.segment.size()));
    return name.element != 0;
}

bool append_step(RulePath& path, Step const& added) {
    if (path.element != 0 || !path.pair.empty() || path.steps.size() == max_steps) return false;
    // An element names its segment: the step of the segment is left out, or stands before it with its qualifier.
    auto const named_before =
        added.element != 0 && !path.steps.empty() && path.steps.back().segment == added.step.segment;
    if (added.pair.empty() && !named_before) path.steps.push_back(added.step);
    path.element = added.element;
    path.component = added.component;
    path.pair = added.pair;
    return true;
}

std::string nearest_row_word(std::string_view found) {
    auto const nearest = nearest_word(found, {words_of_rows.begin(), words_of_rows.end()});
    return nearest.empty() ? std::string() : fmt::format("did you mean `{}`?", nearest);
}

GuideCell const* GuideLine::cell(GuideCell::Kind wanted) const {
    auto const found = std::ranges::find(cells, wanted, &GuideCell::kind);
    return found == cells.end() ? nullptr : &*found;
}

std::string guide_quoted(std::string_view text) {
    std::string out(1, '"');
    for (char const sign : text) {
        if (sign == '"') out += '"';
        out += sign;
    }
    return out + '"';
}

std::string guide_value(std::string_view value) {
    auto const bare = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
    return !value.empty() && std::ranges::all_of(value, bare) ? std::string(value) : guide_quoted(value);
}

std::string_view value_kind_word(ValueKind kind) {
    constexpr std::array<std::string_view, 8> words{"", "upc", "ean", "gtin", "sscc", "gln", "date", "time"};
    return words[static_cast<std::size_t>(kind)];
}

} // namespace wharf::grammar
