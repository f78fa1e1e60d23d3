// Which of a fixed set of names is this? Built once, then asked for every member of every document: names up to sixteen
// bytes, nearly all there are, are compared as two words, without a call. Immutable after build(); any thread may ask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace wharf {

class NameIndex {
public:
    static constexpr std::uint16_t none = 0xffff;

    /// `name_of(i)` for i < count gives the names; of two alike the first counts. At most 65535.
    template <class NameOf>
    void build(std::size_t count, NameOf const& name_of) {
        std::size_t size = 4;
        while (size < count * 3)
            size *= 2;
        buckets_.assign(size, {});
        for (std::size_t i = 0; i < count; ++i) {
            std::string_view const name = name_of(i);
            Key const key(name);
            auto at = key.hash();
            while (bucket(at).index != none)
                ++at;
            buckets_[at & (size - 1)] = {key, static_cast<std::uint16_t>(i), std::string(name)};
        }
    }

    /// The place of the name; `none` where it is not among them.
    [[nodiscard]] std::uint16_t find(std::string_view name) const {
        if (buckets_.empty()) return none;
        Key const key(name);
        for (auto at = key.hash();; ++at) {
            auto const& known = bucket(at);
            if (known.index == none) return none;
            if (known.key == key && (name.size() <= 16 || known.name == name)) return known.index;
        }
    }

private:
    /// First and last eight bytes: all of a name of at most sixteen.
    struct Key {
        std::uint64_t first = 0, last = 0;
        std::size_t size = 0;

        Key() = default;
        explicit Key(std::string_view name) : size(name.size()) {
            auto const* const text = name.data();
            if (size >= 8) {
                std::memcpy(&first, text, 8);
                std::memcpy(&last, text + size - 8, 8);
            } else if (size >= 4) {
                std::uint32_t begin = 0, end = 0;
                std::memcpy(&begin, text, 4);
                std::memcpy(&end, text + size - 4, 4);
                first = begin | static_cast<std::uint64_t>(end) << 32;
            } else {
                for (std::size_t i = 0; i < size; ++i)
                    first = first << 8 | static_cast<unsigned char>(text[i]);
            }
        }
        bool operator==(Key const&) const = default;
        [[nodiscard]] std::size_t hash() const {
            return static_cast<std::size_t>(((first ^ last * 3) + size) * 0x9e3779b97f4a7c15ULL >> 40);
        }
    };
    struct Bucket {
        Key key;
        std::uint16_t index = none;
        std::string name;
    };
    [[nodiscard]] Bucket const& bucket(std::size_t at) const { return buckets_[at & (buckets_.size() - 1)]; }

    std::vector<Bucket> buckets_; // a power of two, a third of them filled
};

} // namespace wharf
