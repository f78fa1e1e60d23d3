#include "delivery/answer.hpp"

#include <gtest/gtest.h>

namespace wharf::delivery {
namespace {

using namespace std::chrono_literals;

TEST(Answer, EveryStatusHasItsClass) {
    for (int const status : {200, 201, 202, 204, 299})
        EXPECT_EQ(classify(status), OutcomeKind::delivered) << status;
    for (int const status : {0, 408, 425, 429, 500, 502, 503, 504, 599})
        EXPECT_EQ(classify(status), OutcomeKind::temporary_failure) << status;
    for (int const status : {300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 409, 410, 413, 415, 417, 422, 499, 600})
        EXPECT_EQ(classify(status), OutcomeKind::permanent_failure) << status;
}

TEST(Answer, AConflictIsDeliveredOnlyWhenItNamesOurKey) {
    Answer answer;
    answer.status = 409;
    EXPECT_EQ(judge(answer, "K1"), OutcomeKind::permanent_failure);
    answer.body = R"({"idempotency_key": "K1", "id": "X"})";
    EXPECT_EQ(judge(answer, "K1"), OutcomeKind::delivered);
    EXPECT_EQ(judge(answer, "K2"), OutcomeKind::permanent_failure);
    answer.body = R"({"error": {"idempotency_key": "K1"}})";
    EXPECT_EQ(judge(answer, "K1"), OutcomeKind::permanent_failure) << "only at the top";
    answer.body = R"(duplicate of "K1")";
    EXPECT_EQ(judge(answer, "K1"), OutcomeKind::permanent_failure) << "not JSON";
    answer.idempotency_key = "K1";
    EXPECT_EQ(judge(answer, "K1"), OutcomeKind::delivered);
    EXPECT_EQ(judge(answer, "K2"), OutcomeKind::permanent_failure);
    Answer cut;
    cut.status = 409;
    cut.is_whole = false;
    EXPECT_EQ(judge(cut, "K1"), OutcomeKind::temporary_failure) << "we do not know what it said";
}

TEST(Answer, TheReferenceComesFromTheBodyThenFromLocation) {
    auto const reference = [](std::string body, std::string location = "/orders/7") {
        Answer answer;
        answer.body = std::move(body);
        answer.location = std::move(location);
        return reference_of(answer);
    };
    EXPECT_EQ(reference(R"({"id": "PO-4711", "reference": "other"})"), "PO-4711");
    EXPECT_EQ(reference(R"({"nested": {"id": "no"}, "reference": "R1"})"), "R1");
    EXPECT_EQ(reference(R"({"id": 12345678901234567890})"), "12345678901234567890") << "numbers keep their digits";
    EXPECT_EQ(reference(R"({"id": null, "reference": true})"), "/orders/7");
    EXPECT_EQ(reference(R"({"id": ["x"]})"), "/orders/7");
    EXPECT_EQ(reference("not json"), "/orders/7");
    EXPECT_EQ(reference(R"({"id": "broken)"), "/orders/7");
    EXPECT_EQ(reference("", ""), "");
    EXPECT_EQ(reference(R"({"id": "two\nlines"})"), "two lines");
    EXPECT_EQ(reference(R"({"id": ")" + std::string(1000, 'x') + "\"}").size(), 200u);
    EXPECT_EQ(reference(std::string(100000, '[')), "/orders/7") << "depth is limited";
}

TEST(Answer, RetryAfterInSecondsAndAsADate) {
    auto const wait = [](std::string text, std::string date = "") {
        Answer answer;
        answer.retry_after = std::move(text);
        answer.date = std::move(date);
        return retry_after_of(answer, 784111777); // Sun, 06 Nov 1994 08:49:37 GMT
    };
    EXPECT_EQ(wait("120"), 120s);
    EXPECT_EQ(wait("0"), 0s);
    EXPECT_EQ(wait(""), 0s);
    EXPECT_EQ(wait("soon"), 0s);
    EXPECT_EQ(wait("-5"), 0s);
    EXPECT_EQ(wait("1.5"), 0s);
    EXPECT_EQ(wait("999999999"), 24h);
    EXPECT_EQ(wait("99999999999999999999999"), 24h);
    EXPECT_EQ(wait("Sun, 06 Nov 1994 08:50:37 GMT"), 60s);
    EXPECT_EQ(wait("Sunday, 06-Nov-94 08:50:37 GMT"), 60s) << "the old form";
    EXPECT_EQ(wait("Sun, 06 Nov 1994 08:40:00 GMT"), 0s) << "past";
    EXPECT_EQ(wait("Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT"), 30s) << "by the server's own clock";
}

TEST(Answer, TheLastHeaderBlockCounts) {
    Answer answer;
    answer.take_header("HTTP/1.1 103 Early Hints\r\n");
    answer.take_header("Location: /early\r\n");
    answer.take_header("\r\n");
    answer.take_header("HTTP/1.1 201 Created\r\n");
    answer.take_header("LOCATION:  /final \r\n");
    answer.take_header("no colon here\r\n");
    EXPECT_EQ(answer.location, "/final");
}

TEST(Answer, ExcerptsAreOneShortLine) {
    EXPECT_EQ(excerpt("  a\r\nb\tc\x01  "), "a  b c");
    EXPECT_EQ(excerpt(""), "");
    auto const text = excerpt(std::string(399, 'x') + "ü" + std::string(100, 'y'));
    EXPECT_EQ(text, std::string(399, 'x') + " …") << "not cut inside a character";
}

TEST(Backoff, DoublesUpToTheCap) {
    EXPECT_EQ(backoff(1, 1000ms, 60s, 0.5), 1000ms);
    EXPECT_EQ(backoff(2, 1000ms, 60s, 0.5), 2000ms);
    EXPECT_EQ(backoff(4, 1000ms, 60s, 0.5), 8000ms);
    EXPECT_EQ(backoff(1, 1000ms, 60s, 0.0), 750ms);
    for (unsigned attempt = 1; attempt < 200; attempt += 7)
        for (double const random : {0.0, 0.3, 0.999999}) {
            EXPECT_LE(backoff(attempt, 1000ms, 60s, random), 60s);
            EXPECT_GE(backoff(attempt, 1000ms, 60s, random), 750ms);
        }
    EXPECT_GT(backoff(4'000'000'000u, 1000ms, 60s, 0.999999), 59s);
    EXPECT_LT(backoff(50, 1000ms, 60s, 0.0), 40s) << "jitter remains at the cap";
}

} // namespace
} // namespace wharf::delivery
