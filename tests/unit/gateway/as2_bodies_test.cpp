// Bodies that are large, break off, and go on where they broke off.
#include "support/as2_bench.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using store::ExchangeState;
using test::As2Bench;
using test::as2_order;
using namespace std::chrono_literals;

TEST(As2Bodies, ABodyThatIsLargeLiesInAFileAndGoes) {
    As2Bench site;
    auto const large = test::numbered(1) + std::string(3u << 20, ' ');
    auto const sent = site.asynchronous("<1@peer>", large);
    auto const answer = site.post(sent);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(std::filesystem::exists(site.folder.path() / "wharf.db.exchanges" / answer.exchange_id / "message"));
    site.written(answer);
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::accepted);
    EXPECT_FALSE(std::filesystem::exists(site.folder.path() / "wharf.db.exchanges" / answer.exchange_id / "message"));
    EXPECT_TRUE(std::filesystem::exists(site.folder.path() / "wharf.db.exchanges" / answer.exchange_id / "signed"));
    EXPECT_EQ(site.transfers()[0].size, large.size());
}

TEST(As2Bodies, MoreThanTheRelationTakesIsRefused) {
    As2Bench site([](partner::Configuration& configuration) { configuration.channels.back().as2.incoming.max_bytes = 5000; });
    auto const sent = site.message("<1@peer>", std::string(10'000, 'x'));
    EXPECT_EQ(site.post(sent).status, 413);
    auto request = site.request(sent);
    request.content_length.reset();
    auto const arrival = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(request));
    Result<void> taken;
    for (std::size_t at = 0; taken && at < sent.body.size(); at += 1000)
        taken = arrival->take(std::string_view(sent.body).substr(at, 1000));
    ASSERT_FALSE(taken);
    EXPECT_FALSE(taken.error().is_temporary());
    EXPECT_TRUE(site.exchanges().empty());
    EXPECT_TRUE(site.has_line("as2_refused", "incoming.max_bytes"));
    auto const refusals = site.refusals();
    ASSERT_EQ(refusals.size(), 1U);
    EXPECT_EQ(refusals[0].kind, "too_large");
    EXPECT_EQ(refusals[0].channel, "acme-as2");
    EXPECT_EQ(refusals[0].count, 2U) << "with and without a Content-Length";

    auto draft = site.draft("<2@peer>", std::string(20'000, 'x')); // small on the wire
    draft.settings.compression = as2::Compression::before_signing;
    auto const packed = As2Bench::pack(draft);
    EXPECT_EQ(site.disposition(site.post(packed), packed), "processed/error: decompression-failed");
}

TEST(As2Bodies, WhatBreaksOffLeavesNothing) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", std::string(3u << 20, 'x'));
    {
        auto const arrival = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(site.request(sent)));
        As2Bench::feed(*arrival, std::string_view(sent.body).substr(0, 2u << 20));
        arrival->broken_off();
    }
    EXPECT_TRUE(site.exchanges().empty());
    EXPECT_TRUE(std::filesystem::is_empty(site.folder.path() / "wharf.db.exchanges"));
    EXPECT_TRUE(site.judgement(site.post(sent), sent).is_success());
}

TEST(As2Bodies, ATransferGoesOnWhereItBrokeOff) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", test::numbered(1) + std::string(3u << 20, ' '));
    auto request = site.request(sent);
    request.fields.emplace_back("ETag", "\"one\"");
    auto const size = sent.body.size();
    auto const begin = [&](std::string const& range, std::uint64_t length) {
        auto rest = request;
        rest.content_length = length;
        if (!range.empty())
            rest.fields.emplace_back("Content-Range", range);
        return site.receiving->begin(rest);
    };
    EXPECT_EQ(site.receiving->held(request), 0U);
    for (std::size_t const place : {1'000'000UL, 2'500'000UL}) {
        auto const held = site.receiving->held(request);
        auto const range = held == 0 ? std::string() : fmt::format("bytes {}-{}/{}", held, size - 1, size);
        auto const arrival = std::get<std::unique_ptr<As2Arrival>>(begin(range, size - held));
        As2Bench::feed(*arrival, std::string_view(sent.body).substr(held, place - held));
        arrival->broken_off();
        EXPECT_EQ(site.receiving->held(request), place);
    }
    auto stranger = request;
    stranger.fields[1].second = "NOBODY";
    EXPECT_EQ(site.receiving->held(stranger), 0U);
    for (auto const* const wrong : {"bytes 2500001-{0}/{1}", "bytes 2500000-2500010/{1}", "bytes 2500000-{0}/*", "bytes x", "bytes 2500000-{1}/{1}", "bytes 9-1/{1}"}) {
        auto const answer = begin(fmt::format(fmt::runtime(wrong), size - 1, size), size - 2'500'000);
        ASSERT_TRUE(std::holds_alternative<As2Answer>(answer)) << wrong;
        EXPECT_EQ(std::get<As2Answer>(answer).status, 416) << wrong;
    }
    EXPECT_EQ(site.receiving->held(request), 2'500'000U) << "a wrong range costs nothing";
    auto const arrival = std::get<std::unique_ptr<As2Arrival>>(begin(fmt::format("bytes 2400000-{}/{}", size - 1, size), size - 2'400'000));
    As2Bench::feed(*arrival, std::string_view(sent.body).substr(2'400'000)); // a little of it once more
    auto const answer = arrival->finish();
    EXPECT_TRUE(site.judgement(answer, sent).is_success());
    EXPECT_EQ(site.receiving->held(request), 0U);
    EXPECT_TRUE(site.has_line("as2_restarted"));
}

TEST(As2Bodies, TheRestInChunksIsAsLongAsItSays) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", as2_order);
    auto const size = sent.body.size();
    auto const begin = [&](std::uint64_t first) {
        auto request = site.request(sent);
        request.fields.emplace_back("ETag", "\"one\"");
        request.fields.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", first, size - 1, size));
        request.content_length.reset();
        return std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(request));
    };
    auto head = site.request(sent);
    head.fields.emplace_back("ETag", "\"one\"");

    auto const cut = begin(0);
    As2Bench::feed(*cut, sent.body.substr(0, 500));
    auto const answer = cut->finish();
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, ::testing::HasSubstr(fmt::format("500 bytes came of the {}", size)));
    EXPECT_TRUE(site.exchanges().empty()) << "nothing of it is taken for a message";
    EXPECT_EQ(site.receiving->held(head), 500U) << "it may go on";

    auto const longer = begin(500);
    As2Bench::feed(*longer, sent.body.substr(500));
    EXPECT_FALSE(longer->take("x"));
    ASSERT_TRUE(longer->answer_instead());
    EXPECT_EQ(site.receiving->held(head), 0U);

    auto const whole = begin(0);
    As2Bench::feed(*whole, sent.body);
    EXPECT_TRUE(site.judgement(whole->finish(), sent).is_success());
}

TEST(As2Bodies, ARangeTakesWhatIsHeldThenOrNothing) {
    As2Bench site;
    auto& partials = *site.bench->context->as2_partials;
    auto const now = site.bench->clock.now();
    auto const hold = [&](std::string_view bytes) {
        As2Partials::Partial partial{"E1", VaultWriter(site.bench->context->vault, "E1", vault_name::message, 1000)};
        ASSERT_TRUE(partial.body.append(bytes));
        partials.keep("acme-as2", "tag", std::move(partial), now);
    };
    hold("0123456789");
    hold("01234"); // another connection of the same transfer broke off earlier
    auto const none = partials.take("acme-as2", "tag", {10, 19, 20}, now);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().count, 5U) << "not what an earlier look has seen";
    EXPECT_FALSE(partials.take("acme-as2", "tag", {5, 4, 5}, now)) << "nothing is missing";
    EXPECT_FALSE(partials.take("acme-as2", "other", {0, 19, 20}, now));
    EXPECT_EQ(partials.held("acme-as2", "tag", now), 5U);
    auto const taken = partials.take("acme-as2", "tag", {3, 19, 20}, now);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->body.size(), 5U);
    EXPECT_EQ(partials.held("acme-as2", "tag", now), 0U);
}

TEST(As2Bodies, PartsThatNobodyAsksForGoByThemselves) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", std::string(3u << 20, 'x'));
    auto request = site.request(sent);
    request.fields.emplace_back("ETag", "1");
    {
        auto const arrival = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(request));
        As2Bench::feed(*arrival, sent.body.substr(0, 2u << 20));
        arrival->broken_off();
    }
    auto const folder = site.folder.path() / "wharf.db.exchanges";
    EXPECT_FALSE(std::filesystem::is_empty(folder));
    site.bench->clock.advance(As2Partials::lifetime + 1s);
    site.bench->context->as2_partials->forget_old(site.bench->clock.now());
    EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(As2Bodies, PartsAreKeptForAWhileAndAFewOnly) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", as2_order);
    auto const break_off = [&](std::string const& tag) {
        auto request = site.request(sent);
        request.fields.emplace_back("ETag", tag);
        auto const arrival = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(request));
        As2Bench::feed(*arrival, sent.body.substr(0, 100));
        arrival->broken_off();
        site.bench->clock.advance(1s);
        return request;
    };
    auto const oldest = break_off("1");
    auto const second = break_off("2");
    (void)break_off("3");
    (void)break_off("4");
    EXPECT_EQ(site.receiving->held(oldest), 100U);
    auto const newest = break_off("5");
    EXPECT_EQ(site.receiving->held(oldest), 0U);
    EXPECT_EQ(site.receiving->held(second), 100U);
    site.bench->clock.advance(As2Partials::lifetime);
    EXPECT_EQ(site.receiving->held(newest), 0U);
}

TEST(As2Bodies, OurFullDiskIsNoMatterOfTheSender) {
    As2Bench site;
    testing_support::write_text(site.folder.path() / "wharf.db.exchanges", "no folder can be made here");
    auto const sent = site.message("<1@peer>", std::string(3u << 20, 'x'));
    auto const arrival = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(site.request(sent)));
    Result<void> taken;
    for (std::size_t at = 0; taken && at < sent.body.size(); at += 100'000)
        taken = arrival->take(std::string_view(sent.body).substr(at, 100'000));
    ASSERT_FALSE(taken);
    EXPECT_TRUE(taken.error().is_temporary()) << "which the server answers with 503";
    EXPECT_TRUE(site.exchanges().empty());
    std::filesystem::remove(site.folder.path() / "wharf.db.exchanges");
    EXPECT_TRUE(site.judgement(site.post(sent), sent).is_success());
}

} // namespace
} // namespace wharf::gateway
