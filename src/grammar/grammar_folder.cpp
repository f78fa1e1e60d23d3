#include "grammar/grammar_folder.hpp"

#include "base/embedded.hpp"
#include "base/file.hpp"
#include "base/limits.hpp"
#include "diagnostic/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view root = "grammars/x12/";

/// True for the names that mean something: nobody should wonder why "set/850" changes nothing.
bool is_grammar_name(std::string_view name) {
    auto const is_name = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    if (name.starts_with("sets/") || name.starts_with("codes/")) {
        auto const last = name.substr(name.find('/') + 1);
        return !last.empty() && last.size() <= 4 && std::ranges::all_of(last, is_name);
    }
    return name == "releases" || name == "envelope" || name == "segments" || name == "elements";
}

Diagnostic trouble(std::string_view code, fs::path const& path, std::string message, std::string help) {
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    diagnostic.place.file = path.string();
    return diagnostic;
}

} // namespace

std::expected<GrammarFolder, Diagnostics> GrammarFolder::load(std::optional<fs::path> const& overlay) {
    GrammarFolder folder;
    if (!overlay)
        return folder;
    Diagnostics findings;
    std::error_code error;
    auto const base = fs::is_directory(*overlay / "x12", error) ? *overlay / "x12" : *overlay;
    if (!fs::is_directory(base, error)) {
        findings.push_back(trouble("GRAMMAR-0010", base, "the folder of grammar files cannot be read: it is not a folder",
                                   "name a folder of the shape of grammars/x12: releases, segments, elements, sets/850, codes/98"));
        return std::unexpected(std::move(findings));
    }
    std::vector<fs::path> paths;
    fs::recursive_directory_iterator entry(base, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (entry->path().filename().string().starts_with('.')) {
            entry.disable_recursion_pending();
            continue;
        }
        std::error_code ignored;
        if (!entry->is_directory(ignored))
            paths.push_back(entry->path());
    }
    if (error)
        findings.push_back(trouble("GRAMMAR-0010", base, fmt::format("the folder cannot be read: {}", error.message()), ""));
    std::ranges::sort(paths);
    for (auto const& path : paths) {
        auto const name = path.lexically_relative(base).generic_string();
        if (!is_grammar_name(name)) {
            findings.push_back(trouble("GRAMMAR-0009", path, fmt::format("no grammar file is called {}", name),
                                       "grammar files are releases, envelope, segments, elements, sets/NNN and codes/N; "
                                       "a name that begins with a dot is passed over"));
            continue;
        }
        auto text = read_file(path, limits::configuration_bytes);
        if (!text)
            findings.push_back(trouble("GRAMMAR-0010", path, text.error().message, "the file must be readable text"));
        else
            folder.overlay_.emplace(name, Owned{path.string(), std::move(*text)});
    }
    if (!findings.empty())
        return std::unexpected(std::move(findings));
    return folder;
}

std::optional<GrammarText> GrammarFolder::find(std::string_view name) const {
    if (auto const own = overlay_.find(name); own != overlay_.end())
        return GrammarText{own->second.path, own->second.text};
    auto path = std::string(root).append(name);
    auto const text = embedded_file(path);
    if (!text)
        return std::nullopt;
    return GrammarText{std::move(path), *text};
}

std::vector<std::string> GrammarFolder::names(std::string_view prefix) const {
    std::vector<std::string> names;
    for (auto const path : embedded_paths(std::string(root).append(prefix)))
        names.emplace_back(path.substr(root.size()));
    for (auto const& [name, owned] : overlay_)
        if (name.starts_with(prefix))
            names.push_back(name);
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

} // namespace wharf::grammar
