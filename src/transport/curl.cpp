#include "transport/curl.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <curl/curl.h>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace wharf::transport {
namespace {

std::size_t give_body(char* to, std::size_t size, std::size_t count, void* user) {
    auto& body = *static_cast<CurlBody*>(user);
    auto const part = body.bytes.substr(body.sent, size * count);
    std::memcpy(to, part.data(), part.size());
    body.sent += part.size();
    return part.size();
}

int seek_body(void* user, curl_off_t offset, int origin) {
    auto& body = *static_cast<CurlBody*>(user);
    if (origin != SEEK_SET || offset < 0 || static_cast<std::size_t>(offset) > body.bytes.size())
        return CURL_SEEKFUNC_FAIL;
    body.sent = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
}

int place_of_met() {
    static int const place = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return place;
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

template <class Print> std::string printed(Print const& print) {
    std::unique_ptr<BIO, int (*)(BIO*)> const bio(BIO_new(BIO_s_mem()), BIO_free);
    if (!bio)
        return {};
    print(bio.get());
    return text_of(bio.get());
}

std::string name_of(X509_NAME const* name) {
    return printed([&](BIO* bio) { X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB); });
}

std::string time_of(ASN1_TIME const* time) {
    return printed([&](BIO* bio) { ASN1_TIME_print_ex(bio, time, ASN1_DTFLGS_ISO8601); });
}

/// Notes what is verified, and changes nothing about the verdict. The server's own comes last: what failed before it stays.
int note_certificate(int is_good, X509_STORE_CTX* store) {
    auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* const met = ssl == nullptr ? nullptr : static_cast<MetCertificate*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place_of_met()));
    auto* const certificate = X509_STORE_CTX_get_current_cert(store);
    bool const is_bad = is_good == 0;
    if (met == nullptr || certificate == nullptr || met->is_the_cause || (!is_bad && X509_STORE_CTX_get_error_depth(store) != 0))
        return is_good;
    met->subject = name_of(X509_get_subject_name(certificate));
    met->issuer = name_of(X509_get_issuer_name(certificate));
    met->from = time_of(X509_get0_notBefore(certificate));
    met->until = time_of(X509_get0_notAfter(certificate));
    met->is_the_cause = is_bad;
    return is_good;
}

CURLcode begin_meeting(CURL*, void* context, void* met) {
    auto* const tls = static_cast<SSL_CTX*>(context);
    if (SSL_CTX_set_ex_data(tls, place_of_met(), met) == 1)
        SSL_CTX_set_verify(tls, SSL_CTX_get_verify_mode(tls), note_certificate);
    return CURLE_OK;
}

} // namespace

std::string MetCertificate::words() const {
    if (subject.empty() && issuer.empty() && until.empty())
        return {};
    return fmt::format(" ({}: subject {}, issuer {}, valid from {} to {})", is_the_cause ? "the certificate that did not verify" : "the server's certificate", subject,
                       issuer, from, until);
}

void meet_certificate(void* curl, MetCertificate& met) {
    met = {};
    ::curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, begin_meeting);
    ::curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, &met);
}

bool is_about_certificate(int code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_PINNEDPUBKEYNOTMATCH || code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CONNECT_ERROR;
}

void CurlFree::operator()(void* curl) const { ::curl_easy_cleanup(curl); }
void CurlFree::operator()(curl_slist* lines) const { ::curl_slist_free_all(lines); }

CurlHandle make_curl() {
    static std::once_flag once;
    std::call_once(once, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
    return CurlHandle(::curl_easy_init());
}

bool add_line(CurlLines& lines, std::string const& line) {
    auto* const longer = ::curl_slist_append(lines.get(), line.c_str());
    if (longer == nullptr)
        return false;
    (void)lines.release();
    lines.reset(longer);
    return true;
}

void set_text(void* curl, int option, std::string const& text) {
    if (!text.empty())
        ::curl_easy_setopt(curl, static_cast<CURLoption>(option), text.c_str());
}

void set_tls(void* curl, TlsSettings const& tls, bool tls_1_3) {
    ::curl_easy_setopt(curl, CURLOPT_SSLVERSION,
                       static_cast<long>(CURL_SSLVERSION_TLSv1_2) |
                           (tls_1_3 ? 0L : static_cast<long>(CURL_SSLVERSION_MAX_TLSv1_2)));
    set_text(curl, CURLOPT_CAINFO, tls.authorities);
    set_text(curl, CURLOPT_SSLCERT, tls.client_certificate);
    set_text(curl, CURLOPT_SSLKEY, tls.client_key);
    set_text(curl, CURLOPT_KEYPASSWD, tls.client_key_passphrase);
    set_text(curl, CURLOPT_PINNEDPUBLICKEY, tls.pinned_public_key);
    if (tls.pin_is_enough && !tls.pinned_public_key.empty()) {
        ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

void set_proxy(void* curl, ProxySettings const& proxy) {
    if (proxy.kind == ProxySettings::Kind::none) {
        ::curl_easy_setopt(curl, CURLOPT_PROXY, ""); // the environment has no say
        return;
    }
    ::curl_easy_setopt(curl, CURLOPT_PROXY, proxy.host.c_str());
    ::curl_easy_setopt(curl, CURLOPT_PROXYPORT, static_cast<long>(proxy.port));
    ::curl_easy_setopt(curl, CURLOPT_PROXYTYPE,
                       static_cast<long>(proxy.kind == ProxySettings::Kind::http ? CURLPROXY_HTTP : CURLPROXY_SOCKS5_HOSTNAME));
    ::curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
    set_text(curl, CURLOPT_PROXYUSERNAME, proxy.user);
    set_text(curl, CURLOPT_PROXYPASSWORD, proxy.password);
}

void set_body(void* curl, CurlBody& body) {
    ::curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    ::curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body.bytes.size()));
    ::curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
    ::curl_easy_setopt(curl, CURLOPT_READDATA, &body);
    ::curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, seek_body);
    ::curl_easy_setopt(curl, CURLOPT_SEEKDATA, &body);
    ::curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
}

bool is_permanent(int code) {
    constexpr std::array final{CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT,         CURLE_PEER_FAILED_VERIFICATION,
                               CURLE_SSL_CERTPROBLEM,      CURLE_SSL_CACERT_BADFILE,    CURLE_SSL_PINNEDPUBKEYNOTMATCH,
                               CURLE_SSL_ISSUER_ERROR,     CURLE_USE_SSL_FAILED,        CURLE_LOGIN_DENIED,
                               CURLE_REMOTE_ACCESS_DENIED, CURLE_REMOTE_FILE_NOT_FOUND};
    return std::ranges::find(final, static_cast<CURLcode>(code)) != final.end();
}

std::string curl_failure(int code, char const* reason) { return reason[0] != '\0' ? reason : ::curl_easy_strerror(static_cast<CURLcode>(code)); }

} // namespace wharf::transport
