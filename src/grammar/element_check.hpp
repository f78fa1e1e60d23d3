// The careful test of one element: what the fast path was not sure of is looked at here, byte by byte. Internal to grammar/.
//
// It only says right or wrong. What is wrong, and the words for it, is value_check.hpp's, by way of Findings::element; both judge by
// the rules of X12.6 section 3.5 (types of data elements) and must agree: whatever is wrong there is wrong here.
//
// Pure functions over bytes of the caller's; nothing is kept and nothing allocated, but codes of a list are hashed on its first use.
// Thread-safe. Time is linear in the value; a value has no limit here (the segment's is the reader's). No input makes them fail.
#pragma once

#include "base/date.hpp"
#include "grammar/schema.hpp"
#include "syntax/x12/delimiters.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace wharf::grammar {

/// What each byte value is in data, under one set of delimiters (X12.6 section 3.3: basic and extended characters). Make it anew where
/// the delimiters change.
class CharacterTable {
public:
    static constexpr std::uint8_t not_text = 1;  // control character, component or repetition separator
    static constexpr std::uint8_t not_ascii = 2; // tolerated: Latin-1 or UTF-8

    explicit CharacterTable(x12::Delimiters const& delimiters) {
        for (unsigned c = 0; c < 256; ++c)
            table_[c] = c < 0x20 || c == 0x7f ? not_text : c > 0x7f ? not_ascii : 0;
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
/// Of "-12.50": valid, four digits. A sign stands in front only, a point (where allowed) once; no exponent, no blanks, no thousands.
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

/// The careful test of one element as sent, all its repetitions and components. `value` is not empty; `characters` is of the same
/// delimiters. False: Findings::element knows what to say, and may still find it right (warnings such as trailing blanks come from there
/// too).
[[nodiscard]] bool element_is_right(ElementRule const& rule, std::string_view value, CharacterTable const& characters,
                                    x12::Delimiters const& delimiters);

/// Characters, not bytes; a byte that is not UTF-8 is a character of Latin-1.
[[nodiscard]] std::size_t characters_in(std::string_view text);

/// Holds when a syntax note is satisfied by these elements (X12.6 section 3.8). `kind`: P, R, E, C or L; `mask`: the elements the note
/// names, `first` the first of them alone (the condition of C and L), `present` those sent; bit 0 is element 1.
[[nodiscard]] bool note_holds(char kind, std::uint64_t mask, std::uint64_t first, std::uint64_t present);

} // namespace wharf::grammar
