// One logical line of a map file, parsed: what map_parser.cpp builds the tree from. Internal to the parser.
#pragma once

#include "translator/map_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

struct MapLine {
    enum class Kind {
        header,
        document,
        format,
        include,
        table,
        shape,
        option, // of formats other than x12
        rule,
        add,
        replace,
        remove,
        in_member,
        in_shape
    };
    Kind kind = Kind::rule;
    Rule rule; // rule and edits
    std::vector<std::string>
        words; // header: name, extends, title; format: words; include: name; shape: name; document: kind, version
    std::vector<TableRow> rows;
    std::vector<OptionWord> option; // words[0] is its keyword
};

struct LineError {
    std::uint32_t column = 0; // 1-based
    std::string expected;     // "a canonical path", ...
};

/// Where a line stands: how its paths are written; whether its file extends another, so that add, replace, remove and
/// in are edits.
struct LineContext {
    PathSyntax syntax = PathSyntax::segments;
    bool edits = false;
};

/// Parses the line without its indentation and comment. True on success.
[[nodiscard]] bool parse_line(std::string_view text, std::uint32_t first_column, LineContext context, MapLine& line,
                              LineError& error);

} // namespace wharf::translator
