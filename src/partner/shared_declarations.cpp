#include "partner/shared_declarations.hpp"

namespace wharf::partner {

template <>
struct EnumWords<TlsVersion> {
    static constexpr std::array<std::string_view, 2> words = {"tls1_2", "tls1_3"};
};

namespace {

Declaration make_basic() {
    Declaration d("basic");
    d.add("user", &BasicLogin::user, "user name of HTTP basic authentication").required().check(check_one_line);
    d.add("password", &BasicLogin::password, "its password").required().example("${env:ERP_PASSWORD}");
    return d;
}

Declaration make_retry() {
    Declaration d("retry");
    d.add("base", &RetryPolicy::base, "wait before the second attempt; doubled for each further one")
        .check(check_not_zero);
    d.add("cap", &RetryPolicy::cap, "longest wait between two attempts").check(check_not_zero);
    d.add("attempts", &RetryPolicy::attempts, "attempts in all; then the delivery or message is a dead letter");
    return d;
}

Declaration make_server_tls() {
    Declaration d("tls");
    d.add("certificate", &ServerTls::certificate,
          "the server's certificate and those between it and its authority (PEM), or all with the key (PKCS#12); empty: no TLS")
        .example("keys/tls.pem");
    d.add("private_key", &ServerTls::private_key, "its key (PEM); empty: in the file of the certificate").example("keys/tls.key");
    d.add("passphrase", &ServerTls::passphrase, "of the key, where it has one").example("${env:WHARF_TLS_PASSPHRASE}");
    d.add("minimum_version", &ServerTls::minimum_version, "the oldest version of TLS that is spoken");
    return d;
}

std::string_view without_zeros(std::string_view text) { return text.substr(std::min(text.find_first_not_of('0'), text.size())); }

/// A head too short for what every client sends would lock out everybody.
std::string check_head_bytes(std::string_view text) { return without_zeros(text).size() < 4 ? "it must be 1000 or more" : ""; }
/// The same of the times in which a client must have done something.
std::string check_a_second(std::string_view text) {
    auto const number = without_zeros(text);
    bool const is_short = number.ends_with("ms") && number.size() < 6; // 999ms
    return is_short || number.empty() || number[0] < '0' || number[0] > '9' ? "it must be 1s or more" : "";
}

Declaration make_server_limits() {
    Declaration d("limits");
    d.add("connections", &ServerLimits::connections, "connections at one time; a further one makes the longest idle one close, or is answered 503");
    d.add("connections_per_address", &ServerLimits::connections_per_address,
          "the same for one IPv4 address, or one /64 of IPv6; behind a proxy all callers come from one, so set it to the number of connections there");
    d.add("head_bytes", &ServerLimits::head_bytes, "request line and headers; more is answered 431").check(check_head_bytes);
    d.add("head_timeout", &ServerLimits::head_timeout, "from the first byte of a head to its last; of a new connection, with the handshake of TLS")
        .check(check_a_second);
    d.add("idle_timeout", &ServerLimits::idle_timeout, "of a connection between two requests").check(check_a_second);
    d.add("body_timeout", &ServerLimits::body_timeout, "how long a caller may be waited for in the middle of a body, or to read an answer, while it is slower than `least_rate`")
        .check(check_a_second);
    d.add("least_rate", &ServerLimits::least_rate, "bytes a second that must come of a body, or 408");
    return d;
}

} // namespace

Declaration const& server_limits_declaration() {
    static Declaration const declaration = make_server_limits();
    return declaration;
}
Declaration const& basic_declaration() {
    static Declaration const declaration = make_basic();
    return declaration;
}
Declaration const& retry_declaration() {
    static Declaration const declaration = make_retry();
    return declaration;
}
Declaration const& server_tls_declaration() {
    static Declaration const declaration = make_server_tls();
    return declaration;
}

} // namespace wharf::partner
