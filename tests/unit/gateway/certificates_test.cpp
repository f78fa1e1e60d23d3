// All certificates of a configuration: listed, checked, watched; asked for, taken in and rolled over.
#include "gateway/certificate_changes.hpp"
#include "gateway/certificate_watch.hpp"
#include "gateway/certificates.hpp"

#include "support/as2_identity.hpp"
#include "support/temp_folder.hpp"
#include "transport/as2/certificate_maker.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

namespace wharf::gateway {
namespace {

using testing_support::identity;
using testing_support::read_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

as2::Identity between(std::string const& name, int from, int to) {
    auto const& keys = identity(name);
    return {testing_support::certificate_for(keys.key.native(), name, {.from_year = from, .to_year = to}), keys.key};
}

class CertificatesTest : public ::testing::Test {
protected:
    CertificatesTest() {
        for (auto const* const name : {"keys", "channels", "partners"})
            std::filesystem::create_directories(folder.path() / name);
        write("wharf.yaml", "identities: [{name: us, qualifier: ZZ, id: US}]\n# AS2\nas2:\n  port: 4080\n  own_certificates:\n    - {file: keys/us.pem} # ours\n");
        put_identity("keys/us.pem", between("us", 2025, 2027));
        write("keys/acme.pem", as2::to_pem(between("peer", 2025, 2027).certificate));
        write("channels/acme.yaml", channel);
    }
    void write(std::string const& name, std::string const& text) { testing_support::write_text(folder.path() / name, text); }
    void put_identity(std::string const& name, as2::Identity const& one) {
        write(name, as2::to_pem(one.certificate) + as2::to_pem(one.key, "").value());
        std::filesystem::permissions(folder.path() / name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    [[nodiscard]] std::string text(std::string const& name) const { return read_text(folder.path() / name); }
    [[nodiscard]] partner::Configuration configuration() const {
        auto loaded = partner::load_configuration(folder.path());
        EXPECT_TRUE(loaded) << loaded.error().front().message;
        return std::move(*loaded);
    }
    [[nodiscard]] std::vector<std::string> checked(std::chrono::days ahead = std::chrono::days(30)) const {
        std::vector<std::string> found;
        for (auto const& one : check_certificates(sources_of(configuration()), now, ahead))
            found.push_back(one.channel + ":" + std::string(to_string(one.kind)));
        return found;
    }

    testing_support::TempFolder folder;
    Timestamp now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
    std::string const channel = R"(transport: as2
as2:
  own_name: US
  partner_name: ACME
  url: https://as2.acme.example/as2
  partner_certificates:
    - {file: keys/acme.pem} # the first
)";
};

TEST_F(CertificatesTest, Listed) {
    write("keys/tls.pem", as2::to_pem(identity("tls").certificate));
    write("channels/acme.yaml", channel + "  outgoing: {http: {authorities: keys/tls.pem}}\n  authorities: {file: keys/nowhere.pem, host: a.example}\n");
    auto const listed = list_certificates({configuration().gateway.as2, configuration().channels}, now);
    ASSERT_EQ(listed.size(), 4u);
    EXPECT_EQ(listed[0].use, CertificateUse::own);
    EXPECT_EQ(listed[0].channel, "");
    EXPECT_TRUE(listed[0].signs_now);
    EXPECT_EQ(listed[1].channel, "acme");
    EXPECT_EQ(listed[1].use, CertificateUse::partner);
    EXPECT_TRUE(listed[1].encrypts_now);
    EXPECT_EQ(listed[2].use, CertificateUse::authority);
    EXPECT_THAT(listed[2].trouble, HasSubstr("nowhere.pem"));
    EXPECT_EQ(listed[3].use, CertificateUse::tls_authority);
    EXPECT_EQ(listed[3].certificate, identity("tls").certificate);
}

TEST_F(CertificatesTest, Checked) {
    EXPECT_THAT(checked(), IsEmpty());
    EXPECT_EQ(checked(std::chrono::days(60)), (std::vector<std::string>{":expires", "acme:expires"}));
    now = std::chrono::sys_days(std::chrono::year(2027) / 2 / 1);
    EXPECT_EQ(checked(), (std::vector<std::string>{":expired", "acme:expired"}));
    now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
    std::filesystem::permissions(folder.path() / "keys/us.pem", std::filesystem::perms(0644));
    EXPECT_EQ(checked(), (std::vector<std::string>{":open-key"}));
    std::filesystem::permissions(folder.path() / "keys/us.pem", std::filesystem::perms(0600));
    write("keys/acme.pem", as2::to_pem(identity("small", {.bits = 1024}).certificate));
    EXPECT_EQ(checked(), (std::vector<std::string>{"acme:weak"}));
    write("keys/acme.pem", "nothing");
    EXPECT_EQ(checked(), (std::vector<std::string>{"acme:unreadable"}));
    write("channels/acme.yaml", channel + "    - {file: keys/tls.pem}\n  outgoing: {http: {authorities: keys/tls.pem}}\n");
    write("keys/acme.pem", as2::to_pem(between("peer", 2025, 2028).certificate));
    write("keys/tls.pem", as2::to_pem(between("tls", 2020, 2021).certificate));
    EXPECT_EQ(checked(), (std::vector<std::string>{"acme:expired"})) << "the authority; an old one of the partner's beside a good one is no matter";
}

TEST_F(CertificatesTest, AlarmsOnceADay) {
    std::string lines;
    ManualClock clock(std::chrono::sys_days(std::chrono::year(2026) / 12 / 15));
    Log const log(clock, [&](std::string_view line) { lines += std::string(line) + "\n"; });
    auto const loaded = configuration();
    auto const relations = As2Relations::open(loaded, folder.path(), clock, log).value();
    Notices notices;
    CertificateWatch watch(relations.get(), clock, log, &notices);
    auto const store = store::open_sqlite(":memory:").value();
    auto const alarms = [&] {
        EXPECT_TRUE(notices.write(*store, clock.now()));
        std::vector<std::string> found;
        EXPECT_TRUE(store->read([&](store::Transaction& transaction) -> Result<void> {
            auto const open = transaction.alarms({}).value();
            for (auto const& one : open)
                found.push_back(one.type + " " + one.subject);
            return {};
        }));
        return found;
    };
    auto const count = [&] { return std::count(lines.begin(), lines.end(), '\n'); };
    watch.look();
    EXPECT_EQ(count(), 2) << lines;
    EXPECT_THAT(lines, HasSubstr("CERTIFICATE_EXPIRES acme reason=\"the partner's certificate CN=peer"));
    EXPECT_THAT(alarms(), testing::UnorderedElementsAre("CERTIFICATE_EXPIRES wharf.yaml", "CERTIFICATE_EXPIRES acme"));
    for (int i = 0; i < 20; ++i) {
        clock.advance(std::chrono::hours(1));
        watch.look();
    }
    EXPECT_EQ(alarms().size(), 2U) << "each once";
    EXPECT_EQ(count(), 2) << lines;
    clock.advance(std::chrono::hours(5));
    watch.look();
    EXPECT_EQ(count(), 4) << lines;
    EXPECT_THAT(certificate_summary(loaded, clock.now()), HasSubstr("2 certificates need attention; the first: our certificate CN=us"));
    EXPECT_THAT(certificate_summary(loaded, now), IsEmpty());
    CertificateWatch(nullptr, clock, log).look();
    raise_certificate_alarms(notices, sources_of(loaded), now);
    EXPECT_THAT(alarms(), IsEmpty()) << "what was mended is settled";
}

TEST_F(CertificatesTest, Requested) {
    RequestOptions options{.name = "new", .like = {}, .subject = "CN=WHARF", .emails = {}, .hosts = {}, .bits = 2048, .folder = folder.path() / "made", .passphrase = "hunter2"};
    auto const made = request_certificate(options, now);
    ASSERT_TRUE(made) << made.error().message;
    struct ::stat found {};
    ASSERT_EQ(::stat(made->key.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600u);
    EXPECT_EQ(as2::Certificate::read(read_text(made->certificate)).value(), *made->made);
    EXPECT_TRUE(as2::Identity::read(read_text(made->certificate), read_text(made->key), "hunter2"));
    auto const again = request_certificate(options, now);
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().message, HasSubstr("exists already and is not written over"));
    options.name = "csr";
    options.for_authority = true;
    EXPECT_THAT(read_text(request_certificate(options, now).value().certificate), HasSubstr("CERTIFICATE REQUEST"));
    options.name = "../x";
    EXPECT_FALSE(request_certificate(options, now));
    options.name = "bad";
    options.subject = "no subject";
    EXPECT_FALSE(request_certificate(options, now));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "made/bad.key")) << "nothing is left behind";
}

TEST_F(CertificatesTest, Imported) {
    auto const next = between("next", 2026, 2029);
    write("came.pem", as2::to_pem(next.certificate));
    ImportOptions options{.configuration = folder.path(), .channel = "acme", .file = folder.path() / "came.pem", .from = "2026-12-01"};
    options.only_look = true;
    EXPECT_EQ(import_certificate(options, now).value().certificate, next.certificate);
    EXPECT_EQ(text("channels/acme.yaml"), channel);
    options.only_look = false;
    auto const imported = import_certificate(options, now);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_FALSE(imported->is_known);
    EXPECT_EQ(text("channels/acme.yaml"),
              channel + "    - {file: keys/acme-2026-01-01.pem, from: 2026-12-01} # imported 2026-11-21, SHA-256 " + next.certificate.fingerprint().substr(0, 16) + "\n");
    EXPECT_EQ(configuration().channel("acme")->as2.partner_certificates.size(), 2u);
    EXPECT_EQ(read_certificate(imported->file).value(), next.certificate);
    EXPECT_TRUE(import_certificate(options, now).value().is_known);
}

TEST_F(CertificatesTest, WhatIsImportedIsUsedAtOnceOrTheOtherIsNamed) {
    auto const old_one = between("peer", 2025, 2027).certificate, older = between("next", 2024, 2029).certificate, same = between("tls", 2025, 2029).certificate;
    ImportOptions options{.configuration = folder.path(), .channel = "acme", .file = folder.path() / "came.pem", .from = {}};
    auto const recipient = [&] { return *read_keys(configuration().channel("acme")->as2, {}).ring.recipient(now); };
    write("came.pem", as2::to_pem(older));
    auto imported = import_certificate(options, now);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(imported->used_instead, "");
    EXPECT_EQ(imported->from, "");
    EXPECT_THAT(text("channels/acme.yaml"), HasSubstr(", from: 2026-11-21} # imported")) << "it is older than the first";
    EXPECT_EQ(recipient(), older);

    // "Sorry, wrong file", on the same day.
    write("came.pem", as2::to_pem(same));
    ASSERT_TRUE(import_certificate(options, now));
    EXPECT_EQ(recipient(), same);
    write("came.pem", as2::to_pem(older));
    imported = import_certificate(options, now);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_TRUE(imported->is_known);
    EXPECT_EQ(imported->used_instead, same.label());

    write("channels/acme.yaml", channel);
    options.from = "2024-06-01";
    imported = import_certificate(options, now);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(imported->used_instead, old_one.label());
    EXPECT_EQ(recipient(), old_one);
    write("channels/acme.yaml", channel);
    options.use = "signing";
    imported = import_certificate(options, now);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(imported->used_instead, "") << "nobody asked for that";
}

TEST_F(CertificatesTest, TheFirstOfAChannelIsImported) {
    auto const bare = channel.substr(0, channel.find("  partner_certificates"));
    write("channels/acme.yaml", bare);
    EXPECT_FALSE(partner::load_configuration(folder.path())) << "it is no relation yet";
    auto const first = between("peer", 2025, 2027).certificate;
    write("came.pem", as2::to_pem(first));
    ImportOptions options{.configuration = folder.path(), .channel = "acme", .file = folder.path() / "came.pem", .from = {}, .only_look = true};
    auto imported = import_certificate(options, now);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(text("channels/acme.yaml"), bare);
    options.only_look = false;
    imported = import_certificate(options, now);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(text("channels/acme.yaml"), bare + "  partner_certificates:\n    - {file: keys/acme-2025-01-01.pem} # imported 2026-11-21, SHA-256 " +
                                              first.fingerprint().substr(0, 16) + "\n");
    EXPECT_EQ(*read_keys(configuration().channel("acme")->as2, {}).ring.recipient(now), first);
    // Any other fault stops it as before.
    write("channels/acme.yaml", bare + "  authorities: {file: keys/acme.pem}\n");
    EXPECT_FALSE(import_certificate(options, now));
}

TEST_F(CertificatesTest, WhatIsNotTakenIn) {
    ImportOptions options{.configuration = folder.path(), .channel = "acme", .file = folder.path() / "came.pem", .from = {}};
    auto const refused = [&](std::string const& file) {
        write("came.pem", file);
        auto const imported = import_certificate(options, now);
        return imported ? "taken" : imported.error().message;
    };
    auto const next = between("next", 2026, 2029), other = between("tls", 2026, 2029);
    EXPECT_THAT(refused("text"), HasSubstr("no X.509 certificate"));
    EXPECT_THAT(refused(as2::to_pem(next.certificate) + as2::to_pem(next.key, "").value()), HasSubstr("holds a private key, which must never leave"));
    EXPECT_THAT(refused(as2::to_pem(next.certificate) + as2::to_pem(other.certificate)), HasSubstr("not clear which is meant"));
    EXPECT_THAT(refused(as2::to_pem(between("next", 2020, 2021).certificate)), HasSubstr("ended on 2021-01-01"));
    EXPECT_THAT(refused(as2::to_pem(identity("small", {.bits = 1024}).certificate)), HasSubstr("1024 bits"));
    options.fingerprint = other.certificate.fingerprint();
    EXPECT_THAT(refused(as2::to_pem(next.certificate)), HasSubstr("the fingerprint is another one"));
    options.fingerprint = thumbprint_for_people(next.certificate);
    options.channel = "nowhere";
    EXPECT_THAT(refused(as2::to_pem(next.certificate)), HasSubstr("there is no AS2 channel 'nowhere'; there are: acme"));
    options.channel.clear();
    EXPECT_THAT(refused(as2::to_pem(next.certificate)), HasSubstr("say with --channel"));
    options.channel = "acme";
    options.from = "2030-01-01";
    EXPECT_THAT(refused(as2::to_pem(next.certificate)), HasSubstr("it ends on 2029-01-01"));
    // A channel that nothing can be inserted into stays as it is, and no file is left.
    options.from.clear();
    write("channels/acme.yaml", "transport: as2\nas2: {own_name: US, partner_name: ACME}\n");
    EXPECT_THAT(refused(as2::to_pem(next.certificate)), HasSubstr("write by hand"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "keys/acme-2026-01-01.pem"));
    EXPECT_EQ(text("channels/acme.yaml"), "transport: as2\nas2: {own_name: US, partner_name: ACME}\n");
}

TEST_F(CertificatesTest, TheAnswerToARequestOfOurs) {
    auto const next = between("next", 2026, 2029);
    write("keys/next.key", as2::to_pem(next.key, "hunter2").value());
    // An authority sends the chain, too, mostly first.
    write("came.pem", as2::to_pem(identity("peer").certificate) + as2::to_pem(next.certificate));
    ImportOptions options{.configuration = folder.path(), .channel = {}, .file = folder.path() / "came.pem", .key = folder.path() / "keys/next.key", .passphrase = "hunter3"};
    EXPECT_FALSE(import_certificate(options, now));
    options.passphrase = "hunter2";
    ::setenv("WHARF_TEST_NEXT", "hunter2", 1);
    options.passphrase_reference = "${env:WHARF_TEST_NEXT}";
    auto const imported = import_certificate(options, now);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_THAT(text("wharf.yaml"), HasSubstr("    - {file: keys/us.pem} # ours\n    - {file: keys/wharf-2026-01-01.pem, private_key: keys/next.key, passphrase: \"${env:WHARF_TEST_NEXT}\"} # imp"));
    auto const listed = list_certificates(sources_of(configuration()), now);
    EXPECT_EQ(listed[1].certificate, next.certificate);
    EXPECT_TRUE(listed[1].signs_now);
}

TEST_F(CertificatesTest, RolledOver) {
    auto const before = text("wharf.yaml");
    auto const for_one = roll_over({.configuration = folder.path(), .channel = "acme", .on = {}, .bits = 2048}, now);
    ASSERT_FALSE(for_one) << "others have the one of wharf.yaml, too";
    EXPECT_THAT(for_one.error().message, HasSubstr("Leave --channel out"));
    EXPECT_EQ(text("wharf.yaml"), before);
    auto const done = roll_over({.configuration = folder.path(), .channel = {}, .on = {}, .bits = 2048}, now);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->on, "2026-12-19");
    EXPECT_EQ(done->channels, std::vector<std::string>{"acme"}) << "who have the one of wharf.yaml";
    EXPECT_EQ(done->old_one, between("us", 2025, 2027).certificate);
    EXPECT_EQ(done->new_one.subject(), "CN=us");
    EXPECT_THAT(text("wharf.yaml"), HasSubstr("# AS2\nas2:\n  port: 4080\n  own_certificates:\n    - {file: keys/us.pem} # ours\n    - {file: keys/wharf-2026-11-21.pem, "
                                              "private_key: keys/wharf-2026-11-21.key, from: 2026-12-19} # SHA-256 "));
    auto const ring = read_keys(configuration().channel("acme")->as2, configuration().gateway.as2).ring;
    EXPECT_EQ(ring.signer(now)->certificate, done->old_one);
    EXPECT_EQ(ring.signer(std::chrono::sys_days(std::chrono::year(2026) / 12 / 19))->certificate, done->new_one);
    EXPECT_EQ(ring.incoming(now).own.size(), 2u) << "both are read at once";
    EXPECT_EQ(checked(std::chrono::days(60)), (std::vector<std::string>{"acme:expires"})) << "ours is followed";
    auto const again = roll_over({.configuration = folder.path(), .channel = {}, .on = {}, .bits = 2048}, now);
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().message, HasSubstr("follows already, from 2026-12-19 on"));
}

TEST_F(CertificatesTest, WhatHasEndedIsFollowedAtOnce) {
    Timestamp const late = std::chrono::sys_days(std::chrono::year(2028) / 3 / 4) + std::chrono::hours(5);
    auto const done = roll_over({.configuration = folder.path(), .channel = {}, .on = {}, .bits = 2048}, late);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->on, "2028-03-04");
    auto const ring = read_keys(configuration().channel("acme")->as2, configuration().gateway.as2).ring;
    ASSERT_TRUE(ring.signer(late));
    EXPECT_EQ(ring.signer(late)->certificate, done->new_one);
}

TEST_F(CertificatesTest, RolledOverForOneChannelWithItsPassphrase) {
    ::setenv("WHARF_TEST_PASS", "hunter2", 1);
    auto const old_one = between("next", 2025, 2027);
    write("keys/own.key", as2::to_pem(old_one.key, "hunter2").value());
    write("keys/own.pem", as2::to_pem(old_one.certificate));
    write("channels/acme.yaml", channel + "  own_certificates: [{file: keys/own.pem, private_key: keys/own.key, passphrase: \"${env:WHARF_TEST_PASS}\"}]\n");
    auto const done = roll_over({.configuration = folder.path(), .channel = "acme", .on = "2026-12-24", .bits = 2048}, now);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(read_text(done->key), HasSubstr("ENCRYPTED PRIVATE KEY"));
    EXPECT_EQ(configuration().channel("acme")->as2.own_certificates.back().from, "2026-12-24");
    EXPECT_EQ(read_identity(configuration().channel("acme")->as2.own_certificates.back()).value().certificate, done->new_one);
    EXPECT_THAT(text("wharf.yaml"), Not(HasSubstr("2026-12-24")));
    EXPECT_FALSE(roll_over({.configuration = folder.path(), .channel = "acme", .on = "2026-11-01", .bits = 2048}, now)) << "the day has passed";
}

} // namespace
} // namespace wharf::gateway
