#include "transport/as2/key_ring.hpp"

#include "support/as2_identity.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

using testing_support::identity;
using std::chrono::days;

Timestamp on(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day));
}
/// A certificate for the key of `name`, valid between two years.
Identity valid(std::string const& name, int from, int to) {
    auto const& keys = identity(name);
    return {testing_support::certificate_for(keys.key.native(), name + std::to_string(from), {.from_year = from, .to_year = to}), keys.key};
}
Certificate theirs(std::string const& name, int from, int to) { return valid(name, from, to).certificate; }

TEST(As2KeyRing, OldAndNewOverlapAndChangeOnTheDay) {
    auto const old_key = valid("us", 2020, 2027), new_key = valid("next", 2025, 2035);
    auto const old_theirs = theirs("peer", 2020, 2027), new_theirs = theirs("sender", 2025, 2035);
    KeyRing const ring({{old_key, {}}, {new_key, {on(2026, 6, 1), {}}}}, {{old_theirs, {}}, {new_theirs, {on(2026, 7, 1), {}}}});

    EXPECT_EQ(ring.signer(on(2026, 5, 31))->certificate, old_key.certificate);
    EXPECT_EQ(ring.signer(on(2026, 6, 1))->certificate, new_key.certificate);
    EXPECT_EQ(*ring.recipient(on(2026, 6, 30)), old_theirs);
    EXPECT_EQ(*ring.recipient(on(2026, 7, 1)), new_theirs);

    auto const before = ring.incoming(on(2026, 1, 1));
    EXPECT_EQ(before.own.size(), 2u) << "the partner may use the new one before the day";
    EXPECT_EQ(before.own.front().certificate, old_key.certificate) << "the one that signs is first";
    EXPECT_EQ(before.partner.size(), 2u);
    auto const after = ring.incoming(on(2028, 1, 1));
    EXPECT_EQ(after.own.size(), 2u) << "what is encrypted for an expired certificate is still for us";
    EXPECT_EQ(after.own.front().certificate, new_key.certificate);
    ASSERT_EQ(after.partner.size(), 1u) << "an expired certificate verifies nothing";
    EXPECT_EQ(after.partner.front(), new_theirs);
}

TEST(As2KeyRing, WithoutADayTheNewestIsUsed) {
    auto const old_key = valid("us", 2020, 2030), new_key = valid("next", 2025, 2035);
    KeyRing const ring({{new_key, {}}, {old_key, {}}}, {});
    EXPECT_EQ(ring.signer(on(2024, 1, 1))->certificate, old_key.certificate);
    EXPECT_EQ(ring.signer(on(2026, 1, 1))->certificate, new_key.certificate);
    EXPECT_EQ(ring.signer(on(2040, 1, 1)), nullptr);
    EXPECT_EQ(ring.recipient(on(2026, 1, 1)), nullptr);
}

TEST(As2KeyRing, OfOneDayTheLastInTheListIsUsed) {
    auto const one = valid("us", 2025, 2030), other = valid("next", 2025, 2035);
    EXPECT_EQ(KeyRing({{one, {}}, {other, {}}}, {}).signer(on(2026, 1, 1))->certificate, other.certificate);
    EXPECT_EQ(KeyRing({{other, {}}, {one, {}}}, {}).signer(on(2026, 1, 1))->certificate, one.certificate);
    auto const noon = on(2026, 1, 1) + std::chrono::hours(12);
    KeyRing const ring({}, {{one.certificate, {noon, {}}}, {other.certificate, {on(2026, 1, 1), {}}}});
    EXPECT_EQ(*ring.recipient(on(2026, 1, 2)), other.certificate) << "days count, not hours";
}

TEST(As2KeyRing, WhatWasTakenOutOfUseIsNotAccepted) {
    KeyRing const ring({{valid("us", 2020, 2030), {{}, on(2026, 1, 1)}}}, {{theirs("peer", 2020, 2030), {{}, on(2026, 1, 1)}}});
    EXPECT_EQ(ring.incoming(on(2025, 12, 31)).own.size(), 1u);
    EXPECT_EQ(ring.incoming(on(2025, 12, 31)).partner.size(), 1u);
    EXPECT_TRUE(ring.incoming(on(2026, 1, 1)).own.empty());
    EXPECT_TRUE(ring.incoming(on(2026, 1, 1)).partner.empty());
    EXPECT_EQ(ring.signer(on(2026, 1, 1)), nullptr);
}

TEST(As2KeyRing, GraceForPartnersWhoForget) {
    KeyRing const strict({}, {{theirs("peer", 2020, 2026), {}}}), patient({}, {{theirs("peer", 2020, 2026), {}}}, days(30));
    EXPECT_TRUE(strict.incoming(on(2026, 1, 15)).partner.empty());
    EXPECT_EQ(patient.incoming(on(2026, 1, 15)).partner.size(), 1u);
    EXPECT_TRUE(patient.incoming(on(2026, 2, 15)).partner.empty());
    EXPECT_EQ(patient.recipient(on(2026, 1, 15)), nullptr) << "nothing is sent to an expired one";
}

TEST(As2KeyRing, ARefusedSignatureSaysThatTheCertificateEnded) {
    auto const signer = valid("peer", 2020, 2026);
    KeyRing const ring({}, {{signer.certificate, {}}});
    auto const keys = ring.incoming(on(2026, 2, 1));
    ASSERT_EQ(keys.not_taken.size(), 1u);
    auto const signature = sign(std::string(32, 'x'), Digest::sha256, signer, on(2026, 2, 1));
    ASSERT_TRUE(signature);
    auto const settings = unpack_settings(Relation(), keys, {});
    auto const verified = verify(Content(*signature), Content("ISA"), settings.signature);
    ASSERT_FALSE(verified);
    EXPECT_NE(verified.error().message.find("a certificate of the partner's that is not taken: CN="), std::string::npos) << verified.error().message;
    EXPECT_NE(verified.error().message.find(": it ended on " + to_iso8601(signer.certificate.not_after()) + "; taken are: none"), std::string::npos)
        << verified.error().message;
}

TEST(As2KeyRing, WarningsSayWhatToDoAndWhen) {
    using Kind = KeyWarning::Kind;
    auto const kinds = [](KeyRing const& ring, Timestamp now) {
        std::vector<std::pair<Kind, bool>> found;
        for (auto const& warning : ring.warnings(now, days(30))) {
            EXPECT_FALSE(warning.text.empty());
            found.emplace_back(warning.kind, warning.is_ours);
        }
        return found;
    };
    using Found = std::vector<std::pair<Kind, bool>>;
    KeyRing const alone({{valid("us", 2020, 2027), {}}}, {{theirs("peer", 2020, 2027), {}}});
    EXPECT_EQ(kinds(alone, on(2026, 11, 1)), Found{});
    EXPECT_EQ(kinds(alone, on(2026, 12, 10)), (Found{{Kind::expires, true}, {Kind::expires, false}}));
    EXPECT_NE(alone.warnings(on(2026, 12, 10), days(30)).front().text.find("2027-01-01"), std::string::npos);
    EXPECT_EQ(kinds(alone, on(2027, 2, 1)), (Found{{Kind::expired, true}, {Kind::expired, false}}));
    EXPECT_EQ(kinds(alone, on(2019, 2, 1)), (Found{{Kind::not_yet, true}, {Kind::not_yet, false}}));
    KeyRing const followed({{valid("us", 2020, 2027), {}}, {valid("next", 2025, 2035), {on(2026, 12, 20), {}}}}, {});
    EXPECT_EQ(kinds(followed, on(2026, 12, 10)), Found{});
    KeyRing const gap({{valid("us", 2020, 2027), {}}, {valid("next", 2025, 2035), {on(2027, 1, 5), {}}}}, {});
    EXPECT_EQ(kinds(gap, on(2026, 12, 10)), (Found{{Kind::expires, true}})) << "for four days there would be none";
    auto const small = identity("small", {.bits = 1024});
    EXPECT_EQ(kinds(KeyRing({}, {{small.certificate, {}}}), on(2026, 1, 1)), (Found{{Kind::weak, false}}));
}

TEST(As2KeyRing, SentAndReceivedOverAChangeOfKeys) {
    // We send with the new certificate the partner has had since last week; the partner still answers with its old one.
    auto const old_key = valid("us", 2020, 2027), new_key = valid("next", 2025, 2035), peer = valid("peer", 2020, 2035);
    KeyRing const ours({{old_key, {}}, {new_key, {on(2026, 6, 1), {}}}}, {{peer.certificate, {}}});
    KeyRing const partners({{peer, {}}}, {{old_key.certificate, {}}, {new_key.certificate, {}}});
    for (auto const now : {on(2026, 5, 1), on(2026, 6, 2)}) {
        PackSettings sending;
        sending.signer = *ours.signer(now);
        sending.recipients = {*ours.recipient(now)};
        auto const packed = pack({{"text/plain", "", Content("x")}}, sending, "u", now).value();
        Relation relation;
        auto const opened = open_message({packed.entity.fields, {}, packed.entity.body}, {}, relation, partners.incoming(now), {});
        ASSERT_FALSE(opened.event.fault) << opened.event.fault->message;
        EXPECT_TRUE(opened.event.sender_is_verified);
        EXPECT_EQ(opened.event.mic->base64, to_base64(packed.mic));
    }
}

} // namespace
} // namespace wharf::transport::as2
