#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace wharf {

std::vector<CountedCode> by_frequency(CodeCounts const& counts) {
    std::vector<CountedCode> list;
    for (auto const& [code, counted] : counts)
        list.push_back({code, counted.severity, counted.count});
    std::ranges::stable_sort(list, std::greater<>(), &CountedCode::count);
    return list;
}

std::string render_statistics(CodeCounts const& counts) {
    auto const list = by_frequency(counts);
    std::size_t digits = 0, codes = 0;
    for (auto const& counted : list) {
        digits = std::max(digits, fmt::formatted_size("{}", counted.count));
        codes = std::max(codes, counted.code.size());
    }
    std::string out;
    for (auto const& counted : list) {
        auto const entry = find_code(counted.code);
        fmt::format_to(std::back_inserter(out), "{:>{}}  {:{}}  {:7}  {}\n", counted.count, digits, counted.code, codes, to_string(counted.severity),
                       entry ? entry->name : std::string_view());
    }
    return out;
}

} // namespace wharf
