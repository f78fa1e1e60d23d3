// What comes in over AS2, row by row of docs/as2.md: opened, committed, answered, proven; refused, and repeated.
#include "support/as2_bench.hpp"

#include "base/base64.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using store::ExchangeState;
using store::ReceiptState;
using test::As2Bench;
using test::as2_order;
using test::field_of;
using test::identity;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

TEST(As2Receiving, AnOrderArrivesAtItsTargetAndTheReceiptProvesIt) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", as2_order);
    auto const answer = site.post(sent);
    EXPECT_EQ(answer.status, 200);
    as2::Receipt receipt;
    auto const judgement = site.judgement(answer, sent, &receipt);
    EXPECT_TRUE(judgement.is_success()) << judgement.reason;
    EXPECT_EQ(receipt.original_message_id, "<1@peer>");
    EXPECT_EQ(field_of(answer, "AS2-From"), "WHARF");
    EXPECT_EQ(field_of(answer, "AS2-To"), "\"ACME Corp\"");
    EXPECT_TRUE(answer.exchange_id.empty());

    site.bench->work();
    ASSERT_EQ(site.bench->requests.size(), 1U);
    EXPECT_THAT(site.bench->requests[0].body, HasSubstr("INV1"));
    EXPECT_EQ(site.bench->requests[0].partner, "acme");

    auto const exchanges = site.exchanges();
    ASSERT_EQ(exchanges.size(), 1U);
    auto const& exchange = exchanges[0];
    EXPECT_EQ(exchange.state, ExchangeState::accepted);
    EXPECT_EQ(exchange.receipt, ReceiptState::sent);
    EXPECT_EQ(exchange.disposition, "processed");
    EXPECT_EQ(exchange.mic, fmt::format("{}, {}", receipt.mic->base64, receipt.mic->algorithm));
    EXPECT_EQ(exchange.as2_message_id, "<1@peer>");
    EXPECT_EQ(exchange.receipt_message_id, field_of(answer, "Message-ID"));
    EXPECT_THAT(exchange.certificates, HasSubstr("signed-by sha256:" + identity("peer").certificate.fingerprint()));
    EXPECT_THAT(exchange.certificates, HasSubstr("receipt-signed-by sha256:" + identity("us").certificate.fingerprint()));
    EXPECT_EQ(site.kept(exchange.id, vault_name::signed_bytes), *sent.mic_source.text(~0ULL));
    EXPECT_FALSE(site.kept(exchange.id, vault_name::signature).empty());
    EXPECT_EQ(site.kept(exchange.id, vault_name::receipt), answer.body);
    EXPECT_THAT(site.kept(exchange.id, vault_name::receipt_signed), HasSubstr("Original-Message-ID: <1@peer>"));
    EXPECT_FALSE(site.kept(exchange.id, vault_name::receipt_signature).empty());
    EXPECT_THAT(site.kept(exchange.id, vault_name::certificates), StartsWith("-----BEGIN CERTIFICATE-----\n"));
    EXPECT_TRUE(site.kept(exchange.id, vault_name::message).empty()) << "the evidence is enough";
    auto const transfers = site.transfers();
    ASSERT_EQ(transfers.size(), 1U);
    EXPECT_EQ(transfers[0].file_name, "po.edi");
    EXPECT_EQ(transfers[0].claim_key, exchange.id + "/1");
    EXPECT_EQ(transfers[0].state, store::TransferState::processed);
    EXPECT_TRUE(site.has_line("as2_received", "message_id=\"<1@peer>\""));
    EXPECT_TRUE(site.bench->has_event(exchange.id, "as2_received"));
}

TEST(As2Receiving, EveryCombinationOfLayersAndReceipts) {
    As2Bench site(test::loosen);
    unsigned number = 0;
    for (bool const is_signed : {true, false})
        for (bool const is_encrypted : {true, false})
            for (auto const compression : {as2::Compression::none, as2::Compression::before_signing, as2::Compression::after_signing})
                for (bool const is_asynchronous : {true, false})
                    for (bool const signed_receipt : {true, false}) {
                        auto draft = site.draft(fmt::format("<{}@peer>", number + 1), test::numbered(number + 1));
                        ++number;
                        if (!is_signed)
                            draft.settings.signer.reset();
                        if (!is_encrypted)
                            draft.settings.recipients.clear();
                        draft.settings.compression = compression;
                        draft.relation.receipt_signed = signed_receipt;
                        draft.relation.receipt_mode = is_asynchronous ? as2::ReceiptMode::asynchronous : as2::ReceiptMode::synchronous;
                        draft.relation.own_receipt_address = "http://peer.example/mdn?with=query";
                        auto const sent = As2Bench::pack(draft);
                        auto const answer = site.post(sent);
                        EXPECT_EQ(answer.status, 200);
                        as2::Receipt receipt;
                        if (is_asynchronous) {
                            EXPECT_TRUE(answer.body.empty());
                            site.written(answer);
                            ASSERT_EQ(site.posts.size(), 1U) << number;
                            (void)site.judgement(site.posts[0].fields, site.posts[0].body, sent, &receipt);
                            site.posts.clear();
                        } else {
                            (void)site.judgement(answer, sent, &receipt);
                            site.bench->work();
                        }
                        EXPECT_EQ(receipt.disposition.type, "processed") << number;
                        EXPECT_TRUE(receipt.disposition.modifier.empty()) << number << receipt.text;
                        ASSERT_TRUE(receipt.mic) << number;
                        EXPECT_EQ(receipt.mic->base64, wharf::encode_base64(*as2::digest_of(sent.mic_source, as2::Digest::sha256))) << number;
                    }
    EXPECT_EQ(site.bench->requests.size(), number) << "each invoice once";
    EXPECT_EQ(site.exchanges().size(), number);
}

TEST(As2Receiving, AnAsynchronousMessageIsDurableBeforeItIsAnsweredAndOpenedAfterwards) {
    As2Bench site;
    auto const sent = site.asynchronous("<1@peer>", as2_order);
    auto const answer = site.post(sent);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body.empty());
    ASSERT_EQ(site.exchanges().size(), 1U);
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::received);
    EXPECT_EQ(site.kept(answer.exchange_id, vault_name::message), sent.body);

    site.bench->work();
    EXPECT_EQ(site.exchanges()[0].state, ExchangeState::accepted);
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::owed);
    EXPECT_TRUE(site.posts.empty()) << "the answer is not written yet: the receipt must not overtake it";
    EXPECT_EQ(site.bench->requests.size(), 1U) << "the as2_order waits for no receipt";

    site.receiving->answered(answer.exchange_id);
    site.bench->clock.advance(1s);
    site.bench->work();
    ASSERT_EQ(site.posts.size(), 1U);
    EXPECT_EQ(site.posts[0].settings.url, "http://peer.example/mdn?with=query");
    EXPECT_TRUE(site.judgement(site.posts[0].fields, site.posts[0].body, sent).is_success());
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::sent);
    EXPECT_EQ(site.bench->work(), 0U);
}

TEST(As2Receiving, AMessageThatComesAgainGetsItsReceiptByteForByteAndIsNotProcessedAgain) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", as2_order);
    auto const first = site.post(sent);
    site.bench->clock.advance(1h);
    auto const again = site.post(sent);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.fields, first.fields);
    auto const other_bytes = site.message("<1@peer>", test::numbered(7)); // the Message-ID decides
    EXPECT_EQ(site.post(other_bytes).body, first.body);
    site.bench->work();
    EXPECT_EQ(site.bench->requests.size(), 1U);
    EXPECT_EQ(site.exchanges().size(), 1U);
}

TEST(As2Receiving, AnAsynchronousOneThatComesAgainGetsItsReceiptOnceMore) {
    As2Bench site;
    auto const sent = site.asynchronous("<1@peer>", as2_order);
    site.written(site.post(sent));
    ASSERT_EQ(site.posts.size(), 1U);
    site.bench->clock.advance(1h);
    auto const again = site.post(sent);
    EXPECT_EQ(again.status, 200);
    EXPECT_TRUE(again.body.empty());
    site.bench->work();
    EXPECT_EQ(site.posts.size(), 1U) << "not before the answer is written";
    site.receiving->answered(again.exchange_id);
    site.bench->clock.advance(1s);
    site.bench->work();
    ASSERT_EQ(site.posts.size(), 2U);
    EXPECT_EQ(site.posts[1].body, site.posts[0].body);
    EXPECT_EQ(site.posts[1].fields, site.posts[0].fields);
    EXPECT_EQ(site.bench->requests.size(), 1U);
}

TEST(As2Receiving, TwoAtTheSameTimeAreOne) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", as2_order);
    auto one = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(site.request(sent)));
    auto other = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(site.request(sent)));
    As2Bench::feed(*one, sent.body);
    As2Bench::feed(*other, sent.body);
    auto const first = one->finish();
    auto const second = other->finish();
    EXPECT_TRUE(site.judgement(first, sent).is_success());
    EXPECT_EQ(second.body, first.body);
    EXPECT_EQ(site.transfers().size(), 1U);
    EXPECT_EQ(site.exchanges().size(), 1U);
}

TEST(As2Receiving, TwoAsynchronousOnesAtTheSameTimeAreOne) {
    As2Bench site;
    auto const sent = site.asynchronous("<1@peer>", as2_order);
    auto one = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(site.request(sent)));
    auto other = std::get<std::unique_ptr<As2Arrival>>(site.receiving->begin(site.request(sent)));
    As2Bench::feed(*one, sent.body);
    As2Bench::feed(*other, sent.body);
    EXPECT_EQ(one->finish().status, 200);
    EXPECT_EQ(other->finish().status, 200);
    EXPECT_EQ(site.exchanges().size(), 1U);
}

TEST(As2Receiving, WhileItIsInWorkASynchronousCopyIsSentAway) {
    As2Bench site;
    (void)site.post(site.asynchronous("<1@peer>", as2_order));
    auto const sent = site.message("<1@peer>", as2_order);
    auto const busy = site.post(sent);
    EXPECT_EQ(busy.status, 503);
    EXPECT_EQ(field_of(busy, "Retry-After"), "60");
    EXPECT_EQ(site.post(site.asynchronous("<1@peer>", as2_order)).status, 200) << "its receipt will come";
    site.bench->work();
    EXPECT_TRUE(site.judgement(site.post(sent), sent).is_success());
    EXPECT_EQ(site.exchanges().size(), 1U);
}

TEST(As2Receiving, WhatWasRefusedMayComeAgainAndBeTaken) {
    As2Bench site;
    auto const sent = site.message("<1@peer>", as2_order);
    auto tampered = sent;
    tampered.body[tampered.body.size() / 2] ^= 1;
    auto const refused = site.post(tampered);
    EXPECT_EQ(refused.status, 200);
    EXPECT_THAT(site.disposition(refused, sent), StartsWith("processed/error: "));
    EXPECT_TRUE(site.judgement(site.post(sent), sent).is_success());
    auto const exchanges = site.exchanges();
    ASSERT_EQ(exchanges.size(), 2U);
    EXPECT_EQ(exchanges[0].state, ExchangeState::refused);
    EXPECT_EQ(exchanges[0].receipt, ReceiptState::sent);
    EXPECT_FALSE(site.kept(exchanges[0].id, vault_name::message).empty()) << "to find out why";
    EXPECT_EQ(exchanges[1].state, ExchangeState::accepted);
    EXPECT_TRUE(site.has_line("as2_refused", "<1@peer>"));
}

TEST(As2Receiving, EachFaultHasItsDisposition) {
    As2Bench site;
    auto const check = [&](std::string_view disposition, test::As2Outgoing const& sent) {
        auto const answer = site.post(sent);
        EXPECT_EQ(answer.status, 200) << disposition;
        EXPECT_EQ(site.disposition(answer, sent), disposition);
        EXPECT_EQ(site.exchanges().back().state, ExchangeState::refused) << disposition;
        EXPECT_EQ(as2::lower(site.exchanges().back().disposition), as2::lower(disposition));
        EXPECT_FALSE(site.exchanges().back().reason.empty());
    };
    unsigned number = 0;
    auto const draft = [&] { return site.draft(fmt::format("<{}@peer>", ++number), as2_order); };

    auto other_key = draft();
    other_key.settings.recipients = {identity("stranger").certificate};
    check("processed/error: decryption-failed", As2Bench::pack(other_key));
    auto no_cms = site.message("<no-cms@peer>", as2_order);
    no_cms.body = "hello";
    check("processed/error: decryption-failed", no_cms);
    auto other_signer = draft();
    other_signer.settings.signer = identity("stranger");
    check("processed/error: authentication-failed", As2Bench::pack(other_signer));
    auto unsigned_one = draft();
    unsigned_one.settings.signer.reset();
    check("processed/error: insufficient-message-security", As2Bench::pack(unsigned_one));
    auto open_one = draft();
    open_one.settings.recipients.clear();
    check("processed/error: insufficient-message-security", As2Bench::pack(open_one));
    auto old_digest = draft();
    old_digest.settings.digest = as2::Digest::sha1;
    check("processed/error: insufficient-message-security", As2Bench::pack(old_digest));
    auto changed = As2Bench::pack(open_one);
    changed.body.replace(changed.body.find("INV1"), 4, "INV2");
    changed.fields[3].second = "<changed@peer>";
    changed.id = "<changed@peer>";
    check("processed/error: integrity-check-failed", changed);
    auto micalgs = site.message("<mic@peer>", as2_order);
    for (auto& [name, value] : micalgs.fields)
        if (name == "Disposition-Notification-Options")
            value = "signed-receipt-protocol=required, pkcs7-signature; signed-receipt-micalg=required, md5";
    check("failed/failure: unsupported MIC-algorithms", micalgs);
    auto protocol = site.message("<format@peer>", as2_order);
    for (auto& [name, value] : protocol.fields)
        if (name == "Disposition-Notification-Options")
            value = "signed-receipt-protocol=required, pgp-signature; signed-receipt-micalg=required, sha256";
    check("failed/failure: unsupported format", protocol);
    auto nameless = site.message("<gone@peer>", as2_order);
    std::erase_if(nameless.fields, [](auto const& one) { return one.first == "Message-ID"; });
    nameless.id.clear();
    check("processed/error: invalid-message-id", nameless);
    EXPECT_TRUE(site.transfers().empty());
    site.bench->work();
    EXPECT_TRUE(site.bench->requests.empty());
}

TEST(As2Receiving, ACertificateExchangeMessageIsRefusedAndSomebodyIsTold) {
    As2Bench site;
    auto draft = site.draft("<cem@peer>", {});
    draft.payloads = {{"application/ediint-cert-exchange+xml", "", transport::Content("<EDIINTCertificateExchangeRequest/>")},
                      {"application/pkcs7-mime; smime-type=certs-only", "new.p7c", transport::Content("certificate")}};
    auto const sent = As2Bench::pack(draft);
    auto const answer = site.post(sent);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(site.disposition(answer, sent), "failed/failure: unsupported format");
    EXPECT_TRUE(site.transfers().empty());
    EXPECT_TRUE(site.has_line("AS2_ALARM", "wants to change its certificate"));
    ASSERT_EQ(site.alarms().size(), 1U);
    EXPECT_THAT(site.alarms()[0], StartsWith("AS2_ALARM " + site.exchanges().at(0).id + " ACME Corp sent a certificate exchange message"));
    auto const exchange = site.exchanges().at(0);
    EXPECT_EQ(exchange.state, ExchangeState::refused);
    EXPECT_THAT(site.kept(exchange.id, vault_name::signed_bytes), HasSubstr("new.p7c")) << "the certificate can be taken out of the evidence";
}

TEST(As2Receiving, WhoAsksForNoReceiptIsToldByTheStatus) {
    As2Bench site;
    auto draft = site.draft("<1@peer>", as2_order);
    draft.relation.receipt_mode = as2::ReceiptMode::none;
    auto const good = site.post(As2Bench::pack(draft));
    EXPECT_EQ(good.status, 200);
    EXPECT_TRUE(good.body.empty());
    EXPECT_EQ(site.exchanges()[0].receipt, ReceiptState::none);
    draft.id = "<2@peer>";
    draft.settings.signer = identity("stranger");
    EXPECT_EQ(site.post(As2Bench::pack(draft)).status, 400);
}

TEST(As2Receiving, SeveralFilesAreSeveralTransfers) {
    As2Bench site;
    auto draft = site.draft("<1@peer>", as2_order);
    draft.payloads = {{"application/edi-x12", "../../etc/po.edi", transport::Content(test::numbered(1))}, {"application/xml", "", transport::Content("<a/>")}};
    auto const sent = As2Bench::pack(draft);
    EXPECT_TRUE(site.judgement(site.post(sent), sent).is_success());
    auto const transfers = site.transfers();
    ASSERT_EQ(transfers.size(), 2U);
    EXPECT_EQ(transfers[0].file_name, "po.edi") << "nothing of a path";
    EXPECT_EQ(transfers[1].file_name, site.exchanges()[0].id + "-2.xml");
    EXPECT_EQ(transfers[1].claim_key, site.exchanges()[0].id + "/2");
}

/// Somebody else writes the Message-ID: it is echoed, and names nothing on our disk.
TEST(As2Receiving, AnIdentifierIsNeverAFileName) {
    As2Bench site;
    auto draft = site.draft("<../../../etc/wharf-was-here@peer>", as2_order);
    draft.payloads = {{"application/edi-x12", "", transport::Content(as2_order)}};
    auto const sent = As2Bench::pack(draft);
    as2::Receipt receipt;
    EXPECT_TRUE(site.judgement(site.post(sent), sent, &receipt).is_success());
    EXPECT_EQ(receipt.original_message_id, draft.id);
    EXPECT_EQ(site.transfers().at(0).file_name, site.exchanges().at(0).id + ".edi");
    for (auto const& entry : std::filesystem::recursive_directory_iterator(site.folder.path()))
        EXPECT_EQ(entry.path().string().find("was-here"), std::string::npos);
}

TEST(As2Receiving, NamesOfFilesAreRefusedOnlyWhereThatWasAgreed) {
    auto const named = [](As2Bench const& site, std::string id, std::vector<std::string> const& names) {
        auto draft = site.draft(std::move(id), as2_order);
        for (auto const& name : names)
            draft.payloads.push_back({"application/edi-x12", name, transport::Content(as2_order)});
        return As2Bench::pack(draft);
    };
    As2Bench free;
    for (auto const* const name : {"po.edi", "po.edi", "../po.edi"}) {
        auto const sent = named(free, fmt::format("<{}@peer>", free.exchanges().size()), {name});
        EXPECT_EQ(free.disposition(free.post(sent), sent), "processed") << name;
    }
    As2Bench strict([](partner::Configuration& configuration) {
        auto& in = configuration.channels.back().as2.incoming;
        in.refuse_repeated_names = in.refuse_unsafe_names = true;
    });
    auto const check = [&](std::string_view disposition, std::string id, std::vector<std::string> const& names) {
        auto const sent = named(strict, std::move(id), names);
        EXPECT_EQ(strict.disposition(strict.post(sent), sent), disposition);
    };
    check("processed", "<1@peer>", {"po.edi"});
    check("processed/error: duplicate-filename", "<2@peer>", {"po.edi"});
    EXPECT_EQ(strict.exchanges().back().state, ExchangeState::refused);
    EXPECT_THAT(strict.exchanges().back().reason, HasSubstr("po.edi came before"));
    check("processed/error: illegal-filename", "<3@peer>", {"../po.edi"});
    check("processed/error: duplicate-filename", "<4@peer>", {"twice.edi", "twice.edi"});
    check("processed", "<2@peer>", {"po-2.edi"});
    check("processed", "<5@peer>", {""});
    check("processed", "<6@peer>", {""}) ;
    EXPECT_EQ(strict.transfers().size(), 4U);

    auto draft = strict.draft("<7@peer>", as2_order);
    draft.relation.receipt_mode = as2::ReceiptMode::asynchronous;
    draft.relation.own_receipt_address = "http://peer.example/mdn?with=query";
    strict.written(strict.post(As2Bench::pack(draft)));
    EXPECT_EQ(strict.exchanges().back().state, ExchangeState::refused) << "asynchronous ones, too";
    EXPECT_EQ(strict.exchanges().back().disposition, "processed/error: duplicate-filename");
    EXPECT_EQ(strict.exchanges().back().receipt, ReceiptState::sent);
}

TEST(As2Receiving, AFileThatIsNotMuchTooLargeIsKeptAsWell) {
    As2Bench site([](partner::Configuration& configuration) { configuration.gateway.limits.message_bytes = 100; });
    (void)site.post(site.message("<1@peer>", as2_order));
    EXPECT_EQ(site.transfers().front().state, store::TransferState::dead_letter);
    EXPECT_EQ(site.kept(site.exchanges()[0].id, vault_name::payload), as2_order) << "its receipt says that it is here";
}

TEST(As2Receiving, AFileThatWasTooLargeIsProcessedWhenTheLimitWasRaised) {
    As2Bench site([](partner::Configuration& configuration) { configuration.gateway.limits.message_bytes = 100; });
    auto draft = site.draft("<1@peer>", {});
    for (unsigned number : {1U, 2U})
        draft.payloads.push_back({"application/edi-x12", fmt::format("{}.edi", number), transport::Content(test::numbered(number) + std::string(number == 2 ? 2U << 20 : 1, ' '))});
    (void)site.post(As2Bench::pack(draft));
    auto const second = site.transfers()[1];
    EXPECT_THAT(second.reason, HasSubstr("wharf dead-letter retry " + second.id));
    auto const still = retry(*site.bench->context, second.id);
    ASSERT_FALSE(still);
    EXPECT_THAT(still.error().message, HasSubstr("limits.message_bytes"));

    site.bench->configuration.gateway.limits.message_bytes = 10u << 20;
    auto const file = site.folder.path() / "wharf.db.exchanges" / site.exchanges()[0].id / "payload-2";
    ASSERT_TRUE(site.bench->context->vault.sweep(*site.bench->store));
    EXPECT_TRUE(std::filesystem::exists(file));
    auto const as_before = site.folder.path() / "as-before";
    std::filesystem::copy_file(file, as_before);
    for (auto const& transfer : site.transfers())
        EXPECT_TRUE(retry(*site.bench->context, transfer.id));
    EXPECT_FALSE(std::filesystem::exists(file)) << "the store has it now";
    std::filesystem::create_directories(file.parent_path());
    std::filesystem::rename(as_before, file); // a kill came between
    ASSERT_TRUE(site.bench->context->vault.sweep(*site.bench->store));
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_EQ(site.kept(site.exchanges()[0].id, vault_name::payload), "");
    site.bench->work();
    EXPECT_EQ(site.bench->requests.size(), 2U);
    for (auto const& transfer : site.transfers())
        EXPECT_EQ(transfer.state, store::TransferState::processed);
}

TEST(As2Receiving, AReceiptSignedWithAKeyThatIsUnfitIsToldToUs) {
    As2Bench site([](partner::Configuration& configuration) {
        configuration.channels.back().as2.own_certificates.front().use = partner::As2Use::encryption;
    });
    auto const sent = site.message("<1@peer>", as2_order);
    EXPECT_TRUE(site.judgement(site.post(sent), sent).is_success()) << "he waits for one, and may take it";
    EXPECT_TRUE(site.has_line("AS2_RECEIPT_KEY"));
    EXPECT_THAT(site.exchanges()[0].reason, HasSubstr("not in use for signing now: the partner may not accept it; `wharf cert check`"));

    testing_support::write_text(site.folder.path() / "us.pem", test::pem_of(identity("us, long ago", {.to_year = 2021})));
    site.bench->configuration.channels.back().as2.own_certificates.front().use = partner::As2Use::both;
    As2Bench later([&](partner::Configuration& configuration) {
        configuration.channels.back().as2.own_certificates.front().file = site.folder.path() / "us.pem";
    });
    auto draft = later.draft("<2@peer>", as2_order);
    draft.settings.recipients = {identity("us, long ago").certificate};
    EXPECT_EQ(later.post(As2Bench::pack(draft)).status, 200);
    EXPECT_THAT(later.exchanges()[0].reason, HasSubstr("expired on 2021-01-01"));
    EXPECT_TRUE(later.bench->has_event(later.exchanges()[0].id, "AS2_RECEIPT_KEY"));
}

TEST(As2Receiving, APayloadTooLargeToBeProcessedIsKeptAndTold) {
    As2Bench site([](partner::Configuration& configuration) { configuration.gateway.limits.message_bytes = 1000; });
    auto const sent = site.message("<1@peer>", std::string(3u << 20, 'x'));
    EXPECT_TRUE(site.judgement(site.post(sent), sent).is_success());
    auto const transfers = site.transfers();
    ASSERT_EQ(transfers.size(), 1U);
    EXPECT_EQ(transfers[0].state, store::TransferState::dead_letter);
    EXPECT_EQ(transfers[0].size, 3u << 20);
    auto const id = site.exchanges()[0].id;
    EXPECT_THAT(transfers[0].reason, HasSubstr("wharf.db.exchanges/" + id + "/payload"));
    EXPECT_EQ(std::filesystem::file_size(site.folder.path() / "wharf.db.exchanges" / id / "payload"), 3u << 20);
    EXPECT_FALSE(std::filesystem::exists(site.folder.path() / "wharf.db.exchanges" / id / "message")) << "evidence and payload are enough";
    site.bench->work();
    EXPECT_TRUE(site.bench->messages(store::Direction::inbound).empty());
}

} // namespace
} // namespace wharf::gateway
