#include "partner/public_part.hpp"

#include "partner/der.hpp"

#include <utility>

namespace wharf::partner {
namespace {

using der::inside;
using der::take;
using Kind = PublicPart::Kind;

/// The contents of the object identifiers rsaEncryption (1.2.840.113549.1.1.1) and id-ecPublicKey (1.2.840.10045.2.1).
constexpr std::string_view rsa_encryption = "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01", curve_key = "\x2A\x86\x48\xCE\x3D\x02\x01";

std::optional<Kind> kind_of(std::string_view algorithm) {
    auto const name = inside(algorithm, der::object_identifier);
    if (name == rsa_encryption) return Kind::rsa;
    if (name == curve_key) return Kind::curve;
    return std::nullopt;
}

/// RSAPublicKey, and RSAPrivateKey behind its version: the modulus stands first.
std::optional<PublicPart> modulus(std::string_view numbers) {
    auto const found = inside(numbers, der::integer);
    if (!found) return std::nullopt;
    return PublicPart{Kind::rsa, std::string(*found)};
}

/// Of a point of a curve, whole or compressed (SEC 1, 2.3.3): x alone, which both forms have.
std::optional<PublicPart> abscissa(std::string_view octets) {
    if (octets.empty()) return std::nullopt;
    auto const coordinates = octets.substr(1);
    return PublicPart{Kind::curve, std::string(octets.front() == 4 ? coordinates.substr(0, coordinates.size() / 2) : coordinates)};
}

/// SubjectPublicKeyInfo (RFC 5280 4.1).
std::optional<PublicPart> of_key_info(std::string_view info) {
    auto const algorithm = inside(info, der::sequence);
    auto const kind = algorithm ? kind_of(*algorithm) : std::nullopt;
    auto key = kind ? inside(info, der::bit_string) : std::nullopt;
    if (!key || key->empty()) return std::nullopt;
    key->remove_prefix(1); // how many bits of the last byte are none
    if (*kind == Kind::curve) return abscissa(*key);
    auto const numbers = inside(*key, der::sequence);
    return numbers ? modulus(*numbers) : std::nullopt;
}

std::optional<PublicPart> of_certificate(std::string_view bytes) {
    auto rest = der::behind_serial_number(bytes);
    if (!rest) return std::nullopt;
    for (int i = 0; i < 4; ++i) // algorithm, issuer, validity, subject
        if (!inside(*rest, der::sequence)) return std::nullopt;
    auto const info = inside(*rest, der::sequence);
    return info ? of_key_info(*info) : std::nullopt;
}

/// ECPrivateKey behind its version; the point may be left out.
std::optional<PublicPart> point(std::string_view key) {
    if (!inside(key, der::octet_string)) return std::nullopt;
    while (auto part = take(key)) {
        if (part->tag != der::tagged_1) continue;
        auto const bits = inside(part->content, der::bit_string);
        if (!bits || bits->empty()) return std::nullopt;
        return abscissa(bits->substr(1));
    }
    return std::nullopt;
}

/// A key of the older forms, which tell themselves apart: an INTEGER or an OCTET STRING follows the version.
std::optional<PublicPart> of_plain_key(std::string_view bytes) {
    auto key = inside(bytes, der::sequence);
    if (!key || !inside(*key, der::integer)) return std::nullopt;
    auto found = modulus(*key);
    return found ? std::move(found) : point(*key);
}

std::optional<PublicPart> of_key(std::string_view bytes) {
    auto outer = bytes;
    auto key = inside(outer, der::sequence);
    if (!key || !inside(*key, der::integer)) return std::nullopt;
    auto const algorithm = inside(*key, der::sequence); // PKCS#8
    if (!algorithm) return of_plain_key(bytes);
    auto const inner = kind_of(*algorithm) ? inside(*key, der::octet_string) : std::nullopt;
    return inner ? of_plain_key(*inner) : std::nullopt;
}

} // namespace

std::vector<PublicPart> public_parts_of_certificates(std::string_view bytes) {
    std::vector<PublicPart> all;
    for (auto const& one : der::certificates(bytes))
        if (auto part = of_certificate(one)) all.push_back(std::move(*part));
    return all;
}

std::optional<PublicPart> public_part_of_key(std::string_view bytes) {
    if (!bytes.contains("-----BEGIN")) return of_key(bytes);
    for (std::string_view const label : {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
        for (auto const& one : der::pem_blocks(bytes, label))
            return of_key(one);
    return std::nullopt;
}

} // namespace wharf::partner
