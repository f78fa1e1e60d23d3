// Changing a file in place without ever leaving half of it: read, and later replaced whole or not at all.
//
// The new content is written beside, synced and renamed over the file, which keeps its permissions, its owner and its group. A symbolic
// link stays a link: what it leads to is replaced. Nothing here throws; trouble comes back as Error with the path in its text, and then
// the file is as it was. POSIX.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace wharf {

/// A file as it was read, with what tells whether it is still the same.
struct ReadFile {
    std::filesystem::path path;   // as asked for
    std::filesystem::path target; // behind symbolic links; empty: no regular file (standard input, a pipe, a device)
    std::string content;
    std::uint64_t device = 0, inode = 0;
    std::int64_t modified_seconds = 0, modified_nanoseconds = 0;

    /// True when replace_file() may be called.
    [[nodiscard]] bool is_replaceable() const { return !target.empty(); }
};

/// The whole file, or standard input for "-". Fails as read_file does, and with `permanent` when the file grew, shrank or changed
/// while it was read.
[[nodiscard]] Result<ReadFile> read_for_replacement(std::filesystem::path const& path, std::uint64_t limit);

/// Replaces the file's content. Fails, with the file untouched, when it is write-protected, was changed or removed since it was read,
/// when its owner cannot be kept, or when the disk refuses. A file of several names (hard links) is refused: only one would change.
[[nodiscard]] Result<void> replace_file(ReadFile const& file, std::string_view content);

} // namespace wharf
