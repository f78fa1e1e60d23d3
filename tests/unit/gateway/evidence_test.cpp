// Evidence of exchanges, verified as a third party would: with tar, sh and the openssl command.

#include "gateway/evidence.hpp"
#include "gateway/exchanges.hpp"

#include "support/as2_identity.hpp"
#include "transport/as2/exchange.hpp"
#include "unit/store/store_fixture.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

namespace wharf::gateway {
namespace {

namespace as2 = transport::as2;
using testing_support::identity;
using transport::Content;
using ::testing::HasSubstr;
using ::testing::Not;

Timestamp const now{std::chrono::milliseconds(1'780'000'000'000)};

struct Ran {
    int status;
    std::string output;
};
Ran run(std::string const& command) {
    auto* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    std::string output;
    char buffer[4096];
    while (auto const got = std::fread(buffer, 1, sizeof buffer, pipe))
        output.append(buffer, got);
    return {WEXITSTATUS(::pclose(pipe)), output};
}

std::string pem(as2::Certificate const& certificate) {
    std::unique_ptr<BIO, decltype(&BIO_free)> const out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), certificate.native());
    char* data = nullptr;
    auto const size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

class EvidenceTest : public store::StoreTest {
protected:
    /// An exchange as the gateway stores it: sent by us, answered by the partner.
    void store_exchange(bool is_signed, as2::Digest digest) {
        as2::PackSettings out;
        if (is_signed)
            out.signer = identity("we");
        out.recipients = {identity("acme").certificate};
        out.digest = digest;
        auto const packed = as2::pack({{"application/edi-x12", "po.edi", Content(std::string(3000, 'x'))}}, out, "u1", now).value();
        as2::Receipt receipt;
        receipt.text = "The message was received.";
        receipt.final_recipient = "ACME";
        receipt.original_message_id = "<1@we>";
        receipt.mic = as2::Mic{as2::read_mic(as2::write_mic(packed.mic, digest, as2::MicSpelling::plain)).value()};
        as2::ReceiptSettings answering;
        if (is_signed)
            answering.signer = identity("acme");
        auto const answer = as2::pack_receipt(receipt, answering, "u2", now).value();
        std::vector<std::pair<std::string_view, Content>> const kept = {
            {vault_name::signed_bytes, packed.mic_source}, {vault_name::signature, packed.signature},
            {vault_name::receipt, answer.entity.body},     {vault_name::receipt_signed, is_signed ? answer.mic_source : Content()},
            {vault_name::receipt_signature, answer.signature},
            {vault_name::certificates, Content(pem(identity("we").certificate) + pem(identity("acme").certificate))}};
        write([&](store::Transaction& t) -> Result<void> {
            auto message = store::make_message("M1", store::Direction::outbound);
            if (auto done = t.insert(message); !done)
                return done;
            auto exchange = store::make_exchange("E1", store::Direction::outbound);
            exchange.as2_message_id = "<1@we>";
            exchange.message_id = "M1";
            if (auto done = t.insert(exchange); !done)
                return done;
            for (auto const& [name, content] : kept)
                if (auto done = vault().put(t, "E1", name, content); !done)
                    return done;
            return {};
        });
    }
    Vault vault() const { return Vault(folder() / "exchanges"); }
    std::filesystem::path folder() const { return file.parent_path(); }
    /// Writes the archive and unpacks it; the folder with the files.
    std::filesystem::path unpack(std::string_view id) {
        auto const exchange = exchange_for(*store, id);
        EXPECT_TRUE(exchange) << exchange.error().message;
        auto const evidence = collect_evidence(*store, vault(), *exchange, now);
        EXPECT_TRUE(evidence) << evidence.error().message;
        EXPECT_TRUE(write_archive(*evidence, folder() / "proof.tar.gz"));
        EXPECT_EQ(run(fmt::format("tar -xzf '{0}/proof.tar.gz' -C '{0}'", folder().string())).status, 0);
        return folder() / evidence->name;
    }
};

TEST_F(EvidenceTest, OpensslVerifiesMessageReceiptAndDigest) {
    store_exchange(true, as2::Digest::sha256);
    auto const where = unpack("E1");
    auto const ran = run("sh " + (where / "verify.sh").string());
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("message: the signature holds"));
    EXPECT_THAT(ran.output, HasSubstr("receipt: the signature holds"));
    EXPECT_THAT(ran.output, HasSubstr("CN = we"));
    EXPECT_THAT(ran.output, HasSubstr("CN = acme"));
    EXPECT_THAT(ran.output, HasSubstr("digest: the receipt is for exactly these bytes (sha256 "));
    EXPECT_THAT(ran.output, HasSubstr("Disposition: automatic-action/MDN-sent-automatically; processed"));
    EXPECT_TRUE(std::filesystem::exists(where / "README.txt"));
    for (auto const* const name : {"receipt", "receipt.signed", "receipt.p7s"})
        std::filesystem::remove(where / name);
    auto const without = run("sh " + (where / "verify.sh").string());
    EXPECT_EQ(without.status, 3) << "no proof of delivery is no success";
    EXPECT_THAT(without.output, HasSubstr("no receipt came"));
}

TEST_F(EvidenceTest, TheDigestOfTheReceiptIsTaken) {
    store_exchange(true, as2::Digest::sha512);
    auto const ran = run("sh " + (unpack("E1") / "verify.sh").string());
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("exactly these bytes (sha512 "));
}

TEST_F(EvidenceTest, DigestsThatOthersOfferAreKnownThere) {
    store_exchange(true, as2::Digest::sha3_256);
    auto const ran = run("sh " + (unpack("E1") / "verify.sh").string());
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("exactly these bytes (sha3-256 "));
}

TEST_F(EvidenceTest, AChangedByteIsNoticed) {
    store_exchange(true, as2::Digest::sha256);
    auto const where = unpack("<1@we>"); // found by its Message-ID
    for (auto const* const name : {"message.signed", "receipt.signed", "message.p7s"}) {
        std::ifstream in(where / name, std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(in)), {});
        in.close();
        auto changed = bytes;
        // The signature's own bytes stand last; in the middle of that file is a certificate, which is not taken from there.
        auto const place = std::string_view(name) == "message.p7s" ? changed.size() - 20 : changed.size() / 2;
        changed[place] = static_cast<char>(changed[place] ^ 1);
        std::ofstream(where / name, std::ios::binary) << changed;
        auto const ran = run("sh " + (where / "verify.sh").string());
        EXPECT_EQ(ran.status, 1) << name << ran.output;
        EXPECT_THAT(ran.output, HasSubstr("DOES NOT HOLD")) << name;
        std::ofstream(where / name, std::ios::binary) << bytes;
    }
    EXPECT_EQ(run("sh " + (where / "verify.sh").string()).status, 0);
}

TEST_F(EvidenceTest, WhatWasNotSignedProvesOnlyTheDigest) {
    store_exchange(false, as2::Digest::sha256);
    auto const where = unpack("M1"); // found by the message it carried
    auto const ran = run("sh " + (where / "verify.sh").string());
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("message: not signed"));
    EXPECT_THAT(ran.output, HasSubstr("the receipt is for exactly these bytes"));
    EXPECT_THAT(ran.output, Not(HasSubstr("holds")));
}

TEST_F(EvidenceTest, WhatDidNotGoOverAs2HasNone) {
    write([](store::Transaction& t) { return t.insert(store::make_message("M7", store::Direction::outbound)); });
    auto const none = exchange_for(*store, "M7");
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, HasSubstr("did not go over AS2"));
    EXPECT_THAT(exchange_for(*store, "<7@x>").error().message, HasSubstr("no exchange has the Message-ID <7@x>"));
}

} // namespace
} // namespace wharf::gateway
