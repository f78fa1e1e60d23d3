// Channels over SFTP, FTPS and HTTPS as files, and what is said about settings that mean nothing there.
#include "unit/partner/configuration_fixture.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class WiresLoading : public ConfigurationTest {
protected:
    void box(std::string const& text) { write("channels/box.yaml", text + "senders: [acme]\n"); }
    static constexpr auto ftps = "transport: ftps\nftps: {host: h, user: u}\npickup: {inbox: in, outbox: out}\n";
    static constexpr auto https = "transport: https\nhttps: {listing: index}\n"
                                  "pickup: {inbox: https://h/in, outbox: \"https://h/out/{name}\"}\n";
};

TEST_F(WiresLoading, TheDateOfAFileIsOfFoldersAndSftp) {
    box("transport: folder\nfolder: {root: box}\npickup: {inbox: in, outbox: out}\nupload: {keep_time: yes}\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    EXPECT_TRUE(loaded->channels.front().upload.keep_time);
    box(std::string(ftps) + "upload: {keep_time: yes}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/box.yaml:4:21 over FTP the date of a file cannot be set"));
    box(std::string(https) + "upload: {keep_time: yes}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/box.yaml:4:21 'upload.keep_time' means nothing for a channel with transport: https"));
    box(std::string(ftps) + "upload: {keep_time: no}\n");
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(WiresLoading, NothingIsRenamedOverHttps) {
    box(https);
    EXPECT_THAT(findings(), IsEmpty());
    box(std::string(https) + "upload: {existing: move, marker: \"{name}.done\"}\n");
    EXPECT_THAT(findings(), AllOf(HasSubstr("over HTTP a file cannot be renamed out of the way"), HasSubstr("'upload.marker' means nothing")));
    box("transport: https\npickup: {inbox: \"http://h/in\"}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0007 channels/box.yaml:2:"));
}

TEST_F(WiresLoading, FtpWithoutTlsHasNoSettingsOfTls) {
    box("transport: ftps\nftps: {host: h, user: u, insecure_plain: yes, implicit: yes}\npickup: {inbox: in}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/box.yaml:2:42 settings of TLS mean nothing without TLS"));
}

} // namespace
} // namespace wharf::partner
