// The index of delimiters: where in a window of text the element separators and segment terminators stand.
//
// One SIMD kernel makes it (AVX2 where the processor has it, else SSE2); everything after it advances over positions
// instead of bytes. Positions are 32 bits, relative to the window. Internal to syntax/x12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace wharf::x12 {

class DelimiterIndex {
public:
    /// Indexes text[begin, begin + window) for the two characters. The text must outlive the index. When the window
    /// reaches the end of the text, one more position is added there: it ends a last segment without terminator.
    void fill(std::string_view text, std::size_t begin, std::size_t window, char element, char segment);

    [[nodiscard]] std::uint32_t const* begin() const { return positions_.get(); }
    [[nodiscard]] std::uint32_t const* end() const { return positions_.get() + count_; }
    [[nodiscard]] std::size_t window_begin() const { return window_begin_; }
    [[nodiscard]] bool reaches_end() const { return reaches_end_; }

private:
    std::unique_ptr<std::uint32_t[]> positions_;
    std::size_t capacity_ = 0;
    std::size_t count_ = 0;
    std::size_t window_begin_ = 0;
    bool reaches_end_ = false;
};

} // namespace wharf::x12
