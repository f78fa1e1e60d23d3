// Bodies as they come: who is called, in what order, and what the other side sees.
#include "raw_client.hpp"
#include "transport/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <fmt/format.h>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

namespace wharf::transport::http {
namespace {

using namespace std::chrono_literals;

/// What happened, in order, over all requests of a test.
class Record {
public:
    void add(std::string event) {
        std::lock_guard const lock(mutex_);
        events_.push_back(std::move(event));
        changed_.notify_all();
    }
    std::vector<std::string> all() {
        std::lock_guard const lock(mutex_);
        return events_;
    }
    /// Waits until `event` has happened; all up to now.
    std::vector<std::string> until(std::string_view event) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 5s, [&] { return std::ranges::find(events_, event) != events_.end(); });
        return events_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> events_;
};
using Events = std::vector<std::string>;

class Recorder final : public BodyReceiver {
public:
    Recorder(Record& record, RequestHead const& head) : record_(record), head_(head) {}
    ~Recorder() override { record_.add("destroyed"); }
    Result<void> take(std::string_view bytes) override {
        EXPECT_FALSE(bytes.empty());
        body_ += bytes;
        if (head_.path == "/full") {
            record_.add("full");
            return temporary("the disk is full");
        }
        if (head_.path == "/large") return permanent("too much");
        if (head_.path == "/throws") throw std::runtime_error("a bug");
        return {};
    }
    void broken_off() override { record_.add("broken off after " + body_); }
    Response finish() override {
        record_.add("finished with " + body_);
        Response response;
        response.body = head_.method + " " + body_;
        response.sent = [&record = record_] { record.add("sent"); };
        return response;
    }

private:
    Record& record_;
    RequestHead const& head_;
    std::string body_;
};

struct Site {
    explicit Site(ServerSettings settings = {}) {
        server = std::move(Server::start(std::move(settings), [this](RequestHead const& head) -> Admission {
                     if (head.path != "/refused") return std::make_unique<Recorder>(record, head);
                     Response response;
                     response.status = 403;
                     response.sent = [this] { record.add("sent"); };
                     return response;
                 })).value();
    }
    ~Site() { server->stop(); }
    Record record;
    std::unique_ptr<Server> server;
};

std::string post(std::string_view path, std::string_view fields, std::string_view body = "") {
    return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\n{}\r\n{}", path, fields, body);
}

TEST(HttpStreaming, TheBodyComesInPartsAndTheAnswerBehindIt) {
    Site site;
    RawClient client(site.server->port());
    client.send(post("/", "Content-Length: 10\r\n", "01234"));
    EXPECT_EQ(client.read_until("HTTP", 50ms), "") << "not before the end";
    client.send("56789");
    EXPECT_NE(client.read_until("POST 0123456789").find("200 OK"), std::string::npos);
    EXPECT_EQ(site.record.until("sent"), (Events{"finished with 0123456789", "destroyed", "sent"}));
}

TEST(HttpStreaming, ARequestWithoutBodyIsFinishedToo) {
    Site site;
    RawClient client(site.server->port());
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(client.read_until("GET ").find("200 OK"), std::string::npos);
    EXPECT_EQ(site.record.until("sent"), (Events{"finished with ", "destroyed", "sent"}));
}

TEST(HttpStreaming, ManySmallChunksArriveInOrder) {
    Site site;
    RawClient client(site.server->port());
    std::string text = post("/", "Transfer-Encoding: chunked\r\n"), body;
    for (int i = 0; i < 500; ++i) {
        auto const part = fmt::format("{},", i);
        text += fmt::format("{:x};n={} \r\n{}\r\n", part.size(), i, part);
        body += part;
    }
    client.send(text + "0\r\n\r\n");
    EXPECT_NE(client.read_until(body).find(body), std::string::npos);
}

TEST(HttpStreaming, ContinueIsSentOnlyToWhoWasAdmitted) {
    Site site;
    RawClient admitted(site.server->port()), refused(site.server->port());
    admitted.send(post("/", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
    EXPECT_EQ(admitted.take_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    admitted.send("abc");
    EXPECT_TRUE(admitted.take_until("POST abc").starts_with("HTTP/1.1 200 OK\r\n"));
    refused.send(post("/refused", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
    auto const answer = refused.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 403 ")) << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << "or would the body come, or not?";
    RawClient eager(site.server->port()), old(site.server->port());
    eager.send(post("/", "Content-Length: 3\r\nExpect: 100-continue\r\n", "abc"));
    EXPECT_TRUE(eager.read_until("POST abc").starts_with("HTTP/1.1 200 OK\r\n")) << "who did not wait is not told to go on";
    old.send("POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc");
    EXPECT_TRUE(old.read_to_end().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpStreaming, AnEarlyAnswerKeepsTheConnectionOnlyWhenTheBodyIsThere) {
    Site site;
    RawClient client(site.server->port());
    client.send(post("/refused", "Content-Length: 3\r\n", "abc") + post("/refused", "", ""));
    client.take_until("\r\n\r\n");
    EXPECT_EQ(client.take_until("\r\n\r\n").find("Connection: close"), std::string::npos);
    client.send(post("/refused", "Content-Length: 300000\r\n", "only some of it"));
    EXPECT_NE(client.take_until("\r\n\r\n").find("Connection: close"), std::string::npos);
    client.send(std::string(300'000, 'x'));
    client.read_to_end();
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(site.record.until("sent").front(), "sent");
}

TEST(HttpStreaming, FailuresOfTheReceiverAreAnsweredByKind) {
    Site site;
    auto const answer_to = [&](std::string_view path) {
        RawClient client(site.server->port());
        client.send(post(path, "Content-Length: 300000\r\n", std::string(300'000, 'x')));
        return client.read_to_end();
    };
    auto const full = answer_to("/full");
    EXPECT_TRUE(full.starts_with("HTTP/1.1 503 ")) << full;
    EXPECT_NE(full.find("Retry-After: "), std::string::npos);
    EXPECT_NE(full.find("Connection: close"), std::string::npos);
    EXPECT_EQ(full.find("disk"), std::string::npos) << "is nobody's business";
    EXPECT_TRUE(answer_to("/large").starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(answer_to("/throws").starts_with("HTTP/1.1 500 "));
    EXPECT_EQ(site.record.until("destroyed")[0], "full");
    EXPECT_EQ(site.record.until("destroyed")[1], "destroyed") << "and nothing else was called";
}

TEST(HttpStreaming, TheReceiverIsToldWhenTheConnectionBreaks) {
    Site site;
    RawClient ended(site.server->port());
    ended.send(post("/", "Content-Length: 10\r\n", "abc"));
    ended.end();
    EXPECT_EQ(site.record.until("destroyed"), (Events{"broken off after abc", "destroyed"}));

    Site second;
    RawClient reset(second.server->port());
    reset.send(post("/", "Content-Length: 10\r\nExpect: 100-continue\r\n"));
    reset.take_until("\r\n\r\n");
    reset.reset();
    EXPECT_EQ(second.record.until("destroyed"), (Events{"broken off after ", "destroyed"}));

    Site third;
    RawClient wrong(third.server->port());
    wrong.send(post("/", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nrubbish"));
    EXPECT_TRUE(wrong.read_to_end().starts_with("HTTP/1.1 400 "));
    EXPECT_EQ(third.record.until("destroyed"), (Events{"broken off after abc", "destroyed"}));
}

TEST(HttpStreaming, AConnectionCutAtAnyByteLeavesNothingOpen) {
    std::string const text = post("/", "Transfer-Encoding: chunked\r\n", "5;a=b \r\nhello\r\n3\r\n, w\r\n0\r\nT: t\r\n\r\n");
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Site site;
        {
            RawClient client(site.server->port());
            client.send(std::string_view(text).substr(0, cut));
            client.end();
            client.read_to_end();
            EXPECT_TRUE(client.closed());
        }
        site.server->stop();
        auto const events = site.record.all();
        if (cut == text.size()) {
            EXPECT_EQ(events, (Events{"finished with hello, w", "destroyed", "sent"}));
        } else if (!events.empty()) {
            ASSERT_EQ(events.size(), 2u) << cut;
            EXPECT_TRUE(events[0].starts_with("broken off after ")) << cut;
            EXPECT_EQ(events[1], "destroyed");
        } else {
            EXPECT_LT(cut, text.find("\r\n\r\n") + 4) << "a receiver there was";
        }
    }
}

TEST(HttpStreaming, TheReceiverIsToldWhenTheServerStops) {
    Site site;
    RawClient client(site.server->port());
    client.send(post("/", "Content-Length: 10\r\nExpect: 100-continue\r\n"));
    client.take_until("\r\n\r\n");
    client.send("abc");
    std::thread stopping([&] { site.server->stop(); });
    client.end();
    stopping.join();
    EXPECT_EQ(site.record.until("destroyed"), (Events{"broken off after abc", "destroyed"}));
}

TEST(HttpStreaming, SentIsToldEvenWhenNobodyReadsTheAnswer) {
    Record record;
    std::promise<void> gone;
    auto const server = std::move(Server::start({}, [&, wait = gone.get_future().share()](Request const&) {
                            wait.wait();
                            Response response;
                            response.body.assign(10 << 20, 'x');
                            response.sent = [&] { record.add("sent"); };
                            return response;
                        })).value();
    {
        RawClient client(server->port());
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    gone.set_value();
    EXPECT_EQ(record.until("sent"), Events{"sent"});
}

TEST(HttpStreaming, NothingIsReadWhileTheReceiverWorks) {
    std::atomic<std::uint64_t> taken = 0;
    std::promise<void> go;
    struct Slow final : BodyReceiver {
        Slow(std::atomic<std::uint64_t>& count, std::shared_future<void> may_go) : taken(count), wait(std::move(may_go)) {}
        Result<void> take(std::string_view bytes) override {
            taken += bytes.size();
            wait.wait();
            return {};
        }
        void broken_off() override {}
        Response finish() override { return {}; }
        std::atomic<std::uint64_t>& taken;
        std::shared_future<void> wait;
    };
    auto const server = std::move(Server::start({}, [&, wait = go.get_future().share()](RequestHead const&) -> Admission {
                            return std::make_unique<Slow>(taken, wait);
                        })).value();
    constexpr std::size_t size = 10'000'000; // more than the sockets' own buffers, and not more than is allowed
    RawClient client(server->port());
    std::atomic<bool> all_sent = false;
    std::thread sending([&] {
        client.send(post("/", fmt::format("Content-Length: {}\r\n", size)));
        client.send(std::string(size, 'x'));
        all_sent = true;
    });
    std::this_thread::sleep_for(300ms);
    EXPECT_LE(taken, 64u << 10);
    EXPECT_FALSE(all_sent);
    go.set_value();
    EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    sending.join();
    EXPECT_EQ(taken, size);
}

TEST(HttpStreaming, AnAnswerThatNobodyReadsIsGivenUp) {
    Record record;
    ServerSettings settings;
    settings.body_timeout = 300ms;
    auto const server = std::move(Server::start(settings, [&](Request const&) {
                            Response response;
                            response.body.assign(50 << 20, 'x'); // more than the sockets hold
                            response.sent = [&] { record.add("sent"); };
                            return response;
                        })).value();
    RawClient client(server->port());
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(record.until("sent"), Events{"sent"}) << "can no longer be";
}

TEST(HttpStreaming, DrippingSendersAreTurnedAwayWhileAGoodOneIsServed) {
    ServerSettings settings;
    settings.threads = 1;
    settings.body_timeout = 1s;
    settings.least_rate = 1000;
    settings.head_timeout = 1s;
    settings.max_connections_per_address = 200;
    Site site(settings);
    std::vector<std::unique_ptr<RawClient>> drips;
    for (int i = 0; i < 100; ++i) {
        drips.push_back(std::make_unique<RawClient>(site.server->port()));
        drips.back()->send(i % 2 ? "POST / HTTP/1.1\r\nHost: h\r\n" : post("/", "Content-Length: 1000000\r\n"));
    }
    std::atomic<bool> over = false;
    std::thread dripping([&] {
        while (!over) {
            for (std::size_t i = 0; i < drips.size(); ++i)
                drips[i]->send(i % 2 ? "X: y\r\n" : "x");
            std::this_thread::sleep_for(20ms);
        }
    });
    RawClient good(site.server->port());
    for (int i = 0; i < 20; ++i) {
        good.send(post("/", "Content-Length: 4\r\n", "good"));
        EXPECT_TRUE(good.take_until("POST good").starts_with("HTTP/1.1 200 "));
    }
    for (auto const& drip : drips)
        EXPECT_TRUE(drip->read_until("\r\n", 20s).starts_with("HTTP/1.1 408 "));
    over = true;
    dripping.join();
}

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t all = 0, resident = 0;
    statm >> all >> resident;
    return resident * 4096;
}

TEST(HttpStreaming, AGigabyteNeedsNoMemory) {
    struct Counting final : BodyReceiver {
        Result<void> take(std::string_view bytes) override {
            count += bytes.size();
            most = std::max(most, resident_bytes());
            return {};
        }
        void broken_off() override {}
        Response finish() override {
            Response response;
            response.body = fmt::format("{} {}", count, most);
            return response;
        }
        std::uint64_t count = 0, most = 0;
    };
    ServerSettings settings;
    settings.max_body_bytes = 2ULL << 30;
    auto const server = std::move(Server::start(settings, [](RequestHead const&) -> Admission { return std::make_unique<Counting>(); })).value();
    [[maybe_unused]] auto const before = resident_bytes();
    RawClient client(server->port());
    client.send(post("/", "Transfer-Encoding: chunked\r\n"));
    std::string const block = fmt::format("{:x}\r\n", 1 << 20) + std::string(1 << 20, 'x') + "\r\n";
    for (int i = 0; i < 1024; ++i)
        client.send(block);
    client.send("0\r\n\r\n");
    client.read_until("\r\n\r\n");
    auto const answer = client.read_until("\r\n\r\n1073741824 ");
    std::uint64_t const most = std::strtoull(answer.substr(answer.rfind(' ') + 1).c_str(), nullptr, 10);
    EXPECT_NE(answer.find("\r\n\r\n1073741824 "), std::string::npos) << answer;
    EXPECT_GT(most, 0u);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // they keep what was freed, and shadows of it
    EXPECT_LT(most, before + (16u << 20));
#endif
}

TEST(HttpStreaming, AnAdmissionOfNothingIsABugAndNoHang) {
    auto const server = std::move(Server::start({}, [](RequestHead const&) -> Admission { return std::unique_ptr<BodyReceiver>(); })).value();
    RawClient client(server->port());
    client.send(post("/", "Content-Length: 3\r\n", "abc"));
    EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 500 "));
    EXPECT_TRUE(client.closed());
}

TEST(HttpStreaming, AnswersToHeadTellALengthWithoutABody) {
    auto const server = std::move(Server::start({}, [](RequestHead const& head) -> Admission {
                            Response response;
                            response.head_length = head.method == "HEAD" ? std::optional<std::uint64_t>(4711) : std::nullopt;
                            return response;
                        })).value();
    RawClient client(server->port());
    client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(client.take_until("\r\n\r\n").find("Content-Length: 4711\r\n"), std::string::npos);
    EXPECT_NE(client.take_until("\r\n\r\n").find("Content-Length: 0\r\n"), std::string::npos);
}

} // namespace
} // namespace wharf::transport::http
