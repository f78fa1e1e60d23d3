// What a good configuration gives.

#include "base/nearest.hpp"
#include "unit/partner/configuration_fixture.hpp"

#include "partner/knowledge.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The effective value at a path, and its source with the folder cut off.
std::pair<std::string, std::string> effective(std::vector<EffectiveValue> const& values, std::string_view path) {
    for (auto const& value : values)
        if (value.path == path) {
            auto const slash = value.source.find("wharf-partner-");
            auto const cut = slash == std::string::npos ? 0 : value.source.find('/', slash) + 1;
            return {value.value, value.source.substr(cut)};
        }
    return {"(no such path)", ""};
}
using Pair = std::pair<std::string, std::string>;

TEST_F(ConfigurationTest, LoadsWithoutFindings) {
    EXPECT_EQ(findings(), "");
    auto const loaded = load();
    ASSERT_TRUE(loaded);
    auto const& gateway_values = loaded->gateway;
    EXPECT_EQ(gateway_values.store_file, folder / "data/wharf.db");
    EXPECT_EQ(gateway_values.partners, folder / "partners");
    EXPECT_EQ(gateway_values.listen.address, "127.0.0.1");
    EXPECT_EQ(gateway_values.listen.port, 8080);
    ASSERT_EQ(gateway_values.identities.size(), 1u);
    EXPECT_EQ(gateway_values.identities[0].group(), "EXAMPLEBUYER");
    ASSERT_EQ(gateway_values.targets.size(), 3u);
    EXPECT_EQ(gateway_values.targets[0].url, "https://erp.example.com/{document}");
    EXPECT_TRUE(gateway_values.targets[0].production);
    EXPECT_FALSE(gateway_values.targets[2].production);
    EXPECT_THAT(gateway_values.targets[1].documents, ElementsAre("ship_notice"));
    EXPECT_EQ(gateway_values.retry.attempts, 12u);
    EXPECT_EQ(gateway_values.limits.message_bytes, limits::message_bytes);

    ASSERT_EQ(loaded->partners.size(), 1u);
    auto const& profile = loaded->partners[0];
    EXPECT_EQ(profile.id, "acme");
    EXPECT_EQ(profile.name, "ACME");
    EXPECT_EQ(profile.identity, "us");
    EXPECT_EQ(profile.envelope.release, "004010");
    ASSERT_EQ(profile.documents.size(), 2u);
    EXPECT_EQ(profile.documents[0].document, "purchase_order");
    EXPECT_EQ(profile.documents[0].direction, Direction::outbound);
    EXPECT_EQ(profile.documents[1].document, "invoice");
    EXPECT_TRUE(profile.acknowledgment.send_997);
    EXPECT_EQ(profile.acknowledgment.expect_997_within, std::chrono::hours(4));

    ASSERT_EQ(loaded->channels.size(), 1u);
    auto const& channel = loaded->channels[0];
    EXPECT_EQ(channel.name, "box");
    EXPECT_EQ(channel.folder.root, folder / "data/box");
    EXPECT_EQ(channel.pickup.inbox, "in");
    EXPECT_THAT(channel.pickup.exclude, ElementsAre(".*", "*.tmp", "*.part", "*.filepart"));
    EXPECT_EQ(channel.poll_interval, std::chrono::seconds(30));
    EXPECT_TRUE(channel.is_read());
}

TEST_F(ConfigurationTest, TheFileItselfMayBeNamed) {
    EXPECT_TRUE(load_configuration(folder / "wharf.yaml"));
}

TEST_F(ConfigurationTest, EveryValueIsText) {
    spoil_acme("name: ACME\n", "name: 004010\nenvelope:\n  version: 00401\n  release: 004010\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    EXPECT_EQ(loaded->partners[0].name, "004010");
    EXPECT_EQ(loaded->partners[0].envelope.version, "00401");
    EXPECT_EQ(loaded->partners[0].envelope.release, "004010");
}

TEST_F(ConfigurationTest, LayersAndTheirSources) {
    write("wharf.yaml", gateway + "poll_interval: 5m\n"
                                  "partner_defaults:\n"
                                  "  envelope:\n"
                                  "    line_breaks: yes\n"
                                  "    component_separator: ':'\n"
                                  "  acknowledgment:\n"
                                  "    ta1: always\n");
    write("partners/acme/profile.yaml", acme + "envelope:\n  component_separator: '>'\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    auto const& profile = loaded->partners[0];
    EXPECT_TRUE(profile.envelope.line_breaks);
    EXPECT_EQ(profile.envelope.component_separator, '>');
    EXPECT_EQ(profile.acknowledgment.ta1, Ta1Policy::always);

    auto const& values = profile.effective;
    EXPECT_EQ(effective(values, "name"), Pair("ACME", "partners/acme/profile.yaml:1"));
    EXPECT_EQ(effective(values, "envelope.line_breaks"), Pair("yes", "wharf.yaml:21 (partner_defaults)"));
    EXPECT_EQ(effective(values, "envelope.component_separator"), Pair(">", "partners/acme/profile.yaml:14"));
    EXPECT_EQ(effective(values, "envelope.release"), Pair("004010", "default"));
    EXPECT_EQ(effective(values, "identity"), Pair("us", "wharf.yaml:4 (the only identity)"));
    EXPECT_EQ(effective(values, "identifiers[0].id"), Pair("ACME", "partners/acme/profile.yaml:4"));
    EXPECT_EQ(effective(values, "documents[1].document"), Pair("invoice", "partners/acme/profile.yaml:9 (from set)"));
    EXPECT_EQ(effective(values, "documents[1].targets"), Pair("erp", "partners/acme/profile.yaml:11"));
    EXPECT_EQ(effective(values, "acknowledgment.expect_997_within"), Pair("4h", "default"));
    EXPECT_EQ(effective(loaded->channels[0].effective, "poll_interval"), Pair("5m", "wharf.yaml:18"));
    EXPECT_EQ(effective(loaded->channels[0].effective, "pickup.max_bytes"), Pair("100MB", "default"));
    EXPECT_EQ(effective(loaded->gateway.effective, "targets[1].documents"), Pair("ship_notice", "wharf.yaml:14"));
    EXPECT_EQ(effective(loaded->gateway.effective, "store.file").second, "wharf.yaml:2");

    auto const text = explain(values);
    EXPECT_THAT(text, ::testing::ContainsRegex("envelope\\.release +004010 +default\n"));
    EXPECT_THAT(text, ::testing::ContainsRegex("envelope\\.repetition_separator +- +default\n"));
}

TEST_F(ConfigurationTest, ListsOfALayerReplaceTheEarlierOnes) {
    write("wharf.yaml", gateway + "partner_defaults:\n  findings: [X12-0401=ignore, X12-0402=ignore]\n  roles: [supplier]\n");
    write("partners/acme/profile.yaml", acme + "findings: [X12-0315=tolerate]\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    EXPECT_THAT(loaded->partners[0].findings, ::testing::ElementsAre("X12-0315=tolerate"));
    EXPECT_THAT(loaded->partners[0].documents[1].findings, ::testing::ElementsAre("X12-0315=tolerate"));
    EXPECT_THAT(loaded->partners[0].roles, ::testing::ElementsAre("supplier"));
}

TEST_F(ConfigurationTest, SecretsAreReferencesAndNeverShown) {
    ::setenv("WHARF_TEST_TOKEN", "s3cr3t-token", 1);
    write("secrets/password", "s3cr3t-password\n");
    spoil_gateway("    production: yes\n",
                  "    production: yes\n    bearer_token: ${env:WHARF_TEST_TOKEN}\n"
                  "    headers:\n      - {name: X-Api-Key, secret: '${file:secrets/password}'}\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    auto const& target = loaded->gateway.targets[0];
    EXPECT_EQ(target.bearer_token.resolve(), "s3cr3t-token");
    EXPECT_EQ(target.headers[0].secret.resolve(), "s3cr3t-password");
    auto const text = explain(loaded->gateway.effective);
    EXPECT_THAT(text, HasSubstr("${env:WHARF_TEST_TOKEN}"));
    EXPECT_THAT(text, HasSubstr("${file:secrets/password}"));
    EXPECT_THAT(text, ::testing::Not(HasSubstr("s3cr3t")));
    ::unsetenv("WHARF_TEST_TOKEN");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0009 wharf.yaml:11:19 targets[0].bearer_token: the environment variable "
                                      "WHARF_TEST_TOKEN is not set"));
    EXPECT_EQ(findings(SecretCheck::form), "");
}

TEST_F(ConfigurationTest, Lookups) {
    write("partners/globex/profile.yaml",
          "name: Globex\nidentifiers:\n"
          "  - {qualifier: '01', id: '098765432', usage: production, group_ids: [GLOBEX, GWEST]}\n"
          "  - {qualifier: ZZ, id: GLOBEXTEST, usage: test}\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    auto const& c = *loaded;
    ASSERT_TRUE(c.partner("globex"));
    EXPECT_FALSE(c.partner("nobody"));
    EXPECT_TRUE(c.channel("box") && c.target("wms") && c.identity("us"));
    EXPECT_FALSE(c.channel("x") || c.target("x") || c.identity("x"));

    EXPECT_EQ(c.find_partner("ZZ", "ACME           ", false), c.partner("acme"));
    EXPECT_EQ(c.find_partner("ZZ", "ACME", true), c.partner("acme"));
    EXPECT_EQ(c.find_partner("01", "098765432", false), c.partner("globex"));
    EXPECT_FALSE(c.find_partner("01", "098765432", true)) << "its production identifier";
    EXPECT_EQ(c.find_partner("ZZ", "GLOBEXTEST", true), c.partner("globex"));
    EXPECT_FALSE(c.find_partner("ZZ", "acme", false)) << "case counts";
    EXPECT_FALSE(c.find_partner("01", "ACME", false));
    auto const& channel = *c.channel("box");
    EXPECT_TRUE(c.find_partner(channel, "ZZ", "ACME", false));
    EXPECT_FALSE(c.find_partner(channel, "01", "098765432", false)) << "not a sender of this channel";

    EXPECT_TRUE(c.find_identity("ZZ", "EXAMPLEBUYER  ", true));
    EXPECT_FALSE(c.find_identity("ZZ", "EXAMPLEBUYERS", true));
    auto const nearest = c.nearest_partner("ZZ", "ACMEE");
    EXPECT_EQ(nearest.partner + " " + nearest.qualifier + ":" + nearest.id, "acme ZZ:ACME");
    EXPECT_EQ(c.nearest_partner("ZZ", "098765423").partner, "globex");
    EXPECT_EQ(c.nearest_identity("ZZ", "EXAMPLBUYER").partner, "us");
    EXPECT_FALSE(Configuration{}.nearest_partner("ZZ", "X").found());

    auto const& globex = *c.partner("globex");
    EXPECT_EQ(globex.identifier(true)->id, "GLOBEXTEST");
    EXPECT_EQ(globex.identifier(false)->group(), "GLOBEX");
    EXPECT_TRUE(globex.identifiers[0].accepts_group("GWEST"));
    EXPECT_FALSE(globex.identifiers[0].accepts_group("ACME"));
    EXPECT_TRUE(globex.identifiers[1].accepts_group("ANY"));
    auto const& profile = *c.partner("acme");
    EXPECT_EQ(profile.inbound("810")->document, "invoice");
    EXPECT_FALSE(profile.inbound("850"));
    EXPECT_EQ(profile.outbound("purchase_order")->set, "850");
    EXPECT_FALSE(profile.outbound("invoice"));
    EXPECT_TRUE(c.target("wms")->takes("ship_notice"));
    EXPECT_FALSE(c.target("wms")->takes("invoice"));
    EXPECT_TRUE(c.target("erp")->takes("invoice"));
}

TEST(FileNames, AreFilledAndStayPlain) {
    FileNameParts const parts{.partner = "acme",
                              .identity = "us",
                              .set = "850",
                              .interchange = "000000042",
                              .group = "7",
                              .date = "20250602",
                              .time = "1403"};
    EXPECT_EQ(expand_file_name("{set}_{interchange}.edi", parts), "850_000000042.edi");
    EXPECT_EQ(expand_file_name("{partner}-{identity}-{group}-{date}{time}-{interchange}", parts),
              "acme-us-7-202506021403-000000042");
    EXPECT_EQ(expand_file_name("{other}{set", parts), "{other}{set");
    EXPECT_EQ(expand_file_name("{set}", {.set = "../x\ny"}), "_.._x_y") << "nothing hidden";
    EXPECT_EQ(expand_file_name("{document}-{number}-{sequence}", {.document = "invoice", .number = "R/1", .sequence = "000007"}),
              "invoice-R_1-000007");
    EXPECT_EQ(expand_file_name("", parts), "_");
    EXPECT_EQ(expand_file_name("..", parts), "_..");
    EXPECT_EQ(expand_file_name(std::string(500, 'x'), parts).size(), 255u);
}

TEST(Nearest, CountsSlipsOfTheFingers) {
    EXPECT_EQ(edit_distance("", ""), 0u);
    EXPECT_EQ(edit_distance("", "abc"), 3u);
    EXPECT_EQ(edit_distance("abc", ""), 3u);
    EXPECT_EQ(edit_distance("epr", "erp"), 1u);
    EXPECT_EQ(edit_distance("abcd", "abd"), 1u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
    EXPECT_EQ(nearest_word("chanel", {"name", "channel"}), "channel");
    EXPECT_EQ(nearest_word("weather", {"name", "channel"}), "");
    EXPECT_EQ(nearest_word("x", {}), "");
}

TEST(Secrets, Forms) {
    EXPECT_TRUE(Secret::parse("${env:A_1}", "."));
    EXPECT_TRUE(Secret::parse("${file:/run/secrets/x}", "."));
    for (auto const* const wrong : {"", "hunter2", "${env:}", "${env:1A}", "${env:A B}", "${file:}", "${ENV:A}",
                                    "x${env:A}", "${env:A}x", "${env:A", "$A", "${vault:x}"}) {
        auto const secret = Secret::parse(wrong, ".");
        ASSERT_FALSE(secret) << wrong;
        if (std::string(wrong).size() > 3) {
            EXPECT_THAT(secret.error().message, ::testing::Not(HasSubstr(wrong)));
        }
    }
    EXPECT_EQ(Secret().resolve(), "");
    ::setenv("WHARF_TEST_EMPTY", "", 1);
    EXPECT_FALSE(Secret::parse("${env:WHARF_TEST_EMPTY}", ".")->resolve());
    ::setenv("WHARF_TEST_EMPTY", "two\nlines", 1);
    EXPECT_FALSE(Secret::parse("${env:WHARF_TEST_EMPTY}", ".")->resolve());
    EXPECT_FALSE(Secret::parse("${file:/does/not/exist}", ".")->resolve());
}

TEST(ExampleConfiguration, LoadsWithoutErrors) {
    auto const loaded = load_configuration(WHARF_SOURCE_DIR);
    if (!loaded)
        for (auto const& finding : loaded.error())
            ADD_FAILURE() << finding.code << " " << finding.place.file << ":" << finding.place.line << " "
                          << finding.message;
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->partner("acme-supplies") && loaded->partner("globex"));
    EXPECT_TRUE(loaded->channel("acme-sftp") && loaded->channel("vans-folder"));
    ASSERT_EQ(loaded->warnings.size(), 2u) << "only the keys that nobody ships are missing";
    for (auto const& warning : loaded->warnings)
        EXPECT_EQ(warning.code, "PARTNER-0029");
    auto const& acme = *loaded->partner("acme-supplies");
    EXPECT_TRUE(acme.outbound("purchase_order"));
    for (auto const* const set : {"855", "856", "810"})
        EXPECT_TRUE(acme.inbound(set)) << set;
    EXPECT_EQ(loaded->partner("globex")->identifiers[0].qualifier, "01");
    EXPECT_FALSE(loaded->partner("globex")->duplicates.check_interchange_numbers);
    // What the gateway would load for them: maps, guides, tables.
    auto const knowledge = Knowledge::open(*loaded);
    if (!knowledge)
        for (auto const& finding : knowledge.error())
            ADD_FAILURE() << finding.code << " " << finding.place.file << ":" << finding.place.line << " " << finding.message;
    ASSERT_TRUE(knowledge);
    auto const* harbour = loaded->partner("harbour");
    ASSERT_TRUE(harbour);
    EXPECT_EQ((*knowledge)->inbound_guides(*harbour).size(), 1u);
    EXPECT_EQ((*knowledge)->guide(*harbour->outbound("ship_notice"))->name(), "harbour-856");
    EXPECT_EQ(harbour->outbound("ship_notice")->acknowledgment.expect_997_within, std::chrono::hours(1));
    EXPECT_EQ(harbour->identifier(false, "2026-05-01")->id, "6123450099");
    auto const* kessel = loaded->partner("kessel-drives");
    ASSERT_TRUE(kessel);
    std::string unit = "KRT";
    EXPECT_TRUE((*knowledge)->cross_references(*kessel)->at("units").to_ours(unit));
    EXPECT_EQ(unit, "case");
}

} // namespace
} // namespace wharf::partner
