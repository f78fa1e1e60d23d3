#include "tools/wharf/command_tree.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"

namespace wharf::cli {

int run(CompletionCommand const& command) {
    auto const whole = describe_command_line();
    return print(command.shell == "zsh" ? zsh_completion(whole) : bash_completion(whole)) ? no_errors : could_not_run;
}

int run(ManualCommand const&) {
    return print(manual_page(describe_command_line(), program_version())) ? no_errors : could_not_run;
}

} // namespace wharf::cli
