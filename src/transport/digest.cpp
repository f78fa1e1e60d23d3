#include "transport/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <cassert>

namespace wharf::transport {

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    [[maybe_unused]] int const ok = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    assert(ok == 1 && size == 32);
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(64);
    for (unsigned i = 0; i < size; ++i) {
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 15];
    }
    return text;
}

} // namespace wharf::transport
