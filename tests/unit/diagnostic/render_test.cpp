#include "diagnostic/render.hpp"

#include <gtest/gtest.h>

namespace wharf {
namespace {

/// N103 without N104, as lint reports it.
Diagnostic note_finding() {
    Diagnostic finding;
    finding.code = "X12-0312";
    finding.message = "N104 is required when N103 is present";
    finding.help = "Give the identification code in N104, or leave out N103.";
    finding.place.file = "inbox/po_4711.x12";
    finding.place.has_offset = true;
    finding.place.offset = 412 + 21;
    finding.place.length = 2;
    finding.place.interchange = "000000901";
    finding.place.group = "1";
    finding.place.transaction = "0001";
    finding.place.transaction_set = "850";
    finding.place.segment_id = "N1";
    finding.place.segment_position = 7;
    finding.place.element = 3;
    finding.place.path = "850/N1/N103";
    finding.value = "92";
    finding.excerpt = "N1*ST*ACME WAREHOUSE*92";
    finding.excerpt_offset = 21;
    return finding;
}

TEST(RenderText, LikeACompiler) {
    EXPECT_EQ(render_text({note_finding()}),
              "error[X12-0312]: N104 is required when N103 is present\n"
              "  --> inbox/po_4711.x12  interchange 000000901, group 1, set 0001 (850), segment 7 (byte 433)\n"
              "   |\n"
              " 7 | N1*ST*ACME WAREHOUSE*92\n"
              "   |                      ^^\n"
              "   = help: Give the identification code in N104, or leave out N103.\n"
              "   = more: wharf explain X12-0312\n");
}

TEST(RenderText, NothingForNothing) {
    EXPECT_EQ(render_text({}), "");
}

TEST(RenderText, RelatedPlaceInTheSameSegmentIsUnderlinedToo) {
    auto finding = note_finding();
    finding.place.offset = 412 + 23; // after N103: where N104 is missing
    finding.place.length = 0;
    finding.excerpt_offset = 23;
    Related given;
    given.place = finding.place;
    given.place.offset = 412 + 21;
    given.place.length = 2;
    given.message = "N103 given here";
    finding.related.push_back(given);
    finding.help.clear();
    EXPECT_EQ(render_text({finding}),
              "error[X12-0312]: N104 is required when N103 is present\n"
              "  --> inbox/po_4711.x12  interchange 000000901, group 1, set 0001 (850), segment 7 (byte 435)\n"
              "   |\n"
              " 7 | N1*ST*ACME WAREHOUSE*92\n"
              "   |                        ^\n"
              "   |                      -- N103 given here\n"
              "   = more: wharf explain X12-0312\n");
}

TEST(RenderText, RelatedPlaceElsewhereSaysWhatDiffers) {
    auto finding = note_finding();
    finding.code = "X12-0124";
    finding.message = "ST02 0001 was used before in this group";
    finding.help.clear();
    Related first;
    first.place = finding.place;
    first.place.offset = 106;
    first.place.segment_position = 1;
    first.message = "first used here";
    finding.related.push_back(first);
    first.place.interchange = "000000900";
    finding.related.push_back(first);
    first.place.file = "other.x12";
    finding.related.push_back(first);
    auto const text = render_text({finding});
    EXPECT_NE(text.find("   = see: segment 1 (byte 106): first used here\n"
                        "   = see: interchange 000000900, segment 1 (byte 106): first used here\n"
                        "   = see: other.x12  interchange 000000900, group 1, set 0001 (850), segment 1 (byte 106): "
                        "first used here\n"),
              std::string::npos)
        << text;
}

TEST(RenderText, LongSegmentsAreCutAroundTheFault) {
    Diagnostic finding;
    finding.code = "X12-0301";
    finding.severity = Severity::warning;
    finding.message = "too long";
    finding.place.file = "a.x12";
    finding.place.has_offset = true;
    finding.place.offset = 1000;
    finding.place.length = 5;
    finding.place.segment_position = 12;
    finding.excerpt = "MSG*" + std::string(196, 'a') + "FAULT" + std::string(300, 'b');
    finding.excerpt_offset = 200;
    TextStyle style;
    style.width = 46; // 40 columns are left for the segment, 34 between the cut marks
    EXPECT_EQ(render_text({finding}, style), "warning[X12-0301]: too long\n"
                                             "   --> a.x12  segment 12 (byte 1000)\n"
                                             "    |\n"
                                             " 12 | ...aaaaaaaaaaaaaaFAULTbbbbbbbbbbbbbbb...\n"
                                             "    |                  ^^^^^\n"
                                             "    = more: wharf explain X12-0301\n");
    // at the end of the segment nothing is cut behind it
    finding.excerpt.resize(205);
    EXPECT_NE(render_text({finding}, style).find(" 12 | ..." + std::string(29, 'a') + "FAULT\n"), std::string::npos);
    // of a fault longer than the window its beginning is shown, with a little of what stands before it
    finding.place.length = 100;
    finding.excerpt.resize(400, 'F');
    auto const text = render_text({finding}, style);
    EXPECT_NE(text.find(" 12 | ...aaaaaaaaFAULT" + std::string(21, 'F') + "...\n    |            " +
                        std::string(26, '^') + "\n"),
              std::string::npos)
        << text;
}

TEST(RenderText, FaultAtTheVeryBeginningAndPastTheEnd) {
    Diagnostic finding;
    finding.code = "X12-0001";
    finding.message = "m";
    finding.place.has_offset = true;
    finding.excerpt = "GARBAGE";
    EXPECT_EQ(render_text({finding}), "error[X12-0001]: m\n"
                                      "  --> byte 0\n"
                                      "   |\n"
                                      "   | GARBAGE\n"
                                      "   | ^\n"
                                      "   = more: wharf explain X12-0001\n");
    finding.excerpt_offset = 700; // a finding that misjudged its excerpt must not break the renderer
    finding.place.length = ~0ULL / 2;
    EXPECT_NE(render_text({finding}).find("   |        ^\n"), std::string::npos);
}

TEST(RenderText, LineAndColumnTheLoopAndTheSegmentThatBeginsIt) {
    auto finding = note_finding();
    finding.place.line = 9;
    finding.place.column = 22;
    finding.place.loop = "N1";
    finding.place.loop_position = 7; // the segment itself
    EXPECT_NE(render_text({finding}).find("  --> inbox/po_4711.x12:9:22  interchange 000000901, group 1, set 0001 (850), loop N1, segment 7 (byte 433)\n"),
              std::string::npos);
    finding.place.segment_position = 12;
    finding.loop_excerpt = "N1*BT*SOMEBODY";
    finding.help.clear();
    EXPECT_NE(render_text({finding}).find("    |\n"
                                          "  7 | N1*BT*SOMEBODY\n"
                                          "...\n"
                                          " 12 | N1*ST*ACME WAREHOUSE*92\n"
                                          "    |                      ^^\n"),
              std::string::npos)
        << render_text({finding});
    finding.place.segment_position = 8;
    EXPECT_NE(render_text({finding}).find(" 7 | N1*BT*SOMEBODY\n"
                                          " 8 | N1*ST*ACME WAREHOUSE*92\n"),
              std::string::npos);
}

/// Of the same set where they stand, of others with their place; the segment that begins the loop not twice.
TEST(RenderText, RelatedSegmentsAreShown) {
    auto finding = note_finding();
    finding.help.clear();
    finding.place.loop = "N1";
    finding.place.loop_position = 3;
    finding.loop_excerpt = "N1*BT";
    auto related = Related{finding.place, "it stood here first"};
    related.place.offset = 200;
    related.place.length = 2;
    related.place.segment_position = 3;
    related.excerpt = "N1*BT";
    finding.related.push_back(related);
    related.place.segment_position = 9;
    related.place.transaction = "0002";
    related.place.line = 30;
    related.place.column = 1;
    finding.related.push_back(related);
    auto const text = render_text({finding});
    EXPECT_NE(text.find("   |\n"
                        " 3 | N1*BT\n"
                        "   | -- it stood here first\n"
                        "...\n"
                        " 7 | N1*ST*ACME WAREHOUSE*92\n"
                        "   |                      ^^\n"
                        "  ::: inbox/po_4711.x12:30:1  set 0002 (850), segment 9 (byte 200)\n"
                        "   |\n"
                        " 9 | N1*BT\n"
                        "   | -- it stood here first\n"
                        "   = more"),
              std::string::npos)
        << text;
}

TEST(RenderText, ATerminalOfFortyColumns) {
    auto finding = note_finding();
    finding.help = "Give the identification code in N104, or leave out N103, averyveryverylongwordthatdoesnotfitintoaline too.\nNothing else.";
    TextStyle style;
    style.width = 40;
    style.wrap = true;
    finding.message = "N104 Identification Code is required when N103 is present";
    auto given = Related{finding.place, "N103 Identification Code Qualifier given here"};
    finding.related.push_back(given);
    EXPECT_EQ(render_text({finding}, style), "error[X12-0312]: N104 Identification\n"
                                             "  Code is required when N103 is present\n"
                                             "  --> inbox/po_4711.x12\n"
                                             "        interchange 000000901, group 1,\n"
                                             "        set 0001 (850),\n"
                                             "        segment 7 (byte 433)\n"
                                             "   |\n"
                                             " 7 | N1*ST*ACME WAREHOUSE*92\n"
                                             "   |                      ^^\n"
                                             "   |                      --\n"
                                             "   |            N103 Identification Code\n"
                                             "   |            Qualifier given here\n"
                                             "   = help: Give the identification code\n"
                                             "           in N104, or leave out N103,\n"
                                             "           averyveryverylongwordthatdoesnotfitintoaline\n"
                                             "           too.\n"
                                             "           Nothing else.\n"
                                             "   = more: wharf explain X12-0312\n");
}

TEST(RenderText, BytesThatAreNoText) {
    Diagnostic finding;
    finding.code = "X12-0007";
    finding.message = "found \x1b[31m";
    finding.place.file = "a\nb";
    finding.place.has_offset = true;
    finding.place.offset = 7;
    finding.place.length = 1;
    finding.excerpt = "M\xc3\xbc\x1d\xfc\x9b\xc2\x9b!";
    finding.excerpt_offset = 7;
    EXPECT_EQ(render_text({finding}), "error[X12-0007]: found \xe2\x90\x9b[31m\n"
                                      "  --> a\xe2\x90\x8a"
                                      "b  byte 7\n"
                                      "   |\n"
                                      "   | M\xc3\xbc\xe2\x90\x9d\xc3\xbc\xef\xbf\xbd\xef\xbf\xbd!\n"
                                      "   |       ^\n"
                                      "   = more: wharf explain X12-0007\n");
}

TEST(RenderText, WhatTheEyeWouldNotSee) {
    Diagnostic finding;
    finding.code = "X12-0007";
    finding.message = "m";
    finding.place.has_offset = true;
    finding.place.offset = 5;
    finding.place.length = 1;
    // a byte-order mark, a no-break space, a mark that turns the direction of writing; as Latin-1 a no-break space and a soft hyphen
    finding.excerpt = "\xef\xbb\xbf\xc2\xa0!\xe2\x80\xae\xa0\xad";
    finding.excerpt_offset = 5;
    EXPECT_NE(render_text({finding}).find("   | \xef\xbf\xbd\xe2\x90\xa3!\xef\xbf\xbd\xe2\x90\xa3\xef\xbf\xbd\n"
                                          "   |   ^\n"),
              std::string::npos)
        << render_text({finding});
}

TEST(RenderText, LinesOfOurOwnFiles) {
    Diagnostic finding;
    finding.code = "MAP-0004";
    finding.message = "no such path";
    finding.help = "Look it up in the schema.\nThen try again.";
    finding.place.file = "translators/x.map";
    finding.place.line = 118;
    finding.place.column = 3;
    finding.place.length = 4;
    finding.excerpt = "  linse[]";
    finding.excerpt_offset = 2;
    EXPECT_EQ(render_text({finding}), "error[MAP-0004]: no such path\n"
                                      "    --> translators/x.map:118:3\n"
                                      "     |\n"
                                      " 118 |   linse[]\n"
                                      "     |   ^^^^\n"
                                      "     = help: Look it up in the schema.\n"
                                      "             Then try again.\n"
                                      "     = more: wharf explain MAP-0004\n");
}

TEST(RenderText, PlacesInADocument) {
    Diagnostic finding;
    finding.code = "DOC-0003";
    finding.message = "must be a decimal";
    finding.place.file = "order.json";
    finding.place.path = "/lines/0/quantity";
    EXPECT_EQ(render_text({finding}), "error[DOC-0003]: must be a decimal\n"
                                      "  --> order.json  at /lines/0/quantity\n"
                                      "   = more: wharf explain DOC-0003\n");
}

TEST(RenderText, ColourOnlyOnRequest) {
    Diagnostic finding;
    finding.code = "X12-0001";
    finding.severity = Severity::info;
    finding.message = "m";
    TextStyle style;
    style.colour = true;
    EXPECT_EQ(render_text({finding}, style), "\x1b[1;36minfo[X12-0001]\x1b[0m\x1b[1m: m\x1b[0m\n"
                                             "   \x1b[1;34m=\x1b[0m \x1b[1mmore:\x1b[0m wharf explain X12-0001\n");
    EXPECT_EQ(render_text({finding, note_finding()}).find('\x1b'), std::string::npos);
}

TEST(RenderJson, TheContract) {
    EXPECT_EQ(render_json(Diagnostics{}), "[]\n");
    EXPECT_EQ(render_json(Diagnostics{note_finding()}),
              "[\n"
              R"({"code":"X12-0312","severity":"error","message":"N104 is required when N103 is present",)"
              R"("help":"Give the identification code in N104, or leave out N103.","file":"inbox/po_4711.x12",)"
              R"("offset":433,"length":2,"interchange":"000000901","group":"1","transaction":"0001",)"
              R"("segment_id":"N1","segment_position":7,"element":3,"value":"92","path":"850/N1/N103"})"
              "\n]\n");
    auto finding = note_finding();
    finding.place.line = 9;
    finding.place.column = 22;
    finding.place.loop = "N1";
    auto related = Related{finding.place, "here"};
    related.place.element = 4;
    finding.related.push_back(related);
    EXPECT_NE(render_json(Diagnostics{finding}).find(R"("transaction":"0001","loop":"N1","segment_id":"N1","segment_position":7,"element":3,"value":"92",)"
                                                     R"("path":"850/N1/N103","line":9,"column":22,"related":[{"message":"here","offset":433,"length":2,)"
                                                     R"("segment_id":"N1","segment_position":7,"element":4,"path":"850/N1/N103","line":9,"column":22}]})"),
              std::string::npos)
        << render_json(Diagnostics{finding});
}

TEST(RenderJson, AbsentPartsAreLeftOut) {
    Diagnostic first;
    first.code = "X12-0001";
    first.severity = Severity::warning;
    first.message = "the file is \"empty\"";
    first.place.has_offset = true; // byte 0, a point
    Diagnostic second;
    second.code = "X12-0002";
    second.severity = Severity::info;
    second.message = "m";
    second.place.component = 2;
    second.value = "\xfc";
    EXPECT_EQ(render_json(Diagnostics{first, second}),
              "[\n"
              R"({"code":"X12-0001","severity":"warning","message":"the file is \"empty\"","offset":0,"length":0})"
              ",\n"
              R"({"code":"X12-0002","severity":"info","message":"m","component":2,"value":")"
              "\xc3\xbc\"}\n]\n");
}

TEST(SortByOffset, KeepsTheOrderOfEquals) {
    Diagnostic a, b, c;
    a.code = "A";
    a.place.offset = 5;
    b.code = "B";
    b.place.offset = 1;
    c.code = "C";
    c.place.offset = 5;
    Diagnostics list{a, b, c};
    sort_by_offset(list);
    EXPECT_EQ(list[0].code + list[1].code + list[2].code, "BAC");
    EXPECT_TRUE(has_errors(list));
    for (auto& finding : list)
        finding.severity = Severity::warning;
    EXPECT_FALSE(has_errors(list));
}

} // namespace
} // namespace wharf
