// What a server answered, in the words of a reason: for logs and people, without secrets, of limited length.
#pragma once

#include <string>
#include <string_view>

namespace wharf::transport {

/// Without user and password, and without what stands behind '?' or '#': partners put keys there. "https://h/in?…"
[[nodiscard]] std::string without_secrets(std::string_view url);

/// The first 200 characters, blanks made one, whatever is not printable ASCII a dot.
[[nodiscard]] std::string excerpt(std::string_view body);

/// " and redirects to \"…\"", " and says \"…\""; empty where it did neither.
[[nodiscard]] std::string words_of_answer(std::string_view location, std::string_view body);

} // namespace wharf::transport
