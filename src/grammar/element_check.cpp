#include "grammar/element_check.hpp"

#include "base/date.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <bit>

namespace wharf::grammar {
namespace {

bool is_between(std::size_t length, ElementRule const& rule) { return length >= rule.min && length <= rule.max; }

bool value_is_right(ElementRule const& rule, std::string_view value, CharacterTable const& characters) {
    switch (rule.kind) {
    case ElementClass::digits:
    case ElementClass::decimal: {
        auto const shape = number_shape(value, rule.kind == ElementClass::decimal);
        return shape.valid && is_between(shape.digits, rule);
    }
    case ElementClass::date:
        return is_between(value.size(), rule) && is_date(value);
    case ElementClass::time:
        return is_between(value.size(), rule) && is_time(value);
    case ElementClass::binary:
        return is_between(value.size(), rule);
    case ElementClass::composite:
        return false;
    case ElementClass::text:
    case ElementClass::id:
        break;
    }
    auto const classes = characters.classes(value);
    auto const length = (classes & CharacterTable::not_ascii) != 0 ? characters_in(value) : value.size();
    return (classes & CharacterTable::not_text) == 0 && is_between(length, rule) && value.back() != ' ' && value.front() != ' ' &&
           (rule.codes == nullptr || rule.codes->find(value));
}

bool composite_is_right(ElementRule const& rule, std::string_view value, CharacterTable const& characters, char separator) {
    std::uint64_t present = 0;
    std::uint64_t mandatory = 0;
    std::size_t number = 0;
    for (std::size_t at = 0; at <= value.size(); ++number) {
        auto const end = std::min(value.find(separator, at), value.size());
        if (number == rule.components.size())
            return false;
        auto const& component = rule.components[number];
        if (auto const part = value.substr(at, end - at); !part.empty()) {
            present |= std::uint64_t{1} << number;
            if (!value_is_right(component, part, characters))
                return false;
        }
        at = end + 1;
    }
    for (std::size_t i = 0; i < rule.components.size(); ++i)
        mandatory |= std::uint64_t{rule.components[i].mandatory} << i;
    if ((mandatory & ~present) != 0 || value.back() == separator)
        return false;
    return std::ranges::all_of(rule.composite->notes, [&](SyntaxNote const& note) {
        std::uint64_t mask = 0;
        for (auto const position : note.positions)
            mask |= std::uint64_t{1} << (position - 1);
        return note_holds(note.kind, mask, std::uint64_t{1} << (note.positions.front() - 1), present);
    });
}

} // namespace

std::size_t characters_in(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count)
        at += std::max<std::size_t>(utf8_sequence_length(text, at), 1);
    return count;
}

bool note_holds(char kind, std::uint64_t mask, std::uint64_t first, std::uint64_t present) {
    auto const found = present & mask;
    switch (kind) {
    case 'P':
        return found == 0 || found == mask;
    case 'R':
        return found != 0;
    case 'E':
        return std::popcount(found) <= 1;
    case 'C':
        return (found & first) == 0 || found == mask;
    default: // L
        return (found & first) == 0 || (found & ~first) != 0;
    }
}

bool element_is_right(ElementRule const& rule, std::string_view value, CharacterTable const& characters,
                      x12::Delimiters const& delimiters) {
    auto const one_is_right = [&](std::string_view one) {
        return rule.kind == ElementClass::composite ? composite_is_right(rule, one, characters, delimiters.component)
                                                    : value_is_right(rule, one, characters);
    };
    if (rule.max_repeat == 1 || delimiters.repetition == '\0' || rule.kind == ElementClass::binary)
        return one_is_right(value);
    std::uint32_t count = 0;
    for (std::size_t at = 0; at <= value.size();) {
        auto const end = std::min(value.find(delimiters.repetition, at), value.size());
        auto const one = value.substr(at, end - at);
        if (one.empty() || !one_is_right(one) || (++count > rule.max_repeat && rule.max_repeat != 0))
            return false;
        at = end + 1;
    }
    return true;
}

} // namespace wharf::grammar
