#include "linter/split.hpp"

#include "support/schemas.hpp"
#include "support/x12_text.hpp"
#include "unit/linter/x12_files.hpp"

#include <gtest/gtest.h>
#include <map>

namespace wharf::linter {
namespace {

class Memory : public SplitSink {
public:
    Result<void> begin(std::string const& name) override {
        EXPECT_TRUE(is_plain_file_name(name)) << name;
        EXPECT_FALSE(files.contains(name)) << name << " twice";
        EXPECT_TRUE(open.empty());
        open = name;
        files[name];
        return {};
    }
    Result<void> write(std::string_view bytes) override {
        EXPECT_FALSE(open.empty());
        files[open] += bytes;
        return {};
    }
    Result<void> end() override {
        EXPECT_FALSE(open.empty());
        open.clear();
        return {};
    }
    std::map<std::string, std::string> files;
    std::string open;
};

SplitResult split(std::string_view text, SplitBy by, Memory& memory) {
    auto result = Splitter(test::schemas(), by, memory).split(byte_source_of(text), "a.x12", "a");
    EXPECT_TRUE(result);
    EXPECT_TRUE(memory.open.empty()) << memory.open << " was never ended";
    return result ? *std::move(result) : SplitResult();
}

std::string first() { return test::set("850", test::small_850); }
std::string second() { return test::set("850", "BEG*00*SA*4712**20250602~PO1*1*1*EA*1~CTT*1~", "0002"); }
std::string two() { return test::interchange("PO", {first(), second()}); }

TEST(Split, a_file_for_each_set) {
    Memory memory;
    auto const result = split(two(), SplitBy::set, memory);
    EXPECT_EQ(result.files, 2u);
    EXPECT_EQ(result.left_out, 0u);
    EXPECT_TRUE(result.findings.empty());
    ASSERT_EQ(memory.files.size(), 2u);
    EXPECT_EQ(memory.files.at("a-000000901-77-850-0001.x12"), test::interchange("PO", {first()}));
    EXPECT_EQ(memory.files.at("a-000000901-77-850-0002.x12"), test::interchange("PO", {second()}));
}

TEST(Split, by_group_and_by_interchange) {
    auto const one = two();
    auto const other = test::replaced(test::interchange("PO", {first()}), "*77*X", "*78*X");
    auto const groups = one.substr(0, one.find("IEA")) + test::replaced(other.substr(106, other.find("IEA") - 106), "GE*1*77", "GE*1*78") + "IEA*2*000000901~";
    Memory by_group;
    EXPECT_EQ(split(groups, SplitBy::group, by_group).files, 2u);
    EXPECT_EQ(by_group.files.at("a-000000901-77.x12"), one);
    EXPECT_TRUE(test::codes_in(by_group.files.at("a-000000901-78.x12")).empty());
    Memory by_interchange;
    EXPECT_EQ(split(groups + test::replaced(test::replaced(one, "000000901", "000000902"), "IEA*1*000000901", "IEA*1*000000902"), SplitBy::interchange, by_interchange).files, 2u);
    EXPECT_EQ(by_interchange.files.at("a-000000901.x12"), groups);
}

TEST(Split, line_breaks_stay) {
    for (std::string const line_break : {"\n", "\r\n"}) {
        std::string lines;
        for (char const c : two())
            lines += c == '~' ? "~" + line_break : std::string(1, c);
        Memory memory;
        EXPECT_EQ(split(lines, SplitBy::interchange, memory).files, 1u);
        EXPECT_EQ(memory.files.at("a-000000901.x12"), lines);
    }
}

TEST(Split, names_are_safe_and_never_alike) {
    auto const evil = test::interchange("PO", {test::set("850", test::small_850, "../../etc"), test::set("850", test::small_850, "../../etc"), test::set("850", test::small_850, ".."),
                                               test::set("850", test::small_850, std::string("a\0b", 3)), test::set("850", test::small_850, std::string(400, 'x'))},
                                        "004010", "/../7");
    Memory memory;
    EXPECT_EQ(split(evil, SplitBy::set, memory).files, 5u);
    EXPECT_EQ(memory.files.size(), 5u);
    for (auto const& [name, text] : memory.files)
        EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."), std::string::npos) << name;
    EXPECT_EQ(file_name_part(".hidden"), "_hidden");
    EXPECT_EQ(file_name_part(""), "none");
    EXPECT_EQ(file_name_part("a/b\\c:d"), "a_b_c_d");
}

TEST(Split, wrong_counts_are_reported_before_they_are_right) {
    Memory memory;
    auto const result = split(test::replaced(two(), "GE*2*", "GE*3*"), SplitBy::set, memory);
    ASSERT_EQ(result.findings.size(), 1u);
    EXPECT_EQ(result.findings.front().code, "X12-0122");
    for (auto const& [name, text] : memory.files)
        EXPECT_TRUE(test::codes_in(text).empty()) << name;
}

TEST(Split, what_stands_outside_sets) {
    auto const text = test::isa() + "TA1*000000001*250602*1403*A*000~" + two().substr(106);
    Memory by_set;
    EXPECT_EQ(split(text, SplitBy::set, by_set).files, 3u);
    EXPECT_EQ(by_set.files.at("a-000000901-services.x12"), test::isa() + "TA1*000000001*250602*1403*A*000~IEA*0*000000901~");
    Memory whole;
    EXPECT_EQ(split(text, SplitBy::interchange, whole).files, 1u);
    EXPECT_EQ(whole.files.at("a-000000901.x12"), text);
    Memory stray;
    auto const result = split(test::replaced(two(), "GE*2", "N1*ST*LOST~GE*2"), SplitBy::set, stray);
    EXPECT_EQ(result.files, 2u);
    EXPECT_EQ(result.left_out, 1u);
    Memory junk;
    EXPECT_EQ(split("hello\n" + two() + "bye", SplitBy::set, junk).left_out, 2u);
}

TEST(Split, broken_envelopes) {
    for (auto const& [from, to] : {std::pair{"IEA*1*000000901~", ""}, {"GE*2*77~", ""}, {"SE*5*0002~", ""}, {"GS*PO*SENDER*RECEIVER*20250602*1403*77*X*004010~", ""},
                                   {"GE*2*77~IEA*1*000000901~", ""}, {"IEA*1*000000901~", "IEA*1*000000901"}})
        for (auto const by : {SplitBy::set, SplitBy::group, SplitBy::interchange}) {
            Memory memory;
            EXPECT_GT(split(test::replaced(two(), from, to), by, memory).files, 0u) << from;
        }
    Memory memory;
    EXPECT_EQ(split("hello", SplitBy::set, memory).interchanges, 0u);
    EXPECT_EQ(split(test::replaced(two(), "*P*>~", "*P*A~"), SplitBy::set, memory).files, 0u) << "nobody can say where it is to be cut";
}

/// Each set comes out with the very bytes it had, and no new fault of the envelope.
TEST(Split, law_over_samples) {
    for (auto const& [name, text] : test::sample_files()) {
        Memory memory;
        auto const result = split(text, SplitBy::set, memory);
        std::uint64_t sets = 0;
        for (auto const& [file, content] : memory.files) {
            auto const again = grammar::lint(content, file, test::schemas());
            sets += again.sets;
            for (auto const& finding : again.diagnostics)
                EXPECT_TRUE(finding.code != "X12-0111" && finding.code != "X12-0112" && finding.code != "X12-0121" && finding.code != "X12-0122") << name << " " << finding.message;
        }
        auto const before = grammar::lint(text, name, test::schemas());
        if (result.left_out == 0) {
            EXPECT_EQ(sets, before.sets) << name;
        }
    }
}

} // namespace
} // namespace wharf::linter
