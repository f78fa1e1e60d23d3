// AS2 in the configuration: what a relation says, its defaults, and what is wrong with it.

#include "unit/partner/configuration_fixture.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class As2ConfigurationTest : public ConfigurationTest {
protected:
    As2ConfigurationTest() {
        write("wharf.yaml", gateway + listener);
        write("channels/acme-as2.yaml", relation);
        write("partners/acme/profile.yaml", std::string(acme).replace(acme.find("channel: box"), 12, "channel: acme-as2"));
    }
    void spoil_relation(std::string const& from, std::string const& to) { spoil("channels/acme-as2.yaml", relation, from, to); }

    std::string const listener = R"(as2:
  tls_port: 4443
  tls: {certificate: keys/tls.pem, private_key: keys/tls.key}
  public_url: https://b2b.example.com:4443/as2
)";
    std::string const relation = R"(transport: as2
as2:
  own_name: WHARF
  partner_name: ACME
  url: https://as2.acme.example:4443/as2
  own_certificates: [{file: keys/wharf.p12}]
  partner_certificates: [{file: keys/acme.pem, from: 2026-11-01, until: 2027-11-01}]
senders: [acme]
)";
};

TEST_F(As2ConfigurationTest, DefaultsAreSafe) {
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    EXPECT_THAT(findings(), IsEmpty());
    auto const& channel = *loaded->channel("acme-as2");
    EXPECT_FALSE(channel.is_read());
    EXPECT_TRUE(channel.takes_messages());
    EXPECT_TRUE(channel.can_send());
    auto const& as2 = channel.as2;
    EXPECT_EQ(as2.own_certificates.front().file, folder / "keys/wharf.p12");
    EXPECT_EQ(as2.partner_certificates.front().until, "2027-11-01");
    EXPECT_EQ(channel.marks.at("as2.partner_certificates[0]").line, 7u);
    EXPECT_TRUE(as2.incoming.require_signature && as2.incoming.require_encryption);
    EXPECT_FALSE(as2.incoming.accept_sha1 || as2.incoming.accept_3des || as2.incoming.receipts_to_unverified);
    EXPECT_FALSE(as2.incoming.accept_gcm_in_enveloped_data);
    EXPECT_EQ(as2.outgoing.gcm_form, As2GcmForm::auth_enveloped);
    EXPECT_EQ(as2.outgoing.sign, As2Digest::sha256);
    EXPECT_EQ(as2.outgoing.encrypt, As2Cipher::aes256_cbc);
    EXPECT_EQ(as2.outgoing.receipt.mode, As2ReceiptMode::synchronous);
    EXPECT_TRUE(as2.outgoing.receipt.is_signed);
    EXPECT_EQ(loaded->gateway.as2.tls_port.number, 4443);
    EXPECT_EQ(loaded->gateway.as2.port.number, 0);
}

TEST_F(As2ConfigurationTest, EverySettingIsRead) {
    write("channels/acme-as2.yaml", R"(transport: as2
as2:
  own_name: "My Co"
  partner_name: ACME
  url: https://as2.acme.example:4443/as2?x=1
  own_certificates: [{content: "${env:PATH}", from: 2026-11-01}]
  partner_certificates: [{file: keys/acme.pem}]
  authorities: {file: keys/ca.pem, subject: "CN=acme,O=Acme Inc", email: edi@acme.example, host: as2.acme.example}
  grace_days: 14
  incoming:
    require_signature: no
    require_encryption: no
    receipt_address: https://as2.acme.example/mdn
    receipt_digest: sha512
    receipts_to_unverified: yes
    max_bytes: 1GB
    client_certificates: [keys/one.pem, keys/two.pem]
    basic: {user: acme, password: "${env:PATH}"}
  outgoing:
    sign: sha512
    encrypt: aes128_gcm
    compress: before_signing
    payload_encoding: base64
    receipt: {mode: asynchronous, signed: no, digests: [sha512, sha256], timeout: 2h, resends: 3}
    digest_spelling: hyphenated
    subject: Orders
    content_type: application/edi-consent
    file_name: no
    version: 1.1
    retry: {base: 10s, cap: 1m, attempts: 3}
    temporary_statuses: [429, 403]
    http:
      authorities: keys/tls-ca.pem
      pinned_keys: ["sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]
      client_certificate: keys/client.pem
      client_key: keys/client.key
      client_passphrase: "${env:PATH}"
      basic: {user: wharf, password: "${env:PATH}"}
      proxy: http://proxy.example.com:3128
      proxy_login: {user: wharf, password: "${env:PATH}"}
      expects_continue: yes
      connect_timeout: 5s
      idle_timeout: 10m
senders: [acme]
)");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    auto const& as2 = loaded->channel("acme-as2")->as2;
    EXPECT_EQ(as2.own_name, "My Co");
    EXPECT_EQ(as2.authorities.file, folder / "keys/ca.pem");
    EXPECT_EQ(loaded->channel("acme-as2")->marks.at("as2.authorities.file").line, 8u);
    EXPECT_EQ(as2.grace_days.number, 14u);
    EXPECT_EQ(as2.incoming.client_certificates, (std::vector<std::filesystem::path>{folder / "keys/one.pem", folder / "keys/two.pem"}));
    EXPECT_EQ(as2.incoming.max_bytes, 1u << 30);
    EXPECT_EQ(as2.incoming.receipt_digest, As2ReceiptDigest::sha512);
    EXPECT_EQ(as2.outgoing.encrypt, As2Cipher::aes128_gcm);
    EXPECT_EQ(as2.outgoing.receipt.resends.number, 3u);
    EXPECT_EQ(as2.outgoing.receipt.digests, (std::vector<std::string>{"sha512", "sha256"}));
    EXPECT_EQ(as2.outgoing.temporary_statuses, (std::vector<std::string>{"429", "403"}));
    EXPECT_EQ(as2.outgoing.http.client_key, folder / "keys/client.key");
    EXPECT_EQ(as2.outgoing.http.idle_timeout, std::chrono::minutes(10));
    // What is shown of it can be written again: words and sizes as the file has them.
    auto const shown = explain(loaded->channel("acme-as2")->effective);
    for (auto const* const text : {"keys/two.pem", "aes128_gcm", "1GB", "${env:PATH}", "hyphenated"})
        EXPECT_THAT(shown, HasSubstr(text));
}

TEST_F(As2ConfigurationTest, NothingToSignOrCheckWith) {
    spoil_relation("  own_certificates: [{file: keys/wharf.p12}]\n", "");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0006 channels/acme-as2.yaml:3:3 there is no certificate of ours to sign with"));
    write("wharf.yaml", gateway + listener + "  own_certificates: [{file: keys/wharf.p12}]\n");
    EXPECT_THAT(findings(), IsEmpty());
    spoil_relation("  partner_certificates: [{file: keys/acme.pem, from: 2026-11-01, until: 2027-11-01}]\n", "");
    EXPECT_THAT(findings(), HasSubstr("to encrypt for"));
    EXPECT_THAT(findings(), HasSubstr("nothing to check the partner's signatures with"));
    spoil_relation("{file: keys/wharf.p12}", "{file: keys/wharf.p12, content: \"${env:PATH}\"}");
    EXPECT_THAT(findings(), HasSubstr("needs either 'file' or 'content'"));
    spoil_relation("{file: keys/wharf.p12}", "{passphrase: \"${env:PATH}\"}");
    EXPECT_THAT(findings(), HasSubstr("needs either 'file' or 'content'"));
    spoil_relation("until: 2027-11-01", "until: 2025-11-01");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0007 channels/acme-as2.yaml:7:73 it ends on 2025-11-01 and begins on 2026-11-01"));
}

TEST_F(As2ConfigurationTest, AuthoritiesAreRestricted) {
    spoil_relation("senders:", "  authorities: {file: keys/ca.pem}\nsenders:");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0006 channels/acme-as2.yaml:8:16 every customer of these authorities would be this partner"));
    spoil_relation("senders:", "  authorities: {subject: \"CN=acme\"}\nsenders:");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/acme-as2.yaml:8:16 the restriction belongs to authorities"));
}

TEST_F(As2ConfigurationTest, TwoChannelsWithOnePairOfNames) {
    write("channels/second.yaml", relation);
    auto const loaded = load();
    ASSERT_FALSE(loaded);
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0037 channels/second.yaml:4:17 'ACME' to 'WHARF' is the relation of the channel 'acme-as2' already"));
    write("channels/second.yaml", std::string(relation).replace(relation.find("ACME"), 4, "Acme")); // case counts
    EXPECT_THAT(findings(), Not(HasSubstr("PARTNER-0037")));
}

TEST_F(As2ConfigurationTest, AsynchronousReceiptsNeedAWayBack) {
    spoil_relation("senders:", "  outgoing: {receipt: {mode: asynchronous}}\nsenders:");
    EXPECT_THAT(findings(), IsEmpty());
    write("wharf.yaml", gateway);
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0006 channels/acme-as2.yaml:8:30 the partner is not told where"));
    write("wharf.yaml", gateway);
    write("channels/acme-as2.yaml", relation);
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0042 channels/acme-as2.yaml:8:10 nobody can send anything here"));
}

TEST_F(As2ConfigurationTest, ClearTextAndLegacy) {
    spoil_relation("https://as2.acme.example:4443/as2", "http://as2.acme.example/as2");
    EXPECT_THAT(findings(), IsEmpty()); // the message itself is encrypted
    spoil_relation("https://as2.acme.example:4443/as2", "http://as2.acme.example/as2\n  outgoing: {encrypt: none}");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0040 channels/acme-as2.yaml:5:8 messages go over plain http"));
    EXPECT_TRUE(load()); // a warning
    spoil_relation("senders:", "  outgoing: {sign: sha1, encrypt: 3des, receipt: {digests: [sha1]}}\n  incoming: {accept_sha1: yes, accept_3des: yes}\nsenders:");
    auto const found = findings();
    for (auto const* const path : {"as2.outgoing.sign", "as2.outgoing.encrypt", "as2.outgoing.receipt.digests[0]", "as2.incoming.accept_sha1",
                                   "as2.incoming.accept_3des"})
        EXPECT_THAT(found, HasSubstr(path));
    EXPECT_TRUE(load());
}

TEST_F(As2ConfigurationTest, PackingThatContradictsItself) {
    spoil_relation("senders:", "  outgoing: {compress: before_signing, version: 1.0}\nsenders:");
    EXPECT_THAT(findings(), HasSubstr("as2.outgoing.version is 1.0, which knows no compression"));
    spoil_relation("senders:", "  outgoing: {compress: before_signing, version: 1.1}\nsenders:");
    EXPECT_THAT(findings(), IsEmpty());
    spoil_relation("senders:", "  outgoing: {gcm_form: enveloped}\nsenders:");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/acme-as2.yaml:8:24 as2.outgoing.gcm_form is about GCM"));
    spoil_relation("senders:", "  outgoing: {encrypt: aes256_gcm, gcm_form: enveloped}\nsenders:");
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(As2ConfigurationTest, WhatHasNoPlaceInARelation) {
    spoil_relation("senders:", "pickup: {inbox: in}\nsenders:");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/acme-as2.yaml:8:9 'pickup' means nothing for a channel with transport: as2"));
    spoil_relation("senders:", "folder: {root: x}\nsenders:");
    EXPECT_THAT(findings(), HasSubstr("'folder' means nothing for a channel with transport: as2"));
    spoil_relation("  url: https://as2.acme.example:4443/as2\n", "");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0030 partners/acme/profile.yaml:5:10 the channel 'acme-as2' has no URL"));
    write("channels/acme-as2.yaml", "transport: as2\n");
    EXPECT_THAT(findings(), HasSubstr("a channel with transport: as2 needs 'as2'"));
    for (auto const& [from, to, what] :
         {std::tuple("ACME", "\" ACME\"", "blanks around"), std::tuple("ACME", "\"\"", "1 to 128 characters"), std::tuple("ACME", "ACMÉ", "printable ASCII"),
          std::tuple("https://as2", "https://u:p@as2", "no user or password"), std::tuple("url: https", "grace_days: -1\n  url: https", "0 to 1000000"),
          std::tuple("url: https", "outgoing: {temporary_statuses: [500]}\n  url: https", "400 to 499"),
          std::tuple("url: https", "outgoing: {encrypt: aes256}\n  url: https", "it must be one of: none, 3des"),
          std::tuple("url: https", "outgoing: {version: 1.3}\n  url: https", "1.0, 1.1 or 1.2"), // 1.3 wants AS2-Product, which is not sent
          std::tuple("url: https", "outgoing: {http: {pinned_keys: [abc]}}\n  url: https", "sha256//"),
          std::tuple("url: https", "outgoing: {http: {proxy: proxy.example}}\n  url: https", "must begin with http://")}) {
        spoil_relation(from, to);
        EXPECT_THAT(findings(), HasSubstr(what)) << to;
    }
}

TEST_F(As2ConfigurationTest, TheListener) {
    auto const listens = [&](std::string const& text) {
        write("wharf.yaml", gateway + "as2:\n" + text);
        return findings();
    };
    EXPECT_THAT(listens("  tls_port: 4443\n"), HasSubstr("as2.tls_port needs a certificate to show"));
    EXPECT_THAT(listens("  port: 4080\n  tls: {certificate: a.pem}\n"), HasSubstr("as2.tls belongs to as2.tls_port"));
    EXPECT_THAT(listens("  port: 8080\n"), HasSubstr("the port 8080 is that of the API, too"));
    EXPECT_THAT(listens("  port: 70000\n"), HasSubstr("a port is a number from 1 to 65535; 0: none"));
    EXPECT_THAT(listens("  port: 4080\n  path: as2\n"), HasSubstr("it must begin with '/'"));
    EXPECT_THAT(listens("  port: 4080\n"), IsEmpty());
}

TEST_F(As2ConfigurationTest, SecretsOfSeveralLines) {
    ::setenv("WHARF_TEST_PEM", "-----BEGIN\nabc\n-----END\n", 1);
    auto const secret = Secret::parse("${env:WHARF_TEST_PEM}", folder);
    ASSERT_TRUE(secret);
    EXPECT_FALSE(secret->resolve());
    EXPECT_EQ(secret->resolve_text(), "-----BEGIN\nabc\n-----END\n");
    ::unsetenv("WHARF_TEST_PEM");
    spoil_relation("{file: keys/wharf.p12}", "{content: \"${env:WHARF_TEST_PEM}\", passphrase: \"${env:WHARF_TEST_PASS}\"}");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0009 channels/acme-as2.yaml:6:32 as2.own_certificates[0].content: the environment variable"));
    EXPECT_THAT(findings(), HasSubstr("as2.own_certificates[0].passphrase"));
    EXPECT_TRUE(load(SecretCheck::form));
}

} // namespace
} // namespace wharf::partner
