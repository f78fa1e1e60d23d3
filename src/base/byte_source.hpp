// Where bytes come from when a file is too large to hold: a file, standard input, a pipe. Read once, front to back; files again from the start.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

namespace wharf {

/// One reader, one thread at a time.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// Up to `most` bytes into `to`; fewer than `most` only means that no more are there yet, 0 that the end is reached.
    /// Fails with the path in its text when the medium does; what was read before is good.
    [[nodiscard]] virtual Result<std::size_t> read(char* to, std::size_t most) = 0;
    /// Back to the first byte, as if nothing had been read. False when that cannot be had again: a pipe, a terminal.
    [[nodiscard]] virtual bool rewind() { return false; }
};

/// A file, or standard input for "-". Fails as read_file does: no such file, no rights, a folder.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_byte_source(std::filesystem::path const& path);

/// Bytes in memory; `bytes` must outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> byte_source_of(std::string_view bytes);

} // namespace wharf
