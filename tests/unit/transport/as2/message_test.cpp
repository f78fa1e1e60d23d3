#include "transport/as2/message.hpp"

#include "support/as2_identity.hpp"
#include "support/openssl_cms.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

using testing_support::identity;

Timestamp const now{std::chrono::milliseconds(1'780'000'000'000)};
std::string all(Content const& content) { return content.text(1u << 30).value(); }

Payload const order{"application/edi-x12", "po 1.edi", Content("ISA*00*~GS*PO~\x01\xff\r\n")};

UnpackSettings receiving() {
    UnpackSettings settings;
    settings.keys = {identity("receiver")};
    settings.signature.partner = {identity("sender").certificate};
    settings.requires_signature = settings.requires_encryption = false;
    return settings;
}

/// As HTTP hands it over.
Entity over_http(Packed const& packed) { return {packed.entity.fields, {}, packed.entity.body}; }

struct Combination {
    bool is_signed, is_encrypted;
    Compression compression;
    Cipher cipher = Cipher::aes256_cbc;
    Digest digest = Digest::sha256;
    TransferEncoding encoding = TransferEncoding::binary;
};
PackSettings sending(Combination const& way) {
    PackSettings settings;
    if (way.is_signed) settings.signer = identity("sender");
    if (way.is_encrypted) settings.recipients = {identity("receiver").certificate};
    settings.compression = way.compression;
    settings.cipher = way.cipher;
    settings.digest = way.digest;
    settings.payload_encoding = way.encoding;
    return settings;
}

std::vector<Combination> combinations() {
    std::vector<Combination> all_of_them;
    for (bool const is_signed : {false, true})
        for (bool const is_encrypted : {false, true})
            for (auto const compression : {Compression::none, Compression::before_signing, Compression::after_signing})
                for (auto const cipher : {Cipher::aes128_cbc, Cipher::aes256_gcm})
                    for (auto const encoding : {TransferEncoding::binary, TransferEncoding::base64})
                        all_of_them.push_back({is_signed, is_encrypted, compression, cipher, is_signed ? Digest::sha512 : Digest::sha384, encoding});
    return all_of_them;
}

TEST(As2Message, EveryCombinationArrivesWithTheSameMic) {
    for (auto const& way : combinations()) {
        SCOPED_TRACE(fmt::format("signed {} encrypted {} compression {} base64 {}", way.is_signed, way.is_encrypted, static_cast<int>(way.compression),
                                 way.encoding == TransferEncoding::base64));
        auto const packed = pack({order}, sending(way), "u1", now).value();
        auto const unpacked = unpack(over_http(packed), receiving());
        ASSERT_FALSE(unpacked.fault) << unpacked.fault->message;
        EXPECT_EQ(unpacked.cipher.has_value(), way.is_encrypted);
        EXPECT_EQ(unpacked.signature.has_value(), way.is_signed);
        EXPECT_EQ(unpacked.is_compressed, way.compression != Compression::none);
        EXPECT_EQ(digest_of(unpacked.mic_source, way.digest).value(), packed.mic);
        EXPECT_EQ(all(unpacked.mic_source), all(packed.mic_source));
        auto const payloads = payloads_of(unpacked.entity, {}).value();
        ASSERT_EQ(payloads.size(), 1u);
        EXPECT_EQ(all(payloads[0].content), all(order.content));
        EXPECT_EQ(payloads[0].file_name, "po 1.edi");
        EXPECT_EQ(payloads[0].content_type, "application/edi-x12");
    }
}

TEST(As2Message, SeveralFilesOfWhichTheMicIsOverAll) {
    std::vector<Payload> const files{order, {"image/png", "a.png", Content(std::string("\0\r\n--x", 6))}, {"text/plain", "", Content("")}};
    for (auto const& way : {Combination{true, true, Compression::before_signing}, Combination{false, false, Compression::none}}) {
        auto const packed = pack(files, sending(way), "u1", now).value();
        auto const unpacked = unpack(over_http(packed), receiving());
        ASSERT_FALSE(unpacked.fault) << unpacked.fault->message;
        EXPECT_EQ(read_field_value(field(unpacked.entity.fields, "Content-Type")).parameter("type"), "application/edi-x12");
        EXPECT_EQ(digest_of(unpacked.mic_source, Digest::sha256).value(), packed.mic);
        auto const payloads = payloads_of(unpacked.entity, {}).value();
        ASSERT_EQ(payloads.size(), 3u);
        for (std::size_t i = 0; i < files.size(); ++i)
            EXPECT_EQ(all(payloads[i].content), all(files[i].content));
        EXPECT_EQ(payloads[1].file_name, "a.png");
    }
}

TEST(As2Message, NoFieldIsFolded) {
    auto const packed = pack({{"application/edi-x12", std::string(150, 'x') + ".edi", Content("x")}},
                             sending({true, true, Compression::before_signing}), "u1", now)
                            .value();
    for (auto const& [name, value] : packed.entity.fields)
        EXPECT_EQ(value.find('\n'), std::string::npos) << name;
    auto const inner = unpack(over_http(packed), receiving());
    EXPECT_EQ(all(inner.signed_bytes).find("\r\n "), std::string::npos);
}

TEST(As2Message, LinesEndInCrLfAndNothingFollowsTheLastBoundary) {
    Payload const text{"text/plain", "a.txt", Content(std::string(500, 'x'))};
    for (auto const encoding : {TransferEncoding::binary, TransferEncoding::base64}) {
        Combination way{true, false, Compression::none};
        way.encoding = encoding;
        auto const body = all(pack({text, text}, sending(way), "u1", now)->entity.body);
        for (std::size_t at = body.find('\n'); at != std::string::npos; at = body.find('\n', at + 1))
            ASSERT_EQ(body[at - 1], '\r') << body.substr(0, at);
        EXPECT_TRUE(body.ends_with("--\r\n")) << "an empty epilogue";
    }
}

FaultKind fault_of(Entity const& entity, UnpackSettings const& settings) {
    auto const unpacked = unpack(entity, settings);
    EXPECT_TRUE(unpacked.fault);
    if (unpacked.fault) {
        EXPECT_FALSE(unpacked.fault->message.empty());
        return unpacked.fault->kind;
    }
    return FaultKind::local;
}

TEST(As2Message, LessThanAgreedIsRefused) {
    auto settings = receiving();
    settings.requires_signature = settings.requires_encryption = true;
    auto const send = [](Combination const& way) { return over_http(pack({order}, sending(way), "u1", now).value()); };
    EXPECT_EQ(fault_of(send({true, false, Compression::none}), settings), FaultKind::insufficient_message_security);
    EXPECT_EQ(fault_of(send({false, true, Compression::none}), settings), FaultKind::insufficient_message_security);
    EXPECT_EQ(fault_of(send({true, true, Compression::none, Cipher::des_ede3_cbc}), settings), FaultKind::insufficient_message_security);
    settings.accepts_3des = true;
    EXPECT_FALSE(unpack(send({true, true, Compression::none, Cipher::des_ede3_cbc}), settings).fault);
}

TEST(As2Message, TamperedEveryWay) {
    auto const packed = pack({order}, sending({true, false, Compression::none}), "u1", now).value();
    auto body = all(packed.entity.body);
    auto const tampered = [&](std::string_view from, std::string_view to) {
        auto text = body;
        auto const at = text.find(from);
        EXPECT_NE(at, std::string::npos);
        text.replace(at, from.size(), to);
        return Entity{packed.entity.fields, {}, Content(text)};
    };
    EXPECT_EQ(fault_of(tampered("GS*PO", "GS*XX"), receiving()), FaultKind::integrity_check_failed);
    EXPECT_EQ(fault_of(tampered("application/edi-x12", "application/edi-X12"), receiving()), FaultKind::integrity_check_failed) << "the head is signed too";
    EXPECT_EQ(fault_of(tampered("\x01\xff\r\n", "\x01\xff\n"), receiving()), FaultKind::integrity_check_failed) << "no canonicalisation by the receiver";
    EXPECT_EQ(fault_of(tampered("--\r\n", ""), receiving()), FaultKind::integrity_check_failed) << "cut short";
    auto stranger = receiving();
    stranger.signature.partner = {identity("stranger").certificate};
    EXPECT_EQ(fault_of(over_http(packed), stranger), FaultKind::authentication_failed);
    auto other_key = receiving();
    other_key.keys = {identity("stranger")};
    EXPECT_EQ(fault_of(over_http(pack({order}, sending({true, true, Compression::none}), "u1", now).value()), other_key), FaultKind::decryption_failed);
}

TEST(As2Message, TextsDoNotTellWhatWasWrongInside) {
    // The first block of the head changed: it comes out as something that is no head. The last one changed: the padding is wrong.
    auto const message = pack({order}, sending({false, true, Compression::none, Cipher::aes128_cbc}), "u1", now).value().entity.body;
    auto const after_change_at = [&](std::uint64_t at) {
        auto text = all(message);
        text[at] = static_cast<char>(text[at] ^ 0x55);
        auto const unpacked = unpack({{{"Content-Type", "application/pkcs7-mime"}}, {}, Content(text)}, receiving());
        return unpacked.fault ? unpacked.fault->message : std::string("taken");
    };
    std::size_t failed = 0;
    for (std::uint64_t at = message.size() - 160; at < message.size(); ++at) {
        auto const text = after_change_at(at);
        if (text == "taken") continue; // CBC without a signature does not notice
        ++failed;
        ASSERT_EQ(text, not_opened(identity("receiver").certificate)) << at;
    }
    EXPECT_GT(failed, 0u);
}

TEST(As2Message, CiphertextIsNeverTakenForAPayload) {
    for (auto const cipher : {Cipher::aes256_cbc, Cipher::aes256_gcm}) {
        auto const packed = pack({order}, sending({false, true, Compression::none, cipher}), "u1", now).value();
        for (auto const* const type : {"application/pkcs7-mime", "application/x-pkcs7-mime; name=smime.p7m", "application/octet-stream", "text/plain",
                                       "application/pkcs7-mime; smime-type=compressed-data", ""}) {
            auto const unpacked = unpack({{{"Content-Type", type}}, {}, packed.entity.body}, receiving());
            ASSERT_FALSE(unpacked.fault) << type << unpacked.fault->message;
            EXPECT_EQ(all(payloads_of(unpacked.entity, {})->front().content), all(order.content)) << type;
        }
    }
    EXPECT_EQ(fault_of({{{"Content-Type", "application/pkcs7-mime"}}, {}, Content("no CMS")}, receiving()), FaultKind::decryption_failed);
    EXPECT_EQ(fault_of({{{"Content-Type", "application/pkcs7-mime; smime-type=compressed-data"}}, {}, Content("no CMS")}, receiving()),
              FaultKind::decompression_failed);
}

TEST(As2Message, TransferEncodingsThatLie) {
    auto const packed = pack({order}, sending({true, true, Compression::none}), "u1", now).value();
    auto const base64 = encode_base64(packed.entity.body, {}).value();
    std::string const type = "application/pkcs7-mime; smime-type=enveloped-data";
    EXPECT_FALSE(unpack({{{"Content-Type", type}, {"Content-Transfer-Encoding", "base64"}}, {}, base64}, receiving()).fault);
    EXPECT_FALSE(unpack({{{"Content-Type", type}}, {}, base64}, receiving()).fault) << "base64 that nobody declared";
    EXPECT_FALSE(unpack({{{"Content-Type", type}, {"Content-Transfer-Encoding", "base64"}}, {}, packed.entity.body}, receiving()).fault)
        << "binary that was declared as base64";
}

TEST(As2Message, ContentInsideTheSignature) {
    auto const entity = "Content-Type: application/edi-x12\r\n\r\nISA~";
    auto const opaque = testing_support::openssl_sign(entity, identity("sender"), {0, false, EVP_sha256(), testing_support::Form::streamed});
    auto const unpacked = unpack({{{"Content-Type", "application/pkcs7-mime; smime-type=signed-data"}}, {}, Content(opaque)}, receiving());
    ASSERT_FALSE(unpacked.fault) << unpacked.fault->message;
    EXPECT_TRUE(unpacked.signature);
    EXPECT_EQ(all(unpacked.mic_source), entity);
    EXPECT_EQ(all(payloads_of(unpacked.entity, {})->front().content), "ISA~");
}

TEST(As2Message, ALineEndMoreThanWasSigned) {
    std::string const entity = "Content-Type: application/edi-x12\r\n\r\nISA~";
    auto const signature = testing_support::openssl_sign(entity, identity("sender"));
    auto const message = [&](std::string const& more) {
        return Entity{{{"Content-Type", "multipart/signed; boundary=b; protocol=\"application/pkcs7-signature\""}}, {},
                      Content("--b\r\n" + entity + more + "\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\n" + signature + "\r\n--b--\r\n")};
    };
    for (auto const* const more : {"", "\r\n"}) {
        auto const unpacked = unpack(message(more), receiving());
        ASSERT_FALSE(unpacked.fault) << unpacked.fault->message;
        EXPECT_EQ(all(unpacked.mic_source), entity);
        EXPECT_EQ(all(payloads_of(unpacked.entity, {})->front().content), "ISA~");
    }
    EXPECT_EQ(fault_of(message("\r\n\r\n"), receiving()), FaultKind::integrity_check_failed);
}

TEST(As2Message, SignaturesUnderTheirOlderNamesAndWithoutAProtocol) {
    auto const packed = pack({order}, sending({true, false, Compression::none}), "u1", now).value();
    auto const type = std::string(field(packed.entity.fields, "Content-Type"));
    auto const with = [](std::string text, std::string_view from, std::string_view to) { return text.replace(text.find(from), from.size(), to); };
    auto const older_body = with(all(packed.entity.body), "application/pkcs7-signature", "application/x-pkcs7-signature");
    for (auto const& [content_type, body] : {std::pair{with(type, "pkcs7-signature", "x-pkcs7-signature"), older_body},
                                             {with(type, "application/pkcs7-signature", "Application/PKCS7-Signature"), all(packed.entity.body)},
                                             {with(type, " protocol=\"application/pkcs7-signature\";", ""), older_body}}) {
        auto const unpacked = unpack({{{"Content-Type", content_type}}, {}, Content(body)}, receiving());
        EXPECT_FALSE(unpacked.fault) << content_type << ": " << unpacked.fault->message;
    }
    EXPECT_EQ(fault_of({{{"Content-Type", with(type, "pkcs7-signature", "pgp-signature")}}, {}, packed.entity.body}, receiving()), FaultKind::authentication_failed);
}

TEST(As2Message, FileNamesOutsideAsciiArriveAndNoFieldHoldsThem) {
    auto const packed = pack({{"application/edi-x12", "Bestellung\xc3\xa4.edi", Content("x")}}, sending({false, false, Compression::none}), "u1", now).value();
    EXPECT_EQ(field(packed.entity.fields, "Content-Disposition"), "attachment; filename=Bestellung_.edi; filename*=UTF-8''Bestellung%C3%A4.edi");
    EXPECT_EQ(payloads_of(over_http(packed), {})->front().file_name, "Bestellung\xc3\xa4.edi");
}

TEST(As2Message, LayersTwiceAreRefused) {
    auto const inner = pack({order}, sending({true, true, Compression::none}), "u1", now).value();
    auto const again = encrypt(inner.entity.whole, Cipher::aes128_cbc, {identity("receiver").certificate}, {}).value();
    EXPECT_EQ(fault_of({{{"Content-Type", "application/pkcs7-mime"}}, {}, again}, receiving()), FaultKind::unexpected_processing_error);
    auto const once = compress(pack({order}, sending({false, false, Compression::before_signing}), "u1", now)->entity.whole, {}).value();
    EXPECT_EQ(fault_of({{{"Content-Type", "application/pkcs7-mime"}}, {}, once}, receiving()), FaultKind::unexpected_processing_error);
}

TEST(As2Message, ReceiptsSignedAndNot) {
    Receipt receipt;
    receipt.text = "received";
    receipt.final_recipient = "us";
    receipt.original_message_id = "<1@2>";
    receipt.mic = Mic{"Zm9v", "sha256", Digest::sha256};
    for (bool const is_signed : {false, true}) {
        ReceiptSettings settings;
        if (is_signed) settings.signer = identity("sender");
        auto const packed = pack_receipt(receipt, settings, "u2", now).value();
        EXPECT_EQ(all(packed.entity.body).find("Content-Disposition: attachment; filename=\"smime.p7s\"") != std::string::npos, is_signed);
        auto const unpacked = unpack(over_http(packed), receiving());
        ASSERT_FALSE(unpacked.fault) << unpacked.fault->message;
        EXPECT_EQ(unpacked.signature.has_value(), is_signed);
        auto const read = read_receipt(unpacked.entity.fields, unpacked.entity.body).value();
        EXPECT_EQ(read.original_message_id, "<1@2>");
        EXPECT_EQ(read.mic->base64, "Zm9v");
    }
}

TEST(As2Message, AReceiptThatIsItselfEncryptedAndCompressedIsRead) {
    Receipt receipt;
    receipt.final_recipient = "us";
    ReceiptSettings settings;
    settings.signer = identity("sender");
    auto const packed = pack_receipt(receipt, settings, "u2", now).value();
    auto const compressed = compress(packed.entity.whole, {}).value();
    Content whole("Content-Type: application/pkcs7-mime; smime-type=compressed-data\r\n\r\n");
    whole.append(compressed);
    auto const encrypted = encrypt(whole, Cipher::aes128_cbc, {identity("receiver").certificate}, {}).value();
    auto const unpacked = unpack({{{"Content-Type", "application/pkcs7-mime"}}, {}, encrypted}, receiving());
    ASSERT_FALSE(unpacked.fault) << unpacked.fault->message;
    EXPECT_TRUE(read_receipt(unpacked.entity.fields, unpacked.entity.body));
}

} // namespace
} // namespace wharf::transport::as2
