#include "gateway/as2_keys.hpp"

#include "base/file.hpp"
#include "partner/moment.hpp"
#include "transport/as2/mime.hpp"

#include <fmt/format.h>

namespace wharf::gateway {
namespace {

constexpr std::uint64_t most_bytes = 4u << 20;

Result<std::string> bytes_of(partner::As2Certificate const& certificate) {
    if (!certificate.file.empty()) return read_file(certificate.file, most_bytes);
    auto text = certificate.content.resolve_text();
    if (!text || text->find("-----BEGIN") != std::string::npos) return text;
    if (auto decoded = as2::from_base64(*text)) return std::move(*decoded);
    return invalid(fmt::format("{} holds neither PEM nor the base64 of a PKCS#12 file", certificate.content.reference()));
}

Error with_place(Error error, std::string_view place) {
    if (error.message.find(place) == std::string::npos) error.message = fmt::format("{}: {}", place, error.message);
    return error;
}

} // namespace

std::optional<Timestamp> begin_of(std::string_view moment) {
    auto const read = partner::read_moment(moment);
    return read ? std::optional(read->time) : std::nullopt;
}

as2::Term term_of(partner::As2Certificate const& certificate) {
    as2::Term term;
    term.from = begin_of(certificate.from);
    if (auto const until = partner::read_moment(certificate.until)) term.until = until->is_day ? until->time + std::chrono::days(1) : until->time;
    term.signs = certificate.use != partner::As2Use::encryption;
    term.encrypts = certificate.use != partner::As2Use::signing;
    return term;
}

Result<as2::Identity> read_identity(partner::As2Certificate const& certificate) {
    auto const place = certificate.file.empty() ? certificate.content.reference() : certificate.file.string();
    auto const bytes = bytes_of(certificate);
    if (!bytes) return unexpected(with_place(bytes.error(), place));
    std::string key;
    if (!certificate.private_key.empty()) {
        auto read = read_file(certificate.private_key, most_bytes);
        if (!read) return unexpected(with_place(read.error(), certificate.private_key.string()));
        key = std::move(*read);
    }
    auto const passphrase = certificate.passphrase.resolve();
    if (!passphrase) return unexpected(with_place(passphrase.error(), place));
    auto identity = as2::Identity::read(*bytes, key, *passphrase);
    if (!identity) return unexpected(with_place(identity.error(), place));
    return identity;
}

Result<as2::Certificate> read_certificate(std::filesystem::path const& file) {
    auto const bytes = read_file(file, most_bytes);
    if (!bytes) return unexpected(with_place(bytes.error(), file.string()));
    auto certificate = as2::Certificate::read(*bytes);
    if (!certificate) return unexpected(with_place(certificate.error(), file.string()));
    return certificate;
}

Result<std::shared_ptr<as2::Authorities const>> read_authorities(partner::As2Authorities const& authorities) {
    if (authorities.file.empty()) return nullptr;
    auto const bytes = read_file(authorities.file, most_bytes);
    if (!bytes) return unexpected(with_place(bytes.error(), authorities.file.string()));
    auto read = as2::Authorities::read(*bytes, {authorities.subject, authorities.email, authorities.host});
    if (!read) return unexpected(with_place(read.error(), authorities.file.string()));
    return read;
}

std::vector<partner::As2Certificate> const& own_certificates(partner::As2Channel const& channel, partner::As2Listener const& listener) {
    return channel.own_certificates.empty() ? listener.own_certificates : channel.own_certificates;
}

ReadKeys read_keys(partner::As2Channel const& channel, partner::As2Listener const& listener) {
    ReadKeys read;
    std::vector<as2::OwnKey> own;
    std::vector<as2::PartnerCertificate> partner;
    for (auto const& one : own_certificates(channel, listener))
        if (auto identity = read_identity(one)) own.push_back({std::move(*identity), term_of(one)});
        else read.troubles.push_back(std::move(identity.error().message));
    for (auto const& one : channel.partner_certificates)
        if (auto certificate = read_certificate(one.file)) partner.push_back({std::move(*certificate), term_of(one)});
        else read.troubles.push_back(std::move(certificate.error().message));
    auto authorities = read_authorities(channel.authorities);
    if (!authorities) read.troubles.push_back(std::move(authorities.error().message));
    read.ring = as2::KeyRing(std::move(own), std::move(partner), std::chrono::days(channel.grace_days.number), authorities ? *authorities : nullptr);
    return read;
}

std::vector<std::filesystem::path> key_files(partner::As2Channel const& channel, partner::As2Listener const& listener) {
    std::vector<std::filesystem::path> files;
    auto const add = [&](std::filesystem::path const& file) {
        if (!file.empty()) files.push_back(file);
    };
    for (auto const& one : own_certificates(channel, listener)) {
        add(one.file);
        add(one.private_key);
    }
    for (auto const& one : channel.partner_certificates)
        add(one.file);
    add(channel.authorities.file);
    for (auto const& file : channel.incoming.client_certificates)
        add(file);
    return files;
}

} // namespace wharf::gateway
