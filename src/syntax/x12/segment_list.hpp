// A run of segments (one transaction set, or one envelope segment) as views into one block of text.
//
// The block belongs to the reader and must outlive the list (Reader::block() keeps it). Positions inside are 32 bits, from
// text(); base() is where text() stands in the file. So a set has at most 4 GiB (limits::transaction_set_bytes is less).
// Nothing is copied: a segment is where it begins, and the ends of its elements.
//
//     text:   P O 1 * 1 * 1 0 ~ \n
//     begin --^     ^   ^     ^         ends = {3, 5, 8}: end of the id, of element 1, of element 2 (the terminator)
#pragma once

#include "syntax/x12/block.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace wharf::x12 {

/// One segment, borrowed from a SegmentList. Elements count from 1; element 0 is the id.
class SegmentView {
public:
    /// `ends`: all positions of the block.
    SegmentView(char const* text, Segment const& segment, std::uint32_t const* ends)
        : text_(text), segment_(&segment), ends_(ends + segment.first_end) {}

    [[nodiscard]] std::string_view id() const { return element(0); }
    /// Number of elements the segment holds, empty ones included, the id not.
    [[nodiscard]] std::uint32_t element_count() const { return segment_->count - 1; }
    /// Empty when the segment is shorter.
    [[nodiscard]] std::string_view element(std::uint32_t number) const {
        if (number >= segment_->count)
            return {};
        auto const begin = element_begin(number);
        return {text_ + begin, ends_[number] - begin};
    }
    /// From text(). `number` may be one past the last element: where the next one would begin.
    [[nodiscard]] std::uint32_t element_begin(std::uint32_t number) const {
        return number == 0 ? segment_->begin : ends_[number - 1] + 1;
    }
    /// From the id to the end of the last element, terminator left out.
    [[nodiscard]] std::string_view bytes() const {
        return {text_ + segment_->begin, ends_[segment_->count - 1] - segment_->begin};
    }
    [[nodiscard]] std::uint32_t begin() const { return segment_->begin; }
    [[nodiscard]] std::uint32_t end() const { return ends_[segment_->count - 1]; }

private:
    char const* text_;
    Segment const* segment_;
    std::uint32_t const* ends_;
};

class SegmentList {
public:
    SegmentList() = default;
    /// `count` segments of the block from `first` on; the block may still grow.
    SegmentList(Block const& block, std::size_t first, std::size_t count) : block_(&block), first_(first), count_(count) {}

    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] SegmentView operator[](std::size_t index) const {
        return {block_->text, block_->segments[first_ + index], block_->index.positions()};
    }
    /// True for a segment longer than any real one (16 MiB; the reader has reported it): all that follows its id is one element here,
    /// separators and all, which nobody should look into.
    [[nodiscard]] bool is_opaque(std::size_t index) const {
        return !block_->opaque.empty() && std::ranges::binary_search(block_->opaque, first_ + index);
    }
    [[nodiscard]] SegmentView back() const { return (*this)[count_ - 1]; }
    /// Offset of text() in the file, as read.
    [[nodiscard]] std::uint64_t base() const { return block_->base; }
    /// Where in the file a byte stands that is at `relative` in text(). In a file wrapped at a fixed width the two do not run side
    /// by side: findings must ask.
    [[nodiscard]] std::uint64_t file_offset(std::uint64_t relative) const { return block_->file_offset(relative); }
    [[nodiscard]] Delimiters const& delimiters() const { return block_->delimiters; }

    // The raw arrays, for code that walks millions of elements.
    [[nodiscard]] char const* text() const { return block_->text; }
    /// Bytes that may be read from text().
    [[nodiscard]] std::size_t readable() const { return block_->size; }
    [[nodiscard]] std::span<Segment const> segments() const { return {block_->segments.data() + first_, count_}; }
    /// All positions of the block, from which Segment::first_end counts.
    [[nodiscard]] std::span<std::uint32_t const> ends() const { return {block_->index.positions(), block_->index.count()}; }
    /// Bit i: byte i of text() is a control character, DEL, above 0x7f, a component or repetition separator, or a blank at either end
    /// of an element. Eight bytes may be read at any byte of the bitmap that holds a bit of an element.
    [[nodiscard]] std::uint64_t const* not_text() const { return block_->index.not_text(); }

private:
    Block const* block_ = nullptr;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

} // namespace wharf::x12
