// What the named patterns of our schemas say about a text, as code. Private to document/.
#pragma once

#include "document/schema.hpp"

#include <string>
#include <string_view>

namespace wharf::document {

/// What the regular expression of the pattern says.
[[nodiscard]] bool has_form(Pattern pattern, std::string_view text);
/// Of a text that has the form: is there such a day, such an hour? A regular expression cannot say.
[[nodiscard]] bool exists(Pattern pattern, std::string_view text);
/// Characters of UTF-8 text, as JSON Schema counts them.
[[nodiscard]] std::size_t length(std::string_view text);
/// In quotes, cut when long: for messages.
[[nodiscard]] std::string quoted(std::string_view text);

} // namespace wharf::document
