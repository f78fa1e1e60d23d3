#include "grammar/lint.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"

#include <fmt/format.h>

namespace wharf::grammar {

namespace {

Diagnostic not_x12(std::string_view text, std::string file_name) {
    auto finding = make_diagnostic("X12-0001", fmt::format("this is not an X12 interchange: it is {}", describe_content(text)),
                                   "An X12 interchange begins with ISA. Check that the right file was sent.");
    finding.place.file = std::move(file_name);
    finding.place.has_offset = true;
    return finding;
}

} // namespace

LintOptions::LintOptions() : max_findings(limits::findings) {}

LintResult lint(std::string_view text, std::string file_name, SchemaCache& schemas, LintOptions const& options) {
    LintResult result;
    if (!x12::looks_like_x12(text) && text.find("ISA") == std::string_view::npos) {
        result.diagnostics.push_back(not_x12(text, std::move(file_name)));
        return result;
    }
    InterchangeReader reader(text, file_name, schemas, options.reader);
    bool has_error = false;
    while (reader.next()) {
        auto& item = reader.item();
        result.interchanges += item.kind == ItemKind::interchange_start;
        result.groups += item.kind == ItemKind::group_start && item.present;
        result.sets += item.kind == ItemKind::transaction_set;
        result.suppressed += item.suppressed;
        for (auto& finding : item.findings) {
            bool const first_error = finding.severity == Severity::error && !has_error;
            has_error = has_error || first_error;
            if (result.diagnostics.size() < options.max_findings) {
                result.diagnostics.push_back(std::move(finding));
                continue;
            }
            ++result.suppressed;
            if (first_error && !result.diagnostics.empty()) // the exit code depends on it: never lost behind warnings
                result.diagnostics.back() = std::move(finding);
        }
    }
    if (result.interchanges == 0 && !has_error) { // "ISA" stands somewhere in it, but begins nothing
        result.diagnostics.clear();
        result.diagnostics.push_back(not_x12(text, std::move(file_name)));
    }
    sort_by_offset(result.diagnostics);
    return result;
}

} // namespace wharf::grammar
