#include "grammar/guide.hpp"
#include "grammar/guide_effective.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"
#include "tools/wharf/report.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace wharf::cli {
namespace {

std::shared_ptr<grammar::Grammars const> open_grammars(std::optional<std::filesystem::path> const& folder) {
    auto grammars = grammar::Grammars::open(folder);
    if (grammars) return std::move(*grammars);
    print_beside(grammars.error());
    trouble("the grammar files cannot be used; nothing was checked");
    return nullptr;
}

/// A file that cannot be read at all is no finding in a guide.
bool is_unreadable(std::string const& file, Diagnostics const& found) {
    std::error_code error;
    return found.size() == 1 && found.front().code == "GUIDE-0004" && !std::filesystem::is_regular_file(file, error);
}

} // namespace

int run(GuideCheckCommand const& command) {
    auto const grammars = open_grammars(command.grammars);
    if (!grammars) return could_not_run;
    Outcome outcome;
    Diagnostics found;
    std::uint64_t checked = 0;
    for (auto const& file : command.files) {
        auto const guide = grammar::load_guide(file, *grammars);
        if (!guide && is_unreadable(file, guide.error())) {
            trouble(guide.error().front().message);
            outcome.failed();
            continue;
        }
        ++checked;
        std::ranges::copy(guide ? (*guide)->deviations() : guide.error(), std::back_inserter(found));
    }
    outcome.add(found, command.reporting);
    auto const summary = checked == 0 ? std::string() : fmt::format("{}: {}", plural(checked, "guide"), count_words(found));
    if (!print(report(found, command.files, summary, command.reporting))) outcome.failed();
    return outcome.exit_code();
}

int run(GuideShowCommand const& command) {
    auto const grammars = open_grammars(command.grammars);
    if (!grammars) return could_not_run;
    auto const guide = grammar::load_guide(command.file, *grammars);
    if (!guide) {
        print_beside(guide.error());
        trouble(fmt::format("{} cannot be used", command.file));
        return could_not_run;
    }
    auto const text = command.effective ? (*guide)->effective_text() : grammar::guide_for_people(**guide);
    return print(text) ? no_errors : could_not_run;
}

} // namespace wharf::cli
