#include "transport/http/message.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <vector>

namespace wharf::transport::http {
namespace {

/// What came out of some bytes: the requests with their bodies, and how it ended.
struct Read {
    struct Whole {
        RequestReader::Head head;
        std::string body;
        bool has_ended = false;
    };
    std::vector<Whole> requests;
    int refused = 0; // status
    std::string reason;
    bool is_inside = false;
};

void feed(RequestReader& reader, std::string_view bytes, Read& read) {
    while (read.refused == 0) {
        auto step = reader.next(bytes);
        if (std::holds_alternative<RequestReader::NeedMore>(step)) {
            EXPECT_TRUE(bytes.empty()) << "nothing stays behind";
            break;
        }
        if (auto* const head = std::get_if<RequestReader::Head>(&step))
            read.requests.push_back({std::move(*head), {}, false});
        else if (auto const* const part = std::get_if<RequestReader::Part>(&step))
            read.requests.back().body.append(part->bytes);
        else if (std::holds_alternative<RequestReader::End>(step))
            read.requests.back().has_ended = true;
        else {
            read.refused = std::get<Refusal>(step).status;
            read.reason = std::get<Refusal>(step).reason;
        }
    }
    read.is_inside = reader.is_inside();
}

/// In pieces of so many bytes; 0: all at once.
Read read(std::string_view text, std::uint64_t most_body = 1000, std::size_t piece = 0) {
    ReaderLimits limits;
    limits.max_body_bytes = most_body;
    RequestReader reader(limits);
    Read result;
    if (piece == 0)
        piece = std::max<std::size_t>(1, text.size());
    for (; !text.empty() && result.refused == 0; text.remove_prefix(std::min(piece, text.size()))) {
        std::string const own(text.substr(0, piece)); // its own memory, so that a sanitizer sees whoever reads on
        feed(reader, own, result);
    }
    return result;
}

/// The status of the refusal, the same however the bytes are cut; 0: none.
int refused(std::string_view text, std::uint64_t most_body = 1000) {
    auto const whole = read(text, most_body);
    EXPECT_EQ(read(text, most_body, 1).refused, whole.refused) << text;
    EXPECT_EQ(whole.refused != 0, !whole.reason.empty());
    return whole.refused;
}

/// The body of a request in chunks, or "refused".
std::string chunks(std::string_view body, std::uint64_t most_body = 1000) {
    auto const text = fmt::format("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{}", body);
    auto const whole = read(text, most_body), bytewise = read(text, most_body, 1);
    EXPECT_EQ(whole.refused, bytewise.refused);
    if (whole.refused != 0)
        return fmt::format("refused {}", whole.refused);
    if (whole.requests.size() != 1 || !whole.requests[0].has_ended)
        return "more is needed";
    EXPECT_EQ(whole.requests[0].body, bytewise.requests[0].body);
    return whole.requests[0].body;
}

TEST(HttpMessage, ReadsARequest) {
    auto const result = read("POST /v1/docs%20x/a?b=%41&c HTTP/1.1\r\nHost: h\r\nX-One: \t1 \r\nContent-Length: 4\r\n\r\nbody");
    ASSERT_EQ(result.requests.size(), 1u);
    auto const& head = result.requests[0].head;
    EXPECT_EQ(head.head.method, "POST");
    EXPECT_EQ(head.head.path, "/v1/docs x/a");
    EXPECT_EQ(head.head.query, "b=%41&c");
    EXPECT_EQ(head.head.header("x-one"), "1");
    EXPECT_EQ(head.head.header("absent"), "");
    EXPECT_EQ(head.head.content_length, 4u);
    EXPECT_TRUE(head.keep_alive);
    EXPECT_EQ(result.requests[0].body, "body");
    EXPECT_TRUE(result.requests[0].has_ended);
    EXPECT_FALSE(result.is_inside);
}

TEST(HttpMessage, ReadsTheSameRequestsHoweverTheyAreCut) {
    std::string const text = "\r\nPUT http://h:80/p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "5;x=y\r\nhello\r\n3 \r\n, w\r\n0\r\nX-Trailer: dropped\r\n\r\n"
                             "GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        auto const result = read(text, 1000, piece);
        ASSERT_EQ(result.requests.size(), 2u) << piece;
        EXPECT_EQ(result.requests[0].head.head.path, "/p");
        EXPECT_EQ(result.requests[0].body, "hello, w");
        EXPECT_EQ(result.requests[0].head.head.header("X-Trailer"), "");
        EXPECT_TRUE(result.requests[0].head.keep_alive);
        EXPECT_EQ(result.requests[1].head.head.path, "/2");
        EXPECT_FALSE(result.requests[1].head.keep_alive);
        EXPECT_TRUE(result.requests[1].has_ended);
    }
}

TEST(HttpMessage, KnowsWhenItIsInsideARequest) {
    EXPECT_FALSE(read("").is_inside);
    EXPECT_FALSE(read("\r\n\r\n").is_inside) << "empty lines are none";
    EXPECT_TRUE(read("G").is_inside);
    EXPECT_TRUE(read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na").is_inside);
    EXPECT_FALSE(read("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").is_inside);
}

TEST(HttpMessage, SaysWhetherTheSenderWaits) {
    std::string const head = "POST / HTTP/1.{}\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
    EXPECT_TRUE(read(fmt::format(fmt::runtime(head), 1)).requests.at(0).head.expects_continue);
    EXPECT_FALSE(read(fmt::format(fmt::runtime(head), 0)).requests.at(0).head.expects_continue) << "HTTP/1.0 knows none";
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\nContent-Length: 2\r\n\r\n"), 417);
}

TEST(HttpMessage, RefusesWhatItMustNotGuess) {
    EXPECT_EQ(refused("GET / HTTP/1.1\r\n\r\n"), 400) << "no Host";
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.0\r\n\r\n"), 0) << "HTTP/1.0 needs no Host";
    EXPECT_EQ(refused("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
    EXPECT_EQ(refused("GET * HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
    EXPECT_EQ(refused("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
    EXPECT_EQ(refused("\x16\x03\x01\x02 TLS hello"), 400) << "at once, not when a line ends";
    EXPECT_EQ(refused("GET / HTTP/3.0\r\nHost: h\r\n\r\n"), 505);
}

TEST(HttpMessage, RefusesEveryFormOfSmuggling) {
    auto const post = [](std::string_view fields) {
        return refused(fmt::format("POST / HTTP/1.1\r\nHost: h\r\n{}\r\n\r\n", fields));
    };
    EXPECT_EQ(post("Transfer-Encoding: chunked\r\nContent-Length: 3"), 400);
    EXPECT_EQ(post("Content-Length: 3\r\nTransfer-Encoding: chunked"), 400);
    EXPECT_EQ(post("Content-Length: 3\r\nContent-Length: 4"), 400);
    EXPECT_EQ(post("Content-Length: 3\r\nContent-Length: 3"), 400) << "even when they agree";
    EXPECT_EQ(post("Content-Length: 3, 3"), 400);
    EXPECT_EQ(post("Content-Length: -3"), 400);
    EXPECT_EQ(post("Content-Length: +3"), 400);
    EXPECT_EQ(post("Content-Length: 0x3"), 400);
    EXPECT_EQ(post("Content-Length: 3 4"), 400);
    EXPECT_EQ(post("Content-Length:"), 400);
    EXPECT_EQ(post("Content-Length: 18446744073709551617"), 400) << "2^64 + 1";
    EXPECT_EQ(post("Content-Length : 3"), 400) << "a blank before the colon";
    EXPECT_EQ(post("Content-Length\t: 3"), 400);
    EXPECT_EQ(post(" Content-Length: 3"), 400);
    EXPECT_EQ(post("X: a\r\n Content-Length: 3"), 400) << "a folded line";
    EXPECT_EQ(post("X: a\r\n\tb"), 400);
    EXPECT_EQ(post("X: a\nContent-Length: 3"), 400) << "LF alone";
    EXPECT_EQ(post("X: a\rContent-Length: 3"), 400) << "CR alone";
    EXPECT_EQ(post("X: a\r\r"), 400);
    EXPECT_EQ(post(std::string_view("X: a\0b", 6)), 400);
    EXPECT_EQ(post("X: a\x0b"), 400);
    EXPECT_EQ(post(": a"), 400) << "no name";
    EXPECT_EQ(post("No colon"), 400);
    EXPECT_EQ(post("No-colon"), 400);
    EXPECT_EQ(post("N\xc3\xa4me: a"), 400);
    EXPECT_EQ(post("Transfer-Encoding: gzip, chunked"), 501);
    EXPECT_EQ(post("Transfer-Encoding: chunked, chunked"), 501);
    EXPECT_EQ(post("Transfer-Encoding: identity"), 501);
    EXPECT_EQ(post("Transfer-Encoding: xchunked"), 501);
    EXPECT_EQ(post("Transfer-Encoding: \x0b" "chunked"), 400);
    EXPECT_EQ(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400);
    EXPECT_EQ(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"), 400);
    EXPECT_EQ(post("Transfer-Encoding:\r\n chunked"), 400);
    EXPECT_EQ(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
    EXPECT_EQ(refused("POST / HTTP/1.1\nHost: h\n\n"), 400);
    EXPECT_EQ(refused("GET  / HTTP/1.1\r\nHost: h\r\n\r\n"), 400) << "two blanks";
    EXPECT_EQ(refused("GET / HTTP/1.1 \r\nHost: h\r\n\r\n"), 505);
    EXPECT_EQ(refused("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"), 505);
    EXPECT_EQ(refused("GET / HTTP/1.1\r\n Host: h\r\n\r\n"), 400) << "a folded request line";
    EXPECT_EQ(refused("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
}

TEST(HttpMessage, TakesTheOdditiesOfRealSenders) {
    auto const post = [](std::string_view fields) {
        return refused(fmt::format("POST / HTTP/1.1\r\nHost: h\r\n{}\r\n\r\nabc", fields));
    };
    EXPECT_EQ(post("Content-Length: 0000000000000000000000000003"), 0) << "leading zeros";
    EXPECT_EQ(post("content-length:3"), 0);
    EXPECT_EQ(post("Content-Length:  \t3 "), 0);
    EXPECT_EQ(post("Content-Length: 3\r\nX-Empty:\r\nX-Latin: caf\xe9\r\nX-Tab: a\tb"), 0);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n"), 0);
    auto const result = read("GET http://other.example/x?y HTTP/1.1\r\nHost:\r\n\r\n");
    ASSERT_EQ(result.requests.size(), 1u) << "the absolute form";
    EXPECT_EQ(result.requests[0].head.head.path, "/x");
    EXPECT_EQ(result.requests[0].head.head.query, "y");
}

TEST(HttpMessage, ReadsChunksAsTheyAreSentInTheWild) {
    EXPECT_EQ(chunks("0\r\n\r\n"), "");
    EXPECT_EQ(chunks("3\r\nabc\r\n0\r\n\r\n"), "abc");
    EXPECT_EQ(chunks("003\r\nabc\r\n00000\r\n\r\n"), "abc");
    EXPECT_EQ(chunks("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), "01234567890123456789");
    EXPECT_EQ(chunks("3  \r\nabc\r\n0 \r\n\r\n"), "abc") << "blanks behind the size";
    EXPECT_EQ(chunks("3;a=b \r\nabc\r\n0;c\t\r\n\r\n"), "abc") << "blanks behind an extension";
    EXPECT_EQ(chunks("3 ; a = \"b;\\\"c\" ;d\r\nabc\r\n0\r\n\r\n"), "abc");
    EXPECT_EQ(chunks("3;\r\nabc\r\n0;\r\n\r\n"), "abc");
    EXPECT_EQ(chunks("3\r\nabc\r\n0\r\nA: b\r\nC:\r\n\r\n"), "abc");
    EXPECT_EQ(chunks("3\r\n\r\n0\r\n0\r\n\r\n"), "\r\n0") << "content that looks like an end";
    EXPECT_EQ(chunks("3\r\nabc\r\n"), "more is needed");
}

TEST(HttpMessage, RefusesChunksThatCanBeReadInTwoWays) {
    for (std::string_view const body : {"\r\n", "x\r\n", "-3\r\nabc\r\n", "+3\r\nabc\r\n", "0x3\r\nabc\r\n", " 3\r\nabc\r\n",
                                        "3\nabc\r\n0\r\n\r\n", "3\rabc\r\n", "3 3\r\nabc\r\n", "3,\r\nabc\r\n", "3;a\nabc\r\n",
                                        "3;a\r\r\nabc\r\n", "3;\x01\r\nabc\r\n", "3\r\nabcd\r\n", "3\r\nabc\n0\r\n\r\n",
                                        "3\r\nabc0\r\n\r\n", "3\r\nab\r\n0\r\n\r\n", "10000000000000003\r\nabc\r\n",
                                        "0\r\n A: b\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n", "0\r\nA\r\n\r\n", "0\r\nA : b\r\n\r\n",
                                        "0\r\nA: b\nC: d\r\n\r\n", "0\r\n: b\r\n\r\n", "0\r\n\n", "0\r\n\rx"})
        EXPECT_EQ(chunks(body), "refused 400") << body;
    EXPECT_EQ(chunks("ffffffffffffffff\r\nabc\r\n"), "refused 413");
}

TEST(HttpMessage, HoldsItsLimits) {
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", 10), 413);
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789", 10), 0);
    EXPECT_EQ(chunks("b\r\n0123456789a\r\n0\r\n\r\n", 10), "refused 413");
    EXPECT_EQ(chunks("8\r\n01234567\r\n3\r\nabc\r\n0\r\n\r\n", 10), "refused 413") << "together";
    EXPECT_EQ(chunks("8\r\n01234567\r\n2\r\nab\r\n0\r\n\r\n", 10), "01234567ab");
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"), 431);
    EXPECT_EQ(refused("GET /" + std::string(20000, 'x')), 431) << "before the line ends";
    std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (int i = 1; i < 100; ++i)
        many += "X: y\r\n";
    EXPECT_EQ(refused(many + "\r\n"), 0);
    EXPECT_EQ(refused(many + "X: y\r\n\r\n"), 431) << "more than a hundred";
    std::string lines;
    for (int i = 0; i < 20; ++i)
        lines += "\r\n";
    EXPECT_EQ(refused(lines), 400) << "empty lines for ever";
}

TEST(HttpMessage, BoundsWhatStandsAroundTheContent) {
    EXPECT_EQ(chunks("3;" + std::string(10'000, 'x') + "\r\nabc\r\n0\r\n\r\n"), "abc") << "once";
    EXPECT_EQ(chunks("3;" + std::string(20'000, 'x') + "\r\nabc\r\n0\r\n\r\n"), "refused 400");
    std::string extended, small;
    for (int i = 0; i < 1000; ++i) {
        extended += "1;" + std::string(100, 'x') + "\r\na\r\n";
        small += "1\r\na\r\n";
    }
    EXPECT_EQ(chunks(extended + "0\r\n\r\n"), "refused 400") << "in sum";
    EXPECT_EQ(chunks(small + "0\r\n\r\n").size(), 1000u) << "small chunks alone are fine";
    EXPECT_EQ(chunks("0\r\nA: " + std::string(9000, 'x') + "\r\n\r\n"), "refused 431");
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
    response.head_length = 77;
    EXPECT_NE(render(response, true, false, true, "D").find("Content-Length: 77\r\n"), std::string::npos);
    EXPECT_NE(render(response, true, false, false, "D").find("Content-Length: 4\r\n"), std::string::npos) << "for HEAD alone";
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
