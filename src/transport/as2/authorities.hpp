// Trust in certificates because of who issued them: authorities, and which of their certificates are the partner's.
//
// For partners who change certificates without telling, under an authority that both sides trust. Checked are the signatures from
// the signer's certificate up to one of the authorities (those between may come with the message), the validity of all of them on
// the day, that those above are allowed to issue (RFC 5280 6), keys of 2048 bits and SHA-2 on the way, that the signer's is
// allowed to sign where it says what it is for (keyUsage), and the restriction. Not checked: revocation, neither lists nor OCSP,
// and extended key usage, which authorities fill in for the web.
//
// Immutable; safe to share between threads. OpenSSL stays inside.
#pragma once

#include "transport/as2/certificate.hpp"
#include "transport/as2/distinguished_name.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::as2 {

/// What makes a certificate the partner's; empty texts restrict nothing.
struct Restriction {
    std::string subject; // "CN=as2.acme.example,O=Acme Inc": these parts, exactly so, in any order; `\,` for a comma inside
    std::string email;   // in the subjectAltName, or emailAddress of the subject
    std::string host;    // dNSName in the subjectAltName; no wildcards
};

class Authorities {
public:
    /// From a PEM file. `invalid` when it holds none, or the restriction restricts nothing or cannot be read.
    [[nodiscard]] static Result<std::shared_ptr<Authorities const>> read(std::string_view bytes, Restriction restriction);

    /// Why `certificate` is not the partner's; nothing: it is. `beside`: what came with it.
    [[nodiscard]] std::optional<std::string> refusal(Certificate const& certificate, std::vector<Certificate> const& beside, Timestamp now) const;
    [[nodiscard]] std::vector<Certificate> const& certificates() const { return trusted_; }

private:
    [[nodiscard]] std::optional<std::string> chain_refusal(Certificate const& certificate, std::vector<Certificate> const& beside, Timestamp now) const;
    [[nodiscard]] std::optional<std::string> restriction_refusal(Certificate const& certificate) const;

    std::vector<Certificate> trusted_;
    Restriction restriction_;
    std::vector<NamePart> subject_;
};

} // namespace wharf::transport::as2
