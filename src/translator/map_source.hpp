// Where map files and code tables come from: the binary, a folder over it, or (in tests) memory.
//
// Texts are the source's and live as long as it. Thread-safe after construction.
#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

struct SourceFile {
    std::string shown_name; // for messages: "translators/x12/850.map"
    std::string_view text;
};

class MapSource {
public:
    virtual ~MapSource() = default;
    [[nodiscard]] virtual std::optional<SourceFile> map(std::string_view name) const = 0;   // "x12/850"
    [[nodiscard]] virtual std::optional<SourceFile> table(std::string_view name) const = 0; // "unit"
    [[nodiscard]] virtual std::vector<std::string> maps() const = 0;
    [[nodiscard]] virtual std::vector<std::string> tables() const = 0;
};

/// The files embedded in the binary.
[[nodiscard]] std::unique_ptr<MapSource> embedded_maps();

/// Files by name, over `base` (which may be null). Names end in .map or .csv: "acme/850.map", "unit.csv".
[[nodiscard]] std::unique_ptr<MapSource> overlaid_maps(std::map<std::string, std::string> files,
                                                       std::unique_ptr<MapSource> base);

/// NAME.map and tables/NAME.csv of a folder and the folders below it, over `base`. A map is known by the name in its
/// header, whatever its file is called. Fails when the folder cannot be read, and when two files have one name.
[[nodiscard]] Result<std::unique_ptr<MapSource>> folder_maps(std::filesystem::path const& folder,
                                                             std::unique_ptr<MapSource> base);

} // namespace wharf::translator
