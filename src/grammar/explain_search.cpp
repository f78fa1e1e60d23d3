#include "grammar/explain_search.hpp"

#include "grammar/near_miss.hpp"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <map>
#include <set>

namespace wharf::grammar {
namespace {

constexpr std::size_t most_uses = 24;  // named; further ones are counted
constexpr std::size_t most_found = 40; // of each kind
constexpr std::size_t most_codes = 12; // of one element

void for_each_row(std::vector<SetRow> const& rows, std::function<void(SetRow const&)> const& what) {
    for (auto const& row : rows) {
        what(row);
        for_each_row(row.rows, what); // as deep as the loader lets loops stand
    }
}

/// By id, with the sets each stands in.
std::map<std::string, std::set<std::string>> segments_of(Dictionary const& dictionary) {
    std::map<std::string, std::set<std::string>> segments;
    for_each_row(dictionary.envelope(), [&](SetRow const& row) { segments[row.segment]; });
    for (auto const& id : dictionary.sets())
        if (auto const* const set = dictionary.set(id))
            for_each_row(set->rows, [&](SetRow const& row) { segments[row.segment].insert(id); });
    return segments;
}

std::string joined(std::vector<std::string> const& names) {
    if (names.empty())
        return {};
    auto const shown = std::min(names.size(), most_uses);
    auto text = fmt::format("\nStands in {}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (names.size() > shown)
        text += fmt::format(" and {} more", names.size() - shown);
    return text + ".\n";
}

bool has_words(std::string_view name, std::vector<std::string> const& words) {
    auto const lower = [](std::string_view text) {
        std::string out;
        for (unsigned char const c : text)
            out += static_cast<char>(std::tolower(c));
        return out;
    };
    auto const text = lower(name);
    return std::ranges::all_of(words, [&](std::string const& word) { return text.find(lower(word)) != std::string::npos; });
}

/// Which element is meant, and how it is called there.
struct Meant {
    std::string reference, place, qualifies;
};

std::optional<Meant> meant_in(std::vector<ElementUse> const& uses, std::size_t position, std::string_view prefix, Dictionary const& dictionary) {
    auto const use = std::ranges::find(uses, position, &ElementUse::position);
    if (use == uses.end())
        return std::nullopt;
    Meant meant{use->reference, fmt::format("{}{:02}", prefix, position), {}};
    auto const* const element = dictionary.element(use->reference);
    if (element != nullptr && element->name.find("Qualifier") != std::string::npos && use + 1 != uses.end())
        if (auto const* const next = dictionary.element((use + 1)->reference))
            meant.qualifies = fmt::format("{}{:02} {}", prefix, position + 1, next->name);
    return meant;
}

std::optional<Meant> find_element(Dictionary const& dictionary, std::string_view where) {
    if (auto const* const segment = dictionary.segment(where))
        return meant_in(segment->elements, segment->key, segment->id, dictionary);
    if (dictionary.element(where) != nullptr)
        return Meant{std::string(where), fmt::format("element {}", where), {}};
    if (where.size() < 4 || std::isdigit(static_cast<unsigned char>(where.back())) == 0 || std::isdigit(static_cast<unsigned char>(where[where.size() - 2])) == 0)
        return std::nullopt;
    auto const position = static_cast<std::size_t>((where[where.size() - 2] - '0') * 10 + (where.back() - '0'));
    auto const owner = where.substr(0, where.size() - 2);
    if (auto const* const segment = dictionary.segment(owner))
        return meant_in(segment->elements, position, owner, dictionary);
    if (!owner.ends_with('-'))
        return std::nullopt;
    auto const name = owner.substr(0, owner.size() - 1); // C040-01, REF04-01
    auto const* composite = dictionary.composite(name);
    if (composite == nullptr)
        if (auto const outer = find_element(dictionary, name)) // one level: no composite stands in a composite
            composite = dictionary.composite(outer->reference);
    return composite == nullptr ? std::nullopt : meant_in(composite->components, position, owner, dictionary);
}

} // namespace

std::optional<ExplainedCode> explain_code_at(Dictionary const& dictionary, std::string_view where, std::string_view code) {
    auto const meant = find_element(dictionary, where);
    auto const* const element = meant ? dictionary.element(meant->reference) : nullptr;
    auto const* const codes = element == nullptr ? nullptr : dictionary.codes(meant->reference);
    if (codes == nullptr)
        return std::nullopt;
    ExplainedCode explained;
    auto const meaning = codes->find(code);
    explained.is_known = meaning.has_value();
    if (!meaning) {
        explained.text = fmt::format("{} is no code of {} ({}) in {}. {}\n", code, meant->place, element->name, dictionary.release(), suggest_codes(*codes, code, element->number));
        return explained;
    }
    explained.text = fmt::format("{} {}: {}\n\n  a code of element {} {} in {}, one of {}\n", meant->place, code, meaning->empty() ? std::string_view("(the list has no meaning for it)") : *meaning,
                                 element->number, element->name, dictionary.release(), codes->size());
    if (!meant->qualifies.empty())
        explained.text += fmt::format("  it says what {} is\n", meant->qualifies);
    return explained;
}

std::string uses_of_segment(Dictionary const& dictionary, std::string_view segment) {
    auto const all = segments_of(dictionary);
    auto const found = all.find(std::string(segment));
    return found == all.end() ? std::string() : joined({found->second.begin(), found->second.end()});
}

std::string uses_of_element(Dictionary const& dictionary, std::string_view reference) {
    std::vector<std::string> places;
    for (auto const& [id, sets] : segments_of(dictionary))
        if (auto const* const segment = dictionary.segment(id))
            for (auto const& use : segment->elements)
                if (use.reference == reference)
                    places.push_back(fmt::format("{}{:02}", id, use.position));
    return joined(places);
}

std::string find_by_words(Dictionary const& dictionary, std::vector<std::string> const& words) {
    std::string sets, segments, elements, codes;
    auto const add = [](std::string& to, std::size_t& count, std::string line) {
        if (++count <= most_found)
            to += line;
    };
    std::size_t counts[4] = {};
    for (auto const& id : dictionary.sets())
        if (auto const* const set = dictionary.set(id); set != nullptr && has_words(set->name, words))
            add(sets, counts[0], fmt::format("  {:12} {}\n", id, set->name));
    std::set<std::string> references;
    for (auto const& [id, in_sets] : segments_of(dictionary))
        if (auto const* const segment = dictionary.segment(id)) {
            if (has_words(segment->name, words))
                add(segments, counts[1], fmt::format("  {:12} {}\n", id, segment->name));
            for (auto const& use : segment->elements)
                references.insert(use.reference);
        }
    for (auto const& reference : references) {
        auto const* const element = dictionary.element(reference);
        if (element == nullptr)
            continue;
        if (has_words(element->name, words))
            add(elements, counts[2], fmt::format("  element {:4} {}\n", reference, element->name));
        auto const* const list = dictionary.codes(reference);
        std::size_t shown = 0;
        if (list != nullptr)
            for (auto const& [code, meaning] : list->all())
                if (has_words(meaning, words) && ++shown <= most_codes)
                    add(codes, counts[3], fmt::format("  element {:4} {:4} {}\n", reference, code, meaning));
    }
    auto const section = [&](std::string_view title, std::string const& text, std::size_t count) {
        if (count == 0)
            return std::string();
        return fmt::format("{}\n{}{}", title, text, count > most_found ? fmt::format("  and {} more\n", count - most_found) : std::string());
    };
    return section("transaction sets", sets, counts[0]) + section("segments", segments, counts[1]) + section("elements", elements, counts[2]) + section("codes", codes, counts[3]);
}

std::vector<std::string> set_and_segment_ids(Dictionary const& dictionary) {
    auto ids = dictionary.sets();
    for (auto const& [id, sets] : segments_of(dictionary))
        ids.push_back(id);
    std::ranges::sort(ids);
    return ids;
}

} // namespace wharf::grammar
