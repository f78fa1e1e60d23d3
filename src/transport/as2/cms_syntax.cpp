#include "transport/as2/cms_syntax.hpp"

#include "transport/as2/cms.hpp"

#include <array>
#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <utility>

namespace wharf::transport::as2 {
namespace oid {
namespace {

constexpr std::array digests{std::pair{Digest::sha1, std::string_view("1.3.14.3.2.26")},
                             std::pair{Digest::sha256, std::string_view("2.16.840.1.101.3.4.2.1")},
                             std::pair{Digest::sha384, std::string_view("2.16.840.1.101.3.4.2.2")},
                             std::pair{Digest::sha512, std::string_view("2.16.840.1.101.3.4.2.3")},
                             std::pair{Digest::sha224, std::string_view("2.16.840.1.101.3.4.2.4")},
                             std::pair{Digest::sha3_224, std::string_view("2.16.840.1.101.3.4.2.7")},
                             std::pair{Digest::sha3_256, std::string_view("2.16.840.1.101.3.4.2.8")},
                             std::pair{Digest::sha3_384, std::string_view("2.16.840.1.101.3.4.2.9")},
                             std::pair{Digest::sha3_512, std::string_view("2.16.840.1.101.3.4.2.10")}};
constexpr std::array ciphers{std::pair{Cipher::des_ede3_cbc, std::string_view("1.2.840.113549.3.7")},
                             std::pair{Cipher::aes128_cbc, std::string_view("2.16.840.1.101.3.4.1.2")},
                             std::pair{Cipher::aes192_cbc, std::string_view("2.16.840.1.101.3.4.1.22")},
                             std::pair{Cipher::aes256_cbc, std::string_view("2.16.840.1.101.3.4.1.42")},
                             std::pair{Cipher::aes128_gcm, std::string_view("2.16.840.1.101.3.4.1.6")},
                             std::pair{Cipher::aes192_gcm, std::string_view("2.16.840.1.101.3.4.1.26")},
                             std::pair{Cipher::aes256_gcm, std::string_view("2.16.840.1.101.3.4.1.46")}};

} // namespace

std::string_view of(Digest digest) { return digests[static_cast<std::size_t>(digest)].second; }
std::string_view of(Cipher cipher) { return ciphers[static_cast<std::size_t>(cipher)].second; }

std::optional<Digest> digest(std::string_view dotted) {
    for (auto const& [one, name] : digests)
        if (name == dotted) return one;
    return std::nullopt;
}
std::optional<Cipher> cipher(std::string_view dotted) {
    for (auto const& [one, name] : ciphers)
        if (name == dotted) return one;
    return std::nullopt;
}

} // namespace oid

std::string content_info_head(std::string_view type, std::uint64_t content_size) {
    auto const explicit_head = der_header(tag::context_constructed(0), content_size);
    auto const type_element = der_oid(type);
    return der_header(tag::sequence, type_element.size() + explicit_head.size() + content_size) + type_element + explicit_head;
}

std::string issuer_and_serial(Certificate const& certificate) {
    auto const encoded = [](auto const* value, auto&& encode) {
        unsigned char* bytes = nullptr;
        auto const size = encode(value, &bytes);
        std::string made(reinterpret_cast<char const*>(bytes), size > 0 ? static_cast<std::size_t>(size) : 0);
        OPENSSL_free(bytes);
        return made;
    };
    return der(tag::sequence, encoded(X509_get_issuer_name(certificate.native()), i2d_X509_NAME) +
                                  encoded(X509_get0_serialNumber(certificate.native()), i2d_ASN1_INTEGER));
}

Result<std::string> enter_content_info(BerCursor& cursor) {
    if (auto done = cursor.enter(tag::sequence, "a ContentInfo"); !done) return unexpected(done.error());
    auto const type = cursor.take_value(tag::oid, "the type of the content", 64);
    if (!type) return unexpected(type.error());
    if (auto done = cursor.enter(tag::context_constructed(0), "the content of a ContentInfo"); !done) return unexpected(done.error());
    return oid_text(*type);
}

std::optional<CmsType> cms_type(Content const& content) {
    // The lengths reach beyond what is looked at, so the two headers are read by hand.
    std::string bytes(200, '\0');
    auto const got = content.read(0, bytes.data(), bytes.size());
    if (!got || *got < 15 || bytes[0] != static_cast<char>(tag::sequence)) return std::nullopt;
    auto const first = static_cast<unsigned char>(bytes[1]);
    std::size_t const at = 2 + (first > 0x80 ? first & 0x7f : 0);
    if (at > 10 || at + 2 > *got || bytes[at] != static_cast<char>(tag::oid)) return std::nullopt;
    std::size_t const size = static_cast<unsigned char>(bytes[at + 1]);
    if (size > 20 || at + 2 + size > *got) return std::nullopt;
    auto const type = oid_text(std::string_view(bytes).substr(at + 2, size));
    if (type == oid::enveloped_data) return CmsType::enveloped;
    if (type == oid::authenticated_enveloped_data) return CmsType::authenticated_enveloped;
    if (type == oid::signed_data) return CmsType::signed_data;
    if (type == oid::compressed_data) return CmsType::compressed;
    return std::nullopt;
}

} // namespace wharf::transport::as2
