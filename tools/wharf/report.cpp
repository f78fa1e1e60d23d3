#include "tools/wharf/report.hpp"

#include "tools/wharf/output.hpp"

#include <fmt/format.h>

#ifndef WHARF_VERSION
#error "WHARF_VERSION comes from CMake"
#endif

namespace wharf::cli {
namespace {

std::string text(Checked const& checked, Reporting const& reporting) {
    auto out = reporting.statistics ? render_statistics(checked.counts) : rendered(checked.diagnostics, checked.descriptor, reporting.colour);
    if (reporting.quiet || checked.summary.empty()) return out;
    if (!out.empty()) out += '\n';
    return out += fmt::format("{}\n", checked.summary);
}

} // namespace

std::string report(Checked const& checked, Reporting const& reporting) {
    Report const whole{checked.diagnostics, checked.files, reporting.strict, WHARF_VERSION};
    switch (reporting.format) {
    case Format::text:
        return text(checked, reporting);
    case Format::json:
        return reporting.statistics ? render_statistics_json(checked.counts) : render_json(checked.diagnostics);
    case Format::sarif:
        return render_sarif(whole);
    case Format::github:
        return render_github(whole);
    case Format::junit:
        return render_junit(whole);
    }
    return {};
}

std::string report(Diagnostics const& diagnostics, std::vector<std::string> const& files, std::string_view summary, Reporting const& reporting,
                   int descriptor) {
    std::vector<CheckedFile> checked;
    for (auto const& file : files)
        checked.push_back({.name = file});
    return report({diagnostics, checked, count_codes(diagnostics), summary, descriptor}, reporting);
}

} // namespace wharf::cli
