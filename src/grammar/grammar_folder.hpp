// The grammar files by name ("releases", "sets/850"): the binary's own, overlaid by a folder of files of the same names.
//
// Owns the overlay's bytes; texts live as long as the folder. Immutable after load(), thread-safe.
#pragma once

#include "grammar/grammar_file.hpp"

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

class GrammarFolder {
public:
    /// `overlay` has the shape of grammars/x12 (or holds it as a folder x12). Fails when it cannot be read or has files
    /// that no grammar file is called; names that begin with a dot are passed over.
    [[nodiscard]] static std::expected<GrammarFolder, Diagnostics> load(std::optional<std::filesystem::path> const& overlay);

    [[nodiscard]] std::optional<GrammarText> find(std::string_view name) const;
    /// Names that begin with `prefix`, sorted.
    [[nodiscard]] std::vector<std::string> names(std::string_view prefix) const;
    [[nodiscard]] bool has_overlay() const { return !overlay_.empty(); }
    [[nodiscard]] bool is_overlaid(std::string_view name) const { return overlay_.contains(name); }

private:
    struct Owned {
        std::string path;
        std::string text;
    };
    std::map<std::string, Owned, std::less<>> overlay_;
};

} // namespace wharf::grammar
