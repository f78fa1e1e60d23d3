// A run of whole parts of a file in memory: the bytes, their index, their segments.
//
// The reader makes one after the other (some 128 KB each, more where one transaction set needs it), so that memory follows the
// largest set and not the file. Everything inside is 32 bits, from `text`. Whoever keeps the block (Reader::block()) may use the
// parts in it after the reader has gone on, in another thread too, once the reader has begun the next block.
#pragma once

#include "syntax/x12/delimiter_index.hpp"
#include "syntax/x12/delimiters.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace wharf::x12 {

struct Segment {
    std::uint32_t begin = 0;     // of the id, from the block's text
    std::uint32_t first_end = 0; // index into the block's positions: the end of the id; then the end of each element
    std::uint32_t count = 0;     // ends: the id and each element
};

/// Where the bytes of a file wrapped at a fixed width stood before the breaks were taken out. Thread-safe: the reader notes
/// further lines while workers ask.
class WrapMap {
public:
    /// From `offset` of the unwrapped stream on: lines of `width` bytes, each followed by `line_break` bytes more in the file,
    /// the first of which begins at `file_offset`. Width 0: no breaks from here on. Offsets come in ascending order.
    void add(std::uint64_t offset, std::uint64_t file_offset, std::uint32_t width, std::uint32_t line_break);
    [[nodiscard]] std::uint64_t file_offset(std::uint64_t offset) const;

private:
    struct Stretch {
        std::uint64_t offset, file_offset;
        std::uint32_t width, line_break;
    };
    mutable std::mutex mutex_;
    std::vector<Stretch> stretches_;
};

struct Block {
    char const* text = nullptr; // of the caller, or of `owned`
    std::size_t size = 0;       // bytes there are
    std::uint64_t base = 0;     // offset of text[0] in the file (unwrapped)
    Delimiters delimiters;
    DelimiterIndex index;
    std::vector<Segment> segments;
    std::vector<std::uint32_t> opaque; // of segments, ascending: those too long to be cut into elements
    std::string owned; // empty when the text is the caller's
    std::shared_ptr<WrapMap const> wrapping;

    [[nodiscard]] std::uint64_t file_offset(std::uint64_t relative) const {
        return wrapping ? wrapping->file_offset(base + relative) : base + relative;
    }
};

} // namespace wharf::x12
