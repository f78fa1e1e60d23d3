#include "gateway/certificates.hpp"

#include "base/file.hpp"
#include "partner/as2_needs.hpp"
#include "partner/certificate_checks.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::gateway {

namespace {

using Kind = CertificateFinding::Kind;

std::string day(Timestamp time) { return to_iso8601(time).substr(0, 10); }

std::string place_of(partner::As2Certificate const& one) { return one.file.empty() ? one.content.reference() : one.file.string(); }

/// The certificates of a PEM file, of which the first is its owner's.
Result<std::vector<as2::Certificate>> read_all(std::filesystem::path const& file) {
    auto const bytes = read_file(file, 4u << 20);
    if (!bytes) return unexpected(bytes.error());
    auto all = as2::Certificate::read_all(*bytes);
    if (!all) return invalid(fmt::format("{}: {}", file.string(), all.error().message));
    return all;
}

/// The AS2 server's or our TLS client's.
Result<as2::Certificate> read_tls(std::filesystem::path const& file, std::filesystem::path const& key, partner::Secret const& passphrase) {
    partner::As2Certificate one;
    one.file = file;
    one.private_key = key;
    one.passphrase = passphrase;
    if (auto identity = read_identity(one)) return std::move(identity->certificate);
    auto all = read_all(file); // a key that is not RSA: TLS has others
    if (!all) return unexpected(all.error());
    return std::move(all->front());
}

class Listing {
public:
    Listing(CertificateSources const& sources, Timestamp now) : sources_(sources), now_(now) {}

    std::vector<ListedCertificate> run() {
        auto const& listener = sources_.listener;
        own(listener.own_certificates, {});
        for (auto const* const tls : {&sources_.api, &listener.tls})
            if (tls->is_set()) add(CertificateUse::tls_server, tls->certificate, read_tls(tls->certificate, tls->private_key, tls->passphrase));
        for (auto const& channel : sources_.channels) {
            if (channel.transport != partner::TransportKind::as2) continue;
            channel_ = channel.name;
            relation(channel.as2);
            auto const needs = partner::missing_certificates(channel, listener);
            if (needs.own) missing(CertificateUse::own, *needs.own + "; `wharf cert request` makes one");
            if (auto const& what = needs.to_encrypt ? needs.to_encrypt : needs.to_check) missing(CertificateUse::partner, *what + "; `wharf cert import` writes what the partner sent");
        }
        return std::move(all_);
    }

private:
    void relation(partner::As2Channel const& channel) {
        auto const ring = read_keys(channel, sources_.listener).ring;
        own(channel.own_certificates, ring);
        for (auto const& one : channel.partner_certificates) {
            auto& listed = add(CertificateUse::partner, place_of(one), read_certificate(one.file));
            terms(listed, one);
            auto const* const recipient = ring.recipient(now_);
            listed.encrypts_now = listed.certificate && recipient && *recipient == *listed.certificate;
        }
        each(CertificateUse::authority, channel.authorities.file);
        for (auto const& file : channel.incoming.client_certificates)
            add(CertificateUse::tls_partner, file, read_certificate(file));
        for (auto const& [place, http] : channel.connections()) {
            if (!http.client_certificate.empty())
                add(CertificateUse::tls_client, http.client_certificate, read_tls(http.client_certificate, http.client_key, http.client_passphrase));
            each(CertificateUse::tls_authority, http.authorities);
        }
    }
    void own(std::vector<partner::As2Certificate> const& certificates, as2::KeyRing const& given) {
        auto ring = given;
        if (channel_.empty()) ring = read_keys({}, sources_.listener).ring;
        for (auto const& one : certificates) {
            auto identity = read_identity(one);
            auto& listed = add(CertificateUse::own, place_of(one),
                               identity ? Result<as2::Certificate>(std::move(identity->certificate)) : unexpected(std::move(identity.error())));
            terms(listed, one);
            auto const* const signer = ring.signer(now_);
            listed.signs_now = listed.certificate && signer && signer->certificate == *listed.certificate;
        }
    }
    void each(CertificateUse use, std::filesystem::path const& file) {
        if (file.empty()) return;
        auto all = read_all(file);
        if (!all) add(use, file, unexpected(all.error()));
        else
            for (auto& one : *all)
                add(use, file, std::move(one));
    }
    ListedCertificate& add(CertificateUse use, std::string place, Result<as2::Certificate> certificate) {
        auto& listed = all_.emplace_back();
        listed.channel = channel_;
        listed.use = use;
        listed.place = std::move(place);
        if (certificate) listed.certificate = std::move(*certificate);
        else listed.trouble = std::move(certificate.error().message);
        return listed;
    }
    void missing(CertificateUse use, std::string what) {
        auto& listed = all_.emplace_back();
        listed.channel = channel_;
        listed.use = use;
        listed.is_missing = true;
        listed.trouble = std::move(what);
    }
    static void terms(ListedCertificate& listed, partner::As2Certificate const& one) {
        listed.from = one.from;
        listed.until = one.until;
    }
    CertificateSources const& sources_;
    Timestamp now_;
    std::string channel_;
    std::vector<ListedCertificate> all_;
};

class Checking {
public:
    Checking(CertificateSources const& sources, Timestamp now, std::chrono::days ahead) : sources_(sources), now_(now), ahead_(ahead) {}

    std::vector<CertificateFinding> run() {
        ring_of({}, sources_.listener);
        for (auto const& channel : sources_.channels)
            if (channel.transport == partner::TransportKind::as2) {
                channel_ = channel.name;
                ring_of(channel.as2, {}); // what wharf.yaml gives is told there
            }
        for (auto const& listed : list_certificates(sources_, now_)) {
            channel_ = listed.channel;
            if (listed.is_missing) say(Kind::missing, listed.trouble, fmt::format("{}:{}", listed.channel, to_string(listed.use)));
            else if (!listed.trouble.empty()) say(Kind::unreadable, fmt::format("{}: {}", to_string(listed.use), listed.trouble), listed.place);
            else if (listed.use != CertificateUse::own && listed.use != CertificateUse::partner) alone(listed);
        }
        channel_.clear();
        open_keys(sources_.listener.own_certificates);
        for (auto const* const tls : {&sources_.api, &sources_.listener.tls})
            open_key(tls->private_key.empty() ? tls->certificate : tls->private_key);
        for (auto const& channel : sources_.channels)
            if (channel.transport == partner::TransportKind::as2) {
                channel_ = channel.name;
                open_keys(channel.as2.own_certificates);
                for (auto const& [place, http] : channel.as2.connections())
                    open_key(http.client_key.empty() ? http.client_certificate : http.client_key);
            }
        return std::move(all_);
    }

private:
    /// Those that follow each other: the ring knows what is in use and what comes after it.
    void ring_of(partner::As2Channel const& channel, partner::As2Listener const& listener) {
        for (auto const& warning : read_keys(channel, listener).ring.warnings(now_, ahead_)) {
            using Ring = as2::KeyWarning::Kind;
            auto const kind = warning.kind == Ring::expires   ? Kind::expires
                              : warning.kind == Ring::expired ? Kind::expired
                              : warning.kind == Ring::not_yet ? Kind::not_yet
                                                              : Kind::weak;
            say(kind, warning.text, warning.text);
        }
    }
    /// Those that stand by themselves.
    void alone(ListedCertificate const& listed) {
        auto const& one = *listed.certificate;
        auto const name = fmt::format("{} {} in {}", to_string(listed.use), one.label(), listed.place);
        if (one.not_after() <= now_) say(Kind::expired, fmt::format("{} ended on {}; put the new one into the file", name, day(one.not_after())), one.fingerprint());
        else if (one.not_after() < now_ + ahead_)
            say(Kind::expires, fmt::format("{} ends on {}; put the new one into the file", name, day(one.not_after())), one.fingerprint());
        else if (one.not_before() > now_) say(Kind::not_yet, fmt::format("{} is not valid before {}", name, day(one.not_before())), one.fingerprint());
        if (one.is_rsa() && one.key_bits() < 2048)
            say(Kind::weak, fmt::format("the key of {} has {} bits; at least 2048 are safe", name, one.key_bits()), one.fingerprint());
    }
    void open_keys(std::vector<partner::As2Certificate> const& certificates) {
        for (auto const& one : certificates)
            open_key(one.private_key.empty() ? one.file : one.private_key);
    }
    /// Who reads a key can be us.
    void open_key(std::filesystem::path const& file) {
        if (!partner::is_open_to_others(file)) return;
        say(Kind::open_key, fmt::format("the key in {} can be read by others on this machine; chmod 600 {}", file.string(), file.string()), file.string());
    }
    void say(Kind kind, std::string text, std::string_view about) {
        auto key = fmt::format("{}:{}", to_string(kind), about);
        if (std::ranges::find(all_, key, &CertificateFinding::key) != all_.end()) return; // a file that several channels name
        all_.push_back({kind, channel_, std::move(text), std::move(key)});
    }
    CertificateSources const& sources_;
    Timestamp now_;
    std::chrono::days ahead_;
    std::string channel_;
    std::vector<CertificateFinding> all_;
};

} // namespace

std::string_view to_string(CertificateUse use) {
    switch (use) {
    case CertificateUse::own: return "own";
    case CertificateUse::partner: return "partner";
    case CertificateUse::authority: return "authority";
    case CertificateUse::tls_server: return "tls server";
    case CertificateUse::tls_client: return "tls client";
    case CertificateUse::tls_partner: return "tls partner";
    case CertificateUse::tls_authority: return "tls authority";
    }
    return {};
}

std::string_view to_string(CertificateFinding::Kind kind) {
    switch (kind) {
    case Kind::expires: return "expires";
    case Kind::expired: return "expired";
    case Kind::not_yet: return "not-yet-valid";
    case Kind::weak: return "weak";
    case Kind::unreadable: return "unreadable";
    case Kind::open_key: return "open-key";
    case Kind::missing: return "missing";
    }
    return {};
}

CertificateSources sources_of(partner::Configuration const& configuration) { return {configuration.gateway.as2, configuration.channels, configuration.gateway.listen.tls}; }

std::vector<ListedCertificate> list_certificates(CertificateSources const& sources, Timestamp now) { return Listing(sources, now).run(); }

std::vector<CertificateFinding> check_certificates(CertificateSources const& sources, Timestamp now, std::chrono::days ahead) {
    return Checking(sources, now, ahead).run();
}

} // namespace wharf::gateway
