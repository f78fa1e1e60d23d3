#include "tools/wharf/output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace wharf::cli {
namespace {

/// 0, or the errno of what went wrong.
int write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        auto const put = ::write(descriptor, text.data(), text.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(put));
    }
    return 0;
}

bool is_set(char const* name) {
    char const* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool is_dumb_terminal() {
    char const* const name = std::getenv("TERM");
    return name != nullptr && std::strcmp(name, "dumb") == 0;
}

} // namespace

TextStyle style_of(int descriptor, Colour colour) {
    TextStyle style;
    bool const terminal = ::isatty(descriptor) != 0;
    style.colour = colour == Colour::always || (colour == Colour::automatic && terminal && !is_set("NO_COLOR") && !is_dumb_terminal());
    if (!terminal) return style;
    style.wrap = true;
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.width = std::clamp<unsigned>(size.ws_col, 40, 200);
    return style;
}

std::string name_of_input(std::string const& file) { return file == "-" ? "(standard input)" : file; }

void Outcome::add(Diagnostics const& diagnostics, Reporting const& reporting) {
    for (auto const& diagnostic : diagnostics)
        if (diagnostic.severity == Severity::error || (reporting.strict && diagnostic.severity == Severity::warning))
            found_ = true;
}

bool print(std::string_view text) {
    auto const error = write_all(STDOUT_FILENO, text);
    if (error == 0 || error == EPIPE) return true;
    trouble(fmt::format("cannot write to standard output: {}", std::strerror(error)));
    return false;
}

std::string unreadable(Error const& error) {
    if (error.kind != ErrorKind::invalid) return error.message;
    return error.message + "; split it by interchange, or raise the limit with --max-size";
}

void trouble(std::string_view message) {
    write_all(STDERR_FILENO, fmt::format("wharf: {}\n", message));
}

std::string rendered(Diagnostics const& diagnostics, int descriptor, Colour colour) {
    return render_text(diagnostics, style_of(descriptor, colour));
}

void print_beside(Diagnostics const& diagnostics) {
    write_all(STDERR_FILENO, rendered(diagnostics, STDERR_FILENO));
}

void print_beside(std::string_view text) {
    write_all(STDERR_FILENO, text);
}

std::string plural(std::uint64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

namespace {

std::string severity_words(std::uint64_t const (&counts)[3], std::uint64_t suppressed) {
    std::string words;
    constexpr std::string_view nouns[] = {"error", "warning", "note"};
    for (std::size_t i = 0; i < 3; ++i)
        if (counts[i] > 0) words += (words.empty() ? "" : ", ") + plural(counts[i], nouns[i]);
    if (suppressed > 0) words += words.empty() ? plural(suppressed, "finding") + ", not shown" : fmt::format(" and {} more, not shown", suppressed);
    return words.empty() ? "no findings" : words;
}

} // namespace

std::string count_words(Diagnostics const& diagnostics, std::uint64_t suppressed) {
    std::uint64_t counts[3] = {};
    for (auto const& diagnostic : diagnostics)
        ++counts[static_cast<std::size_t>(diagnostic.severity)];
    return severity_words(counts, suppressed);
}

std::string count_words(CodeCounts const& codes, std::uint64_t suppressed) {
    std::uint64_t counts[3] = {};
    for (auto const& [code, counted] : codes)
        counts[static_cast<std::size_t>(counted.severity)] += counted.count;
    return severity_words(counts, suppressed);
}

} // namespace wharf::cli
