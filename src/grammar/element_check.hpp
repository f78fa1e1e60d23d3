// The fast test of one simple element: right or "something here". Internal to grammar/.
#pragma once

#include "base/date.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/delimiters.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace wharf::grammar {

/// What each byte value is in data, under one set of delimiters.
class CharacterTable {
public:
    static constexpr std::uint8_t not_text = 1;  // control character, byte above 0x7e, component or repetition separator
    static constexpr std::uint8_t not_digit = 2;

    explicit CharacterTable(x12::Delimiters const& delimiters) {
        for (unsigned c = 0; c < 256; ++c) {
            table_[c] = c < 0x20 || c > 0x7e ? not_text : 0;
            if (c < '0' || c > '9')
                table_[c] |= not_digit;
        }
        table_[static_cast<unsigned char>(delimiters.component)] |= not_text;
        if (delimiters.repetition != '\0')
            table_[static_cast<unsigned char>(delimiters.repetition)] |= not_text;
    }
    /// The classes of all bytes of the text, or-ed.
    [[nodiscard]] std::uint8_t classes(std::string_view text) const {
        std::uint8_t seen = 0;
        for (char const c : text)
            seen |= table_[static_cast<unsigned char>(c)];
        return seen;
    }

private:
    std::array<std::uint8_t, 256> table_{};
};

/// Sign and point do not count for the length (X12.6 §3.5.1.1, §3.5.1.2).
struct NumberShape {
    bool valid = false;
    std::uint32_t digits = 0;
};
[[nodiscard]] inline NumberShape number_shape(std::string_view text, bool point_allowed) {
    NumberShape shape;
    bool point = !point_allowed;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (c >= '0' && c <= '9')
            ++shape.digits;
        else if (c == '.' && !point)
            point = true;
        else if (c != '-' || i != 0)
            return {};
    }
    shape.valid = shape.digits > 0;
    return shape;
}

/// `value` is not empty. True: look again with Findings::element.
[[nodiscard]] inline bool looks_wrong(ElementRule const& rule, std::string_view value, CharacterTable const& characters) {
    auto const length = static_cast<std::uint32_t>(value.size());
    bool const outside = length - rule.min > rule.max - rule.min;
    switch (rule.kind) {
    case ElementClass::text:
        return outside || (characters.classes(value) & CharacterTable::not_text) != 0 ||
               (value.back() == ' ' && length > rule.min);
    case ElementClass::id:
        if (outside || value.back() == ' ' || (characters.classes(value) & CharacterTable::not_text) != 0)
            return true;
        return rule.codes != nullptr && !rule.codes->find(value);
    case ElementClass::digits:
        if (!outside && (characters.classes(value) & CharacterTable::not_digit) == 0)
            return false;
        break;
    case ElementClass::decimal: {
        auto const shape = number_shape(value, true);
        return !shape.valid || shape.digits < rule.min || shape.digits > rule.max;
    }
    case ElementClass::date:
        return outside || !is_date(value);
    case ElementClass::time:
        return outside || !is_time(value);
    case ElementClass::binary:
        return outside;
    case ElementClass::composite:
        return true;
    }
    auto const shape = number_shape(value, false);
    return !shape.valid || shape.digits < rule.min || shape.digits > rule.max;
}

} // namespace wharf::grammar
