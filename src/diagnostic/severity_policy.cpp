#include "diagnostic/severity_policy.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf {
namespace {

constexpr std::size_t most_rules = 1000; // each finding is held against all of them

std::optional<Treatment> read_treatment(std::string_view word) {
    if (word == "enforce")
        return Treatment::enforce;
    if (word == "tolerate")
        return Treatment::tolerate;
    if (word == "ignore")
        return Treatment::ignore;
    return std::nullopt;
}

std::size_t difference(std::string_view a, std::string_view b) {
    auto const common = std::min(a.size(), b.size());
    std::size_t count = std::max(a.size(), b.size()) - common;
    for (std::size_t i = 0; i < common; ++i)
        count += (a[i] | 0x20) == (b[i] | 0x20) ? 0 : 1;
    return count;
}

/// The code that differs in the fewest characters; by its name, when a name was given.
std::string_view nearest_code(std::string_view wanted) {
    std::string_view best;
    std::size_t least = ~std::size_t{0};
    for (auto const& entry : all_codes()) {
        auto const here = entry.name == wanted ? 0 : difference(entry.code, wanted);
        if (here < least) {
            least = here;
            best = entry.code;
        }
    }
    return best;
}

} // namespace

Result<void> SeverityPolicy::add(std::string_view code, Treatment treatment) {
    bool const prefix = code.ends_with('*');
    auto const name = prefix ? code.substr(0, code.size() - 1) : code;
    auto const codes = all_codes();
    bool const known = std::ranges::any_of(codes, [&](CodeEntry const& entry) {
        return prefix ? entry.code.starts_with(name) : entry.code == name;
    });
    if (!known)
        return invalid(fmt::format("\"{}\" names no diagnostic code; the nearest is {}. `wharf explain` describes each, and X12-04* means all "
                                   "that begin with X12-04",
                                   code, nearest_code(name)));
    if (rules_.size() >= most_rules)
        return invalid(fmt::format("more than {} rules about findings", most_rules));
    rules_.push_back({std::string(name), prefix, treatment});
    return {};
}

Result<void> SeverityPolicy::add(std::string_view assignment) {
    auto const sign = assignment.find('=');
    auto const treatment = sign == std::string_view::npos ? std::nullopt : read_treatment(assignment.substr(sign + 1));
    if (!treatment)
        return invalid(fmt::format("\"{}\" is not CODE=enforce, CODE=tolerate or CODE=ignore, such as X12-0315=ignore", assignment));
    return add(assignment.substr(0, sign), *treatment);
}

std::optional<Treatment> SeverityPolicy::treatment_of(std::string_view code) const {
    Entry const* best = nullptr;
    for (auto const& rule : rules_)
        if ((rule.prefix ? code.starts_with(rule.code) : code == rule.code) &&
            (best == nullptr || rule.code.size() + !rule.prefix >= best->code.size() + !best->prefix))
            best = &rule;
    return best == nullptr ? std::nullopt : std::optional(best->treatment);
}

bool SeverityPolicy::ignores_all(std::string_view prefix) const {
    bool const all = std::ranges::any_of(rules_, [&](Entry const& rule) {
        return rule.prefix && rule.treatment == Treatment::ignore && prefix.starts_with(rule.code);
    });
    return all && std::ranges::none_of(rules_, [&](Entry const& rule) {
        return rule.treatment != Treatment::ignore && (rule.code.starts_with(prefix) || prefix.starts_with(rule.code));
    });
}

bool SeverityPolicy::apply(Diagnostic& finding) const {
    auto const treatment = treatment_of(finding.code);
    if (!treatment)
        return true;
    if (*treatment == Treatment::enforce)
        finding.severity = Severity::error;
    else if (*treatment == Treatment::tolerate && finding.severity == Severity::error)
        finding.severity = Severity::warning;
    return *treatment != Treatment::ignore;
}

void SeverityPolicy::apply(Diagnostics& findings, std::size_t from) const {
    if (rules_.empty() || from >= findings.size())
        return;
    auto const begin = findings.begin() + static_cast<std::ptrdiff_t>(from);
    findings.erase(std::remove_if(begin, findings.end(), [&](Diagnostic& finding) { return !apply(finding); }), findings.end());
}

} // namespace wharf
