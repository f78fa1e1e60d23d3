#include "grammar/lint.hpp"
#include "linter/fix.hpp"
#include "linter/lint_run.hpp"
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
    /// Errors (or with `strict` warnings) among all that was found, beyond the limit of what is shown too.
    [[nodiscard]] bool has_errors(bool strict) const {
        return std::ranges::any_of(counts, [&](auto const& one) {
            return one.second.severity == Severity::error || (strict && one.second.severity == Severity::warning);
        });
    }
    [[nodiscard]] std::string summary(Reporting const& reporting) const {
        if (read == 0) return {};
        return fmt::format("{}, {}, {}: {}", plural(read, "file"), plural(sum(&CheckedFile::interchanges), "interchange"),
                           plural(sum(&CheckedFile::sets), "transaction set"),
                           reporting.statistics ? count_words(counts, uncounted()) : count_words(diagnostics, sum(&CheckedFile::suppressed))) +
               mendable();
    }
    /// What `--fix` would take away, as a hint behind the summary.
    [[nodiscard]] std::string mendable() const {
        std::uint64_t safe = 0, unsafe = 0;
        for (auto const& [code, counted] : counts) {
            auto const how = linter::mending_of(code);
            safe += how == linter::Mending::safe ? counted.count : 0;
            unsafe += how == linter::Mending::unsafe ? counted.count : 0;
        }
        if (safe + unsafe == 0) return {};
        if (safe == 0) return fmt::format(" (--unsafe-fixes may mend {})", unsafe);
        return fmt::format(" (--fix may mend {}{})", safe, unsafe == 0 ? "" : fmt::format(", --unsafe-fixes {} more", unsafe));
    }
};

linter::FileSearch search_of(LintCommand const& command) {
    linter::FileSearch search;
    search.arguments = command.files;
    search.exclude = command.exclude;
    search.force_exclude = command.force_exclude;
    search.stdin_name = command.stdin_name;
    search.configuration = command.settings;
    search.no_configuration = command.no_settings;
    return search;
}

linter::LintFlags flags_of(LintCommand const& command) {
    linter::LintFlags flags;
    flags.release = command.release;
    flags.guides = command.guides;
    flags.treat = command.treat;
    flags.max_findings = command.max_findings;
    flags.strict = command.reporting.strict;
    flags.partner = command.partner;
    if (!command.configuration.empty()) flags.configuration = command.configuration;
    return flags;
}

/// The command as if all settings had been flags.
LintCommand with(LintCommand command, partner::LintSettings const& settings) {
    command.release = settings.release;
    command.guides = settings.guides;
    command.treat = settings.treat;
    command.partner = settings.partner;
    command.configuration = settings.configuration.empty() ? "." : settings.configuration;
    return command;
}

int show_settings(linter::LintRun const& files, Outcome& outcome) {
    std::string text;
    for (auto const& file : files.files()) {
        text += fmt::format("{}{}\n{}", text.empty() ? "" : "\n", file.name, partner::explain(files.explain(file)));
        if (file.configuration == nullptr) text += "(no .wharf.yaml above it)\n";
    }
    if (!print(text)) outcome.failed();
    return outcome.exit_code();
}

} // namespace

int run(LintCommand const& command) {
    linter::LintRun files(search_of(command), flags_of(command), command.jobs != 0 ? command.jobs : std::max(1u, std::thread::hardware_concurrency()));
    Outcome outcome;
    for (auto const& sentence : files.troubles()) trouble(sentence);
    if (!files.faults().empty()) print_beside(files.faults());
    if (!files.troubles().empty() || has_errors(files.faults())) outcome.failed();
    if (command.show_settings) return show_settings(files, outcome);

    std::vector<std::unique_ptr<LintRules>> rules;
    auto const prepare = [&](partner::LintSettings const& settings) -> std::optional<linter::LintPlan> {
        auto made = LintRules::load(with(command, settings));
        if (!made) return std::nullopt;
        linter::LintPlan plan{made->options, &made->schemas()};
        plan.options.max_findings = settings.max_findings;
        plan.options.reader.max_findings_per_set = command.reporting.statistics ? std::max(most_counted, settings.max_findings) : settings.max_findings;
        rules.push_back(std::move(made));
        return plan;
    };
    Totals totals;
    FileMender mender(command);
    auto const could_not = [&](std::string const& name, std::string const& why) {
        outcome.failed();
        trouble(why);
        totals.files.push_back({.name = name, .trouble = why});
    };
    auto const count = [&](linter::FoundFile const& file, grammar::LintResult&& result, bool strict) {
        auto reporting = command.reporting;
        reporting.strict = strict;
        if (result.trouble) {
            outcome.failed();
            trouble(unreadable(*result.trouble));
        }
        outcome.add(result.diagnostics, reporting);
        totals.add(file.name, std::move(result));
    };
    auto const mend = [&](linter::FoundFile const& file, linter::LintPlan const& plan, bool strict) {
        auto left = mender.mend(file.is_standard_input ? "-" : file.name, file.name, *plan.schemas, plan.options, outcome);
        if (!left) could_not(file.name, left.error().message);
        else if (*left) count(file, **std::move(left), strict);
    };
    auto const deliver = [&](linter::LintedFile&& linted) {
        if (linted.unreadable) could_not(linted.file->name, unreadable(*linted.unreadable));
        else count(*linted.file, std::move(linted.result), linted.strict);
    };
    if (!(command.mending.wanted() ? files.each(prepare, mend) : files.run(prepare, deliver))) outcome.failed();
    mender.tell_what_was_done(totals.diagnostics);
    if (command.mending.diff) return outcome.exit_code();
    for (auto const& note : files.notes()) trouble("note: " + note);
    if (totals.has_errors(command.reporting.strict)) outcome.found();
    auto const summary = totals.summary(command.reporting);
    auto const descriptor = mender.has_used_output() ? STDERR_FILENO : STDOUT_FILENO;
    auto const text = report({totals.diagnostics, totals.files, totals.counts, summary, descriptor}, command.reporting);
    if (mender.has_used_output()) print_beside(text);
    else if (!print(text)) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
