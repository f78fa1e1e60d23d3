#include "grammar/lint.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/lint_jobs.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t head_bytes = 4096; // enough to say what a file is that is not X12

/// What a file that is not X12 has been found to be: in place of whatever the reader made of it, unless that is to be ignored.
void not_x12(LintResult& result, std::string_view head, std::string const& file_name, SeverityPolicy const& severities) {
    auto finding = make_diagnostic("X12-0001", fmt::format("this is not an X12 interchange: it is {}", describe_content(head)),
                                   "An X12 interchange begins with ISA. Check that the right file was sent.");
    finding.place.file = file_name;
    finding.place.has_offset = true;
    if (!severities.apply(finding))
        return;
    result.diagnostics.clear();
    result.diagnostics.push_back(std::move(finding));
    result.suppressed = 0;
}

LintResult lint(InterchangeReader reader, std::string const& file_name, SchemaCache& schemas, LintOptions const& options) {
    std::string const head(reader.peek().substr(0, head_bytes));
    LintTotals totals(options.max_findings);
    if (options.jobs <= 1) {
        while (reader.next())
            totals.add(reader.item());
    } else {
        lint_with_jobs(reader, schemas, options, totals);
    }
    auto result = totals.take();
    result.trouble = reader.error();
    auto const says_more = [](Diagnostic const& finding) { return finding.severity == Severity::error && finding.code != "X12-0003" && finding.code != "X12-0009"; };
    if (result.interchanges == 0 && !result.trouble && std::ranges::none_of(result.diagnostics, says_more))
        not_x12(result, head, file_name, options.reader.severities);
    sort_by_offset(result.diagnostics);
    return result;
}

InterchangeReaderOptions reader_options(LintOptions const& options) {
    auto chosen = options.reader;
    chosen.defer_sets = options.jobs > 1;
    return chosen;
}

} // namespace

LintOptions::LintOptions() : max_findings(limits::findings) {}

LintTotals::LintTotals(std::uint32_t max_findings) : max_findings_(max_findings) {}

void LintTotals::add(Item& item) {
    result_.interchanges += item.kind == ItemKind::interchange_start;
    result_.groups += item.kind == ItemKind::group_start && item.present;
    result_.sets += item.kind == ItemKind::transaction_set;
    result_.suppressed += item.suppressed;
    for (auto& finding : item.findings)
        add(std::move(finding));
}

void LintTotals::add(LintResult&& part) {
    result_.interchanges += part.interchanges;
    result_.groups += part.groups;
    result_.sets += part.sets;
    result_.suppressed += part.suppressed;
    for (auto& finding : part.diagnostics)
        add(std::move(finding));
}

void LintTotals::add(Diagnostic&& finding) {
    bool const first_error = finding.severity == Severity::error && !has_error_;
    has_error_ = has_error_ || first_error;
    if (result_.diagnostics.size() < max_findings_) {
        result_.diagnostics.push_back(std::move(finding));
        return;
    }
    ++result_.suppressed;
    if (first_error && !result_.diagnostics.empty()) // the exit code depends on it: never lost behind warnings
        result_.diagnostics.back() = std::move(finding);
}

LintResult LintTotals::take() { return std::move(result_); }

LintResult lint(std::string_view text, std::string file_name, SchemaCache& schemas, LintOptions const& options) {
    return lint(InterchangeReader(text, file_name, schemas, reader_options(options)), file_name, schemas, options);
}

LintResult lint(std::unique_ptr<ByteSource> source, std::string file_name, SchemaCache& schemas, LintOptions const& options) {
    return lint(InterchangeReader(std::move(source), file_name, schemas, reader_options(options)), file_name, schemas, options);
}

} // namespace wharf::grammar
