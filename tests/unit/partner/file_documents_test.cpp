// Documents whose format is not X12.

#include "unit/partner/configuration_fixture.hpp"

#include "partner/knowledge.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class FileDocuments : public ConfigurationTest {
protected:
    /// A partner beside acme, without identifiers.
    void beta(std::string const& documents, std::string const& more = "") {
        write("partners/beta/profile.yaml", "name: Beta\nchannel: box\n" + more + "documents:\n" + documents);
        write("channels/box.yaml", box.substr(0, box.find("senders")) + "senders: [acme, beta]\n");
    }
    static constexpr auto orders_in = "  - {format: csv, document: purchase_order, direction: inbound, targets: [erp], files: [\"PO_*.csv\"]}\n";
    static constexpr auto orders_out = "  - {format: csv, document: purchase_order, direction: outbound}\n";
};

TEST_F(FileDocuments, NeedNoIdentifierAndNoAcknowledgment) {
    beta(std::string(orders_in) + orders_out);
    EXPECT_EQ(findings(), "");
    auto const loaded = load();
    ASSERT_TRUE(loaded);
    auto const& profile = *loaded->partner("beta");
    ASSERT_EQ(profile.documents.size(), 2u);
    auto const& in = profile.documents[0];
    EXPECT_FALSE(in.is_x12());
    EXPECT_THAT(in.files, ElementsAre("PO_*.csv"));
    EXPECT_EQ(in.file_translator(), "csv/purchase_order");
    EXPECT_EQ(profile.inbound("850"), nullptr) << "no interchange brings it";
    EXPECT_EQ(profile.outbound("purchase_order"), &profile.documents[1]);
    EXPECT_EQ(profile.documents[1].file_name, "{document}_{sequence}.csv");
    auto const knowledge = Knowledge::open(*loaded);
    ASSERT_TRUE(knowledge);
    ASSERT_NE((*knowledge)->file_translator(in), nullptr);
    EXPECT_EQ((*knowledge)->file_translator(in)->document_kind(), "purchase_order");
    EXPECT_EQ((*knowledge)->functional_id(in), "");
}

TEST_F(FileDocuments, StandBesideTheSameDocumentInX12) {
    beta("  - {set: 850, direction: inbound, targets: [erp]}\n" + std::string(orders_in),
         "identifiers: [{qualifier: ZZ, id: BETA}]\n");
    EXPECT_EQ(findings(), "");
    auto const loaded = load();
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->partner("beta")->inbound("850")->is_x12());
    beta("  - {set: 850, direction: outbound}\n" + std::string(orders_out), "identifiers: [{qualifier: ZZ, id: BETA}]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0017 partners/beta/profile.yaml:6:5 outbound 850 stands a second time"));
}

TEST_F(FileDocuments, TestsAndProductionGoOutApart) {
    write("channels/trial.yaml", "transport: folder\nfolder: {root: data/trial}\npickup: {outbox: out}\n");
    beta("  - {format: csv, document: purchase_order, direction: outbound, usage: production}\n"
         "  - {format: csv, document: purchase_order, direction: outbound, usage: test, channel: trial}\n");
    EXPECT_EQ(findings(), "");
    auto const loaded = load();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->partner("beta")->outbound("purchase_order", false)->channel, "box");
    EXPECT_EQ(loaded->partner("beta")->outbound("purchase_order", true)->channel, "trial");
}

TEST_F(FileDocuments, SettingsOfX12MeanNothing) {
    auto const in = [](std::string const& more) {
        return "  - {format: csv, document: purchase_order, direction: inbound, targets: [erp], " + more + "}\n";
    };
    beta(in("guide: beta-850"));
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 partners/beta/profile.yaml:4:88 a guide is for X12; this document is csv"));
    beta(in("release: 004010"));
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021"));
    beta("  - {format: csv, document: purchase_order, direction: outbound, file_name: \"po_{interchange}.csv\"}\n");
    EXPECT_THAT(findings(), HasSubstr("the file name has {interchange}, and a csv file has no such number"));
    beta("  - {format: csv, document: purchase_order, direction: outbound, files: [\"*.csv\"]}\n");
    EXPECT_THAT(findings(), HasSubstr("'files' is of what comes in"));
    spoil_acme("    targets: [erp]\n", "    targets: [erp]\n    files: [a]\n");
    beta(orders_in);
    EXPECT_THAT(findings(), HasSubstr("'files' means nothing for X12"));
}

TEST_F(FileDocuments, TwoOfOneNameOnOneChannelAreRefused) {
    beta(std::string(orders_in) + "  - {format: csv, document: invoice, direction: inbound, targets: [erp], files: [\"x\", \"PO_*.csv\"]}\n");
    EXPECT_THAT(findings(), StartsWith("PARTNER-0036 channels/box.yaml:7:10 files called PO_*.csv on channel 'box' may be purchase_order "
                                       "of beta or invoice of beta"));
    write("partners/gamma/profile.yaml", "name: Gamma\ndocuments:\n  - {format: json, document: invoice, direction: inbound, targets: [erp]}\n");
    beta("  - {format: csv, document: invoice, direction: inbound, targets: [erp]}\n");
    write("channels/box.yaml", box.substr(0, box.find("senders")) + "senders: [acme, beta, gamma]\n");
    EXPECT_THAT(findings(), HasSubstr("files called * on channel 'box' may be invoice of beta or invoice of gamma"));
}

TEST_F(FileDocuments, TheMapMustFit) {
    auto const faults = [&](std::string const& entry) {
        beta("  - {" + entry + ", direction: inbound, targets: [erp]}\n");
        auto const loaded = load();
        if (!loaded) return "not loaded: " + findings();
        auto const knowledge = Knowledge::open(*loaded);
        return knowledge ? std::string() : knowledge.error().front().code + " " + knowledge.error().front().message;
    };
    EXPECT_EQ(faults("format: csv, document: purchase_order"), "");
    EXPECT_EQ(faults("format: csv, document: purchase_order, translator: beta/orders"),
              "GATEWAY-0050 partner beta, inbound purchase_order as csv: there is no translator beta/orders");
    EXPECT_EQ(faults("format: csv, document: purchase_order, translator: cxml/order_request"),
              "GATEWAY-0050 partner beta, inbound purchase_order as csv: translator cxml/order_request is for xml");
    EXPECT_EQ(faults("format: xml, document: invoice, translator: cxml/order_request"),
              "GATEWAY-0050 partner beta, inbound invoice as xml: translator cxml/order_request makes purchase_order");
}

TEST_F(FileDocuments, AChannelForTests) {
    write("channels/box.yaml", box + "test: yes\n");
    EXPECT_EQ(findings(), "");
    auto const loaded = load();
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->channel("box")->test);
}

} // namespace
} // namespace wharf::partner
