#include "base/embedded.hpp"

#include "base/embedded_table.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace wharf {

std::optional<std::string_view> embedded_file(std::string_view path) {
    std::span const table(embedded_table, embedded_count); // sorted by path when it is generated
    auto const entry = std::ranges::lower_bound(table, path, {}, [](auto const& e) { return std::string_view(e.path); });
    if (entry == table.end() || path != entry->path)
        return std::nullopt;
    return std::string_view(entry->begin, entry->end);
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
