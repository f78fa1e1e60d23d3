// The second engine, for what libssh2 1.10 cannot: RSA with SHA-2, AES-GCM, chacha20, encrypt-then-MAC, agents, certificates.
// Nobody else sees libssh. It runs without blocking wherever its blocking calls would wait for ever on a silent server.
#include "transport/sftp/host_keys.hpp"
#include "transport/sftp/login.hpp"
#include "transport/sftp/socket.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace wharf::transport::sftp {
namespace {

constexpr auto user_keys = "ssh-ed25519,ecdsa-sha2-nistp521,ecdsa-sha2-nistp384,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256,ssh-rsa";

using Key = std::unique_ptr<ssh_key_struct, void (*)(ssh_key)>;

// The server may send this much before it hears from us again: enough for a line of 80 ms at 100 MB/s.
constexpr std::uint32_t window_bytes = 8u << 20;

class Connection {
public:
    explicit Connection(Descriptor socket) : socket_(std::move(socket)), session_(ssh_new()) {}
    Connection(Connection const&) = delete;
    ~Connection() {
        if (!session_)
            return;
        if (channel_)
            ssh_channel_free(channel_);
        if (connected_ && !broken_)
            ssh_disconnect(session_);
        shut();
        ssh_free(session_);
    }
    void shut() noexcept {
        broken_ = true;
        ::shutdown(socket_.get(), SHUT_RDWR);
    }
    Error error(std::string_view what) {
        broken_ = true;
        auto const* const text = ssh_get_error(session_);
        return {ErrorKind::temporary, fmt::format("{}: {} (libssh)", what, text && *text ? text : "the connection broke")};
    }
    /// Repeats a call of libssh that says "again" until it is through or nothing happened for `timeout`.
    template <class Call> Result<int> drive(std::string_view what, std::chrono::seconds timeout, Call const& call) {
        auto const deadline = std::chrono::steady_clock::now() + timeout;
        for (;;) {
            auto const code = call();
            if (code != SSH_AGAIN)
                return code;
            if (!wait_for(socket_.get(), POLLIN, deadline)) {
                broken_ = true;
                return temporary(fmt::format("{}: no answer within {} s", what, timeout.count()));
            }
        }
    }

    Descriptor socket_; // libssh has a duplicate of its own
    ssh_session session_;
    ssh_channel channel_ = nullptr;
    bool connected_ = false;
    bool broken_ = false;
};

class LibsshStream final : public Stream {
public:
    LibsshStream(std::unique_ptr<Connection> connection, std::chrono::seconds timeout)
        : connection_(std::move(connection)), timeout_(timeout) {}

    Result<std::size_t> read(char* room, std::size_t size) override {
        if (taken_ == end_) {
            if (since_widened_ < window_bytes / 4)
                return receive(room, size);
            if (!wide_) // its pages are used by large files only
                wide_ = std::make_unique_for_overwrite<char[]>(window_bytes);
            since_widened_ = 0;
            auto const got = receive(wide_.get(), window_bytes);
            if (!got)
                return got;
            taken_ = 0;
            end_ = *got;
        }
        auto const part = std::min(size, end_ - taken_);
        std::copy_n(wide_.get() + taken_, part, room);
        taken_ += part;
        return part;
    }
    Result<void> write(std::string_view bytes) override {
        auto deadline = std::chrono::steady_clock::now() + timeout_;
        while (!bytes.empty()) {
            auto const put = ssh_channel_write(connection_->channel_, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
            if (put < 0 && put != SSH_AGAIN)
                return unexpected(connection_->error("the connection broke"));
            if (put > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(put));
                deadline = std::chrono::steady_clock::now() + timeout_;
                continue;
            }
            // The server's window is full, or the socket: what comes in is worked off by the next call.
            short const events = ssh_get_poll_flags(connection_->session_) & SSH_WRITE_PENDING ? POLLIN | POLLOUT : POLLIN;
            if (!wait_for(connection_->socket_.get(), events, deadline))
                return silent();
        }
        return {};
    }
    void shut() noexcept override { connection_->shut(); }
    std::string description() const override {
        auto* const session = connection_->session_;
        auto const text = [](char const* found) { return found ? found : "?"; };
        return fmt::format("engine=\"libssh {}\" server=\"{}\" algorithms=\"{} {} {}\"", ssh_version(0),
                           text(ssh_get_serverbanner(session)), text(ssh_get_kex_algo(session)), text(ssh_get_cipher_out(session)),
                           text(ssh_get_hmac_out(session)));
    }

private:
    /// By itself libssh lets the server send 1.3 MB and renews that when half is used, which is too little for a long line. A call
    /// that asks for more makes it grant as much; so now and then one asks for the whole window.
    Result<std::size_t> receive(char* room, std::size_t size) {
        constexpr std::size_t most = 1u << 30;
        auto const wait = static_cast<int>(std::chrono::milliseconds(timeout_).count());
        auto const got = ssh_channel_read_timeout(connection_->channel_, room, static_cast<std::uint32_t>(std::min(size, most)), 0, wait);
        if (got > 0) {
            since_widened_ += static_cast<std::size_t>(got);
            return static_cast<std::size_t>(got);
        }
        if (got == SSH_ERROR)
            return unexpected(connection_->error("no answer"));
        if (ssh_channel_is_eof(connection_->channel_))
            return temporary("the server closed the session");
        return silent();
    }
    std::unexpected<Error> silent() {
        connection_->broken_ = true;
        return temporary(fmt::format("no answer within {} s", timeout_.count()));
    }
    std::unique_ptr<Connection> connection_;
    std::chrono::seconds timeout_;
    std::unique_ptr<char[]> wide_;            // what came when the whole window was asked for
    std::size_t taken_ = 0, end_ = 0;         // of it, what nobody took yet
    std::size_t since_widened_ = window_bytes; // bytes received since then
};

class LibsshServer final : public Greeted {
public:
    LibsshServer(Endpoint const& endpoint, Descriptor socket)
        : where_(endpoint.where), settings_(endpoint.settings), connection_(std::make_unique<Connection>(std::move(socket))) {}

    Attempt<void> shake_hands(std::string const& host_keys);
    std::string fingerprint() const override { return fingerprint_; }
    std::string_view family() const override { return family_; }
    Result<std::optional<std::string>> methods() override;
    Result<Verdict> try_key(KeyMaterial const& key) override;
    Result<Verdict> try_agent() override;
    Result<Verdict> try_password() override;
    Result<Verdict> try_interactive() override;
    Result<std::unique_ptr<Stream>> open_sftp() override;

private:
    ssh_session session() { return connection_->session_; }
    Error at(Error error) const { return {error.kind, fmt::format("{}: {}", where_, error.message)}; }
    Attempt<void> set(ssh_options_e option, void const* value, std::string_view what);
    Attempt<void> set_options(std::string const& host_keys);
    Attempt<void> read_host_key();
    Result<Verdict> verdict(std::string_view what, int code);

    std::string where_;
    SftpSettings const& settings_;
    std::unique_ptr<Connection> connection_;
    std::string fingerprint_;
    std::string_view family_;
    bool asked_ = false; // for the login methods
};

Attempt<void> LibsshServer::set(ssh_options_e option, void const* value, std::string_view what) {
    if (ssh_options_set(session(), option, value) == 0)
        return {};
    return std::unexpected(Refusal{{ErrorKind::permanent, fmt::format("{}: libssh {} takes no {} {}", where_, ssh_version(0), what,
                                                                      static_cast<char const*>(value))}});
}

Attempt<void> LibsshServer::set_options(std::string const& host_keys) {
    auto const kex = algorithms(settings_.key_exchanges, usual::key_exchanges);
    auto const ciphers = algorithms(settings_.ciphers, usual::ciphers), macs = algorithms(settings_.macs, usual::macs);
    int const no = 0;
    auto const seconds = static_cast<long>(settings_.timeout.count());
    unsigned const port = settings_.port;
    ssh_options_set(session(), SSH_OPTIONS_PROCESS_CONFIG, &no); // not the files of whoever runs the gateway
    ssh_options_set(session(), SSH_OPTIONS_TIMEOUT, &seconds);
    ssh_options_set(session(), SSH_OPTIONS_PORT, &port);
    for (auto const& [option, value, what] :
         {std::tuple<ssh_options_e, char const*, std::string_view>{SSH_OPTIONS_HOST, settings_.host.c_str(), "host"},
          {SSH_OPTIONS_USER, settings_.user.c_str(), "user"},
          {SSH_OPTIONS_COMPRESSION, "no", "compression"},
          {SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, user_keys, "key types"},
          {SSH_OPTIONS_KEY_EXCHANGE, kex.c_str(), "key exchanges"},
          {SSH_OPTIONS_HOSTKEYS, host_keys.c_str(), "host key algorithms"},
          {SSH_OPTIONS_CIPHERS_C_S, ciphers.c_str(), "ciphers"},
          {SSH_OPTIONS_CIPHERS_S_C, ciphers.c_str(), "ciphers"},
          {SSH_OPTIONS_HMAC_C_S, macs.c_str(), "MACs"},
          {SSH_OPTIONS_HMAC_S_C, macs.c_str(), "MACs"}})
        if (auto done = set(option, value, what); !done)
            return done;
    return {};
}

Attempt<void> LibsshServer::shake_hands(std::string const& host_keys) {
    static std::once_flag once;
    std::call_once(once, [] { ssh_init(); });
    if (!session())
        return std::unexpected(Refusal{{ErrorKind::temporary, fmt::format("{}: out of memory", where_)}});
    if (auto done = set_options(host_keys); !done)
        return done;
    int own = ::fcntl(connection_->socket_.get(), F_DUPFD_CLOEXEC, 0);
    if (own < 0 || ssh_options_set(session(), SSH_OPTIONS_FD, &own) != 0)
        return std::unexpected(Refusal{{ErrorKind::temporary, fmt::format("{}: too many open files", where_)}});
    if (ssh_connect(session()) != SSH_OK) {
        auto error = connection_->error("the SSH handshake failed");
        // libssh has one code for all; only its words tell what no later try will change.
        if (error.message.find("no match for method") != std::string::npos)
            error.kind = ErrorKind::permanent;
        return std::unexpected(Refusal{at(std::move(error))});
    }
    connection_->connected_ = true;
    return read_host_key();
}

Attempt<void> LibsshServer::read_host_key() {
    ssh_key key = nullptr;
    char* text = nullptr;
    if (ssh_get_server_publickey(session(), &key) != SSH_OK)
        return std::unexpected(Refusal{{ErrorKind::permanent, fmt::format("{}: the server showed no host key", where_)}});
    Key const owned(key, ssh_key_free);
    unsigned char* hash = nullptr;
    std::size_t length = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0) {
        text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
        ssh_clean_pubkey_hash(&hash);
    }
    fingerprint_ = text ? text : "";
    ssh_string_free_char(text);
    auto const type = ssh_key_type(key);
    family_ = type == SSH_KEYTYPE_ED25519 ? "ed25519" : type == SSH_KEYTYPE_RSA ? "RSA" : "ecdsa";
    return {};
}

Result<std::optional<std::string>> LibsshServer::methods() {
    if (!asked_) {
        asked_ = true;
        auto const code = ssh_userauth_none(session(), nullptr);
        if (code == SSH_AUTH_SUCCESS)
            return std::nullopt;
        if (code == SSH_AUTH_ERROR || code == SSH_AUTH_AGAIN)
            return unexpected(at(connection_->error("the server ended the login")));
    }
    auto const taken = ssh_userauth_list(session(), nullptr); // of the last answer
    std::string list;
    for (auto const& [bit, name] : {std::pair<int, std::string_view>{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
                                    {SSH_AUTH_METHOD_PASSWORD, "password"},
                                    {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
                                    {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
                                    {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}})
        if (taken & bit)
            list.append(list.empty() ? "" : ",").append(name);
    return list;
}

Result<Verdict> LibsshServer::verdict(std::string_view what, int code) {
    if (code == SSH_AUTH_SUCCESS)
        return Verdict::accepted;
    if (code == SSH_AUTH_DENIED || code == SSH_AUTH_PARTIAL)
        return Verdict::refused;
    return unexpected(at(connection_->error(what)));
}

Result<Verdict> LibsshServer::try_key(KeyMaterial const& material) {
    ssh_key key = nullptr;
    auto const* const passphrase = settings_.passphrase.empty() ? nullptr : settings_.passphrase.c_str();
    if (ssh_pki_import_privkey_base64(material.text.c_str(), passphrase, nullptr, nullptr, &key) != SSH_OK)
        return Verdict::unreadable_key;
    Key const owned(key, ssh_key_free);
    if (!material.certificate.empty()) {
        // "type base64 comment"
        auto const begin = material.certificate.find(' ');
        auto const end = material.certificate.find_first_of(" \r\n", begin + 1);
        auto const type = ssh_key_type_from_name(material.certificate.substr(0, begin).c_str());
        ssh_key certificate = nullptr;
        if (begin == std::string::npos ||
            ssh_pki_import_cert_base64(material.certificate.substr(begin + 1, end - begin - 1).c_str(), type, &certificate) != SSH_OK)
            return permanent(fmt::format("{}: {} is no certificate of a user key (ssh-keygen -s makes one, …-cert.pub)", where_,
                                         settings_.certificate.string()));
        Key const held(certificate, ssh_key_free);
        if (ssh_pki_copy_cert_to_privkey(certificate, key) != SSH_OK)
            return permanent(fmt::format("{}: the certificate {} is not of this private key", where_, settings_.certificate.string()));
    }
    return verdict("login with a key", ssh_userauth_publickey(session(), nullptr, key));
}

Result<Verdict> LibsshServer::try_agent() {
    if (auto const* const path = std::getenv("SSH_AUTH_SOCK"); !path || !*path)
        return Verdict::unreadable_key;
    return verdict("login with an agent", ssh_userauth_agent(session(), nullptr));
}

Result<Verdict> LibsshServer::try_password() {
    return verdict("login with a password", ssh_userauth_password(session(), nullptr, settings_.password.c_str()));
}

Result<Verdict> LibsshServer::try_interactive() {
    auto code = ssh_userauth_kbdint(session(), nullptr, nullptr);
    for (int rounds = 0; code == SSH_AUTH_INFO && rounds < 10; ++rounds) {
        for (int i = 0; i < ssh_userauth_kbdint_getnprompts(session()); ++i) {
            char echo = 0;
            ssh_userauth_kbdint_getprompt(session(), static_cast<unsigned>(i), &echo);
            ssh_userauth_kbdint_setanswer(session(), static_cast<unsigned>(i), echo ? "" : settings_.password.c_str());
        }
        code = ssh_userauth_kbdint(session(), nullptr, nullptr);
    }
    return verdict("keyboard-interactive login", code == SSH_AUTH_INFO ? int{SSH_AUTH_DENIED} : code);
}

Result<std::unique_ptr<Stream>> LibsshServer::open_sftp() {
    constexpr std::string_view what = "logged in, but the server opens no SFTP session";
    ssh_set_blocking(session(), 0);
    auto& channel = connection_->channel_;
    channel = ssh_channel_new(session());
    if (!channel)
        return unexpected(at(connection_->error(what)));
    auto code = connection_->drive(what, settings_.timeout, [&] { return ssh_channel_open_session(channel); });
    if (code && *code == SSH_OK)
        code = connection_->drive(what, settings_.timeout, [&] { return ssh_channel_request_subsystem(channel, "sftp"); });
    if (!code)
        return unexpected(at(code.error()));
    if (*code == SSH_OK)
        return std::make_unique<LibsshStream>(std::move(connection_), settings_.timeout);
    auto const alive = ssh_is_connected(session()) != 0;
    auto error = connection_->error(what);
    error.kind = alive ? ErrorKind::permanent : ErrorKind::temporary;
    error.message += ". Ask the partner's administrator whether this login may use SFTP";
    return unexpected(at(std::move(error)));
}

} // namespace

Attempt<std::unique_ptr<Greeted>> greet_libssh(Endpoint const& endpoint, Descriptor socket, std::string const& host_keys) {
    auto server = std::make_unique<LibsshServer>(endpoint, std::move(socket));
    if (auto done = server->shake_hands(host_keys); !done)
        return std::unexpected(std::move(done.error()));
    return server;
}

} // namespace wharf::transport::sftp
