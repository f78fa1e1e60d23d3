// Delivery against a real HTTP server that is not ours (tests/support/http_target.py).
#include "delivery/target.hpp"

#include "support/child.hpp"
#include "support/temp_folder.hpp"
#include "syntax/json/value.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

namespace wharf::delivery {
namespace {

using namespace std::chrono_literals;
using namespace testing_support;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class DeliveryTest : public testing::Test {
protected:
    void start(bool tls = false) {
        std::vector<std::string> arguments = {"python3", WHARF_SOURCE_DIR "/tests/support/http_target.py", log().string()};
        if (tls)
            arguments.push_back((folder_.path() / "tls.pem").string());
        server_ = std::make_unique<Child>(arguments, "/dev/null");
        auto const port = server_->read_line(20'000);
        if (port.empty())
            throw std::runtime_error("python3 does not start");
        base_ = fmt::format("{}://127.0.0.1:{}", tls ? "https" : "http", port);
        target_.name = "erp";
        target_.timeout = 10s;
        request_.document_kind = "purchase_order";
        request_.idempotency_key = "01JXQ5W5G1V7B6Q2M8N4T0ZC3D";
        request_.correlation_id = "01JXQ5W5G1AAAAAAAAAAAAAAAA";
        request_.partner = "acme";
        request_.body = R"({"schema": 1, "number": "4500"})";
    }
    [[nodiscard]] std::filesystem::path log() const { return folder_.path() / "requests"; }
    Outcome deliver(std::string_view path) {
        target_.url = base_ + std::string(path);
        return client_.deliver(target_, request_);
    }
    [[nodiscard]] std::vector<json::Value> requests() const {
        std::vector<json::Value> all;
        if (!std::filesystem::exists(log()))
            return all;
        std::istringstream lines(read_text(log()));
        for (std::string line; std::getline(lines, line);)
            all.push_back(json::parse(line).value());
        return all;
    }
    static std::string header(json::Value const& request, std::string_view name) {
        for (auto const& pair : request.find("headers")->items())
            if (pair.items()[0].text() == name)
                return pair.items()[1].text();
        return "(absent)";
    }

    TempFolder folder_;
    std::unique_ptr<Child> server_;
    std::string base_;
    Client client_;
    TargetSettings target_;
    DeliveryRequest request_;
};

TEST_F(DeliveryTest, SendsWhatTheContractSays) {
    start();
    target_.headers = {{"X-Tenant", "7"}};
    target_.bearer_token = "t0ken";
    auto const outcome = deliver("/created/{document}?v=1");
    EXPECT_EQ(outcome.kind, OutcomeKind::delivered) << outcome.error;
    EXPECT_EQ(outcome.status, 201);
    EXPECT_EQ(outcome.target_reference, "SO-1");
    EXPECT_EQ(outcome.error, "");
    auto const all = requests();
    ASSERT_EQ(all.size(), 1u);
    auto const& sent = all.front();
    EXPECT_EQ(sent.string("method"), "POST");
    EXPECT_EQ(sent.string("path"), "/created/purchase_order?v=1");
    EXPECT_EQ(sent.string("body"), request_.body);
    EXPECT_EQ(header(sent, "Content-Type"), "application/json");
    EXPECT_EQ(header(sent, "Idempotency-Key"), request_.idempotency_key);
    EXPECT_EQ(header(sent, "X-Correlation-Id"), request_.correlation_id);
    EXPECT_EQ(header(sent, "X-Wharf-Partner"), "acme");
    EXPECT_EQ(header(sent, "X-Wharf-Document"), "purchase_order");
    EXPECT_EQ(header(sent, "X-Wharf-Test"), "false");
    EXPECT_EQ(header(sent, "X-Tenant"), "7");
    EXPECT_EQ(header(sent, "Authorization"), "Bearer t0ken");
    EXPECT_EQ(header(sent, "Expect"), "(absent)");
}

/// The example in docs/erp-interface.md is what we send: same method, same headers, same order of nothing else.
TEST_F(DeliveryTest, TheDocumentedExampleIsTheTruth) {
    start();
    auto const page = read_text(WHARF_SOURCE_DIR "/docs/erp-interface.md");
    auto const begin = page.find("```http\nPOST ");
    ASSERT_NE(begin, std::string::npos);
    std::istringstream example(page.substr(begin + 8, page.find("\n```", begin) - begin - 8));
    std::string line;
    std::getline(example, line);
    EXPECT_TRUE(line.starts_with("POST /edi/purchase_order HTTP/1.1")) << line;
    std::set<std::string> documented;
    while (std::getline(example, line) && !line.empty())
        documented.insert(line.substr(0, line.find(':')));

    target_.bearer_token = "t0ken";
    EXPECT_EQ(deliver("/created/{document}").kind, OutcomeKind::delivered);
    std::set<std::string> sent;
    auto const all = requests();
    for (auto const& pair : all.front().find("headers")->items())
        sent.insert(pair.items()[0].text());
    EXPECT_EQ(documented, sent);
}

TEST_F(DeliveryTest, ReferenceMethodAndLogin) {
    start();
    target_.method = "PUT";
    target_.basic_user = "wharf";
    target_.basic_password = "pass:word";
    target_.headers = {{"content-type", "application/vnd.erp+json"}};
    target_.production = false;
    request_.test = true;
    auto const outcome = deliver("/location");
    EXPECT_EQ(outcome.kind, OutcomeKind::delivered);
    EXPECT_EQ(outcome.target_reference, "/orders/9");
    auto const sent = requests().front();
    EXPECT_EQ(sent.string("method"), "PUT");
    EXPECT_EQ(header(sent, "Authorization"), "Basic d2hhcmY6cGFzczp3b3Jk");
    EXPECT_EQ(header(sent, "Content-Type"), "application/vnd.erp+json");
    EXPECT_EQ(header(sent, "X-Wharf-Test"), "true");
    EXPECT_EQ(sent.string("body"), request_.body);
}

TEST_F(DeliveryTest, BodiesOfAnySizeArrive) {
    start();
    for (std::size_t const size : {0, 1, 2'000'000}) {
        request_.body = std::string(size, 'x');
        EXPECT_EQ(deliver("/created").kind, OutcomeKind::delivered);
        EXPECT_EQ(requests().back().string("body").size(), size);
    }
}

TEST_F(DeliveryTest, OneConnectionServesManyDeliveries) {
    start();
    std::set<std::string> ports;
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(deliver("/created").kind, OutcomeKind::delivered);
        ports.insert(requests().back().find("client")->text());
    }
    EXPECT_EQ(ports.size(), 1u);
}

TEST_F(DeliveryTest, AnswersAreClassified) {
    start();
    for (auto const& [status, kind] : std::vector<std::pair<int, OutcomeKind>>{
             {200, OutcomeKind::delivered}, {202, OutcomeKind::delivered}, {400, OutcomeKind::permanent_failure},
             {401, OutcomeKind::permanent_failure}, {404, OutcomeKind::permanent_failure},
             {408, OutcomeKind::temporary_failure}, {409, OutcomeKind::permanent_failure},
             {422, OutcomeKind::permanent_failure}, {425, OutcomeKind::temporary_failure},
             {429, OutcomeKind::temporary_failure}, {500, OutcomeKind::temporary_failure},
             {503, OutcomeKind::temporary_failure}}) {
        auto const outcome = deliver(fmt::format("/status/{}", status));
        EXPECT_EQ(outcome.kind, kind) << status << " " << outcome.error;
        EXPECT_EQ(outcome.status, status);
        if (kind == OutcomeKind::delivered)
            EXPECT_THAT(outcome.error, IsEmpty());
        else
            EXPECT_THAT(outcome.error, AllOf(HasSubstr("target erp: POST http://127.0.0.1:"),
                                             HasSubstr(fmt::format("answered {}", status)), HasSubstr("as you asked")));
    }
    EXPECT_THAT(deliver("/status/401").error, HasSubstr("credentials"));
}

TEST_F(DeliveryTest, AConflictOverTheSameKeyIsDelivered) {
    start();
    auto outcome = deliver("/conflict/same");
    EXPECT_EQ(outcome.kind, OutcomeKind::delivered);
    EXPECT_EQ(outcome.status, 409);
    EXPECT_EQ(outcome.target_reference, "SO-1");
    outcome = deliver("/conflict/other");
    EXPECT_EQ(outcome.kind, OutcomeKind::permanent_failure);
    EXPECT_THAT(outcome.error, HasSubstr("Idempotency-Key"));
}

TEST_F(DeliveryTest, RetryAfterIsReadBothWays) {
    start();
    EXPECT_EQ(deliver("/busy/429/17").retry_after, 17s);
    auto const outcome = deliver("/busy/503/Fri,_31_Dec_2100_23:59:59_GMT");
    EXPECT_EQ(outcome.kind, OutcomeKind::temporary_failure);
    EXPECT_EQ(outcome.retry_after, 24h) << "at most a day";
}

TEST_F(DeliveryTest, RedirectsAreNotFollowed) {
    start();
    auto const outcome = deliver("/redirect");
    EXPECT_EQ(outcome.kind, OutcomeKind::permanent_failure);
    EXPECT_EQ(outcome.status, 302);
    EXPECT_THAT(outcome.error, AllOf(HasSubstr("redirects are not followed"), Not(HasSubstr("hidden"))));
    EXPECT_EQ(requests().size(), 1u);
}

TEST_F(DeliveryTest, AStatusThatArrivedDecides) {
    start();
    target_.max_answer_bytes = 1000;
    EXPECT_EQ(deliver("/huge/200").kind, OutcomeKind::delivered);
    EXPECT_EQ(deliver("/huge/422").kind, OutcomeKind::permanent_failure);
    EXPECT_EQ(deliver("/cut/201").kind, OutcomeKind::delivered);
    EXPECT_EQ(deliver("/cut/409").kind, OutcomeKind::temporary_failure) << "what it said is unknown";
    EXPECT_EQ(deliver("/created").kind, OutcomeKind::delivered) << "and the client goes on";
}

TEST_F(DeliveryTest, NoAnswerIsTemporary) {
    start();
    auto outcome = deliver("/drop");
    EXPECT_EQ(outcome.kind, OutcomeKind::temporary_failure);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.error, HasSubstr("no answer"));

    target_.timeout = 1s;
    outcome = deliver("/slow"); // says 200 after five seconds: whoever waits for it has delivered
    EXPECT_EQ(outcome.kind, OutcomeKind::temporary_failure);
    EXPECT_EQ(outcome.status, 0);

    server_->stop(SIGKILL);
    outcome = deliver("/created");
    EXPECT_EQ(outcome.kind, OutcomeKind::temporary_failure);
    target_.url = "http://no-such-host.invalid/x";
    EXPECT_EQ(client_.deliver(target_, request_).kind, OutcomeKind::temporary_failure);
}

TEST_F(DeliveryTest, BadSettingsSendNothing) {
    start();
    auto const refused = [&](auto&& change) {
        auto const target = target_;
        auto const request = request_;
        target_.url = base_ + "/created";
        change();
        auto const outcome = client_.deliver(target_, request_);
        EXPECT_EQ(outcome.kind, OutcomeKind::permanent_failure);
        EXPECT_EQ(outcome.status, 0);
        target_ = target;
        request_ = request;
        return outcome.error;
    };
    EXPECT_THAT(refused([&] { request_.test = true; }), HasSubstr("test document"));
    EXPECT_THAT(refused([&] { target_.url = "file:///etc/passwd"; }), HasSubstr("https://"));
    EXPECT_THAT(refused([&] { target_.url = "ftp://127.0.0.1/"; }), HasSubstr("https://"));
    EXPECT_THAT(refused([&] { target_.url = "erp/orders"; }), HasSubstr("url"));
    EXPECT_THAT(refused([&] { target_.url = ""; }), HasSubstr("url"));
    EXPECT_THAT(refused([&] { target_.url += "/{kind}"; }), HasSubstr("{document}"));
    EXPECT_THAT(refused([&] { target_.url = "http://me:s3cret@127.0.0.1/"; }),
                AllOf(HasSubstr("basic_user"), Not(HasSubstr("s3cret"))));
    EXPECT_THAT(refused([&] { target_.method = "POST / HTTP/1.1\r\nX: y"; }), HasSubstr("method"));
    EXPECT_THAT(refused([&] { target_.headers = {{"X", "a\r\nY: b"}}; }), HasSubstr("X"));
    EXPECT_THAT(refused([&] { target_.headers = {{"idempotency-KEY", "mine"}}; }), HasSubstr("idempotency-KEY"));
    EXPECT_THAT(refused([&] { request_.partner = "a\nb"; }), HasSubstr("X-Wharf-Partner"));
    EXPECT_THAT(refused([&] { request_.idempotency_key = ""; }), HasSubstr("idempotency"));
    EXPECT_THAT(refused([&] { request_.document_kind = "../x"; }), HasSubstr("kind"));
    EXPECT_THAT(requests(), IsEmpty());
}

TEST_F(DeliveryTest, NoSecretInAnyMessage) {
    start();
    target_.headers = {{"X-Api-Key", "k3y-k3y-k3y"}};
    target_.bearer_token = "b3arer";
    auto outcome = deliver("/echo?key=qu3ry");
    EXPECT_EQ(outcome.status, 400);
    EXPECT_THAT(outcome.error, AllOf(HasSubstr("Bearer ***"), Not(HasSubstr("b3arer")), Not(HasSubstr("k3y-k3y")),
                                     Not(HasSubstr("qu3ry"))));
    target_.bearer_token = "";
    target_.basic_user = "u";
    target_.basic_password = "p4ss";
    outcome = deliver("/echo");
    EXPECT_THAT(outcome.error, AllOf(HasSubstr("Basic ***"), Not(HasSubstr("dTpwNHNz"))));
    server_->stop(SIGKILL);
    EXPECT_THAT(deliver("/x?key=qu3ry").error, Not(HasSubstr("qu3ry")));
}

TEST_F(DeliveryTest, CertificatesAreVerified) {
    auto const pem = (folder_.path() / "tls.pem").string();
    ASSERT_EQ(run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                   "2", "-subj", "/CN=erp", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pem, "-out", pem + ".crt"}),
              0);
    write_text(pem, read_text(pem) + read_text(pem + ".crt"));
    start(true);
    auto outcome = deliver("/created");
    EXPECT_EQ(outcome.kind, OutcomeKind::temporary_failure);
    EXPECT_THAT(outcome.error, AllOf(HasSubstr("certificate"), HasSubstr("ca_file")));
    EXPECT_THAT(requests(), IsEmpty());
    target_.ca_file = pem + ".crt";
    EXPECT_EQ(deliver("/created").kind, OutcomeKind::delivered);
    auto const port = base_.substr(base_.rfind(':'));
    target_.url = "https://localhost" + port + "/created";
    EXPECT_EQ(client_.deliver(target_, request_).kind, OutcomeKind::temporary_failure) << "another name than the certificate's";
}

} // namespace
} // namespace wharf::delivery
