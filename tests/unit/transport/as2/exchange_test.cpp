#include "transport/as2/exchange.hpp"

#include "support/as2_identity.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

Timestamp const now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

/// RFC 4130 7.3: the micalg asked for is that of the receipt's signature as well as of the MIC.
TEST(As2Exchange, ReceiptsAreSignedAsAsked) {
    Keys const ours{{testing_support::identity("us")}, {}}, theirs{{}, {testing_support::identity("us").certificate}};
    auto const digest_of_receipt = [&](std::optional<Digest> asked, std::optional<Digest> agreed) {
        Relation relation;
        relation.receipt_digest = agreed;
        Receipt receipt;
        receipt.final_recipient = "US";
        receipt.original_message_id = "<1@a>";
        if (asked) receipt.mic = Mic{"YQ==", "", asked};
        auto const packed = make_receipt(receipt, true, relation, ours, "u", now).value();
        UnpackSettings settings;
        settings.signature.partner = theirs.partner;
        settings.signature.accepts_sha1 = true;
        settings.requires_encryption = false;
        return unpack(packed.entity, settings).signature.value().digest;
    };
    EXPECT_EQ(digest_of_receipt(Digest::sha512, {}), Digest::sha512);
    EXPECT_EQ(digest_of_receipt(Digest::sha1, {}), Digest::sha1);
    EXPECT_EQ(digest_of_receipt({}, {}), Digest::sha256);
    EXPECT_EQ(digest_of_receipt(Digest::sha1, Digest::sha256), Digest::sha256);
    EXPECT_FALSE(make_receipt({}, true, {}, theirs, "u", now)) << "no key to sign with";
}

} // namespace
} // namespace wharf::transport::as2
