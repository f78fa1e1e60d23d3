// `.wharf.yaml`: how files are linted, said once beside them instead of with flags each time.
//
//     release: "004010"
//     guides: [guides/acme-850.guide]
//     treat: [X12-0904=ignore]
//     exclude: [archive/, "*.bak"]
//     overrides:
//       - files: [inbound/**]
//         guides: [guides/bolt-850.guide]
//
// The file nearest above a linted file counts, no other; nothing is merged across folders. Flags win over it, an override over what
// is said of all files, a later override over an earlier one. Structs own their texts and are immutable after loading.
#pragma once

#include "base/limits.hpp"
#include "diagnostic/diagnostic.hpp"
#include "partner/profile.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

inline constexpr std::string_view lint_file_name = ".wharf.yaml";

struct LintOverride {
    std::vector<std::string> files; // globs, from the folder of .wharf.yaml
    std::string release;
    std::vector<std::string> guides;
    std::string partner;
    std::vector<std::string> treat;
};

struct LintConfiguration {
    std::string release;              // whatever GS08 says; empty: what GS08 says
    std::vector<std::string> guides;  // as written: from the folder of the file
    std::string partner;              // profile id; empty: none
    std::string configuration;        // folder of wharf.yaml, for `partner`; empty: that of this file
    std::vector<std::string> treat;   // CODE=enforce|tolerate|ignore
    bool strict = false;
    unsigned max_findings = limits::findings;
    std::vector<std::string> include; // globs of files that count as X12 in folders, whatever they begin with
    std::vector<std::string> exclude; // as in .gitignore: what is left out of folders
    std::vector<LintOverride> overrides;

    std::filesystem::path file, folder;      // this one; absolute
    std::vector<EffectiveValue> effective;   // each setting with its place
};

/// What holds for one file.
struct LintSettings {
    std::string release;
    std::vector<std::filesystem::path> guides; // absolute
    std::string partner;
    std::filesystem::path configuration;
    std::vector<std::string> treat; // in the order they are applied
    bool strict = false;
    std::uint32_t max_findings = limits::findings;

    bool operator==(LintSettings const&) const = default;
    auto operator<=>(LintSettings const&) const = default;
};

/// Fails with PARTNER-00xx findings: not readable, not YAML, an unknown setting (with the nearest), a code that does not exist.
[[nodiscard]] std::expected<LintConfiguration, Diagnostics> load_lint_configuration(std::filesystem::path const& file);

/// The settings for `path` (absolute); nullptr: without a file.
[[nodiscard]] LintSettings lint_settings(LintConfiguration const* configuration, std::filesystem::path const& path);
/// Each of them with where it was said: ".wharf.yaml:3", "default".
[[nodiscard]] std::vector<EffectiveValue> explain_lint_settings(LintConfiguration const* configuration, std::filesystem::path const& path);

/// Finds and keeps the files above linted files. One thread at a time.
class LintConfigurations {
public:
    /// The one that counts for files in `folder` (absolute); nullptr: there is none. A faulty one gives its findings, once; then it
    /// is nullptr with `faulty`.
    struct Found {
        LintConfiguration const* configuration = nullptr;
        bool faulty = false;
    };
    [[nodiscard]] Found above(std::filesystem::path const& folder, Diagnostics& findings);
    /// This very file instead of looking for one.
    [[nodiscard]] Found named(std::filesystem::path const& file, Diagnostics& findings);

private:
    std::map<std::filesystem::path, Found> folders_;
    std::map<std::filesystem::path, std::expected<std::unique_ptr<LintConfiguration>, Diagnostics>> files_;
};

} // namespace wharf::partner
