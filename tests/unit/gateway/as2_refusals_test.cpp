// What is kept of refused messages, and that nobody can fill disk or log with them.
#include "gateway/as2_refusals.hpp"
#include "support/as2_bench.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using store::ExchangeState;
using test::As2Bench;
using test::as2_order;
using test::identity;
using namespace std::chrono_literals;

test::As2Outgoing by_a_stranger(As2Bench const& site, std::string id, std::string payload = as2_order) {
    auto draft = site.draft(std::move(id), std::move(payload));
    draft.settings.signer = identity("stranger");
    return As2Bench::pack(draft);
}

TEST(As2Refusals, TheNewestMessagesCanBeLookedAt) {
    As2Bench site;
    for (unsigned i = 0; i < as2_refusals::most_bodies + 5; ++i)
        (void)site.post(by_a_stranger(site, fmt::format("<{}@peer>", i)));
    auto const exchanges = site.exchanges();
    ASSERT_EQ(exchanges.size(), as2_refusals::most_bodies + 5);
    for (unsigned i = 0; i < exchanges.size(); ++i) {
        bool const is_kept = i >= 5;
        auto const& one = exchanges[i];
        EXPECT_EQ(!site.kept(one.id, vault_name::message).empty(), is_kept) << i;
        EXPECT_EQ(one.body_bytes, is_kept ? site.kept(one.id, vault_name::message).size() : 0U) << i;
        EXPECT_EQ(site.kept(one.id, vault_name::signed_bytes), "") << "of somebody whom nobody knows";
        EXPECT_FALSE(one.head.empty());
        EXPECT_FALSE(one.reason.empty());
        EXPECT_FALSE(site.kept(one.id, vault_name::receipt).empty());
    }
}

TEST(As2Refusals, LargeOnesAreFewer) {
    As2Bench site;
    std::string noise; // does not compress, and stays below a megabyte when it is packed
    for (unsigned i = 0; noise.size() < 900'000; ++i)
        noise += std::to_string(i * 2654435761U);
    for (unsigned i = 0; i < 13; ++i)
        (void)site.post(by_a_stranger(site, fmt::format("<{}@peer>", i), noise));
    std::uint64_t bytes = 0;
    unsigned count = 0;
    for (auto const& one : site.exchanges()) {
        bytes += site.kept(one.id, vault_name::message).size();
        count += one.body_bytes > 0 ? 1 : 0;
    }
    EXPECT_LE(bytes, as2_refusals::most_body_bytes);
    EXPECT_EQ(count, as2_refusals::most_body_bytes / site.exchanges().back().body_bytes);
}

TEST(As2Refusals, WhatAPartnerSignedIsKeptAsProofWithItsMessage) {
    As2Bench site([](partner::Configuration& configuration) { configuration.channels.back().as2.incoming.refuse_unsafe_names = true; });
    auto draft = site.draft("<1@peer>", {});
    draft.payloads = {{"application/edi-x12", "../po.edi", transport::Content(as2_order)}};
    (void)site.post(As2Bench::pack(draft));
    auto const one = site.exchanges().front();
    EXPECT_EQ(one.state, ExchangeState::refused);
    EXPECT_FALSE(site.kept(one.id, vault_name::signature).empty());
    EXPECT_EQ(one.body_bytes, site.kept(one.id, vault_name::message).size() + site.kept(one.id, vault_name::signed_bytes).size() +
                                  site.kept(one.id, vault_name::signature).size());
    for (unsigned i = 0; i < as2_refusals::most_bodies; ++i)
        (void)site.post(by_a_stranger(site, fmt::format("<s{}@peer>", i)));
    EXPECT_EQ(site.kept(one.id, vault_name::signed_bytes) + site.kept(one.id, vault_name::signature) + site.kept(one.id, vault_name::message), "");
    EXPECT_EQ(site.exchanges().front().body_bytes, 0U);
}

TEST(As2Refusals, WhatAnEarlierVersionLeftGoesInTurns) {
    As2Bench site;
    auto const done = site.bench->store->transact([&](store::Transaction& transaction) -> Result<void> {
        for (unsigned i = 0; i < as2_refusals::most_bodies + 150; ++i) {
            store::Exchange one;
            one.id = fmt::format("E{}", i);
            one.channel = "acme-as2";
            one.state = ExchangeState::refused;
            one.body_bytes = 1;
            WHARF_TRY(transaction.insert(one));
        }
        return {};
    });
    ASSERT_TRUE(done) << done.error().message;
    auto const left_of = [&] {
        std::size_t left = 0;
        EXPECT_TRUE(site.bench->store->transact([&](store::Transaction& transaction) -> Result<void> {
            WHARF_TRY(as2_refusals::make_room(transaction, "acme-as2"));
            left = transaction.kept_bodies("acme-as2")->size();
            return {};
        }));
        return left;
    };
    EXPECT_EQ(left_of(), as2_refusals::most_bodies + 50);
    EXPECT_EQ(left_of(), as2_refusals::most_bodies);
}

TEST(As2Refusals, OfStrangersOnlyTheNewestAreRemembered) {
    As2Bench site;
    auto const add = [&](std::string id, std::string certificates, store::ReceiptState receipt, unsigned attempts = 0) {
        auto const done = site.bench->store->transact([&](store::Transaction& transaction) -> Result<void> {
            store::Exchange one;
            one.id = id;
            one.channel = "acme-as2";
            one.state = ExchangeState::refused;
            one.certificates = certificates;
            one.receipt = receipt;
            one.attempts = attempts;
            WHARF_TRY(transaction.insert(one));
            WHARF_TRY(transaction.put_content(id, vault_name::receipt, "receipt"));
            WHARF_TRY(transaction.add_job(store::JobKind::send_receipt, id, site.bench->clock.now() + 24h));
            return transaction.add_event({site.bench->clock.now(), id, "as2_refused", "why"});
        });
        ASSERT_TRUE(done) << done.error().message;
    };
    add("verified", "signed-by sha256:00\n", store::ReceiptState::sent);
    add("owed", "receipt-signed-by sha256:00\n", store::ReceiptState::owed);
    add("given up", "", store::ReceiptState::none, 20);
    add("old", "receipt-signed-by sha256:00\n", store::ReceiptState::sent);
    for (unsigned i = 1; i < as2_refusals::most_unverified; ++i)
        add(fmt::format("s{}", i), "", store::ReceiptState::unsent);
    (void)site.post(by_a_stranger(site, "<1@peer>"));
    site.read([&](store::Transaction& transaction) {
        EXPECT_FALSE(*transaction.exchange("old"));
        EXPECT_FALSE(*transaction.content_of("old", vault_name::receipt));
        EXPECT_TRUE(transaction.events_of("old")->empty());
        EXPECT_TRUE(*transaction.exchange("s1"));
        EXPECT_TRUE(*transaction.exchange("verified")) << "his word is kept";
        EXPECT_TRUE(*transaction.exchange("owed")) << "until it is sent";
        EXPECT_TRUE(*transaction.exchange("given up")) << "its body is all there is of it";
    });
    ASSERT_TRUE(site.bench->store->transact([](store::Transaction& transaction) { return transaction.forget_exchange("given up"); }));
    site.read([&](store::Transaction& transaction) {
        EXPECT_TRUE(*transaction.exchange("given up"));
        EXPECT_TRUE(*transaction.content_of("given up", vault_name::receipt)) << "nothing of it goes";
        EXPECT_FALSE(transaction.events_of("given up")->empty());
    });
    (void)site.post(by_a_stranger(site, "<2@peer>"));
    site.read([&](store::Transaction& transaction) { EXPECT_FALSE(*transaction.exchange("s1")); });
}

TEST(As2Refusals, StrangersCannotFillTheLogButWhatAPartnerSignedIsInIt) {
    As2Bench site([](partner::Configuration& configuration) { configuration.channels.back().as2.incoming.refuse_unsafe_names = true; });
    for (unsigned i = 0; i < 30; ++i)
        (void)site.post(by_a_stranger(site, fmt::format("<{}@peer>", i)));
    auto const lines = [&] {
        return std::ranges::count_if(site.bench->lines, [](auto const& line) { return line.find(" as2_refused ") != std::string::npos; });
    };
    EXPECT_EQ(lines(), RareLog::most_in_a_minute);
    EXPECT_TRUE(site.bench->has_event(site.exchanges().back().id, "as2_refused")) << "the store has each";
    auto draft = site.draft("<signed@peer>", {});
    draft.payloads = {{"application/edi-x12", "../po.edi", transport::Content(as2_order)}};
    (void)site.post(As2Bench::pack(draft));
    EXPECT_TRUE(site.has_line(" as2_refused ", "<signed@peer>"));
    site.bench->clock.advance(2min);
    (void)site.post(by_a_stranger(site, "<later@peer>"));
    EXPECT_TRUE(site.has_line("as2_left_out acme-as2", "left_out=20"));
    EXPECT_TRUE(site.has_line(" as2_refused ", "<later@peer>"));
}

} // namespace
} // namespace wharf::gateway
