#include "transport/as2/algorithms.hpp"

#include "transport/as2/mime.hpp"
#include "transport/as2/openssl.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <openssl/evp.h>
#include <utility>

namespace wharf::transport::as2 {
namespace {

struct DigestRow {
    Digest digest;
    std::string_view plain, hyphenated;
};
constexpr std::array digests{DigestRow{Digest::sha1, "sha1", "sha1"}, DigestRow{Digest::sha256, "sha256", "sha-256"},
                             DigestRow{Digest::sha384, "sha384", "sha-384"}, DigestRow{Digest::sha512, "sha512", "sha-512"},
                             DigestRow{Digest::sha224, "sha224", "sha-224"}, DigestRow{Digest::sha3_224, "sha3-224", "sha3-224"},
                             DigestRow{Digest::sha3_256, "sha3-256", "sha3-256"}, DigestRow{Digest::sha3_384, "sha3-384", "sha3-384"},
                             DigestRow{Digest::sha3_512, "sha3-512", "sha3-512"}};
constexpr std::array ciphers{std::pair{Cipher::des_ede3_cbc, "3des"},       std::pair{Cipher::aes128_cbc, "aes128-cbc"},
                             std::pair{Cipher::aes192_cbc, "aes192-cbc"},   std::pair{Cipher::aes256_cbc, "aes256-cbc"},
                             std::pair{Cipher::aes128_gcm, "aes128-gcm"},   std::pair{Cipher::aes192_gcm, "aes192-gcm"},
                             std::pair{Cipher::aes256_gcm, "aes256-gcm"}};

} // namespace

std::optional<Digest> digest_named(std::string_view name) {
    auto wanted = lower(trimmed(name));
    if (wanted.size() >= 2 && wanted.front() == '"' && wanted.back() == '"') wanted = wanted.substr(1, wanted.size() - 2);
    for (std::string_view const prefix : {"rsa-", "rsa_"})
        if (wanted.starts_with(prefix)) wanted.erase(0, prefix.size());
    // SHA-3 keeps its hyphen: without it "sha3-84" would be SHA-384.
    std::ranges::replace(wanted, '_', '-');
    std::erase_if(wanted, [is_sha3 = wanted.starts_with("sha3-")](char c) { return (c == '-' && !is_sha3) || c == ' ' || c == '\t'; });
    for (auto const& row : digests)
        if (wanted == row.plain) return row.digest;
    return std::nullopt;
}

std::string_view name_of(Digest digest, MicSpelling spelling) {
    auto const& row = digests[static_cast<std::size_t>(digest)];
    return spelling == MicSpelling::plain ? row.plain : row.hyphenated;
}

std::string_view name_of(Cipher cipher) { return ciphers[static_cast<std::size_t>(cipher)].second; }

std::optional<Cipher> cipher_named(std::string_view name) {
    for (auto const& [cipher, known] : ciphers)
        if (lower(name) == known) return cipher;
    return std::nullopt;
}

struct Hasher::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(Digest digest) : state_(std::make_unique<State>()) {
    [[maybe_unused]] int const ok = EVP_DigestInit_ex(state_->context, native(digest), nullptr);
    assert(ok == 1);
}
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::add(std::string_view bytes) { EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }

std::string Hasher::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_DigestFinal_ex(state_->context, bytes.data(), &size);
    return {reinterpret_cast<char const*>(bytes.data()), size};
}

Result<std::string> digest_of(Content const& content, Digest digest) {
    Hasher hasher(digest);
    auto const done = content.each_block([&](std::string_view block) -> Result<void> {
        hasher.add(block);
        return {};
    });
    if (!done) return unexpected(done.error());
    return hasher.finish();
}

} // namespace wharf::transport::as2
