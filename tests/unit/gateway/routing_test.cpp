#include "gateway/routing.hpp"

#include <gtest/gtest.h>

namespace wharf::gateway {
namespace {

partner::Configuration mailbox() {
    partner::Configuration configuration;
    configuration.gateway.identities.push_back({"us", "ZZ", "WHARFCO", "", partner::IdentifierUsage::both});
    partner::PartnerProfile acme;
    acme.id = "acme";
    acme.identifiers.push_back({"ZZ", "ACME", {"ACMEGS"}, partner::IdentifierUsage::both});
    partner::PartnerProfile bolt;
    bolt.id = "bolt";
    bolt.identifiers.push_back({"01", "123456789", {}, partner::IdentifierUsage::production});
    configuration.partners = {acme, bolt};
    partner::Channel channel;
    channel.name = "van";
    channel.senders = {"acme"};
    configuration.channels = {channel};
    partner::Target erp;
    erp.name = "erp";
    erp.production = true;
    partner::Target trial;
    trial.name = "trial";
    trial.production = false;
    partner::Target wms;
    wms.name = "wms";
    wms.production = true;
    wms.documents = {"ship_notice"};
    configuration.gateway.targets = {erp, trial, wms};
    return configuration;
}

EnvelopeIdentity from_acme() {
    EnvelopeIdentity envelope;
    envelope.sender_qualifier = "ZZ";
    envelope.sender_id = "ACME";
    envelope.receiver_qualifier = "ZZ";
    envelope.receiver_id = "WHARFCO";
    envelope.group_senders = {"ACMEGS"};
    return envelope;
}

TEST(Route, KnownSenderAndReceiver) {
    auto const configuration = mailbox();
    auto const found = route(configuration, configuration.channels[0], from_acme());
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found.partner->id, "acme");
    EXPECT_EQ(found.identity->name, "us");
}

TEST(Route, UnknownSenderNamesTheNearest) {
    auto const configuration = mailbox();
    auto envelope = from_acme();
    envelope.sender_id = "ACMEE";
    auto const found = route(configuration, configuration.channels[0], envelope);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.refusal->code, "GATEWAY-0010");
    EXPECT_NE(found.refusal->message.find("ZZ:ACME "), std::string::npos) << found.refusal->message;
}

TEST(Route, APartnerNotAllowedOnTheChannelIsUnknownThere) {
    auto const configuration = mailbox();
    auto envelope = from_acme();
    envelope.sender_qualifier = "01";
    envelope.sender_id = "123456789";
    auto const found = route(configuration, configuration.channels[0], envelope);
    ASSERT_FALSE(found.ok());
    EXPECT_NE(found.refusal->message.find("may not send on channel van"), std::string::npos) << found.refusal->message;
}

TEST(Route, UsageBelongsToTheIdentifier) {
    auto configuration = mailbox();
    configuration.channels[0].senders.push_back("bolt");
    auto envelope = from_acme();
    envelope.sender_qualifier = "01";
    envelope.sender_id = "123456789";
    envelope.group_senders = {"ANY"};
    EXPECT_TRUE(route(configuration, configuration.channels[0], envelope).ok());
    envelope.test = true;
    EXPECT_FALSE(route(configuration, configuration.channels[0], envelope).ok());
}

TEST(Route, UnknownReceiver) {
    auto const configuration = mailbox();
    auto envelope = from_acme();
    envelope.receiver_id = "WHARFCQ";
    auto const found = route(configuration, configuration.channels[0], envelope);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.refusal->code, "GATEWAY-0011");
}

TEST(Route, UnknownGroupSender) {
    auto const configuration = mailbox();
    auto envelope = from_acme();
    envelope.group_senders = {"ACMEGS", "DIVISION9"};
    auto const found = route(configuration, configuration.channels[0], envelope);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.refusal->code, "GATEWAY-0012");
}

TEST(Targets, TestNeverReachesProductionWhateverTheProfileSays) {
    auto const configuration = mailbox();
    partner::DocumentAgreement agreement;
    agreement.document = "invoice";
    agreement.targets = {"erp", "wms", "trial", "gone"};
    agreement.test_targets = {"trial", "erp"};
    auto const production = targets_of(configuration, agreement, false);
    ASSERT_EQ(production.size(), 1U); // wms takes no invoices, trial is not production
    EXPECT_EQ(production[0]->name, "erp");
    auto const test = targets_of(configuration, agreement, true);
    ASSERT_EQ(test.size(), 1U);
    EXPECT_EQ(test[0]->name, "trial");
}

} // namespace
} // namespace wharf::gateway
