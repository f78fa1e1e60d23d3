#include "transport/as2/mime.hpp"

#include <gtest/gtest.h>

namespace wharf::transport::as2 {
namespace {

std::string all(Content const& content) { return content.text(1u << 30).value(); }

TEST(Mime, HeadsAreUnfoldedAndTrimmed) {
    auto const head = read_head(Content("Content-Type:  text/plain;\r\n\tcharset=x \r\nSUBJECT:a\r\nEmpty:\r\n\r\nbody")).value();
    EXPECT_EQ(field(head.fields, "content-type"), "text/plain; charset=x");
    EXPECT_EQ(field(head.fields, "Subject"), "a");
    EXPECT_TRUE(has_field(head.fields, "empty"));
    EXPECT_EQ(field(head.fields, "empty"), "");
    EXPECT_FALSE(has_field(head.fields, "other"));
    EXPECT_EQ(head.size, 62u);
}

TEST(Mime, LineFeedsAloneAndNoFieldsAtAll) {
    EXPECT_EQ(read_head(Content("A: 1\nB: 2\n\nbody"))->fields.size(), 2u);
    EXPECT_EQ(read_head(Content("A: 1\nB: 2\n\nbody"))->size, 11u);
    EXPECT_EQ(read_head(Content("\r\nbody"))->size, 2u);
}

TEST(Mime, BrokenHeadsAreRefusedWithAReason) {
    for (auto const* const text : {"A: 1\r\nB: 2", "no colon\r\n\r\n", ": x\r\n\r\n", "", "A: 1\r\n"}) {
        auto const head = read_head(Content(text));
        ASSERT_FALSE(head) << text;
        EXPECT_FALSE(head.error().message.empty());
    }
    EXPECT_FALSE(read_head(Content(std::string("A: \0\r\n\r\n", 8))));
    EXPECT_FALSE(read_head(Content("A: " + std::string(70'000, 'x') + "\r\n\r\n")));
    std::string many;
    for (int i = 0; i < 201; ++i)
        many += "A: 1\r\n";
    EXPECT_FALSE(read_head(Content(many + "\r\n")));
}

TEST(Mime, WrittenHeadsCannotBeBrokenOutOf) {
    EXPECT_EQ(write_head({{"A", "1\r\nB: 2"}, {"C", "3"}}), "A: 1  B: 2\r\nC: 3\r\n\r\n");
}

TEST(Mime, Parameters) {
    auto const value = read_field_value("Multipart/Signed ; protocol=\"application/pkcs7-signature\" ;MICALG=sha-256;;boundary = \"a;b\\\"c\" ; x");
    EXPECT_EQ(value.value, "multipart/signed");
    EXPECT_EQ(value.parameter("Protocol"), "application/pkcs7-signature");
    EXPECT_EQ(value.parameter("micalg"), "sha-256");
    EXPECT_EQ(value.parameter("boundary"), "a;b\"c");
    EXPECT_EQ(value.parameter("x"), "");
    EXPECT_EQ(read_field_value("").value, "");
}

TEST(Mime, ParametersOfRfc2231) {
    auto const value = read_field_value("attachment; filename*0=\"a\"; filename*1*=%20b; other*=utf-8'de'%E2%82%AC%zz");
    EXPECT_EQ(value.parameter("filename"), "a b");
    EXPECT_EQ(value.parameter("other"), "\xE2\x82\xAC%zz");
}

TEST(Mime, ParametersWritten) {
    EXPECT_EQ(write_parameter("abc-1.x"), "abc-1.x");
    EXPECT_EQ(write_parameter("a b"), "\"a b\"");
    EXPECT_EQ(write_parameter("a\"\\"), "\"a\\\"\\\\\"");
    EXPECT_EQ(write_parameter(""), "\"\"");
}

std::vector<std::string> parts_of(std::string const& body, std::string_view boundary) {
    std::vector<std::string> texts;
    auto const parts = split_multipart(Content(body), boundary);
    if (!parts) return {"refused: " + parts.error().message};
    for (auto const& part : *parts)
        texts.push_back(all(part));
    return texts;
}

TEST(Mime, PartsAreExactBytesWithoutTheLineEndOfTheBoundary) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(parts_of("--b\r\none\r\n--b\r\ntwo\r\n\r\n--b--\r\n", "b"), (Texts{"one", "two\r\n"}));
    EXPECT_EQ(parts_of("preamble\r\n--b  \r\none\r\n--b--  \r\nepilogue --b", "b"), (Texts{"one"}));
    EXPECT_EQ(parts_of("--b\none\n--b\ntwo\n--b--", "b"), (Texts{"one", "two"}));
    EXPECT_EQ(parts_of("--b\r\n\r\n--b\r\n--b--", "b"), (Texts{"", ""}));
    EXPECT_EQ(parts_of("--b\r\nx --b--\r\n--bc\r\n--b--", "b"), (Texts{"x --b--\r\n--bc"}));
    EXPECT_EQ(parts_of("--b\r\n\x01\xff\r\r\n--b--", "b"), (Texts{"\x01\xff\r"}));
}

TEST(Mime, MultipartsCutShortAreRefused) {
    for (auto const* const body : {"--b\r\none\r\n--b\r\n", "--b\r\none\r\n--b", "--b\r\none\r\n--b-", "none", "", "--b--"})
        EXPECT_TRUE(parts_of(body, "b").front().starts_with("refused")) << body;
    EXPECT_TRUE(parts_of("--\r\n----", "").front().starts_with("refused"));
}

TEST(Mime, BoundariesAreFoundAcrossBlocks) {
    std::string const boundary = "----=_a_long_boundary_of_some_sort";
    for (std::size_t before = (256u << 10) - 100; before < (256u << 10) + 10; before += 3) {
        std::string const first(before, 'x'), second(300'000, '-');
        std::string body = "--" + boundary + "\r\n" + first;
        body += "\r\n--" + boundary + "\r\n" + second;
        body += "\r\n--" + boundary + "--\r\n";
        auto const parts = parts_of(body, boundary);
        ASSERT_EQ(parts.size(), 2u) << before;
        ASSERT_EQ(parts[0], first) << before;
        ASSERT_EQ(parts[1], second) << before;
    }
}

TEST(Mime, Base64) {
    for (auto const& [plain, text] : {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
        EXPECT_EQ(to_base64(plain), text);
        EXPECT_EQ(from_base64(text), plain);
    }
    EXPECT_EQ(from_base64(" Zm9v\r\nYm\tFy "), "foobar");
    EXPECT_EQ(from_base64("Zg"), "f");
    EXPECT_FALSE(from_base64("Z"));
    EXPECT_FALSE(from_base64("Zg==Zg=="));
    EXPECT_FALSE(from_base64("Z*=="));
}

TEST(Mime, TransferEncodingsComeBack) {
    std::string bytes;
    for (int i = 0; i < 300'000; ++i)
        bytes += static_cast<char>(i * 7 >> 3);
    auto const encoded = encode_base64(Content(bytes), {}).value();
    auto const text = all(encoded);
    EXPECT_TRUE(text.ends_with("\r\n"));
    EXPECT_EQ(text.find('\n'), 77u);
    EXPECT_EQ(all(decode(encoded, TransferEncoding::base64, {}).value()), bytes);
    EXPECT_EQ(all(decode(Content("a=3Db=\r\nc=\nd=0a=zz="), TransferEncoding::quoted_printable, {}).value()), "a=bcd\n=zz=");
    EXPECT_FALSE(decode(Content("ab$"), TransferEncoding::base64, {}));
    EXPECT_EQ(transfer_encoding({}), TransferEncoding::binary) << "absent means binary in AS2";
    for (auto const* const name : {"binary", "7BIT", "8bit", " Binary "})
        EXPECT_EQ(transfer_encoding({{"content-transfer-encoding", name}}), TransferEncoding::binary) << name;
    EXPECT_EQ(transfer_encoding({{"Content-Transfer-Encoding", "Base64"}}), TransferEncoding::base64);
    EXPECT_FALSE(transfer_encoding({{"Content-Transfer-Encoding", "x-uuencode"}}));
    EXPECT_EQ(all(encode_base64(Content(""), {}).value()), "");
}

TEST(Mime, FileNamesAreMadeSafe) {
    EXPECT_EQ(safe_file_name("../../etc/passwd"), "passwd");
    EXPECT_EQ(safe_file_name("C:\\Users\\me\\po.edi"), "po.edi");
    EXPECT_EQ(safe_file_name("a\r\nb\tc\x7f.edi"), "abc.edi");
    EXPECT_EQ(safe_file_name("..."), "");
    EXPECT_EQ(safe_file_name(".hidden"), "hidden");
    EXPECT_EQ(safe_file_name("a<b>:\"|?*.txt"), "a_b______.txt");
    EXPECT_EQ(safe_file_name("a/"), "");
    EXPECT_EQ(safe_file_name(std::string(300, 'x') + ".edi").size(), 200u);
    EXPECT_TRUE(safe_file_name(std::string(300, 'x') + ".edi").ends_with("x.edi"));
    std::string euros;
    for (int i = 0; i < 100; ++i)
        euros += "\xE2\x82\xAC";
    EXPECT_EQ(safe_file_name(euros).size() % 3, 0u);
}

TEST(Mime, FileNamesQuotedOrNot) {
    EXPECT_EQ(file_name({{"Content-Disposition", "attachment; filename=\"po 1.edi\""}}), "po 1.edi");
    EXPECT_EQ(file_name({{"Content-Disposition", "attachment; filename=po 1.edi"}}), "po 1.edi");
    EXPECT_EQ(file_name({{"Content-Type", "application/edi-x12; name=\"x.edi\""}}), "x.edi");
    EXPECT_EQ(file_name({{"Content-Disposition", "attachment"}}), std::nullopt);
    EXPECT_EQ(file_name({{"Content-Disposition", "attachment; filename=\"C:\\data\\po.edi\""}}), "po.edi");
}

TEST(Mime, FileNamesOutsideAsciiInBothFormsOfRfc6266) {
    EXPECT_EQ(write_file_name("po.edi"), "filename=po.edi");
    EXPECT_EQ(write_file_name("po 1.edi"), "filename=\"po 1.edi\"");
    EXPECT_EQ(write_file_name("Bestellung\xc3\xa4 \xe2\x82\xac%.edi"), "filename=\"Bestellung_ _%.edi\"; filename*=UTF-8''Bestellung%C3%A4%20%E2%82%AC%25.edi");
    for (auto const* const name : {"Bestellung\xc3\xa4.edi", "\xe6\xb3\xa8\xe6\x96\x87\xe6\x9b\xb8.xml", "a'b\xc3\xa9;c.edi", "100%\xc3\xa9.edi"})
        EXPECT_EQ(file_name({{"Content-Disposition", "attachment; " + write_file_name(name)}}), name);
    for (char const c : write_file_name("\xe6\xb3\xa8\xff \x7f.edi"))
        EXPECT_LT(static_cast<unsigned char>(c), 0x80) << "nothing else may stand in a field";
}

TEST(Mime, TheExtendedFormIsPreferredWhereverItStands) {
    auto const name = [](std::string const& parameters) { return file_name({{"Content-Disposition", "attachment; " + parameters}}); };
    EXPECT_EQ(name("filename=a_.edi; filename*=UTF-8''a%C3%A4.edi"), "a\xc3\xa4.edi");
    EXPECT_EQ(name("filename*=UTF-8''a%C3%A4.edi; filename=a_.edi"), "a\xc3\xa4.edi");
    EXPECT_EQ(name("filename=a_.edi; filename*=iso-8859-1'de'a%E4.edi"), "a\xc3\xa4.edi");
    EXPECT_EQ(name("filename=x; filename*0*=iso-8859-1''a%E4; filename*1*=%F6; filename*2=.edi"), "a\xc3\xa4\xc3\xb6.edi");
    EXPECT_EQ(name("filename*=a%C3%A4.edi"), "a\xc3\xa4.edi") << "without a character set";
    EXPECT_EQ(name("filename=plain.edi; filename*=UTF-8''"), "plain.edi") << "nothing is left of the other";
    EXPECT_EQ(name("filename*=UTF-8''..%2F..%2Fetc%2Fpasswd"), "passwd");
}

TEST(Mime, FileNamesInEncodedWords) {
    auto const name = [](std::string_view value) { return file_name({{"Content-Disposition", "attachment; filename=\"" + std::string(value) + "\""}}); };
    EXPECT_EQ(name("=?UTF-8?B?QmVzdGVsbHVuZ8OkLmVkaQ==?="), "Bestellung\xc3\xa4.edi");
    EXPECT_EQ(name("=?iso-8859-1?q?Bestellung_=E4.edi?="), "Bestellung \xc3\xa4.edi");
    EXPECT_EQ(name("=?utf-8?Q?a?= =?utf-8?Q?b.edi?="), "ab.edi");
    EXPECT_EQ(name("=?utf-8?B?Li4vLi4vZXRjL3Bhc3N3ZA==?="), "passwd"); // ../../etc/passwd
    EXPECT_EQ(name("=?utf-8?B?%%%?=.edi"), "=_utf-8_B_%%%_=.edi");
    EXPECT_EQ(name("=?koi8-r?B?QQ==?="), "=_koi8-r_B_QQ==_=");
}

/// Found by fuzzing: what is cut off may leave a blank at the end, and bytes that are no UTF-8 have no character to cut before.
TEST(As2FileName, ASafeNameStaysAsItIs) {
    for (auto const& name : {std::string(250, '\x99'), std::string(198, 'a') + ". b" + std::string(50, 'c'), std::string(199, 'a') + "\xc3\xa4 x.edi",
                             std::string(250, 'a') + " .edi"}) {
        auto const safe = safe_file_name(name);
        EXPECT_FALSE(safe.empty());
        EXPECT_LE(safe.size(), 200u);
        EXPECT_EQ(safe_file_name(safe), safe);
    }
    EXPECT_EQ(safe_file_name(std::string(195, 'a') + "\xc3\xa4.edi"), std::string(195, 'a') + ".edi");
}

} // namespace
} // namespace wharf::transport::as2
