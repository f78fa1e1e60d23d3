// Reads the text of one map file. The line grammar is Boost.Spirit X3, in map_parser.cpp; indentation is ours.
//
//     auto file = parse_map("x12/850.map", text);
//     if (!file) print(file.error()); // every wrong line of the file, with line, column and what was expected
//
// Pure; thread-safe. Nothing is looked up: unknown segments and members are found by compile().
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "translator/map_tree.hpp"

#include <expected>
#include <string_view>

namespace wharf::translator {

/// All faults of the file as MAP-0001 to MAP-0003. `without_format`: how the paths of a file are written that has no
/// `format` line of its own: as in the map it extends, or is included by.
[[nodiscard]] std::expected<MapFile, Diagnostics> parse_map(std::string_view file_name, std::string_view text,
                                                            PathSyntax without_format = PathSyntax::segments);

/// What must be known of a file before it can be parsed. Empty parts are not there.
struct MapHead {
    std::string name, extends, document, format;
};
[[nodiscard]] MapHead map_head(std::string_view text);
[[nodiscard]] PathSyntax path_syntax(std::string_view format);

/// A diagnostic about a line of a map: place and excerpt filled in. `column` 0: the whole line.
[[nodiscard]] Diagnostic map_diagnostic(std::string_view code, Origin const& origin, std::uint32_t column,
                                        std::string message, std::string help = {});

/// The candidates nearest to `word` by edit distance, for "did you mean"; at most three, none that is far off.
[[nodiscard]] std::vector<std::string> nearest(std::string_view word, std::vector<std::string> const& candidates);
/// "did you mean `a` or `b`?"; empty when nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::vector<std::string> const& candidates);

} // namespace wharf::translator
