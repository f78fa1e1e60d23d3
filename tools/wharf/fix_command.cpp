#include "tools/wharf/fix_command.hpp"

#include "base/replace_file.hpp"
#include "diagnostic/registry.hpp"
#include "linter/fix.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace wharf::cli {
namespace {

constexpr std::array<std::string_view, 7> unsafe_codes = {"X12-0111", "X12-0112", "X12-0121", "X12-0122", "X12-0131", "X12-0132", "X12-0402"};

} // namespace

Result<std::optional<grammar::LintResult>> FileMender::mend(std::string const& file, std::string const& shown_name, grammar::SchemaCache& schemas,
                                                               grammar::LintOptions const& options, Outcome& outcome) {
    auto const read = read_for_replacement(file, limits::file_bytes);
    if (!read) return unexpected(read.error());
    auto const mended = linter::fix(read->content, shown_name, schemas, {command_.mending.unsafe, options.reader});
    files_ += !mended.fixed.empty();
    if (command_.mending.diff) {
        if (!mended.fixed.empty()) outcome.found();
        if (!print(linter::segment_diff(read->content, mended.text, shown_name))) outcome.failed();
    } else if (!read->is_replaceable()) {
        used_output_ = true;
        if (!print(mended.text)) outcome.failed();
    } else if (!mended.fixed.empty()) {
        if (auto const written = replace_file(*read, mended.text); !written) return unexpected(written.error());
    }
    for (auto const& [code, count] : mended.fixed)
        counts_[code] += count;
    if (command_.mending.diff) return std::optional<grammar::LintResult>();
    return grammar::lint(mended.text, shown_name, schemas, options);
}

void FileMender::tell_what_was_done(Diagnostics const& left) const {
    if (!command_.mending.wanted() || command_.reporting.quiet) return;
    std::string text;
    for (auto const& [code, count] : counts_)
        text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", count, code, find_code(code)->name);
    if (text.empty())
        text = command_.mending.diff ? "nothing would be mended" : "nothing was mended";
    else
        text = fmt::format("{} in {}: {}", command_.mending.diff ? "would mend" : "mended", plural(files_, "file"), text);
    auto const unsafe = command_.mending.unsafe ? 0 : std::ranges::count_if(left, [](Diagnostic const& finding) {
        return std::ranges::find(unsafe_codes, finding.code) != unsafe_codes.end();
    });
    if (unsafe > 0)
        text += fmt::format("; {} more with --unsafe-fixes, when you know that nothing is missing", plural(static_cast<std::uint64_t>(unsafe), "count or trailer number"));
    print_beside(text + "\n");
}

} // namespace wharf::cli
