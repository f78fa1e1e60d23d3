#include "syntax/csv/reader.hpp"
#include "syntax/csv/writer.hpp"

#include <gtest/gtest.h>

namespace wharf::csv {
namespace {

using Views = std::vector<std::string_view>;

std::string write(std::vector<Views> const& rows, Dialect dialect = {}) {
    Writer writer(dialect);
    std::string out;
    for (auto const& row : rows)
        EXPECT_FALSE(writer.add(row, out).has_value());
    return out;
}

TEST(CsvWriter, quotes_only_what_needs_them) {
    EXPECT_EQ(write({{"a", "b c", ""}, {"x,y", "say \"hi\"", "two\nlines"}, {" z", "1", ""}}),
              "a,b c,\r\n\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n\" z\",1,\r\n");
    Dialect dialect;
    dialect.delimiter = ';';
    dialect.quote_always = true;
    dialect.line_end = "\n";
    EXPECT_EQ(write({{"a", ""}}, dialect), "\"a\";\"\"\n");
}

TEST(CsvWriter, what_is_written_is_read_back) {
    std::vector<Views> const rows = {
        {"a", "", "\"", "\"\"", "\r\n", ",", ";", "\\", "\\\"", " b ", "\u20ac"}, {""}, {"x"}, {"'", "''", "|\t"}};
    for (auto const delimiter : {',', ';', '\t', '|'})
        for (auto const quote : {'"', '\''})
            for (bool const backslash : {false, true})
                for (auto const encoding : {Encoding::utf_8, Encoding::windows_1252, Encoding::utf_16le})
                    for (bool const mark : {false, true}) {
                        Dialect dialect;
                        dialect.delimiter = delimiter;
                        dialect.quote = quote;
                        dialect.backslash = backslash;
                        dialect.encoding = encoding;
                        dialect.mark = mark;
                        auto const text = write(rows, dialect);
                        Reader reader(byte_source_of(text), dialect);
                        std::string scratch;
                        for (auto const& expected : rows) {
                            auto const* const row = reader.next();
                            ASSERT_NE(row, nullptr) << text;
                            ASSERT_EQ(row->fault, RowFault::none) << text;
                            ASSERT_EQ(row->fields.size(), expected.size()) << text;
                            for (std::size_t i = 0; i < expected.size(); ++i)
                                EXPECT_EQ(value(dialect, *row, row->fields[i], scratch), expected[i]) << text;
                        }
                        EXPECT_EQ(reader.next(), nullptr);
                    }
}

TEST(CsvWriter, a_first_field_is_not_taken_for_a_byte_order_mark) {
    for (auto const encoding : {Encoding::automatic, Encoding::utf_8, Encoding::utf_16le, Encoding::utf_16be,
                                Encoding::iso_8859_1, Encoding::windows_1252}) {
        bool const narrow = encoding == Encoding::iso_8859_1 || encoding == Encoding::windows_1252;
        for (bool const mark : {false, true})
            for (std::string_view const first : {"\ufeffnumber", "\u00ef\u00bb\u00bfx", "\u00ff\u00fe", "\u00fe\u00ff"}) {
                if (narrow && first == "\ufeffnumber") continue; // has no place there
                Dialect dialect;
                dialect.encoding = encoding;
                dialect.mark = mark;
                auto const text = write({{first, "b"}, {first, "d"}}, dialect);
                Reader reader(byte_source_of(text), dialect);
                std::string scratch;
                for (std::string_view const second : {"b", "d"}) {
                    auto const* const row = reader.next();
                    ASSERT_NE(row, nullptr) << text;
                    ASSERT_EQ(row->fields.size(), 2u) << text;
                    EXPECT_EQ(value(dialect, *row, row->fields[0], scratch), first) << text;
                    EXPECT_EQ(value(dialect, *row, row->fields[1], scratch), second) << text;
                }
            }
    }
    EXPECT_EQ(write({{"\ufeffa"}, {"\ufeffb"}}), "\"\ufeffa\"\r\n\ufeffb\r\n") << "only where the file begins";
    Dialect bare;
    bare.quote = '\0';
    Writer writer(bare);
    std::string out;
    auto const refused = writer.add(Views{"\ufeffa"}, out);
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->field, 0u);
    EXPECT_EQ(writer.add(Views{"a"}, out), std::nullopt);
}

TEST(CsvWriter, a_refused_first_row_leaves_nothing_behind) {
    Dialect dialect;
    dialect.encoding = Encoding::utf_16le;
    dialect.mark = true;
    Writer writer(dialect);
    std::string out;
    EXPECT_TRUE(writer.add(Views{"\xff"}, out).has_value());
    EXPECT_EQ(out, "");
    EXPECT_FALSE(writer.add(Views{"a"}, out).has_value());
    EXPECT_TRUE(out.starts_with("\xff\xfe")) << "the mark comes with the first row that is written";
}

TEST(CsvWriter, what_cannot_be_said_is_refused) {
    Dialect bare;
    bare.quote = '\0';
    Writer writer(bare);
    std::string out;
    auto const split = writer.add(Views{"a", "b,c"}, out);
    ASSERT_TRUE(split.has_value());
    EXPECT_EQ(split->field, 1u);
    EXPECT_EQ(split->at, 1u);
    EXPECT_TRUE(split->structure);
    Dialect latin;
    latin.encoding = Encoding::iso_8859_1;
    Writer narrow(latin);
    auto const foreign = narrow.add(Views{"a", "5 \u20ac"}, out);
    ASSERT_TRUE(foreign.has_value());
    EXPECT_EQ(foreign->field, 1u);
    EXPECT_EQ(foreign->at, 2u);
    EXPECT_FALSE(foreign->structure);
    EXPECT_EQ(out, "");
}

} // namespace
} // namespace wharf::csv
