// One fault, one finding: single structural faults at random places of clean documents of every set of every release.
#include "grammar/structure_search.hpp"
#include "grammar/validator.hpp"
#include "support/all_sets.hpp"
#include "support/document_mutation.hpp"
#include "support/real_sets.hpp"
#include "support/reference_validator.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace wharf::test {
namespace {

struct Tally {
    std::size_t one = 0, none = 0, more = 0, near = 0, findings = 0;
    [[nodiscard]] std::size_t cases() const { return one + none + more; }
};

double share(std::size_t part, std::size_t of) { return of == 0 ? 100 : 100 * static_cast<double>(part) / static_cast<double>(of); }

Diagnostics structural_findings(grammar::Validator& validator, Document const& document) {
    Diagnostics findings;
    SetText const text(document);
    validator.validate(text.list(), {}, findings);
    std::erase_if(findings, [](Diagnostic const& finding) { return !finding.code.starts_with("X12-02"); });
    return findings;
}

void count(Tally& tally, Damaged const& damaged, Diagnostics const& findings) {
    tally.findings += findings.size();
    (findings.empty() ? tally.none : findings.size() == 1 ? tally.one : tally.more) += 1;
    auto const is_near = [&](Diagnostic const& finding) {
        auto const index = finding.place.segment_position - 1;
        return index + 2 >= damaged.from && index <= damaged.to + 2;
    };
    tally.near += std::ranges::any_of(findings, is_near) ? 1 : 0;
}

void show(Damaged const& damaged, Diagnostics const& findings, StructuralFault fault) {
    static auto const* const file = std::getenv("WHARF_SHOW");
    static std::ofstream out(file != nullptr ? file : "/dev/null");
    if (file == nullptr)
        return;
    auto const& document = damaged.document;
    out << fmt::format("== {}: {} {} at {}..{}\n", name_of(fault), document.schema->set().id, document.schema->set().release, damaged.from, damaged.to);
    auto const rows = rows_of(document);
    for (std::size_t i = damaged.from > 8 ? damaged.from - 8 : 0; i < std::min(document.segments.size(), damaged.to + 10); ++i)
        out << fmt::format("  {}[{}] {}\n", i >= damaged.from && i <= damaged.to ? ">" : " ", i, document.segments[i].substr(0, 12));
    for (auto const& finding : findings)
        out << fmt::format("   [{}] {} {} {}\n", finding.place.segment_position - 1, finding.code, finding.place.path, finding.message);
}

/// Counts faults of each kind put into documents that `next` gives, until each kind has `wanted` cases.
template <class Next> void tally_faults(Next next, std::size_t wanted, DocumentGenerator& generator) {
    std::map<StructuralFault, Tally> tallies;
    std::map<std::pair<std::string, StructuralFault>, Tally> of_set;
    std::map<grammar::Schema const*, std::unique_ptr<grammar::Validator>> validators;
    auto const is_done = [&] {
        return std::ranges::all_of(all_structural_faults, [&](auto fault) { return tallies[fault].cases() >= wanted; });
    };
    while (!is_done()) {
        Document const clean = next();
        auto& validator = validators[clean.schema.get()];
        if (!validator)
            validator = std::make_unique<grammar::Validator>(clean.schema);
        ASSERT_FALSE(first_structural_fault(clean)) << clean.schema->set().id;
        for (auto const fault : all_structural_faults) {
            for (int k = 0; k < 2 && tallies[fault].cases() < wanted; ++k) {
                auto const damaged = damage(clean, fault, generator);
                if (!damaged || !first_structural_fault(damaged->document)) // right by chance
                    continue;
                auto const findings = structural_findings(*validator, damaged->document);
                count(tallies[fault], *damaged, findings);
                count(of_set[{clean.schema->set().id, fault}], *damaged, findings);
                if (findings.size() != 1)
                    show(*damaged, findings, fault);
            }
        }
    }
    fmt::print("{:32}{:>8}{:>9}{:>8}{:>8}{:>12}{:>7}\n", "fault", "cases", "one", "none", "more", "within two", "mean");
    for (auto const& [fault, tally] : tallies) {
        fmt::print("{:32}{:8}{:8.2f}%{:7.2f}%{:7.2f}%{:11.2f}%{:7.2f}\n", name_of(fault), tally.cases(), share(tally.one, tally.cases()),
                   share(tally.none, tally.cases()), share(tally.more, tally.cases()), share(tally.near, tally.cases()),
                   static_cast<double>(tally.findings) / static_cast<double>(tally.cases()));
        bool const block = fault == StructuralFault::block_of_three_moved;
        EXPECT_EQ(tally.none, 0u) << name_of(fault);
        EXPECT_GE(share(tally.one, tally.cases()), block ? 60 : 98) << name_of(fault);
        EXPECT_GE(share(tally.near, tally.cases()), block ? 0 : 98) << name_of(fault);
    }
    if (std::getenv("WHARF_SHOW") != nullptr)
        for (auto const& [key, tally] : of_set)
            if (share(tally.one, tally.cases()) < 98)
                fmt::print("{} {:32} {:6} {:6.2f}%\n", key.first, name_of(key.second), tally.cases(), share(tally.one, tally.cases()));
}

TEST(Recovery, one_fault_gives_one_finding_in_every_set) {
    DocumentGenerator generator(2);
    std::size_t round = 0;
    auto const draw = [&] { return generator.draw(all_sets()[round++ % all_sets().size()], 20 + generator.random().below(100)); };
    tally_faults(draw, is_long_run() ? 20'000 : 3'000, generator);
}

TEST(Recovery, one_fault_gives_one_finding_in_real_sets) {
    auto const documents = real_sets();
    if (documents.empty())
        GTEST_SKIP() << "no sample files";
    EXPECT_GE(documents.size(), 60u);
    DocumentGenerator generator(3);
    std::size_t round = 0;
    tally_faults([&] { return documents[round++ % documents.size()]; }, is_long_run() ? 20'000 : 1'000, generator);
}

/// ST, then many segments that each surprise the reader, in every way.
Document all_wrong(std::shared_ptr<grammar::Schema const> schema, std::size_t segments, DocumentGenerator& generator) {
    Document document{schema, {}, {"ST*850*0001"}};
    while (document.segments.size() + 1 < segments)
        document.segments.push_back(generator.draw_segment(*schema, static_cast<grammar::NodeIndex>(1 + generator.random().below(schema->nodes().size() - 2))));
    document.segments.push_back("SE*0*0001");
    set_count(document);
    return document;
}

/// How many readings the search for an explanation follows, each by one segment.
std::uint64_t followed(grammar::Schema const& schema, Document const& document) {
    SetText const text(document);
    grammar::StructureSearch search(schema, text.list());
    static_cast<void>(search.run());
    return search.followed();
}

TEST(Recovery, work_is_linear_in_a_set_of_surprises) {
    DocumentGenerator generator(4);
    auto const schema = schemas().get("004010", "850");
    auto const small = followed(*schema, all_wrong(schema, 2'000, generator));
    auto const large = all_wrong(schema, 40'000, generator);
    EXPECT_GT(small, 2'000u);
    EXPECT_LT(followed(*schema, large), 25 * small);
    SetText const text(large); // and to be worded: a square would not end in the time that the test has
    Diagnostics findings;
    grammar::Validator(schema).validate(text.list(), {}, findings);
    EXPECT_FALSE(findings.empty());
}

TEST(Recovery, one_fault_is_looked_at_around_itself) {
    DocumentGenerator generator(5);
    unsigned sets = 0;
    for (std::size_t i = 0; i < all_sets().size(); i += 5) {
        auto const clean = generator.draw(all_sets()[i], 70);
        auto const damaged = damage(clean, StructuralFault::segment_deleted, generator);
        if (!damaged || !first_structural_fault(damaged->document))
            continue;
        EXPECT_EQ(followed(*all_sets()[i], clean), 0u);
        EXPECT_LT(followed(*all_sets()[i], damaged->document), 1000u) << all_sets()[i]->set().id << all_sets()[i]->set().release;
        ++sets;
    }
    EXPECT_GT(sets, 20u);
}

} // namespace
} // namespace wharf::test
