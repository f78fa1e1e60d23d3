// Object identifiers of CMS and the pieces of its structures that several sources of this folder write.
#pragma once

#include "transport/as2/algorithms.hpp"
#include "transport/as2/ber.hpp"
#include "transport/as2/certificate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::transport::as2 {

namespace oid {
inline constexpr std::string_view data = "1.2.840.113549.1.7.1", signed_data = "1.2.840.113549.1.7.2",
                                  enveloped_data = "1.2.840.113549.1.7.3",
                                  authenticated_enveloped_data = "1.2.840.113549.1.9.16.1.23",
                                  compressed_data = "1.2.840.113549.1.9.16.1.9", zlib = "1.2.840.113549.1.9.16.3.8",
                                  rsa = "1.2.840.113549.1.1.1", rsa_oaep = "1.2.840.113549.1.1.7",
                                  rsa_pss = "1.2.840.113549.1.1.10", mgf1 = "1.2.840.113549.1.1.8",
                                  content_type = "1.2.840.113549.1.9.3", message_digest = "1.2.840.113549.1.9.4",
                                  signing_time = "1.2.840.113549.1.9.5";
[[nodiscard]] std::string_view of(Digest digest);
[[nodiscard]] std::string_view of(Cipher cipher);
[[nodiscard]] std::optional<Digest> digest(std::string_view dotted);
[[nodiscard]] std::optional<Cipher> cipher(std::string_view dotted);
} // namespace oid

/// ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT }: what stands before a content of that size.
[[nodiscard]] std::string content_info_head(std::string_view type, std::uint64_t content_size);
/// IssuerAndSerialNumber, byte for byte as in the certificate.
[[nodiscard]] std::string issuer_and_serial(Certificate const& certificate);
/// Into a ContentInfo: its type; the cursor stands before the content.
[[nodiscard]] Result<std::string> enter_content_info(BerCursor& cursor);

} // namespace wharf::transport::as2
