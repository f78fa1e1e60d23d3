#include "linter/file_search.hpp"

#include "base/byte_source.hpp"
#include "base/glob.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace wharf::linter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 1'000'000;
constexpr std::size_t deepest = 100;
constexpr std::size_t first_bytes = 256;

bool has_ending(std::string_view name, std::string_view ending) {
    auto const small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return name.size() > ending.size() && std::ranges::equal(name.substr(name.size() - ending.size()), ending, {}, small);
}

/// The folder that a pattern's first wildcard stands in: "in" of "in/**/*.edi".
std::string folder_before(std::string_view pattern) {
    auto const wild = pattern.find_first_of("*?[");
    auto const slash = pattern.substr(0, wild).find_last_of('/');
    if (slash == std::string_view::npos) return {};
    return std::string(slash == 0 ? "/" : pattern.substr(0, slash));
}

std::string joined(std::string const& folder, std::string const& name) {
    return folder.empty() ? name : folder.ends_with('/') ? folder + name : folder + '/' + name;
}

class Searcher {
public:
    Searcher(FileSearch const& search, partner::LintConfigurations& configurations) : search_(search), configurations_(configurations) {
        for (auto const& line : search.exclude) exclude_.add(line);
        std::error_code ignored;
        here_ = fs::current_path(ignored);
    }

    FoundFiles run() {
        for (auto const& argument : search_.arguments) {
            if (found_.files.size() >= most_files) break;
            take(argument);
        }
        return std::move(found_);
    }

private:
    void trouble(std::string message) { found_.troubles.push_back(std::move(message)); }

    void take(std::string const& argument) {
        if (argument == "-") return standard_input();
        std::error_code error;
        auto const status = fs::status(argument, error);
        if (status.type() == fs::file_type::not_found && is_glob(argument)) return pattern(argument);
        // A file that cannot be looked at is opened later, so that one place says why it cannot.
        if (fs::is_directory(status)) return folder(argument, nullptr);
        named(argument);
    }

    void standard_input() {
        if (!once("-")) return;
        FoundFile file;
        file.is_standard_input = true;
        file.name = search_.stdin_name.empty() ? "(standard input)" : search_.stdin_name;
        file.path = (here_ / (search_.stdin_name.empty() ? "-" : search_.stdin_name)).lexically_normal();
        if (configure(file)) found_.files.push_back(std::move(file));
    }

    void named(std::string const& name) {
        FoundFile file;
        file.name = name;
        file.path = absolute(name);
        if (!configure(file)) return;
        if (search_.force_exclude && left_out(file)) return;
        if (once(identity(file.path))) found_.files.push_back(std::move(file));
    }

    void pattern(std::string const& argument) {
        auto const before = found_.files.size() + seen_again_;
        auto const start = folder_before(argument);
        std::error_code error;
        if (fs::is_directory(start.empty() ? "." : start, error)) folder(start, &argument);
        if (found_.files.size() + seen_again_ == before) trouble(fmt::format("{}: no file fits this pattern", argument));
    }

    /// All X12 files below, or all files that the pattern fits.
    void folder(std::string const& name, std::string const* pattern) {
        auto const before = found_.files.size() + seen_again_ + found_.faults.size() + found_.troubles.size();
        walk(name, pattern, 0);
        auto const nothing = found_.files.size() + seen_again_ + found_.faults.size() + found_.troubles.size() == before;
        if (nothing && pattern == nullptr)
            trouble(fmt::format("{}: no X12 file in this folder; a file counts when it begins with ISA, is called *.edi or *.x12, or .wharf.yaml includes it", name));
    }

    void walk(std::string const& name, std::string const* pattern, std::size_t depth) {
        std::vector<std::pair<std::string, bool>> entries; // and whether it is a folder
        if (!entries_of(name, entries)) return;
        if (depth >= deepest) return trouble(fmt::format("{}: folders more than {} deep are not looked into", name, deepest));
        std::ranges::sort(entries);
        for (auto const& [entry, is_folder] : entries) {
            if (entry.starts_with('.')) continue;
            auto const shown = joined(name == "." ? std::string() : name, entry);
            FoundFile file;
            file.name = shown;
            file.path = absolute(shown);
            if (is_folder) {
                if (!configure_folder(file)) continue;
                if (!excluded_here(file, true)) walk(shown, pattern, depth + 1);
                continue;
            }
            if (!configure(file)) return;
            if (excluded_here(file, false) || !fits(file, pattern)) continue;
            if (found_.files.size() >= most_files) return trouble(fmt::format("more than {} files; the rest was left out", most_files));
            if (once(identity(file.path))) found_.files.push_back(std::move(file));
        }
    }

    bool entries_of(std::string const& name, std::vector<std::pair<std::string, bool>>& entries) {
        std::error_code error;
        for (fs::directory_iterator entry(name.empty() ? "." : name, error), end; !error && entry != end; entry.increment(error)) {
            std::error_code ignored;
            entries.emplace_back(entry->path().filename().string(), entry->is_directory(ignored) && !entry->is_symlink(ignored));
        }
        if (error) trouble(fmt::format("cannot read the folder {}: {}", name.empty() ? "." : name, error.message()));
        return !error;
    }

    bool fits(FoundFile const& file, std::string const* pattern) {
        std::error_code error;
        auto const status = fs::status(file.path, error);
        if (fs::is_directory(status)) return false; // a link to a folder
        if (error || status.type() == fs::file_type::not_found) {
            auto const matters = pattern != nullptr ? glob_matches_path(*pattern, file.name) : named_as_x12(file);
            if (matters) trouble(fmt::format("cannot read {}: {}", file.name, error ? error.message() : "it is a link to a file that does not exist"));
            return false;
        }
        if (!fs::is_regular_file(status)) return false; // a pipe would never end
        return pattern != nullptr ? glob_matches_path(*pattern, file.name) : named_as_x12(file) || begins_with_isa(file);
    }

    bool named_as_x12(FoundFile const& file) const {
        if (has_ending(file.name, ".edi") || has_ending(file.name, ".x12")) return true;
        if (file.configuration == nullptr) return false;
        IgnoreRules include;
        for (auto const& line : file.configuration->include) include.add(line);
        return include.ignores_or_above(from(file.configuration->folder, file.path));
    }

    bool begins_with_isa(FoundFile const& file) {
        auto source = open_byte_source(file.path);
        char bytes[first_bytes];
        auto const count = source ? (*source)->read(bytes, sizeof bytes) : std::unexpected(source.error());
        if (count) return begins_as_x12({bytes, *count});
        trouble(count.error().message);
        return false;
    }

    // ---- configuration and excludes

    /// False: its .wharf.yaml is at fault, so nothing is known of it.
    bool configure(FoundFile& file) { return configure_by(file, file.path.parent_path()); }
    bool configure_folder(FoundFile& file) { return configure_by(file, file.path); }
    bool configure_by(FoundFile& file, fs::path const& folder) {
        if (search_.no_configuration) return true;
        auto const made = search_.configuration.empty() ? configurations_.above(folder, found_.faults) : configurations_.named(search_.configuration, found_.faults);
        file.configuration = made.configuration;
        return !made.faulty;
    }

    static std::string from(fs::path const& folder, fs::path const& path) { return path.lexically_relative(folder).generic_string(); }

    /// What stands in an excluded folder is never met.
    bool excluded_here(FoundFile const& file, bool is_folder) const {
        if (exclude_.ignores(from(here_, file.path), is_folder)) return true;
        return file.configuration != nullptr && rules_of(*file.configuration).ignores(from(file.configuration->folder, file.path), is_folder);
    }
    bool left_out(FoundFile const& file) const {
        if (exclude_.ignores_or_above(from(here_, file.path))) return true;
        return file.configuration != nullptr && rules_of(*file.configuration).ignores_or_above(from(file.configuration->folder, file.path));
    }
    IgnoreRules const& rules_of(partner::LintConfiguration const& configuration) const {
        auto& rules = excludes_[&configuration];
        if (rules.empty())
            for (auto const& line : configuration.exclude) rules.add(line);
        return rules;
    }

    // ---- no file twice

    fs::path absolute(std::string const& name) const { return (fs::path(name).is_absolute() ? fs::path(name) : here_ / name).lexically_normal(); }
    static std::string identity(fs::path const& path) {
        std::error_code error;
        auto const real = fs::canonical(path, error);
        return error ? path.string() : real.string();
    }
    bool once(std::string identity_of_file) {
        if (identities_.insert(std::move(identity_of_file)).second) return true;
        ++seen_again_;
        return false;
    }

    FileSearch const& search_;
    partner::LintConfigurations& configurations_;
    IgnoreRules exclude_;
    mutable std::map<partner::LintConfiguration const*, IgnoreRules> excludes_;
    fs::path here_;
    FoundFiles found_;
    std::set<std::string> identities_;
    std::size_t seen_again_ = 0;
};

} // namespace

bool begins_as_x12(std::string_view bytes) {
    if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
    auto const dark = bytes.find_first_not_of(" \t\r\n");
    return dark != std::string_view::npos && bytes.substr(dark).starts_with("ISA");
}

FoundFiles find_files(FileSearch const& search, partner::LintConfigurations& configurations) { return Searcher(search, configurations).run(); }

} // namespace wharf::linter
