#include "base/glob.hpp"

#include <algorithm>

namespace wharf {
namespace {

/// One sign of a step: `[a-z]`, `[!0-9]`, `?` or itself. Moves `at` behind it.
bool sign_fits(std::string_view pattern, std::size_t& at, char c) {
    if (pattern[at] == '?') {
        ++at;
        return true;
    }
    auto const close = pattern[at] == '[' ? pattern.find(']', at + 2) : std::string_view::npos;
    if (close == std::string_view::npos) { // a bracket that nothing closes is itself
        if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
        return pattern[at++] == c;
    }
    auto i = at + 1;
    auto const negated = pattern[i] == '!' || pattern[i] == '^';
    if (negated) ++i;
    bool fits = false;
    for (; i < close; ++i) {
        if (i + 2 < close && pattern[i + 1] == '-') {
            fits = fits || (pattern[i] <= c && c <= pattern[i + 2]);
            i += 2;
        } else {
            fits = fits || pattern[i] == c;
        }
    }
    at = close + 1;
    return fits != negated;
}

/// One step: only the last `*` is ever tried again, so time is the product of the lengths.
bool step_matches(std::string_view pattern, std::string_view name) {
    std::size_t p = 0, n = 0, star = std::string_view::npos, again = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = ++p;
            again = n;
            continue;
        }
        auto next = p;
        if (p < pattern.size() && sign_fits(pattern, next, name[n])) {
            p = next;
            ++n;
            continue;
        }
        if (star == std::string_view::npos) return false;
        p = star;
        n = ++again;
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::vector<std::string_view> steps_of(std::string_view path) {
    std::vector<std::string_view> steps;
    for (;;) {
        auto const cut = path.find('/');
        auto const step = path.substr(0, cut);
        if (!step.empty() && step != ".") steps.push_back(step);
        if (cut == std::string_view::npos) return steps;
        path.remove_prefix(cut + 1);
    }
}

bool steps_match(std::vector<std::string_view> const& pattern, std::vector<std::string_view> const& path) {
    // As in one step, with `**` for `*`: only the last one is tried again.
    std::size_t p = 0, n = 0, star = std::string_view::npos, again = 0;
    while (n < path.size()) {
        if (p < pattern.size() && pattern[p] == "**") {
            star = ++p;
            again = n;
        } else if (p < pattern.size() && step_matches(pattern[p], path[n])) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star;
            n = ++again;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == "**") ++p;
    return p == pattern.size();
}

} // namespace

bool is_glob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

bool glob_matches_path(std::string_view pattern, std::string_view path) { return steps_match(steps_of(pattern), steps_of(path)); }

void IgnoreRules::add(std::string_view line) {
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) return;
    Rule rule;
    if (line.starts_with('!')) {
        rule.negated = true;
        line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
        rule.folders_only = true;
        line.remove_suffix(1);
    }
    rule.anchored = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    rule.pattern = line;
    if (!rule.pattern.empty()) rules_.push_back(std::move(rule));
}

bool IgnoreRules::ignores(std::string_view path, bool is_folder) const {
    bool ignored = false;
    auto const slash = path.find_last_of('/');
    auto const name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    for (auto const& rule : rules_) {
        if (rule.folders_only && !is_folder) continue;
        if (rule.anchored ? glob_matches_path(rule.pattern, path) : step_matches(rule.pattern, name)) ignored = !rule.negated;
    }
    return ignored;
}

bool IgnoreRules::ignores_or_above(std::string_view path) const {
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1))
        if (slash > 0 && ignores(path.substr(0, slash), true)) return true;
    return ignores(path, false);
}

} // namespace wharf
