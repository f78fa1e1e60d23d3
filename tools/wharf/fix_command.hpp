// lint --fix and --diff: mends files one after the other and says what was mended.
#pragma once

#include "grammar/lint.hpp"
#include "tools/wharf/command_line.hpp"
#include "tools/wharf/output.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace wharf::cli {

class FileMender {
public:
    /// `command` must outlive it.
    explicit FileMender(LintCommand const& command) : command_(command) {}

    /// Mends the file, or shows what would change. What is left to find in it; nothing with --diff. Fails when the file could not be
    /// read or written.
    [[nodiscard]] Result<std::optional<grammar::LintResult>> mend(std::string const& file, std::string const& shown_name, grammar::SchemaCache& schemas,
                                                                    grammar::LintOptions const& options, Outcome& outcome);

    /// Standard output holds a mended file: whatever else there is to say goes to standard error.
    [[nodiscard]] bool has_used_output() const { return used_output_; }
    /// "mended 2 X12-0317 trailing-separators in po.x12"; and what --unsafe-fixes would mend of what is `left`. Nothing with --quiet.
    void tell_what_was_done(Diagnostics const& left) const;

private:
    LintCommand const& command_;
    std::map<std::string, std::uint64_t> counts_; // by code
    std::uint64_t files_ = 0;                     // that changed, or would
    bool used_output_ = false;
};

} // namespace wharf::cli
