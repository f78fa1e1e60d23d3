// Where JSON text is put together: a growing piece of memory with appends that need no call for short texts, which
// nearly all keys and values are. Kept between documents; one per thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace wharf::translator {

class OutBuffer {
public:
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }
    [[nodiscard]] char& operator[](std::size_t index) { return data_[index]; }
    void clear() { size_ = 0; }
    /// Takes the end back; never grows.
    void resize(std::size_t size) { size_ = size; }

    /// Room for `count` more bytes, to be filled by the caller through end() and advance().
    void reserve(std::size_t count) {
        if (size_ + count > capacity_) grow(count);
    }
    [[nodiscard]] char* end() { return data_.get() + size_; }
    void advance(std::size_t count) { size_ += count; }

    [[gnu::always_inline]] inline void operator+=(char c) {
        reserve(1);
        data_[size_++] = c;
    }
    [[gnu::always_inline]] inline void operator+=(std::string_view text) { append(text); }
    [[gnu::always_inline]] inline void append(std::string_view text) {
        reserve(text.size());
        copy(end(), text.data(), text.size());
        size_ += text.size();
    }

    /// Short copies by overlapping words.
    [[gnu::always_inline]] static inline void copy(char* to, char const* from, std::size_t count) {
        if (count > 16) {
            if (count > 64) {
                std::memcpy(to, from, count);
                return;
            }
            std::memcpy(to, from, 16); // of known size: no call
            if (count > 32) {
                std::memcpy(to + 16, from + 16, 16);
                std::memcpy(to + count - 32, from + count - 32, 16);
            }
            std::memcpy(to + count - 16, from + count - 16, 16);
        } else if (count >= 8) {
            std::uint64_t first, last;
            std::memcpy(&first, from, 8);
            std::memcpy(&last, from + count - 8, 8);
            std::memcpy(to, &first, 8);
            std::memcpy(to + count - 8, &last, 8);
        } else if (count >= 4) {
            std::uint32_t first, last;
            std::memcpy(&first, from, 4);
            std::memcpy(&last, from + count - 4, 4);
            std::memcpy(to, &first, 4);
            std::memcpy(to + count - 4, &last, 4);
        } else {
            for (std::size_t i = 0; i < count; ++i)
                to[i] = from[i];
        }
    }

private:
    [[gnu::noinline]] void grow(std::size_t count) {
        auto const wanted = (size_ + count) * 2 + 4096;
        auto larger = std::make_unique_for_overwrite<char[]>(wanted);
        if (size_ != 0) std::memcpy(larger.get(), data_.get(), size_);
        data_ = std::move(larger);
        capacity_ = wanted;
    }

    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0, capacity_ = 0;
};

} // namespace wharf::translator
