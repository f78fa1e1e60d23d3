#include "base/id.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sys/random.h>

namespace wharf {

std::string new_id(Timestamp now) {
    constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string id(26, '0');
    auto time = static_cast<std::uint64_t>(now.time_since_epoch().count());
    for (int i = 9; i >= 0; --i, time >>= 5)
        id[static_cast<std::size_t>(i)] = alphabet[time & 31];
    // The system's generator, not a seeded one: ids must not repeat, in this process or any other.
    std::array<unsigned char, 16> bits{};
    if (::getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size()))
        std::abort(); // cannot happen: so few bytes are never cut short, and the call is older than any kernel we run
                      // on
    for (std::size_t i = 0; i < bits.size(); ++i)
        id[i + 10] = alphabet[bits[i] & 31];
    return id;
}

} // namespace wharf
