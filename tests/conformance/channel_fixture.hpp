// A channel of each kind and the partner's side of it, for suites that hold all transports to one contract.
#pragma once

#include "conformance/looks.hpp"
#include "conformance/names_in.hpp"
#include "support/ftpd.hpp"
#include "support/sshd.hpp"
#include "transport/channel.hpp"

#include <fmt/format.h>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <sys/stat.h>

namespace wharf::transport {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace testing_support;

/// A channel and the other side of it: the partner's folders as plain files.
class ChannelFixture {
public:
    virtual ~ChannelFixture() = default;
    [[nodiscard]] virtual std::string unavailable() const { return {}; }
    [[nodiscard]] virtual fs::path root() const = 0;
    /// What servers cannot do: names with a line end, or that are no UTF-8; telling links and pipes from files.
    [[nodiscard]] virtual bool takes_name(std::string_view) const { return true; }
    [[nodiscard]] virtual bool tells_links() const { return true; }
    /// Whether the server lets this login change the rights of files.
    [[nodiscard]] virtual bool sets_rights() const { return true; }
    [[nodiscard]] virtual bool sets_dates() const { return true; }
    [[nodiscard]] virtual std::unique_ptr<Channel> channel(PickupRules rules, Clock const* clock) = 0;
};

class FolderFixture final : public ChannelFixture {
public:
    fs::path root() const override { return folder_.path(); }
    std::unique_ptr<Channel> channel(PickupRules rules, Clock const* clock) override {
        return make_folder_channel("test", {folder_.path(), std::move(rules)}, clock);
    }

private:
    TempFolder folder_;
};

class SftpFixture final : public ChannelFixture {
public:
    /// A server with only an RSA host key is served by the second engine (docs/adr/0007-sftp-engine.md).
    explicit SftpFixture(std::string const& host_key_type) : sshd_(Sshd::start({.host_key_type = host_key_type})) {}
    std::string unavailable() const override { return sshd_.running() ? "" : sshd_.reason(); }
    fs::path root() const override { return sshd_.home(); }
    std::unique_ptr<Channel> channel(PickupRules rules, Clock const* clock) override {
        SftpSettings settings;
        settings.host = "127.0.0.1";
        settings.port = sshd_.port();
        settings.user = sshd_.user();
        settings.private_key = sshd_.user_key();
        settings.host_key_fingerprints = {sshd_.fingerprint()};
        settings.timeout = 10s;
        settings.rules = std::move(rules);
        return make_sftp_channel("test", std::move(settings), clock);
    }

private:
    Sshd sshd_;
};

class FtpsFixture final : public ChannelFixture {
public:
    explicit FtpsFixture(Ftpd::Kind kind) : ftpd_(Ftpd::start({.kind = kind})), is_vsftpd_(kind == Ftpd::Kind::vsftpd) {}
    std::string unavailable() const override { return ftpd_.running() ? "" : ftpd_.reason(); }
    fs::path root() const override { return ftpd_.home(); }
    bool takes_name(std::string_view name) const override {
        return name.find('\n') == name.npos && (is_vsftpd_ || name.find('\xff') == name.npos);
    }
    bool tells_links() const override { return is_vsftpd_; }
    bool sets_rights() const override { return !is_vsftpd_; } // not for its anonymous user
    bool sets_dates() const override { return false; }
    std::unique_ptr<Channel> channel(PickupRules rules, Clock const* clock) override {
        FtpsSettings settings;
        settings.host = "127.0.0.1";
        settings.port = ftpd_.port();
        settings.user = ftpd_.user();
        settings.password = "test";
        settings.tls.authorities = ftpd_.certificate();
        settings.timeout = 10s;
        settings.rules = std::move(rules);
        return make_ftps_channel("test", std::move(settings), clock);
    }

private:
    Ftpd ftpd_;
    bool is_vsftpd_;
};

struct Kind {
    std::string name;
    std::function<std::unique_ptr<ChannelFixture>()> make;
};
inline void PrintTo(Kind const& kind, std::ostream* out) { *out << kind.name; }
inline std::string name_of(testing::TestParamInfo<Kind> const& info) { return info.param.name; }

class ChannelTest : public testing::TestWithParam<Kind>, public Looks {
protected:
    void SetUp() override {
        fixture_ = GetParam().make();
        if (auto const reason = fixture_->unavailable(); !reason.empty())
            GTEST_SKIP() << reason;
        fs::create_directory(inbox());
        fs::create_directory(outbox());
        rules_.inbox = "in";
        rules_.outbox = "out";
    }
    [[nodiscard]] fs::path inbox() const { return fixture_->root() / "in"; }
    [[nodiscard]] fs::path outbox() const { return fixture_->root() / "out"; }

    Connection& connection() override {
        if (!connection_)
            reconnect();
        return *connection_;
    }
    void reconnect() {
        if (!channel_)
            channel_ = fixture_->channel(rules_, nullptr);
        connection_.reset();
        auto made = channel_->connect();
        if (!made)
            throw std::runtime_error(made.error().message);
        connection_ = std::move(*made);
    }

    PickupRules rules_;
    std::unique_ptr<ChannelFixture> fixture_;
    std::unique_ptr<Channel> channel_;
    std::unique_ptr<Connection> connection_;
};

inline std::string random_bytes(std::size_t size) {
    std::mt19937 random(7);
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

inline auto every_kind() {
    return testing::Values(Kind{"folder", [] { return std::make_unique<FolderFixture>(); }},
                           Kind{"libssh2", [] { return std::make_unique<SftpFixture>("ed25519"); }},
                           Kind{"libssh", [] { return std::make_unique<SftpFixture>("rsa"); }},
                           Kind{"vsftpd", [] { return std::make_unique<FtpsFixture>(Ftpd::Kind::vsftpd); }},
                           Kind{"pyftpdlib", [] { return std::make_unique<FtpsFixture>(Ftpd::Kind::pyftpdlib); }});
}

} // namespace wharf::transport
