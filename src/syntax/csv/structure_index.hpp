// Where the bytes stand that make the structure of rows: delimiters, quotes, line ends. One SIMD pass over a window.
//
// Internal to syntax/csv.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace wharf::csv {

class StructureIndex {
public:
    /// Indexes text[0, size), anew. `complete`: nothing follows; then a position more stands at the end, size itself.
    void index(char const* text, std::uint32_t size, char delimiter, char quote, bool complete);
    [[nodiscard]] std::uint32_t const* begin() const { return positions_.get(); }
    [[nodiscard]] std::uint32_t const* end() const { return positions_.get() + count_; }
    /// Whether text[first, last) holds a byte above 0x7f or a NUL.
    [[nodiscard]] bool odd(std::uint32_t first, std::uint32_t last) const;

private:
    std::unique_ptr<std::uint32_t[]> positions_;
    std::unique_ptr<std::uint64_t[]> odd_; // bit i: byte i
    std::size_t capacity_ = 0, count_ = 0;
};

/// What a kernel is given and fills: `blocks` times 64 bytes.
struct IndexWork {
    char const* text = nullptr;
    std::size_t blocks = 0;
    std::uint32_t first = 0; // position of text[0]
    char delimiter = 0, quote = 0;
    std::uint32_t* positions = nullptr; // room for 64 a block and 16 more
    std::uint64_t* odd = nullptr;
};
struct IndexKernel {
    std::string_view name;
    std::uint32_t* (*run)(IndexWork const&); // gives the end of the positions
};
/// Those this processor can run, the fastest first. For tests: all must agree.
[[nodiscard]] std::span<IndexKernel const> index_kernels();

} // namespace wharf::csv
