#include "translator/map_source.hpp"

#include "base/embedded.hpp"
#include "base/file.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

constexpr std::string_view maps_folder = "translators/";
constexpr std::string_view tables_folder = "translators/tables/";

class EmbeddedMaps final : public MapSource {
public:
    std::optional<SourceFile> map(std::string_view name) const override {
        return file(fmt::format("{}{}.map", maps_folder, name));
    }
    std::optional<SourceFile> table(std::string_view name) const override {
        return file(fmt::format("{}{}.csv", tables_folder, name));
    }
    std::vector<std::string> maps() const override { return names(maps_folder, ".map"); }
    std::vector<std::string> tables() const override { return names(tables_folder, ".csv"); }

private:
    static std::optional<SourceFile> file(std::string path) {
        auto const text = embedded_file(path);
        if (!text) return std::nullopt;
        return SourceFile{std::move(path), *text};
    }
    static std::vector<std::string> names(std::string_view folder, std::string_view ending) {
        std::vector<std::string> found;
        for (auto path : embedded_paths(folder))
            if (path.ends_with(ending))
                found.emplace_back(path.substr(folder.size(), path.size() - folder.size() - ending.size()));
        return found;
    }
};

class OverlaidMaps final : public MapSource {
public:
    struct File {
        std::string shown_name, text;
    };
    std::map<std::string, File, std::less<>> map_files, table_files;
    std::unique_ptr<MapSource> base;

    std::optional<SourceFile> map(std::string_view name) const override {
        if (auto const found = map_files.find(name); found != map_files.end())
            return SourceFile{found->second.shown_name, found->second.text};
        return base ? base->map(name) : std::nullopt;
    }
    std::optional<SourceFile> table(std::string_view name) const override {
        if (auto const found = table_files.find(name); found != table_files.end())
            return SourceFile{found->second.shown_name, found->second.text};
        return base ? base->table(name) : std::nullopt;
    }
    std::vector<std::string> maps() const override {
        return names(map_files, base ? base->maps() : std::vector<std::string>());
    }
    std::vector<std::string> tables() const override {
        return names(table_files, base ? base->tables() : std::vector<std::string>());
    }

    /// The file that has the same name already, in `file`; nothing is added then.
    std::optional<std::string> add(std::string path, File file) {
        auto const kept = [&](std::map<std::string, File, std::less<>>& files,
                              std::string name) -> std::optional<std::string> {
            auto const [at, added] = files.try_emplace(std::move(name), std::move(file));
            if (added) return std::nullopt;
            return at->second.shown_name;
        };
        if (path.ends_with(".csv")) {
            auto const slash = path.rfind('/');
            path = path.substr(slash == path.npos ? 0 : slash + 1);
            return kept(table_files, path.substr(0, path.size() - 4));
        }
        if (!path.ends_with(".map")) return std::nullopt;
        auto name = name_in_header(file.text);
        if (name.empty()) name = path.substr(0, path.size() - 4);
        return kept(map_files, std::move(name));
    }

private:
    static std::vector<std::string> names(std::map<std::string, File, std::less<>> const& files,
                                          std::vector<std::string> found) {
        for (auto const& [name, file] : files)
            if (std::find(found.begin(), found.end(), name) == found.end()) found.push_back(name);
        std::sort(found.begin(), found.end());
        return found;
    }
    static std::string name_in_header(std::string_view text) {
        constexpr std::string_view word = "translator ";
        while (!text.empty()) {
            auto const end = std::min(text.find('\n'), text.size());
            auto line = text.substr(0, end);
            text.remove_prefix(std::min(end + 1, text.size()));
            if (!line.starts_with(word)) continue;
            line.remove_prefix(word.size());
            line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
            return std::string(line.substr(0, line.find_first_of(" \r")));
        }
        return {};
    }
};

} // namespace

std::unique_ptr<MapSource> embedded_maps() {
    return std::make_unique<EmbeddedMaps>();
}

std::unique_ptr<MapSource> overlaid_maps(std::map<std::string, std::string> files, std::unique_ptr<MapSource> base) {
    auto source = std::make_unique<OverlaidMaps>();
    source->base = std::move(base);
    for (auto& [path, text] : files)
        source->add(path, {path, std::move(text)});
    return source;
}

Result<std::unique_ptr<MapSource>> folder_maps(std::filesystem::path const& folder, std::unique_ptr<MapSource> base) {
    auto source = std::make_unique<OverlaidMaps>();
    source->base = std::move(base);
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(folder, error);
    if (error)
        return invalid(fmt::format("The folder of maps {} cannot be read: {}.", folder.string(), error.message()));
    std::vector<std::filesystem::path> files; // sorted, so that messages do not follow the file system's order
    for (; at != std::filesystem::recursive_directory_iterator(); at.increment(error))
        if (at->path().extension() == ".tests")
            at.disable_recursion_pending(); // cases, not tables
        else if (at->path().extension() == ".map" || at->path().extension() == ".csv")
            files.push_back(at->path());
    if (error)
        return invalid(fmt::format("The folder of maps {} cannot be read: {}.", folder.string(), error.message()));
    std::sort(files.begin(), files.end());
    for (auto const& path : files) {
        auto text = read_file(path, limits::configuration_bytes);
        if (!text) return std::unexpected(std::move(text.error()));
        if (auto const other =
                source->add(path.lexically_relative(folder).generic_string(), {path.string(), std::move(*text)}))
            return invalid(fmt::format("{} and {} have the same name; only one of them could be used. Give each a name "
                                       "of its own{}.",
                                       *other, path.string(), path.extension() == ".map" ? " after `translator`" : ""));
    }
    return source;
}

} // namespace wharf::translator
