// The settings of FTPS and HTTPS in the files of channels, and what they share with other transports.
#include "partner/shared_declarations.hpp"

#include <algorithm>

namespace wharf::partner {

template <>
struct EnumWords<ProxyKind> {
    static constexpr std::array<std::string_view, 3> words = {"none", "socks5", "http"};
};
template <>
struct EnumWords<HttpsListing> {
    static constexpr std::array<std::string_view, 3> words = {"file", "json", "index"};
};
template <>
struct EnumWords<HttpsRememberBy> {
    static constexpr std::array<std::string_view, 4> words = {"automatic", "etag", "modified", "digest"};
};

namespace {

std::string check_status(std::string_view text) {
    bool const fine = text.size() == 3 && text.front() >= '1' && text.front() <= '5' && text.find_first_not_of("0123456789") == std::string_view::npos;
    return fine ? "" : "it must be a status of HTTP, such as 201";
}

/// Unlike check_header_name, this takes the names that we give a value ourselves: this is where they come from.
std::string check_header_name_or_none(std::string_view text) {
    constexpr std::string_view others = "-_.!#$%&'*+^`|~"; // RFC 9110 §5.6.2
    bool const fine = std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || others.find(c) != std::string_view::npos;
    });
    return fine ? "" : "it must be the name of an HTTP header, such as Idempotency-Key";
}

Declaration make_header() {
    Declaration d("a header");
    d.add("name", &TargetHeader::name, "name of the HTTP header")
        .required()
        .check(check_header_name)
        .example("X-Api-Key");
    d.add("value", &TargetHeader::value, "its value, where it is no secret").check(check_one_line);
    d.add("secret", &TargetHeader::secret, "its value, where it is one").example("${env:ERP_API_KEY}");
    return d;
}

Declaration make_proxy() {
    Declaration d("a proxy");
    d.add("kind", &Proxy::kind, "how the proxy is spoken to: SOCKS 5, or HTTP's CONNECT");
    d.add("host", &Proxy::host, "the proxy").check(check_host_or_none).example("proxy.example.com");
    d.add("port", &Proxy::port, "its port");
    d.add("user", &Proxy::user, "login at the proxy, where it wants one").example("wharf");
    d.add("password", &Proxy::password, "of that login").example("${env:PROXY_PASSWORD}");
    return d;
}

Declaration make_tls() {
    Declaration d("tls");
    d.add("authorities", &ClientTls::authorities,
          "certificates (PEM) that the server's is checked against, its own if it signed that itself; empty: the system's")
        .example("keys/acme-ca.pem");
    d.add("pinned_keys", &ClientTls::pinned_keys, "public keys, one of which the server must have, beside a valid certificate")
        .check(check_pinned_key)
        .example("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    d.add("pin_is_enough", &ClientTls::pin_is_enough,
          "yes: the pinned key alone decides, for servers whose certificate names another host, has run out or comes from nobody");
    d.add("client_certificate", &ClientTls::client_certificate, "certificate (PEM) that we show").example("keys/wharf-client.pem");
    d.add("client_key", &ClientTls::client_key, "its key (PEM); empty: in the file of the certificate").example("keys/wharf-client.key");
    d.add("client_passphrase", &ClientTls::client_passphrase, "of that key, where it has one").example("${env:WHARF_CLIENT_PASSPHRASE}");
    return d;
}

/// What a line has, whatever is spoken on it.
template <class T> void add_line(Declaration& d) {
    d.add("connect_timeout", &T::connect_timeout, "how long the connection may take").check(check_not_zero);
    d.add("timeout", &T::timeout, "how long the server may be silent in any step after that").check(check_not_zero);
    d.add("reconnect_delay", &T::reconnect_delay, "how long a server that could not be reached is left alone");
    d.add("bind_address", &T::bind_address, "our own address, where the partner lets in only that one").example("192.0.2.10");
    d.object("proxy", &T::proxy, proxy_declaration(), "the way out, where there is no direct one");
}

Declaration make_ftps() {
    static Declaration const tls = make_tls();
    Declaration d("ftps");
    d.add("host", &FtpsChannel::host, "the server").required().check(check_host).example("ftps.acme.example");
    d.add("port", &FtpsChannel::port, "its port; 0: 21, with implicit 990");
    d.add("user", &FtpsChannel::user, "the login").required().check(check_one_line).example("wharf");
    d.add("password", &FtpsChannel::password, "of the login").example("${env:ACME_FTPS_PASSWORD}");
    d.add("implicit", &FtpsChannel::implicit, "yes: TLS from the first byte; no: by AUTH TLS, the usual way");
    d.add("insecure_plain", &FtpsChannel::insecure_plain,
          "yes: FTP without TLS; everybody on the way can read the password and the files, and change them");
    d.object("tls", &FtpsChannel::tls, tls, "how the server is known, and we to it");
    d.add("tls_1_3", &FtpsChannel::tls_1_3,
          "yes: TLS 1.3 where the server offers it; many servers break off uploads with it, or want a session resumed that cannot be");
    d.add("extended_passive", &FtpsChannel::extended_passive, "EPSV is tried before PASV; no: PASV only");
    d.add("machine_listing", &FtpsChannel::machine_listing, "MLSD is used where it is offered; no: LIST, for servers whose MLSD is wrong");
    add_line<FtpsChannel>(d);
    d.add("idle_timeout", &FtpsChannel::idle_timeout,
          "a connection that was not used for longer is made anew before the next step; 0: never");
    d.add("bytes_per_second", &FtpsChannel::bytes_per_second, "no faster than this, in each direction; 0: as fast as it goes").example("1MB");
    return d;
}

Declaration make_https() {
    static Declaration const tls = make_tls();
    Declaration d("https");
    d.add("listing", &HttpsChannel::listing, "what the inbox's URL answers with: one file, a list of names or URLs in JSON, a page with links to files");
    d.add("remember_by", &HttpsChannel::remember_by,
          "how a file is known again: ETag, Last-Modified or the digest of its bytes; automatic: the first of these that there is");
    d.object("basic", &HttpsChannel::basic, basic_declaration(), "user and password of HTTP basic authentication, in place of a token");
    d.add("bearer_token", &HttpsChannel::bearer_token, "token sent as `Authorization: Bearer`").example("${env:ACME_TOKEN}");
    d.objects("headers", &HttpsChannel::headers, header_declaration(), "more HTTP headers, of every request; {name} in a value is the file's name");
    d.add("method", &HttpsChannel::method, "the HTTP method that sends a file").one_of({"PUT", "POST"});
    d.add("content_type", &HttpsChannel::content_type, "of what is sent").check(check_one_line).example("application/EDI-X12");
    d.add("success", &HttpsChannel::success, "statuses that mean that a file was taken; empty: 200, 201, 202 and 204").check(check_status).example("409");
    d.add("idempotency_header", &HttpsChannel::idempotency_header, "header with the same value whenever the same file is sent again")
        .check(check_header_name_or_none)
        .example("Idempotency-Key");
    d.object("tls", &HttpsChannel::tls, tls, "how the server is known, and we to it");
    add_line<HttpsChannel>(d);
    return d;
}

} // namespace

Declaration const& header_declaration() {
    static Declaration const declaration = make_header();
    return declaration;
}
Declaration const& proxy_declaration() {
    static Declaration const declaration = make_proxy();
    return declaration;
}
Declaration const& ftps_channel_declaration() {
    static Declaration const declaration = make_ftps();
    return declaration;
}
Declaration const& https_channel_declaration() {
    static Declaration const declaration = make_https();
    return declaration;
}

} // namespace wharf::partner
