#include "base/limits.hpp"
#include "syntax/csv/reader.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace wharf::csv {
namespace {

/// Gives a few bytes at a time.
class Drops final : public ByteSource {
public:
    Drops(std::string_view text, std::size_t most) : rest_(text), most_(most) {}
    Result<std::size_t> read(char* to, std::size_t most) override {
        auto const count = std::min({most, rest_.size(), most_});
        rest_.copy(to, count);
        rest_.remove_prefix(count);
        return count;
    }

private:
    std::string_view rest_;
    std::size_t most_;
};

struct ReadRow {
    std::vector<std::string> fields;
    RowFault fault = RowFault::none;
    std::uint32_t line = 0, fault_at = 0;
    std::string text;
    friend bool operator==(ReadRow const&, ReadRow const&) = default;
};

std::vector<ReadRow> read(std::string_view text, Dialect dialect = {}, std::size_t pieces = 1 << 20) {
    Reader reader(std::make_unique<Drops>(text, pieces), dialect);
    std::vector<ReadRow> rows;
    while (auto const* const row = reader.next()) {
        auto& made = rows.emplace_back();
        made.line = row->line;
        made.fault = row->fault;
        made.fault_at = row->fault_at;
        made.text = row->text;
        std::string scratch;
        for (auto const& field : row->fields)
            made.fields.emplace_back(value(dialect, *row, field, scratch));
    }
    return rows;
}

using Fields = std::vector<std::string>;

std::vector<Fields> fields(std::string_view text, Dialect dialect = {}) {
    auto const whole = read(text, dialect);
    for (std::size_t const pieces : {1, 2, 3, 7})
        EXPECT_EQ(read(text, dialect, pieces), whole) << "in pieces of " << pieces;
    std::vector<Fields> made;
    for (auto const& row : whole) {
        EXPECT_EQ(row.fault, RowFault::none) << row.text;
        made.push_back(row.fields);
    }
    return made;
}

Dialect with(char delimiter, char quote = '"') {
    Dialect dialect;
    dialect.delimiter = delimiter;
    dialect.quote = quote;
    return dialect;
}

TEST(CsvReader, rows_end_in_every_way) {
    std::vector<Fields> const expected = {{"a", "b"}, {"c", "d"}};
    EXPECT_EQ(fields("a,b\r\nc,d\r\n"), expected);
    EXPECT_EQ(fields("a,b\nc,d\n"), expected);
    EXPECT_EQ(fields("a,b\rc,d\r"), expected);
    EXPECT_EQ(fields("a,b\nc,d"), expected);
    EXPECT_EQ(fields("\n\na,b\r\n\r\nc,d\n\n\n"), expected);
    EXPECT_EQ(fields(""), std::vector<Fields>{});
    EXPECT_EQ(fields("\r\n"), std::vector<Fields>{});
}

TEST(CsvReader, empty_fields_stay) {
    EXPECT_EQ(fields(",\n,,\na,\n"), (std::vector<Fields>{{"", ""}, {"", "", ""}, {"a", ""}}));
    EXPECT_EQ(fields("\"\"\n"), (std::vector<Fields>{{""}}));
}

TEST(CsvReader, quotes_as_rfc_4180_says) {
    EXPECT_EQ(fields("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\nx,y,z\n"),
              (std::vector<Fields>{{"a,b", "say \"hi\"", "two\r\nlines"}, {"x", "y", "z"}}));
}

TEST(CsvReader, quotes_as_people_send_them) {
    EXPECT_EQ(fields("1, \"a, b\" ,2\n"), (std::vector<Fields>{{"1", "a, b", "2"}}));
    EXPECT_EQ(fields("5\" pipe,1/2\" cap\n"), (std::vector<Fields>{{"5\" pipe", "1/2\" cap"}}));
    Dialect slash;
    slash.backslash = true;
    EXPECT_EQ(fields("\"a \\\"b\\\" \\\\\",c\n", slash), (std::vector<Fields>{{"a \"b\" \\", "c"}}));
}

TEST(CsvReader, any_delimiter_and_quote) {
    EXPECT_EQ(fields("a\t\"b\tc\"\td\n", with('\t')), (std::vector<Fields>{{"a", "b\tc", "d"}}));
    EXPECT_EQ(fields("a|'b|c'|d\n", with('|', '\'')), (std::vector<Fields>{{"a", "b|c", "d"}}));
    EXPECT_EQ(fields("a;\"b;c\n", with(';', '\0')), (std::vector<Fields>{{"a", "\"b", "c"}}));
    EXPECT_EQ(fields("a b  c\n", with(' ')), (std::vector<Fields>{{"a", "b", "", "c"}}));
    EXPECT_EQ(fields("whole, line \"here\n", with('\0', '\0')), (std::vector<Fields>{{"whole, line \"here"}}));
}

TEST(CsvReader, a_broken_row_does_not_spoil_its_neighbours) {
    auto const rows = read("a,b\nc,\"d\" e,f\ng,h\n");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[1].fault, RowFault::text_behind_quote);
    EXPECT_EQ(rows[1].line, 2u);
    EXPECT_EQ(rows[1].fault_at, 4u);
    EXPECT_EQ(rows[1].text, "c,\"d\" e,f");
    EXPECT_EQ(rows[1].fields, (Fields{"c"})) << "what stands before the fault";
    EXPECT_EQ(rows[2].fields, (Fields{"g", "h"}));
    EXPECT_EQ(rows[2].line, 3u);
}

TEST(CsvReader, an_unclosed_quote_eats_only_its_line) {
    auto const rows = read("a,b\nc,\"d\ne,f\ng,h\n");
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_EQ(rows[1].fault, RowFault::unclosed_quote);
    EXPECT_EQ(rows[1].fault_at, 2u);
    EXPECT_EQ(rows[2].fields, (Fields{"e", "f"}));
    EXPECT_EQ(rows[3].line, 4u);
    // in a file longer than a field may be
    std::string text = "c,\"d\n";
    for (unsigned i = 0; i < 3 * limits::csv_field_lines; ++i)
        text += "e,f\n";
    auto const many = read(text);
    ASSERT_EQ(many.size(), 3 * limits::csv_field_lines + 1);
    EXPECT_EQ(many.front().fault, RowFault::unclosed_quote);
    EXPECT_EQ(many.back().line, 3 * limits::csv_field_lines + 1);
    EXPECT_EQ(read(text, {}, 5), many);
}

TEST(CsvReader, lines_inside_quotes_are_counted) {
    auto const rows = read("\"a\nb\nc\",d\r\n\"e\r\nf\",g\nh,i\n");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[1].line, 4u);
    EXPECT_EQ(rows[2].line, 6u);
}

TEST(CsvReader, limits_hold) {
    auto const rows = read("a,b\n" + std::string(limits::csv_field_bytes + 1, 'x') + ",c\nd,e\n", {}, 100'000);
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[1].fault, RowFault::field_too_long);
    EXPECT_EQ(rows[2].fields, (Fields{"d", "e"}));
    auto const wide = read(std::string(limits::csv_fields, ',') + "\nd,e\n");
    ASSERT_EQ(wide.size(), 2u);
    EXPECT_EQ(wide[0].fault, RowFault::too_many_fields);
    auto const long_row = read("\"" + std::string(50u << 20, 'x') + "\",c\nd,e\n");
    ASSERT_EQ(long_row.size(), 2u);
    EXPECT_EQ(long_row[0].fault, RowFault::row_too_long);
    EXPECT_EQ(long_row[1].fields, (Fields{"d", "e"}));
    EXPECT_EQ(long_row[1].line, 2u);
}

TEST(CsvReader, encodings) {
    std::vector<Fields> const expected = {{"M\u00fcller", "5\u20ac"}, {"\u00e9", "x"}};
    EXPECT_EQ(fields("M\u00fcller,5\u20ac\n\u00e9,x\n"), expected);
    EXPECT_EQ(fields("\xef\xbb\xbfM\u00fcller,5\u20ac\n\u00e9,x\n"), expected);
    Dialect windows;
    windows.encoding = Encoding::windows_1252;
    EXPECT_EQ(fields("M\xfcller,5\x80\n\xe9,x\n", windows), expected);
    EXPECT_EQ(fields("\xef\xbb\xbfM\u00fcller,5\u20ac\n\u00e9,x\n", windows), expected) << "the mark says better";
    Dialect latin;
    latin.encoding = Encoding::iso_8859_1;
    EXPECT_EQ(fields("M\xfcller\n", latin), (std::vector<Fields>{{"M\u00fcller"}}));
    std::u16string const wide = u"M\u00fcller,5\u20ac\n\u00e9,x\n";
    std::string little, big;
    for (auto const unit : wide) {
        little += {static_cast<char>(unit & 0xff), static_cast<char>(unit >> 8)};
        big += {static_cast<char>(unit >> 8), static_cast<char>(unit & 0xff)};
    }
    EXPECT_EQ(fields(little), expected) << "without a mark, by its zero bytes";
    EXPECT_EQ(fields("\xff\xfe" + little), expected);
    EXPECT_EQ(fields("\xfe\xff" + big), expected);
    std::string pair = "\xff\xfe";
    for (auto const unit : std::u16string(u"\U0001f6a2,x\n"))
        pair += {static_cast<char>(unit & 0xff), static_cast<char>(unit >> 8)};
    EXPECT_EQ(fields(pair), (std::vector<Fields>{{"\U0001f6a2", "x"}}));
}

TEST(CsvReader, bytes_that_are_no_characters_break_their_row) {
    auto const rows = read("a,b\nc,\xfc,x\nd,e\n");
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[1].fault, RowFault::bad_character);
    EXPECT_EQ(rows[1].fault_at, 2u);
    EXPECT_EQ(rows[2].fault, RowFault::none);
    using namespace std::string_view_literals;
    EXPECT_EQ(read("a,\0b\nc,d\n"sv)[0].fault, RowFault::nul_character);
    Dialect windows;
    windows.encoding = Encoding::windows_1252;
    EXPECT_EQ(read("a,\x81\n", windows)[0].fault, RowFault::bad_character);
    EXPECT_EQ(read("\xff\xfe" "a\0,\0\0"sv)[0].fault, RowFault::bad_character) << "half a character";
    EXPECT_EQ(read("\xff\xfe" "a\0\0\xdc"sv)[0].fault, RowFault::bad_character) << "half of a pair";
}

TEST(CsvReader, blank_rows_say_so) {
    Reader reader(byte_source_of(", ,\na,\n\x1a"), {});
    EXPECT_TRUE(reader.next()->blank());
    EXPECT_FALSE(reader.next()->blank());
    EXPECT_TRUE(reader.next()->blank()) << "the end of a file as DOS wrote it";
    EXPECT_EQ(reader.next(), nullptr);
    EXPECT_EQ(reader.next(), nullptr);
}

TEST(CsvReader, kernels_agree) {
    std::string text;
    std::uint32_t seed = 1;
    for (unsigned i = 0; i < 64 * 50; ++i)
        text += static_cast<char>(seed = seed * 1664525 + 1013904223, seed >> 24);
    std::vector<std::vector<std::uint32_t>> positions;
    std::vector<std::vector<std::uint64_t>> odd;
    for (auto const& kernel : index_kernels()) {
        auto& found = positions.emplace_back(text.size() + 16);
        auto& marks = odd.emplace_back(50);
        auto* const end = kernel.run({text.data(), 50, 0, ';', '"', found.data(), marks.data()});
        found.resize(static_cast<std::size_t>(end - found.data()));
    }
    for (std::size_t i = 1; i < positions.size(); ++i) {
        EXPECT_EQ(positions[i], positions[0]);
        EXPECT_EQ(odd[i], odd[0]);
    }
    for (auto const at : positions.back())
        EXPECT_NE(std::string_view(";\"\r\n").find(text[at]), std::string_view::npos);
}

/// A failing medium ends the file; the row it cut is not given.
class Failing final : public ByteSource {
public:
    Result<std::size_t> read(char* to, std::size_t) override {
        if (turn_++ != 0) return std::unexpected(Error{});
        std::string_view const text = "a,b\nc,";
        text.copy(to, text.size());
        return text.size();
    }

private:
    int turn_ = 0;
};

TEST(CsvReader, a_failing_medium_is_told) {
    Reader reader(std::make_unique<Failing>(), {});
    unsigned rows = 0;
    while (reader.next() != nullptr)
        ++rows;
    EXPECT_LE(rows, 1u);
    EXPECT_TRUE(reader.failure().has_value());
}

} // namespace
} // namespace wharf::csv
