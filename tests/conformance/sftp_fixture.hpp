// A login on a real OpenSSH server, for the suites of one transport.
#pragma once

#include "support/sshd.hpp"
#include "transport/channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::transport {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace testing_support;

class SftpLogin : public testing::Test {
protected:
    void start(SshdOptions const& options = {}) {
        sshd_ = std::make_unique<Sshd>(Sshd::start(options));
        if (!sshd_->running())
            GTEST_SKIP() << sshd_->reason();
        fs::create_directory(sshd_->home() / "in");
        fs::create_directory(sshd_->home() / "out");
        settings_.host = "127.0.0.1";
        settings_.port = sshd_->port();
        settings_.user = sshd_->user();
        settings_.private_key = sshd_->user_key();
        settings_.passphrase = options.passphrase;
        settings_.host_key_fingerprints = {sshd_->fingerprint()};
        settings_.timeout = 5s;
        settings_.rules.inbox = "in";
        settings_.rules.outbox = "out";
    }
    [[nodiscard]] Result<std::unique_ptr<Connection>> connect() const {
        return make_sftp_channel("acme", settings_)->connect();
    }
    [[nodiscard]] Error refused() const {
        auto made = connect();
        if (made) {
            ADD_FAILURE() << "connected";
            return {};
        }
        return made.error();
    }
    void expect_login() const {
        auto made = connect();
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_TRUE((*made)->list());
    }

    /// What the log says of the connection: engine, algorithms.
    [[nodiscard]] std::string described() const {
        auto made = connect();
        return made ? (*made)->description() : made.error().message;
    }

    std::unique_ptr<Sshd> sshd_;
    SftpSettings settings_;
};


#define START(...)                                                                                                     \
    start(__VA_ARGS__);                                                                                                \
    if (IsSkipped())                                                                                                   \
    return

} // namespace wharf::transport
