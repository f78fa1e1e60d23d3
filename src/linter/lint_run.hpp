// `wharf lint` over many files: each found, given its settings, linted, and handed over in its turn.
//
// Files are shared out over threads, and the last large ones over the threads that are left; what is handed over and in which order
// is the same for any number of jobs, and at most four results a thread wait in memory.
#pragma once

#include "base/error.hpp"
#include "grammar/guide.hpp"
#include "grammar/lint.hpp"
#include "linter/file_search.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wharf::linter {

/// What flags say; it wins over .wharf.yaml.
struct LintFlags {
    std::string release;
    std::vector<std::filesystem::path> guides;
    std::vector<std::string> treat; // behind those of the file: of two that name a code alike, the flag
    std::optional<std::uint32_t> max_findings;
    bool strict = false;
    std::string partner;
    std::optional<std::filesystem::path> configuration;
};

struct LintedFile {
    FoundFile const* file = nullptr;
    grammar::LintResult result;
    bool strict = false;            // warnings of this file count
    std::optional<Error> unreadable; // it could not even be opened
};

/// By what files with the same settings are checked. What it points to lives as long as the run.
struct LintPlan {
    grammar::LintOptions options;
    grammar::SchemaCache* schemas = nullptr;
};
/// Once for each different settings; nothing: they cannot be used, which was told, and their files are left out.
using PreparePlan = std::function<std::optional<LintPlan>(partner::LintSettings const& settings)>;

class LintRun {
public:
    /// Finds the files.
    LintRun(FileSearch search, LintFlags flags, unsigned jobs);

    /// Sentences about what could not be found, and faults of .wharf.yaml: nothing that they concern is linted.
    [[nodiscard]] std::vector<std::string> const& troubles() const { return found_.troubles; }
    [[nodiscard]] Diagnostics const& faults() const { return found_.faults; }
    [[nodiscard]] std::vector<FoundFile> const& files() const { return found_.files; }

    /// False: some files were left out because nothing could be prepared for them.
    bool run(PreparePlan const& prepare, std::function<void(LintedFile&&)> const& deliver);
    /// One file after the other, for whoever does more with them than lint. False as above.
    bool each(PreparePlan const& prepare, std::function<void(FoundFile const& file, LintPlan const& plan, bool strict)> const& visit);
    /// After run(): guides that no set was checked by, and guides that stand behind another for the same sets; one sentence each.
    [[nodiscard]] std::vector<std::string> notes() const;

    /// What holds for a file, flags and all.
    [[nodiscard]] partner::LintSettings settings_of(FoundFile const& file) const;
    /// The same with where each was said, for people.
    [[nodiscard]] std::vector<partner::EffectiveValue> explain(FoundFile const& file) const;

private:
    struct Task {
        FoundFile const* file;
        LintPlan const* plan;
        bool strict;
    };
    [[nodiscard]] std::vector<Task> tasks(PreparePlan const& prepare);

    FileSearch search_;
    LintFlags flags_;
    unsigned jobs_;
    partner::LintConfigurations configurations_;
    FoundFiles found_;
    std::map<partner::LintSettings, std::optional<LintPlan>> plans_;
    std::vector<std::string> used_guides_;
    std::uint64_t sets_ = 0;
};

} // namespace wharf::linter
