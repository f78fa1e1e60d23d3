// What a bad configuration gets: the code, the place, the message and the help, to the letter.

#include "diagnostic/registry.hpp"
#include "unit/partner/configuration_fixture.hpp"

#include <gmock/gmock.h>

#include <regex>
#include <set>

namespace wharf::partner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(ConfigurationTest, UnknownSettings) {
    spoil_acme("channel: box\n", "chanel: box\nweather: fine\n");
    auto const found = findings();
    EXPECT_THAT(
        found,
        HasSubstr("PARTNER-0003 partners/acme/profile.yaml:5:1 profile.yaml has no setting 'chanel' | did you mean "
                  "'channel'?\n"));
    EXPECT_THAT(
        found,
        HasSubstr("PARTNER-0003 partners/acme/profile.yaml:6:1 profile.yaml has no setting 'weather' | the settings "
                  "here are: name, template, status, "));
    auto const finding = load().error()[0];
    EXPECT_EQ(finding.excerpt.substr(finding.excerpt_offset, finding.place.length), "chanel");
    // What follows from the misspelt setting is not reported: no channel, so no way out.
    EXPECT_THAT(found, Not(HasSubstr("PARTNER-0030")));
}

TEST_F(ConfigurationTest, DuplicateKeys) {
    spoil_acme("channel: box\n", "channel: box\nname: Again\n");
    EXPECT_EQ(findings(),
              "PARTNER-0004 partners/acme/profile.yaml:6:1 'name' stands here a second time | keep one of the two; the "
              "first is in line 1\n");
    ASSERT_FALSE(load());
    EXPECT_EQ(load().error()[0].related[0].place.line, 1u);
}

TEST_F(ConfigurationTest, WrongShapes) {
    spoil_box("senders: [acme]", "senders: acme");
    EXPECT_EQ(findings(),
              "PARTNER-0005 channels/box.yaml:7:10 senders is a single value; a list was expected | write one item per "
              "line, each with '- ' before it, or [a, b]\n");
    spoil_box("  root: data/box", "  root: [data/box]");
    EXPECT_THAT(findings(),
                HasSubstr("PARTNER-0005 channels/box.yaml:3:9 folder.root is a list; a single value was expected"));
    spoil_box("folder:\n  root: data/box", "folder: data/box");
    EXPECT_THAT(findings(),
                HasSubstr("PARTNER-0005 channels/box.yaml:2:9 folder is a single value; a mapping was expected"));
    spoil_box("  inbox: in", "  inbox:");
    EXPECT_THAT(findings(), HasSubstr("pickup.inbox is nothing; a single value was expected"));
    write("channels/box.yaml", "- a\n- b\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0005 channels/box.yaml:1:1 the file holds a list or a single value"));
    spoil_acme("  - qualifier: ZZ\n    id: ACME", "  - ZZ:ACME");
    EXPECT_THAT(
        findings(),
        HasSubstr("PARTNER-0005 partners/acme/profile.yaml:3:5 identifiers[0] is a single value; a mapping was"));
}

TEST_F(ConfigurationTest, MissingSettings) {
    spoil_acme("name: ACME\n", "");
    EXPECT_EQ(findings(),
              "PARTNER-0006 partners/acme/profile.yaml:1:1 profile.yaml needs 'name' | name: the partner's name, for "
              "people; for example ACME Supplies Inc.\n");
    spoil_acme("  - qualifier: ZZ\n    id: ACME", "  - id: ACME");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0006 partners/acme/profile.yaml:3:5 an identifier needs 'qualifier'"));
    spoil_acme("  - qualifier: ZZ\n    id: ACME", "  []");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0006 partners/acme/profile.yaml:3:3 identifiers is empty"));
    spoil_acme("  - set: 810\n    direction", "  - direction");
    EXPECT_THAT(findings(),
                StartsWith("PARTNER-0006 partners/acme/profile.yaml:9:5 a document needs 'set' or 'document'"));
    spoil_acme("  - set: 810\n", "  - set: 832\n");
    EXPECT_THAT(findings(),
                StartsWith("PARTNER-0006 partners/acme/profile.yaml:9:5 no kind of document is known for the set 832"));
    write("partners/acme/profile.yaml", "");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0006 partners/acme/profile.yaml:1:1 profile.yaml needs 'name'"));
    write("partners/acme/profile.yaml", acme);
    spoil_box("folder:\n  root: data/box\n", "");
    EXPECT_EQ(findings(),
              "PARTNER-0006 channels/box.yaml:1:12 a channel with transport: folder needs 'folder' | give folder with "
              "root\n");
    spoil_box("  inbox: in\n  outbox: out\n", "  archive: old\n");
    EXPECT_THAT(findings(),
                HasSubstr("PARTNER-0006 channels/box.yaml:5:3 the channel has neither an inbox nor an outbox"));
    write("channels/box.yaml", box);
    spoil_gateway("identities:\n  - name: us\n    qualifier: ZZ\n    id: EXAMPLEBUYER\n", "identities: []\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0006 wharf.yaml:3:13 identities is empty"));
}

struct BadValue {
    char const* yaml; // a whole setting of profile.yaml
    char const* message;
};

class BadValues : public ConfigurationTest, public ::testing::WithParamInterface<BadValue> {};

TEST_P(BadValues, AreTold) {
    write("partners/acme/profile.yaml", acme + GetParam().yaml);
    EXPECT_THAT(findings(), HasSubstr(std::string("PARTNER-0007 partners/acme/profile.yaml:1")));
    EXPECT_THAT(findings(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Profile, BadValues,
    ::testing::Values(
        BadValue{
            "acknowledgment:\n  ta1: allways\n",
            "acknowledgment.ta1 is 'allways': it must be one of: never, on_request, on_error, always | did you mean 'always'?"},
        BadValue{"acknowledgment:\n  send_997: 1\n", "acknowledgment.send_997 is '1': it must be yes or no"},
        BadValue{"acknowledgment:\n  expect_997_within: 4\n", "is '4': it must be a time such as 500ms, 30s"},
        BadValue{"acknowledgment:\n  expect_997_within: 1500ms\n", "whole seconds"},
        BadValue{"acknowledgment:\n  expect_997_within: -4h\n", "is '-4h': it must be a time"},
        BadValue{"acknowledgment:\n  expect_997_within: 99999999999999999999d\n", "it must be a time"},
        BadValue{"acknowledgment:\n  version: 4010\n", "it has six digits, such as 004010"},
        BadValue{"envelope:\n  version: 401\n", "envelope.version is '401': it has five digits"},
        BadValue{"envelope:\n  element_separator: '**'\n", "it must be one character, or its code"},
        BadValue{"envelope:\n  element_separator: a\n", "letters, digits and blanks occur in the data"},
        BadValue{"envelope:\n  segment_terminator: ''\n", "envelope.segment_terminator is '': it is empty"},
        BadValue{"envelope:\n  segment_terminator: 0x00\n", "NUL cannot separate anything"},
        BadValue{"file_name: 850.edi\n", "it must hold {interchange}, {sequence} or {number}"},
        BadValue{"file_name: '{isa}.edi'\n", "there is no part {isa}; there are partner, identity, set, document, number"},
        BadValue{"file_name: '{interchange'\n", "there is no part {interchange}"},
        BadValue{"file_name: ../{interchange}\n", "it may hold no '/'"},
        BadValue{"file_name: .{interchange}\n", "hidden"}));

TEST_F(ConfigurationTest, BadValuesElsewhere) {
    spoil_acme("qualifier: ZZ", "qualifier: zz");
    EXPECT_EQ(findings(),
              "PARTNER-0007 partners/acme/profile.yaml:3:16 identifiers[0].qualifier is 'zz': a qualifier has two "
              "characters, digits or capital letters, such as ZZ or 01 | for example: ZZ\n");
    spoil_acme("id: ACME", "id: ACMEACMEACMEACME");
    EXPECT_THAT(findings(), HasSubstr("it has 16 characters; X12 gives it 1 to 15"));
    spoil_acme("id: ACME", "id: 'ACME  '");
    EXPECT_THAT(findings(), HasSubstr("leave out the blanks around it"));
    spoil_acme("  - set: 810\n", "  - set: 81O\n");
    EXPECT_THAT(findings(), HasSubstr("a transaction set has three digits"));
    spoil_acme("    targets: [erp]", "    translator: 810\n    targets: [erp]");
    EXPECT_THAT(findings(), HasSubstr("a translator is named folder/file, such as x12/850"));
    write("partners/acme/profile.yaml", acme);
    for (auto const& [url, wrong] : std::vector<std::pair<std::string, std::string>>{
             {"ftp://erp/x", "it must begin with https:// or http://"},
             {"https://user:pw@erp/x", "no user or password"},
             {"https:///x", "it names no server"},
             {"'https://erp/{kind}'", "the only placeholder is {document}"},
             {"https://erp/a b", "no blanks"}}) {
        spoil_gateway("https://erp.example.com/{document}", url);
        EXPECT_THAT(findings(), HasSubstr(wrong)) << url;
    }
    spoil_gateway("targets:", "listen:\n  port: 70000\ntargets:");
    EXPECT_THAT(findings(), HasSubstr("listen.port is '70000': a port is a number from 1 to 65535"));
    spoil_gateway("targets:", "limits:\n  message_bytes: 3TB\ntargets:");
    EXPECT_THAT(findings(), HasSubstr("it must be a size such as 500KB"));
    spoil_gateway("targets:", "retry: {base: 10m, cap: 1m}\ntargets:");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0007 wharf.yaml:7:25 retry.cap is shorter than retry.base"));
    spoil_gateway("targets:", "poll_interval: 0\ntargets:");
    EXPECT_THAT(findings(), HasSubstr("poll_interval is '0': it must be more than 0"));
    spoil_gateway("targets:", "listen:\n  limits: {head_bytes: 0999, idle_timeout: 999ms, connections: 0}\ntargets:");
    EXPECT_THAT(findings(), AllOf(HasSubstr("head_bytes is '0999': it must be 1000 or more"), HasSubstr("idle_timeout is '999ms': it must be 1s or more"),
                                  HasSubstr("connections is '0': it must be a number from 1 to 1000000")));
    spoil_gateway("targets:", "listen:\n  limits: {head_bytes: 1000, idle_timeout: 1000ms, body_timeout: 5m}\ntargets:");
    EXPECT_THAT(findings(), Not(HasSubstr("limits")));
    write("wharf.yaml", gateway);
    spoil_box("outbox: out", "outbox: in");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0007 channels/box.yaml:6:11 inbox and outbox are the same folder"));
}

TEST_F(ConfigurationTest, ALiteralSecretIsRefusedAndNotRepeated) {
    write("channels/box.yaml", "transport: sftp\nsftp:\n  host: h\n  user: u\n"
                               "  host_key_fingerprints: [SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU]\n"
                               "  password: hunter2\npickup: {inbox: in, outbox: out}\nsenders: [acme]\n");
    auto const loaded = load();
    ASSERT_FALSE(loaded);
    ASSERT_EQ(loaded.error().size(), 1u);
    auto const& finding = loaded.error()[0];
    EXPECT_EQ(finding.code, "PARTNER-0008");
    EXPECT_EQ(finding.place.line, 6u);
    for (auto const& text : {finding.message, finding.help, finding.value, finding.excerpt})
        EXPECT_THAT(text, Not(HasSubstr("hunter2")));
    // Nor when the name of the setting is misspelt, or the file is no YAML.
    write("channels/box.yaml",
          "transport: sftp\nsftp:\n  pasword: hunter2\n  passwort: hunter2\n  ab: [\n  passphrase: hunter2\n");
    auto const again = load();
    ASSERT_FALSE(again);
    for (auto const& one : again.error())
        for (auto const& text : {one.message, one.help, one.value, one.excerpt})
            EXPECT_THAT(text, Not(HasSubstr("hunter2"))) << one.code;
}

TEST_F(ConfigurationTest, NotYaml) {
    write("partners/acme/profile.yaml", "name: ACME\n\tx: y\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0001 partners/acme/profile.yaml:2"));
    write("partners/acme/profile.yaml", "name: [a\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0001 partners/acme/profile.yaml:"));
    write("partners/acme/profile.yaml", acme + "---\nname: second\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0001 partners/acme/profile.yaml:"));
    EXPECT_THAT(findings(), HasSubstr("a second YAML document"));
    write("partners/acme/profile.yaml", "[a, b]: c\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0001 partners/acme/profile.yaml:1:1 a key must be a plain word"));
}

TEST_F(ConfigurationTest, HostileYamlEndsSoonWithOneFinding) {
    std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'k'; ++c)
        bomb +=
            std::string(1, c) + ": &" + c + " [*" + static_cast<char>(c - 1) + ",*" + static_cast<char>(c - 1) + "]\n";
    write("partners/acme/profile.yaml", bomb);
    EXPECT_THAT(findings(), StartsWith("PARTNER-0010 partners/acme/profile.yaml:1:4 anchors (&name) and aliases"));
    write("partners/acme/profile.yaml", "name: !!binary AAAA\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0010 partners/acme/profile.yaml:1:7 the tag"));
    write("partners/acme/profile.yaml", "name: " + std::string(100'000, '['));
    EXPECT_THAT(findings(), StartsWith("PARTNER-0011 partners/acme/profile.yaml:1:"));
    write("partners/acme/profile.yaml", "name: " + std::string(100'000, '{'));
    EXPECT_THAT(findings(), StartsWith("PARTNER-0011 partners/acme/profile.yaml:1:"));
    std::string deep;
    for (int i = 0; i < 300; ++i)
        deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    write("partners/acme/profile.yaml", deep);
    EXPECT_THAT(findings(), StartsWith("PARTNER-0011 partners/acme/profile.yaml:"));
    std::string many = "name:\n";
    for (int i = 0; i < 60'000; ++i)
        many += "  - a\n";
    write("partners/acme/profile.yaml", many);
    EXPECT_THAT(findings(), StartsWith("PARTNER-0011 partners/acme/profile.yaml:"));
    std::string noise = "name: ";
    for (int i = 0; i < 3000; ++i)
        noise += static_cast<char>(i * 7919 % 256);
    write("partners/acme/profile.yaml", noise);
    EXPECT_FALSE(load());
}

TEST_F(ConfigurationTest, FilesThatAreNotThere) {
    std::filesystem::remove_all(folder / "channels");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0002 channels:0:0 cannot read the folder"));
    std::filesystem::remove(folder / "wharf.yaml");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0002 wharf.yaml:0:0 cannot open"));
    auto const nowhere = load_configuration(folder / "nowhere" / "wharf.yaml");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error()[0].code, "PARTNER-0002");
}

TEST_F(ConfigurationTest, NamesAndStrayEntries) {
    write("partners/ACME West/profile.yaml", acme);
    EXPECT_THAT(
        findings(),
        StartsWith("PARTNER-0020 partners/ACME West/profile.yaml:0:0 the partner cannot be called 'ACME West'"));
    std::filesystem::remove_all(folder / "partners/ACME West");
    write("partners/README.md", "words");
    write("partners/empty/notes.txt", "words");
    write("channels/old.yml", box);
    EXPECT_TRUE(load());
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0027 partners/empty:0:0 the folder"));
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0027 channels/old.yml:0:0 the file"));
    EXPECT_THAT(findings(), Not(HasSubstr("README")));
    write("channels/Old Box.yaml", box);
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0020 channels/Old Box.yaml"));
}

TEST_F(ConfigurationTest, NamesThatPointNowhere) {
    spoil_acme("channel: box", "channel: bux");
    EXPECT_EQ(findings(),
              "PARTNER-0012 partners/acme/profile.yaml:5:10 there is no channel 'bux' | did you mean 'box'?\n");
    spoil_acme("targets: [erp]", "targets: [epr]");
    EXPECT_EQ(findings(),
              "PARTNER-0013 partners/acme/profile.yaml:11:15 there is no target 'epr' | did you mean 'erp'?\n");
    spoil_acme("targets: [erp]", "targets: [warehouse]");
    EXPECT_THAT(findings(), HasSubstr("| there are: erp, wms, erp-test; targets are described in wharf.yaml"));
    spoil_acme("channel: box", "channel: box\nidentity: them");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0019 partners/acme/profile.yaml:6:11 there is no identity 'them'"));
    write("partners/acme/profile.yaml", acme);
    spoil_box("senders: [acme]", "senders: [acme, acne]");
    EXPECT_EQ(findings(), "PARTNER-0018 channels/box.yaml:7:17 there is no partner 'acne' | did you mean 'acme'?\n");
}

TEST_F(ConfigurationTest, TestAndProductionStayApart) {
    spoil_acme("test_targets: [erp-test]", "test_targets: [erp]");
    EXPECT_EQ(findings(),
              "PARTNER-0014 partners/acme/profile.yaml:12:20 test documents would go to 'erp', which is a production "
              "target | name a target with production: no, or move it to targets\n");
    spoil_acme("targets: [erp]", "targets: [erp, erp-test]");
    EXPECT_EQ(findings(),
              "PARTNER-0014 partners/acme/profile.yaml:11:20 production documents would go to 'erp-test', which is no "
              "production target | name a target with production: yes, or move it to test_targets\n");
    // Also when the list comes from the defaults: the place is there.
    write("partners/acme/profile.yaml", acme.substr(0, acme.find("documents:")));
    write("wharf.yaml",
          gateway + "partner_defaults:\n  documents:\n    - {set: 810, direction: inbound, test_targets: [erp]}\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0014 wharf.yaml:20:53 test documents would go to 'erp'"));
}

TEST_F(ConfigurationTest, TargetsTakeWhatTheySay) {
    spoil_acme("targets: [erp]", "targets: [wms]");
    EXPECT_EQ(findings(),
              "PARTNER-0015 partners/acme/profile.yaml:11:15 the target 'wms' does not take invoice | it takes: "
              "ship_notice; see targets in wharf.yaml\n");
}

TEST_F(ConfigurationTest, IdentifiersBelongToOnePartner) {
    write("partners/zeta/profile.yaml", acme);
    auto const loaded = load();
    ASSERT_FALSE(loaded);
    EXPECT_THAT(
        findings(),
        HasSubstr("PARTNER-0016 partners/zeta/profile.yaml:4:9 the identifier ZZ:ACME belongs to 'acme' already"));
    auto const finding = std::ranges::find(loaded.error(), "PARTNER-0016", &Diagnostic::code);
    ASSERT_EQ(finding->related.size(), 1u);
    EXPECT_THAT(finding->related[0].place.file, HasSubstr("partners/acme/profile.yaml"));
    spoil_acme("    id: ACME\n", "    id: ACME\n    usage: production\n");
    spoil("partners/zeta/profile.yaml", acme, "    id: ACME\n", "    id: ACME\n    usage: test\n");
    EXPECT_THAT(findings(), Not(HasSubstr("PARTNER-0016")));
    spoil_gateway("targets:", "  - {name: again, qualifier: ZZ, id: EXAMPLEBUYER}\ntargets:");
    EXPECT_THAT(findings(),
                HasSubstr("PARTNER-0016 wharf.yaml:7:38 the identities 'us' and 'again' are both ZZ:EXAMPLEBUYER"));
    spoil_gateway("targets:", "  - {name: other, qualifier: ZZ, id: OTHER}\ntargets:");
    EXPECT_THAT(findings(),
                HasSubstr("PARTNER-0006 partners/acme/profile.yaml:1:1 profile.yaml needs 'identity' | wharf.yaml has "
                          "several: us, other"));
}

TEST_F(ConfigurationTest, ThingsGivenTwice) {
    spoil_gateway("name: wms", "name: erp");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0017 wharf.yaml:11:11 'erp' is a second time in targets"));
    write("wharf.yaml", gateway);
    spoil_acme("    targets: [erp]\n", "    targets: [erp, erp]\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0017 partners/acme/profile.yaml:11:20 the target 'erp' stands twice"));
    write("partners/acme/profile.yaml", acme + "  - set: 810\n    direction: inbound\n    targets: [erp]\n");
    EXPECT_THAT(findings(),
                StartsWith("PARTNER-0017 partners/acme/profile.yaml:13:5 inbound 810 stands a second time"));
}

TEST_F(ConfigurationTest, SettingsWithoutEffect) {
    write("channels/box.yaml", box + "sftp:\n  host: h\n  user: u\n  host_key_fingerprints: "
                                     "[SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU]\n  private_key: k\n");
    EXPECT_THAT(
        findings(),
        HasSubstr("PARTNER-0021 channels/box.yaml:9:3 'sftp' means nothing for a channel with transport: folder"));
    write("channels/box.yaml", box);
    spoil_acme("    direction: outbound\n", "    direction: outbound\n    targets: [erp]\n");
    EXPECT_THAT(findings(),
                StartsWith("PARTNER-0021 partners/acme/profile.yaml:9:14 an outbound document has no targets"));
}

TEST_F(ConfigurationTest, SftpLogins) {
    std::string const sftp = "transport: sftp\nsftp:\n  host: h\n  user: u\n"
                             "  host_key_fingerprints: [SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU]\n"
                             "  private_key: keys/acme\npickup: {inbox: in, outbox: out}\nsenders: [acme]\n";
    write("channels/box.yaml", sftp);
    EXPECT_THAT(findings(), StartsWith("PARTNER-0029 channels/box.yaml:6:16 the private key " +
                                       (folder / "keys/acme").string() + " cannot be read"));
    EXPECT_TRUE(load()) << "a missing key stops its channel, not the gateway";
    write("keys/acme", "key");
    EXPECT_EQ(findings(), "");
    EXPECT_EQ(load()->channels[0].sftp.private_key, folder / "keys/acme");
    spoil("channels/box.yaml", sftp, "  private_key: keys/acme\n", "");
    EXPECT_THAT(findings(),
                StartsWith("PARTNER-0022 channels/box.yaml:3:3 the channel has neither a private_key nor a password"));
    spoil("channels/box.yaml", sftp, "  private_key: keys/acme\n",
          "  private_key: keys/acme\n  password: ${env:HOME}\n");
    EXPECT_EQ(findings(), "") << "the key is tried first, then the password";
    spoil("channels/box.yaml", sftp, "  private_key: keys/acme\n",
          "  passphrase: ${env:HOME}\n  password: ${env:HOME}\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0021 channels/box.yaml:6:15 a passphrase belongs to a private_key"));
    spoil("channels/box.yaml", sftp, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU", "MD5:00:11");
    EXPECT_THAT(findings(), HasSubstr("a fingerprint is SHA256: and 43 characters"));
    spoil("channels/box.yaml", sftp, "[SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU]", "[]");
    EXPECT_THAT(findings(), HasSubstr("neither host_key_fingerprints nor known_hosts"));
    auto const added = [&](std::string const& lines) {
        spoil("channels/box.yaml", sftp, "  private_key: keys/acme\n", "  private_key: keys/acme\n" + lines);
        return findings();
    };
    EXPECT_EQ(added("  agent: yes\n  ciphers: [aes256-ctr]\n  proxy: {kind: http, host: proxy.example, port: 3128}\n"), "");
    EXPECT_THAT(added("  proxy: {kind: http}\n"), HasSubstr("the proxy has no host"));
    EXPECT_THAT(added("  proxy: {host: proxy.example}\n"), HasSubstr("a proxy of kind none is not used"));
    EXPECT_THAT(added("  ciphers: [\"a,b\"]\n"), HasSubstr("one algorithm"));
}

TEST_F(ConfigurationTest, SettingsOfFilesThatContradict) {
    auto const channel = [&](std::string const& lines) {
        write("channels/box.yaml", "transport: folder\nfolder: {root: files}\n" + lines + "senders: [acme]\n");
        return findings();
    };
    EXPECT_EQ(channel("pickup: {inbox: in, outbox: out, done_marker: '{name}.ok', claim_as: node-1, order: oldest}\n"
                      "upload: {existing: move, temporary_name: '', marker: '{stem}.ok', mode: '640'}\n"),
              "");
    EXPECT_THAT(channel("pickup: {inbox: in, leave: yes, archive: taken}\n"), HasSubstr("are not archived"));
    EXPECT_THAT(channel("pickup: {inbox: in, leave: yes, claim_as: node-1}\n"), HasSubstr("cannot be claimed"));
    EXPECT_THAT(channel("pickup: {inbox: in, done_marker: '{name}'}\n"), HasSubstr("such as {name}.done"));
    EXPECT_THAT(channel("pickup: {inbox: in}\nupload: {mode: '9'}\n"), HasSubstr("such as 640"));
    EXPECT_THAT(channel("pickup: {inbox: in}\nupload: {temporary_name: '', temporary_folder: x}\n"),
                HasSubstr("nothing is written into the temporary_folder"));
}

TEST_F(ConfigurationTest, TargetLogins) {
    spoil_gateway(
        "    production: yes\n",
        "    production: yes\n    bearer_token: ${env:HOME}\n    basic: {user: u, password: '${env:HOME}'}\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0022 wharf.yaml:12:12 the target 'erp' has a bearer_token and basic"));
    spoil_gateway("    production: yes\n", "    production: yes\n    headers: [{name: X-Key}]\n");
    EXPECT_THAT(findings(),
                StartsWith("PARTNER-0006 wharf.yaml:11:15 the header X-Key needs either 'value' or 'secret'"));
    spoil_gateway("    production: yes\n", "    production: yes\n    headers: [{name: X-Wharf-Test, value: x}]\n");
    EXPECT_THAT(findings(), HasSubstr("Wharf sets this header itself"));
    spoil_gateway("https://erp.example.com/{document}\n    production: yes\n",
                  "http://erp.example.com/{document}\n    production: yes\n    bearer_token: ${env:HOME}\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0026 wharf.yaml:9:10 the target 'erp' gets a secret over plain http"));
    EXPECT_TRUE(load());
    spoil_gateway("https://erp.example.com/{document}\n    production: yes\n",
                  "http://127.0.0.1/{document}\n    production: yes\n    bearer_token: ${env:HOME}\n");
    EXPECT_EQ(findings(), "");
}

TEST_F(ConfigurationTest, Delimiters) {
    write("partners/acme/profile.yaml", acme + "envelope:\n  component_separator: '*'\n");
    EXPECT_THAT(
        findings(),
        StartsWith("PARTNER-0023 partners/acme/profile.yaml:14:24 element_separator and component_separator are "
                   "the same character"));
    write("partners/acme/profile.yaml", acme + "envelope:\n  version: 00501\n");
    EXPECT_THAT(findings(),
                StartsWith("PARTNER-0023 partners/acme/profile.yaml:14:12 version 00501 has a repetition separator"));
    write("partners/acme/profile.yaml", acme + "envelope:\n  repetition_separator: '^'\n");
    EXPECT_THAT(findings(),
                StartsWith("PARTNER-0023 partners/acme/profile.yaml:14:25 version 00401 has no repetition separator"));
    write("partners/acme/profile.yaml",
          acme + "envelope:\n  version: 00501\n  repetition_separator: '^'\n  segment_terminator: 0x0A\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    EXPECT_EQ(loaded->partners[0].envelope.segment_terminator, '\n');
    EXPECT_EQ(loaded->partners[0].envelope.repetition_separator, '^');
}

TEST_F(ConfigurationTest, WaysInAndOut) {
    spoil_box("senders: [acme]", "senders: []");
    EXPECT_EQ(
        findings(),
        "PARTNER-0024 partners/acme/profile.yaml:7:3 no channel that is read takes documents from 'acme' | add 'acme' "
        "to senders in the file of his channel; until then what he sends is quarantined\n");
    EXPECT_TRUE(load());
    spoil_box("  outbox: out\n", "");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0030 partners/acme/profile.yaml:5:10 the channel 'box' has no outbox"));
    write("channels/box.yaml", box);
    spoil_acme("channel: box\n", "");
    EXPECT_THAT(
        findings(),
        HasSubstr("PARTNER-0030 partners/acme/profile.yaml:1:1 we send documents to this partner, and he has no "
                  "channel"));
    spoil_acme("    targets: [erp]\n    test_targets: [erp-test]\n", "");
    EXPECT_THAT(
        findings(),
        StartsWith("PARTNER-0028 partners/acme/profile.yaml:9:5 inbound invoice have no targets and will be held"));
}

TEST_F(ConfigurationTest, AnOpenApiIsRefused) {
    spoil_gateway("targets:", "listen:\n  address: 0.0.0.0\ntargets:");
    EXPECT_THAT(
        findings(),
        StartsWith("PARTNER-0025 wharf.yaml:8:12 the API would listen on 0.0.0.0 and take requests from anybody"));
    spoil_gateway("targets:", "listen:\n  address: 0.0.0.0\n  tokens: [{name: erp, token: '${env:HOME}'}]\ntargets:");
    EXPECT_EQ(findings(), "");
    spoil_gateway("targets:", "listen:\n  address: example.com\ntargets:");
    EXPECT_THAT(findings(), HasSubstr("it must be an IP address"));
}

TEST_F(ConfigurationTest, DefaultsAreCheckedOnceAndMakeNoPartner) {
    write("partners/beta/profile.yaml", "name: Beta\nidentifiers:\n  - {qualifier: ZZ, id: BETA}\n");
    write("wharf.yaml", gateway + "partner_defaults:\n  name: Everyone\n  envelope:\n    versoin: 00401\n");
    EXPECT_EQ(
        findings(),
        "PARTNER-0003 wharf.yaml:19:3 partner_defaults has no setting 'name' | every partner has his own; put it into "
        "his profile.yaml\n"
        "PARTNER-0003 wharf.yaml:21:5 envelope has no setting 'versoin' | did you mean 'version'?\n");
    write("wharf.yaml", gateway + "partner_defaults: yes\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0005 wharf.yaml:18:19 partner_defaults is a single value"));
}

TEST_F(ConfigurationTest, AllFindingsOfAllFilesComeTogether) {
    spoil_gateway("production: no", "production: maybe");
    spoil_acme("name: ACME", "nam: ACME");
    spoil_box("transport: folder", "transport: pigeon");
    auto const found = findings();
    EXPECT_THAT(found, HasSubstr("PARTNER-0007 wharf.yaml"));
    EXPECT_THAT(found, HasSubstr("PARTNER-0003 partners/acme/profile.yaml"));
    EXPECT_THAT(found, HasSubstr("PARTNER-0006 partners/acme/profile.yaml"));
    EXPECT_THAT(found, HasSubstr("PARTNER-0007 channels/box.yaml"));
}

TEST(PartnerCodes, EachIsUsedAndEachUsedOneExists) {
    std::set<std::string> used, known;
    for (auto const& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(WHARF_SOURCE_DIR) / "src/partner")) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path());
        std::string const text{std::istreambuf_iterator<char>(file), {}};
        std::regex const code("\"(PARTNER-[0-9]{4})\"");
        for (std::sregex_iterator match(text.begin(), text.end(), code), end; match != end; ++match)
            used.insert((*match)[1]);
    }
    for (auto const& entry : all_codes())
        if (entry.code.starts_with("PARTNER-")) known.insert(std::string(entry.code));
    EXPECT_EQ(used, known);
    EXPECT_GT(used.size(), 25u);
}

} // namespace
} // namespace wharf::partner
