// File names from partners, made safe.
#include "transport/as2/mime.hpp"

namespace wharf::transport::as2 {
namespace {

constexpr std::size_t most_bytes = 200;

/// Cuts at a character's beginning, not inside one, where the text is UTF-8.
std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    auto begin = most;
    while (begin > 0 && most - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80)
        --begin;
    return text.substr(0, most - begin < 4 ? begin : most);
}

/// Without blanks and dots around it.
std::string_view without_edges(std::string_view text) {
    auto const first = text.find_first_not_of(" .");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" .") - first + 1);
}

std::string shortened(std::string const& name) {
    if (name.size() <= most_bytes) return name;
    auto const dot = name.rfind('.');
    auto const ending = dot == std::string::npos || name.size() - dot > 20 ? std::string{} : name.substr(dot);
    return std::string(without_edges(std::string(cut(name, most_bytes - ending.size())) + ending)); // what was inside may be the end now
}

} // namespace

std::string safe_file_name(std::string_view name) {
    if (auto const slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
    std::string safe;
    for (char const c : name) {
        if (static_cast<unsigned char>(c) < ' ' || c == 127) continue;
        safe += std::string_view("<>:\"|?*").find(c) == std::string_view::npos ? c : '_';
    }
    return shortened(std::string(without_edges(safe)));
}

std::optional<std::string> file_name(Fields const& fields) {
    for (auto const& [field_name, parameter] : {std::pair{"Content-Disposition", "filename"}, std::pair{"Content-Type", "name"}}) {
        auto const value = read_field_value(field(fields, field_name));
        if (auto safe = safe_file_name(value.parameter(parameter)); !safe.empty()) return safe;
    }
    return std::nullopt;
}

} // namespace wharf::transport::as2
