// Memory for things of one document that are made by the hundred and go together: given out piece by piece, taken back
// all at once, and kept for the next document. Nothing in it is destroyed one by one. One pool belongs to one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace wharf::translator {

class Pool {
public:
    /// Everything made before is gone. A giant's memory is given back.
    void clear() {
        if (total_ > most_kept) blocks_.clear(), total_ = 0;
        block_ = 0;
        at_ = end_ = nullptr;
    }

    /// `count` things, not yet set to anything.
    template <class T>
    [[nodiscard]] T* raw(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignment);
        auto const size = (count * sizeof(T) + alignment - 1) / alignment * alignment;
        if (static_cast<std::size_t>(end_ - at_) < size) next(size);
        auto* const made = at_;
        at_ += size;
        return reinterpret_cast<T*>(made);
    }
    /// `count` things as `T{}` makes them.
    template <class T>
    [[nodiscard]] T* make(std::size_t count = 1) {
        auto* const made = raw<T>(count);
        std::uninitialized_value_construct_n(made, count);
        return made;
    }
    /// A copy of a text.
    [[nodiscard]] std::string_view keep(std::string_view text) {
        auto* const made = raw<char>(text.size());
        if (!text.empty()) std::memcpy(made, text.data(), text.size());
        return {made, text.size()};
    }

private:
    static constexpr std::size_t alignment = alignof(void*);
    static constexpr std::size_t usual = std::size_t{64} << 10, most_kept = std::size_t{64} << 20;
    struct Block {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size;
    };

    void next(std::size_t size) {
        while (block_ < blocks_.size() && blocks_[block_].size < size)
            ++block_;
        if (block_ == blocks_.size()) {
            auto const wanted = std::max(size, usual);
            blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(wanted), wanted});
            total_ += wanted;
        }
        at_ = blocks_[block_].bytes.get();
        end_ = at_ + blocks_[block_].size;
        ++block_;
    }

    std::vector<Block> blocks_;
    std::size_t block_ = 0; // the next to be used
    std::size_t total_ = 0;
    std::byte* at_ = nullptr;
    std::byte* end_ = nullptr;
};

} // namespace wharf::translator
