// Who makes room when all connections are taken: ServerSettings::slow_after and slow_rate. No verdict here depends on time: what is
// slow is set so that either everybody is, or nobody.
#include "raw_client.hpp"
#include "transport/http/server.hpp"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <limits>
#include <thread>

namespace wharf::transport::http {
namespace {

using namespace std::chrono_literals;

constexpr auto never = std::chrono::milliseconds(1h);
constexpr std::uint32_t everybody_is_slow = std::numeric_limits<std::uint32_t>::max(), nobody_is_slow = 0;

struct Counts {
    std::atomic<int> begun = 0, broken_off = 0;
};

class CountingReceiver final : public BodyReceiver {
public:
    explicit CountingReceiver(Counts& counts) : counts_(counts) {}
    Result<void> take(std::string_view bytes) override {
        if (size_ == 0) ++counts_.begun;
        size_ += bytes.size();
        return {};
    }
    void broken_off() override { ++counts_.broken_off; }
    Response finish() override {
        Response response;
        response.body = "took " + std::to_string(size_);
        return response;
    }

private:
    Counts& counts_;
    std::size_t size_ = 0;
};

using Clients = std::vector<std::unique_ptr<RawClient>>;

struct Site {
    explicit Site(ServerSettings const& settings)
        : server(Server::start(settings, Admit([this](RequestHead const&) -> Admission { return std::make_unique<CountingReceiver>(counts); })).value()) {}
    ~Site() { server->stop(); }
    /// A sender in the middle of its body, from 127.0.0.`host`.
    std::unique_ptr<RawClient> drip(unsigned host) {
        auto const before = counts.begun.load();
        auto made = std::make_unique<RawClient>(server->port(), htonl(INADDR_LOOPBACK - 1 + host));
        made->send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nx");
        for (int i = 0; i < 5000 && counts.begun == before; ++i)
            std::this_thread::sleep_for(1ms);
        return made;
    }
    Clients drips(std::vector<unsigned> const& hosts) {
        Clients all;
        for (auto const host : hosts)
            all.push_back(drip(host));
        return all;
    }
    /// The first bytes of the answer to a whole request. The server may not yet be waiting for those who are to make room: then it is tried again.
    std::string answer_to(unsigned host, std::string const& wanted = "HTTP/1.1 200 ") {
        std::string answer;
        for (int i = 0; i < 100 && !answer.starts_with(wanted); ++i) {
            RawClient client(server->port(), htonl(INADDR_LOOPBACK - 1 + host));
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngood");
            answer = client.read_to_end();
        }
        return answer;
    }
    Counts counts;
    std::unique_ptr<Server> server;
};

ServerSettings small(std::chrono::milliseconds slow_after, std::uint32_t slow_rate) {
    ServerSettings settings;
    settings.max_connections = 4;
    settings.max_connections_per_address = 4;
    settings.slow_after = slow_after;
    settings.slow_rate = slow_rate;
    return settings;
}

/// How many of them were sent away; the others can go on to their end.
int displaced(Clients const& clients) {
    int count = 0;
    for (auto const& client : clients) {
        client->send("123456789");
        auto const answer = client->read_until("took 10");
        if (answer.starts_with("HTTP/1.1 200 ")) continue;
        ++count;
        // The refusal, or nothing: what the client sent behind it can take it away.
        if (!answer.empty()) {
            EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
            EXPECT_NE(answer.find("\r\nRetry-After: "), std::string::npos);
        }
    }
    return count;
}

/// What one of them was told when it made room.
std::string farewell(Clients const& clients) {
    std::string told; // sooner or later
    for (std::size_t i = 0; i < 2000 && told.find("slowest") == std::string::npos; ++i)
        told = clients[i % clients.size()]->read_until("slowest", 10ms);
    return told;
}

TEST(HttpRoom, WhoHoldsAllConnectionsByDrippingKeepsNobodyElseOut) {
    Site site(small(never, everybody_is_slow));
    auto const drips = site.drips({1, 1, 1, 1});
    EXPECT_TRUE(site.answer_to(2).starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(displaced(drips), 1) << "the newcomer needed one";
    EXPECT_EQ(site.counts.broken_off, 1) << "its receiver was told";
}

TEST(HttpRoom, WhoIsDisplacedIsTold) {
    Site site(small(never, everybody_is_slow));
    auto const drips = site.drips({1, 1, 1, 1});
    EXPECT_TRUE(site.answer_to(2).starts_with("HTTP/1.1 200 "));
    auto const told = farewell(drips);
    EXPECT_TRUE(told.starts_with("HTTP/1.1 503 ")) << told;
    EXPECT_NE(told.find("\r\nRetry-After: 30\r\n"), std::string::npos) << told;
}

TEST(HttpRoom, OneConnectionEachIsFair) {
    Site site(small(never, everybody_is_slow));
    auto const drips = site.drips({1, 2, 3, 4});
    RawClient newcomer(site.server->port(), htonl(INADDR_LOOPBACK + 4));
    EXPECT_TRUE(newcomer.read_to_end().starts_with("HTTP/1.1 503 ")) << "nobody holds two more than the newcomer, and nobody was waited for long";
    EXPECT_EQ(displaced(drips), 0);
}

TEST(HttpRoom, WhoIsSlowForLongMakesRoomWhateverTheAddress) {
    Site site(small(0ms, everybody_is_slow));
    auto const drips = site.drips({1, 2, 3, 4});
    EXPECT_TRUE(site.answer_to(5).starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(displaced(drips), 1);
}

TEST(HttpRoom, WhoHoldsManyMakesRoomAndNotTheOnlyOneOfAnother) {
    for (auto const newcomer : {3u, 1u}) { // from elsewhere, and of those who hold many
        SCOPED_TRACE(newcomer);
        Site site(small(0ms, everybody_is_slow));
        auto const drips = site.drips({2, 1, 1, 1}); // the slowest is that of address 2
        EXPECT_TRUE(site.answer_to(newcomer).starts_with("HTTP/1.1 200 "));
        EXPECT_EQ(displaced(drips), 1);
        EXPECT_NE(drips.front()->read_until("took 10").find("took 10"), std::string::npos) << "the only one of its address stays";
    }
}

TEST(HttpRoom, WhoIsQuickIsLeftAlone) {
    Site site(small(0ms, nobody_is_slow));
    auto const drips = site.drips({1, 1, 1, 1});
    RawClient newcomer(site.server->port(), htonl(INADDR_LOOPBACK + 1));
    EXPECT_TRUE(newcomer.read_to_end().starts_with("HTTP/1.1 503 "));
    EXPECT_EQ(displaced(drips), 0);
}

TEST(HttpRoom, WithinOneAddressTheSlowMakeRoomForItsOwn) {
    auto settings = small(0ms, everybody_is_slow);
    settings.max_connections = 100;
    settings.max_connections_per_address = 2;
    Site site(settings);
    auto const drips = site.drips({1, 1, 2});
    EXPECT_TRUE(site.answer_to(1).starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(displaced(drips), 1);
    EXPECT_NE(drips.back()->read_until("took 10").find("took 10"), std::string::npos) << "that of the other address stays";
}

TEST(HttpRoom, AHeadThatNeverEndsMakesRoomToo) {
    Site site(small(0ms, everybody_is_slow));
    Clients drips;
    for (int i = 0; i < 4; ++i) {
        drips.push_back(std::make_unique<RawClient>(site.server->port()));
        // The head begins behind a whole request, so when that is answered the server has it, and does not take us for idle.
        drips.back()->send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\ngoodPOST / HTTP/1.1\r\nX: y");
        EXPECT_TRUE(drips.back()->take_until("took 4").ends_with("took 4"));
    }
    EXPECT_TRUE(site.answer_to(2).starts_with("HTTP/1.1 200 "));
    EXPECT_TRUE(farewell(drips).starts_with("HTTP/1.1 503 "));
}

/// It is us who are slow then.
TEST(HttpRoom, WhoseAnswerIsBeingMadeIsLeftAlone) {
    auto settings = small(0ms, everybody_is_slow);
    settings.max_connections = 1;
    std::promise<void> begun, go_on;
    auto const server = Server::start(settings, Server::Handler([&](Request const&) {
                            begun.set_value();
                            go_on.get_future().wait();
                            return Response();
                        })).value();
    RawClient busy(server->port());
    busy.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    begun.get_future().wait();
    RawClient newcomer(server->port(), htonl(INADDR_LOOPBACK + 1));
    EXPECT_TRUE(newcomer.read_to_end().starts_with("HTTP/1.1 503 "));
    go_on.set_value();
    EXPECT_TRUE(busy.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

} // namespace
} // namespace wharf::transport::http
