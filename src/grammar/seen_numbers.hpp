// Which control numbers stood already, and where: for duplicates within a file.
//
// Nearly everybody counts up by one: such numbers are a run, and only their places are kept, one behind the other. All others go into
// a flat hash of packed keys: sixty-three bits hold nine characters, so two numbers never look the same. Memory is bounded: beyond
// the limit numbers are no longer remembered (is_full says so). Internal to grammar/. One reader, one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wharf::grammar {

class SeenNumbers {
public:
    struct First {
        std::uint64_t offset = 0;           // of the number, in the file
        std::uint32_t segment_position = 0; // of the segment it stands in
    };

    explicit SeenNumbers(std::size_t limit);

    /// Where this number first stood in this scope (a group's kind, a pair of partners); nothing: it is new, and remembered from
    /// now on. A number of more than nine characters is never remembered: it is no control number.
    [[nodiscard]] std::optional<First> add(std::uint32_t scope, std::string_view number, First here);
    void clear();
    [[nodiscard]] bool is_full() const { return count_ + run_.places.size() >= limit_; }

private:
    struct Slot {
        std::uint64_t key = 0; // 0: free
        std::uint64_t offset = 0;
        std::uint32_t scope = 0;
        std::uint32_t segment_position = 0;
    };
    /// Numbers of one scope and length that followed one another.
    struct Run {
        std::uint32_t scope = 0;
        std::size_t length = 0;
        std::uint32_t begin = 0;
        std::vector<First> places;
    };
    [[nodiscard]] std::optional<First> add_to_hash(std::uint64_t key, std::uint32_t scope, First here);
    [[nodiscard]] Slot& find(std::uint64_t key, std::uint32_t scope);
    void grow();

    Run run_;
    std::vector<Slot> slots_; // a power of two, at most seven eighths full
    std::size_t count_ = 0;
    std::size_t limit_;
    std::uint64_t salt_;
};

} // namespace wharf::grammar
