// A configured channel as the AS2 layer takes it, and files that change under it.
#include "gateway/as2_relations.hpp"

#include "support/as2_identity.hpp"
#include "support/temp_folder.hpp"
#include "transport/as2/certificate_maker.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using testing_support::identity;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string pem(as2::Certificate const& certificate) { return as2::to_pem(certificate); }
std::string pem(as2::PrivateKey const& key) { return as2::to_pem(key, "").value(); }

class As2RelationsTest : public ::testing::Test {
protected:
    As2RelationsTest() {
        for (auto const* const name : {"keys", "channels", "partners"})
            std::filesystem::create_directories(folder.path() / name);
        write("wharf.yaml", "identities: [{name: us, qualifier: ZZ, id: US}]\nas2: {port: 4080, tls_port: 4443, tls: {certificate: keys/us.pem}, public_url: \"http://us.example/as2\"}\n");
        write("keys/us.pem", pem(identity("us").certificate) + pem(identity("us").key));
        write("keys/acme.pem", pem(identity("peer").certificate));
        write("channels/acme.yaml", relation);
    }
    void write(std::string const& name, std::string const& text) { testing_support::write_text(folder.path() / name, text); }
    void open() {
        auto configuration = partner::load_configuration(folder.path());
        ASSERT_TRUE(configuration) << configuration.error().front().message;
        auto opened = As2Relations::open(*configuration, folder.path(), clock, log);
        ASSERT_TRUE(opened) << opened.error().message;
        relations = std::move(*opened);
    }
    As2RelationPointer later() {
        clock.advance(std::chrono::seconds(10));
        return relations->by_channel("acme");
    }

    testing_support::TempFolder folder;
    ManualClock clock{std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)};
    std::string lines;
    Log log{clock, [this](std::string_view line) { lines += std::string(line) + "\n"; }};
    std::unique_ptr<As2Relations> relations;
    std::string const relation = R"(transport: as2
as2:
  own_name: US
  partner_name: "My Co"
  url: http://127.0.0.1:9/as2
  own_certificates:
    - file: keys/us.pem
  partner_certificates:
    - file: keys/acme.pem
)";
};

TEST_F(As2RelationsTest, EverySettingReachesTheLayer) {
    ::setenv("WHARF_TEST_WORD", "hunter2", 1);
    write("channels/acme.yaml", relation + R"(  incoming:
    require_signature: no
    require_encryption: no
    accept_sha1: yes
    accept_3des: yes
    accept_gcm_in_enveloped_data: yes
    receipt_address: http://127.0.0.1:9/mdn
    receipts_to_unverified: yes
    refuse_repeated_names: yes
    refuse_unsafe_names: yes
    receipt_digest: sha512
    max_bytes: 5MB
    client_certificates: [keys/acme.pem]
    basic: {user: acme, password: "${env:WHARF_TEST_WORD}"}
  evidence_days: 400
  outgoing:
    sign: sha384
    encrypt: aes128_gcm
    gcm_form: enveloped_nonce
    compress: after_signing
    payload_encoding: base64
    receipt: {mode: asynchronous, signed: no, timeout: 2h, resends: 3}
    digest_spelling: hyphenated
    subject: Orders
    content_type: application/edi-consent
    file_name: no
    version: 1.1
    retry: {base: 10s, cap: 1m, attempts: 3}
    temporary_statuses: [429, 403]
    http:
      authorities: keys/acme.pem
      pinned_keys: ["sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
      client_certificate: keys/us.pem
      client_passphrase: "${env:WHARF_TEST_WORD}"
      basic: {user: us, password: "${env:WHARF_TEST_WORD}"}
      proxy: http://proxy.example:3128
      proxy_login: {user: us2, password: "${env:WHARF_TEST_WORD}"}
      expects_continue: yes
      connect_timeout: 5s
      idle_timeout: 10m
)");
    open();
    auto const found = relations->find("US", "My Co");
    ASSERT_TRUE(found);
    EXPECT_EQ(found, relations->by_channel("acme"));
    EXPECT_FALSE(relations->find("us", "My Co")) << "case counts";
    EXPECT_FALSE(relations->find("My Co", "US"));
    auto const& agreed = found->relation;
    EXPECT_FALSE(agreed.requires_signature || agreed.requires_encryption || agreed.receipt_signed);
    EXPECT_TRUE(agreed.accepts_sha1 && agreed.accepts_3des && agreed.receipts_unverified);
    EXPECT_EQ(agreed.enveloped_gcm, as2::EnvelopedGcm::accepted);
    EXPECT_TRUE(found->refuses_repeated_names && found->refuses_unsafe_names);
    EXPECT_EQ(agreed.receipt_digest, as2::Digest::sha512);
    EXPECT_EQ(agreed.receipt_address, "http://127.0.0.1:9/mdn");
    EXPECT_EQ(agreed.receipt_mode, as2::ReceiptMode::asynchronous);
    EXPECT_EQ(agreed.own_receipt_address, "http://us.example/as2");
    EXPECT_EQ(agreed.micalgs, std::vector{as2::Digest::sha384}) << "the one that signs";
    EXPECT_EQ(agreed.spelling, as2::MicSpelling::hyphenated);
    EXPECT_EQ(agreed.version, "1.1");
    EXPECT_EQ(agreed.retry.attempts, 3u);
    EXPECT_EQ(agreed.retry.cap, std::chrono::minutes(1));
    EXPECT_EQ(agreed.temporary_statuses, (std::vector{429, 403}));
    EXPECT_EQ(agreed.receipt_timeout, std::chrono::hours(2));
    EXPECT_EQ(agreed.resends_without_receipt, 3u);
    EXPECT_EQ(found->max_bytes, 5u << 20);
    EXPECT_EQ(found->client_fingerprints, std::vector{identity("peer").certificate.fingerprint()});
    EXPECT_TRUE(relations->wants_client_certificates());
    EXPECT_EQ(found->client_password, "hunter2");
    EXPECT_EQ(found->evidence_days, 400u);
    EXPECT_EQ(found->subject, "Orders");
    EXPECT_FALSE(found->tells_file_name);
    auto const packing = found->pack_settings(clock.now());
    ASSERT_TRUE(packing) << packing.error().message;
    EXPECT_EQ(packing->signer->certificate, identity("us").certificate);
    EXPECT_EQ(packing->recipients, std::vector{identity("peer").certificate});
    EXPECT_EQ(packing->digest, as2::Digest::sha384);
    EXPECT_EQ(packing->cipher, as2::Cipher::aes128_gcm);
    EXPECT_EQ(packing->gcm_form, as2::GcmForm::enveloped_nonce);
    EXPECT_EQ(packing->compression, as2::Compression::after_signing);
    EXPECT_EQ(packing->payload_encoding, as2::TransferEncoding::base64);
    auto const& post = found->post;
    EXPECT_EQ(post.proxy_password, "hunter2");
    EXPECT_EQ(post.client_passphrase, "hunter2");
    EXPECT_EQ(post.client_certificate, folder.path() / "keys/us.pem");
    EXPECT_EQ(post.pinned_public_key, "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    EXPECT_TRUE(post.expects_continue);
    EXPECT_EQ(post.idle_timeout, std::chrono::minutes(10));
    EXPECT_THAT(lines, IsEmpty());
}

TEST_F(As2RelationsTest, WhatTheServerOfMessagesIsShownIsNotShownToAnother) {
    ::setenv("WHARF_TEST_WORD", "hunter2", 1);
    std::string const http = R"({authorities: keys/acme.pem, client_certificate: keys/us.pem, basic: {user: us, password: "${env:WHARF_TEST_WORD}"}, idle_timeout: 7s}})";
    auto const with = [&](std::string const& incoming) {
        write("channels/acme.yaml", relation + "  outgoing: {http: " + http + "\n  incoming: {" + incoming + "}\n");
        relations.reset();
        open();
        return relations->by_channel("acme")->receipt_post;
    };
    for (auto const* const same : {"http://127.0.0.1:9/mdn?x=1", "http://127.0.0.1:9", "http://127.0.0.1:9#x"}) {
        auto const post = with(fmt::format("receipt_address: \"{}\"", same));
        EXPECT_EQ(post.url, same);
        EXPECT_EQ(post.user, "us");
        EXPECT_EQ(post.password, "hunter2");
        EXPECT_EQ(post.client_certificate, folder.path() / "keys/us.pem");
    }
    for (auto const* const other : {"https://127.0.0.1:9/mdn", "http://127.0.0.1:10/as2", "http://127.0.0.1/as2", "http://127.0.0.1.example:9/as2"}) {
        auto const post = with(fmt::format("receipt_address: \"{}\"", other));
        EXPECT_EQ(post.user + post.password + post.client_certificate + post.client_key + post.client_passphrase, "") << other;
        EXPECT_EQ(post.authorities, folder.path() / "keys/acme.pem");
        EXPECT_EQ(post.idle_timeout, std::chrono::seconds(7));
    }
    auto const own = with(R"(receipt_address: "https://mdn.example/", receipt_http: {basic: {user: them, password: "${env:WHARF_TEST_WORD}"}})");
    EXPECT_EQ(own.user, "them");
    EXPECT_EQ(own.password, "hunter2");
    EXPECT_EQ(own.authorities, "") << "what is said for receipts stands alone";
    EXPECT_EQ(own.client_certificate, "");
    EXPECT_EQ(with("require_signature: yes").url, "") << "no receipts";
}

TEST_F(As2RelationsTest, WhoWaitsForChangesIsTold) {
    open();
    unsigned told = 0;
    bool is_done = true;
    relations->when_renewed([&] {
        ++told;
        EXPECT_TRUE(relations->wants_client_certificates());
        return is_done;
    });
    (void)later();
    EXPECT_EQ(told, 0U);
    write("channels/acme.yaml", relation + "  incoming: {client_certificates: [keys/acme.pem]}\n");
    (void)later();
    EXPECT_EQ(told, 1U);
    (void)later();
    EXPECT_EQ(told, 1U) << "once";
    is_done = false;
    write("channels/acme.yaml", relation + "  incoming: {client_certificates: [keys/acme.pem], refuse_unsafe_names: yes}\n");
    (void)later();
    (void)later();
    EXPECT_EQ(told, 3U) << "until it is done";
    is_done = true;
    (void)later();
    (void)later();
    EXPECT_EQ(told, 4U);
    relations->when_renewed({});
    write("channels/acme.yaml", relation);
    (void)later();
    EXPECT_EQ(told, 4U);
}

TEST_F(As2RelationsTest, NothingIsSignedOrEncryptedWhereThatIsAgreed) {
    write("channels/acme.yaml", relation + "  outgoing: {sign: none, encrypt: none}\n");
    open();
    auto const packing = relations->by_channel("acme")->pack_settings(clock.now());
    ASSERT_TRUE(packing);
    EXPECT_FALSE(packing->signer);
    EXPECT_THAT(packing->recipients, IsEmpty());
    EXPECT_EQ(relations->by_channel("acme")->relation.micalgs, std::vector{as2::Digest::sha256});
}

TEST_F(As2RelationsTest, AReplacedCertificateIsTakenUp) {
    open();
    auto const held = relations->by_channel("acme");
    write("keys/acme.pem", pem(identity("next").certificate));
    EXPECT_EQ(relations->by_channel("acme"), held) << "files are not looked at for every message";
    auto const renewed = later();
    EXPECT_EQ(*renewed->keys.recipient(clock.now()), identity("next").certificate);
    EXPECT_EQ(*held->keys.recipient(clock.now()), identity("peer").certificate) << "what is held does not change";
    EXPECT_THAT(lines, HasSubstr("as2_relation_renewed acme"));
    EXPECT_EQ(later(), renewed);
}

TEST_F(As2RelationsTest, HalfAFileIsNotTakenUp) {
    open();
    auto const whole = pem(identity("next").certificate);
    write("keys/acme.pem", whole.substr(0, 100));
    EXPECT_EQ(*later()->keys.recipient(clock.now()), identity("peer").certificate);
    EXPECT_THAT(lines, HasSubstr("AS2_CERTIFICATES_UNREADABLE acme"));
    write("keys/acme.pem", whole);
    EXPECT_EQ(*later()->keys.recipient(clock.now()), identity("next").certificate);
}

TEST_F(As2RelationsTest, AnEntryAddedToTheChannelIsTakenUp) {
    open();
    write("keys/next.pem", pem(identity("next").certificate));
    write("channels/acme.yaml", relation + "    - {file: keys/next.pem, from: 2026-12-01}\n");
    auto const renewed = later();
    EXPECT_EQ(renewed->keys.incoming(clock.now()).partner.size(), 2u);
    EXPECT_EQ(*renewed->keys.recipient(clock.now()), identity("peer").certificate);
    EXPECT_EQ(*renewed->keys.recipient(std::chrono::sys_days(std::chrono::year(2026) / 12 / 1)), identity("next").certificate);
    lines.clear();
    write("channels/acme.yaml", relation + "    - {fil: keys/next.pem}\n");
    EXPECT_EQ(later()->keys.incoming(clock.now()).partner.size(), 2u);
    EXPECT_THAT(lines, HasSubstr("AS2_CONFIGURATION_UNREADABLE - reason="));
    write("wharf.yaml", "identities: [{name: us, qualifier: ZZ, id: US}]\nas2: {port: 4080, tls_port: 4443, tls: {certificate: keys/us.pem}, public_url: \"http://new.example/as2\"}\n");
    write("channels/acme.yaml", relation + "  outgoing: {receipt: {mode: asynchronous}}\n");
    EXPECT_EQ(later()->relation.own_receipt_address, "http://new.example/as2");
    EXPECT_EQ(relations->public_url(), "http://new.example/as2");
}

TEST_F(As2RelationsTest, WhatChangedWhileTheGatewayStartedIsTakenUp) {
    auto const loading_since = SystemClock().now();
    auto const configuration = partner::load_configuration(folder.path());
    ASSERT_TRUE(configuration);
    write("channels/acme.yaml", relation + "  evidence_days: 400\n");
    relations = As2Relations::open(*configuration, folder.path(), clock, log, loading_since).value();
    EXPECT_EQ(relations->by_channel("acme")->evidence_days, 0U);
    EXPECT_EQ(later()->evidence_days, 400U);
}

TEST_F(As2RelationsTest, AnEntryWhoseFileComesLaterIsTakenUpThen) {
    open();
    write("channels/acme.yaml", relation + "    - {file: keys/next.pem, from: 2026-11-01}\n");
    EXPECT_EQ(*later()->keys.recipient(clock.now()), identity("peer").certificate);
    EXPECT_THAT(lines, HasSubstr("AS2_CERTIFICATES_UNREADABLE acme"));
    EXPECT_THAT(lines, Not(HasSubstr("as2_relation_renewed"))) << "nothing is";
    EXPECT_EQ(relations->sources().channels.front().as2.partner_certificates.size(), 1u) << "what is in use";
    write("keys/next.pem", pem(identity("next").certificate));
    EXPECT_EQ(*later()->keys.recipient(clock.now()), identity("next").certificate);
    EXPECT_THAT(lines, HasSubstr("as2_relation_renewed acme"));
    EXPECT_EQ(relations->sources().channels.front().as2.partner_certificates.size(), 2u);
}

TEST_F(As2RelationsTest, AMissingFileStopsOneRelationAlone) {
    write("channels/acme.yaml", relation + "  incoming: {client_certificates: [keys/nowhere.pem]}\n");
    write("channels/other.yaml", std::string(relation).replace(relation.find("My Co"), 5, "Other"));
    std::filesystem::remove(folder.path() / "keys/us.pem");
    write("keys/us.pem", "nothing");
    open();
    auto const found = relations->find("US", "My Co");
    ASSERT_TRUE(found) << "its partner is no stranger";
    EXPECT_THAT(found->trouble, HasSubstr("keys/us.pem"));
    EXPECT_THAT(found->trouble, HasSubstr("keys/nowhere.pem"));
    EXPECT_EQ(found->client_fingerprints.size(), 1u) << "a pin that cannot be read lets nobody in";
    EXPECT_THAT(lines, HasSubstr("AS2_RELATION_UNUSABLE acme"));
    auto const packing = found->pack_settings(clock.now());
    ASSERT_FALSE(packing);
    EXPECT_TRUE(packing.error().is_temporary());
    EXPECT_THAT(packing.error().message, HasSubstr("nothing can be signed"));
    write("keys/us.pem", pem(identity("us").certificate) + pem(identity("us").key));
    write("keys/nowhere.pem", pem(identity("peer").certificate));
    EXPECT_THAT(later()->trouble, IsEmpty());
    EXPECT_THAT(relations->find("US", "Other")->trouble, IsEmpty());
}

TEST_F(As2RelationsTest, KeysFromTheEnvironment) {
    ::setenv("WHARF_TEST_IDENTITY", (pem(identity("us").certificate) + pem(identity("us").key)).c_str(), 1);
    write("channels/acme.yaml", std::string(relation).replace(relation.find("file: keys/us.pem"), 17, "content: \"${env:WHARF_TEST_IDENTITY}\""));
    open();
    EXPECT_THAT(relations->by_channel("acme")->trouble, IsEmpty());
    EXPECT_EQ(relations->by_channel("acme")->keys.signer(clock.now())->certificate, identity("us").certificate);
    ::setenv("WHARF_TEST_IDENTITY", "neither of them!", 1);
    open();
    EXPECT_THAT(relations->by_channel("acme")->trouble, HasSubstr("${env:WHARF_TEST_IDENTITY} holds neither PEM nor the base64 of a PKCS#12 file"));
}

TEST(As2Keys, DaysAreWhole) {
    partner::As2Certificate certificate;
    certificate.from = "2026-11-01";
    certificate.until = "2027-01-31";
    auto const term = term_of(certificate);
    EXPECT_EQ(to_iso8601(*term.from), "2026-11-01T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(*term.until), "2027-02-01T00:00:00.000Z");
    EXPECT_FALSE(begin_of(""));
}

} // namespace
} // namespace wharf::gateway
