// A POST that hangs is broken off when we stop.

#include "transport/as2/post.hpp"
#include "transport/descriptor.hpp"
#include "transport/http/server.hpp"

#include "support/as2_identity.hpp"
#include "support/temp_folder.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <thread>

namespace wharf::transport::as2 {
namespace {

/// Takes connections and never says a word.
class SilentServer {
public:
    SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_.get(), 4) != 0 ||
            ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("no socket");
        port_ = ntohs(address.sin_port);
    }
    [[nodiscard]] Descriptor accept() const { return Descriptor(::accept(socket_.get(), nullptr, nullptr)); }
    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/as2", port_); }

private:
    Descriptor socket_;
    std::uint16_t port_ = 0;
};

TEST(Post, IsBrokenOffWhenWeStop) {
    SilentServer const server;
    std::atomic<bool> stopping = false;
    std::jthread const partner([&] {
        auto const connection = server.accept();
        char byte;
        (void)::recv(connection.get(), &byte, 1, 0); // it has begun
        stopping = true;
        while (::recv(connection.get(), &byte, 1, 0) > 0) {
        }
    });
    PostSettings settings;
    settings.url = server.url();
    settings.idle_timeout = std::chrono::seconds(50); // or it fails for this reason
    Poster poster;
    auto const answer = poster.post(settings, {{"AS2-From", "us"}}, Content("hello"), &stopping);
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is_temporary());
    EXPECT_THAT(answer.error().message, ::testing::HasSubstr("we are stopping"));
}

/// A server over TLS with a certificate of these years, and what a POST to it says.
std::string failure_of_post(std::string const& host, int from_year, int to_year, bool is_trusted) {
    testing_support::TempFolder const folder;
    auto const& keys = testing_support::identity("server");
    auto const certificate = testing_support::certificate_for(keys.key.native(), "partner.example", {.from_year = from_year, .to_year = to_year});
    testing_support::write_text(folder.path() / "server.pem", to_pem(certificate) + to_pem(keys.key, "").value());
    testing_support::write_text(folder.path() / "other.pem", to_pem(testing_support::identity("another").certificate));
    http::ServerSettings settings;
    settings.listeners = {{"127.0.0.1", 0, http::TlsSettings{.certificate = folder.path() / "server.pem", .private_key = {}, .passphrase = {}, .ciphers = {}}}};
    auto const server = http::Server::start(std::move(settings), [](http::Request const&) { return http::Response(); }).value();
    PostSettings post;
    post.url = fmt::format("https://{}:{}/as2", host, server->port());
    post.authorities = folder.path() / (is_trusted ? "server.pem" : "other.pem");
    Poster poster;
    auto const answer = poster.post(post, {}, Content("hello"));
    EXPECT_FALSE(answer);
    EXPECT_FALSE(answer ? false : answer.error().is_temporary());
    return answer ? std::string() : answer.error().message;
}

TEST(Post, AFailureOfTlsTellsWhichCertificateItMet) {
    using ::testing::AllOf;
    using ::testing::HasSubstr;
    auto const met = HasSubstr("subject CN=partner.example, issuer CN=partner.example, valid from 2020-01-01 00:00:00Z to 2021-01-01 00:00:00Z)");
    EXPECT_THAT(failure_of_post("127.0.0.1", 2020, 2021, true), AllOf(HasSubstr("expired"), HasSubstr("the certificate that did not verify"), met));
    EXPECT_THAT(failure_of_post("127.0.0.1", 2020, 2021, false), AllOf(HasSubstr("the certificate that did not verify"), met));
    EXPECT_THAT(failure_of_post("127.0.0.1", 2020, 2060, true), AllOf(HasSubstr("the server's certificate: subject CN=partner.example"), HasSubstr("2060-01-01")))
        << "it is good, but another's";
}

} // namespace
} // namespace wharf::transport::as2
