#include "transport/as2/authorities.hpp"

#include "transport/as2/openssl.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace wharf::transport::as2 {
namespace {

struct Free {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
    void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
    void operator()(STACK_OF(X509)* stack) const { sk_X509_free(stack); } // the certificates are not its own
};

constexpr int least_security = 2; // 112 bits: RSA of 2048 bits, SHA-2

std::string value_of(X509_NAME_ENTRY const* entry) {
    unsigned char* bytes = nullptr;
    auto const size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry));
    std::string text(reinterpret_cast<char const*>(bytes), size > 0 ? static_cast<std::size_t>(size) : 0);
    if (size >= 0) OPENSSL_free(bytes);
    return text;
}

} // namespace

Result<std::shared_ptr<Authorities const>> Authorities::read(std::string_view bytes, Restriction restriction) {
    auto trusted = Certificate::read_all(bytes);
    if (!trusted) return unexpected(trusted.error());
    if (restriction.subject.empty() && restriction.email.empty() && restriction.host.empty())
        return invalid("without a restriction every customer of the authorities would be the partner");
    auto made = std::make_shared<Authorities>();
    made->trusted_ = std::move(*trusted);
    auto subject = read_distinguished_name(restriction.subject);
    if (!subject) return unexpected(std::move(subject.error()));
    made->subject_ = std::move(*subject);
    made->restriction_ = std::move(restriction);
    return made;
}

std::optional<std::string> Authorities::refusal(Certificate const& certificate, std::vector<Certificate> const& beside, Timestamp now) const {
    if (auto refused = restriction_refusal(certificate)) return refused;
    if (auto refused = chain_refusal(certificate, beside, now)) return refused;
    if (auto const usage = X509_get_key_usage(certificate.native()); (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
        return "its keyUsage does not allow signatures";
    return std::nullopt;
}

std::optional<std::string> Authorities::restriction_refusal(Certificate const& certificate) const {
    auto const* const name = X509_get_subject_name(certificate.native());
    for (auto const& part : subject_) {
        auto const nid = OBJ_txt2nid(part.type.c_str());
        bool found = false;
        for (int i = 0; i < X509_NAME_entry_count(name) && !found; ++i) {
            auto const* const entry = X509_NAME_get_entry(name, i);
            found = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) == nid && value_of(entry) == part.value;
        }
        if (!found) return fmt::format("its subject {} has no {}={}", certificate.subject(), part.type, part.value);
    }
    if (!restriction_.email.empty() &&
        X509_check_email(certificate.native(), restriction_.email.c_str(), restriction_.email.size(), X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT) != 1)
        return fmt::format("{} does not hold the e-mail address {}", certificate.subject(), restriction_.email);
    if (!restriction_.host.empty() && X509_check_host(certificate.native(), restriction_.host.c_str(), restriction_.host.size(),
                                                      X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) != 1)
        return fmt::format("{} does not hold the name of host {}", certificate.subject(), restriction_.host);
    return std::nullopt;
}

std::optional<std::string> Authorities::chain_refusal(Certificate const& certificate, std::vector<Certificate> const& beside, Timestamp now) const {
    std::unique_ptr<X509_STORE, Free> const store(X509_STORE_new());
    std::unique_ptr<STACK_OF(X509), Free> const between(sk_X509_new_null());
    std::unique_ptr<X509_STORE_CTX, Free> const context(X509_STORE_CTX_new());
    if (!store || !between || !context) return "no memory";
    for (auto const& one : trusted_)
        X509_STORE_add_cert(store.get(), one.native());
    for (auto const& one : beside)
        sk_X509_push(between.get(), one.native());
    if (X509_STORE_CTX_init(context.get(), store.get(), certificate.native(), between.get()) != 1) return openssl_reason();
    auto* const rules = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(rules, std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::system_clock::duration>(now)));
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT); // an authority below a root may be trusted
    X509_VERIFY_PARAM_set_auth_level(rules, least_security);
    bool const good = X509_verify_cert(context.get()) == 1;
    auto const error = X509_STORE_CTX_get_error(context.get());
    auto* const where = X509_STORE_CTX_get_current_cert(context.get());
    (void)openssl_reason();
    if (good) return std::nullopt;
    return fmt::format("{}{}", X509_verify_cert_error_string(error), where ? fmt::format(" (at {})", Certificate::share(where).subject()) : "");
}

} // namespace wharf::transport::as2
