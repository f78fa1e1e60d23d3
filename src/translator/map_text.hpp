// Parts of a map as the language writes them: for `show`, coverage and messages. What is printed parses back to the same.
#pragma once

#include "translator/map_tree.hpp"

#include <string>

namespace wharf::translator {

[[nodiscard]] std::string text_of(Expression const& expression);
[[nodiscard]] std::string text_of(Condition const& condition);
[[nodiscard]] std::string text_of(Conversion const& conversion);
[[nodiscard]] std::string text_of(OptionLine const& option);
/// Column one: "lines[]", ".", "-", "one of".
[[nodiscard]] std::string target_text(Rule const& rule);
/// Column two: "each REF", "write CTT01 = count lines", "05 or 04"; of a list with several sources only the first.
[[nodiscard]] std::string source_text(Rule const& rule);
/// Column three: conversions, shape, further sources, condition, policy.
[[nodiscard]] std::string conversion_text(Rule const& rule);

} // namespace wharf::translator
