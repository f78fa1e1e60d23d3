// Defaults, templates, the partner's file, and what is said of one document.

#include "unit/partner/configuration_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace wharf::partner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Layers : public ConfigurationTest {
protected:
    /// "value place", the place counted from the test's folder.
    [[nodiscard]] std::string said(Configuration const& configuration, std::string_view path) const {
        auto const& values = configuration.partners[0].effective;
        auto const found = std::ranges::find(values, path, &EffectiveValue::path);
        if (found == values.end()) return "(no such path)";
        auto source = found->source;
        if (auto const prefix = folder.string() + "/"; source.starts_with(prefix)) source.erase(0, prefix.size());
        return found->value + " " + source;
    }
    [[nodiscard]] static bool is_inherited(Configuration const& configuration, std::string_view path) {
        auto const& values = configuration.partners[0].effective;
        auto const found = std::ranges::find(values, path, &EffectiveValue::path);
        return found != values.end() && found->inherited;
    }

    std::string const retailer = R"(roles: [buyer]
envelope:
  release: 004010VICS
  segment_terminator: "'"
documents:
  - set: 850
    direction: inbound
    translator: x12/850
  - set: 855
    direction: outbound
  - set: 856
    direction: outbound
    acknowledgment: {expect_997_within: 30m}
)";
};

TEST_F(Layers, FourOfThem) {
    write("wharf.yaml", gateway + "partner_defaults:\n  envelope:\n    line_breaks: yes\n    agency: T\n");
    write("templates/retailer.yaml", retailer);
    write("partners/acme/profile.yaml", R"(name: ACME
template: retailer
identifiers:
  - {qualifier: ZZ, id: ACME}
channel: box
envelope:
  agency: X
documents:
  - set: 856
    direction: outbound
    envelope:
      release: 005010
      version: 00501
      repetition_separator: "^"
  - document: purchase_order
    direction: inbound
    targets: [erp]
)");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    auto const& profile = loaded->partners[0];
    EXPECT_EQ(profile.envelope.release, "004010VICS");
    EXPECT_THAT(profile.roles, ElementsAre("buyer"));
    // entries of one set and direction are one document, in the order in which they first stand
    ASSERT_EQ(profile.documents.size(), 3u);
    auto const& order = profile.documents[0];
    EXPECT_EQ(order.set, "850");
    EXPECT_EQ(order.translator, "x12/850");
    EXPECT_THAT(order.targets, ElementsAre("erp"));
    auto const& notice = profile.documents[2];
    EXPECT_EQ(notice.envelope.release, "005010");
    EXPECT_EQ(notice.envelope.segment_terminator, '\'') << "what the document does not say, the profile says";
    EXPECT_EQ(notice.acknowledgment.expect_997_within, std::chrono::minutes(30));
    EXPECT_EQ(profile.documents[1].acknowledgment.expect_997_within, std::chrono::hours(4));
    EXPECT_EQ(notice.channel, "box");

    EXPECT_EQ(said(*loaded, "envelope.line_breaks"), "yes wharf.yaml:20 (partner_defaults)");
    EXPECT_EQ(said(*loaded, "envelope.release"), "004010VICS templates/retailer.yaml:3 (template retailer)");
    EXPECT_EQ(said(*loaded, "envelope.agency"), "X partners/acme/profile.yaml:7");
    EXPECT_EQ(said(*loaded, "envelope.version"), "00401 default");
    EXPECT_EQ(said(*loaded, "documents[0].translator"), "x12/850 templates/retailer.yaml:8 (template retailer)");
    EXPECT_EQ(said(*loaded, "documents[0].targets"), "erp partners/acme/profile.yaml:17");
    EXPECT_EQ(said(*loaded, "documents[2].envelope.release"), "005010 partners/acme/profile.yaml:12");
    EXPECT_EQ(said(*loaded, "documents[2].acknowledgment.expect_997_within"), "30m templates/retailer.yaml:13 (template retailer)");
    EXPECT_FALSE(is_inherited(*loaded, "documents[2].envelope.release"));
    EXPECT_TRUE(is_inherited(*loaded, "documents[2].envelope.segment_terminator"));
    EXPECT_FALSE(is_inherited(*loaded, "documents[2].set"));

    auto const text = explain(profile.effective);
    EXPECT_THAT(text, HasSubstr("documents[2].envelope.release "));
    EXPECT_THAT(text, ::testing::Not(HasSubstr("documents[2].envelope.segment_terminator ")));
    EXPECT_THAT(explain(values_below(profile.effective, "856 outbound.envelope")), HasSubstr("documents[2].envelope.segment_terminator"));
    EXPECT_EQ(values_below(profile.effective, "envelope.release").size(), 1u);
    EXPECT_EQ(values_below(profile.effective, "envelop").size(), 0u);
    EXPECT_EQ(load_configuration(folder, SecretCheck::form, Sources::drop)->partners[0].effective.size(), 0u);
}

TEST_F(Layers, ATemplateStartsFromAnother) {
    write("templates/retailer.yaml", retailer);
    write("templates/grocer.yaml", "template: retailer\nenvelope:\n  segment_terminator: '~'\n");
    write("partners/acme/profile.yaml", "template: grocer\nname: ACME\nidentifiers:\n  - {qualifier: ZZ, id: ACME}\nchannel: box\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    EXPECT_EQ(loaded->partners[0].envelope.segment_terminator, '~');
    EXPECT_EQ(loaded->partners[0].envelope.release, "004010VICS");
    EXPECT_EQ(loaded->partners[0].documents.size(), 3u);
}

TEST_F(Layers, TemplatesThatCannotBe) {
    write("templates/retailer.yaml", retailer);
    write("templates/a.yaml", "template: b\n");
    write("templates/b.yaml", "template: a\n");
    auto const with = [&](std::string const& name) {
        write("partners/acme/profile.yaml", acme + "template: " + name + "\n");
        return findings();
    };
    EXPECT_THAT(with("retailr"), HasSubstr("PARTNER-0034 partners/acme/profile.yaml:13:11 there is no template 'retailr' | did you mean 'retailer'?\n"));
    EXPECT_THAT(with("a"), HasSubstr("PARTNER-0034 templates/b.yaml:1:11 the templates start from each other: a, b, a"));
    EXPECT_THAT(with("../x"), HasSubstr("PARTNER-0007"));
}

TEST_F(Layers, FaultsOfATemplateAreToldOnce) {
    write("templates/retailer.yaml", "name: nobody\nenvelope: {weather: fine}\ndocuments:\n  - {set: 850, direction: sideways}\n");
    write("partners/acme/profile.yaml", acme + "template: retailer\n");
    write("partners/beta/profile.yaml",
          "template: retailer\nname: Beta\nidentifiers:\n  - {qualifier: ZZ, id: BETA}\nchannel: box\n");
    auto const text = findings();
    auto const count = [&](std::string_view what) {
        std::size_t found = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
            ++found;
        return found;
    };
    EXPECT_EQ(count("a template has no setting 'name'"), 1u) << text;
    EXPECT_EQ(count("envelope has no setting 'weather'"), 1u) << text;
    EXPECT_EQ(count("documents[0].direction is 'sideways'"), 1u) << text;
}

TEST_F(Layers, WhatAnEntryLacksInAllLayers) {
    write("templates/retailer.yaml", "documents:\n  - {set: 850}\n");
    write("partners/acme/profile.yaml", "template: retailer\nname: ACME\nidentifiers:\n  - {qualifier: ZZ, id: ACME}\nchannel: box\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0006 templates/retailer.yaml:2:5 a document needs 'direction'"));
}

TEST_F(Layers, TwoEntriesOfOneLayerStayTwo) {
    write("partners/acme/profile.yaml", acme + "  - set: 810\n    direction: inbound\n    targets: [erp]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0017"));
}

TEST_F(Layers, WhatIsOfAnInterchangeIsNotOfADocument) {
    write("partners/acme/profile.yaml", acme + "    acknowledgment: {ta1: always}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0003 partners/acme/profile.yaml:13:22 acknowledgment has no setting 'ta1'"));
}

// --- identifiers and days

TEST_F(Layers, IdentifiersHoldForATime) {
    spoil_acme("    id: ACME\n", "    id: ACME\n    until: 2026-06-30\n  - qualifier: ZZ\n    id: ACMENEW\n    from: 2026-06-15\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    auto const& c = *loaded;
    EXPECT_TRUE(c.find_partner("ZZ", "ACME", false, "2026-06-30"));
    EXPECT_FALSE(c.find_partner("ZZ", "ACME", false, "2026-07-01"));
    EXPECT_TRUE(c.find_partner("ZZ", "ACME", false)) << "no day asks for no time";
    EXPECT_FALSE(c.find_partner("ZZ", "ACMENEW", false, "2026-06-14"));
    EXPECT_TRUE(c.find_partner("ZZ", "ACMENEW", false, "2026-06-15"));
    EXPECT_EQ(c.partners[0].identifier(false, "2026-07-01")->id, "ACMENEW");
}

TEST_F(Layers, DaysAreLookedAt) {
    spoil_acme("    id: ACME\n", "    id: ACME\n    from: 2026-02-30\n");
    EXPECT_THAT(findings(), HasSubstr("a day is written as 2026-01-31"));
    spoil_acme("    id: ACME\n", "    id: ACME\n    from: 2026-03-01\n    until: 2026-02-01\n");
    EXPECT_THAT(findings(), HasSubstr("it ends on 2026-02-01 and begins on 2026-03-01"));
}

TEST_F(Layers, OneIdentifierMayMoveToAnotherPartner) {
    spoil_acme("    id: ACME\n", "    id: ACME\n    until: 2026-06-30\n");
    std::string const beta = "name: Beta\nacknowledgment: {send_997: no, ta1: never}\nidentifiers:\n  - {qualifier: ZZ, id: ACME, from: ";
    write("partners/beta/profile.yaml", beta + "2026-07-01}\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    EXPECT_EQ(loaded->find_partner("ZZ", "ACME", false, "2026-07-02")->id, "beta");
    write("partners/beta/profile.yaml", beta + "2026-06-30}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0016"));
}

TEST_F(Layers, ADocumentMayLeaveByAnotherChannel) {
    write("partners/acme/profile.yaml", acme + "  - {set: 855, direction: outbound, channel: bx}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0012 partners/acme/profile.yaml:13:46 there is no channel 'bx' | did you mean 'box'?"));
}

TEST_F(Layers, WhatReplacesASeparator) {
    write("partners/acme/profile.yaml", acme + "envelope: {replacement: '*'}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0023"));
    write("partners/acme/profile.yaml", acme + "envelope: {replacement: ' '}\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    EXPECT_EQ(loaded->partners[0].documents[0].envelope.replacement, ' ');
}

} // namespace
} // namespace wharf::partner
