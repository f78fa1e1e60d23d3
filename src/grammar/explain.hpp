// The text of `wharf explain SET`, `SEGMENT` and `element N`: what one release says, as tables for people.
//
// Pure functions over a Dictionary; the text ends with a line end. Nothing when the release does not have the thing.
#pragma once

#include "grammar/dictionary.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::grammar {

/// The rows of a set in the form of its grammar file, for this release alone, each with the name of its segment as a
/// comment: the text can be used as a grammar file.
[[nodiscard]] std::optional<std::string> explain_set(Dictionary const& dictionary, std::string_view id);

/// The elements of a segment: requirement (X: the notes below say), type, lengths, names; its syntax notes in words.
[[nodiscard]] std::optional<std::string> explain_segment(Dictionary const& dictionary, std::string_view id);

/// An element of a segment as people write it, "BEG02", "REF04-01" or "C040-02": its place, then what explain_element says.
[[nodiscard]] std::optional<std::string> explain_place(Dictionary const& dictionary, std::string_view place);

/// Type, lengths and codes of a data element ("98"), or the components of a composite ("C040").
[[nodiscard]] std::optional<std::string> explain_element(Dictionary const& dictionary, std::string_view number);

/// A note in words: "if N103 is there, N104 must be too, and the other way round". `prefix` is the segment or composite.
[[nodiscard]] std::string explain_note(SyntaxNote const& note, std::string_view prefix);

} // namespace wharf::grammar
