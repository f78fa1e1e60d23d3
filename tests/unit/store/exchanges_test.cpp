// Exchanges of AS2: what comes back, and which of several stands for a Message-ID.

#include "unit/store/store_fixture.hpp"

#include <gmock/gmock.h>

namespace wharf::store {
namespace {

using ::testing::HasSubstr;

TEST_F(StoreTest, AnExchangeComesBackWithEveryField) {
    auto exchange = make_exchange("E1", Direction::outbound);
    write([&](Transaction& t) { return in_order([&] { return t.insert(make_message("M1", Direction::outbound)); }, [&] {
        exchange.message_id = "M1";
        return t.insert(exchange);
    }); });
    exchange.state = ExchangeState::waiting_for_receipt;
    exchange.mic = "abc=, sha256";
    exchange.disposition = "processed";
    exchange.receipt = ReceiptState::received;
    exchange.receipt_message_id = "<r@acme>";
    exchange.receipt_head = "Content-Type: multipart/report\r\n";
    exchange.certificates = "signed-by sha256:00";
    exchange.reason = "why";
    exchange.attempts = 3;
    exchange.resends = 1;
    exchange.body_bytes = 5'000'000'000;
    exchange.emptied_at = at(4000);
    exchange.updated_at = at(3000);
    write([&](Transaction& t) { return t.update(exchange); });
    reopen();
    auto const found = read([](Transaction& t) { return t.exchange_of_message("M1"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "E1");
    EXPECT_EQ(found->channel, "acme-as2");
    EXPECT_EQ(found->direction, Direction::outbound);
    EXPECT_EQ(found->state, ExchangeState::waiting_for_receipt);
    EXPECT_EQ(found->as2_message_id, "<1@acme>");
    EXPECT_EQ(found->message_id, "M1");
    EXPECT_EQ(found->head, "AS2-From: ACME\r\n");
    EXPECT_EQ(found->mic, "abc=, sha256");
    EXPECT_EQ(found->disposition, "processed");
    EXPECT_EQ(found->receipt, ReceiptState::received);
    EXPECT_EQ(found->receipt_message_id, "<r@acme>");
    EXPECT_EQ(found->receipt_head, "Content-Type: multipart/report\r\n");
    EXPECT_EQ(found->certificates, "signed-by sha256:00");
    EXPECT_EQ(found->reason, "why");
    EXPECT_EQ(found->attempts, 3u);
    EXPECT_EQ(found->resends, 1u);
    EXPECT_EQ(found->body_bytes, 5'000'000'000u);
    EXPECT_EQ(found->emptied_at, at(4000));
    EXPECT_EQ(found->created_at, at(2000));
    EXPECT_EQ(found->updated_at, at(3000));
    EXPECT_FALSE(read([](Transaction& t) { return t.exchange("E2"); }));
}

TEST_F(StoreTest, AMessageIdIsTakenOnce) {
    write([](Transaction& t) { return t.insert(make_exchange("E1")); });
    auto const twice = store->transact([](Transaction& t) { return t.insert(make_exchange("E2")); });
    EXPECT_FALSE(twice);
    auto refused = make_exchange("E1");
    refused.state = ExchangeState::refused;
    write([&](Transaction& t) { return t.update(refused); });
    EXPECT_FALSE(read([](Transaction& t) { return t.find_exchange("acme-as2", Direction::inbound, "<1@acme>"); }));
    write([](Transaction& t) { return t.insert(make_exchange("E2")); });
    auto const found = read([](Transaction& t) { return t.find_exchange("acme-as2", Direction::inbound, "<1@acme>"); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "E2");
    auto other = make_exchange("E3");
    other.channel = "globex-as2"; // another relation has ids of its own
    write([&](Transaction& t) { return t.insert(other); });
}

TEST_F(StoreTest, ExchangesAreListedNewestFirstByWhatIsAskedFor) {
    auto const add = [&](std::string const& id, std::string const& channel, std::string const& as2_id, ExchangeState state, ReceiptState receipt) {
        auto exchange = make_exchange(id, state == ExchangeState::failed ? Direction::outbound : Direction::inbound);
        exchange.channel = channel;
        exchange.as2_message_id = as2_id;
        exchange.state = state;
        exchange.receipt = receipt;
        write([&](Transaction& t) { return t.insert(exchange); });
    };
    add("E1", "acme-as2", "<1@acme>", ExchangeState::refused, ReceiptState::sent);
    add("E2", "acme-as2", "<1@acme>", ExchangeState::accepted, ReceiptState::owed);
    add("E3", "globex-as2", "bare@globex", ExchangeState::received, ReceiptState::none);
    add("E4", "acme-as2", "<4@us>", ExchangeState::failed, ReceiptState::none);
    auto const ids = [&](ExchangeFilter const& filter) {
        std::string found;
        for (auto const& exchange : read([&](Transaction& t) { return t.exchanges(filter); }))
            found += exchange.id;
        return found;
    };
    using Which = ExchangeFilter::Which;
    EXPECT_EQ(ids({}), "E4E3E2E1");
    EXPECT_EQ(ids({.limit = 2}), "E4E3");
    EXPECT_EQ(ids({.which = Which::refused}), "E4E1");
    EXPECT_EQ(ids({.which = Which::waiting}), "E3E2");
    EXPECT_EQ(ids({.which = Which::refused, .direction = Direction::inbound}), "E1");
    EXPECT_EQ(ids({.channels = {"acme-as2"}}), "E4E2E1");
    EXPECT_EQ(ids({.which = Which::waiting, .channels = {"acme-as2"}}), "E2");
    EXPECT_EQ(ids({.channels = {"globex-as2", "nobody"}}), "E3");
    EXPECT_EQ(ids({.as2_message_id = "<1@acme>"}), "E2E1");
    EXPECT_EQ(ids({.as2_message_id = "1@acme"}), "E2E1");
    EXPECT_EQ(ids({.as2_message_id = "<bare@globex>"}), "E3");
    EXPECT_EQ(ids({.as2_message_id = "<2@acme>"}), "");
}

TEST_F(StoreTest, BytesOfAnExchangeHaveNames) {
    write([](Transaction& t) { return in_order([&] { return t.put_content("E1", "signed", "a"); }, [&] {
        return t.put_content("E1", "signed", std::string_view("b\0c", 3));
    }); });
    EXPECT_EQ(read([](Transaction& t) { return t.content_of("E1", "signed"); }), std::string("b\0c", 3));
    EXPECT_FALSE(read([](Transaction& t) { return t.content_of("E1", "receipt"); }));
}

TEST_F(StoreTest, BytesOfOneExchangeAreRemovedAndNoOthers) {
    write([](Transaction& t) -> Result<void> {
        for (auto const* const exchange : {"E1", "E10", "E"})
            for (auto const* const name : {"signed", "receipt", "message"})
                if (auto done = t.put_content(exchange, name, "bytes"); !done) return done;
        return in_order([&] { return t.remove_content("E1", "message"); }, [&] { return t.remove_content("E1", "none"); });
    });
    auto const has = [&](std::string_view exchange, std::string_view name) {
        return read([&](Transaction& t) { return t.content_of(exchange, name); }).has_value();
    };
    EXPECT_FALSE(has("E1", "message"));
    EXPECT_TRUE(has("E1", "signed"));
    write([](Transaction& t) { return t.remove_contents("E1", "receipt"); });
    EXPECT_FALSE(has("E1", "signed"));
    EXPECT_TRUE(has("E1", "receipt"));
    write([](Transaction& t) { return t.remove_contents("E1"); });
    EXPECT_FALSE(has("E1", "receipt"));
    EXPECT_TRUE(has("E10", "message") && has("E", "message"));
}

TEST_F(StoreTest, WhatIsSettledAndOldIsFound) {
    write([](Transaction& t) -> Result<void> {
        auto const add = [&](std::string id, ExchangeState state, auto change) {
            auto one = make_exchange(id, state == ExchangeState::succeeded || state == ExchangeState::posting ? Direction::outbound : Direction::inbound);
            one.as2_message_id = "<" + id + ">";
            one.state = state;
            change(one);
            return t.insert(one);
        };
        auto const nothing = [](Exchange&) {};
        return in_order(
            [&] { return add("accepted", ExchangeState::accepted, nothing); }, [&] { return add("succeeded", ExchangeState::succeeded, nothing); },
            [&] { return add("young", ExchangeState::accepted, [](Exchange& one) { one.created_at = at(9000); }); },
            [&] { return add("received", ExchangeState::received, nothing); }, [&] { return add("posting", ExchangeState::posting, nothing); },
            [&] { return add("owed", ExchangeState::accepted, [](Exchange& one) { one.receipt = ReceiptState::owed; }); },
            [&] { return add("given-up", ExchangeState::refused, [](Exchange& one) { one.attempts = 20; }); },
            [&] { return add("refused", ExchangeState::refused, [](Exchange& one) { one.disposition = "failed"; one.attempts = 2; }); },
            [&] { return add("emptied", ExchangeState::accepted, [](Exchange& one) { one.emptied_at = at(1); }); },
            [&] { return add("other", ExchangeState::accepted, [](Exchange& one) { one.channel = "globex-as2"; }); },
            [&] { return add("dead", ExchangeState::accepted, nothing); },
            [&] {
                auto transfer = make_transfer("T1", "");
                transfer.exchange_id = "dead";
                transfer.sha256.clear();
                transfer.state = TransferState::dead_letter;
                return t.insert(transfer);
            });
    });
    std::vector<std::string> ids;
    for (auto const& one : read([](Transaction& t) { return t.settled_exchanges("acme-as2", at(5000), 10); }))
        ids.push_back(one.id);
    EXPECT_THAT(ids, ::testing::UnorderedElementsAre("accepted", "succeeded", "refused"));
    EXPECT_EQ(read([](Transaction& t) { return t.settled_exchanges("acme-as2", at(5000), 2); }).size(), 2u);
    EXPECT_THAT(read([](Transaction& t) { return t.channels_with_bytes(); }), ::testing::ElementsAre("acme-as2", "globex-as2"));
}

TEST_F(StoreTest, ATransferGetsItsBytesLater) {
    auto transfer = make_transfer("T1", "");
    transfer.sha256.clear();
    write([&](Transaction& t) { return t.insert(transfer); });
    write([](Transaction& t) { return t.set_raw("T1", "abc", "bytes"); });
    auto const found = read([](Transaction& t) { return t.transfer("T1"); });
    EXPECT_EQ(found->raw, "bytes");
    EXPECT_EQ(found->sha256, "abc");
}

TEST_F(StoreTest, TransfersNameTheirExchange) {
    auto transfer = make_transfer("T1");
    transfer.exchange_id = "E1";
    EXPECT_FALSE(store->transact([&](Transaction& t) { return t.insert(transfer); })) << "its exchange comes first";
    write([&](Transaction& t) { return in_order([&] { return t.insert(make_exchange("E1")); }, [&] { return t.insert(transfer); }); });
    auto const found = read([](Transaction& t) { return t.transfers_of_exchange("E1"); });
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found.front().exchange_id, "E1");
}

} // namespace
} // namespace wharf::store
