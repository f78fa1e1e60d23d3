#include "gateway/file_kind.hpp"

#include <gtest/gtest.h>

namespace wharf::gateway {
namespace {

using namespace std::string_view_literals;

struct Case {
    std::string_view bytes;
    std::string_view code;
    std::string_view part; // of the message
};

class ForeignFile : public testing::TestWithParam<Case> {};

TEST_P(ForeignFile, SaysWhatItIs) {
    auto const finding = describe_foreign_file(GetParam().bytes, "a.bin");
    EXPECT_EQ(finding.code, GetParam().code) << finding.message;
    EXPECT_NE(finding.message.find(GetParam().part), std::string::npos) << finding.message;
    EXPECT_FALSE(finding.help.empty());
    EXPECT_EQ(finding.place.file, "a.bin");
}

INSTANTIATE_TEST_SUITE_P(
    All, ForeignFile,
    testing::Values(Case{"", "GATEWAY-0001", "empty"}, Case{" \r\n\n", "GATEWAY-0001", "4 blank bytes"},
                    Case{"\xFF\xD8\xFF\xE0\0\x10JFIF"sv, "GATEWAY-0002", "JPEG"}, Case{"PK\x03\x04\x14", "GATEWAY-0002", "ZIP"},
                    Case{"%PDF-1.7\n", "GATEWAY-0002", "PDF"}, Case{"UNA:+.? 'UNB+UNOC:3+A+B'", "GATEWAY-0003", "EDIFACT"},
                    Case{"\nUNB+UNOC:3+A+B'", "GATEWAY-0003", "EDIFACT"}, Case{"ISA*00*    ", "GATEWAY-0004", "cut short"},
                    Case{"GS*PO*A*B~", "GATEWAY-0004", "begins with GS"}, Case{"<?xml version='1.0'?>", "GATEWAY-0002", "XML"},
                    Case{"{\"a\":1}", "GATEWAY-0002", "JSON"}, Case{"number;date\n1;2\n", "GATEWAY-0002", "plain text"},
                    Case{"\x01\x02\x03\x00\x9f"sv, "GATEWAY-0002", "binary"},
                    Case{"\xFF\xFEI\0S\0A\0"sv, "GATEWAY-0002", "UTF-16"}));

} // namespace
} // namespace wharf::gateway
