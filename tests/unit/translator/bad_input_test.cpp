// Bad input, one test per kind: each is told with both places, where it stands in the file and which line of which map
// reads it into what; and the map says whether it refuses the document, holds it, or passes it with a mark.
#include "file_fixture.hpp"
#include "translator_fixture.hpp"

#include "base/file.hpp"

#include <filesystem>
#include <fstream>

namespace wharf::translator::test {
namespace {

/// What one format does with a value in the place of another.
struct Format {
    std::string name;
    std::string map; // with {Q}, {D}, {U} behind quantity, date and unit: policies
    std::string text; // with {number}, {date}, {quantity}, {unit}
};
void PrintTo(Format const& format, std::ostream* out) {
    *out << format.name;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

std::vector<Format> formats() {
    auto const rest = [](std::string format, std::string number, std::string date, std::string lines, std::string quantity,
                         std::string unit) {
        return "translator t/map\ndocument   purchase_order 1\n" + format + "\nnumber  " + number + "\ndate  " + date +
               "{D}\npurpose  read = \"original\"\nlines[]  each " + lines + "\n  position  read = $index\n  quantity  " +
               quantity + "{Q}\n  unit  " + unit + "  code unit x12:355{U}\n";
    };
    return {{"csv", rest("format csv\ncolumns po day qty uom\ndocuments by po", "po", "day", "row", "qty", "uom"),
             "{number},{date},{quantity},{unit}\n"},
            {"fixed", rest("format fixed\ncolumns po 1-8, day 9-18, qty 19-26, uom 27-30\ndocuments by po", "po", "day", "row", "qty", "uom"),
             "{number:8}{date:10}{quantity:8}{unit:4}\n"},
            {"xml", rest("format xml root O", "@po", "@day", "L", "Q", "Q/@uom"),
             "<O po=\"{number}\" day=\"{date}\">\n<L><Q uom=\"{unit}\">{quantity}</Q></L></O>\n"},
            {"json", rest("format json", "po", "day", "lines", "qty", "uom"),
             "{\"po\": \"{number}\", \"day\": \"{date}\",\n\"lines\": [{\"qty\": \"{quantity}\", \"uom\": \"{unit}\"}]}\n"}};
}

class BadInput : public ::testing::TestWithParam<Format> {
protected:
    std::shared_ptr<FileTranslator const> map(std::string const& quantity = {}, std::string const& date = {},
                                              std::string const& unit = {}) {
        return good_map(replaced(replaced(replaced(GetParam().map, "{Q}", quantity), "{D}", date), "{U}", unit));
    }
    std::string text(std::string number, std::string date, std::string quantity, std::string unit) {
        auto made = GetParam().text;
        for (auto const& [name, value, width] :
             {std::tuple{"number", number, 8u}, {"date", date, 10u}, {"quantity", quantity, 8u}, {"unit", unit, 4u}}) {
            auto filled = value;
            filled.resize(std::max<std::size_t>(filled.size(), width), ' ');
            made = replaced(replaced(made, fmt::format("{{{}:{}}}", name, width), filled), fmt::format("{{{}}}", name), value);
        }
        return made;
    }
    /// The only document of a text, and the finding of this code in it.
    FileDocument document(std::shared_ptr<FileTranslator const> const& with, std::string const& input) {
        auto found = read_file_text(*with, input);
        EXPECT_EQ(found.size(), 1u);
        return found.empty() ? FileDocument() : found.front();
    }
    /// Both places: the file's (line, what stands there) and the map's (file and line, canonical path).
    void expect_both_places(Diagnostics const& found, std::string_view code, std::string_view value,
                            std::string_view canonical) {
        ASSERT_EQ(found.size(), 1u) << rendered(found);
        auto const& one = found.front();
        EXPECT_EQ(one.code, code);
        EXPECT_EQ(one.place.file, "in");
        EXPECT_GT(one.place.line, 0u);
        EXPECT_GT(one.place.column, 0u);
        EXPECT_EQ(one.value, value);
        EXPECT_NE(one.message.find(value), std::string::npos) << one.message;
        EXPECT_NE((one.message + one.help).find(canonical), std::string::npos) << one.message << " | " << one.help;
        EXPECT_NE(one.help.find("t/map.map:"), std::string::npos) << one.help;
    }
    /// `bad` under the three policies of the line it stands in.
    void expect_policies(std::string const& input, std::string_view bad, std::string_view canonical, int line) {
        auto const policy = [&](std::string const& of) {
            return map(line == 0 ? of : "", line == 1 ? of : "", line == 2 ? " known" + of : "");
        };
        auto const refused = document(policy(""), input);
        EXPECT_TRUE(refused.json.empty());
        expect_both_places(refused.diagnostics, "MAP-0101", bad, canonical);
        for (auto const* word : {"hold", "pass"}) {
            RunValues const values;
            auto const with = policy(std::string(" on error ") + word);
            ASSERT_NE(with, nullptr);
            auto const reading = with->open(byte_source_of(input), "in", {}, values);
            std::string json;
            auto const outcome = reading->next(json);
            ASSERT_TRUE(outcome.has_value());
            EXPECT_TRUE(outcome->ok());
            EXPECT_EQ(outcome->held, std::string_view(word) == "hold");
            expect_both_places(outcome->diagnostics, "MAP-0109", bad, canonical);
            EXPECT_NE(json.find(fmt::format("\"{}\"", bad)), std::string::npos) << "the mark: " << json;
            EXPECT_NE(json.find("\"extensions\""), std::string::npos) << json;
        }
    }
};

TEST_P(BadInput, a_quantity_that_is_no_number) {
    expect_policies(text("1", "2025-06-02", "ten", "EA"), "ten", "lines[0].quantity", 0);
}

TEST_P(BadInput, a_date_that_does_not_exist) {
    expect_policies(text("1", "2025-02-30", "1", "EA"), "2025-02-30", "date", 1);
}

TEST_P(BadInput, an_unknown_code_is_marked_or_refused) {
    auto const input = text("1", "2025-06-02", "1", "QQZ");
    auto const marked = document(map(), input);
    EXPECT_TRUE(marked.diagnostics.empty()) << rendered(marked.diagnostics);
    EXPECT_EQ(at(marked.value(), "lines[0].unit"), "x12:QQZ") << "whose code it is";
    expect_policies(input, "QQZ", "lines[0].unit", 2);
}

TEST_P(BadInput, missing_mandatory_data) {
    auto input = text("", "2025-06-02", "1", "EA");
    auto const found = document(map(), input).diagnostics;
    ASSERT_FALSE(found.empty());
    auto const& one = found.front();
    EXPECT_TRUE(one.code == "MAP-0103" || one.code == "MAP-0145") << rendered(found); // rows: no key either
    EXPECT_EQ(one.place.file, "in");
    EXPECT_GT(one.place.line, 0u) << rendered(found);
    if (one.code == "MAP-0103") {
        EXPECT_NE(one.message.find("`number`"), std::string::npos) << one.message;
        EXPECT_NE(one.help.find("po"), std::string::npos) << one.help;
    }
}

TEST_P(BadInput, bytes_that_are_no_characters) {
    auto const found = document(map(), text("1\xff", "2025-06-02", "1", "EA")).diagnostics;
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(has_errors(found)) << rendered(found);
    EXPECT_EQ(found.front().place.file, "in");
    EXPECT_TRUE(document(map(), text("1\xff", "2025-06-02", "1", "EA")).json.empty());
}

TEST_P(BadInput, fifty_megabytes_in_one_field) {
    auto const documents = read_file_text(*map(), text("1", "2025-06-02", std::string(50u << 20, '7'), "EA"));
    ASSERT_FALSE(documents.empty());
    EXPECT_TRUE(documents.front().json.empty());
    ASSERT_TRUE(has_errors(documents.front().diagnostics));
    auto const& one = documents.front().diagnostics.front();
    EXPECT_EQ(one.place.file, "in");
    EXPECT_GT(one.place.line, 0u);
    EXPECT_LT(one.message.size() + one.help.size() + one.excerpt.size(), 20'000u) << "nobody reads 50 MB";
}

INSTANTIATE_TEST_SUITE_P(Formats, BadInput, ::testing::ValuesIn(formats()),
                         [](auto const& test_info) { return test_info.param.name; });

// --- X12

TEST(BadInputX12, both_places_of_every_kind) {
    auto const reading = read_body("850", "BEG*00*SA*4711**20250230~PO1*1*ten*EA*12.50**UP*012345678905~");
    EXPECT_TRUE(reading.json.empty());
    auto const& found = reading.outcome.diagnostics;
    ASSERT_EQ(found.size(), 2u) << rendered(found);
    EXPECT_EQ(found[0].code + found[1].code, "MAP-0101MAP-0101");
    EXPECT_EQ(found[0].place.segment_id, "BEG");
    EXPECT_EQ(found[0].place.element, 5u);
    EXPECT_EQ(found[0].value, "20250230");
    EXPECT_NE(found[0].help.find("translators/x12/850.map:"), std::string::npos) << found[0].help;
    EXPECT_NE(found[0].help.find("into date"), std::string::npos) << found[0].help;
    EXPECT_EQ(found[1].place.path, "850/PO1/PO102");
    EXPECT_NE(found[1].help.find("translators/x12/common.map:"), std::string::npos) << found[1].help;
    EXPECT_NE(found[1].help.find("lines[0].quantity"), std::string::npos) << found[1].help;
    auto const missing = read_body("850", "BEG*00*SA***20250602~PO1*1*1*EA~").outcome.diagnostics;
    ASSERT_FALSE(missing.empty());
    EXPECT_EQ(missing[0].code, "MAP-0103");
    EXPECT_EQ(missing[0].place.segment_id, "BEG");
    EXPECT_NE(missing[0].help.find("BEG03"), std::string::npos) << missing[0].help;
}

TEST(BadInputX12, a_map_for_another_version) {
    auto const compiled = [](std::string const& head) {
        auto const source = memory({{"t/map.map", "translator t/map extends x12/850\n" + head}});
        auto const faults = check_map(*source, "t/map", schemas());
        return rendered(faults);
    };
    auto const other = [](std::string const& lines) {
        auto const source = memory({{"t/map.map", lines}});
        return rendered(check_map(*source, "t/map", schemas()));
    };
    EXPECT_EQ(compiled(""), "");
    auto const release = other("translator t/map\ndocument purchase_order 1\nformat x12 850 009999\nnumber BEG03\n");
    EXPECT_NE(release.find("MAP-0902 There is no grammar of set 850 in release 009999."), std::string::npos) << release;
    EXPECT_NE(release.find("t/map.map:"), std::string::npos) << release;
    auto const schema = other("translator t/map\ndocument purchase_order 9\nformat x12 850 004010\nnumber BEG03\n");
    EXPECT_NE(schema.find("There is no kind of document `purchase_order` in version 9."), std::string::npos) << schema;
    EXPECT_NE(schema.find("t/map.map:"), std::string::npos) << schema;
    // a document of a version to come
    auto const document = *json::parse(R"({"schema":"wharf/purchase_order/9","document":"purchase_order","number":"1"})");
    EXPECT_TRUE(has_errors(document::check(document)));
}

TEST(BadInputX12, two_maps_of_one_name) {
    auto const folder = std::filesystem::temp_directory_path() / fmt::format("wharf_two_maps_{}", ::getpid());
    std::filesystem::create_directories(folder / "a");
    std::filesystem::create_directories(folder / "b");
    for (auto const* name : {"a/850.map", "b/850.map"})
        std::ofstream(folder / name) << "translator acme/850 extends x12/850\nremove contract_number\n";
    auto const source = folder_maps(folder, embedded_maps());
    ASSERT_FALSE(source.has_value());
    EXPECT_NE(source.error().message.find("a/850.map"), std::string::npos) << source.error().message;
    EXPECT_NE(source.error().message.find("b/850.map"), std::string::npos) << source.error().message;
    std::filesystem::remove_all(folder);
}

TEST(BadInputX12, a_value_that_the_partners_table_lacks) {
    auto const source = memory({{"t/map.map", "translator t/map extends x12/850\nin lines[]\n  replace line_number 01 lookup units\n"}});
    auto const map = compiled(*source, "t/map", schemas().get("004010", "850"));
    ASSERT_NE(map, nullptr);
    auto const reading = read_body("850", "BEG*00*SA*4711**20250602~PO1*1*1*EA~", map);
    ASSERT_EQ(reading.outcome.diagnostics.size(), 1u) << rendered(reading.outcome.diagnostics);
    auto const& one = reading.outcome.diagnostics.front();
    EXPECT_EQ(one.code, "MAP-0101");
    EXPECT_EQ(one.place.path, "850/PO1/PO101");
    EXPECT_NE(one.message.find("no cross-reference `units`"), std::string::npos) << one.message;
    EXPECT_NE(one.help.find("t/map.map:3"), std::string::npos) << one.help;
}

} // namespace
} // namespace wharf::translator::test
