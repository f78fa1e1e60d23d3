#include "transport/http/message.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::http {
namespace {

using Complete = RequestReader::Complete;
using NeedMore = RequestReader::NeedMore;
using SendContinue = RequestReader::SendContinue;

RequestReader::Step feed_all(std::string_view text, std::uint64_t limit = 1000) {
    RequestReader reader(limit);
    return reader.feed(text);
}

int refused(std::string_view text, std::uint64_t limit = 1000) {
    auto step = feed_all(text, limit);
    auto const* refusal = std::get_if<Refusal>(&step);
    return refusal ? refusal->status : 0;
}

TEST(HttpMessage, ReadsARequest) {
    auto step = feed_all("POST /v1/docs%20x/a?b=%41&c HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nContent-Length: 4\r\n\r\nbody");
    auto const* complete = std::get_if<Complete>(&step);
    ASSERT_TRUE(complete);
    EXPECT_EQ(complete->request.method, "POST");
    EXPECT_EQ(complete->request.path, "/v1/docs x/a");
    EXPECT_EQ(complete->request.query, "b=%41&c");
    EXPECT_EQ(complete->request.header("x-one"), "1");
    EXPECT_EQ(complete->request.header("absent"), "");
    EXPECT_EQ(complete->request.body, "body");
    EXPECT_TRUE(complete->keep_alive);
}

TEST(HttpMessage, ReadsTheSameRequestCutAtAnyByte) {
    std::string const text = "PUT http://h:80/p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "5;x=y\r\nhello\r\n3\r\n, w\r\n0\r\n\r\n";
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        RequestReader reader(1000);
        std::string buffer = text.substr(0, cut);
        std::string_view first = buffer;
        ASSERT_TRUE(std::holds_alternative<NeedMore>(reader.feed(first))) << cut;
        buffer = std::string(first) + text.substr(cut);
        std::string_view second = buffer;
        auto step = reader.feed(second);
        auto const* complete = std::get_if<Complete>(&step);
        ASSERT_TRUE(complete) << cut;
        EXPECT_EQ(complete->request.path, "/p");
        EXPECT_EQ(complete->request.body, "hello, w");
        EXPECT_TRUE(second.empty());
        EXPECT_FALSE(reader.is_inside());
    }
}

TEST(HttpMessage, LeavesThePipelinedNextRequest) {
    RequestReader reader(1000);
    std::string_view bytes = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    auto first = reader.feed(bytes);
    ASSERT_TRUE(std::holds_alternative<Complete>(first));
    EXPECT_EQ(std::get<Complete>(first).request.path, "/1");
    auto second = reader.feed(bytes);
    ASSERT_TRUE(std::holds_alternative<Complete>(second));
    EXPECT_EQ(std::get<Complete>(second).request.path, "/2");
    EXPECT_FALSE(std::get<Complete>(second).keep_alive);
    EXPECT_TRUE(bytes.empty());
}

TEST(HttpMessage, AsksForTheBodyOnlyWhenItIsExpected) {
    RequestReader reader(1000);
    std::string_view head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    EXPECT_TRUE(std::holds_alternative<SendContinue>(reader.feed(head)));
    std::string_view body = "ab";
    EXPECT_TRUE(std::holds_alternative<Complete>(reader.feed(body)));
    EXPECT_TRUE(std::holds_alternative<Complete>(
        feed_all("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab")));
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\nContent-Length: 2\r\n\r\n"), 417);
}

TEST(HttpMessage, RefusesWhatItMustNotGuess) {
    EXPECT_EQ(refused("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.0\r\n\r\n"), 0) << "HTTP/1.0 needs no Host";
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), 501);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"), 501);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"), 400);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n"), 400);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET * HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
    EXPECT_EQ(refused("\x16\x03\x01\x02 TLS hello"), 400);
    EXPECT_EQ(refused("GET / HTTP/3.0\r\nHost: h\r\n\r\n"), 505);
}

TEST(HttpMessage, HoldsItsLimits) {
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", 10), 413);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789", 10), 0);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n", 10), 413);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"), 431);
    EXPECT_EQ(refused("GET /" + std::string(20000, 'x')), 431) << "before the line ends";
}

TEST(HttpMessage, RendersAnAnswer) {
    Response response;
    response.status = 201;
    response.headers = {{"Location", "/v1/x"}, {"Content-Length", "99"}, {"X-Bad", "a\r\nSet-Cookie: b"}, {"bad name", "x"}};
    response.body = "made";
    EXPECT_EQ(render(response, true, false, false, "D"),
              "HTTP/1.1 201 Created\r\nDate: D\r\nLocation: /v1/x\r\nContent-Length: 4\r\n\r\nmade");
    EXPECT_EQ(render(response, false, false, true, "D"),
              "HTTP/1.1 201 Created\r\nDate: D\r\nLocation: /v1/x\r\nContent-Length: 4\r\nConnection: close\r\n\r\n");
    Response empty;
    empty.status = 204;
    empty.body = "never sent";
    EXPECT_EQ(render(empty, true, true, false, "D"), "HTTP/1.1 204 No Content\r\nDate: D\r\nConnection: keep-alive\r\n\r\n");
}

TEST(HttpMessage, WritesDatesAsHttpDoes) {
    EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); // the example of RFC 9110
    EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

} // namespace
} // namespace wharf::transport::http
