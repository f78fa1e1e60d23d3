// One fault, one finding: single structural faults at random places of clean documents of every set of every release.
#include "grammar/validator.hpp"
#include "support/all_sets.hpp"
#include "support/document_mutation.hpp"
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

TEST(Recovery, one_fault_gives_one_finding) {
    auto const wanted = is_long_run() ? 20'000u : 3'000u;
    DocumentGenerator generator(2);
    std::map<StructuralFault, Tally> tallies;
    std::map<std::pair<std::string, StructuralFault>, Tally> of_set;
    std::vector<std::unique_ptr<grammar::Validator>> validators;
    for (auto const& schema : all_sets())
        validators.push_back(std::make_unique<grammar::Validator>(schema));
    auto const is_done = [&] {
        return std::ranges::all_of(all_structural_faults, [&](auto fault) { return tallies[fault].cases() >= wanted; });
    };
    for (std::size_t round = 0; !is_done(); ++round) {
        auto& validator = *validators[round % validators.size()];
        auto const clean = generator.draw(all_sets()[round % validators.size()], 20 + generator.random().below(100));
        ASSERT_FALSE(first_structural_fault(clean)) << clean.schema->set().id;
        for (auto const fault : all_structural_faults) {
            for (int k = 0; k < 2 && tallies[fault].cases() < wanted; ++k) {
                auto const damaged = damage(clean, fault, generator);
                if (!damaged || !first_structural_fault(damaged->document))
                    continue;
                auto const findings = structural_findings(validator, damaged->document);
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
        EXPECT_EQ(tally.none, 0u) << name_of(fault);
        bool const block = fault == StructuralFault::block_of_three_moved;
        EXPECT_GE(share(tally.one, tally.cases()), block ? 50 : 97) << name_of(fault);
        EXPECT_GE(share(tally.near, tally.cases()), block ? 0 : 98) << name_of(fault);
    }
    if (std::getenv("WHARF_SHOW") != nullptr)
        for (auto const& [key, tally] : of_set)
            if (share(tally.one, tally.cases()) < 96)
                fmt::print("{} {:32} {:6} {:6.2f}%\n", key.first, name_of(key.second), tally.cases(), share(tally.one, tally.cases()));
}

} // namespace
} // namespace wharf::test
