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

} // namespace

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
