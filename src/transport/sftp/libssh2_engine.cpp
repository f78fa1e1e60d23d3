// The first engine. Nobody else sees libssh2.
#include "transport/sftp/host_keys.hpp"
#include "transport/sftp/login.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <libssh2.h>
#include <mutex>
#include <sys/socket.h>

namespace wharf::transport::sftp {
namespace {

// From 1.11 on the library has rsa-sha2, AES-GCM, chacha20 (1.11.1) and encrypt-then-MAC; which of the algorithms we name it
// was built with it knows itself and leaves the others out.
constexpr bool built_with_rsa_sha2 = LIBSSH2_VERSION_NUM >= 0x010b00;

// The server may send this much before it hears from us again: enough for a line of 80 ms at 100 MB/s.
constexpr unsigned window_bytes = 8u << 20;

/// Codes about sockets, time-outs and broken packets are temporary.
ErrorKind kind_of(int code) {
    switch (code) {
    case LIBSSH2_ERROR_METHOD_NONE:
    case LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
    case LIBSSH2_ERROR_KEX_FAILURE:
    case LIBSSH2_ERROR_HOSTKEY_INIT:
    case LIBSSH2_ERROR_HOSTKEY_SIGN:
    case LIBSSH2_ERROR_AUTHENTICATION_FAILED:
    case LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED:
    case LIBSSH2_ERROR_KEYFILE_AUTH_FAILED:
    case LIBSSH2_ERROR_PASSWORD_EXPIRED:
    case LIBSSH2_ERROR_FILE:
    case LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED:
    case LIBSSH2_ERROR_CHANNEL_FAILURE:
    case LIBSSH2_ERROR_REQUEST_DENIED:
    case LIBSSH2_ERROR_INVAL:
    case LIBSSH2_ERROR_BAD_USE:
        return ErrorKind::permanent;
    default: // sockets, time-outs, broken packets, memory
        return ErrorKind::temporary;
    }
}

/// Whether another library may do better than a handshake that ended so.
bool falls_short(int code) {
    switch (code) {
    case LIBSSH2_ERROR_METHOD_NONE:
    case LIBSSH2_ERROR_METHOD_NOT_SUPPORTED:
    case LIBSSH2_ERROR_KEX_FAILURE:
    case LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE:
    case LIBSSH2_ERROR_HOSTKEY_INIT:
    case LIBSSH2_ERROR_HOSTKEY_SIGN:
    case LIBSSH2_ERROR_INVAL:
        return true;
    default:
        return false;
    }
}

/// The session and its socket. With the socket shut, freeing waits for nobody.
class Connection {
public:
    explicit Connection(Descriptor socket) : socket_(std::move(socket)) {}
    Connection(Connection const&) = delete;
    ~Connection() {
        if (!session_)
            return;
        if (broken_)
            shut();
        else
            libssh2_session_set_timeout(session_, 2000);
        if (channel_)
            libssh2_channel_free(channel_);
        libssh2_session_disconnect(session_, "done");
        shut();
        libssh2_session_free(session_);
    }
    void shut() noexcept {
        broken_ = true;
        ::shutdown(socket_.get(), SHUT_RDWR);
    }
    Error error(std::string_view what, int code, std::chrono::seconds timeout) {
        char* text = nullptr;
        libssh2_session_last_error(session_, &text, nullptr, 0);
        auto const kind = kind_of(code);
        broken_ = broken_ || kind == ErrorKind::temporary;
        if (code == LIBSSH2_ERROR_TIMEOUT)
            return {kind, fmt::format("{}: no answer within {} s", what, timeout.count())};
        return {kind, fmt::format("{}: {} (libssh2 {})", what, text && *text ? text : "no reason given", code)};
    }

    Descriptor socket_;
    LIBSSH2_SESSION* session_ = nullptr;
    LIBSSH2_CHANNEL* channel_ = nullptr;
    bool broken_ = false; // the connection is lost or out of step
};

class Libssh2Stream final : public Stream {
public:
    Libssh2Stream(std::unique_ptr<Connection> connection, std::chrono::seconds timeout)
        : connection_(std::move(connection)), timeout_(timeout) {}

    Result<std::size_t> read(char* room, std::size_t size) override {
        auto const got = libssh2_channel_read(connection_->channel_, room, size);
        if (got > 0)
            return static_cast<std::size_t>(got);
        if (got == 0)
            return temporary("the server closed the session");
        return unexpected(connection_->error("no answer", static_cast<int>(got), timeout_));
    }
    Result<void> write(std::string_view bytes) override {
        while (!bytes.empty()) {
            auto const put = libssh2_channel_write(connection_->channel_, bytes.data(), bytes.size());
            if (put < 0)
                return unexpected(connection_->error("the connection broke", static_cast<int>(put), timeout_));
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        return {};
    }
    void shut() noexcept override { connection_->shut(); }
    std::string description() const override {
        auto* const session = connection_->session_;
        auto const method = [&](int kind) {
            auto const* const text = libssh2_session_methods(session, kind);
            return text ? text : "?";
        };
        auto const* const banner = libssh2_session_banner_get(session);
        return fmt::format("engine=\"libssh2 {}\" server=\"{}\" algorithms=\"{} {} {} {}\"", libssh2_version(0), banner ? banner : "?",
                           method(LIBSSH2_METHOD_KEX), method(LIBSSH2_METHOD_HOSTKEY), method(LIBSSH2_METHOD_CRYPT_CS),
                           method(LIBSSH2_METHOD_MAC_CS));
    }

private:
    std::unique_ptr<Connection> connection_;
    std::chrono::seconds timeout_;
};

class Libssh2Server final : public Greeted {
public:
    Libssh2Server(Endpoint const& endpoint, Descriptor socket)
        : where_(endpoint.where), settings_(endpoint.settings), connection_(std::make_unique<Connection>(std::move(socket))) {}

    Attempt<void> shake_hands(std::string const& host_keys);
    std::string fingerprint() const override { return fingerprint_; }
    std::string_view family() const override { return family_; }
    Result<std::optional<std::string>> methods() override;
    Result<Verdict> try_key(KeyMaterial const& key) override;
    Result<Verdict> try_agent() override { return Verdict::refused; } // log_in() leaves agents to libssh
    Result<Verdict> try_password() override;
    Result<Verdict> try_interactive() override;
    Result<std::unique_ptr<Stream>> open_sftp() override;

private:
    LIBSSH2_SESSION* session() { return connection_->session_; }
    std::unexpected<Error> failed(std::string_view what, int code, std::string_view advice = {}) {
        auto error = connection_->error(what, code, settings_.timeout);
        error.message = fmt::format("{}: {}{}{}", where_, error.message, advice.empty() ? "" : ". ", advice);
        return std::unexpected(std::move(error));
    }
    Result<Verdict> verdict(std::string_view what, int code);
    Result<void> choose(int method, std::string const& list, std::string_view what);

    std::string where_;
    SftpSettings const& settings_;
    std::unique_ptr<Connection> connection_;
    std::string fingerprint_;
    std::string_view family_;
};

Result<void> Libssh2Server::choose(int method, std::string const& list, std::string_view what) {
    if (auto const code = libssh2_session_method_pref(session(), method, list.c_str()); code != 0)
        return permanent(fmt::format("{}: libssh2 {} knows none of the {} {}", where_, libssh2_version(0), what, list));
    return {};
}

Attempt<void> Libssh2Server::shake_hands(std::string const& host_keys) {
    static std::once_flag once;
    static int initialised = 0;
    std::call_once(once, [] { initialised = libssh2_init(0); });
    if (initialised != 0)
        return std::unexpected(
            Refusal{{ErrorKind::permanent, fmt::format("{}: libssh2 does not start ({})", where_, initialised)}, true});
    connection_->session_ = libssh2_session_init_ex(nullptr, nullptr, nullptr, const_cast<SftpSettings*>(&settings_));
    if (!session())
        return std::unexpected(Refusal{{ErrorKind::temporary, fmt::format("{}: out of memory", where_)}});
    libssh2_session_set_blocking(session(), 1);
    // libssh2 counts in whole seconds of the clock and may be up to one short: with 1 s it may not wait at all.
    libssh2_session_set_timeout(session(), std::chrono::milliseconds(settings_.timeout + std::chrono::seconds(1)).count());
    auto const ciphers = algorithms(settings_.ciphers, usual::ciphers), macs = algorithms(settings_.macs, usual::macs);
    for (auto const& [method, list, what] :
         {std::tuple<int, std::string, std::string_view>{LIBSSH2_METHOD_KEX, algorithms(settings_.key_exchanges, usual::key_exchanges),
                                                         "key exchanges"},
          {LIBSSH2_METHOD_HOSTKEY, host_keys, "host key algorithms"},
          {LIBSSH2_METHOD_CRYPT_CS, ciphers, "ciphers"},
          {LIBSSH2_METHOD_CRYPT_SC, ciphers, "ciphers"},
          {LIBSSH2_METHOD_MAC_CS, macs, "MACs"},
          {LIBSSH2_METHOD_MAC_SC, macs, "MACs"}})
        if (auto chosen = choose(method, list, what); !chosen)
            return std::unexpected(Refusal{chosen.error(), true});

    connection_->broken_ = true; // until it is done
    if (auto const code = libssh2_session_handshake(session(), connection_->socket_.get()); code != 0)
        return std::unexpected(Refusal{failed("the SSH handshake failed", code).error(), falls_short(code)});
    connection_->broken_ = false;
    std::size_t length = 0;
    int type = 0;
    auto const* const key = libssh2_session_hostkey(session(), &length, &type);
    if (!key)
        return std::unexpected(Refusal{{ErrorKind::permanent, fmt::format("{}: the server showed no host key", where_)}});
    fingerprint_ = fingerprint_of({key, length});
    family_ = type == LIBSSH2_HOSTKEY_TYPE_ED25519 ? "ed25519" : type == LIBSSH2_HOSTKEY_TYPE_RSA ? "RSA" : "ecdsa";
    return {};
}

Result<std::optional<std::string>> Libssh2Server::methods() {
    auto const& user = settings_.user;
    auto const* const list = libssh2_userauth_list(session(), user.data(), static_cast<unsigned>(user.size()));
    if (libssh2_userauth_authenticated(session()))
        return std::nullopt;
    if (list)
        return list;
    return failed("the server ended the login", libssh2_session_last_errno(session()));
}

Result<Verdict> Libssh2Server::verdict(std::string_view what, int code) {
    if (code == 0)
        return Verdict::accepted;
    // A connection that breaks before the server has answered is called a refusal, too; only the words tell.
    char* text = nullptr;
    libssh2_session_last_error(session(), &text, nullptr, 0);
    bool const unanswered = text && std::string_view(text).starts_with("Waiting for ");
    if (kind_of(code) == ErrorKind::temporary || unanswered) {
        connection_->broken_ = true;
        auto error = failed(what, code);
        error.error().kind = ErrorKind::temporary;
        return error;
    }
    if (code == LIBSSH2_ERROR_PASSWORD_EXPIRED)
        return Verdict::expired;
    // The last two never got as far as the server.
    return code == LIBSSH2_ERROR_FILE || code == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED ? Verdict::unreadable_key : Verdict::refused;
}

Result<Verdict> Libssh2Server::try_key(KeyMaterial const& key) {
    auto const& passphrase = settings_.passphrase;
    auto const code = libssh2_userauth_publickey_frommemory(session(), settings_.user.data(), settings_.user.size(), nullptr, 0,
                                                            key.text.data(), key.text.size(),
                                                            passphrase.empty() ? nullptr : passphrase.c_str());
    // "Error parsing PEM": what a wrong passphrase makes of some keys.
    return code == LIBSSH2_ERROR_PROTO ? Verdict::unreadable_key : verdict("login with a key", code);
}

Result<Verdict> Libssh2Server::try_password() {
    auto const &user = settings_.user, &password = settings_.password;
    return verdict("login with a password",
                   libssh2_userauth_password_ex(session(), user.data(), static_cast<unsigned>(user.size()), password.data(),
                                                static_cast<unsigned>(password.size()), nullptr));
}

/// libssh2 frees what is given here with its own allocator, which is malloc's.
void answer_questions(char const*, int, char const*, int, int count, LIBSSH2_USERAUTH_KBDINT_PROMPT const* questions,
                      LIBSSH2_USERAUTH_KBDINT_RESPONSE* answers, void** abstract) {
    auto const& password = static_cast<SftpSettings const*>(*abstract)->password;
    for (int i = 0; i < count; ++i) {
        if (questions[i].echo)
            continue; // an empty answer
        answers[i].text = static_cast<char*>(std::malloc(password.size() + 1));
        if (!answers[i].text)
            continue;
        std::copy(password.begin(), password.end(), answers[i].text);
        answers[i].length = static_cast<unsigned>(password.size());
    }
}

Result<Verdict> Libssh2Server::try_interactive() {
    auto const& user = settings_.user;
    return verdict("keyboard-interactive login",
                   libssh2_userauth_keyboard_interactive_ex(session(), user.data(), static_cast<unsigned>(user.size()), answer_questions));
}

Result<std::unique_ptr<Stream>> Libssh2Server::open_sftp() {
    constexpr std::string_view advice = "Ask the partner's administrator whether this login may use SFTP";
    constexpr std::string_view what = "logged in, but the server opens no SFTP session", session_type = "session", start = "subsystem",
                               name = "sftp";
    connection_->channel_ = libssh2_channel_open_ex(session(), session_type.data(), static_cast<unsigned>(session_type.size()),
                                                    window_bytes, LIBSSH2_CHANNEL_PACKET_DEFAULT, nullptr, 0);
    if (!connection_->channel_)
        return failed(what, libssh2_session_last_errno(session()), advice);
    if (auto const code = libssh2_channel_process_startup(connection_->channel_, start.data(), static_cast<unsigned>(start.size()),
                                                          name.data(), static_cast<unsigned>(name.size()));
        code != 0)
        return failed(what, code, advice);
    libssh2_channel_handle_extended_data2(connection_->channel_, LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
    return std::make_unique<Libssh2Stream>(std::move(connection_), settings_.timeout);
}

} // namespace

bool libssh2_knows_rsa_sha2() { return built_with_rsa_sha2 && libssh2_version(0x010b00) != nullptr; }

Attempt<std::unique_ptr<Greeted>> greet_libssh2(Endpoint const& endpoint, Descriptor socket, std::string const& host_keys) {
    auto server = std::make_unique<Libssh2Server>(endpoint, std::move(socket));
    if (auto done = server->shake_hands(host_keys); !done)
        return std::unexpected(std::move(done.error()));
    return server;
}

} // namespace wharf::transport::sftp
