// The settings of AS2: the listener in wharf.yaml, and relations in the files of channels.
#include "partner/moment.hpp"
#include "partner/shared_declarations.hpp"

#include <algorithm>

namespace wharf::partner {

template <>
struct EnumWords<As2Digest> {
    static constexpr std::array<std::string_view, 5> words = {"none", "sha1", "sha256", "sha384", "sha512"};
};
template <>
struct EnumWords<As2ReceiptDigest> {
    static constexpr std::array<std::string_view, 5> words = {"asked", "sha1", "sha256", "sha384", "sha512"};
};
template <>
struct EnumWords<As2Use> {
    static constexpr std::array<std::string_view, 3> words = {"both", "signing", "encryption"};
};
template <>
struct EnumWords<As2Cipher> {
    static constexpr std::array<std::string_view, 8> words = {"none",       "3des",       "aes128_cbc", "aes192_cbc",
                                                              "aes256_cbc", "aes128_gcm", "aes192_gcm", "aes256_gcm"};
};
template <>
struct EnumWords<As2GcmForm> {
    static constexpr std::array<std::string_view, 3> words = {"auth_enveloped", "enveloped", "enveloped_nonce"};
};
template <>
struct EnumWords<As2Compression> {
    static constexpr std::array<std::string_view, 3> words = {"none", "before_signing", "after_signing"};
};
template <>
struct EnumWords<As2Encoding> {
    static constexpr std::array<std::string_view, 2> words = {"binary", "base64"};
};
template <>
struct EnumWords<As2Spelling> {
    static constexpr std::array<std::string_view, 2> words = {"plain", "hyphenated"};
};
template <>
struct EnumWords<As2ReceiptMode> {
    static constexpr std::array<std::string_view, 3> words = {"none", "synchronous", "asynchronous"};
};

namespace {

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// RFC 4130 6.2.
std::string check_as2_name(std::string_view text) {
    if (text.empty() || text.size() > 128) return "an AS2 name has 1 to 128 characters";
    if (!is_printable(text)) return "an AS2 name is made of printable ASCII characters";
    if (text.front() == ' ' || text.back() == ' ') return "blanks around an AS2 name get lost on the way; leave them out";
    return {};
}

std::string check_plain_url(std::string_view text) {
    if (text.find_first_of("{}") != std::string_view::npos) return "it may hold no braces; write them as %7B and %7D";
    return check_url(text);
}
std::string check_url_or_none(std::string_view text) { return text.empty() ? "" : check_plain_url(text); }

std::string check_proxy_or_none(std::string_view text) {
    if (text.empty()) return {};
    for (std::string_view const scheme : {"http://", "https://", "socks5://", "socks5h://"})
        if (text.starts_with(scheme)) {
            if (text.find('@') != std::string_view::npos) return "it may hold no user or password; use proxy_login";
            return text.size() > scheme.size() && is_printable(text) && text.find(' ') == std::string_view::npos ? "" : "it names no server";
        }
    return "it must begin with http://, https://, socks5:// or socks5h://";
}

std::string check_path(std::string_view text) {
    bool const fine = text.starts_with('/') && text.size() <= 256 && text.find_first_of(" ?#\\\"{}") == std::string_view::npos && is_printable(text);
    return fine ? "" : "it must begin with '/' and hold neither blanks nor '?' or '#'";
}

/// RFC 4130bis 8: `type/subtype`, perhaps with parameters.
std::string check_content_type_or_none(std::string_view text) {
    auto const slash = text.find('/');
    bool const fine = text.empty() || (slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() && is_printable(text));
    return fine ? "" : "it must be a media type, such as application/edi-x12";
}

std::string check_header_text(std::string_view text) { return is_printable(text) ? "" : "it must be printable ASCII on one line"; }

std::string check_temporary_status(std::string_view text) {
    bool const fine = text.size() == 3 && text[0] == '4' && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return fine ? "" : "it must be a status from 400 to 499; 408 and all of 500 and more are temporary in any case";
}

std::string check_subject(std::string_view text) {
    if (text.empty()) return {};
    if (!text.contains('=')) return "it must be parts of a subject, such as CN=as2.acme.example,O=Acme Inc";
    return check_one_line(text);
}
std::string check_email(std::string_view text) {
    bool const fine = text.empty() || (text.find('@') != std::string_view::npos && is_printable(text) && text.find(' ') == std::string_view::npos);
    return fine ? "" : "it must be an e-mail address";
}

std::string check_as2_version(std::string_view text) {
    return text == "1.0" || text == "1.1" || text == "1.2" ? "" : "it must be 1.0, 1.1 or 1.2";
}

Declaration make_own_certificate() {
    Declaration d("an own certificate");
    d.add("file", &As2Certificate::file, "certificate and key: PEM, or PKCS#12 (.p12, .pfx)").example("keys/wharf-2026.p12");
    d.add("private_key", &As2Certificate::private_key, "the key (PEM), where it is not in `file`").example("keys/wharf-2026.key");
    d.add("content", &As2Certificate::content, "in place of `file`: the text of a PEM file, or the base64 of a PKCS#12 file")
        .example("${env:WHARF_AS2_IDENTITY}");
    d.add("passphrase", &As2Certificate::passphrase, "of the key or the PKCS#12 file, where it has one").example("${env:WHARF_AS2_PASSPHRASE}");
    d.add("use", &As2Certificate::use, "what it is for, where there is one for each");
    d.add("from", &As2Certificate::from,
          "the first day (UTC), or the time with its zone, from which we sign with it; empty: as soon as it is valid. What is encrypted for it is read at once")
        .check(check_moment)
        .example("2026-11-01");
    d.add("until", &As2Certificate::until, "the last day (UTC), or the time with its zone, until which it is used at all, for reading too; empty: no end")
        .check(check_moment)
        .example("2027-01-31");
    return d;
}

Declaration make_partner_certificate() {
    Declaration d("a certificate of the partner's");
    d.add("file", &As2Certificate::file, "PEM, DER or a PKCS#7 bundle (.p7b); the first certificate in it counts")
        .required()
        .check(check_not_empty)
        .example("keys/acme-2026.pem");
    d.add("use", &As2Certificate::use, "what it is for, where the partner has one for each");
    d.add("from", &As2Certificate::from,
          "the first day (UTC), or the time with its zone, from which we encrypt for it; empty: as soon as it is valid. What is signed with it is taken at once")
        .check(check_moment)
        .example("2026-11-01");
    d.add("until", &As2Certificate::until, "the last day (UTC), or the time with its zone, until which signatures made with it are taken; empty: while it is valid")
        .check(check_moment)
        .example("2027-01-31");
    return d;
}

Declaration const& own_certificate_declaration() {
    static Declaration const declaration = make_own_certificate();
    return declaration;
}

Declaration make_listener() {
    Declaration d("as2");
    d.add("address", &As2Listener::address, "address the AS2 server listens on; 0.0.0.0 for all of this machine's").check(check_address);
    d.add("port", &As2Listener::port, "port for plain HTTP; 0: none").example("4080");
    d.add("tls_port", &As2Listener::tls_port, "port for HTTPS; 0: none").example("4443");
    d.object("tls", &As2Listener::tls, server_tls_declaration(), "the certificate that tls_port shows; it has nothing to do with those of messages");
    d.object("limits", &As2Listener::limits, server_limits_declaration(), "what the server bears from its callers");
    d.add("path", &As2Listener::path, "the path of the URL that partners send to; all others are answered 404").check(check_path);
    d.add("public_url", &As2Listener::public_url,
          "our URL as partners reach it, through firewalls and proxies: where they send asynchronous receipts")
        .check(check_url_or_none)
        .example("https://b2b.example.com:4443/as2");
    d.objects("own_certificates", &As2Listener::own_certificates, own_certificate_declaration(), "our certificates in relations that name none");
    d.add("evidence_days", &As2Listener::evidence_days,
          "days after which the bytes of settled messages are removed: what was signed, signatures, receipts for us; 0: they are kept for ever");
    return d;
}

Declaration make_authorities() {
    Declaration d("authorities");
    d.add("file", &As2Authorities::file, "certificates of the authorities (PEM) by whom the partner's are issued; empty: only partner_certificates are trusted")
        .example("keys/acme-ca.pem");
    d.add("subject", &As2Authorities::subject, "parts of the subject that make it the partner's; all of them must be there, exactly so")
        .check(check_subject)
        .example("CN=as2.acme.example,O=Acme Inc");
    d.add("email", &As2Authorities::email, "e-mail address in the certificate that makes it the partner's").check(check_email).example("edi@acme.example");
    d.add("host", &As2Authorities::host, "name of a host in the certificate that makes it the partner's").check(check_host_or_none).example("as2.acme.example");
    return d;
}

Declaration const& http_declaration();

Declaration make_incoming() {
    Declaration d("incoming");
    d.add("require_signature", &As2Incoming::require_signature, "no: messages are taken from anybody who knows the two names");
    d.add("require_encryption", &As2Incoming::require_encryption, "no: messages are taken unencrypted, too");
    d.add("accept_sha1", &As2Incoming::accept_sha1, "yes: signatures with SHA-1 count; it is broken");
    d.add("accept_3des", &As2Incoming::accept_3des, "yes: messages encrypted with 3DES are taken; it is weak");
    d.add("accept_gcm_in_enveloped_data", &As2Incoming::accept_gcm_in_enveloped_data,
          "yes: AES-GCM is taken in EnvelopedData too, where RFC 5084 does not allow it; mendelson and libas2 send it so");
    d.add("receipt_address", &As2Incoming::receipt_address,
          "where asynchronous receipts go, whatever address a message asks for; empty: asynchronous receipts are refused")
        .check(check_url_or_none)
        .example("https://as2.acme.example:4443/mdn");
    d.object("receipt_http", &As2Incoming::receipt_http, http_declaration(),
             "the connection to receipt_address; left out: that of outgoing.http, but where it is not the server of `url`, without its login and client "
             "certificate");
    d.add("receipt_digest", &As2Incoming::receipt_digest, "the digest that our receipts are signed with; asked: the one that the message asks for");
    d.add("receipts_to_unverified", &As2Incoming::receipts_to_unverified,
          "yes: asynchronous receipts go there for messages whose sender could not be verified, too");
    d.add("max_bytes", &As2Incoming::max_bytes, "larger messages are refused; the size before and after decryption and decompression");
    d.add("refuse_repeated_names", &As2Incoming::refuse_repeated_names, "yes: a file whose name came before is refused, whatever is in it");
    d.add("refuse_unsafe_names", &As2Incoming::refuse_unsafe_names,
          "yes: a file name with a path or characters that no file should have is refused; no: it is made safe");
    d.add("client_certificates", &As2Incoming::client_certificates,
          "certificates (PEM), one of which the partner must show as TLS client; empty: none is asked for")
        .check(check_not_empty)
        .example("keys/acme-tls-client.pem");
    d.object("basic", &As2Incoming::basic, basic_declaration(), "user and password that the partner must send; left out: none");
    return d;
}

Declaration make_receipt() {
    Declaration d("receipt");
    d.add("mode", &As2Receipt::mode, "the receipt (MDN) we ask for: none, in the answer, or later at as2.public_url of wharf.yaml");
    d.add("signed", &As2Receipt::is_signed, "no: an unsigned receipt is enough; it proves nothing");
    d.add("digests", &As2Receipt::digests, "digests we ask for, best first; empty: the one we sign with")
        .one_of({"sha1", "sha256", "sha384", "sha512"});
    d.add("timeout", &As2Receipt::timeout, "how long an asynchronous receipt may take").check(check_not_zero);
    d.add("resends", &As2Receipt::resends, "how often a message is sent again, under the same Message-ID, when no receipt came in time");
    return d;
}

Declaration make_http() {
    Declaration d("http");
    d.add("authorities", &As2Http::authorities, "certificates (PEM) that the partner's server is checked against; empty: the system's")
        .example("keys/acme-tls-ca.pem");
    d.add("pinned_keys", &As2Http::pinned_keys, "public keys, one of which the partner's server must have, beside a valid certificate")
        .check(check_pinned_key)
        .example("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    d.add("client_certificate", &As2Http::client_certificate, "certificate (PEM) that we show as TLS client").example("keys/wharf-tls-client.pem");
    d.add("client_key", &As2Http::client_key, "its key (PEM); empty: in the file of the certificate");
    d.add("client_passphrase", &As2Http::client_passphrase, "of that key, where it has one").example("${env:WHARF_TLS_CLIENT_PASSPHRASE}");
    d.object("basic", &As2Http::basic, basic_declaration(), "user and password that the partner's server wants");
    d.add("proxy", &As2Http::proxy, "the way out, where there is no direct one").check(check_proxy_or_none).example("http://proxy.example.com:3128");
    d.object("proxy_login", &As2Http::proxy_login, basic_declaration(), "user and password that the proxy wants");
    d.add("expects_continue", &As2Http::expects_continue, "yes: wait for 100 Continue before the message; some servers never send it");
    d.add("connect_timeout", &As2Http::connect_timeout, "how long the connection may take").check(check_not_zero);
    d.add("idle_timeout", &As2Http::idle_timeout, "how long nothing may pass in either direction; a synchronous receipt has to come in it")
        .check(check_not_zero);
    return d;
}

Declaration const& http_declaration() {
    static Declaration const declaration = make_http();
    return declaration;
}

Declaration make_outgoing() {
    static Declaration const receipt = make_receipt();
    Declaration d("outgoing");
    d.add("sign", &As2Outgoing::sign, "the digest we sign with");
    d.add("encrypt", &As2Outgoing::encrypt, "the cipher we encrypt with");
    d.add("gcm_form", &As2Outgoing::gcm_form,
          "the structure around AES-GCM: AuthEnvelopedData, as RFC 5084 wants it; EnvelopedData for partners who read nothing else, with parameters "
          "(mendelson) or with the nonce alone (libas2)");
    d.add("compress", &As2Outgoing::compress, "compression with zlib, and whether the signature is over the compressed message");
    d.add("payload_encoding", &As2Outgoing::payload_encoding, "base64 for partners who cannot take binary inside a signature");
    d.object("receipt", &As2Outgoing::receipt, receipt, "the receipt (MDN) we ask for");
    d.add("digest_spelling", &As2Outgoing::digest_spelling, "how digests are named: sha256, or sha-256");
    d.add("subject", &As2Outgoing::subject, "the field Subject; empty: none").check(check_header_text);
    d.add("content_type", &As2Outgoing::content_type, "the media type of what we send; empty: by its kind, application/edi-x12 for X12")
        .check(check_content_type_or_none)
        .example("application/edi-consent");
    d.add("file_name", &As2Outgoing::file_name, "no: the partner is not told the name of the file");
    d.add("version", &As2Outgoing::version, "the field AS2-Version; compression needs 1.1").check(check_as2_version);
    d.object("retry", &As2Outgoing::retry, retry_declaration(), "how a message is tried again, under the same Message-ID");
    d.add("temporary_statuses", &As2Outgoing::temporary_statuses, "statuses that this partner's server gives while it is being maintained")
        .check(check_temporary_status)
        .example("429");
    d.object("http", &As2Outgoing::http, http_declaration(), "the connection to the partner's server");
    return d;
}

Declaration make_as2_channel() {
    static Declaration const partner_certificate = make_partner_certificate();
    static Declaration const authorities = make_authorities();
    static Declaration const incoming = make_incoming();
    static Declaration const outgoing = make_outgoing();
    Declaration d("as2");
    d.add("own_name", &As2Channel::own_name, "our AS2 name; upper and lower case are different").required().check(check_as2_name).example("WHARF");
    d.add("partner_name", &As2Channel::partner_name, "the partner's AS2 name").required().check(check_as2_name).example("ACME");
    d.add("url", &As2Channel::url, "where we send messages to; empty: we only receive").check(check_url_or_none).example("https://as2.acme.example:4443/as2");
    d.objects("own_certificates", &As2Channel::own_certificates, own_certificate_declaration(),
              "what we sign with and are encrypted for, old and new; left out: as2.own_certificates of wharf.yaml");
    d.objects("partner_certificates", &As2Channel::partner_certificates, partner_certificate,
              "what we encrypt for and check signatures with, old and new");
    d.object("authorities", &As2Channel::authorities, authorities, "trust in certificates that an authority issued, beside those");
    d.add("grace_days", &As2Channel::grace_days, "days after its end during which a certificate of the partner's is still taken");
    d.add("evidence_days", &As2Channel::evidence_days, "how long the bytes of this relation's messages are kept; 0: as as2.evidence_days of wharf.yaml says");
    d.object("incoming", &As2Channel::incoming, incoming, "what the partner sends");
    d.object("outgoing", &As2Channel::outgoing, outgoing, "what we send");
    return d;
}

} // namespace

Declaration const& as2_listener_declaration() {
    static Declaration const declaration = make_listener();
    return declaration;
}
Declaration const& as2_channel_declaration() {
    static Declaration const declaration = make_as2_channel();
    return declaration;
}

} // namespace wharf::partner
