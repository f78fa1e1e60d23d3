#include "base/byte_source.hpp"
#include "grammar/lint.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/lint_rules.hpp"
#include "tools/wharf/output.hpp"
#include "tools/wharf/report.hpp"

#include <fmt/format.h>
#include <iterator>
#include <algorithm>
#include <memory>
#include <numeric>
#include <thread>

namespace wharf::cli {
namespace {

std::string shown_name(std::string const& file) {
    return file == "-" ? "(standard input)" : file;
}

constexpr std::uint32_t most_counted = 100'000; // findings of a set, with --statistics

struct Totals {
    Diagnostics diagnostics;
    CodeCounts counts;
    std::vector<CheckedFile> files; // unreadable ones too
    std::uint64_t read = 0;

    void add(std::string name, grammar::LintResult&& result) {
        std::ranges::move(result.diagnostics, std::back_inserter(diagnostics));
        for (auto const& [code, counted] : result.counts)
            add_count(counts, code, counted.severity, counted.count);
        files.push_back({std::move(name), result.interchanges, result.sets, result.suppressed, result.trouble ? unreadable(*result.trouble) : ""});
        ++read;
    }
    [[nodiscard]] std::uint64_t sum(std::uint64_t CheckedFile::* member) const {
        return std::accumulate(files.begin(), files.end(), std::uint64_t{0}, [&](std::uint64_t all, CheckedFile const& file) { return all + file.*member; });
    }
    /// What was found and is not counted by code.
    [[nodiscard]] std::uint64_t uncounted() const {
        auto const counted = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}, [](std::uint64_t all, auto const& one) { return all + one.second.count; });
        return diagnostics.size() + sum(&CheckedFile::suppressed) - counted;
    }
    [[nodiscard]] std::string summary(Reporting const& reporting) const {
        if (read == 0) return {};
        return fmt::format("{}, {}, {}: {}", plural(read, "file"), plural(sum(&CheckedFile::interchanges), "interchange"),
                           plural(sum(&CheckedFile::sets), "transaction set"),
                           reporting.statistics ? count_words(counts, uncounted()) : count_words(diagnostics, sum(&CheckedFile::suppressed)));
    }
};

} // namespace

int run(LintCommand const& command) {
    auto const rules = LintRules::load(command);
    if (!rules) return could_not_run;
    auto options = rules->options;
    options.jobs = command.jobs != 0 ? command.jobs : std::max(1u, std::thread::hardware_concurrency());
    options.max_findings = command.max_findings;
    options.reader.max_findings_per_set = command.reporting.statistics ? std::max(most_counted, command.max_findings) : command.max_findings;

    Outcome outcome;
    Totals totals;
    for (auto const& file : command.files) {
        auto source = open_byte_source(file);
        if (!source) {
            outcome.failed();
            trouble(unreadable(source.error()));
            totals.files.push_back({.name = shown_name(file), .trouble = unreadable(source.error())});
            continue;
        }
        auto result = grammar::lint(*std::move(source), shown_name(file), rules->schemas(), options);
        if (result.trouble) {
            outcome.failed();
            trouble(unreadable(*result.trouble));
        }
        totals.add(shown_name(file), std::move(result));
    }
    outcome.add(totals.diagnostics, command.reporting);
    if (totals.sum(&CheckedFile::suppressed) > 0) outcome.found();
    auto const summary = totals.summary(command.reporting);
    if (!print(report({totals.diagnostics, totals.files, totals.counts, summary}, command.reporting))) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
