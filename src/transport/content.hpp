// Bytes of known length that may be read from any place, any number of times: in memory while they are few, in a file without
// a name when they are many. So a message of a gigabyte is taken apart and put together in a few hundred kilobytes.
//
// A Content is immutable, cheap to copy and may be read by several threads. It is a row of pieces, so a head can be put before
// a body, and a part cut out of a message, without copying either. The pieces share what they lie in; the last one closes it.
//
// Errors are `temporary` when the medium fails (full disk, a file cut short behind our back), `permanent` when a limit is passed.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport {

class Content {
public:
    Content() = default;
    explicit Content(std::string bytes);
    /// A file that nobody changes while we read it.
    [[nodiscard]] static Result<Content> of_file(std::filesystem::path const& path);

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] bool is_empty() const { return size_ == 0; }
    /// The bytes from `begin` to before `end`; both are cut to the size.
    [[nodiscard]] Content slice(std::uint64_t begin, std::uint64_t end) const;
    [[nodiscard]] Content from(std::uint64_t begin) const { return slice(begin, size_); }
    /// This one, and `other` behind it.
    Content& append(Content const& other);
    Content& append(std::string bytes) { return append(Content(std::move(bytes))); }

    /// Fills `to` from `offset` on; fewer than `most` bytes only at the end.
    [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, char* to, std::size_t most) const;
    /// All of it; `permanent` when it has more than `limit` bytes.
    [[nodiscard]] Result<std::string> text(std::uint64_t limit) const;
    /// Calls `take(std::string_view) -> Result<void>` with all bytes in order, a block at a time, until it fails.
    template <class Take> [[nodiscard]] Result<void> each_block(Take&& take) const;

    struct Medium;

private:
    friend class ContentBlocks;
    friend class Spool;
    struct Piece {
        std::shared_ptr<Medium const> medium;
        std::uint64_t begin, size;
    };
    std::vector<Piece> pieces_;
    std::uint64_t size_ = 0;
};

/// Front to back, once. What next() gave is good until the next call.
class ContentBlocks {
public:
    static constexpr std::size_t most = 256u << 10;
    explicit ContentBlocks(Content content) : content_(std::move(content)) {}
    [[nodiscard]] Result<std::string_view> next(); // empty at the end

private:
    Content content_;
    std::size_t piece_ = 0;
    std::uint64_t offset_ = 0; // inside the piece
    std::string buffer_;
};

struct SpoolSettings {
    std::filesystem::path folder;             // for what does not fit; empty: the system's folder for temporary files
    std::uint64_t memory_bytes = 1u << 20;    // as much is kept in memory
    std::uint64_t most_bytes = ~0ULL;         // more is refused
};

/// Takes bytes and makes a Content of them. The file has no name, can be read by nobody else and goes when the last Content does.
class Spool {
public:
    explicit Spool(SpoolSettings settings = {});
    Spool(Spool&&) noexcept;
    Spool& operator=(Spool&&) noexcept;
    ~Spool();
    [[nodiscard]] Result<void> append(std::string_view bytes);
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// Nothing may be appended after it.
    [[nodiscard]] Result<Content> finish();

private:
    [[nodiscard]] Result<void> flush();
    SpoolSettings settings_;
    std::string buffer_;
    std::shared_ptr<Content::Medium> file_;
    std::uint64_t size_ = 0;
};

template <class Take> Result<void> Content::each_block(Take&& take) const {
    ContentBlocks blocks(*this);
    for (;;) {
        auto const block = blocks.next();
        if (!block) return unexpected(block.error());
        if (block->empty()) return {};
        if (auto taken = take(*block); !taken) return taken;
    }
}

} // namespace wharf::transport
