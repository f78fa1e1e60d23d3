// The two days inside an X.509 certificate, without OpenSSL: so that `wharf partner check`, which starts in milliseconds, can say
// that a certificate has ended. Everything else about certificates is in transport/as2/certificate.hpp.
//
// Pure; reads within the bytes whatever they are.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::partner {

struct CertificateDates {
    Timestamp not_before, not_after;
};
/// Of the first certificate in a PEM file, or of a DER file (RFC 5280 4.1). Nothing when there is none: a PKCS#7 bundle, PKCS#12,
/// or no certificate at all.
[[nodiscard]] std::optional<CertificateDates> read_certificate_dates(std::string_view bytes);

/// The DER of that certificate: two files hold the same one when these are equal. Nothing where the dates are nothing.
[[nodiscard]] std::optional<std::string> read_certificate_der(std::string_view bytes);

} // namespace wharf::partner
