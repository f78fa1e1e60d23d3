// Trust in the partner because of who issued its certificate: in the object itself, and through verify() and a receipt.
#include "transport/as2/authorities.hpp"

#include "support/as2_identity.hpp"
#include "support/openssl_cms.hpp"
#include "transport/as2/certificate_maker.hpp"
#include "transport/as2/exchange.hpp"
#include "transport/as2/key_ring.hpp"

#include <gmock/gmock.h>

namespace wharf::transport::as2 {
namespace {

using testing_support::identity;
using ::testing::HasSubstr;

struct Issue {
    std::vector<std::pair<std::string, std::string>> subject;
    std::vector<std::pair<int, std::string>> extensions;
    int from_year = 2020, to_year = 2060;
    EVP_MD const* digest = EVP_sha256();
};

/// A certificate for the key of `name`, by `issuer` (itself: self-signed).
Identity issue(std::string const& name, Identity const* issuer, Issue const& wanted) {
    auto const& keys = identity(name);
    std::unique_ptr<X509, decltype(&X509_free)> const made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    static long serial = 1000;
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
    ASN1_TIME_set_string(X509_getm_notBefore(made.get()), (std::to_string(wanted.from_year) + "0101000000Z").c_str());
    ASN1_TIME_set_string(X509_getm_notAfter(made.get()), (std::to_string(wanted.to_year) + "0101000000Z").c_str());
    auto* const subject = X509_get_subject_name(made.get());
    for (auto const& [type, value] : wanted.subject)
        X509_NAME_add_entry_by_txt(subject, type.c_str(), MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(value.c_str()), -1, -1, 0);
    auto* const above = issuer ? issuer->certificate.native() : made.get();
    X509_set_issuer_name(made.get(), X509_get_subject_name(above));
    X509_set_pubkey(made.get(), keys.key.native());
    X509V3_CTX context;
    X509V3_set_ctx(&context, above, made.get(), nullptr, nullptr, 0);
    auto extensions = wanted.extensions;
    extensions.emplace_back(NID_subject_key_identifier, "hash");
    if (issuer) extensions.emplace_back(NID_authority_key_identifier, "keyid");
    for (auto const& [nid, value] : extensions) {
        std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> const extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), X509_EXTENSION_free);
        if (!extension) throw std::runtime_error("cannot make an extension");
        X509_add_ext(made.get(), extension.get(), -1);
    }
    X509_sign(made.get(), issuer ? issuer->key.native() : keys.key.native(), wanted.digest);
    return {Certificate::share(made.get()), keys.key};
}

std::string pem(std::vector<Certificate> const& certificates) {
    std::string text;
    for (auto const& one : certificates)
        text += to_pem(one);
    return text;
}

Timestamp const now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
std::vector<std::pair<int, std::string>> const issuing{{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}};
std::vector<std::pair<int, std::string>> const signing{{NID_key_usage, "critical,digitalSignature,keyEncipherment"},
                                                       {NID_subject_alt_name, "DNS:as2.acme.example,DNS:*.wild.example,email:edi@acme.example"}};

/// root, one below it, and the partner's by that.
struct Chain {
    Identity root = issue("ca-root", nullptr, {.subject = {{"CN", "Root"}}, .extensions = issuing});
    Identity middle = issue("ca-middle", &root, {.subject = {{"CN", "Middle"}}, .extensions = issuing});
    Identity partner = issue("partner", &middle, {.subject = {{"O", "Acme, Inc"}, {"CN", "as2.acme.example"}}, .extensions = signing});

    [[nodiscard]] std::shared_ptr<Authorities const> trusting(Restriction restriction = {.subject = {}, .email = {}, .host = "as2.acme.example"}) const {
        return Authorities::read(pem({root.certificate}), std::move(restriction)).value();
    }
};

TEST(As2Authorities, AChainToTheAuthorityAndTheName) {
    Chain const chain;
    auto const trusted = chain.trusting();
    EXPECT_EQ(trusted->refusal(chain.partner.certificate, {chain.middle.certificate}, now), std::nullopt);
    EXPECT_THAT(*trusted->refusal(chain.partner.certificate, {}, now), HasSubstr("unable to get local issuer certificate")) << "the one between is missing";
    // One below the root may be trusted by itself.
    auto const below = Authorities::read(pem({chain.middle.certificate}), {.subject = {}, .email = {}, .host = "as2.acme.example"}).value();
    EXPECT_EQ(below->refusal(chain.partner.certificate, {}, now), std::nullopt);
    EXPECT_THAT(*trusted->refusal(identity("stranger").certificate, {}, now), HasSubstr("does not hold the name of host"));
}

TEST(As2Authorities, TheRestrictionIsExact) {
    Chain const chain;
    auto const accepts = [&](Restriction restriction) {
        return !chain.trusting(std::move(restriction))->refusal(chain.partner.certificate, {chain.middle.certificate}, now);
    };
    EXPECT_TRUE(accepts({.subject = "CN=as2.acme.example", .email = {}, .host = {}}));
    EXPECT_TRUE(accepts({.subject = " O = Acme\\, Inc , CN=as2.acme.example", .email = {}, .host = {}}));
    EXPECT_FALSE(accepts({.subject = "CN=AS2.acme.example", .email = {}, .host = {}}));
    EXPECT_FALSE(accepts({.subject = "CN=as2.acme", .email = {}, .host = {}})) << "no part of a value";
    EXPECT_FALSE(accepts({.subject = "CN=as2.acme.example,OU=EDI", .email = {}, .host = {}}));
    EXPECT_TRUE(accepts({.subject = {}, .email = "edi@acme.example", .host = {}}));
    EXPECT_FALSE(accepts({.subject = {}, .email = "it@acme.example", .host = {}}));
    EXPECT_FALSE(accepts({.subject = {}, .email = {}, .host = "www.wild.example"})) << "a wildcard names nobody";
    EXPECT_FALSE(accepts({.subject = "CN=as2.acme.example", .email = "it@acme.example", .host = {}})) << "all of it must fit";
    for (auto const* const wrong : {"", "acme", "XX=acme"}) {
        auto const read = Authorities::read(pem({chain.root.certificate}), {.subject = wrong, .email = {}, .host = {}});
        ASSERT_FALSE(read) << wrong;
        EXPECT_EQ(read.error().kind, ErrorKind::invalid);
    }
    EXPECT_FALSE(Authorities::read("no certificate", {.subject = "CN=a", .email = {}, .host = {}}));
}

TEST(As2Authorities, WhatIsRefusedInAChain) {
    Chain const chain;
    auto const trusted = chain.trusting();
    auto const refusal = [&](Identity const& below, Certificate const& between, Timestamp when = now) {
        return trusted->refusal(below.certificate, {between}, when).value_or("accepted");
    };
    Timestamp const late = std::chrono::sys_days(std::chrono::year(2070) / 1 / 1);
    EXPECT_THAT(refusal(chain.partner, chain.middle.certificate, late), HasSubstr("expired"));
    auto const subject = std::vector<std::pair<std::string, std::string>>{{"CN", "as2.acme.example"}};
    auto const ended = issue("partner", &chain.middle, {.subject = subject, .extensions = signing, .from_year = 2020, .to_year = 2021});
    EXPECT_THAT(refusal(ended, chain.middle.certificate), HasSubstr("expired"));
    // A customer of the authority who makes certificates himself.
    auto const customer = issue("customer", &chain.root, {.subject = {{"CN", "Customer"}}, .extensions = {{NID_basic_constraints, "critical,CA:FALSE"}}});
    auto const forged = issue("partner", &customer, {.subject = subject, .extensions = signing});
    EXPECT_THAT(refusal(forged, customer.certificate), HasSubstr("invalid CA certificate"));
    auto const encrypting = issue("partner", &chain.middle, {.subject = subject, .extensions = {{NID_key_usage, "critical,keyEncipherment"}, signing[1]}});
    EXPECT_THAT(refusal(encrypting, chain.middle.certificate), HasSubstr("keyUsage does not allow signatures"));
    auto const sha1 = issue("partner", &chain.middle, {.subject = subject, .extensions = signing, .digest = EVP_sha1()});
    EXPECT_NE(refusal(sha1, chain.middle.certificate), "accepted");
    auto const self_signed = issue("partner", nullptr, {.subject = subject, .extensions = signing});
    EXPECT_NE(refusal(self_signed, chain.middle.certificate), "accepted");
}

TEST(As2Authorities, SignaturesInMessagesAndReceipts) {
    Chain const chain;
    auto const below = Authorities::read(pem({chain.middle.certificate}), {.subject = "CN=as2.acme.example", .email = {}, .host = {}}).value();
    KeyRing const ring({{identity("us"), {}}}, {{identity("old-partner").certificate, {}}}, std::chrono::days(0), below);
    auto const opened_from = [&](Identity const& sender) {
        PackSettings sending;
        sending.signer = sender;
        sending.recipients = {identity("us").certificate};
        auto const packed = pack({{"text/plain", "", Content("x")}}, sending, "u", now).value();
        return open_message({packed.entity.fields, {}, packed.entity.body}, {}, Relation{}, ring.incoming(now), {});
    };
    auto const opened = opened_from(chain.partner);
    ASSERT_FALSE(opened.event.fault) << opened.event.fault->message;
    EXPECT_TRUE(opened.event.sender_is_verified);
    EXPECT_TRUE(opened.unpacked.signature->by_authority);
    EXPECT_EQ(opened.unpacked.signature->signer, chain.partner.certificate);
    EXPECT_FALSE(opened_from(identity("old-partner")).unpacked.signature->by_authority) << "a pin goes before";
    auto const other = issue("other-customer", &chain.middle, {.subject = {{"CN", "as2.other.example"}}, .extensions = signing});
    auto const refused = opened_from(other);
    ASSERT_TRUE(refused.event.fault);
    EXPECT_EQ(refused.event.fault->kind, FaultKind::authentication_failed);
    EXPECT_THAT(refused.event.fault->message, HasSubstr("has no CN=as2.acme.example"));

    Receipt receipt;
    receipt.final_recipient = "ACME";
    receipt.original_message_id = "<1@a>";
    auto const packed = pack_receipt(receipt, {chain.partner, Digest::sha256, MicSpelling::plain}, "r", now).value();
    auto const arrived = open_receipt(packed.entity, Content("x"), Relation{}, ring.incoming(now));
    ASSERT_TRUE(std::holds_alternative<ArrivedReceipt>(arrived));
    EXPECT_EQ(std::get<ArrivedReceipt>(arrived).signature, ArrivedReceipt::Signature::verified);

    // The same message without the certificate inside proves nothing.
    Content const content("text");
    SignaturePolicy policy;
    policy.authorities = below;
    policy.now = now;
    EXPECT_TRUE(verify(Content(testing_support::openssl_sign("text", chain.partner)), content, policy));
    auto const bare = verify(Content(testing_support::openssl_sign("text", chain.partner, {.flags = CMS_DETACHED | CMS_NOCERTS})), content, policy);
    ASSERT_FALSE(bare);
    EXPECT_EQ(bare.error().kind, FaultKind::authentication_failed);
    auto const changed = verify(Content(testing_support::openssl_sign("text", chain.partner)), Content("texT"), policy);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().kind, FaultKind::integrity_check_failed);
}

TEST(As2KeyRing, OneCertificateForEachUse) {
    Term only_signs, only_encrypts;
    only_signs.encrypts = false;
    only_encrypts.signs = false;
    auto const &one = identity("use-one"), &two = identity("use-two");
    KeyRing const ring({{one, only_encrypts}, {two, only_signs}}, {{one.certificate, only_signs}, {two.certificate, only_encrypts}});
    EXPECT_EQ(ring.signer(now)->certificate, two.certificate);
    EXPECT_EQ(*ring.recipient(now), two.certificate);
    auto const keys = ring.incoming(now);
    EXPECT_EQ(keys.own.size(), 2u) << "a sender may take either";
    ASSERT_EQ(keys.partner.size(), 1u);
    EXPECT_EQ(keys.partner.front(), one.certificate);
}

} // namespace
} // namespace wharf::transport::as2
