// What a private key and its certificate have in common, read without OpenSSL: so that `wharf partner check` can say that a key
// belongs to another certificate. RSA and elliptic curves; of keys that are encrypted, and of other kinds, nothing is known here, and
// `wharf cert check`, which takes the passphrase, tells.
//
// Pure; reads within the bytes whatever they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner {

struct PublicPart {
    enum class Kind { rsa, curve };
    Kind kind = Kind::rsa;
    std::string bytes; // the modulus; the first coordinate of the point

    friend bool operator==(PublicPart const&, PublicPart const&) = default;
};

/// Of each certificate of a PEM file, or of a DER file; without those of other kinds of key.
[[nodiscard]] std::vector<PublicPart> public_parts_of_certificates(std::string_view bytes);
/// Of the first key of a PEM file, or of a DER file: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 A.1.2), SEC 1 (RFC 5915). Nothing when there
/// is none that can be read.
[[nodiscard]] std::optional<PublicPart> public_part_of_key(std::string_view bytes);

} // namespace wharf::partner
