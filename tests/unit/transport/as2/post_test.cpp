// A POST that hangs is broken off when we stop.

#include "transport/as2/post.hpp"
#include "transport/descriptor.hpp"

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

} // namespace
} // namespace wharf::transport::as2
