#include "tools/wharf/output.hpp"

#include "diagnostic/render.hpp"

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

TextStyle style_of(int descriptor) {
    TextStyle style;
    if (::isatty(descriptor) == 0) return style;
    char const* const refused = std::getenv("NO_COLOR");
    style.colour = refused == nullptr || *refused == '\0';
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.width = std::clamp<unsigned>(size.ws_col, 40, 200);
    return style;
}

} // namespace

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

std::string rendered(Diagnostics const& diagnostics, int descriptor) {
    return render_text(diagnostics, style_of(descriptor));
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

std::string count_words(Diagnostics const& diagnostics, std::uint64_t suppressed) {
    std::uint64_t counts[3] = {};
    for (auto const& diagnostic : diagnostics)
        ++counts[static_cast<std::size_t>(diagnostic.severity)];
    std::string words;
    constexpr std::string_view nouns[] = {"error", "warning", "note"};
    for (std::size_t i = 0; i < 3; ++i)
        if (counts[i] > 0) words += (words.empty() ? "" : ", ") + plural(counts[i], nouns[i]);
    if (suppressed > 0) words += words.empty() ? plural(suppressed, "finding") + ", not shown" : fmt::format(" and {} more, not shown", suppressed);
    return words.empty() ? "no findings" : words;
}

} // namespace wharf::cli
