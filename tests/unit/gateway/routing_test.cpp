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

// --- files without an envelope ---------------------------------------------------------------------------------------

partner::DocumentAgreement files_of(std::string document, std::vector<std::string> files) {
    partner::DocumentAgreement agreement;
    agreement.document = std::move(document);
    agreement.format = partner::DocumentFormat::csv;
    agreement.files = std::move(files);
    return agreement;
}

partner::Configuration csv_mailbox() {
    auto configuration = mailbox();
    configuration.partners[0].identity = "us";
    configuration.partners[0].documents = {files_of("invoice", {"INV_*.csv"}), files_of("purchase_order", {"*.csv", "*.txt"})};
    return configuration;
}

TEST(RouteFile, TheNameTellsTheDocument) {
    auto const configuration = csv_mailbox();
    auto const& channel = configuration.channels[0];
    auto const invoice = route_file(configuration, channel, "INV_1.csv");
    ASSERT_TRUE(invoice && invoice->route.ok());
    EXPECT_EQ(invoice->route.partner->id, "acme");
    EXPECT_EQ(invoice->route.identity->name, "us");
    EXPECT_EQ(invoice->agreement->document, "invoice") << "the more exact pattern counts";
    EXPECT_FALSE(invoice->test);
    auto const order = route_file(configuration, channel, "PO.txt");
    ASSERT_TRUE(order && order->route.ok());
    EXPECT_EQ(order->agreement->document, "purchase_order");
}

TEST(RouteFile, NobodySendsFilesHere) {
    auto configuration = csv_mailbox();
    EXPECT_FALSE(route_file(mailbox(), mailbox().channels[0], "INV_1.csv"));
    configuration.channels[0].senders = {"bolt"};
    EXPECT_FALSE(route_file(configuration, configuration.channels[0], "INV_1.csv"));
}

TEST(RouteFile, ANameNobodyKnows) {
    auto const configuration = csv_mailbox();
    auto const found = route_file(configuration, configuration.channels[0], "INV_1.xml");
    ASSERT_TRUE(found);
    ASSERT_FALSE(found->route.ok());
    EXPECT_EQ(found->route.refusal->code, "GATEWAY-0014");
    EXPECT_NE(found->route.refusal->help.find("invoice of acme (INV_*.csv)"), std::string::npos) << found->route.refusal->help;
    EXPECT_EQ(found->route.partner, nullptr);
}

TEST(RouteFile, TwoThatFitAlike) {
    auto configuration = csv_mailbox();
    configuration.channels[0].senders.push_back("bolt");
    configuration.partners[1].documents = {files_of("ship_notice", {"I*V_.csv", "?NV_*.csv", "*INV_.csv"})};
    auto const found = route_file(configuration, configuration.channels[0], "INV_.csv");
    ASSERT_TRUE(found);
    ASSERT_FALSE(found->route.ok());
    EXPECT_EQ(found->route.refusal->code, "GATEWAY-0015");
}

TEST(RouteFile, TestsByEntryByChannelAndByStatus) {
    auto configuration = csv_mailbox();
    auto& entries = configuration.partners[0].documents;
    entries = {files_of("invoice", {}), files_of("invoice", {"TEST_*"})};
    entries[0].usage = partner::DocumentUsage::production;
    entries[1].usage = partner::DocumentUsage::test;
    auto& channel = configuration.channels[0];
    auto const usage = [&](char const* name) {
        auto const found = route_file(configuration, channel, name);
        return found && found->route.ok() ? std::optional(found->test) : std::nullopt;
    };
    EXPECT_EQ(usage("a.csv"), std::optional(false));
    EXPECT_EQ(usage("TEST_a.csv"), std::optional(true));
    channel.test = true;
    EXPECT_EQ(usage("TEST_a.csv"), std::optional(true));
    EXPECT_EQ(usage("a.csv"), std::nullopt) << "production alone, on a channel for tests";
    channel.test = false;
    configuration.partners[0].status = partner::PartnerStatus::testing;
    EXPECT_EQ(usage("TEST_a.csv"), std::optional(true));
    EXPECT_EQ(usage("a.csv"), std::nullopt);
    configuration.partners[0].status = partner::PartnerStatus::suspended;
    EXPECT_EQ(route_file(configuration, channel, "a.csv")->route.refusal->code, "GATEWAY-0013");
}

TEST(RouteFile, AnEnvelopeComesBeforeTheName) {
    EXPECT_TRUE(begins_like_x12("ISA*00*"));
    EXPECT_TRUE(begins_like_x12("\xEF\xBB\xBF\r\nISA|00|"));
    EXPECT_TRUE(begins_like_x12("ISA*0")) << "cut off";
    EXPECT_FALSE(begins_like_x12("ISA Number;Date\n"));
    EXPECT_FALSE(begins_like_x12("ISA;12;1;4711;EA;9.99"));
    EXPECT_FALSE(begins_like_x12("PO Number,Date\n"));
    EXPECT_FALSE(begins_like_x12(" \n"));
    EXPECT_FALSE(begins_like_x12(""));
}

} // namespace
} // namespace wharf::gateway
