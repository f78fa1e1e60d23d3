// What `wharf partner check` says of the files that channels and wharf.yaml name: each at the value that names it.
#include "partner/certificate_checks.hpp"

#include "unit/partner/configuration_fixture.hpp"
#include "unit/partner/test_keys.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

namespace wharf::partner {
namespace {

using namespace test_keys;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class FilesOfChannels : public ConfigurationTest {
protected:
    FilesOfChannels() {
        closed("keys/us.key", pem("PRIVATE KEY", rsa_key));
        write("keys/us.pem", pem("CERTIFICATE", rsa_certificate));
        write("keys/curve.pem", pem("CERTIFICATE", curve_certificate));
        write("keys/acme.pem", pem("CERTIFICATE", other_curve_certificate));
        closed("keys/curve.key", pem("PRIVATE KEY", curve_key));
        closed("keys/other.key", pem("PRIVATE KEY", other_curve_key));
        write("wharf.yaml", gateway + "as2:\n  port: 4080\n");
        write("partners/acme/profile.yaml", std::string(acme).replace(acme.find("channel: box"), 12, "channel: link"));
        std::filesystem::remove(folder / "channels/box.yaml");
    }
    void closed(std::string const& name, std::string const& text) {
        write(name, text);
        std::filesystem::permissions(folder / name, std::filesystem::perms(0600));
    }
    void open(std::string const& name, int rights = 0644) { std::filesystem::permissions(folder / name, std::filesystem::perms(rights)); }
    void channel(std::string const& text) { write("channels/link.yaml", text + "senders: [acme]\n"); }
    void as2(std::string const& own, std::string const& more = {}) {
        channel("transport: as2\nas2:\n  own_name: WHARF\n  partner_name: ACME\n  url: https://as2.acme.example/as2\n  partner_certificates:\n    - file: keys/acme.pem\n" +
                more + "  own_certificates:\n" + own);
    }
    /// What stands beside loading.
    [[nodiscard]] std::string found() const {
        auto const loaded = load(SecretCheck::warn);
        EXPECT_TRUE(loaded) << findings(SecretCheck::warn);
        if (!loaded) return {};
        auto all = loaded->warnings;
        for (auto& one : check_certificate_files(*loaded, Timestamp(std::chrono::sys_days(std::chrono::year(2027) / 1 / 1))))
            all.push_back(std::move(one));
        return text_of(all);
    }
    static constexpr auto sftp = "transport: sftp\nsftp:\n  host: h\n  user: u\n  known_hosts: keys/known\n  private_key: keys/us.key\n"
                                 "pickup: {inbox: in, outbox: out}\n";
};

TEST_F(FilesOfChannels, WhatIsRightIsPassedOver) {
    as2("    - {file: keys/us.pem, private_key: keys/us.key}\n");
    EXPECT_THAT(found(), IsEmpty());
    closed("keys/both.pem", pem("CERTIFICATE", curve_certificate) + pem("CERTIFICATE", rsa_certificate) + pem("RSA PRIVATE KEY", rsa_key_pkcs1));
    as2("    - file: keys/both.pem\n"); // the chain first, as others write it
    EXPECT_THAT(found(), IsEmpty());
    closed("keys/locked.key", pem("ENCRYPTED PRIVATE KEY", curve_key)); // who has the passphrase tells
    as2("    - {file: keys/us.pem, private_key: keys/locked.key}\n");
    EXPECT_THAT(found(), IsEmpty());
    channel("transport: ftps\nftps: {host: h, user: u, tls: {client_certificate: keys/curve.pem, client_key: keys/curve.key}}\npickup: {inbox: in, outbox: out}\n");
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(FilesOfChannels, AKeyOfAnotherCertificate) {
    as2("    - file: keys/us.pem\n      private_key: keys/curve.key\n");
    EXPECT_THAT(found(), AllOf(StartsWith("PARTNER-0046 channels/link.yaml:10:20 the key in "), HasSubstr("keys/curve.key does not belong to the certificate in "),
                               HasSubstr("keys/us.pem | name the key that the certificate was made for")));
    as2("    - {file: keys/curve.pem, private_key: keys/other.key}\n");
    EXPECT_THAT(found(), HasSubstr("PARTNER-0046 channels/link.yaml:9:43 "));
    write("wharf.yaml", gateway + "as2:\n  port: 4080\n  own_certificates:\n    - file: keys/us.pem\n      private_key: keys/other.key\n");
    as2("    - {file: keys/us.pem, private_key: keys/us.key}\n");
    EXPECT_THAT(found(), StartsWith("PARTNER-0046 wharf.yaml:22:20 "));
}

TEST_F(FilesOfChannels, AKeyOfAnotherCertificateOfTls) {
    closed("keys/chain.pem", pem("CERTIFICATE", rsa_certificate) + pem("CERTIFICATE", curve_certificate));
    channel("transport: https\nhttps:\n  tls:\n    client_certificate: keys/chain.pem\n    client_key: keys/curve.key\npickup: {inbox: https://h/in, outbox: \"https://h/{name}\"}\n");
    EXPECT_THAT(found(), AllOf(StartsWith("PARTNER-0046 channels/link.yaml:5:17 "), HasSubstr("another certificate than the first of")));
    write("wharf.yaml", gateway + "listen:\n  tls: {certificate: keys/us.pem, private_key: keys/curve.key}\nas2:\n  tls_port: 4443\n  tls:\n    certificate: keys/us.pem\n"
                                  "    private_key: keys/other.key\n");
    as2("    - {file: keys/us.pem, private_key: keys/us.key}\n",
        "  outgoing:\n    http:\n      client_certificate: keys/us.pem\n      client_key: keys/curve.key\n");
    EXPECT_THAT(found(), AllOf(HasSubstr("PARTNER-0046 wharf.yaml:19:48 "), HasSubstr("PARTNER-0046 wharf.yaml:24:18 "), HasSubstr("PARTNER-0046 channels/link.yaml:11:19 ")));
}

TEST_F(FilesOfChannels, ACertificateWithoutItsKey) {
    as2("    - file: keys/us.pem\n");
    EXPECT_THAT(found(), AllOf(StartsWith("PARTNER-0038 channels/link.yaml:9:13 "), HasSubstr("keys/us.pem holds a certificate and no key | name the file of its key as "
                                                                                                  "as2.own_certificates[0].private_key")));
}

TEST_F(FilesOfChannels, WhatIsNotThereIsToldAtItsValue) {
    as2("    - {file: keys/us.pem, private_key: keys/none.key}\n    - file: keys/none.p12\n",
        "    - file: keys/none.cer\n  authorities: {host: as2.acme.example, file: keys/none-ca.pem}\n  incoming:\n    receipt_address: https://as2.acme.example/mdn\n"
        "    receipt_http:\n      authorities: keys/none-http.pem\n  outgoing:\n    http: {client_certificate: keys/none-client.pem}\n");
    auto const told = found();
    for (auto const* const place : {"17:40 our key: ", "18:13 our certificate: ", "8:13 the partner's certificate: ", "9:47 as2.authorities.file: ",
                                    "13:20 as2.incoming.receipt_http.authorities: ", "15:32 as2.outgoing.http.client_certificate: "})
        EXPECT_THAT(told, HasSubstr(std::string("PARTNER-0038 channels/link.yaml:") + place));
    EXPECT_EQ(std::ranges::count(told, '\n'), 6) << told;
}

TEST_F(FilesOfChannels, AnEndedCertificateIsToldAtItsValue) {
    as2("    - {file: keys/us.pem, private_key: keys/us.key}\n");
    auto const loaded = load(SecretCheck::warn);
    ASSERT_TRUE(loaded);
    auto const later = check_certificate_files(*loaded, Timestamp(std::chrono::sys_days(std::chrono::year(2090) / 1 / 1)));
    EXPECT_THAT(text_of(later), AllOf(HasSubstr("PARTNER-0039 channels/link.yaml:9:14 no own certificate is valid: "), HasSubstr("PARTNER-0039 channels/link.yaml:7:13 no partner's ")));
}

TEST_F(FilesOfChannels, FilesOfSftp) {
    write("keys/known", "");
    channel(sftp);
    EXPECT_THAT(found(), IsEmpty());
    open("keys/us.key", 0640);
    open("keys/known", 0666);
    EXPECT_THAT(found(), AllOf(HasSubstr("PARTNER-0045 channels/link.yaml:6:16 the key in "), HasSubstr("can be read by others on this machine | chmod 600 "),
                               HasSubstr("PARTNER-0045 channels/link.yaml:5:16 "), HasSubstr("can be written by others")));
    if (::chown((folder / "keys/us.key").c_str(), static_cast<uid_t>(-1), ::getegid() + 1) == 0) { // another group was chosen for those who may read it
        EXPECT_THAT(found(), Not(HasSubstr("the key in ")));
    }
    std::filesystem::remove(folder / "keys/us.key");
    std::filesystem::remove(folder / "keys/known");
    EXPECT_THAT(found(), AllOf(HasSubstr("PARTNER-0029 channels/link.yaml:6:16 "), HasSubstr("PARTNER-0038 channels/link.yaml:5:16 sftp.known_hosts: ")));
    std::filesystem::create_directory(folder / "keys/us.key");
    EXPECT_THAT(found(), HasSubstr("PARTNER-0029 channels/link.yaml:6:16 "));
}

TEST_F(FilesOfChannels, KeysThatOthersCanRead) {
    open("keys/us.key");
    open("keys/curve.key");
    as2("    - {file: keys/us.pem, private_key: keys/us.key}\n", "  outgoing:\n    http: {client_certificate: keys/curve.pem, client_key: keys/curve.key}\n");
    EXPECT_THAT(found(), AllOf(HasSubstr("PARTNER-0045 channels/link.yaml:11:40 the key in "), HasSubstr("PARTNER-0045 channels/link.yaml:9:60 the key in "), Not(HasSubstr(".pem"))));
}

TEST_F(FilesOfChannels, SecretsThatAreNotHere) {
    write("keys/known", "");
    std::string const with_password = std::string(sftp) + "# \n";
    channel(std::string(with_password).replace(with_password.find("pickup"), 0, "  passphrase: ${env:WHARF_TEST_NOT_SET}\n"));
    EXPECT_THAT(found(), AllOf(StartsWith("PARTNER-0047 channels/link.yaml:7:15 sftp.passphrase: the environment variable WHARF_TEST_NOT_SET is not set | the gateway does not start"),
                               Not(HasSubstr("PARTNER-0009"))));
    EXPECT_FALSE(load()) << "the gateway does not start";
    EXPECT_EQ(findings(SecretCheck::form), "");
    write("keys/phrase", "secret\n");
    channel(std::string(with_password).replace(with_password.find("pickup"), 0, "  passphrase: ${file:keys/phrase}\n"));
    EXPECT_THAT(found(), AllOf(StartsWith("PARTNER-0045 channels/link.yaml:7:15 sftp.passphrase: the secret in "), Not(HasSubstr("secret\n"))));
    open("keys/phrase", 0600);
    EXPECT_THAT(found(), IsEmpty());
}

} // namespace
} // namespace wharf::partner
