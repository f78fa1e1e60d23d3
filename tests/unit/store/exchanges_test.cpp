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
    EXPECT_EQ(read([](Transaction& t) { return t.exchanges("", 10); }).size(), 3u);
    EXPECT_EQ(read([](Transaction& t) { return t.exchanges("acme-as2", 10); }).front().id, "E2");
}

TEST_F(StoreTest, BytesOfAnExchangeHaveNames) {
    write([](Transaction& t) { return in_order([&] { return t.put_content("E1", "signed", "a"); }, [&] {
        return t.put_content("E1", "signed", std::string_view("b\0c", 3));
    }); });
    EXPECT_EQ(read([](Transaction& t) { return t.content_of("E1", "signed"); }), std::string("b\0c", 3));
    EXPECT_FALSE(read([](Transaction& t) { return t.content_of("E1", "receipt"); }));
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
