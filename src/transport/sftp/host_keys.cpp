#include "transport/sftp/host_keys.hpp"

#include "base/file.hpp"
#include "transport/pickup.hpp"
#include "base/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace wharf::transport::sftp {
namespace {

constexpr std::uint64_t known_hosts_bytes = 16u << 20;

std::string_view next_word(std::string_view& line) {
    auto const begin = line.find_first_not_of(" \t\r");
    line.remove_prefix(begin == std::string_view::npos ? line.size() : begin);
    auto const word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
}

/// "|1|salt|hash": HMAC-SHA1 of the name with the salt as key.
bool hashed_name_matches(std::string_view pattern, std::string_view name) {
    auto const rest = pattern.substr(3);
    auto const bar = rest.find('|');
    if (bar == std::string_view::npos)
        return false;
    auto const salt = decode_base64(rest.substr(0, bar)), wanted = decode_base64(rest.substr(bar + 1));
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    HMAC(EVP_sha1(), salt.data(), static_cast<int>(salt.size()), reinterpret_cast<unsigned char const*>(name.data()), name.size(),
         hash.data(), &size);
    return wanted == std::string_view(reinterpret_cast<char const*>(hash.data()), size);
}

bool names_match(std::string_view patterns, std::string const& name) {
    bool found = false;
    while (!patterns.empty()) {
        auto const comma = patterns.find(',');
        auto pattern = patterns.substr(0, comma);
        patterns = comma == std::string_view::npos ? "" : patterns.substr(comma + 1);
        bool const negated = pattern.starts_with('!');
        if (negated)
            pattern.remove_prefix(1);
        std::string lower(pattern);
        if (!pattern.starts_with("|1|"))
            std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (!(pattern.starts_with("|1|") ? hashed_name_matches(pattern, name) : glob_matches(lower, name)))
            continue;
        if (negated)
            return false;
        found = true;
    }
    return found;
}

void strike_revoked(KnownKeys& known) {
    for (auto* const list : {&known.keys, &known.authorities})
        std::erase_if(*list, [&](std::string const& key) { return std::ranges::find(known.revoked, key) != known.revoked.end(); });
}

std::string_view without_padding(std::string_view fingerprint) {
    while (fingerprint.ends_with('=') || fingerprint.ends_with(' '))
        fingerprint.remove_suffix(1);
    return fingerprint;
}

} // namespace

std::string fingerprint_of(std::string_view key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    EVP_Digest(key.data(), key.size(), hash.data(), &size, EVP_sha256(), nullptr);
    return "SHA256:" + encode_base64({reinterpret_cast<char const*>(hash.data()), size}, false);
}

KnownKeys known_keys(std::string_view text, std::string_view host, std::uint16_t port) {
    std::string name(host);
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (port != 22)
        name = fmt::format("[{}]:{}", name, port);
    KnownKeys found;
    while (!text.empty()) {
        auto const end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == std::string_view::npos ? "" : text.substr(end + 1);
        auto names = next_word(line);
        if (names.empty() || names.starts_with('#'))
            continue;
        std::string_view mark;
        if (names.starts_with('@')) {
            mark = names;
            names = next_word(line);
        }
        (void)next_word(line); // the type is inside the key, too
        auto const key = decode_base64(next_word(line));
        if (key.empty() || !names_match(names, name))
            continue;
        if (auto* const list = mark.empty()                ? &found.keys
                               : mark == "@cert-authority" ? &found.authorities
                               : mark == "@revoked"        ? &found.revoked
                                                           : nullptr)
            list->push_back(fingerprint_of(key));
    }
    strike_revoked(found);
    return found;
}

Result<KnownKeys> accepted_keys(std::string const& where, SftpSettings const& settings) {
    KnownKeys accepted;
    for (auto const& pin : settings.host_key_fingerprints) {
        if (!pin.starts_with("SHA256:") || without_padding(pin).size() != 7 + 43)
            return invalid(fmt::format("{}: host key fingerprint {} is not of the form SHA256: and 43 characters that "
                                       "`ssh-keygen -lf` prints",
                                       where, quote_name(pin)));
        accepted.keys.emplace_back(without_padding(pin));
    }
    if (!settings.known_hosts.empty()) {
        auto text = read_file(settings.known_hosts, known_hosts_bytes);
        if (!text)
            return std::unexpected(Error{text.error().kind, fmt::format("{}: known_hosts: {}", where, text.error().message)});
        auto known = known_keys(*text, settings.host, settings.port);
        known.keys.insert(known.keys.end(), std::make_move_iterator(accepted.keys.begin()), std::make_move_iterator(accepted.keys.end()));
        strike_revoked(known); // a pin may be older than the line that revokes its key
        return known;
    }
    return accepted;
}

} // namespace wharf::transport::sftp
