#include "grammar/lint.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"

#include <fmt/format.h>
#include <iterator>

namespace wharf::grammar {

LintOptions::LintOptions() : max_findings(limits::findings) {}

LintResult lint(std::string_view text, std::string file_name, SchemaCache& schemas, LintOptions const& options) {
    LintResult result;
    if (!x12::looks_like_x12(text) && text.find("ISA") == std::string_view::npos) {
        auto finding = make_diagnostic("X12-0001", fmt::format("this is not an X12 interchange: it is {}", describe_content(text)),
                                       "An X12 interchange begins with ISA. Check that the right file was sent.");
        finding.place.file = std::move(file_name);
        finding.place.has_offset = true;
        result.diagnostics.push_back(std::move(finding));
        return result;
    }
    InterchangeReader reader(text, std::move(file_name), schemas, options.reader);
    while (reader.next()) {
        auto& item = reader.item();
        result.interchanges += item.kind == ItemKind::interchange_start;
        result.groups += item.kind == ItemKind::group_start && item.present;
        result.sets += item.kind == ItemKind::transaction_set;
        for (auto& finding : item.findings) {
            if (result.diagnostics.size() < options.max_findings)
                result.diagnostics.push_back(std::move(finding));
            else
                ++result.suppressed;
        }
    }
    if (result.interchanges == 0 && !has_errors(result.diagnostics)) {
        auto finding = make_diagnostic("X12-0001", fmt::format("there is no X12 interchange in this file: it is {}", describe_content(text)),
                                       "An X12 interchange begins with ISA. Check that the right file was sent.");
        if (!result.diagnostics.empty())
            finding.place.file = result.diagnostics.front().place.file;
        finding.place.has_offset = true;
        result.diagnostics.push_back(std::move(finding));
    }
    sort_by_offset(result.diagnostics);
    return result;
}

} // namespace wharf::grammar
