// One mistake in a transaction set that was right: of ten kinds, in turns, at a place drawn at random.
//
// The benchmark's file of damaged sets is made with it; what is measured must find one mistake in each.
#pragma once

#include "tools/generate/random.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::generate {

class Faults {
public:
    Faults(std::uint64_t seed, char element, char segment) : random_(seed ^ 0xfa17), element_(element), segment_(segment) {}

    /// Damages the segments that begin at `body` in `text` and end with it. Returns by how many segments they became
    /// more or fewer, so that the count in SE can be right.
    int put(std::string& text, std::size_t body);

private:
    [[nodiscard]] std::vector<std::string> split(std::string_view body) const;
    int damage(std::vector<std::string>& segments, unsigned kind);
    [[nodiscard]] std::string* first(std::vector<std::string>& segments, std::string_view id) const;
    void replace_element(std::string& segment, unsigned number, std::string_view value) const;

    Random random_;
    char element_;
    char segment_;
    unsigned next_ = 0;
};

} // namespace wharf::generate
