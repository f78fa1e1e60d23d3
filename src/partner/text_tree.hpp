// A YAML file as a tree of texts with places. yaml-cpp stays behind it, in the source.
//
// Every scalar is text: 004010 and yes mean what they look like to a person. Aliases, anchors and tags are refused (a
// few lines of them can stand for gigabytes), a key may stand once, and depth and size have limits.
#pragma once

#include "diagnostic/diagnostic.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

/// 1-based.
struct Mark {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

struct TreeEntry;

struct TreeNode {
    enum class Kind { empty, scalar, list, mapping };
    Kind kind = Kind::empty;
    Mark mark;
    std::string text;               // scalar
    std::vector<TreeNode> items;    // list
    std::vector<TreeEntry> entries; // mapping, in the file's order

    [[nodiscard]] TreeNode const* find(std::string_view key) const;
};

struct TreeEntry {
    std::string key;
    Mark mark; // of the key
    TreeNode value;
};

/// A file of ours: its name and its lines for messages.
struct TextSource {
    std::string name; // "partners/acme-supplies/profile.yaml"
    std::string text;

    /// The line, as it stands there, 200 bytes of it at most. It may hold a secret: people see shown_line() of it.
    [[nodiscard]] std::string line(std::uint32_t number) const;
};

/// A diagnostic of this code at a place of the file.
[[nodiscard]] Diagnostic diagnostic_at(TextSource const& source, Mark mark, std::string_view code, std::string message,
                                       std::string help = {}, std::string value = {});

/// The tree; nothing when the text is not YAML or beyond the limits. Findings are appended; duplicate keys are found
/// and the tree still made, with the first of them.
[[nodiscard]] std::optional<TreeNode> parse_yaml(TextSource const& source, Diagnostics& findings);

} // namespace wharf::partner
