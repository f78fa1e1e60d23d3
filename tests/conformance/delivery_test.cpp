// Our client against our server: the two halves of HTTP must agree with each other as they do with foreign ones.
#include "delivery/target.hpp"
#include "support/receiver.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace wharf::delivery {
namespace {

using testing_support::Receiver;

DeliveryRequest request_of(std::string key) {
    DeliveryRequest request;
    request.document_kind = "invoice";
    request.idempotency_key = std::move(key);
    request.correlation_id = "C";
    request.partner = "acme";
    request.body = R"({"number": "1"})";
    return request;
}

TEST(DeliveryToOurServer, OneKeyOneEffect) {
    Receiver erp;
    TargetSettings target;
    target.name = "erp";
    target.url = erp.url();
    Client client;
    erp.fail_next(1, 503);
    EXPECT_EQ(client.deliver(target, request_of("K1")).kind, OutcomeKind::temporary_failure);
    auto outcome = client.deliver(target, request_of("K1"));
    EXPECT_EQ(outcome.kind, OutcomeKind::delivered) << outcome.error;
    EXPECT_EQ(outcome.status, 201);
    EXPECT_EQ(outcome.target_reference, "ERP-K1");
    EXPECT_EQ(client.deliver(target, request_of("K1")).status, 200);
    EXPECT_EQ(erp.requests().size(), 3u);
    ASSERT_TRUE(erp.wait_for_effects(1));
    EXPECT_EQ(erp.effects().size(), 1u);
    auto const effects = erp.effects();
    EXPECT_EQ(effects.at("K1").path, "/edi/invoice");
    EXPECT_EQ(effects.at("K1").body, R"({"number": "1"})");
}

TEST(DeliveryToOurServer, ManyClientsAtOnce) {
    Receiver erp;
    TargetSettings target;
    target.name = "erp";
    target.url = erp.url();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            Client client;
            for (int i = 0; i < 100; ++i) {
                auto request = request_of(fmt::format("K{}", i)); // all four send the same keys
                request.body = std::string(static_cast<std::size_t>(t + 1) * 5000, 'x');
                EXPECT_EQ(client.deliver(target, request).kind, OutcomeKind::delivered);
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(erp.requests().size(), 400u);
    EXPECT_EQ(erp.effects().size(), 100u);
}

TEST(DeliveryToOurServer, AServerThatStopsInBetween) {
    auto erp = std::make_unique<Receiver>();
    auto const port = erp->port();
    TargetSettings target;
    target.name = "erp";
    target.url = erp->url();
    Client client;
    EXPECT_EQ(client.deliver(target, request_of("K1")).kind, OutcomeKind::delivered);
    erp.reset();
    EXPECT_EQ(client.deliver(target, request_of("K2")).kind, OutcomeKind::temporary_failure);
    erp = std::make_unique<Receiver>(port);
    EXPECT_EQ(client.deliver(target, request_of("K2")).kind, OutcomeKind::delivered);
}

} // namespace
} // namespace wharf::delivery
