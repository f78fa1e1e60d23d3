#include "transport/ftp/listing.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace wharf::transport::ftp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr Timestamp at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, int second = 0) {
    return std::chrono::sys_days(std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day))) +
           std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}
std::int64_t seconds(Timestamp time) { return time.time_since_epoch() / std::chrono::seconds(1); }

/// "file 7 2026-01-31T12:00:00 order.edi", or "none".
std::string shown(std::optional<FolderEntry> const& entry) {
    if (!entry)
        return "none";
    constexpr std::array types = {"file", "folder", "link", "other"};
    return fmt::format("{} {} {} {}", types[static_cast<std::size_t>(entry->type)], entry->size,
                       to_iso8601(Timestamp(std::chrono::seconds(entry->modified))).substr(0, 19), entry->name);
}
std::string facts(std::string_view line) { return shown(read_facts(line)); }
std::string listed(std::string_view line, Timestamp now = at(2026, 2, 10)) { return shown(read_list_line(line, now)); }

TEST(FtpTime, DigitsAndNothingElse) {
    EXPECT_EQ(read_time("20260131235959"), seconds(at(2026, 1, 31, 23, 59, 59)));
    EXPECT_EQ(read_time("20260131235959.123"), seconds(at(2026, 1, 31, 23, 59, 59)));
    EXPECT_EQ(read_time("20240229000000"), seconds(at(2024, 2, 29)));
    for (auto const* const bad : {"", "2026013123595", "202601312359590", "20260229000000", "20261301000000", "20260131240000", "2026013123596a",
                                  "-0260131235959", "00000000000000", "191260131235959"})
        EXPECT_EQ(read_time(bad), std::nullopt) << bad;
}

TEST(FtpFacts, FilesFoldersLinks) {
    EXPECT_EQ(facts("type=file;size=7;modify=20260131120000;perm=r; order.edi"), "file 7 2026-01-31T12:00:00 order.edi");
    EXPECT_EQ(facts("Size=7;Modify=20260131120000.5;Type=FILE;  two  blanks "), "file 7 2026-01-31T12:00:00  two  blanks ");
    EXPECT_EQ(facts("modify=20260131120000;type=dir;sizd=4096; sub"), "folder 0 2026-01-31T12:00:00 sub");
    EXPECT_EQ(facts("type=OS.unix=slink:/etc/passwd;size=1;modify=20260131120000; l"), "link 1 2026-01-31T12:00:00 l");
    EXPECT_EQ(facts("type=OS.unix=symlink;size=1;modify=20260131120000; l"), "link 1 2026-01-31T12:00:00 l");
    EXPECT_EQ(facts("type=OS.unix=chr-13/29;modify=20260131120000; tty"), "other 0 2026-01-31T12:00:00 tty");
    EXPECT_EQ(facts("type=file;size=0;modify=20260131120000; a;b=c d"), "file 0 2026-01-31T12:00:00 a;b=c d");
}

TEST(FtpFacts, WhatIsNone) {
    for (auto const* const line : {"", " ", " name", "type=file;size=7;modify=20260131120000;", "type=file;size=7;modify=20260131120000; ",
                                   "type=cdir;modify=20260131120000; /in", "type=pdir;modify=20260131120000; /", "type=dir; ..", "type=dir; .",
                                   "size=7; untyped", "type=file;size=-7; f", "type=file;size=99999999999999999999999; f", "type=file;size=7x; f",
                                   "type=file;modify=yesterday; f", "nonsense f", "-rw-r--r-- 1 ftp ftp 7 Jan 31 12:00 f"})
        EXPECT_EQ(facts(line), "none") << line;
}

TEST(FtpFacts, NamesThatNobodyShouldOpen) {
    using namespace std::string_literals;
    for (auto const& name : {"../etc/passwd"s, "/etc/passwd"s, "in/f"s, "a\rb"s, "a\0b"s, "bell\a"s, "esc\x1b[2J"s, "del\x7f"s}) {
        auto const entry = read_facts("type=file;size=7;modify=20260131120000; " + name);
        ASSERT_TRUE(entry) << name;
        EXPECT_EQ(entry->type, EntryType::other) << name;
        EXPECT_EQ(read_list_line("-rw-r--r-- 1 ftp ftp 7 Jan 31 12:05 " + name, at(2026, 2, 10))->type, EntryType::other) << name;
    }
}

TEST(FtpList, UnixLines) {
    EXPECT_EQ(listed("-rw-r--r--    1 ftp      ftp             7 Jan 31 12:05 order.edi"), "file 7 2026-01-31T12:05:00 order.edi");
    EXPECT_EQ(listed("-rw-r--r--+ 1 1000 1000 7 Jan  1  2025  two  blanks "), "file 7 2025-01-01T00:00:00  two  blanks ");
    EXPECT_EQ(listed("-rw-r--r-- 1 owner 7 Jan 31 12:05 no group"), "file 7 2026-01-31T12:05:00 no group");
    EXPECT_EQ(listed("-rw-r--r-- 1 Domain Users Some Group 7 Jan 31 12:05 f"), "file 7 2026-01-31T12:05:00 f");
    EXPECT_EQ(listed("drwxr-xr-x 2 ftp ftp 4096 Jan 31 12:05 sub"), "folder 4096 2026-01-31T12:05:00 sub");
    EXPECT_EQ(listed("lrwxrwxrwx 1 ftp ftp 5 Jan 31 12:05 link -> /etc/passwd"), "link 5 2026-01-31T12:05:00 link");
    EXPECT_EQ(listed("prw-r--r-- 1 ftp ftp 0 Jan 31 12:05 pipe"), "other 0 2026-01-31T12:05:00 pipe");
    EXPECT_EQ(listed("-rw-r--r-- 1 ftp ftp 7 JAN 31 9:05 f"), "file 7 2026-01-31T09:05:00 f");
    EXPECT_EQ(listed("-rw-r--r-- 1 ftp ftp 7 2026-01-31 12:05 f"), "file 7 2026-01-31T12:05:00 f");
    EXPECT_EQ(listed("-rw-r--r-- 1 ftp ftp 7 Jan 31 12:05 Feb 3 2024 report"), "file 7 2026-01-31T12:05:00 Feb 3 2024 report");
    EXPECT_EQ(listed("-rw-r--r-- 1 jan may 5000000000 Jan 31 12:05 f"), "file 5000000000 2026-01-31T12:05:00 f");
    EXPECT_EQ(listed("d [R----F--] supervisor 512 Jan 16 18:53 login"), "folder 512 2026-01-16T18:53:00 login");
}

TEST(FtpList, TheYearOfADateWithoutOne) {
    auto const line = "-rw-r--r-- 1 ftp ftp 7 Jul 4 12:00 f";
    EXPECT_EQ(listed(line, at(2026, 2, 10)), "file 7 2025-07-04T12:00:00 f") << "none of the future";
    EXPECT_EQ(listed(line, at(2026, 7, 4)), "file 7 2026-07-04T12:00:00 f") << "today, by a clock ahead of ours";
    EXPECT_EQ(listed("-rw-r--r-- 1 ftp ftp 7 Jan 1 00:30 f", at(2025, 12, 31, 23, 50)), "file 7 2026-01-01T00:30:00 f");
    EXPECT_EQ(listed("-rw-r--r-- 1 ftp ftp 7 Feb 29 12:00 f", at(2027, 3, 1)), "file 7 2024-02-29T12:00:00 f");
}

TEST(FtpList, DosLines) {
    EXPECT_EQ(listed("01-31-26  12:05PM                    7 order.edi"), "file 7 2026-01-31T12:05:00 order.edi");
    EXPECT_EQ(listed("01-31-2026  12:05AM  7  leading"), "file 7 2026-01-31T00:05:00  leading");
    EXPECT_EQ(listed("2026-01-31  23:05                    7 order.edi"), "file 7 2026-01-31T23:05:00 order.edi");
    EXPECT_EQ(listed("01-31-99  09:05PM       <DIR>          old folder"), "folder 0 1999-01-31T21:05:00 old folder");
    EXPECT_EQ(listed("01-31-26  09:05PM       <SYMLINKD>     link [C:\\target]"), "link 0 2026-01-31T21:05:00 link");
    EXPECT_EQ(listed("01-31-26  09:05PM       <JUNCTION>     link [C:\\target]"), "link 0 2026-01-31T21:05:00 link");
}

TEST(FtpList, WhatIsNone) {
    for (auto const* const line :
         {"", "total 12", "-rw-r--r--", "-rw-r--r-- 1 ftp ftp", "-rw-r--r-- 1 ftp ftp 7 Jan 31 12:05", "-rw-r--r-- 1 ftp ftp 7 Jan 31 12:05 ",
          "-rw-r--r-- 1 ftp ftp 7 Jan 32 12:05 f", "-rw-r--r-- 1 ftp ftp 7 Jan 31 25:05 f", "-rw-r--r-- 1 ftp ftp -7 Jan 31 12:05 f",
          "-rw-r--r-- 1 ftp ftp 7 Mon 31 12:05 f", "01-31-26 12:05PM 7", "13-31-26 12:05PM 7 f", "01-31-26 13:05PM 7 f", "01-31-26 12:05PM <DIR f",
          "1-2-3", "ls: permission denied", "+i8388621.29609,m824255902,/,\tdev"})
        EXPECT_EQ(listed(line), "none") << line;
}

std::vector<std::string> names_of(std::vector<FolderEntry> const& entries) {
    std::vector<std::string> names;
    for (auto const& entry : entries)
        names.push_back(shown(entry).substr(0, 5) + ":" + entry.name);
    return names;
}

TEST(FtpListing, InPiecesOfAnySize) {
    std::string const text = "total 3\r\n-rw-r--r-- 1 ftp ftp 7 Jan 31 12:05 a\r\ndrwxr-xr-x 2 ftp ftp 0 Jan 31 12:05 .\n"
                             "-rw-r--r-- 1 ftp ftp 7 Jan 31 12:05 b\nls: c: permission denied\n-rw-r--r-- 1 ftp ftp 7 Jan 31 12:05 last";
    for (std::size_t size = 1; size < text.size(); size += 3) {
        ListingReader reader(ListingForm::list, at(2026, 2, 10));
        for (std::size_t begin = 0; begin < text.size(); begin += size)
            ASSERT_TRUE(reader.take(std::string_view(text).substr(begin, size)));
        auto const entries = reader.finish();
        ASSERT_TRUE(entries);
        EXPECT_THAT(names_of(*entries), ElementsAre("file :a", "file :b", "other:ls: c: permission denied", "file :last"));
    }
}

TEST(FtpListing, TheFolderItselfIsNoEntry) {
    ListingReader reader(ListingForm::facts, {});
    ASSERT_TRUE(reader.take("type=cdir;modify=20260131120000; /in\r\nType=pdir;modify=20260131120000; /\r\n"));
    auto const entries = reader.finish();
    ASSERT_TRUE(entries);
    EXPECT_THAT(*entries, SizeIs(0));
}

TEST(FtpListing, AFormThatNobodyKnowsIsNoEmptyFolder) {
    ListingReader reader(ListingForm::list, {});
    ASSERT_TRUE(reader.take("Volume Unit Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\nWRK001 3390 2026/01/31 1 1 FB 80 800 PS IN.DATA\n"));
    auto const entries = reader.finish();
    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().kind, ErrorKind::permanent);
    EXPECT_THAT(entries.error().message, HasSubstr("Volume Unit"));
}

TEST(FtpListing, ALineThatDoesNotEnd) {
    ListingReader reader(ListingForm::facts, {});
    Result<void> taken;
    std::string const block(1000, 'x');
    unsigned blocks = 0;
    for (; taken && blocks < 1000; ++blocks)
        taken = reader.take(block);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().kind, ErrorKind::permanent);
    EXPECT_THAT(taken.error().message, HasSubstr("8192"));
    EXPECT_LT(blocks, 12u);
}

TEST(FtpListing, AnyBytesEndInEntriesOrAnError) {
    std::mt19937 random(11);
    std::string const alphabet = "-drwx 0123456789:;=.<>\r\n/JanFeb MSPtypefilsz\0\x80";
    for (unsigned round = 0; round < 3000; ++round) {
        std::string text;
        for (unsigned i = 0; i < 300; ++i)
            text += alphabet[random() % alphabet.size()];
        for (auto const form : {ListingForm::facts, ListingForm::list}) {
            ListingReader reader(form, at(2026, 2, 10));
            ASSERT_TRUE(reader.take(text));
            auto const entries = reader.finish();
            if (!entries)
                continue;
            for (auto const& entry : *entries)
                EXPECT_TRUE(entry.type == EntryType::other || entry.name.find_first_of("/\r\n") == std::string::npos) << entry.name;
        }
    }
}

} // namespace
} // namespace wharf::transport::ftp
