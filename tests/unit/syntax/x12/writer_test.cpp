#include "syntax/x12/writer.hpp"

#include "syntax/x12/reader.hpp"

#include <gtest/gtest.h>
#include <random>

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

SetBody body_of(std::vector<std::vector<std::string_view>> segments, Delimiters const& delimiters = {}) {
    SetBody body(delimiters);
    for (auto& fields : segments)
        body.add(fields);
    return body;
}

TEST(SetBody, segments_stand_in_one_piece) {
    auto body = body_of({{"BEG", "00", "", "4711", "", ""}, {"CTT"}});
    EXPECT_EQ(body.bytes(), "BEG*00**4711~CTT~");
    EXPECT_EQ(body.segments(), 2u);
    EXPECT_EQ(body.last_id(), "CTT");
    auto const mark = body.mark();
    std::vector<std::string_view> fields{"SE", "4"};
    body.add(fields);
    EXPECT_EQ(body.last_id(), "SE");
    body.take_back(mark);
    EXPECT_EQ(body.bytes(), "BEG*00**4711~CTT~");
    EXPECT_EQ(body.last_id(), "CTT");
    ASSERT_EQ(body.cut().size(), 2u);
    EXPECT_EQ(body.cut()[0].elements, (std::vector<std::string>{"00", "", "4711"}));
    EXPECT_TRUE(body.cut()[1].elements.empty());
    EXPECT_EQ(SetBody().last_id(), "");
    EXPECT_TRUE(SetBody().cut().empty());
}

TEST(SetBody, elements_are_replaced_whole) {
    auto body = body_of({{"HL", "?", "x?", "?y"}, {"CTT", "1", "", "?"}, {"SUM", "?"}});
    auto empty = body;
    body.replace("?", "12");
    EXPECT_EQ(body.bytes(), "HL*12*x?*?y~CTT*1**12~SUM*12~");
    empty.replace("?", "");
    EXPECT_EQ(empty.bytes(), "HL**x?*?y~CTT*1~SUM~");
}

TEST(SetBody, is_written_as_its_segments_are) {
    auto const segments = {segment("MSG", {"plain"}), segment("N1", {"ST", "", "92", "1>2"})};
    for (auto const suffix : {"", "\r\n"}) {
        auto with = header();
        with.suffix = suffix;
        InterchangeWriter one(with), other(with);
        one.begin_group({"PO", "77", "X", "004010"});
        other.begin_group({"PO", "77", "X", "004010"});
        ASSERT_TRUE(one.add_transaction_set("850", "0001", segments, "X"));
        ASSERT_TRUE(other.add_transaction_set("850", "0001", body_of({{"MSG", "plain"}, {"N1", "ST", "", "92", "1>2"}}), "X"));
        EXPECT_EQ(one.finish(), other.finish());
    }
}

TEST(SetBody, of_other_delimiters_is_checked_like_segments) {
    Delimiters const neutral = without_data_characters({});
    EXPECT_NE(neutral.element, neutral.segment);
    EXPECT_NE(without_data_characters({'*', '\x1c', '~', '\x1d'}).element, '\x1c');
    EXPECT_NE(without_data_characters({'*', '\x1c', '~', '\x1d'}).segment, '\x1d');
    auto const body = body_of({{"MSG", "5*3", "", "a~b"}}, neutral);
    InterchangeWriter refusing(header());
    refusing.begin_group({"PO", "77", "X", "004010"});
    auto const refused = refusing.add_transaction_set("850", "0001", body);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("MSG01 \"5*3\" holds '*'"), std::string::npos) << refused.error().message;
    auto with = header();
    with.replacement = '-';
    InterchangeWriter replacing(with);
    replacing.begin_group({"PO", "77", "X", "004010"});
    ASSERT_TRUE(replacing.add_transaction_set("850", "0001", body));
    EXPECT_EQ(replacing.replaced(), 2u);
    EXPECT_NE(replacing.finish().find("ST*850*0001~MSG*5-3**a-b~SE*3*0001~"), std::string::npos);
    auto components = neutral;
    components.component = ':';
    EXPECT_FALSE(refusing.add_transaction_set("850", "0001", body_of({{"MSG", "a"}}, components)));
}

TEST(OutSegment, set_grows) {
    OutSegment out{"N1", {}};
    out.set(4, "X");
    EXPECT_EQ(out.elements.size(), 4u);
    EXPECT_EQ(out.element(4), "X");
    EXPECT_EQ(out.element(9), "");
}

/// The sets of a file written anew into one group.
Result<std::string> rewritten(std::string const& text, InterchangeHeader const& h) {
    InterchangeWriter writer(h);
    writer.begin_group({"PO", "77", "X", "004010"});
    Reader reader(text, "t");
    while (reader.next())
        if (reader.part().kind == PartKind::transaction_set)
            if (auto ok = writer.add_transaction_set(reader.part().segments); !ok)
                return std::unexpected(ok.error());
    return writer.finish();
}

std::string interchange_of(std::string const& sets, std::size_t count) {
    return "ISA*00*          *00*          *ZZ*SENDER         *01*123456789      *250602*1403*U*00401*000000901*0*P*>~"
           "GS*PO*SENDERGS*RECEIVERGS*20250602*1403*77*X*004010~" +
           sets + "GE*" + std::to_string(count) + "*77~IEA*1*000000901~";
}

TEST(InterchangeWriter, sets_as_they_were_read) {
    auto const text = interchange_of("ST*850*0001~BEG*00*SA*4711**20250602~REF*IA*1**DP>10~SE*4*0001~", 1);
    EXPECT_EQ(*rewritten(text, header()), text);
    auto const ends = interchange_of("ST*850*0001~BEG*00*SA***~SE*7*0009~", 1);
    EXPECT_NE(rewritten(ends, header())->find("ST*850*0001~BEG*00*SA~SE*3*0001~GE*1*77~"), std::string::npos) << "counts and numbers are right again";
}

InterchangeHeader other_header() {
    auto other = header();
    other.delimiters = {'|', '+', '\'', '\0'};
    return other;
}

TEST(InterchangeWriter, other_delimiters) {
    auto const text = interchange_of("ST*850*0001~REF*IA*1**DP>10~SE*3*0001~", 1);
    auto const there = rewritten(text, other_header());
    ASSERT_TRUE(there);
    EXPECT_NE(there->find("ST|850|0001'REF|IA|1||DP+10'SE|3|0001'"), std::string::npos) << *there;
    EXPECT_EQ(*rewritten(*there, header()), text) << "and back";
}

TEST(InterchangeWriter, separators_of_the_new_interchange_in_data) {
    auto const text = interchange_of("ST*850*0001~MSG*it's a | b~SE*3*0001~", 1);
    auto other = other_header();
    auto const refused = rewritten(text, other);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message.starts_with("MSG01 \"it's a | b\" of segment 2 holds '\''")) << refused.error().message;
    other.replacement = ' ';
    EXPECT_NE(rewritten(text, other)->find("MSG|it s a   b'"), std::string::npos);
    other.replacement = '+';
    EXPECT_FALSE(rewritten(text, other)) << "a separator cannot replace one";
}

TEST(InterchangeWriter, replaces_by_policy) {
    auto h = header();
    h.replacement = ' ';
    InterchangeWriter writer(h);
    writer.begin_group({"PO", "77", "X", "004010"});
    ASSERT_TRUE(writer.add_transaction_set("850", "0001", {segment("MSG", {"5*3~\n.", "a>b"})}));
    EXPECT_EQ(writer.replaced(), 3U);
    EXPECT_NE(writer.finish().find("MSG*5 3  .*a>b~"), std::string::npos) << "component separators are the caller's";
}

TEST(InterchangeWriter, suffixes_and_repetition) {
    auto h = header();
    h.delimiters.repetition = '^';
    h.version = "00501";
    h.suffix = "\r\n";
    InterchangeWriter writer(h);
    writer.begin_group({"PO", "77", "X", "005010"});
    ASSERT_TRUE(writer.add_transaction_set("850", "0001", {segment("MSG", {"x"})}));
    EXPECT_FALSE(writer.add_transaction_set("850", "0002", {segment("MSG", {"a^b"})}));
    auto const text = writer.finish();
    EXPECT_NE(text.find("*1403*^*00501*"), std::string::npos);
    EXPECT_NE(text.find("~\r\nST*850*0001~\r\nMSG*x~\r\nSE*3*0001~\r\nGE*1*77~\r\nIEA*1*000000901~\r\n"), std::string::npos);
}

TEST(InterchangeWriter, groups_and_their_counts) {
    InterchangeWriter writer(header());
    for (auto const* number : {"1", "2", "3"}) {
        writer.begin_group({"PO", number, "X", "004010"});
        for (int i = 0; i < 2; ++i)
            ASSERT_TRUE(writer.add_transaction_set("850", "0001", {segment("CTT", {"0"})}));
    }
    auto text = writer.take();
    EXPECT_TRUE(text.starts_with("ISA*"));
    text += writer.finish();
    EXPECT_TRUE(text.ends_with("GE*2*2~GS*PO*SENDERGS*RECEIVERGS*20250602*1403*3*X*004010~ST*850*0001~CTT*0~SE*3*0001~ST*850*0001~CTT*0~SE*3*0001~"
                               "GE*2*3~IEA*3*000000901~"))
        << text;
}

TEST(InterchangeWriter, fields_of_the_isa_have_a_width) {
    auto h = header();
    h.sender.id = "SIXTEENLETTERSXX";
    InterchangeWriter writer(h);
    auto const refused = writer.add_service_segment(segment("TA1", {"1"}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "ISA06 \"SIXTEENLETTERSXX\" has 16 characters; the field holds 15");
}

TEST(InterchangeWriter, nothing_that_is_no_set) {
    InterchangeWriter writer(header());
    writer.begin_group({"PO", "77", "X", "004010"});
    EXPECT_FALSE(writer.add_transaction_set(SegmentList()));
    EXPECT_EQ(writer.finish().find("ST*"), std::string::npos);
}

/// Property: what is read is written back byte for byte; written anew, with other delimiters and back, it reads the same.
TEST(InterchangeWriter, random_interchanges_survive) {
    std::mt19937 random(11);
    for (unsigned round = 0; round < 400; ++round) {
        std::string sets;
        auto const count = 1 + random() % 3;
        for (unsigned set = 0; set < count; ++set) {
            auto const segments = random() % 8;
            sets += "ST*850*" + std::to_string(set + 1) + "~";
            for (unsigned i = 0; i < segments; ++i) {
                sets += "REF";
                for (auto elements = 1 + random() % 6; elements > 0; --elements) {
                    sets += '*';
                    for (auto length = random() % 20; length > 0; --length)
                        sets += "ABCDEF0123456789>. -"[random() % 20];
                }
                sets += random() % 4 == 0 ? "*X~\r\n" : "*X~";
            }
            sets += "SE*" + std::to_string(segments + 2) + "*" + std::to_string(set + 1) + "~";
        }
        auto const text = interchange_of(sets, count);
        std::string back;
        Reader reader(text, "t");
        std::uint64_t end = 0;
        while (reader.next()) {
            back += text.substr(end, reader.part().offset - end);
            write_back(reader.part(), text, back);
            end = reader.part().offset + reader.part().length;
        }
        ASSERT_EQ(back + text.substr(end), text);
        std::string plain;
        for (char const c : text)
            if (c != '\r' && c != '\n')
                plain += c;
        auto const there = rewritten(text, other_header());
        ASSERT_TRUE(there) << there.error().message;
        ASSERT_EQ(*rewritten(*there, header()), plain);
        ASSERT_EQ(*rewritten(text, header()), plain);
    }
}

} // namespace
} // namespace wharf::x12
