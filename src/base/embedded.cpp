#include "base/embedded.hpp"

#include "base/embedded_table.hpp"

#include <algorithm>
#include <string_view>

namespace wharf {

std::optional<std::string_view> embedded_file(std::string_view path) {
    for (unsigned i = 0; i < embedded_count; ++i) {
        auto const& entry = embedded_table[i];
        if (path == entry.path)
            return std::string_view(entry.begin, entry.end);
    }
    return std::nullopt;
}

std::vector<std::string_view> embedded_paths(std::string_view prefix) {
    std::vector<std::string_view> paths;
    for (unsigned i = 0; i < embedded_count; ++i)
        if (std::string_view(embedded_table[i].path).starts_with(prefix))
            paths.emplace_back(embedded_table[i].path);
    std::ranges::sort(paths);
    return paths;
}

} // namespace wharf
