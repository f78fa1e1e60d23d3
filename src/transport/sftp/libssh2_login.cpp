// The libssh2 engine until it is logged in: what we offer, the server's key, our key or password.
#include "base/file.hpp"
#include "transport/sftp/libssh2_errors.hpp"
#include "transport/sftp/libssh2_session.hpp"
#include "transport/sftp/private_key.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mutex>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace wharf::transport::sftp {
namespace {

constexpr std::uint64_t key_file_bytes = 64u << 10;

// What we offer, best first. Old hashes and ciphers of the library's own defaults are left out; ssh-rsa stays for old
// servers: its SHA-1 signature only has to hold during the handshake, and the key itself is pinned.
constexpr auto key_exchanges = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
                               "ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,"
                               "diffie-hellman-group18-sha512,diffie-hellman-group14-sha256,diffie-hellman-group14-sha1";
constexpr auto ciphers = "aes256-ctr,aes192-ctr,aes128-ctr";
constexpr auto macs = "hmac-sha2-256,hmac-sha2-512,hmac-sha1";

struct HostKeyFamily {
    std::string_view methods;
    std::string_view name;
};
constexpr std::array host_key_families = {
    HostKeyFamily{"ssh-ed25519", "ed25519"},
    HostKeyFamily{"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "ecdsa"},
    HostKeyFamily{"ssh-rsa", "RSA"},
};

std::string_view family_of(int host_key_type) {
    switch (host_key_type) {
    case LIBSSH2_HOSTKEY_TYPE_ED25519:
        return "ed25519";
    case LIBSSH2_HOSTKEY_TYPE_RSA:
        return "RSA";
    default:
        return "ecdsa";
    }
}

constexpr std::string_view engine_limits =
    "This SFTP engine (libssh2 1.10) takes ed25519 and ecdsa host keys, RSA ones only with the old SHA-1 signature that "
    "servers since OpenSSH 8.8 refuse, key exchange curve25519, ecdh or diffie-hellman with SHA-2, ciphers aes-ctr, MACs "
    "hmac-sha2. Ask the partner's administrator for an ed25519 or ecdsa host key";

/// "SHA256:…" as ssh-keygen prints it, without padding.
std::string fingerprint_text(char const* hash) {
    std::array<unsigned char, 48> text{};
    EVP_EncodeBlock(text.data(), reinterpret_cast<unsigned char const*>(hash), 32);
    std::string base64(reinterpret_cast<char const*>(text.data()));
    while (base64.ends_with('='))
        base64.pop_back();
    return "SHA256:" + base64;
}

std::string_view without_padding(std::string_view fingerprint) {
    while (fingerprint.ends_with('=') || fingerprint.ends_with(' '))
        fingerprint.remove_suffix(1);
    return fingerprint;
}

Result<void> check_pins(std::string const& channel, SftpSettings const& settings) {
    for (auto const& pin : settings.host_key_fingerprints)
        if (!pin.starts_with("SHA256:") || without_padding(pin).size() != 7 + 43)
            return invalid(fmt::format("channel {}: host key fingerprint {} is not of the form SHA256: and 43 characters that "
                                       "`ssh-keygen -lf` prints",
                                       channel, quote_name(pin)));
    return {};
}

} // namespace

Result<Libssh2Session::Handshake> Libssh2Session::shake_hands(std::string const& host_key_methods) {
    auto socket = connect_tcp(settings_.host, settings_.port, settings_.timeout);
    if (!socket)
        return temporary(fmt::format("{}: {}", where_, socket.error().message));
    socket_ = std::move(*socket);
    session_ = libssh2_session_init_ex(nullptr, nullptr, nullptr, nullptr);
    if (!session_)
        return temporary(fmt::format("{}: out of memory", where_));
    libssh2_session_set_blocking(session_, 1);
    // libssh2 counts in whole seconds of the clock and may be up to one short: with 1 s it may not wait at all.
    libssh2_session_set_timeout(session_, std::chrono::milliseconds(settings_.timeout + std::chrono::seconds(1)).count());
    libssh2_session_method_pref(session_, LIBSSH2_METHOD_KEX, key_exchanges);
    libssh2_session_method_pref(session_, LIBSSH2_METHOD_HOSTKEY, host_key_methods.c_str());
    for (auto const direction : {LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC})
        libssh2_session_method_pref(session_, direction, ciphers);
    for (auto const direction : {LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC})
        libssh2_session_method_pref(session_, direction, macs);

    broken_ = true; // until it is done
    if (auto const code = libssh2_session_handshake(session_, socket_.get()); code != 0) {
        auto const no_match = code == LIBSSH2_ERROR_KEX_FAILURE || code == LIBSSH2_ERROR_METHOD_NONE;
        return session_failed("the SSH handshake failed", code, no_match ? engine_limits : std::string_view());
    }
    broken_ = false;
    auto const* const hash = libssh2_hostkey_hash(session_, LIBSSH2_HOSTKEY_HASH_SHA256);
    if (!hash)
        return permanent(fmt::format("{}: the server showed no host key", where_));
    std::size_t length = 0;
    int type = 0;
    libssh2_session_hostkey(session_, &length, &type);
    auto const shown = fingerprint_text(hash);
    Handshake result;
    result.family = family_of(type);
    auto const& pinned = settings_.host_key_fingerprints;
    if (std::ranges::none_of(pinned, [&](std::string const& known) { return without_padding(known) == shown; }))
        result.shown = shown;
    return result;
}

Result<void> Libssh2Session::log_in() {
    auto const& user = settings_.user;
    auto const* const list = libssh2_userauth_list(session_, user.data(), static_cast<unsigned>(user.size()));
    std::string const offered = list ? list : "";
    if (!list && !libssh2_userauth_authenticated(session_)) {
        auto const code = libssh2_session_last_errno(session_);
        broken_ = kind_of_session_error(code) == ErrorKind::temporary;
        return session_failed("the server ended the login", code);
    }
    if (!libssh2_userauth_authenticated(session_)) {
        Result<void> done = permanent(fmt::format("{}: neither a private key nor a password is configured; the server "
                                                  "takes: {}",
                                                  where_, offered));
        if (!settings_.private_key.empty())
            done = log_in_with_key(offered);
        if (!done && !settings_.password.empty() && !done.error().is_temporary()) {
            auto second = log_in_with_password(offered); // some servers ask for both, one after the other
            if (!second && !settings_.private_key.empty())
                second = std::unexpected(
                    Error{second.error().kind, done.error().message + "\n" + second.error().message});
            done = std::move(second);
        }
        if (!done)
            return done;
    }
    sftp_ = libssh2_sftp_init(session_);
    if (!sftp_) {
        auto const code = libssh2_session_last_errno(session_);
        return session_failed("logged in, but the server opens no SFTP session", code,
                              "Ask the partner's administrator whether this login may use SFTP");
    }
    return {};
}

Result<void> Libssh2Session::log_in_with_key(std::string const& offered) {
    auto const path = settings_.private_key.string();
    auto text = read_file(settings_.private_key, key_file_bytes);
    if (!text)
        return std::unexpected(Error{text.error().kind, fmt::format("{}: private key: {}", where_, text.error().message)});
    auto const facts = inspect_private_key(*text);
    auto const wipe = [&] { OPENSSL_cleanse(text->data(), text->size()); };
    auto const refuse = [&](std::string_view reason) {
        wipe();
        return permanent(fmt::format("{}: private key {}: {}", where_, path, reason));
    };
    if (!facts.is_key)
        return refuse("this is not a private key file; name the file that ssh-keygen wrote without .pub");
    if (facts.is_encrypted && settings_.passphrase.empty())
        return refuse("it is protected by a passphrase and the channel configures none");
    if (offered.find("publickey") == std::string::npos)
        return refuse(fmt::format("the server takes no keys for this user, only: {}", offered));

    auto const code = libssh2_userauth_publickey_frommemory(session_, settings_.user.data(), settings_.user.size(), nullptr,
                                                            0, text->data(), text->size(),
                                                            settings_.passphrase.empty() ? nullptr
                                                                                         : settings_.passphrase.c_str());
    wipe();
    if (code == 0)
        return {};
    if (kind_of_session_error(code) == ErrorKind::temporary) {
        broken_ = true;
        return session_failed("login with a key", code);
    }
    if (facts.type == "ssh-rsa")
        return refuse("login refused. It is an RSA key, and this SFTP engine (libssh2 1.10) can use RSA only with the old "
                      "SHA-1 signature, which servers since OpenSSH 8.8 refuse. Make an ed25519 key (ssh-keygen -t ed25519) "
                      "and give the partner its public half");
    if (code == LIBSSH2_ERROR_FILE || code == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED) // it never got as far as the server
        return refuse(facts.is_encrypted
                          ? "it cannot be read with the configured passphrase"
                          : fmt::format("it cannot be read{}",
                                        facts.is_openssh ? "" : "; ssh-keygen -p -f FILE rewrites it in OpenSSH's format"));
    return refuse(fmt::format("login refused for user {}. Check that the partner has installed the public half of this key "
                              "for this user; the server takes: {}",
                              settings_.user, offered));
}

Result<void> Libssh2Session::log_in_with_password(std::string const& offered) {
    if (offered.find("password") == std::string::npos)
        return permanent(fmt::format("{}: the server takes no password for this user, only: {}", where_, offered));
    auto const& user = settings_.user;
    auto const& password = settings_.password;
    auto const code = libssh2_userauth_password_ex(session_, user.data(), static_cast<unsigned>(user.size()), password.data(),
                                                   static_cast<unsigned>(password.size()), nullptr);
    if (code == 0)
        return {};
    if (kind_of_session_error(code) == ErrorKind::temporary) {
        broken_ = true;
        return session_failed("login with a password", code);
    }
    if (code == LIBSSH2_ERROR_PASSWORD_EXPIRED)
        return permanent(fmt::format("{}: the password of user {} has expired; set a new one with the partner", where_, user));
    return permanent(fmt::format("{}: the server refused user {} with the configured password", where_, user));
}

// A server may hold keys of several types and shows the first one we both know; the pinned one may be another. So after a
// key we do not know the other types are asked for, too, before the server is refused.
Result<std::unique_ptr<Session>> open_libssh2_session(std::string const& channel, SftpSettings const& settings) {
    static std::once_flag once;
    static int initialised = 0;
    std::call_once(once, [] { initialised = libssh2_init(0); });
    if (initialised != 0)
        return permanent(fmt::format("channel {}: libssh2 does not start ({})", channel, initialised));
    if (auto fine = check_pins(channel, settings); !fine)
        return unexpected(fine.error());

    std::vector<HostKeyFamily> wanted(host_key_families.begin(), host_key_families.end());
    std::vector<std::string> shown;
    while (!wanted.empty()) {
        std::string methods;
        for (auto const& family : wanted)
            methods.append(methods.empty() ? "" : ",").append(family.methods);
        auto session = std::make_unique<Libssh2Session>(channel, settings);
        auto hands = session->shake_hands(methods);
        if (!hands && (shown.empty() || hands.error().is_temporary()))
            return unexpected(hands.error());
        if (!hands)
            break; // no key of another type
        if (hands->shown.empty()) {
            if (auto done = session->log_in(); !done)
                return unexpected(done.error());
            return session;
        }
        shown.push_back(fmt::format("{} ({})", hands->shown, hands->family));
        if (settings.host_key_fingerprints.empty())
            break;
        std::erase_if(wanted, [&](HostKeyFamily const& family) { return family.name == hands->family; });
    }
    auto const server = fmt::format("channel {}: sftp://{}@{}:{}", channel, settings.user, settings.host, settings.port);
    if (settings.host_key_fingerprints.empty())
        return permanent(fmt::format("{}: no host key fingerprint is configured, so the server cannot be told from an "
                                     "impostor. It showed {}. Ask the partner for the fingerprint by another way than this "
                                     "connection and, if it is the same, add it to the channel's host_key_fingerprints",
                                     server, fmt::join(shown, ", ")));
    return permanent(fmt::format("{}: the host key is not the pinned one, so nothing was sent. Pinned: {}. The server showed: "
                                 "{}. Either the partner has changed its key (ask by another way and add the new fingerprint) "
                                 "or somebody stands in between",
                                 server, fmt::join(settings.host_key_fingerprints, ", "), fmt::join(shown, ", ")));
}

} // namespace wharf::transport::sftp
