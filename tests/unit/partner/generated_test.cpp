// The files made from the field declarations are those in the repository. To make them again:
//
//     WHARF_UPDATE=1 build/dev/partner_test --gtest_filter='Generated*'

#include "base/file.hpp"
#include "partner/declarations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace wharf::partner {
namespace {

void expect_content(std::string const& name, std::string const& content) {
    auto const path = std::filesystem::path(WHARF_SOURCE_DIR) / name;
    if (std::getenv("WHARF_UPDATE")) {
        ASSERT_TRUE(write_file_durably(path, content));
        return;
    }
    auto const present = read_file(path, 1 << 20);
    ASSERT_TRUE(present) << present.error().message;
    EXPECT_EQ(*present, content) << name << " is out of date: run with WHARF_UPDATE=1";
}

/// Replaces what stands between <!-- fields: NAME --> and <!-- end --> of a page.
void expect_tables(std::string const& page, std::string const& name, Declaration const& declaration) {
    auto const path = std::filesystem::path(WHARF_SOURCE_DIR) / page;
    auto const present = read_file(path, 1 << 20);
    ASSERT_TRUE(present) << present.error().message;
    auto const mark = "<!-- fields: " + name + " -->\n";
    auto const begin = present->find(mark);
    ASSERT_NE(begin, std::string::npos) << page << " has no " << mark;
    auto const end = present->find("\n<!-- end -->", begin);
    ASSERT_NE(end, std::string::npos);
    expect_content(page, present->substr(0, begin + mark.size()) + manual_tables(declaration) + present->substr(end));
}

TEST(Generated, Schemas) {
    expect_content("schemas/wharf.1.json",
                   json_schema(gateway_declaration(), "wharf.yaml, the gateway's configuration"));
    expect_content("schemas/partner.1.json", json_schema(profile_declaration(), "profile.yaml, a partner's profile"));
    expect_content("schemas/channel.1.json",
                   json_schema(channel_declaration(), "A channel: a folder, an SFTP login or an AS2 relation"));
    expect_content("schemas/calendar.1.json", json_schema(calendar_declaration(), "A calendar: holidays and days that are worked all the same"));
    expect_content("schemas/lint.1.json", json_schema(lint_declaration(), ".wharf.yaml, how files are linted"));
}

TEST(Generated, ManualTables) {
    expect_tables("docs/partner-profile.md", "profile", profile_declaration());
    expect_tables("docs/partner-profile.md", "gateway", gateway_declaration());
    expect_tables("docs/channels.md", "channel", channel_declaration());
    expect_tables("docs/channels.md", "calendar", calendar_declaration());
    expect_tables("docs/linting.md", "lint", lint_declaration());
}

TEST(Declarations, EverySettingIsExplained) {
    std::vector<Declaration const*> open = {&gateway_declaration(), &profile_declaration(), &channel_declaration(), &calendar_declaration(), &lint_declaration()};
    std::size_t count = 0;
    while (!open.empty()) {
        auto const& declaration = *open.back();
        open.pop_back();
        for (auto const& field : declaration.fields()) {
            EXPECT_GT(field.meaning.size(), 5u) << declaration.name() << " " << field.name;
            ++count;
            if (field.nested && field.shape != Field::Shape::raw) open.push_back(field.nested);
        }
    }
    EXPECT_GT(count, 80u);
}

/// A default that its own field would refuse could never be written out.
TEST(Declarations, DefaultsPassTheirOwnChecks) {
    PartnerProfile const profile;
    std::vector<EffectiveValue> values;
    collect_effective(profile_declaration(), &profile, {}, "", values);
    ASSERT_FALSE(values.empty());
    auto const text = std::string("envelope:\n  version: 00401\n");
    for (auto const* const path : {"file_name", "envelope.version", "envelope.release", "envelope.element_separator",
                                   "acknowledgment.expect_997_within"}) {
        auto const value = std::ranges::find(values, path, &EffectiveValue::path);
        ASSERT_NE(value, values.end()) << path;
        Declaration const* declaration = &profile_declaration();
        std::string name = path;
        if (auto const dot = name.find('.'); dot != std::string::npos) {
            declaration = declaration->find(name.substr(0, dot))->nested;
            name = name.substr(dot + 1);
        }
        auto const* const field = declaration->find(name);
        ASSERT_TRUE(field) << path;
        if (field->check_text) {
            EXPECT_EQ(field->check_text(value->value), "") << path;
        }
    }
}

} // namespace
} // namespace wharf::partner
