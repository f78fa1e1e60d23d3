// Standard output and standard error of the light commands.
#pragma once

#include "base/error.hpp"
#include "diagnostic/diagnostic.hpp"
#include "diagnostic/render.hpp"
#include "tools/wharf/command_line.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace wharf::cli {

enum ExitCode : int { no_errors = 0, findings = 1, could_not_run = 2 };

/// Trouble wins over findings, findings over none: the exit code of several files.
class Outcome {
public:
    void add(Diagnostics const& diagnostics, Reporting const& reporting);
    void found() { found_ = true; }
    void failed() { failed_ = true; }
    [[nodiscard]] int exit_code() const { return failed_ ? could_not_run : found_ ? findings : no_errors; }

private:
    bool found_ = false;
    bool failed_ = false;
};

/// Writes to standard output. A reader that went away (`| head`) is no trouble: the rest is dropped silently.
/// False when the bytes could not be written for another reason, which is then told on standard error.
bool print(std::string_view text);
/// Why a file could not be read, and for one that is too large what to do.
[[nodiscard]] std::string unreadable(Error const& error);
/// "wharf: …" on standard error.
void trouble(std::string_view message);

/// How text looks on a stream: colour, unless asked for, only on a terminal and not with NO_COLOR; as wide as the terminal.
[[nodiscard]] TextStyle style_of(int descriptor, Colour colour = Colour::automatic);
/// "(standard input)" for "-".
[[nodiscard]] std::string name_of_input(std::string const& file);
/// Diagnostics on a stream, as text; colour, unless asked for, only on a terminal and not with NO_COLOR.
[[nodiscard]] std::string rendered(Diagnostics const& diagnostics, int descriptor, Colour colour = Colour::automatic);
/// As text on standard error: what stands beside a result on standard output.
void print_beside(Diagnostics const& diagnostics);
void print_beside(std::string_view text);

/// "2 errors, 1 warning"; "no findings".
[[nodiscard]] std::string count_words(CodeCounts const& counts, std::uint64_t suppressed = 0);
[[nodiscard]] std::string count_words(Diagnostics const& diagnostics, std::uint64_t suppressed = 0);
/// "1 file", "3 files"
[[nodiscard]] std::string plural(std::uint64_t count, std::string_view noun);

} // namespace wharf::cli
