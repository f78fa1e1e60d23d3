// The validator and the smallest obvious validator say the same of documents drawn at random, clean and damaged.
#include "grammar/validator.hpp"
#include "support/all_sets.hpp"
#include "support/document_mutation.hpp"
#include "support/reference_validator.hpp"

#include <gtest/gtest.h>
#include <set>

namespace wharf::test {
namespace {

struct Said {
    std::optional<std::size_t> structure; // the first structural finding
    std::size_t belongs = ~std::size_t{0}; // the first place that a structural finding names
    std::set<std::pair<std::size_t, std::uint32_t>> elements; // segment from 0, element
    Diagnostics findings;
};

Said say(grammar::Validator& validator, Document const& document) {
    Said said;
    SetText const text(document);
    validator.validate(text.list(), {}, said.findings);
    for (auto const& finding : said.findings) {
        std::size_t const index = finding.place.segment_position - 1;
        if (finding.code.starts_with("X12-02")) {
            said.structure = std::min(said.structure.value_or(index), index);
            said.belongs = std::min(said.belongs, index);
            for (auto const& related : finding.related)
                said.belongs = std::min<std::size_t>(said.belongs, related.place.segment_position - 1);
        }
        else if (finding.code.starts_with("X12-03"))
            said.elements.emplace(index, finding.place.element);
    }
    return said;
}

std::string describe(Document const& document, Said const& said, ReferenceVerdict const& verdict) {
    auto text = fmt::format("{} {}\n", document.schema->set().id, document.schema->set().release);
    for (std::size_t i = 0; i < document.segments.size(); ++i)
        text += fmt::format("  [{}] {}\n", i, document.segments[i]);
    for (auto const& finding : said.findings)
        text += fmt::format("validator: [{}] {} {} {}\n", finding.place.segment_position - 1, finding.code, finding.place.path, finding.message);
    if (verdict.structure)
        text += fmt::format("reference: [{}] structure\n", *verdict.structure);
    for (auto const& fault : verdict.elements)
        text += fmt::format("reference: [{}] element {} {}\n", fault.segment, fault.element, fault.reason);
    return text;
}

/// The walk may blame a segment before the first that cannot be read, as far back as it looks; or one behind it, when what was
/// missing is found there, and then names the place where it belongs.
bool near_enough(Said const& said, std::optional<std::size_t> expected) {
    if (!said.structure || !expected)
        return said.structure.has_value() == expected.has_value();
    return *said.structure + 16 >= *expected && std::min(said.belongs, *said.structure) <= *expected + 4;
}

void expect_agreement(grammar::Validator& validator, Document const& document) {
    auto const said = say(validator, document);
    auto const verdict = judge(document);
    std::set<std::pair<std::size_t, std::uint32_t>> expected;
    for (auto const& fault : verdict.elements)
        expected.emplace(fault.segment, fault.element);
    EXPECT_TRUE(near_enough(said, verdict.structure)) << describe(document, said, verdict);
    EXPECT_EQ(said.elements, expected) << describe(document, said, verdict);
}

TEST(Agreement, over_all_sets_of_all_releases) {
    DocumentGenerator generator(1);
    auto const rounds = is_long_run() ? 40 : 1;
    for (auto const& schema : all_sets()) {
        grammar::Validator validator(schema);
        for (int round = 0; round < rounds; ++round) {
            generator.use({'*', '>', '~', generator.random().chance(70) ? '^' : '\0'});
            auto const clean = generator.draw(schema, 20 + generator.random().below(100));
            auto const verdict = judge(clean);
            EXPECT_FALSE(verdict.structure) << describe(clean, {}, verdict);
            EXPECT_TRUE(verdict.elements.empty()) << describe(clean, {}, verdict);
            expect_agreement(validator, clean);
            expect_agreement(validator, damage_elements(clean, 1 + static_cast<unsigned>(generator.random().below(6)), generator));
            for (auto const fault : all_structural_faults)
                if (auto const damaged = damage(clean, fault, generator))
                    expect_agreement(validator, damaged->document);
            if (testing::Test::HasFailure())
                return;
        }
    }
}

} // namespace
} // namespace wharf::test
