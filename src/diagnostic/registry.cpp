#include "diagnostic/registry.hpp"

#include "base/embedded.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <string>

namespace wharf {
namespace {

constexpr std::string_view folder = "src/diagnostic/codes/";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == '\n' || text.front() == ' '))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.remove_suffix(1);
    return text;
}

std::string_view take_line(std::string_view& rest) {
    auto const end = rest.find('\n');
    auto const line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return line;
}

std::string_view section(std::string_view text, std::string_view title) {
    auto const heading = text.find(title);
    if (heading == std::string_view::npos) return {};
    auto rest = text.substr(heading + title.size());
    return trimmed(rest.substr(0, rest.find("\n## ")));
}

CodeEntry parse(std::string_view text) {
    CodeEntry entry;
    auto rest = text;
    auto const title = take_line(rest).substr(2); // "# CODE name"
    auto const blank = title.find(' ');
    entry.code = title.substr(0, blank);
    entry.name = title.substr(blank + 1);
    auto const severity = take_line(rest);
    if (severity == "severity: warning")
        entry.severity = Severity::warning;
    else if (severity == "severity: info")
        entry.severity = Severity::info;
    entry.explanation = trimmed(rest.substr(0, rest.find("\n## ")));
    entry.bad = section(rest, "\n## Bad\n");
    entry.good = section(rest, "\n## Good\n");
    return entry;
}

/// All codes, parsed once: a file with a million findings asks for the same few.
std::map<std::string_view, CodeEntry> const& registry() {
    static auto const entries = [] {
        std::map<std::string_view, CodeEntry> made;
        for (auto const path : embedded_paths(folder)) {
            auto entry = parse(*embedded_file(path));
            made.emplace(entry.code, entry);
        }
        return made;
    }();
    return entries;
}

} // namespace

std::optional<CodeEntry> find_code(std::string_view code) {
    auto const found = registry().find(code);
    return found == registry().end() ? std::nullopt : std::optional(found->second);
}

std::vector<CodeEntry> all_codes() {
    std::vector<CodeEntry> entries;
    for (auto const& [code, entry] : registry())
        entries.push_back(entry);
    return entries;
}

namespace {

/// Values of the file stand in messages: what no eye could see, or a terminal would obey, is written out.
void write_out_control_characters(std::string& text) {
    auto const is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; };
    if (std::none_of(text.begin(), text.end(), is_control)) return;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (char const c : text)
        if (is_control(c))
            (out += "\\x") += {digits[static_cast<unsigned char>(c) >> 4], digits[c & 15]};
        else
            out += c;
    text = std::move(out);
}

} // namespace

Diagnostic make_diagnostic(std::string_view code, std::string message, std::string help) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    auto const found = registry().find(code);
    assert(found != registry().end() && "a diagnostic code without a file in src/diagnostic/codes");
    if (found != registry().end()) diagnostic.severity = found->second.severity;
    write_out_control_characters(message);
    write_out_control_characters(help);
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    return diagnostic;
}

} // namespace wharf
