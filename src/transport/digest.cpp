#include "transport/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <cassert>

namespace wharf::transport {

namespace {

std::string hexadecimal(std::array<unsigned char, EVP_MAX_MD_SIZE> const& digest, unsigned size) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(64);
    for (unsigned i = 0; i < size; ++i) {
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 15];
    }
    return text;
}

} // namespace

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    [[maybe_unused]] int const ok = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
    assert(ok == 1 && size == 32);
    return hexadecimal(digest, size);
}

struct Sha256::State {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(new State) {
    [[maybe_unused]] int const ok = EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
    assert(ok == 1);
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
    [[maybe_unused]] int const ok = EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
    assert(ok == 1);
}

std::string Sha256::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    [[maybe_unused]] int const ok = EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size);
    assert(ok == 1 && size == 32);
    return hexadecimal(digest, size);
}

} // namespace wharf::transport
