// A Message-ID that comes twice: the same once more, or another content under it.
#include "support/as2_bench.hpp"
#include "transport/digest.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using test::As2Bench;
using test::as2_order;
using test::identity;
using test::numbered;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string sha256_of(test::As2Outgoing const& sent) { return transport::sha256_hex(sent.body); }

TEST(As2Repetitions, AnotherContentUnderAUsedIdIsAnsweredAsARepetitionAndIsAnAlarm) {
    As2Bench site;
    auto const first = site.message("<1@peer>", as2_order), other = site.message("<1@peer>", numbered(7));
    auto const answer = site.post(first);
    EXPECT_EQ(site.post(first).body, answer.body);
    EXPECT_THAT(site.alarms(), IsEmpty()) << "the same bytes";
    EXPECT_EQ(site.post(other).body, answer.body) << "the stored receipt";
    site.bench->work();
    EXPECT_EQ(site.bench->requests.size(), 1U) << "it is not processed";

    auto const exchange = site.exchanges().at(0);
    ASSERT_THAT(site.alarms(), SizeIs(1));
    EXPECT_THAT(site.alarms()[0], AllOf(StartsWith("AS2_MESSAGE_ID_REUSED " + exchange.id + " another content came under the Message-ID <1@peer>, signed by ACME Corp"),
                                        HasSubstr("192.0.2.7"), HasSubstr(sha256_of(first)), HasSubstr(sha256_of(other)),
                                        HasSubstr(transport::sha256_hex(as2_order)), HasSubstr(transport::sha256_hex(numbered(7)))));
    EXPECT_THAT(exchange.reason, HasSubstr("another content came later"));
    EXPECT_TRUE(site.bench->has_event(exchange.id, "AS2_MESSAGE_ID_REUSED"));
    (void)site.post(other);
    EXPECT_THAT(site.alarms(), SizeIs(1)) << "each is told once";
    EXPECT_EQ(site.exchanges().size(), 1U);
}

TEST(As2Repetitions, TheSameContentEncryptedAnewIsNoOther) {
    As2Bench site;
    auto const first = site.message("<1@peer>", as2_order), again = site.message("<1@peer>", as2_order);
    ASSERT_NE(first.body, again.body);
    (void)site.post(first);
    (void)site.post(again);
    EXPECT_THAT(site.alarms(), IsEmpty());
    auto renamed = site.draft("<1@peer>", as2_order); // another MIC, the same file
    renamed.payloads = {{"application/octet-stream", "other.edi", transport::Content(as2_order)}};
    (void)site.post(As2Bench::pack(renamed));
    EXPECT_THAT(site.alarms(), IsEmpty());
}

TEST(As2Repetitions, WhereNothingIsKnownOfTheFirstNobodyCanSayThatItIsAnother) {
    As2Bench site([](partner::Configuration& configuration) { configuration.gateway.limits.message_bytes = 100; }); // its file is not digested
    auto const first = site.message("<1@peer>", as2_order), again = site.message("<1@peer>", as2_order);
    ASSERT_NE(first.body, again.body);
    (void)site.post(first);
    ASSERT_EQ(site.transfers().at(0).sha256, "");
    auto exchange = site.exchanges().at(0);
    exchange.mic.clear();
    ASSERT_TRUE(site.bench->store->transact([&](store::Transaction& transaction) { return transaction.update(exchange); }));
    (void)site.post(again);
    EXPECT_EQ(site.exchanges().size(), 1U);
    EXPECT_THAT(site.alarms(), Not(Contains(StartsWith("AS2_MESSAGE_ID_REUSED"))));
}

TEST(As2Repetitions, WhoWaitsWithTheBodyIsLetSendIt) {
    As2Bench site;
    auto const first = site.message("<1@peer>", as2_order), other = site.message("<1@peer>", numbered(7));
    auto const answer = site.post(first);
    auto request = site.request(other);
    request.fields.emplace_back("Expect", "100-continue");
    EXPECT_EQ(site.post(request, other.body).body, answer.body);
    EXPECT_THAT(site.alarms(), SizeIs(1));
}

TEST(As2Repetitions, WhileTheFirstIsNotOpenedYetItIsComparedAsWell) {
    As2Bench site;
    (void)site.post(site.asynchronous("<1@peer>", as2_order));
    (void)site.post(site.asynchronous("<1@peer>", as2_order));
    EXPECT_THAT(site.alarms(), IsEmpty());
    (void)site.post(site.asynchronous("<1@peer>", numbered(7)));
    ASSERT_THAT(site.alarms(), SizeIs(1));
    EXPECT_THAT(site.alarms()[0], HasSubstr(transport::sha256_hex(numbered(7))));
}

TEST(As2Repetitions, OfTwoAtTheSameTimeTheSlowerOneIsCompared) {
    As2Bench site;
    auto const first = site.message("<1@peer>", as2_order), other = site.message("<1@peer>", numbered(7));
    auto const slow = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(site.request(other)));
    auto const answer = site.post(first);
    As2Bench::feed(*slow, other.body);
    EXPECT_EQ(slow->finish().body, answer.body);
    ASSERT_THAT(site.alarms(), SizeIs(1));
    EXPECT_THAT(site.alarms()[0], HasSubstr(sha256_of(other)));
}

TEST(As2Repetitions, WhoKnowsOnlyNamesAndIdCannotFillTheListNorHideThePartnersOwn) {
    As2Bench site;
    (void)site.post(site.message("<1@peer>", as2_order));
    for (unsigned i = 0; i < 50; ++i) {
        auto forged = site.message("<1@peer>", as2_order);
        forged.body = fmt::format("rubbish {}", i);
        EXPECT_EQ(site.post(forged).status, 200);
    }
    auto const forged = site.alarms();
    ASSERT_THAT(forged, SizeIs(3));
    EXPECT_THAT(forged[0], AllOf(HasSubstr("by nobody whose signature was verified"), HasSubstr("cannot be opened"), Not(HasSubstr("signed by"))));
    for (unsigned i = 0; i < 20; ++i)
        (void)site.post(site.message("<1@peer>", numbered(i + 2)));
    EXPECT_THAT(site.alarms(), SizeIs(10));
    EXPECT_THAT(site.alarms()[0], HasSubstr("signed by ACME Corp"));
}

TEST(As2Repetitions, APartOfAMessageSaysNothing) {
    As2Bench site;
    auto const first = site.message("<1@peer>", as2_order);
    (void)site.post(first);
    auto request = site.request(first);
    request.fields.emplace_back("Content-Range", fmt::format("bytes 10-{}/{}", first.body.size() - 1, first.body.size()));
    (void)site.post(request, first.body.substr(10));
    EXPECT_THAT(site.alarms(), IsEmpty());
}

} // namespace
} // namespace wharf::gateway
