// What happens to a text that the receiver cannot take as it is: refused, or changed by the partner's policy and always
// with a diagnostic. Plain data and pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

enum class CharacterSet : std::uint8_t {
    any,      // UTF-8 as it is
    extended, // X12.6: printable ASCII
    basic,    // X12.6: capitals, digits, blank and ! " & ' ( ) * + , - . / : ; ? =
};

struct WritePolicy {
    enum class TooLong : std::uint8_t {
        refuse,
        cut,       // what does not fit is left out
        carry_over // a list of texts goes on in its next entry, at a blank; everything else is refused
    } too_long = TooLong::refuse;
    enum class Characters : std::uint8_t {
        refuse,
        replace,      // each by `replacement`
        transliterate // ä becomes ae, é e; what has no such form is replaced
    } characters = Characters::refuse;
    CharacterSet set = CharacterSet::any;
    char replacement = ' ';
};

/// Whether every character is in the set. Control characters never are.
[[nodiscard]] bool in_set(std::string_view text, CharacterSet set);

/// The text in the characters of the policy's set. Invalid UTF-8 is replaced byte by byte.
[[nodiscard]] std::string in_set(std::string_view text, WritePolicy const& policy);

/// Characters of UTF-8 text.
[[nodiscard]] std::size_t character_count(std::string_view text);

/// Pieces of at most `most` characters, cut at blanks where there are any; the blank at a cut is left out. `most` > 0.
[[nodiscard]] std::vector<std::string> pieces_of(std::string_view text, std::size_t most);

} // namespace wharf::translator
