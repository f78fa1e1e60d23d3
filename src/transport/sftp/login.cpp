#include "transport/sftp/login.hpp"

#include "base/file.hpp"
#include "transport/pickup.hpp"
#include "transport/sftp/host_certificate.hpp"
#include "transport/sftp/host_keys.hpp"
#include "transport/sftp/private_key.hpp"
#include "transport/sftp/socket.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/crypto.h>

namespace wharf::transport::sftp {
namespace {

constexpr std::uint64_t key_file_bytes = 64u << 10;

struct HostKeyFamily {
    std::string_view algorithms, name;
};
constexpr std::array host_key_families = {
    HostKeyFamily{"ssh-ed25519", "ed25519"},
    HostKeyFamily{"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "ecdsa"},
    HostKeyFamily{"rsa-sha2-512,rsa-sha2-256,ssh-rsa", "RSA"},
};

std::unexpected<Refusal> refusal(Error error) { return std::unexpected(Refusal{std::move(error)}); }

/// The key file, read by us: a missing file, a public key, a missing passphrase are told apart before the server is asked.
Result<KeyMaterial> load_key(Endpoint const& endpoint) {
    auto const& settings = endpoint.settings;
    auto const path = settings.private_key.string();
    KeyMaterial key;
    auto text = read_file(settings.private_key, key_file_bytes);
    if (!text)
        return std::unexpected(Error{text.error().kind, fmt::format("{}: private key: {}", endpoint.where, text.error().message)});
    auto const facts = inspect_private_key(*text);
    if (!facts.is_key)
        return permanent(fmt::format("{}: private key {}: this is not a private key file; name the file that ssh-keygen wrote "
                                     "without .pub",
                                     endpoint.where, path));
    if (facts.is_encrypted && settings.passphrase.empty())
        return permanent(fmt::format("{}: private key {}: it is protected by a passphrase and the channel configures none",
                                     endpoint.where, path));
    key.is_encrypted = facts.is_encrypted;
    key.is_openssh = facts.is_openssh;
    key.type = facts.type;
    if (!settings.certificate.empty()) {
        auto certificate = read_file(settings.certificate, key_file_bytes);
        if (!certificate)
            return std::unexpected(
                Error{certificate.error().kind, fmt::format("{}: certificate: {}", endpoint.where, certificate.error().message)});
        key.certificate = std::move(*certificate);
    }
    key.text = std::move(*text);
    return key;
}

/// One attempt to say who we are. Every refusal adds a line to `reasons`.
class Introduction {
public:
    Introduction(Endpoint const& endpoint, Greeted& server, bool is_libssh2)
        : endpoint_(endpoint), server_(server), is_libssh2_(is_libssh2) {}

    Attempt<void> run() {
        auto methods = server_.methods();
        if (!methods)
            return refusal(methods.error());
        if (!*methods)
            return {};
        offered_ = **methods;
        auto const& settings = endpoint_.settings;
        using Step = Result<bool> (Introduction::*)();
        for (auto const& [wanted, step] : {std::pair<bool, Step>{!settings.private_key.empty(), &Introduction::with_key},
                                           {settings.agent, &Introduction::with_agent},
                                           {!settings.password.empty(), &Introduction::with_password}}) {
            if (!wanted)
                continue;
            if (!reasons_.empty()) { // what was refused may have been the first half: some servers ask for key and password
                methods = server_.methods();
                if (!methods)
                    return refusal(methods.error());
                if (!*methods)
                    return {};
                offered_ = **methods;
            }
            auto const done = (this->*step)();
            if (!done)
                return refusal(done.error());
            if (*done)
                return {};
        }
        if (reasons_.empty())
            say(fmt::format("neither a private key nor a password is configured; the server takes: {}", offered_));
        return std::unexpected(Refusal{{ErrorKind::permanent, fmt::format("{}", fmt::join(reasons_, "\n"))}, falls_short_});
    }

private:
    void say(std::string_view reason) { reasons_.push_back(fmt::format("{}: {}", endpoint_.where, reason)); }
    [[nodiscard]] bool takes(std::string_view method) const {
        for (std::string_view rest = offered_; !rest.empty();) {
            auto const comma = rest.find(',');
            if (rest.substr(0, comma) == method)
                return true;
            rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
        }
        return false;
    }

    Result<bool> with_key() {
        auto key = load_key(endpoint_);
        if (!key)
            return unexpected(key.error());
        auto const prefix = fmt::format("private key {}", endpoint_.settings.private_key.string());
        if (!takes("publickey")) {
            say(fmt::format("{}: the server takes no keys for this user, only: {}", prefix, offered_));
            return false;
        }
        auto const verdict = server_.try_key(*key);
        OPENSSL_cleanse(key->text.data(), key->text.size());
        if (!verdict)
            return unexpected(verdict.error());
        if (*verdict == Verdict::accepted)
            return true;
        bool const may_be_rsa = key->type.empty() || key->type == "ssh-rsa";
        falls_short_ = is_libssh2_ && (may_be_rsa || *verdict == Verdict::unreadable_key);
        if (*verdict == Verdict::unreadable_key)
            say(key->is_encrypted ? fmt::format("{}: it cannot be read with the configured passphrase", prefix)
                                  : fmt::format("{}: it cannot be read{}", prefix,
                                                key->is_openssh ? ""
                                                                : "; ssh-keygen -p -f FILE rewrites it in OpenSSH's format"));
        else
            say(fmt::format("{}: login refused for user {}. Check that the partner has installed the public half of this key "
                            "for this user; the server takes: {}",
                            prefix, endpoint_.settings.user, offered_));
        return false;
    }

    Result<bool> with_agent() {
        if (!takes("publickey")) {
            say(fmt::format("the server takes no keys for this user, only: {}", offered_));
            return false;
        }
        auto const verdict = server_.try_agent();
        if (!verdict)
            return unexpected(verdict.error());
        if (*verdict == Verdict::accepted)
            return true;
        if (*verdict == Verdict::unreadable_key)
            say("no agent answers at SSH_AUTH_SOCK, or it holds no key");
        else
            say(fmt::format("the server refused user {} with every key of the agent", endpoint_.settings.user));
        return false;
    }

    Result<bool> with_password() {
        auto const& user = endpoint_.settings.user;
        if (!takes("password") && !takes("keyboard-interactive")) {
            say(fmt::format("the server takes no password for this user, only: {}", offered_));
            return false;
        }
        Result<Verdict> verdict = Verdict::refused;
        if (takes("password"))
            verdict = server_.try_password();
        if (verdict && *verdict == Verdict::refused && takes("keyboard-interactive"))
            verdict = server_.try_interactive();
        if (!verdict)
            return unexpected(verdict.error());
        if (*verdict == Verdict::expired)
            say(fmt::format("the password of user {} has expired; set a new one with the partner", user));
        else if (*verdict != Verdict::accepted)
            say(fmt::format("the server refused user {} with the configured password", user));
        return *verdict == Verdict::accepted;
    }

    Endpoint const& endpoint_;
    Greeted& server_;
    bool is_libssh2_;
    bool falls_short_ = false;
    std::string offered_;
    std::vector<std::string> reasons_;
};

/// Asks a server for its keys until it shows one that is accepted.
class Knocking {
public:
    Knocking(Endpoint const& endpoint, KnownKeys accepted)
        : endpoint_(endpoint), accepted_(std::move(accepted)), wanted_(host_key_families.begin(), host_key_families.end()) {
        auto const& own = endpoint.settings.host_key_algorithms;
        if (!own.empty()) {
            own_ = fmt::format("{}", fmt::join(own, ","));
            wanted_ = {HostKeyFamily{own_, "own"}};
        }
    }

    // A server may hold keys of several types and shows the first one we both know; the pinned one may be another. So after a
    // key we do not know the other types are asked for, too, before the server is refused.
    Attempt<std::unique_ptr<Stream>> by(bool libssh2) {
        while (!wanted_.empty()) {
            std::string algorithms;
            for (auto const& family : wanted_)
                algorithms.append(algorithms.empty() ? "" : ",").append(family.algorithms);
            auto socket = connect_tcp(endpoint_.settings);
            if (!socket)
                return refusal({socket.error().kind, fmt::format("{}: {}", endpoint_.where, socket.error().message)});
            auto server = libssh2 ? greet_libssh2(endpoint_, std::move(*socket), algorithms)
                                  : greet_libssh(endpoint_, std::move(*socket), algorithms);
            if (!server && (shown_.empty() || server.error().error.is_temporary() || (libssh2 && server.error().engine_falls_short)))
                return std::unexpected(server.error());
            if (!server)
                break; // no key of another type
            auto const shown = (*server)->fingerprint();
            auto const known = knows(shown, (*server)->family());
            if (!known)
                return refusal(known.error());
            if (*known)
                return enter(**server, libssh2);
            bool const is_revoked = std::ranges::find(accepted_.revoked, shown) != accepted_.revoked.end();
            shown_.push_back(fmt::format("{} ({}{})", shown, (*server)->family(), is_revoked ? ", @revoked in known_hosts" : ""));
            if ((accepted_.keys.empty() && accepted_.authorities.empty()) || !own_.empty())
                break;
            std::erase_if(wanted_, [&](HostKeyFamily const& family) { return family.name == (*server)->family(); });
        }
        return std::unexpected(Refusal{{ErrorKind::permanent, unknown_host()}, false, true});
    }

private:
    Attempt<std::unique_ptr<Stream>> enter(Greeted& server, bool libssh2) {
        if (auto done = Introduction(endpoint_, server, libssh2).run(); !done)
            return std::unexpected(done.error());
        auto stream = server.open_sftp();
        if (!stream)
            return refusal(stream.error());
        return std::move(*stream);
    }

    /// By its fingerprint, or by a certificate of this very key: a server may have others for its keys of other families.
    Result<bool> knows(std::string const& shown, std::string_view family) {
        auto const is_listed = [&] { return std::ranges::find(accepted_.keys, shown) != accepted_.keys.end(); };
        if (is_listed() || accepted_.authorities.empty())
            return is_listed();
        auto const certificate = ask_certificate(endpoint_.settings, family);
        if (!certificate)
            return unexpected({certificate.error().kind, fmt::format("{}: {}", endpoint_.where, certificate.error().message)});
        lacks_certificate_ |= certificate->empty();
        if (certificate->empty())
            return false;
        auto key = certified_key(*certificate, endpoint_.settings.host, accepted_, SystemClock().now());
        if (key)
            accepted_.keys.push_back(std::move(*key));
        else
            against_certificates_ += fmt::format(". Its {} certificate {}", family, key.error().message);
        return is_listed();
    }

    [[nodiscard]] std::string unknown_host() const {
        bool const has_none = lacks_certificate_ && against_certificates_.empty();
        return known_to_be_unknown() + (has_none ? ". Its certificate is missing: it has none" : against_certificates_);
    }
    [[nodiscard]] std::string known_to_be_unknown() const {
        auto const& accepted = accepted_.keys;
        if (accepted.empty() && endpoint_.settings.known_hosts.empty())
            return fmt::format("{}: no host key fingerprint is configured, so the server cannot be told from an impostor. It "
                               "showed {}. Ask the partner for the fingerprint by another way than this connection and, if it is "
                               "the same, add it to the channel's host_key_fingerprints",
                               endpoint_.where, fmt::join(shown_, ", "));
        if (accepted.empty())
            return fmt::format("{}: {} holds no key for this server, so it cannot be told from an impostor. It showed {}. Ask the "
                               "partner for the fingerprint by another way than this connection, then add the key",
                               endpoint_.where, endpoint_.settings.known_hosts.string(), fmt::join(shown_, ", "));
        return fmt::format("{}: the host key is not the pinned one, so nothing was sent. Pinned: {}. The server showed: {}. Either "
                           "the partner has changed its key (ask by another way and add the new fingerprint) or somebody stands "
                           "in between",
                           endpoint_.where, fmt::join(accepted, ", "), fmt::join(shown_, ", "));
    }

    Endpoint const& endpoint_;
    KnownKeys accepted_;
    std::vector<HostKeyFamily> wanted_;
    std::string own_;
    std::vector<std::string> shown_;
    bool lacks_certificate_ = false;   // of one of its keys
    std::string against_certificates_; // why those that it has do not count
};

/// What libssh2 need not even try.
bool needs_libssh(SftpSettings const& settings) {
    if (settings.agent || !settings.certificate.empty())
        return true;
    if (settings.private_key.empty() || libssh2_knows_rsa_sha2())
        return false;
    auto const text = read_file(settings.private_key, key_file_bytes);
    return text && inspect_private_key(*text).type == "ssh-rsa";
}

} // namespace

std::string algorithms(std::vector<std::string> const& own, std::string_view usual) {
    return own.empty() ? std::string(usual) : fmt::format("{}", fmt::join(own, ","));
}

Attempt<std::unique_ptr<Stream>> log_in(Endpoint const& endpoint, Experience& experience) {
    auto accepted = accepted_keys(endpoint.where, endpoint.settings);
    if (!accepted)
        return refusal(accepted.error());
    Knocking knocking(endpoint, std::move(*accepted));
    if (experience.needs_libssh || needs_libssh(endpoint.settings))
        return knocking.by(false);
    auto stream = knocking.by(true);
    if (stream || !stream.error().engine_falls_short)
        return stream;
    auto second = knocking.by(false);
    if (second)
        experience.needs_libssh = true; // the next login need not find that out again
    return second;
}

} // namespace wharf::transport::sftp
