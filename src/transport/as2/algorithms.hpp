// Digests and ciphers by their names in AS2, and digests of contents. OpenSSL stays inside. Thread-safe.
#pragma once

#include "transport/content.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wharf::transport::as2 {

/// We sign with the first four. The others are read: some products offer them.
enum class Digest { sha1, sha256, sha384, sha512, sha224, sha3_224, sha3_256, sha3_384, sha3_512 };

/// A micalg name: `sha1`, `SHA-1`, `sha-256`, `SHA256`, `rsa-sha1`, `sha3-256`, in any case and with blanks around. Nothing for
/// others, MD5 among them.
[[nodiscard]] std::optional<Digest> digest_named(std::string_view name);
/// How SHA-2 is spelled to this partner: `sha256` as RFC 4130 and older products have it, or `sha-256` as RFC 5751. SHA-1 is
/// `sha1` for all.
enum class MicSpelling { plain, hyphenated };
[[nodiscard]] std::string_view name_of(Digest digest, MicSpelling spelling);

enum class Cipher { des_ede3_cbc, aes128_cbc, aes192_cbc, aes256_cbc, aes128_gcm, aes192_gcm, aes256_gcm };
[[nodiscard]] std::string_view name_of(Cipher cipher);
[[nodiscard]] std::optional<Cipher> cipher_named(std::string_view name);
[[nodiscard]] constexpr bool is_authenticated(Cipher cipher) { return cipher >= Cipher::aes128_gcm; }

/// Takes bytes as they pass. One thread.
class Hasher {
public:
    explicit Hasher(Digest digest);
    Hasher(Hasher&&) noexcept;
    ~Hasher();
    void add(std::string_view bytes);
    [[nodiscard]] std::string finish(); // the digest's bytes; once

private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] Result<std::string> digest_of(Content const& content, Digest digest);

} // namespace wharf::transport::as2
