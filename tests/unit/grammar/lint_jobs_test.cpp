// Several threads, and streams instead of text in memory, find the same in the same order.
#include "grammar/lint.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace wharf::grammar {
namespace {

using wharf::test::schemas;

class TextSource : public ByteSource {
public:
    explicit TextSource(std::string_view text, std::size_t fails_at = ~std::size_t{0}) : text_(text), fails_at_(fails_at) {}
    Result<std::size_t> read(char* to, std::size_t most) override {
        if (given_ >= fails_at_)
            return permanent("cannot read t: the disk is gone");
        auto const count = text_.copy(to, std::min({most, fails_at_ - given_, std::size_t{30'000}}), given_);
        given_ += count;
        return count;
    }

private:
    std::string_view text_;
    std::size_t given_ = 0, fails_at_;
};

/// Some 3 MB: interchanges with many groups, right and damaged sets, junk, missing ends.
std::string large_file() {
    std::mt19937 random(42);
    std::string text;
    for (int i = 0; i < 60; ++i) {
        std::vector<std::string> sets;
        for (auto n = 1 + random() % 60; n > 0; --n) {
            std::string body = "BEG*00*SA*4711**20250602~";
            for (auto lines = 1 + random() % 30; lines > 0; --lines)
                body += fmt::format("PO1*{}*{}*EA*12.50**UP*012345678905~", lines, random() % 500);
            switch (random() % 6) {
            case 0: body += "XYZ*1~"; break;
            case 1: body += "REF*IA~"; break;
            default: break;
            }
            auto one = test::set("850", body, fmt::format("{:04}", random() % 50));
            if (random() % 40 == 0)
                one.resize(one.size() - 12); // its SE is damaged
            sets.push_back(std::move(one));
        }
        auto interchange = test::interchange("PO", sets, random() % 5 == 0 ? "005010" : "004010", std::to_string(i));
        if (random() % 10 == 0)
            interchange.resize(interchange.find("GE*"));
        if (random() % 4 == 0)
            interchange += "junk";
        if (random() % 7 == 0)
            std::ranges::replace(interchange, '~', '\'');
        text += interchange;
    }
    return text;
}

std::string told(LintResult const& result) {
    auto out = fmt::format("{} {} {} {}\n", result.interchanges, result.groups, result.sets, result.suppressed);
    for (auto const& finding : result.diagnostics)
        out += fmt::format("{}@{}+{} {} {} {} {}\n", finding.code, finding.place.offset, finding.place.length, finding.place.interchange,
                           finding.place.group, finding.place.transaction, finding.message);
    return out;
}

TEST(LintJobs, find_the_same_in_the_same_order_as_one) {
    auto const text = large_file();
    LintOptions options;
    options.max_findings = 1'000'000;
    auto const expected = told(lint(text, "t", schemas(), options));
    EXPECT_GT(std::ranges::count(expected, '\n'), 200);
    for (unsigned const jobs : {1u, 2u, 3u, 8u}) {
        options.jobs = jobs;
        EXPECT_TRUE(told(lint(text, "t", schemas(), options)) == expected) << jobs << " jobs, from memory";
        EXPECT_TRUE(told(lint(std::make_unique<TextSource>(text), "t", schemas(), options)) == expected) << jobs << " jobs, from a stream";
    }
}

TEST(LintJobs, limits_keep_the_first_findings_and_count_the_rest) {
    auto const text = large_file();
    LintOptions options;
    options.max_findings = 20;
    auto const one = lint(text, "t", schemas(), options);
    options.jobs = 4;
    EXPECT_EQ(told(lint(text, "t", schemas(), options)), told(one));
    EXPECT_EQ(one.diagnostics.size(), 20u);
    EXPECT_GT(one.suppressed, 100u);
}

TEST(LintJobs, a_medium_that_fails_is_told_with_what_was_read_before) {
    auto const text = large_file();
    for (unsigned const jobs : {1u, 3u}) {
        LintOptions options;
        options.jobs = jobs;
        auto const result = lint(std::make_unique<TextSource>(text, 1'000'000), "t", schemas(), options);
        ASSERT_TRUE(result.trouble);
        EXPECT_EQ(result.trouble->message, "cannot read t: the disk is gone");
        EXPECT_GT(result.sets, 100u);
    }
}

TEST(LintJobs, what_is_no_interchange_is_named_from_a_stream_too) {
    auto const named = [](std::string_view text) {
        auto const result = lint(std::make_unique<TextSource>(text), "t", schemas());
        EXPECT_EQ(result.diagnostics.size(), 1u);
        return result.diagnostics.at(0).message;
    };
    EXPECT_EQ(named(""), "this is not an X12 interchange: it is empty");
    EXPECT_EQ(named("%PDF-1.4 ISA"), "this is not an X12 interchange: it is a PDF document");
    EXPECT_EQ(named(std::string(200'000, 'x')), "this is not an X12 interchange: it is text of no kind Wharf knows");
}

} // namespace
} // namespace wharf::grammar
