// What has to be in the store for an operator's request to make sense.
#pragma once

#include "base/error.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>

namespace wharf::gateway {

/// What was found; `invalid` with its kind and id where nothing was.
template <class T> [[nodiscard]] Result<T> must(Result<std::optional<T>> found, std::string_view what, std::string_view id) {
    if (!found)
        return unexpected(std::move(found.error()));
    if (!*found)
        return invalid(fmt::format("there is no {} {}", what, id));
    return std::move(**found);
}

} // namespace wharf::gateway
