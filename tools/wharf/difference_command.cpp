#include "base/byte_source.hpp"
#include "linter/difference.hpp"
#include "linter/difference_render.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/lint_rules.hpp"
#include "tools/wharf/output.hpp"

#include <unistd.h>

namespace wharf::cli {

int run(DifferenceCommand const& command) {
    if (command.left == "-" && command.right == "-") {
        trouble("only one of the two files can be standard input");
        return could_not_run;
    }
    auto const rules = LintRules::load(command.rules);
    if (!rules) return could_not_run;
    auto left = open_byte_source(command.left);
    auto right = open_byte_source(command.right);
    for (auto const* source : {&left, &right})
        if (!*source) {
            trouble(unreadable(source->error()));
            return could_not_run;
        }
    linter::DifferenceOptions options;
    options.reader = rules->options.reader;
    options.envelope = command.envelope;
    options.exact = command.exact;
    auto const result =
        linter::difference(*std::move(left), name_of_input(command.left), *std::move(right), name_of_input(command.right), rules->schemas(), options);
    if (!result) {
        trouble(result.error().message);
        return could_not_run;
    }
    auto const text = command.format == Format::json ? linter::render_json(*result) : linter::render_text(*result, style_of(STDOUT_FILENO));
    if (!print(text)) return could_not_run;
    return result->equal() ? no_errors : findings;
}

} // namespace wharf::cli
