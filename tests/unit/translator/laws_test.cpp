// The laws of map-language §10 over generated documents of every shipped map.
#include "translator_fixture.hpp"

#include "document_generator.hpp"

#include <iostream>

namespace wharf::translator {
namespace {

using namespace test;

/// Takes out what is computed on reading.
void without_derived(json::Value& value, document::Node const& node) {
    if (value.is_object()) {
        std::erase_if(value.members(), [&](auto const& member) {
            auto const* property = node.find(member.first);
            return property != nullptr && property->derived;
        });
        for (auto& [name, inner] : value.members())
            if (auto const* property = node.find(name)) without_derived(inner, *property->node);
    } else if (value.is_array() && node.items != nullptr) {
        for (auto& item : value.items())
            without_derived(item, *node.items);
    }
}

class Laws : public ::testing::TestWithParam<char const*> {};

TEST_P(Laws, a_written_document_is_read_back_equal) {
    std::string const release = std::string_view(GetParam()) == "999" ? "005010" : "004010"; // where the 999 begins
    auto const translator = shipped_translator(GetParam(), release);
    ASSERT_NE(translator, nullptr);
    auto const& plan = plan_of(*translator);
    unsigned accepted = 0, refused = 0;
    std::map<std::string, unsigned> reasons;
    for (unsigned seed = 1; seed <= 400; ++seed) {
        auto const document = DocumentGenerator(plan, seed).document();
        auto const faults = document::check(document);
        ASSERT_FALSE(has_errors(faults)) << "seed " << seed << ": " << texts(faults) << json::to_text(document);
        auto const written = translator->write(document, {});
        if (!written.diagnostics.empty()) { // it says so itself
            ++refused;
            ++reasons[written.diagnostics.front().code + " " + written.diagnostics.front().message.substr(0, 60)];
            continue;
        }
        ++accepted;
        auto const text = to_text(written.segments);
        auto const reading = read_body(GetParam(), text, translator, release);
        ASSERT_TRUE(reading.outcome.ok()) << "seed " << seed << ": " << texts(reading.outcome.diagnostics) << text;
        auto again = business(reading.value());
        without_derived(again, plan.document->root());
        if (auto* const totals = again.find("totals")) // counted by the writer, not said by the document
            std::erase_if(totals->members(), [](auto const& member) {
                return member.first == "line_count" || member.first == "hl_count";
            });
        ASSERT_EQ(json::to_pretty_text(again), json::to_pretty_text(document)) << "seed " << seed << ": " << text;
        ASSERT_EQ(reading.outcome.extended, 0u) << text;
    }
    std::cout << GetParam() << ": " << accepted << " written and read back equal, " << refused << " refused\n";
    std::string said;
    for (auto const& [reason, count] : reasons)
        said += fmt::format("  {} x {}\n", count, reason);
    EXPECT_GE(accepted, 150u) << "refused:\n" << said;
}

INSTANTIATE_TEST_SUITE_P(Shipped, Laws,
                         ::testing::Values("850", "855", "856", "810", "860", "865", "861", "846", "820", "824", "997",
                                           "999", "875", "880"));

} // namespace
} // namespace wharf::translator
