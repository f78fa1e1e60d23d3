// A run of segments (one transaction set, or one envelope segment) as views into the one buffer.
//
// The buffer is owned by the caller and must outlive the list. Offsets inside the list are 32 bits, from `base()`, the
// 64-bit offset of the run in its file; so a run has at most 4 GiB (limits::transaction_set_bytes is less).
// Nothing is copied: a segment is where it begins, and the ends of its elements.
//
//     text:   P O 1 * 1 * 1 0 ~ \n
//     begin --^     ^   ^     ^         ends = {3, 5, 8}: end of the id, of element 1, of element 2 (the terminator)
#pragma once

#include "syntax/x12/delimiters.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace wharf::x12 {

struct Segment {
    std::uint32_t begin = 0;     // of the id, relative to base
    std::uint32_t first_end = 0; // index into the ends
    std::uint32_t count = 0;     // ends: the id and each element
};

/// One segment, borrowed from a SegmentList. Elements count from 1; element 0 is the id.
class SegmentView {
public:
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
    /// Relative to the list's base. `number` may be one past the last element: where the next one would begin.
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
    [[nodiscard]] std::size_t size() const { return segments_.size(); }
    [[nodiscard]] bool empty() const { return segments_.empty(); }
    [[nodiscard]] SegmentView operator[](std::size_t index) const {
        return {text_, segments_[index], ends_.data()};
    }
    [[nodiscard]] SegmentView back() const { return (*this)[segments_.size() - 1]; }
    /// Offset of the run in its file.
    [[nodiscard]] std::uint64_t base() const { return base_; }
    /// Where in the file a byte stands that is at `relative` in the list. In a file wrapped at a fixed width the two do not run
    /// side by side: findings must ask.
    [[nodiscard]] std::uint64_t file_offset(std::uint32_t relative) const { return base_ + relative; }
    [[nodiscard]] Delimiters const& delimiters() const { return delimiters_; }

    // The raw arrays, for code that walks millions of elements.
    [[nodiscard]] char const* text() const { return text_; }
    [[nodiscard]] std::vector<Segment> const& segments() const { return segments_; }
    [[nodiscard]] std::vector<std::uint32_t> const& ends() const { return ends_; }

    // Filled by the reader (and by tests). `text` points at offset `base` of the file.
    void reset(char const* text, std::uint64_t base, Delimiters const& delimiters) {
        text_ = text;
        base_ = base;
        delimiters_ = delimiters;
        segments_.clear();
        ends_.clear();
    }
    [[nodiscard]] std::vector<Segment>& mutable_segments() { return segments_; }
    [[nodiscard]] std::vector<std::uint32_t>& mutable_ends() { return ends_; }

private:
    char const* text_ = nullptr;
    std::uint64_t base_ = 0;
    Delimiters delimiters_;
    std::vector<Segment> segments_;
    std::vector<std::uint32_t> ends_;
};

} // namespace wharf::x12
