// The index of a block of text: where its delimiters stand, and what kind of byte each byte is.
//
// One SIMD kernel makes it, chosen once at run time (AVX-512, AVX2, else SSE2; a portable one elsewhere); everything after it
// works on positions and bits instead of bytes:
//   positions   of element separators and segment terminators, 32 bits, ascending
//   terminators which of the positions end a segment: indices into them, ascending
//   not_text    bit i: byte i is a control character, DEL, above 0x7f, a component or repetition separator, or a blank beside a
//               position (some blanks at the end of the text are not marked)
// Component and repetition separators are no positions: simple elements hold none, and where one stands the bit says so.
// Internal to syntax/x12; the arrays are read through SegmentList.
#pragma once

#include "syntax/x12/delimiters.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace wharf::x12 {

class DelimiterIndex {
public:
    /// Forgets everything; the memory stays.
    void reset(Delimiters const& delimiters);
    /// Indexes some `most` bytes more of text[0, available); whole blocks of 64 only, until `complete` says that no bytes will
    /// follow `available`: then the rest too, and one position more at the end, in place of a last terminator.
    /// The text must be the same as before, longer perhaps, anywhere in memory.
    void extend(char const* text, std::size_t available, bool complete, std::size_t most);
    /// Keeps `count` positions, adds these, the last of which ends a segment, and goes on at byte `at`: what lies between was not
    /// text (binary data).
    void resume(std::size_t count, std::span<std::uint32_t const> added, std::size_t at);
    /// True when extend() has reached the end of a complete text.
    [[nodiscard]] bool complete() const { return complete_; }
    /// Bytes indexed so far.
    [[nodiscard]] std::size_t size() const { return indexed_; }

    [[nodiscard]] std::uint32_t* positions() { return positions_.get(); }
    [[nodiscard]] std::uint32_t const* positions() const { return positions_.get(); }
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] std::span<std::uint32_t const> terminators() const { return {terminators_.get(), terminator_count_}; }
    [[nodiscard]] std::uint64_t const* not_text() const { return not_text_.get(); }

private:
    void reserve(std::size_t bytes);

    struct Found;
    void mark_blank_between(char const* text, std::size_t at, std::size_t available);
    void forget_before(std::size_t byte, Found& found);

    std::unique_ptr<std::uint32_t[]> positions_, terminators_;
    std::unique_ptr<std::uint64_t[]> not_text_;
    std::size_t capacity_ = 0;      // of positions, and of terminators
    std::size_t word_capacity_ = 0; // of the bitmap
    std::size_t count_ = 0;
    std::size_t terminator_count_ = 0;
    std::size_t indexed_ = 0;
    bool complete_ = false;
    Delimiters delimiters_;
};

/// What a kernel is given and fills: `blocks` times 64 bytes of text.
struct KernelWork {
    char const* text = nullptr;
    std::size_t blocks = 0;
    std::uint32_t first = 0; // position of text[0]
    std::uint32_t count = 0; // positions before it
    Delimiters delimiters;
    std::uint32_t* positions = nullptr; // room for 64 a block and 16 more
    std::uint32_t* terminators = nullptr; // the same
    std::uint64_t* not_text = nullptr;
};

/// The ends of what was written.
struct KernelEnds {
    std::uint32_t* positions = nullptr;
    std::uint32_t* terminators = nullptr;
};

struct NamedKernel {
    std::string_view name; // "avx512", "avx2", "sse2", "portable"
    KernelEnds (*run)(KernelWork const&);
};
/// Those this processor can run, the fastest first. For tests: all must agree.
[[nodiscard]] std::span<NamedKernel const> delimiter_kernels();

} // namespace wharf::x12
