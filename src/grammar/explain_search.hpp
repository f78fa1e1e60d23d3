// The text of `wharf explain` beyond one thing by its name: a code where it stands, where a segment or element is used, and what has
// a word in its name. Pure functions over a Dictionary; texts end with a line end.
#pragma once

#include "grammar/dictionary.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// The meaning of a code: of an element ("128"), of one in a segment ("REF01", "C040-01"), or of a segment's qualifier ("REF").
/// Where the list lacks the code, what it may have meant. Nothing when `where` is no such thing or has no list of codes.
struct ExplainedCode {
    bool is_known = false;
    std::string text;
};
[[nodiscard]] std::optional<ExplainedCode> explain_code_at(Dictionary const& dictionary, std::string_view where, std::string_view code);

/// "Stands in 810, 850, …": the sets of the release that have the segment.
[[nodiscard]] std::string uses_of_segment(Dictionary const& dictionary, std::string_view segment);
/// "Stands in BEG01, BAK01, …": where segments of the release's sets have the element or composite.
[[nodiscard]] std::string uses_of_element(Dictionary const& dictionary, std::string_view reference);

/// Sets, segments and elements with all these words in their names, and codes of that meaning, one a line with how to ask for it; empty:
/// none. At most some dozens.
[[nodiscard]] std::string find_by_words(Dictionary const& dictionary, std::vector<std::string> const& words);

/// Ids of all sets and of the segments in them, sorted.
[[nodiscard]] std::vector<std::string> set_and_segment_ids(Dictionary const& dictionary);

} // namespace wharf::grammar
