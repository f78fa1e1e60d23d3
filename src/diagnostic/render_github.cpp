// docs.github.com: "Workflow commands for GitHub Actions".
#include "diagnostic/printable.hpp"
#include "diagnostic/render.hpp"
#include "diagnostic/report_parts.hpp"

#include <fmt/format.h>

namespace wharf {
namespace {

/// In the message %, CR and LF are written out; in a property ':' and ',' too, which would end it.
std::string escaped(std::string_view text, bool property) {
    std::string out;
    for (char const c : text)
        if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
            out += fmt::format("%{:02X}", static_cast<unsigned>(c));
        else
            out += c;
    return out;
}

std::string_view command_of(Severity severity) { return severity == Severity::info ? "notice" : to_string(severity); }

std::string line_of(Diagnostic const& diagnostic) {
    auto const& place = diagnostic.place;
    auto out = fmt::format("::{} ", command_of(diagnostic.severity));
    if (!place.file.empty()) out += fmt::format("file={},", escaped(printable(place.file), true));
    if (place.line != 0) out += fmt::format("line={},", place.line);
    if (place.line != 0 && place.column != 0) {
        out += fmt::format("col={},", place.column);
        if (auto const end = end_column(diagnostic); end > place.column) out += fmt::format("endColumn={},", end);
    }
    auto const name = name_of_code(diagnostic.code);
    out += fmt::format("title={}::", escaped(fmt::format("{}{}{}", diagnostic.code, name.empty() ? "" : " ", name), true));
    auto text = message_and_help(diagnostic);
    if (!place.path.empty()) text += fmt::format("\n{}{}", place.path, place.segment_position == 0 ? "" : fmt::format(", segment {}", place.segment_position));
    return out + escaped(printable(text, true), false) + "\n";
}

} // namespace

std::string render_github(Report const& report) {
    std::string out;
    for (auto const& diagnostic : report.diagnostics)
        out += line_of(diagnostic);
    for (auto const& file : report.files) {
        auto const name = escaped(printable(file.name), true);
        if (!file.trouble.empty()) out += fmt::format("::error file={},title=not read::{}\n", name, escaped(printable(file.trouble, true), false));
        if (file.suppressed != 0)
            out += fmt::format("::error file={},title=more findings::{} more are not shown (--max-findings)\n", name, file.suppressed);
    }
    return out;
}

} // namespace wharf
