// The slow, exact judgement of one value, and what is said of it. The fast test (element_check.hpp) only says "look again"; this
// looks again. Judging allocates nothing: a composite or a name in Latin-1 that is right after all costs some tens of
// nanoseconds. Internal to grammar/. Pure functions, thread-safe.
#pragma once

#include "grammar/schema.hpp"
#include "syntax/x12/delimiters.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wharf::grammar {

enum class ValueFault : std::uint8_t {
    none,
    number,               // not a number of its type
    control_character,    // at `at`
    component_separator,  // at `at`
    repetition_separator, // at `at`
    date,
    time,
    code,
    too_short,
    too_long,
    leading_blanks,
    trailing_blanks,
    only_blanks
};

struct Judgement {
    ValueFault fault = ValueFault::none;
    std::size_t at = 0;       // in the value
    std::uint32_t length = 0; // characters; of a number its digits
};

/// `value` is not empty, `rule` not of a composite. The first fault in this order: characters, code, length, blanks.
[[nodiscard]] Judgement judge(ElementRule const& rule, std::string_view value, x12::Delimiters const& delimiters);

struct ValueWords {
    std::string_view code;         // of the registry
    std::string_view acknowledged; // AK403; empty: never
    std::string message, help;
};
/// `name`: "REF02 Reference Identification".
[[nodiscard]] ValueWords describe(Judgement const& judgement, ElementRule const& rule, std::string_view name, std::string_view value,
                                  x12::Delimiters const& delimiters, Dictionary const& dictionary);

/// "a whole number", "a date as CCYYMMDD", "text".
[[nodiscard]] std::string type_in_words(ElementRule const& rule);
/// "exactly 8 characters", "1 to 10 digits".
[[nodiscard]] std::string lengths_in_words(ElementRule const& rule);
/// Characters, not bytes; a byte that is not UTF-8 is a character of Latin-1.
[[nodiscard]] std::uint32_t count_characters(std::string_view text);
/// In quotation marks, cut when it is long.
[[nodiscard]] std::string quoted(std::string_view value);
/// A code of element 723 (or of another list) when the release has it.
[[nodiscard]] std::string_view listed_or(Dictionary const& dictionary, std::string_view list, std::string_view code,
                                         std::string_view otherwise);

} // namespace wharf::grammar
