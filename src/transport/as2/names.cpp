#include "transport/as2/names.hpp"

#include "transport/as2/mime.hpp"

#include <algorithm>

namespace wharf::transport::as2 {
namespace {

constexpr std::size_t most_name = 128, most_read_id = 998, most_written_id = 255;

bool is_printable(char c) { return c >= ' ' && c < 127; }

std::string_view bare(std::string_view id) {
    id = trimmed(id);
    if (id.starts_with('<') && id.ends_with('>') && id.size() >= 2) id = id.substr(1, id.size() - 2);
    return id;
}

/// Letters, digits and what else an atom of RFC 5322 holds, and dots.
std::string atoms(std::string_view text) {
    std::string made;
    for (char const c : text) {
        bool const fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
        made += fits ? c : '-';
    }
    return made.empty() ? "-" : made;
}

} // namespace

bool is_as2_name(std::string_view name) {
    return !name.empty() && name.size() <= most_name && std::ranges::all_of(name, is_printable) && trimmed(name) == name;
}

std::string write_as2_name(std::string_view name) {
    if (name.find_first_of(" \"\\") == std::string_view::npos) return std::string(name);
    std::string quoted = "\"";
    for (char const c : name) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::optional<std::string> read_as2_name(std::string_view value) {
    value = trimmed(value);
    std::string name;
    if (!value.starts_with('"')) {
        name = value;
    } else {
        std::size_t at = 1;
        for (; at < value.size() && value[at] != '"'; ++at) {
            if (value[at] == '\\' && at + 1 < value.size()) ++at;
            name += value[at];
        }
        if (at + 1 != value.size()) return std::nullopt; // no closing mark, or more behind it
    }
    if (!is_as2_name(name)) return std::nullopt;
    return name;
}

bool is_message_id(std::string_view value) {
    return !bare(value).empty() && value.size() <= most_read_id && std::ranges::all_of(value, is_printable);
}

std::string make_message_id(std::string_view unique, std::string_view domain) {
    auto const right = atoms(domain.substr(0, 150));
    auto const left = atoms(unique.substr(0, most_written_id - 3 - right.size()));
    return "<" + left + "@" + right + ">";
}

bool same_message_id(std::string_view sent, std::string_view echoed) { return bare(sent) == bare(echoed); }

} // namespace wharf::transport::as2
