// GCM in EnvelopedData: what some products send although RFC 5084 has AuthEnvelopedData for it.
#include "support/as2_identity.hpp"
#include "support/temp_folder.hpp"
#include "transport/as2/ber.hpp"
#include "transport/as2/cipher_run.hpp"
#include "transport/as2/cms_syntax.hpp"
#include "transport/as2/message.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

using testing_support::identity;

std::string all(Content const& content) { return content.text(1u << 30).value(); }

Outcome<Decrypted> accepted(Content const& message) { return decrypt(message, {identity("us")}, {}, EnvelopedGcm::accepted); }

/// The same message with a shorter tag, other parameters, or the octets in pieces: forms that we do not write.
struct Rewriting {
    std::size_t tag = 16;
    std::optional<unsigned> said = 16; // the length in GCMParameters; nothing: left to its default
    std::size_t piece = 0;             // bytes in each octet string; 0: one primitive string
};
Content rewritten(Content const& message, Rewriting const& how) {
    BerCursor cursor(message);
    EXPECT_TRUE(enter_content_info(cursor));
    EXPECT_TRUE(cursor.enter(tag::sequence, ""));
    auto front = cursor.take(tag::integer, "", 10).value();
    front += cursor.take(tag::set, "", 10'000).value();
    EXPECT_TRUE(cursor.enter(tag::sequence, ""));
    auto const type = cursor.take(tag::oid, "", 100).value();
    EXPECT_TRUE(cursor.enter(tag::sequence, ""));
    auto const cipher = cursor.take(tag::oid, "", 100).value();
    EXPECT_TRUE(cursor.enter(tag::sequence, ""));
    auto const nonce = cursor.take(tag::octet_string, "", 100).value();
    EXPECT_TRUE(cursor.leave());
    EXPECT_TRUE(cursor.leave());
    auto octets = cursor.take_value(tag::context(0), "", 60'000).value();
    octets.resize(octets.size() - (16 - how.tag));
    auto const parameters = der(tag::sequence, nonce + (how.said ? der_integer(*how.said) : ""));
    auto content = der(tag::context(0), octets);
    if (how.piece > 0) {
        std::string pieces;
        for (std::size_t at = 0; at < octets.size(); at += how.piece)
            pieces += der(tag::octet_string, std::string_view(octets).substr(at, how.piece));
        content = der(tag::context_constructed(0), pieces);
    }
    auto const enveloped = der(tag::sequence, front + der(tag::sequence, type + der(tag::sequence, cipher + parameters) + content));
    return Content(content_info_head(oid::enveloped_data, enveloped.size()) + enveloped);
}

TEST(As2EnvelopedGcm, IsReadWhereItIsAgreedAndElseRefusedWithTheWayOut) {
    testing_support::TempFolder const folder;
    SpoolSettings const spool{folder.path(), 1000, ~0ULL};
    for (auto const cipher : {Cipher::aes128_gcm, Cipher::aes192_gcm, Cipher::aes256_gcm})
        for (auto const form : {GcmForm::enveloped, GcmForm::enveloped_nonce})
            for (auto const size : {0u, 1u, 15u, 16u, 17u, 300'000u}) {
                std::string const text(size, 'x');
                auto const message = encrypt(Content(text), cipher, {identity("us").certificate}, spool, form).value();
                EXPECT_EQ(cms_type(message), CmsType::enveloped);
                auto const opened = decrypt(message, {identity("us")}, spool, EnvelopedGcm::accepted);
                ASSERT_TRUE(opened) << opened.error().message;
                EXPECT_EQ(all(opened->plain), text);
                EXPECT_EQ(opened->cipher, cipher);
                auto const refused = decrypt(message, {identity("us")}, spool);
                ASSERT_FALSE(refused);
                EXPECT_EQ(refused.error().kind, FaultKind::decryption_failed);
                for (auto const* const word : {"EnvelopedData", "AuthEnvelopedData", "RFC 5084", "accept_gcm_in_enveloped_data"})
                    EXPECT_NE(refused.error().message.find(word), std::string::npos) << refused.error().message;
            }
}

TEST(As2EnvelopedGcm, IsNeverWrittenUnlessAskedFor) {
    auto const type_of = [](PackSettings settings) {
        settings.recipients = {identity("us").certificate};
        auto const packed = pack({{"text/plain", "", Content("x")}}, settings, "u", {}).value();
        return std::pair(cms_type(packed.entity.body).value(), std::string(read_field_value(field(packed.entity.fields, "Content-Type")).parameter("smime-type")));
    };
    PackSettings settings;
    settings.cipher = Cipher::aes128_gcm;
    EXPECT_EQ(type_of(settings), std::pair(CmsType::authenticated_enveloped, std::string("authEnveloped-data")));
    for (auto const form : {GcmForm::enveloped, GcmForm::enveloped_nonce}) {
        settings.gcm_form = form;
        EXPECT_EQ(type_of(settings), std::pair(CmsType::enveloped, std::string("enveloped-data")));
    }
    settings.cipher = Cipher::aes128_cbc; // the form is about GCM alone
    EXPECT_EQ(type_of(settings), std::pair(CmsType::enveloped, std::string("enveloped-data")));
}

TEST(As2EnvelopedGcm, ThroughAllLayersOfAMessage) {
    PackSettings sending;
    sending.signer = identity("peer");
    sending.recipients = {identity("us").certificate};
    sending.cipher = Cipher::aes256_gcm;
    sending.gcm_form = GcmForm::enveloped;
    auto const packed = pack({{"application/edi-x12", "po.edi", Content("ISA~")}}, sending, "u", {}).value();
    UnpackSettings receiving;
    receiving.keys = {identity("us")};
    receiving.signature.partner = {identity("peer").certificate};
    EXPECT_EQ(unpack({packed.entity.fields, {}, packed.entity.body}, receiving).fault->kind, FaultKind::decryption_failed);
    receiving.enveloped_gcm = EnvelopedGcm::accepted;
    auto const unpacked = unpack({packed.entity.fields, {}, packed.entity.body}, receiving);
    ASSERT_FALSE(unpacked.fault) << unpacked.fault->message;
    EXPECT_EQ(digest_of(unpacked.mic_source, Digest::sha256).value(), packed.mic);
}

TEST(As2EnvelopedGcm, ChangedOrCutShortIsNoticed) {
    auto const message = encrypt(Content(std::string(500, 'x')), Cipher::aes128_gcm, {identity("us").certificate}, {}, GcmForm::enveloped).value();
    ASSERT_TRUE(accepted(message));
    auto const bytes = all(message);
    for (std::size_t from_end = 1; from_end <= 500 + 16; ++from_end) { // the tag, and every byte before it
        auto changed = bytes;
        changed[changed.size() - from_end] = static_cast<char>(changed[changed.size() - from_end] ^ 1);
        auto const opened = accepted(Content(changed));
        ASSERT_FALSE(opened) << from_end;
        ASSERT_EQ(opened.error().message, not_opened(identity("us").certificate)) << "what was changed is nobody's business";
    }
    for (std::uint64_t end = 0; end < message.size(); ++end) {
        auto const opened = accepted(message.slice(0, end));
        ASSERT_FALSE(opened) << end;
        ASSERT_EQ(opened.error().kind, FaultKind::decryption_failed);
    }
}

TEST(As2EnvelopedGcm, OctetsInPiecesOfAnySize) {
    std::string const text = "ISA*00*GS*PO*ST*850~ and so on, in pieces";
    auto const message = encrypt(Content(text), Cipher::aes256_gcm, {identity("us").certificate}, {}, GcmForm::enveloped).value();
    for (std::size_t const piece : {1, 5, 11, 12, 15, 16, 17, 31, 100}) {
        auto const opened = accepted(rewritten(message, {.piece = piece}));
        ASSERT_TRUE(opened) << piece << ": " << opened.error().message;
        EXPECT_EQ(all(opened->plain), text);
    }
}

TEST(As2EnvelopedGcm, TheTagIsAsLongAsIsSaid) {
    auto const message = encrypt(Content("hello"), Cipher::aes128_gcm, {identity("us").certificate}, {}, GcmForm::enveloped).value();
    EXPECT_EQ(all(accepted(rewritten(message, {.tag = 12, .said = 12}))->plain), "hello");
    EXPECT_EQ(all(accepted(rewritten(message, {.tag = 12, .said = std::nullopt}))->plain), "hello") << "12 is the default (RFC 5084 3.2)";
    EXPECT_FALSE(accepted(rewritten(message, {.tag = 12, .said = 16}))) << "ciphertext is no tag";
    for (unsigned const said : {0u, 4u, 11u, 17u, 100u})
        EXPECT_NE(accepted(rewritten(message, {.said = said})).error().message.find("authentication tag"), std::string::npos) << said;
    auto const empty = encrypt(Content(""), Cipher::aes128_gcm, {identity("us").certificate}, {}, GcmForm::enveloped).value();
    EXPECT_NE(accepted(rewritten(empty, {.tag = 12, .said = 16})).error().message.find("shorter than its authentication tag"), std::string::npos);
}

/// The other mistake: nothing but GCM may stand in AuthEnvelopedData, whatever is agreed.
TEST(As2EnvelopedGcm, CbcInAuthEnvelopedDataIsRefused) {
    auto bytes = all(encrypt(Content("hello"), Cipher::aes128_cbc, {identity("us").certificate}, {}).value());
    auto const enveloped = der_oid(oid::enveloped_data), authenticated = der_oid(oid::authenticated_enveloped_data);
    auto const at = bytes.find(enveloped);
    ASSERT_NE(at, std::string::npos);
    BerCursor cursor{Content(bytes)};
    EXPECT_TRUE(enter_content_info(cursor));
    auto const inside = bytes.substr(cursor.position());
    Content const disguised(content_info_head(oid::authenticated_enveloped_data, inside.size()) + inside);
    auto const opened = accepted(disguised);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find("AuthEnvelopedData, where only GCM may stand"), std::string::npos) << opened.error().message;
}

} // namespace
} // namespace wharf::transport::as2
