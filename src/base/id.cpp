#include "base/id.hpp"

#include <array>
#include <cstdint>
#include <random>

namespace wharf {

std::string new_id(Timestamp now) {
    constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string id(26, '0');
    auto time = static_cast<std::uint64_t>(now.time_since_epoch().count());
    for (int i = 9; i >= 0; --i, time >>= 5)
        id[static_cast<std::size_t>(i)] = alphabet[time & 31];
    thread_local std::random_device device; // the system's generator, not a seeded one: ids must not repeat
    for (std::size_t i = 10; i < 26; i += 4) {
        auto bits = device();
        for (std::size_t k = i; k < i + 4; ++k, bits >>= 5)
            id[k] = alphabet[bits & 31];
    }
    return id;
}

} // namespace wharf
