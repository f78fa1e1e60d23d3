// The codes that most trade documents use, of the elements that are mistyped most: what somebody probably meant. Internal to
// grammar/. Only for words in help texts; nothing is judged by it.
#pragma once

#include <cstddef>
#include <string_view>

namespace wharf::grammar {

inline constexpr std::size_t not_frequent = ~std::size_t{0};

/// 0 for the most frequent code of the element ("355"), 1 for the next, not_frequent for one that is rare.
[[nodiscard]] std::size_t frequency_rank(std::string_view element, std::string_view code);

} // namespace wharf::grammar
