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
};

struct LineError {
    std::uint32_t column = 0; // 1-based
    std::string expected;     // "a canonical path", ...
};

/// Parses the line without its indentation and comment. `edits`: the file extends another, so add, replace, remove and
/// in are edits. True on success.
[[nodiscard]] bool parse_line(std::string_view text, std::uint32_t first_column, bool edits, MapLine& line,
                              LineError& error);

} // namespace wharf::translator
