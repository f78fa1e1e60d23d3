#include "api/api.hpp"

#include "support/gateway_bench.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace wharf::api {
namespace {

using test::Bench;
using transport::http::Request;
using transport::http::Response;

struct Desk {
    explicit Desk(partner::Configuration configuration = test::one_partner()) : bench(std::move(configuration)) {
        auto opened = Api::open(*bench.context, [this] { ++woken; });
        if (!opened)
            throw std::runtime_error(opened.error().message);
        api.emplace(std::move(*opened));
    }
    Response get(std::string path, std::string query = {}) { return api->handle({"GET", std::move(path), std::move(query), {}, {}}); }
    Response post(std::string body, transport::http::Headers headers = {{"X-Wharf-Partner", "acme"}}) {
        Request request;
        request.method = "POST";
        request.path = "/v1/documents";
        request.headers = std::move(headers);
        request.body = std::move(body);
        return api->handle(request);
    }
    static json::Value body(Response const& answer) {
        auto parsed = json::parse(answer.body);
        EXPECT_TRUE(parsed) << answer.body;
        return parsed ? *parsed : json::Value();
    }
    Bench bench;
    unsigned woken = 0;
    std::optional<Api> api;
};

TEST(Api, AcceptsADocument) {
    Desk desk;
    auto const answer = desk.post(Bench::purchase_order("PO-1"));
    EXPECT_EQ(answer.status, 202) << answer.body;
    EXPECT_EQ(desk.woken, 1U);
    auto const body = Desk::body(answer);
    EXPECT_EQ(body.string("interchange_control_number"), "000000001");
    EXPECT_EQ(body.string("transaction_control_number"), "0001");
    auto const document = desk.get("/v1/documents/" + std::string(body.string("id")));
    EXPECT_EQ(document.status, 200);
    EXPECT_EQ(Desk::body(document).string("state"), "ready");
    auto const raw = desk.get("/v1/messages/" + std::string(body.string("message")) + "/raw");
    EXPECT_TRUE(raw.body.starts_with("ISA*"));
}

TEST(Api, ListsAndShowsExchanges) {
    Desk desk;
    ASSERT_TRUE(desk.bench.store->transact([](store::Transaction& transaction) -> Result<void> {
        store::Exchange exchange;
        exchange.channel = "van";
        exchange.head = "AS2-From: ACME\r\nAS2-To: \"WHARF EAST\"\r\n";
        exchange.created_at = exchange.updated_at = Timestamp(std::chrono::milliseconds(1'748'873'000'000));
        for (auto const& [id, state] : {std::pair("E1", store::ExchangeState::refused), {"E2", store::ExchangeState::accepted}}) {
            exchange.id = id;
            exchange.state = state;
            exchange.as2_message_id = "<1@acme>";
            if (auto const done = transaction.insert(exchange); !done)
                return done;
        }
        return {};
    }));
    auto const ids = [&](std::string const& query) {
        std::string found;
        auto const body = Desk::body(desk.get("/v1/exchanges", query));
        for (auto const& one : body.find("exchanges")->items())
            found += one.string("id");
        return found;
    };
    EXPECT_EQ(ids(""), "E2E1");
    EXPECT_EQ(ids("which=refused&partner=acme"), "E1");
    EXPECT_EQ(ids("which=waiting"), "");
    EXPECT_EQ(ids("message_id=%3C1@acme%3E&limit=1"), "E2");
    auto const one = Desk::body(desk.get("/v1/exchanges/1@acme"));
    EXPECT_EQ(one.string("id"), "E2") << "the one that was taken";
    EXPECT_EQ(one.string("partner"), "acme");
    EXPECT_EQ(one.string("as2_from"), "ACME");
    EXPECT_EQ(one.string("as2_to"), "WHARF EAST");
    EXPECT_EQ(desk.get("/v1/exchanges/E9").status, 404);
    for (auto const* const query : {"which=some", "partner=acne", "direction=up", "limit=0"})
        EXPECT_EQ(desk.get("/v1/exchanges", query).status, 400) << query;
}

TEST(Api, RefusalsAre422WithDiagnosticsAndStoreNothing) {
    Desk desk;
    for (auto const& body : {std::string("{"), std::string("[]"), std::string("7"), std::string("{}"),
                             Bench::purchase_order(std::string(40, 'X'))}) {
        auto const answer = desk.post(body);
        EXPECT_EQ(answer.status, 422) << body;
        auto const content = Desk::body(answer);
        auto const* diagnostics = content.find("diagnostics");
        ASSERT_NE(diagnostics, nullptr) << answer.body;
        EXPECT_FALSE(diagnostics->items().empty());
    }
    EXPECT_EQ(desk.post(Bench::purchase_order("PO-1"), {}).status, 422) << "no partner named";
    EXPECT_EQ(desk.woken, 0U);
    EXPECT_TRUE(desk.bench.messages(store::Direction::outbound).empty());
}

TEST(Api, DepthAndSizeOfTheBodyAreNoTrouble) {
    Desk desk;
    EXPECT_EQ(desk.post(std::string(100'000, '[')).status, 422);
    EXPECT_EQ(desk.post("{\"a\":" + std::string(5'000, '[') + std::string(5'000, ']') + "}").status, 422);
}

TEST(Api, IdempotencyKeys) {
    Desk desk;
    transport::http::Headers const headers = {{"X-Wharf-Partner", "acme"}, {"Idempotency-Key", "k1"}};
    auto const first = desk.post(Bench::purchase_order("PO-1"), headers);
    auto const again = desk.post(Bench::purchase_order("PO-1"), headers);
    EXPECT_EQ(first.status, 202);
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(first.body, again.body);
    EXPECT_EQ(desk.post(Bench::purchase_order("PO-2"), headers).status, 409);
    EXPECT_EQ(desk.post(Bench::purchase_order("PO-2"), {{"X-Wharf-Partner", "acme"}, {"Idempotency-Key", std::string(300, 'k')}}).status, 400);
}

TEST(Api, Paths) {
    Desk desk;
    EXPECT_EQ(desk.get("/v1/health").status, 200);
    EXPECT_EQ(desk.get("/").status, 404);
    EXPECT_EQ(desk.get("/v1/documents").status, 405);
    EXPECT_EQ(desk.get("/v1/documents/none").status, 404);
    EXPECT_EQ(desk.get("/v1/messages/none").status, 404);
    EXPECT_EQ(desk.get("/v1/messagesX").status, 404);
    EXPECT_EQ(desk.get("/v1/messages").status, 200);
}

TEST(Api, ListsByWhatIsAsked) {
    Desk desk;
    ASSERT_EQ(desk.post(Bench::purchase_order("PO 1+1")).status, 202);
    auto const count = [&](std::string query) {
        auto const answer = desk.get("/v1/messages", query);
        EXPECT_EQ(answer.status, 200) << query;
        return Desk::body(answer).find("messages")->items().size();
    };
    EXPECT_EQ(count(""), 1U);
    EXPECT_EQ(count("search=PO%201%2B1"), 1U);
    EXPECT_EQ(count("search=PO+1%2b1&direction=outbound"), 1U);
    EXPECT_EQ(count("search=PO"), 0U);
    EXPECT_EQ(count("state=ready&partner=acme&limit=5"), 1U);
    EXPECT_EQ(count("state=sent"), 0U);
    for (auto const* wrong : {"state=nonsense", "direction=up", "limit=0", "limit=x", "limit=1001"})
        EXPECT_EQ(desk.get("/v1/messages", wrong).status, 400) << wrong;
}

TEST(Api, TokensGuardEverythingButHealth) {
    ::setenv("WHARF_API_TEST_TOKEN", "secret-token", 1);
    auto configuration = test::one_partner();
    auto token = partner::Secret::parse("${env:WHARF_API_TEST_TOKEN}", ".");
    ASSERT_TRUE(token);
    configuration.gateway.listen.tokens.push_back({"erp", *token});
    Desk desk(configuration);
    EXPECT_EQ(desk.get("/v1/health").status, 200);
    EXPECT_EQ(desk.get("/v1/messages").status, 401);
    for (auto const* wrong : {"Bearer wrong", "secret-token", "Basic secret-token", "Bearer "})
        EXPECT_EQ(desk.api->handle({"GET", "/v1/messages", "", {{"Authorization", wrong}}, ""}).status, 401) << wrong;
    EXPECT_EQ(desk.api->handle({"GET", "/v1/messages", "", {{"Authorization", "Bearer secret-token"}}, ""}).status, 200);
}

TEST(Api, WithoutTokensOnlyLoopbackIsServed) {
    auto configuration = test::one_partner();
    configuration.gateway.listen.address = "0.0.0.0";
    Desk desk(configuration);
    EXPECT_EQ(desk.get("/v1/messages").status, 401);
}

TEST(Api, WithoutTokensWebPagesAreNotServed) {
    Desk desk;
    EXPECT_EQ(desk.api->handle({"GET", "/v1/messages", "", {{"Origin", "http://elsewhere.example"}}, ""}).status, 401);
    EXPECT_EQ(desk.api->handle({"GET", "/v1/messages", "", {}, ""}).status, 200);
}

TEST(Api, HealthAsksTheStoreOnceASecond) {
    Desk desk;
    auto const writes = [&] {
        std::uint64_t number = 0;
        auto done = desk.bench.store->transact([&](store::Transaction& transaction) -> Result<void> {
            auto next = transaction.next_control_number("health", 1'000'000);
            number = next ? *next : 0;
            return {};
        });
        EXPECT_TRUE(done);
        return number;
    };
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(desk.get("/v1/health").status, 200);
    EXPECT_EQ(writes(), 2U) << "one of five, and ours";
}

} // namespace
} // namespace wharf::api
