// What the command line can be told, as plain values: made from the declarations that it is parsed by, so that completion and the
// manual page cannot say something else.
#pragma once

#include <string>
#include <vector>

namespace wharf::cli {

struct OptionDescription {
    std::vector<std::string> names; // "--format", "-o"; of a positional "FILE"
    std::string value;              // "FILE", "text|json"; empty: a flag
    std::string description;
    bool is_positional = false, is_repeatable = false, is_required = false;

    /// The words it takes, where those are all: of "text|json".
    [[nodiscard]] std::vector<std::string> choices() const;
    [[nodiscard]] bool takes_file() const { return value == "FILE" || value == "DIR" || (is_positional && value.empty()); }
};

struct CommandDescription {
    std::string name; // "lint"; of the whole "wharf"
    std::string description;
    std::vector<OptionDescription> options;
    std::vector<CommandDescription> commands;
};

[[nodiscard]] CommandDescription describe_command_line();

[[nodiscard]] std::string bash_completion(CommandDescription const& whole);
[[nodiscard]] std::string zsh_completion(CommandDescription const& whole);
/// wharf(1), in roff.
[[nodiscard]] std::string manual_page(CommandDescription const& whole, std::string const& version);

} // namespace wharf::cli
