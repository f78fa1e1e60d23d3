#include "transport/http/server.hpp"
#include "transport/http/troubles.hpp"

#include "raw_client.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

namespace wharf::transport::http {
namespace {

using namespace std::chrono_literals;

Response echo(Request const& request) {
    Response response;
    response.headers = {{"Content-Type", "text/plain"}};
    response.body = fmt::format("{} {} [{}]", request.method, request.path, request.body);
    if (request.path == "/slow")
        std::this_thread::sleep_for(400ms);
    if (request.path == "/throw")
        throw std::runtime_error("a bug");
    return response;
}

std::unique_ptr<Server> start(ServerSettings settings = {}, Server::Handler handler = echo) {
    auto server = Server::start(std::move(settings), std::move(handler));
    if (!server)
        throw std::runtime_error(server.error().message);
    return std::move(*server);
}

std::string request(std::string_view path, std::string_view extra = "") {
    return fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n{}\r\n", path, extra);
}

/// curl's standard output, its own status line last.
std::string run(std::string const& command) {
    std::unique_ptr<FILE, int (*)(FILE*)> const pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string text;
    std::array<char, 4096> part{};
    while (auto const got = std::fread(part.data(), 1, part.size(), pipe.get()))
        text.append(part.data(), got);
    return text;
}

constexpr auto curl_command = "curl -s --noproxy '*' -m 10 -w ' %{http_code}' ";
std::string curl(std::string const& arguments) { return run(curl_command + arguments); }
std::string piped_curl(std::size_t size, std::string const& arguments) {
    return run(fmt::format("head -c {} /dev/zero | {}", size, curl_command) + arguments);
}

TEST(HttpServer, AnswersAndKeepsTheConnection) {
    auto const server = start();
    RawClient client(server->port());
    client.send(request("/one"));
    EXPECT_NE(client.read_until("GET /one []").find("HTTP/1.1 200 OK\r\n"), std::string::npos);
    client.send(request("/two"));
    EXPECT_NE(client.read_until("GET /two []").find("GET /two []"), std::string::npos);
    client.send(request("/three", "Connection: close\r\n"));
    EXPECT_NE(client.read_to_end().find("GET /three []"), std::string::npos);
    EXPECT_TRUE(client.closed());
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
    auto const server = start();
    RawClient client(server->port());
    client.send(request("/slow") + request("/a") + request("/b", "Connection: close\r\n"));
    auto const text = client.read_to_end();
    auto const slow = text.find("GET /slow"), a = text.find("GET /a"), b = text.find("GET /b");
    EXPECT_LT(slow, a);
    EXPECT_LT(a, b);
    EXPECT_NE(b, std::string::npos);
}

TEST(HttpServer, TakesARequestByteByByte) {
    auto const server = start();
    RawClient client(server->port());
    for (char const byte : std::string("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"))
        client.send({&byte, 1});
    EXPECT_NE(client.read_until("POST /p [abc]").find("POST /p [abc]"), std::string::npos);
}

TEST(HttpServer, RefusesAndCloses) {
    auto const server = start();
    for (auto const& [text, status] : std::vector<std::pair<std::string, std::string>>{
             {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
             {"hello\r\n\r\n", "400 Bad Request"},
             {"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20000, 'x') + "\r\n\r\n", "431 Request Header"},
             {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501 Not Implemented"}}) {
        RawClient client(server->port());
        client.send(text);
        auto const answer = client.read_to_end();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << answer;
        EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
        EXPECT_TRUE(client.closed());
    }
}

TEST(HttpServer, TheSiteHearsWhatWasRefused) {
    std::mutex mutex;
    std::vector<std::string> heard;
    ServerSettings settings;
    settings.trouble = [&](std::string const& peer, std::string const& what) {
        std::lock_guard const lock(mutex);
        heard.push_back(peer + " " + what);
    };
    auto const server = start(settings);
    RawClient client(server->port());
    client.send("GET / HTTP/1.1\r\n\r\n");
    client.read_to_end();
    server->stop();
    EXPECT_EQ(heard, std::vector<std::string>{"127.0.0.1 refused with 400: The Host header is missing."});
}

TEST(HttpServer, NobodyFillsTheLog) {
    Troubles troubles;
    auto const begin = Troubles::Clock::now();
    for (unsigned i = 0; i < Troubles::most_each_second; ++i)
        EXPECT_EQ(troubles.admit("x", begin), "x");
    for (int i = 0; i < 1000; ++i)
        EXPECT_FALSE(troubles.admit("x", begin));
    EXPECT_EQ(troubles.admit("y", begin + 1s), "y (and 1000 more before it)");
    EXPECT_EQ(troubles.admit("z", begin + 1s), "z");
}

TEST(HttpServer, ATooLargeBodyIsAnsweredEvenWhileItIsSent) {
    ServerSettings settings;
    settings.max_body_bytes = 1000;
    std::atomic<int> called = 0;
    auto const server = start(settings, [&](Request const&) {
        ++called;
        return Response();
    });
    RawClient client(server->port());
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + std::string(300000, 'x'));
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 413 "));
    EXPECT_EQ(called, 0);
}

TEST(HttpServer, TimesOutAHalfRequestAndAnIdleConnection) {
    ServerSettings settings;
    settings.head_timeout = settings.idle_timeout = 1s;
    auto const server = start(settings);
    RawClient half(server->port()), idle(server->port());
    half.send("GET / HTTP/1.1\r\nHos");
    EXPECT_TRUE(half.read_to_end().starts_with("HTTP/1.1 408 "));
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_TRUE(idle.closed());
}

TEST(HttpServer, ADripOfBytesDoesNotExtendTheTime) {
    ServerSettings settings;
    settings.head_timeout = 1s;
    auto const server = start(settings);
    RawClient client(server->port());
    client.send("GET / HTTP/1.1\r\n");
    std::string answer;
    for (int i = 0; i < 30 && !client.closed(); ++i) {
        client.send("X-Drip: 1\r\n");
        answer = client.read_until("\r\n\r\n", 100ms);
        if (answer.starts_with("HTTP/1.1 408"))
            break;
    }
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
}

TEST(HttpServer, AHandlerThatThrowsGivesFiveHundred) {
    auto const server = start();
    RawClient client(server->port());
    client.send(request("/throw"));
    EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 500 "));
    client.send(request("/after"));
    EXPECT_NE(client.read_until("GET /after []").find("GET /after []"), std::string::npos);
}

TEST(HttpServer, AWaitingHandlerHoldsUpNobodyElse) {
    ServerSettings settings;
    settings.threads = 2;
    std::promise<void> fast_was_answered;
    auto const server = start(settings, [waiting = fast_was_answered.get_future().share()](Request const& asked) {
        if (asked.path == "/waits")
            waiting.wait();
        return echo(asked);
    });
    RawClient slow(server->port()), fast(server->port());
    slow.send(request("/waits"));
    fast.send(request("/fast"));
    EXPECT_NE(fast.read_until("GET /fast []").find("/fast"), std::string::npos);
    fast_was_answered.set_value(); // else nobody is answered
    EXPECT_NE(slow.read_until("GET /waits []").find("/waits"), std::string::npos);
}

TEST(HttpServer, TurnsAwayMoreConnectionsThanItMayHold) {
    ServerSettings settings;
    settings.max_connections = 2;
    auto const server = start(settings);
    std::vector<std::unique_ptr<RawClient>> held;
    for (int i = 0; i < 2; ++i) {
        held.push_back(std::make_unique<RawClient>(server->port()));
        held.back()->send(request("/held") + "GET /half HTTP/1.1\r\n");
        held.back()->read_until("GET /held []");
    }
    std::this_thread::sleep_for(50ms);
    RawClient third(server->port());
    EXPECT_TRUE(third.read_to_end().starts_with("HTTP/1.1 503 "));
    held.clear();
    std::this_thread::sleep_for(100ms);
    RawClient fourth(server->port());
    fourth.send(request("/again"));
    EXPECT_NE(fourth.read_until("GET /again []").find("/again"), std::string::npos);
}

TEST(HttpServer, WhoeverIsIdleLongestMakesRoom) {
    ServerSettings settings;
    settings.max_connections = 2;
    auto const server = start(settings);
    RawClient oldest(server->port()), other(server->port());
    for (auto* const client : {&oldest, &other}) {
        client->send(request("/held"));
        client->read_until("GET /held []");
        std::this_thread::sleep_for(20ms);
    }
    RawClient third(server->port());
    third.send(request("/third"));
    EXPECT_NE(third.read_until("GET /third []").find("/third"), std::string::npos);
    oldest.read_to_end();
    EXPECT_TRUE(oldest.closed());
    other.send(request("/still"));
    EXPECT_NE(other.read_until("GET /still []").find("/still"), std::string::npos);
}

TEST(HttpServer, OneAddressDoesNotGetAllConnections) {
    ServerSettings settings;
    settings.max_connections_per_address = 2;
    auto const server = start(settings);
    RawClient first(server->port()), second(server->port());
    for (auto* const client : {&first, &second}) {
        client->send(request("/held"));
        client->read_until("GET /held []");
    }
    RawClient third(server->port()), elsewhere(server->port(), htonl(INADDR_LOOPBACK + 1));
    EXPECT_TRUE(third.read_to_end().starts_with("HTTP/1.1 503 "));
    elsewhere.send(request("/else"));
    EXPECT_NE(elsewhere.read_until("GET /else []").find("/else"), std::string::npos);
}

TEST(HttpServer, ListensAtSeveralAddresses) {
    ServerSettings settings;
    settings.listeners = {{"127.0.0.1", 0}, {"127.0.0.1", 0}, {"::1", 0}};
    auto const server = start(settings, [](Request const& asked) {
        Response response;
        response.body = asked.peer_address + ".";
        return response;
    });
    for (std::size_t i : {0u, 1u}) {
        RawClient client(server->port(i));
        client.send(request("/"));
        EXPECT_NE(client.read_until("127.0.0.1.").find("127.0.0.1."), std::string::npos);
    }
    EXPECT_EQ(curl(fmt::format("http://[::1]:{}/", server->port(2))), "::1. 200");
    EXPECT_EQ(server->port(3), 0);
}

TEST(HttpServer, StopLetsARunningAnswerFinish) {
    auto const server = start();
    auto const port = server->port();
    RawClient running(port), idle(port);
    running.send(request("/slow"));
    idle.send(request("/x"));
    idle.read_until("GET /x []");
    std::this_thread::sleep_for(100ms);
    std::thread stopping([&] { server->stop(); });
    auto const answer = running.read_to_end();
    stopping.join();
    EXPECT_NE(answer.find("GET /slow []"), std::string::npos);
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
    idle.read_to_end();
    EXPECT_TRUE(idle.closed());
    EXPECT_FALSE(RawClient(port).connected());
    server->stop(); // twice is fine
}

TEST(HttpServer, StopEndsWhateverAClientDoes) {
    auto const server = start();
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<RawClient>(server->port()));
        clients.back()->send(i % 2 ? "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf" : "");
    }
    std::this_thread::sleep_for(100ms);
    auto const port = server->port();
    server->stop();
    EXPECT_FALSE(RawClient(port).connected()) << "nobody listens any more";
}

TEST(HttpServer, SaysWhyItCannotListen) {
    auto const server = start();
    ServerSettings same;
    same.listeners[0].port = server->port();
    auto const second = Server::start(same, echo);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::temporary);
    EXPECT_NE(second.error().message.find(std::to_string(server->port())), std::string::npos);
    ServerSettings wrong;
    wrong.listeners[0].address = "localhorst";
    auto const third = Server::start(wrong, echo);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().kind, ErrorKind::invalid);
}

TEST(HttpServer, CurlUnderstandsIt) {
    auto const server = start();
    auto const url = fmt::format("http://127.0.0.1:{}", server->port());
    EXPECT_EQ(curl(url + "/a%20b"), "GET /a b [] 200");
    EXPECT_EQ(curl("-d hello " + url + "/p"), "POST /p [hello] 200");
    EXPECT_EQ(curl("-H 'Transfer-Encoding: chunked' -d hello " + url + "/p"), "POST /p [hello] 200");
    EXPECT_EQ(curl("-H 'Expect: 100-continue' -d hello " + url + "/p"), "POST /p [hello] 200");
    EXPECT_EQ(curl("-0 " + url + "/old"), "GET /old [] 200");
    EXPECT_NE(curl("-I " + url + "/head").find("Content-Length: 13\r\n"), std::string::npos);
    EXPECT_EQ(curl(url + "/1 " + url + "/2"), "GET /1 [] 200GET /2 [] 200");
    auto const command = [](std::string const& arguments) { return "--data-binary @- -o /dev/null " + arguments; };
    EXPECT_EQ(piped_curl(11 << 20, command(url + "/big")), " 413");
    EXPECT_EQ(piped_curl(9 << 20, command(url + "/big")), " 200");
}

TEST(HttpServer, SurvivesManyConnectionsAtOnce) {
    auto const server = start();
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            RawClient client(server->port());
            for (int i = 0; i < 200; ++i) {
                auto const path = fmt::format("/t{}-{}.", t, i);
                client.send(request(path));
                good += client.read_until(path + " []").find(path + " []") != std::string::npos;
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(good, 1600);
}

} // namespace
} // namespace wharf::transport::http
