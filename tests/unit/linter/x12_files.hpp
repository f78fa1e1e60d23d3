// What the tests of linter/ share: the sample files, changed texts, the codes found in them.
#pragma once

#include "base/file.hpp"
#include "grammar/lint.hpp"
#include "support/real_sets.hpp"
#include "support/schemas.hpp"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::test {

/// Name and content of every sample file; empty when there are none.
[[nodiscard]] inline std::vector<std::pair<std::string, std::string>> sample_files() {
    std::vector<std::pair<std::string, std::string>> files;
    std::error_code error;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(sample_folder(), error))
        if (entry.is_regular_file())
            if (auto text = read_file(entry.path(), 1 << 24); text && !text->empty())
                files.emplace_back(entry.path().string(), *std::move(text));
    std::ranges::sort(files);
    return files;
}

/// The text with its first `from` replaced.
[[nodiscard]] inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// Cut into lines of a fixed width.
[[nodiscard]] inline std::string wrapped(std::string const& text, std::size_t width, std::string_view line_break) {
    std::string lines;
    for (std::size_t at = 0; at < text.size(); at += width) {
        lines += text.substr(at, width);
        if (at + width < text.size())
            lines += line_break;
    }
    return lines;
}

/// How often each code is found.
[[nodiscard]] inline std::map<std::string, unsigned> codes_in(std::string_view text) {
    std::map<std::string, unsigned> found;
    for (auto const& finding : grammar::lint(text, "a.x12", schemas()).diagnostics)
        ++found[finding.code];
    return found;
}

} // namespace wharf::test
