#include "base/byte_source.hpp"
#include "grammar/lint.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/fix_command.hpp"
#include "tools/wharf/lint_rules.hpp"
#include "tools/wharf/output.hpp"
#include "tools/wharf/report.hpp"

#include <fmt/format.h>
#include <iterator>
#include <algorithm>
#include <memory>
#include <numeric>
#include <thread>
#include <unistd.h>

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
    FileMender mender(command, rules->schemas(), options);
    auto const could_not = [&](std::string const& file, std::string const& why) {
        outcome.failed();
        trouble(why);
        totals.files.push_back({.name = shown_name(file), .trouble = why});
    };
    for (auto const& file : command.files) {
        if (command.mending.wanted()) {
            if (auto left = mender.mend(file, shown_name(file), outcome); !left)
                could_not(file, left.error().message);
            else if (*left)
                totals.add(shown_name(file), **std::move(left));
            continue;
        }
        auto source = open_byte_source(file);
        if (!source) {
            could_not(file, unreadable(source.error()));
            continue;
        }
        auto result = grammar::lint(*std::move(source), shown_name(file), rules->schemas(), options);
        if (result.trouble) {
            outcome.failed();
            trouble(unreadable(*result.trouble));
        }
        totals.add(shown_name(file), std::move(result));
    }
    mender.tell_what_was_done(totals.diagnostics);
    if (command.mending.diff) return outcome.exit_code();
    outcome.add(totals.diagnostics, command.reporting);
    if (totals.sum(&CheckedFile::suppressed) > 0) outcome.found();
    auto const summary = totals.summary(command.reporting);
    auto const descriptor = mender.has_used_output() ? STDERR_FILENO : STDOUT_FILENO;
    auto const text = report({totals.diagnostics, totals.files, totals.counts, summary, descriptor}, command.reporting);
    if (mender.has_used_output())
        print_beside(text);
    else if (!print(text))
        outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
