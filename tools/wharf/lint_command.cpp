#include "base/byte_source.hpp"
#include "diagnostic/render.hpp"
#include "grammar/lint.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/load_guides.hpp"
#include "tools/wharf/output.hpp"

#include <fmt/format.h>
#include <iterator>
#include <algorithm>
#include <memory>
#include <thread>
#include <unistd.h>

namespace wharf::cli {
namespace {

std::string shown_name(std::string const& file) {
    return file == "-" ? "(standard input)" : file;
}

struct Totals {
    Diagnostics diagnostics;
    std::uint64_t suppressed = 0, files = 0, interchanges = 0, sets = 0;

    void add(grammar::LintResult&& result) {
        std::ranges::move(result.diagnostics, std::back_inserter(diagnostics));
        suppressed += result.suppressed;
        interchanges += result.interchanges;
        sets += result.sets;
        ++files;
    }
    [[nodiscard]] std::string summary() const {
        return fmt::format("{}, {}, {}: {}\n", plural(files, "file"), plural(interchanges, "interchange"),
                           plural(sets, "transaction set"), count_words(diagnostics, suppressed));
    }
};

} // namespace

int run(LintCommand const& command) {
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was checked");
        return could_not_run;
    }
    grammar::SchemaCache schemas(*std::move(grammars));
    grammar::LintOptions options;
    options.jobs = command.jobs != 0 ? command.jobs : std::max(1u, std::thread::hardware_concurrency());
    options.max_findings = command.max_findings;
    options.reader.max_findings_per_set = command.max_findings;
    if (!command.release.empty()) {
        auto const match = schemas.grammars().match_release(command.release);
        if (!match.exact) {
            trouble(
                fmt::format("there is no grammar for release {}; the nearest is {}", command.release, match.release));
            return could_not_run;
        }
        options.reader.release = match.release;
    }

    for (auto const& rule : command.treat)
        if (auto const added = options.reader.severities.add(rule); !added) {
            trouble("--treat " + added.error().message);
            return could_not_run;
        }
    if (!load_guides(command.guides, schemas.grammars(), options.reader.guides)) {
        trouble("nothing was checked");
        return could_not_run;
    }
    for (auto const& guide : options.reader.guides)
        if (!options.reader.release.empty() && guide->release() != options.reader.release) {
            trouble(fmt::format("guide {} narrows release {}, but --release says {}: leave one of them out; nothing was checked", guide->name(), guide->release(),
                                command.release));
            return could_not_run;
        }

    Outcome outcome;
    Totals totals;
    for (auto const& file : command.files) {
        auto source = open_byte_source(file);
        if (!source) {
            outcome.failed();
            trouble(unreadable(source.error()));
            continue;
        }
        auto result = grammar::lint(*std::move(source), shown_name(file), schemas, options);
        if (result.trouble) {
            outcome.failed();
            trouble(unreadable(*result.trouble));
        }
        totals.add(std::move(result));
    }
    outcome.add(totals.diagnostics, command.reporting);
    if (totals.suppressed > 0) outcome.found();

    std::string out;
    if (command.reporting.format == Format::json) {
        out = render_json(totals.diagnostics);
    } else if (totals.files > 0) {
        out = rendered(totals.diagnostics, STDOUT_FILENO);
        if (!out.empty()) out += '\n';
        out += totals.summary();
    }
    if (!print(out)) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
