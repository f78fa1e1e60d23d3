// Where two JSON values differ, by path: what a person must look at, not two blobs.
#pragma once

#include "syntax/json/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

struct Difference {
    std::string path;            // "lines[2].items[0].value"; empty: the whole value
    std::string expected, found; // JSON text, shortened; empty: not there
};

/// At most `most` differences, in the order of the expected value. Entries of lists are matched by place; where an
/// entry was inserted or left out, the longest common part is matched and the rest is reported.
[[nodiscard]] std::vector<Difference> differences(json::Value const& expected, json::Value const& found,
                                                  std::size_t most = 100);

/// The same of two texts, line by line: the path is the line's number.
[[nodiscard]] std::vector<Difference> line_differences(std::string_view expected, std::string_view found,
                                                       std::size_t most = 100);

/// "lines[2].quantity: expected "5", found "6"", one per line.
[[nodiscard]] std::string to_text(std::vector<Difference> const& differences);

} // namespace wharf::translator
