// One order and its answers, 850, 855, 856, 810, from a partner in CSV and from a partner in X12: the same canonical
// documents, but for what a format cannot carry. What that is stands in tests/golden/chain, one list per step; nothing
// is lost without a word of the writer.
#include "golden/golden_support.hpp"

#include "base/file.hpp"
#include "diagnostic/render.hpp"
#include "support/x12_text.hpp"
#include "translator/difference.hpp"
#include "translator/translator_impl.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace wharf::golden {
namespace {

struct Link {
    char const* set;
    char const* csv;
};
void PrintTo(Link const& link, std::ostream* out) {
    *out << link.set;
}

/// The document, without provenance and what is derived.
json::Value business(json::Value document) {
    std::erase_if(document.members(), [](auto const& member) {
        return member.first == "source" || member.first == "id" || member.first == "test";
    });
    return document;
}

class Chain : public testing::TestWithParam<Link> {
protected:
    std::shared_ptr<translator::FileTranslator const> const csv_ = [] {
        auto made = translator::make_file_translator(*translator::embedded_maps(), GetParam().csv);
        EXPECT_TRUE(made.has_value());
        return made ? *made : nullptr;
    }();

    std::vector<json::Value> read_csv(std::string text) {
        std::vector<json::Value> documents;
        translator::RunValues const values;
        auto const reading = csv_->open(byte_source_of(text), "csv", {}, values);
        std::string json;
        while (auto const outcome = reading->next(json)) {
            EXPECT_TRUE(outcome->diagnostics.empty()) << render_text(outcome->diagnostics);
            if (!json.empty()) documents.push_back(business(*json::parse(json)));
        }
        return documents;
    }
    std::string write_csv(json::Value const& document, Diagnostics& said) {
        auto const writing = csv_->begin();
        said = writing->add(document, {});
        return writing->finish(said);
    }
    /// By the shipped map, in 004010, through our own validator.
    TranslatedSet through_x12(json::Value const& document, Diagnostics& said) {
        static grammar::SchemaCache schemas{*grammar::Grammars::open()};
        static auto const translators = *translator::Translators::open();
        auto const schema = schemas.get("004010", GetParam().set);
        auto const with = translators->find(std::string("x12/") + GetParam().set, schema);
        EXPECT_TRUE(with.has_value());
        if (!with) return {};
        auto outcome = (*with)->write(document, {});
        said = std::move(outcome.diagnostics);
        std::string const body(outcome.body.bytes());
        auto sets = translate(wharf::test::interchange(schema->set().group, {wharf::test::set(GetParam().set, body)}), "chain");
        EXPECT_EQ(sets.size(), 1u);
        return sets.empty() ? TranslatedSet() : std::move(sets.front());
    }
    static std::string listed(std::vector<translator::Difference> const& differences) {
        auto text = to_text(differences);
        return text.empty() ? "nothing\n" : text;
    }
    static std::filesystem::path list_file(char const* step) {
        return std::filesystem::path(WHARF_SOURCE_DIR "/tests/golden/chain") / (std::string(GetParam().set) + "." + step);
    }
    json::Value first_of_csv() {
        auto const documents =
            read_csv(read_file(std::filesystem::path(WHARF_SOURCE_DIR "/translators") / (std::string(GetParam().csv) + ".tests/full.csv")));
        return documents.empty() ? json::Value() : documents.front();
    }
};

TEST_P(Chain, a_partner_in_x12_says_what_a_partner_in_csv_says) {
    auto const document = first_of_csv();
    ASSERT_TRUE(document.is_object());
    Diagnostics said;
    auto const set = through_x12(document, said);
    ASSERT_TRUE(set.ok()) << set.faults() << render_text(said);
    EXPECT_TRUE(set.findings.empty()) << "clean to our own validator: " << render_text(set.findings);
    EXPECT_FALSE(has_errors(said)) << render_text(said);
    expect_golden(list_file("by_x12"), listed(translator::differences(document, business(*json::parse(set.json)))));
}

TEST_P(Chain, what_came_by_x12_goes_out_by_csv_and_nothing_is_lost_without_a_word) {
    Diagnostics said;
    auto const set = through_x12(first_of_csv(), said);
    ASSERT_TRUE(set.ok()) << set.faults();
    auto const document = business(*json::parse(set.json));
    auto const text = write_csv(document, said);
    ASSERT_FALSE(has_errors(said)) << render_text(said);
    auto const again = read_csv(text);
    ASSERT_EQ(again.size(), 1u) << text;
    auto const differences = translator::differences(document, again.front());
    expect_golden(list_file("by_csv"), listed(differences));
    for (auto const& one : differences) // the path that was not carried, or one above or below it
        EXPECT_TRUE(std::ranges::any_of(said, [&](auto const& found) {
            auto const& path = found.place.path;
            return !path.empty() && (one.path.starts_with(path) || path.starts_with(one.path));
        })) << one.path << ": " << one.expected << " -> " << one.found << "\n" << render_text(said);
}

INSTANTIATE_TEST_SUITE_P(Sets, Chain,
                         testing::Values(Link{"850", "csv/purchase_order"}, Link{"855", "csv/purchase_order_acknowledgment"},
                                         Link{"856", "csv/ship_notice"}, Link{"810", "csv/invoice"}),
                         [](auto const& test_info) { return std::string("Set") + test_info.param.set; });

} // namespace
} // namespace wharf::golden
