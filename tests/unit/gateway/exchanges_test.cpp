// AS2 exchanges as an operator looks for them.
#include "gateway/exchanges.hpp"

#include "gateway/operations.hpp"
#include "support/as2_bench.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using ::testing::HasSubstr;
using store::ExchangeState;
using test::As2Bench;

TEST(Exchanges, WhatCameInTellsHowItCame) {
    As2Bench site;
    site.written(site.post(site.message("<1@peer>", test::as2_order)));
    auto const messages = site.bench->messages(store::Direction::inbound);
    ASSERT_EQ(messages.size(), 1U);
    auto const view = view_message(*site.bench->store, messages[0].id);
    ASSERT_TRUE(view) << view.error().message;
    ASSERT_TRUE(view->exchange);
    EXPECT_EQ(view->exchange->as2_message_id, "<1@peer>");
    auto const names = names_of(*view->exchange);
    EXPECT_EQ(names.from, "ACME Corp");
    EXPECT_EQ(names.to, "WHARF");
    for (auto const* const word : {"<1@peer>", "1@peer"}) {
        auto const named = view_message(*site.bench->store, word);
        ASSERT_TRUE(named) << word << ": " << named.error().message;
        EXPECT_EQ(named->message.id, messages[0].id);
    }
    auto const exchange = view_exchange(*site.bench->store, messages[0].id);
    ASSERT_TRUE(exchange) << exchange.error().message;
    EXPECT_EQ(exchange->exchange.id, view->exchange->id);
    ASSERT_EQ(exchange->transfers.size(), 1U);
    ASSERT_EQ(exchange->messages.size(), 1U);
    EXPECT_EQ(exchange->messages[0].id, messages[0].id);
    EXPECT_FALSE(exchange->events.empty());
}

TEST(Exchanges, WhatWasRefusedIsFoundToo) {
    As2Bench site;
    auto bad = site.draft("<1@peer>", test::as2_order);
    bad.settings.signer.reset();
    site.written(site.post(As2Bench::pack(bad)));
    auto const refused = view_exchange(*site.bench->store, "1@peer");
    ASSERT_TRUE(refused) << refused.error().message;
    EXPECT_EQ(refused->exchange.state, ExchangeState::refused);
    EXPECT_TRUE(refused->messages.empty());
    auto const message = view_message(*site.bench->store, "<1@peer>");
    ASSERT_FALSE(message);
    EXPECT_THAT(message.error().message, HasSubstr("wharf exchange show " + refused->exchange.id));
    // It comes again, and well: that is what the Message-ID stands for then.
    site.written(site.post(site.message("<1@peer>", test::as2_order)));
    auto const taken = exchange_for(*site.bench->store, "<1@peer>");
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->state, ExchangeState::accepted);
    EXPECT_EQ(exchange_for(*site.bench->store, refused->exchange.id)->state, ExchangeState::refused);
}

TEST(Exchanges, WhatIsNotThereIsSaid) {
    As2Bench site;
    EXPECT_THAT(exchange_for(*site.bench->store, "<9@peer>").error().message, HasSubstr("no exchange has the Message-ID <9@peer>"));
    EXPECT_THAT(view_message(*site.bench->store, "nothing").error().message, HasSubstr("no message has the id"));
    store::ExchangeFilter filter;
    EXPECT_THAT(choose_partner(filter, site.bench->configuration, "acne").error().message, HasSubstr("did you mean acme?"));
    ASSERT_TRUE(choose_partner(filter, site.bench->configuration, "acme"));
    EXPECT_THAT(filter.channels, ::testing::Contains("acme-as2"));
}

} // namespace
} // namespace wharf::gateway
