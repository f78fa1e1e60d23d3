// The commands that look at X12 files: show and diff.
#pragma once

#include "tools/wharf/command_line.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace wharf::cli {

class ViewCommands {
public:
    /// `grammars`, `configuration`: where --grammars and --config are kept, for all commands.
    ViewCommands(std::string& grammars, std::string& configuration) : grammars_(grammars), configuration_(configuration) {}
    void add_to(CLI::App& app);
    /// The one that was named; nothing when it is another.
    [[nodiscard]] std::optional<Command> chosen(CLI::App const& app) const;

private:
    void add_show(CLI::App& app);
    void add_difference(CLI::App& app);
    void add_rules(CLI::App& command, LintCommand& rules);
    [[nodiscard]] LintCommand completed(LintCommand rules) const;

    std::string& grammars_;
    std::string& configuration_;
    ShowCommand show_;
    DifferenceCommand difference_;
};

} // namespace wharf::cli
