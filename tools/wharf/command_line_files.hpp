// The commands that work on one X12 file after the other beside lint: fmt, stat, split, redact; and the flags of lint that mend.
#pragma once

#include "tools/wharf/command_line.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace wharf::cli {

/// --fix, --diff, --unsafe-fixes
void add_mending(CLI::App& lint, LintCommand& command);

class FileCommands {
public:
    /// `grammars`: where --grammars is kept, for all commands.
    void add_to(CLI::App& app, std::string& grammars);
    /// The one that was named; nothing when it is another.
    [[nodiscard]] std::optional<Command> chosen(CLI::App const& app, std::optional<std::filesystem::path> const& grammars) const;

private:
    void add_format_command(CLI::App& app);
    void add_statistics(CLI::App& app, std::string& grammars);
    void add_split(CLI::App& app, std::string& grammars);
    void add_redact(CLI::App& app, std::string& grammars);

    FormatCommand format_;
    StatisticsCommand statistics_;
    SplitCommand split_;
    RedactCommand redact_;
};

} // namespace wharf::cli
