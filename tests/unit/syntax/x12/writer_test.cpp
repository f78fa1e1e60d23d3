#include "syntax/x12/writer.hpp"

#include <gtest/gtest.h>

namespace wharf::x12 {
namespace {

InterchangeHeader header() {
    InterchangeHeader h;
    h.sender = {"ZZ", "SENDER", "SENDERGS"};
    h.receiver = {"01", "123456789", "RECEIVERGS"};
    h.date6 = "250602";
    h.date8 = "20250602";
    h.time4 = "1403";
    h.control_number = "901";
    return h;
}

OutSegment segment(std::string id, std::vector<std::string> elements) { return {std::move(id), std::move(elements)}; }

TEST(InterchangeWriter, writes_envelope_and_counts) {
    InterchangeWriter writer(header());
    writer.begin_group({"PO", "77", "X", "004010"});
    ASSERT_TRUE(writer.add_transaction_set("850", "0001", {segment("BEG", {"00", "SA", "4711", "", "20250602"}), segment("CTT", {"0", "", ""})}));
    ASSERT_TRUE(writer.add_transaction_set("850", "0002", {segment("BEG", {"00"})}));
    EXPECT_EQ(writer.finish(), "ISA*00*          *00*          *ZZ*SENDER         *01*123456789      *250602*1403*U*00401*000000901*0*P*>~"
                               "GS*PO*SENDERGS*RECEIVERGS*20250602*1403*77*X*004010~"
                               "ST*850*0001~BEG*00*SA*4711**20250602~CTT*0~SE*4*0001~"
                               "ST*850*0002~BEG*00~SE*3*0002~GE*2*77~IEA*1*000000901~");
}

TEST(InterchangeWriter, refuses_delimiters_in_data_and_writes_nothing_of_the_set) {
    InterchangeWriter writer(header());
    writer.begin_group({"PO", "77", "X", "004010"});
    auto const refused = writer.add_transaction_set("850", "0001", {segment("MSG", {"5*3"})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "MSG01 \"5*3\" holds '*', a delimiter of this interchange: remove it or choose other delimiters in the partner's profile");
    EXPECT_FALSE(writer.add_transaction_set("850", "0001", {segment("MSG", {"a\nb"})}));
    EXPECT_EQ(writer.finish().find("ST*"), std::string::npos);
}

TEST(InterchangeWriter, refuses_delimiters_in_the_envelope) {
    auto h = header();
    h.receiver.id = "SHOP*7";
    InterchangeWriter writer(h);
    writer.begin_group({"PO", "77", "X", "004010"});
    auto const refused = writer.add_transaction_set("850", "0001", {segment("BEG", {"00"})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "ISA08 \"SHOP*7\" holds '*', a delimiter of this interchange: remove it or choose other delimiters in the partner's profile");
    EXPECT_FALSE(writer.add_service_segment(segment("TA1", {"1"})));
    h = header();
    h.sender.group_id = "A~B";
    InterchangeWriter other(h);
    other.begin_group({"PO", "77", "X", "004010"});
    EXPECT_FALSE(other.add_transaction_set("850", "0001", {segment("BEG", {"00"})}));
    InterchangeWriter third(header());
    third.begin_group({"PO", "77", "X", "004010"});
    EXPECT_FALSE(third.add_transaction_set("850", "0~1", {segment("BEG", {"00"})}));
}

TEST(InterchangeWriter, service_segment_and_own_delimiters) {
    auto h = header();
    h.delimiters = {'|', ':', '\n', '^'};
    h.version = "00501";
    InterchangeWriter writer(h);
    ASSERT_TRUE(writer.add_service_segment(segment("TA1", {"000000901", "250602", "1403", "R", "023"})));
    auto const text = writer.finish();
    EXPECT_NE(text.find("|^|00501|"), std::string::npos);
    EXPECT_TRUE(text.ends_with("TA1|000000901|250602|1403|R|023\nIEA|0|000000901\n"));
}

TEST(OutSegment, set_grows) {
    OutSegment out{"N1", {}};
    out.set(4, "X");
    EXPECT_EQ(out.elements.size(), 4u);
    EXPECT_EQ(out.element(4), "X");
    EXPECT_EQ(out.element(9), "");
}

} // namespace
} // namespace wharf::x12
