// What those learn who are no partners, or show no proof of it: nothing.
#include "support/as2_bench.hpp"

#include "base/base64.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using test::As2Bench;
using test::as2_order;
using test::field_of;
using test::identity;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

std::string without_ids(As2Answer const& answer) {
    auto text = fmt::format("{}\n{}", answer.status, answer.body);
    for (auto const& [name, value] : answer.fields)
        if (name != "Message-ID" && name != "AS2-From" && name != "AS2-To" && name != "Content-Type")
            text += name + ": " + value + "\n";
    for (auto const* const name : {"WHARF", "OTHER", "ACME Corp", "ACME CORP", "\"ACME Corp\"", "\"ACME CORP\""})
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
            text.replace(at, std::string_view(name).size(), "N");
    auto const end = text.find("\r\n");
    auto const boundary = text.substr(0, end).substr(text.find("--"));
    for (auto at = text.find(boundary); at != std::string::npos && boundary.size() > 2; at = text.find(boundary))
        text.replace(at, boundary.size(), "B");
    return text;
}

TEST(As2Strangers, AStrangerLearnsNothing) {
    As2Bench site;
    auto const sent_as = [&](std::string from, std::string to) {
        auto draft = site.draft("<1@peer>", as2_order);
        draft.relation.own_name = std::move(from);
        draft.relation.partner_name = std::move(to);
        return As2Bench::pack(draft);
    };
    auto const unknown_partner = site.post(sent_as("ACME CORP", "WHARF"));
    auto const unknown_us = site.post(sent_as("ACME Corp", "OTHER"));
    EXPECT_EQ(unknown_partner.status, 200);
    EXPECT_EQ(without_ids(unknown_partner), without_ids(unknown_us));
    as2::Receipt receipt;
    auto const sent = sent_as("ACME CORP", "WHARF");
    (void)site.judgement(unknown_partner, sent, &receipt);
    EXPECT_EQ(as2::write_disposition(receipt.disposition), "automatic-action/MDN-sent-automatically; processed/error: unknown-trading-relationship");
    EXPECT_THAT(field_of(unknown_partner, "Content-Type"), StartsWith("multipart/report")) << "unsigned";
    EXPECT_TRUE(site.exchanges().empty()) << "nothing is stored";
    EXPECT_TRUE(site.has_line("as2_stranger", "from=\"ACME CORP\""));
    auto refusals = site.refusals();
    ASSERT_EQ(refusals.size(), 2U) << "but the operator sees who was turned away";
    std::ranges::sort(refusals, {}, &store::Refusal::from);
    EXPECT_EQ(refusals[0].kind, "unknown_names");
    EXPECT_EQ(refusals[0].address, "192.0.2.7");
    EXPECT_EQ(refusals[0].from, "ACME CORP");
    EXPECT_EQ(refusals[0].to, "WHARF");
    EXPECT_THAT(refusals[0].reason, HasSubstr("channel acme-as2 has ACME Corp, and small letters are not capitals here"));
    EXPECT_EQ(refusals[1].to, "OTHER");
    EXPECT_EQ(refusals[1].channel, "acme-as2") << "whose partner it seems to be";
    EXPECT_THAT(refusals[1].reason, HasSubstr("where our name is WHARF"));

    auto draft = site.draft("<2@peer>", as2_order);
    draft.relation.own_name = "NOBODY";
    draft.relation.receipt_mode = as2::ReceiptMode::none;
    EXPECT_EQ(site.post(As2Bench::pack(draft)).status, 403);
    draft.relation.receipt_mode = as2::ReceiptMode::asynchronous;
    draft.relation.own_receipt_address = "http://victim.example/";
    EXPECT_EQ(site.post(As2Bench::pack(draft)).status, 403);
    site.bench->clock.advance(1h);
    site.bench->work();
    EXPECT_TRUE(site.posts.empty()) << "no address that a stranger names is called";
}

TEST(As2Strangers, OfAStrangerOnlySoMuchIsRead) {
    As2Bench site;
    auto draft = site.draft("<1@peer>", std::string(2u << 20, 'x'));
    draft.relation.own_name = "NOBODY";
    auto const sent = As2Bench::pack(draft);
    auto const begun = site.receiving->begin(site.request(sent));
    EXPECT_TRUE(std::holds_alternative<As2Answer>(begun)) << "answered before the body is read";
    auto request = site.request(sent);
    request.content_length.reset(); // in chunks
    auto const arrival = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(request));
    Result<void> taken;
    std::size_t read = 0;
    while (taken && read < sent.body.size()) {
        taken = arrival->take(std::string_view(sent.body).substr(read, 10'000));
        read += 10'000;
    }
    ASSERT_FALSE(taken);
    EXPECT_FALSE(taken.error().is_temporary());
    EXPECT_LE(read, As2Receiving::stranger_bytes + 10'000);
    auto const instead = arrival->answer_instead();
    ASSERT_TRUE(instead);
    EXPECT_EQ(without_ids(*instead), without_ids(std::get<As2Answer>(begun))) << "in chunks or not: one answer, and no 413";
}

TEST(As2Strangers, StrangersCannotFillTheLog) {
    As2Bench site;
    auto draft = site.draft("<1@peer>", "x");
    draft.relation.own_name = "NOBODY";
    auto const sent = As2Bench::pack(draft);
    for (int i = 0; i < 100; ++i)
        (void)site.post(sent);
    auto const lines = std::ranges::count_if(site.bench->lines, [](auto const& line) { return line.find("as2_stranger ") != std::string::npos; });
    EXPECT_EQ(lines, RareLog::most_in_a_minute);
    site.bench->clock.advance(2min);
    (void)site.post(sent);
    EXPECT_TRUE(site.has_line("as2_left_out", "left_out=90"));
}

TEST(As2Strangers, WhoeverKnowsTwoNamesCannotFillTheLogEither) {
    As2Bench site;
    for (int i = 0; i < 30; ++i) {
        auto const sent = site.asynchronous(fmt::format("<{}@peer>", i), as2_order);
        (void)site.post(sent);
        (void)site.post(sent);
        auto request = site.request(site.message(fmt::format("<b{}@peer>", i), as2_order));
        request.fields.emplace_back("ETag", "\"one\"");
        auto const size = *request.content_length;
        for (std::uint64_t const held : {0, 10}) {
            auto part = request;
            if (held > 0)
                part.fields.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", held, size - 1, size));
            part.content_length = size - held;
            auto const arrival = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(part));
            As2Bench::feed(*arrival, "0123456789");
            arrival->broken_off();
        }
    }
    for (auto const* const event : {" as2_stored ", " as2_repeated ", " as2_broken_off ", " as2_restarted "}) {
        auto const lines = std::ranges::count_if(site.bench->lines, [&](auto const& line) { return line.find(event) != std::string::npos; });
        EXPECT_EQ(lines, RareLog::most_in_a_minute) << event << "and each of them has its own ten";
    }
}

TEST(As2Strangers, NoAs2NoAnswer) {
    As2Bench site;
    auto const answer = site.post({{{"Content-Type", "text/plain"}}, "192.0.2.1", {}, 5}, "hello");
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("AS2-From"));
}

TEST(As2Strangers, ALoginIsAskedForWhereTheRelationWantsOne) {
    ::setenv("WHARF_TEST_AS2_PASSWORD", "hunter2:with colon", 1);
    As2Bench site([](partner::Configuration& configuration) {
        auto& basic = configuration.channels.back().as2.incoming.basic;
        basic.user = "acme";
        basic.password = *partner::Secret::parse("${env:WHARF_TEST_AS2_PASSWORD}", {});
    });
    auto const sent = site.message("<1@peer>", as2_order);
    auto const login = [&](std::string const& text) {
        auto request = site.request(sent);
        request.fields.emplace_back("Authorization", "Basic " + wharf::encode_base64(text));
        return site.post(request, sent.body);
    };
    auto const challenge = site.post(sent);
    EXPECT_EQ(challenge.status, 401);
    EXPECT_THAT(field_of(challenge, "WWW-Authenticate"), StartsWith("Basic "));
    auto large = site.request(sent);
    large.content_length = As2Receiving::stranger_bytes + 1;
    auto const at_once = site.receiving->begin(large);
    ASSERT_TRUE(std::holds_alternative<As2Answer>(at_once)) << "answered before the body is read";
    EXPECT_EQ(std::get<As2Answer>(at_once).status, 401);
    for (auto const* const wrong : {"acme:hunter3", "acme:", "acm:hunter2:with colon", "acme:hunter2:with colon ", ""}) {
        auto const answer = login(wrong);
        EXPECT_EQ(site.disposition(answer, sent), "processed/error: unknown-trading-relationship") << wrong;
    }
    EXPECT_TRUE(site.has_line("as2_stranger", "asks for user and password")) << "the operator is told which";
    auto const wrong = site.refusals();
    ASSERT_EQ(wrong.size(), 1U) << "one caller, one reason; being asked for a login is none for a while";
    EXPECT_EQ(wrong[0].kind, "wrong_login");
    EXPECT_EQ(wrong[0].count, 5U);
    EXPECT_EQ(wrong[0].channel, "acme-as2");
    EXPECT_TRUE(site.exchanges().empty());
    EXPECT_TRUE(site.judgement(login("acme:hunter2:with colon"), sent).is_success());
    site.bench->clock.advance(1h);
    EXPECT_EQ(site.refusals().size(), 1U) << "he was asked for a login, and gave it";
    (void)site.post(sent);
    site.bench->clock.advance(1h);
    ASSERT_EQ(site.refusals().size(), 2U);
    EXPECT_EQ(site.refusals()[0].kind, "login_missing") << "asked, and never gave one";
    EXPECT_THAT(site.exchanges()[0].head, Not(HasSubstr("Authorization")));

    auto draft = site.draft("<2@peer>", as2_order);
    draft.relation.own_name = "NOBODY";
    EXPECT_EQ(site.post(As2Bench::pack(draft)).status, 401) << "whoever he is: a login that is missing tells nothing";
}

TEST(As2Strangers, AClientCertificateIsAskedForWhereTheRelationWantsOne) {
    As2Bench site([](partner::Configuration& configuration) {
        auto& channel = configuration.channels.back();
        channel.as2.incoming.client_certificates = {configuration.gateway.store_file.parent_path() / "tls.pem"};
    });
    auto const sent = site.message("<1@peer>", as2_order);
    EXPECT_EQ(site.disposition(site.post(sent), sent), "processed/error: unknown-trading-relationship");
    ASSERT_EQ(site.refusals().size(), 1U);
    EXPECT_EQ(site.refusals()[0].kind, "client_certificate");
    EXPECT_THAT(site.refusals()[0].reason, HasSubstr("none was shown"));
    auto request = site.request(sent);
    request.client_certificate = identity("stranger").certificate.der();
    EXPECT_EQ(site.disposition(site.post(request, sent.body), sent), "processed/error: unknown-trading-relationship");
    request.client_certificate = identity("tls client").certificate.der();
    EXPECT_TRUE(site.judgement(site.post(request, sent.body), sent).is_success());
}

TEST(As2Strangers, AFloodDoesNotGrowTheListOfThoseTurnedAway) {
    As2Bench site;
    auto request = site.request(site.message("<1@peer>", as2_order));
    auto const come = [&](std::string const& from, std::string const& address) {
        for (auto& [name, value] : request.fields)
            if (name == "AS2-From")
                value = from;
        request.peer_address = address;
        (void)site.receiving->begin(request);
    };
    come("ACME CORP", "198.51.100.1");
    for (int caller = 0; caller < 300; ++caller) {
        for (int name = 0; name < 30; ++name)
            come(fmt::format("NAME{}", name), fmt::format("192.0.2.{}", caller));
        if (caller % 10 == 0) {
            EXPECT_LE(site.refusals().size(), Notices::most_refusals + 1);
        }
    }
    auto const left = site.refusals();
    EXPECT_EQ(left.size(), Notices::most_refusals + 1);
    EXPECT_EQ(std::ranges::count(left, "acme-as2", &store::Refusal::channel), 1) << "what is a partner's is bounded by itself: strangers do not displace it";
    for (auto const& one : left)
        EXPECT_LE(std::ranges::count(left, one.address, &store::Refusal::address), std::ptrdiff_t{Notices::most_names} + 1) << "and the one for all other names";
}

TEST(As2Strangers, AServerWithoutLoginsIgnoresThem) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", as2_order);
    auto request = site.request(sent);
    request.fields.emplace_back("Authorization", "Basic xxxx");
    EXPECT_TRUE(site.judgement(site.post(request, sent.body), sent).is_success());
}

} // namespace
} // namespace wharf::gateway
