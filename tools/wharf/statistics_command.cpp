#include "base/byte_source.hpp"
#include "linter/statistics.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"

#include <fmt/format.h>

namespace wharf::cli {

int run(StatisticsCommand const& command) {
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was counted");
        return could_not_run;
    }
    grammar::SchemaCache schemas(*std::move(grammars));
    linter::StatisticsCollector collector(schemas);
    Outcome outcome;
    for (auto const& file : command.files) {
        auto source = open_byte_source(file);
        if (!source) {
            outcome.failed();
            trouble(source.error().message);
            continue;
        }
        std::string what;
        auto const counted = collector.add(*std::move(source), file, what);
        if (!counted) {
            outcome.failed();
            trouble(counted.error().message);
        } else if (!*counted) {
            outcome.found();
            trouble(fmt::format("{} is not an X12 interchange: it is {}", file, what));
        }
    }
    auto const& all = collector.statistics();
    if (all.files > 0 && !print(command.format == Format::json ? linter::render_json(all) : linter::render_text(all))) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
