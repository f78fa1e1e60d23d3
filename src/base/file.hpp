// Files: reading with a limit, and writing that is durable before it returns.
//
// Text owns the bytes it read. Nothing here throws; trouble comes back as Error with the path in its text.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace wharf {

/// The whole file, or standard input for "-". Fails with `invalid` when it has more than `limit` bytes;
/// the message then names both sizes.
[[nodiscard]] Result<std::string> read_file(std::filesystem::path const& path, std::uint64_t limit);

/// Writes beside the target, syncs the file, renames it into place and syncs the folder: after success the new
/// content survives a power cut; before it the old content is untouched. An existing target is replaced; a device or
/// a pipe is written into instead, and then nothing is durable.
[[nodiscard]] Result<void> write_file_durably(std::filesystem::path const& path, std::string_view content);

/// fsync of a folder, after a rename or an unlink inside it.
[[nodiscard]] Result<void> sync_folder(std::filesystem::path const& folder);

/// True when `name` is one plain file name: not empty, no '/', no NUL, neither "." nor "..", at most 255 bytes.
/// Names from partners must pass before they become part of a path.
[[nodiscard]] bool is_plain_file_name(std::string_view name);

} // namespace wharf
