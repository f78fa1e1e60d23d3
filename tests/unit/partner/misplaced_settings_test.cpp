// A setting that is not known where it stands: what was meant, and where it belongs.
#include "unit/partner/configuration_fixture.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class MisplacedSettings : public ConfigurationTest {
protected:
    /// The help for the unknown setting of a channel.
    std::string help(std::string const& text) {
        write("channels/box.yaml", text + "senders: [acme]\n");
        auto const found = findings();
        EXPECT_THAT(found, HasSubstr("PARTNER-0003 channels/box.yaml:"));
        auto const from = found.find(" | ");
        return found.substr(from + 3, found.find('\n') - from - 3);
    }
    std::string const login = "transport: sftp\nsftp:\n  host: h\n  user: u\n  password: ${env:PATH}\n"
                              "  host_key_fingerprints: [SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU]\n";
    std::string const folders = "pickup:\n  inbox: in\n  outbox: out\n";
};

TEST_F(MisplacedSettings, TheNearestOfTheBlock) {
    EXPECT_EQ(help(login + folders + "  stable_pols: 2\n"), "did you mean 'stable_polls'?");
    EXPECT_EQ(help(login + folders + "upload:\n  temporary_nam: x\n"), "did you mean 'temporary_name'?");
    EXPECT_EQ(help(login + "  knownhosts: x\n" + folders), "did you mean 'known_hosts'?");
    EXPECT_EQ(help("transport: as2\nas2:\n  own_nam: x\n"), "did you mean 'own_name'?");
}

TEST_F(MisplacedSettings, TheBlockItBelongsTo) {
    EXPECT_EQ(help(login + "  stable_polls: 2\n" + folders), "'stable_polls' is a setting of 'pickup'; the indentation decides where it stands");
    EXPECT_EQ(help(login + folders + "  senders: [acme]\n"), "'senders' is a setting of the file itself; the indentation decides where it stands");
    EXPECT_EQ(help(login + folders + "  make_folders: yes\n"), "'make_folders' is a setting of 'upload'; the indentation decides where it stands");
    EXPECT_EQ(help(login + folders + "  keepalive: 5s\n"), "'keepalive' is a setting of 'sftp'; the indentation decides where it stands");
    EXPECT_EQ(help("transport: as2\nas2:\n  outgoing: {sign: sha256}\n  encrypt: none\n"), "'encrypt' is a setting of 'as2.outgoing'; the indentation decides where it stands");
    EXPECT_THAT(help("transport: as2\nas2:\n  client_key: x\n"), HasSubstr("'client_key' is a setting of 'as2."));
}

TEST_F(MisplacedSettings, BlocksThatTheFileHasGoFirst) { // `timeout` is of ftps and https, too
    EXPECT_EQ(help(login + folders + "  timeout: 5s\n"), "'timeout' is a setting of 'sftp'; the indentation decides where it stands");
}

TEST_F(MisplacedSettings, WithASlipOfTheFingers) {
    EXPECT_EQ(help(login + "  stable_pols: 2\n" + folders), "did you mean 'stable_polls', which is a setting of 'pickup'?");
}

TEST_F(MisplacedSettings, NowhereKnown) { EXPECT_THAT(help(login + folders + "  weather: fine\n"), testing::StartsWith("the settings here are: inbox, outbox")); }

TEST_F(MisplacedSettings, OfProfiles) {
    spoil_acme("    direction: outbound\n", "    direction: outbound\n    send_997: no\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0003 partners/acme/profile.yaml:9:5 a document has no setting 'send_997' | "
                                      "'send_997' is a setting of 'documents[].acknowledgment'; the indentation decides where it stands\n"));
    spoil_acme("channel: box\n", "channel: box\nfirst: 5\n");
    EXPECT_THAT(findings(), HasSubstr("'first' is a setting of 'control_numbers'"));
}

} // namespace
} // namespace wharf::partner
