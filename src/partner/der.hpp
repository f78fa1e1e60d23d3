// DER and PEM, as far as `wharf partner check` looks into certificates and keys without OpenSSL. Internal to partner/.
//
// Pure; reads within the bytes whatever they are. Views point into what was given.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::partner::der {

constexpr unsigned integer = 0x02, bit_string = 0x03, octet_string = 0x04, object_identifier = 0x06, sequence = 0x30;
constexpr unsigned tagged_0 = 0xA0, tagged_1 = 0xA1;

struct Element {
    unsigned tag = 0;
    std::string_view content;
};
/// The element at the beginning of `rest`, which then begins behind it (X.690 8.1: short tags, definite lengths).
[[nodiscard]] std::optional<Element> take(std::string_view& rest);
/// The content of the element at the beginning of `rest` where it has this tag.
[[nodiscard]] std::optional<std::string_view> inside(std::string_view& rest, unsigned tag);

/// The bytes between "-----BEGIN LABEL-----" and its END (RFC 7468), of every such block; one with a head, as encrypted keys of the
/// old form have it, is left out.
[[nodiscard]] std::vector<std::string> pem_blocks(std::string_view text, std::string_view label);

/// The certificates of a PEM file, or the bytes as they are where there is no PEM: DER, perhaps.
[[nodiscard]] std::vector<std::string> certificates(std::string_view bytes);

/// What is signed in a certificate (TBSCertificate, RFC 5280 4.1), behind its version and serial number: algorithm, issuer, validity,
/// subject, key.
[[nodiscard]] std::optional<std::string_view> behind_serial_number(std::string_view certificate);

} // namespace wharf::partner::der
