// What the X3 rules of guide_line.cpp make of words, without Spirit. Internal to the reading of guides; functions without state.
#pragma once

#include "grammar/guide_line.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

using Qualifiers = std::vector<GuideQualifier>; // empty: [*]

/// Joins the values of one element: alternatives; several elements must all hold. `any`: `[*]`.
[[nodiscard]] std::vector<QualifierTest> tests_of(Qualifiers const& written, bool any);

/// `N104`, `REF04-02`: a segment and two digits; four signs are a segment of two, five one of three.
struct ElementName {
    Word word;
    std::string_view segment;
    std::uint8_t element = 0;
    std::uint8_t component = 0;
};
/// `word` has the form of such a name. False when a number in it is 00.
[[nodiscard]] bool name_element(Word const& word, ElementName& name);

struct Step {
    PathStep step;
    std::string pair;
    std::uint8_t element = 0;
    std::uint8_t component = 0;
};
/// False when the path has ended with an element or a pair, or has sixteen steps.
[[nodiscard]] bool append_step(RulePath& path, Step const& added);

/// "did you mean `heading`?", or nothing: for a first word that begins no row.
[[nodiscard]] std::string nearest_row_word(std::string_view found);

} // namespace wharf::grammar
