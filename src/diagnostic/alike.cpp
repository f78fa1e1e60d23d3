#include "diagnostic/alike.hpp"

#include <cctype>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace wharf {
namespace {

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// "`lines[12].price` …" as "`lines[].price` …".
std::string without_indices(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        out += text[i];
        if (text[i] != '[') continue;
        auto end = i + 1;
        while (end < text.size() && is_digit(text[end]))
            ++end;
        if (end < text.size() && text[end] == ']') i = end - 1;
    }
    return out;
}

struct Family {
    std::size_t first = 0; // in the kept findings
    std::uint64_t more = 0;
};

} // namespace

void fold_alike(Diagnostics& diagnostics) {
    std::unordered_map<std::string, Family> families;
    Diagnostics kept;
    for (auto& finding : diagnostics) {
        if (finding.severity != Severity::error) {
            auto key = finding.code + '\n' + without_indices(finding.message);
            auto const [family, is_new] = families.try_emplace(std::move(key), Family{kept.size()});
            if (!is_new) {
                ++family->second.more;
                continue;
            }
        }
        kept.push_back(std::move(finding));
    }
    for (auto const& [key, family] : families)
        if (family.more > 0) {
            auto& message = kept[family.first].message;
            message += fmt::format(" ({} more like {})", family.more, family.more == 1 ? "this" : "these");
        }
    diagnostics = std::move(kept);
}

} // namespace wharf
