// File name patterns as people know them from .gitignore: `*`, `?`, `[a-z]`, `**`.
//
// `*` and `?` stop at '/'; `**` as a whole step stands for any number of folders. Time is at worst the product of both lengths.
// Plain functions and values, thread-safe once made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wharf {

/// The whole of `path` ("inbound/2026/po.edi", steps with '/'). "**" at the end takes everything below.
[[nodiscard]] bool glob_matches_path(std::string_view pattern, std::string_view path);
/// Holds a character that makes it a pattern.
[[nodiscard]] bool is_glob(std::string_view text);

/// Lines of a .gitignore: "*.bak", "archive/" (folders only), "/top" and "a/b" (from the folder they count from), "!keep.edi"
/// (again in). The last that fits decides.
class IgnoreRules {
public:
    void add(std::string_view line);
    [[nodiscard]] bool empty() const { return rules_.empty(); }
    /// `path`: from the folder the rules count from. Whether this file or folder itself is left out; a file below a folder that is
    /// left out is not asked for.
    [[nodiscard]] bool ignores(std::string_view path, bool is_folder) const;
    /// The same, and for every folder above it too.
    [[nodiscard]] bool ignores_or_above(std::string_view path) const;

private:
    struct Rule {
        std::string pattern;
        bool anchored = false, folders_only = false, negated = false;
    };
    std::vector<Rule> rules_;
};

} // namespace wharf
