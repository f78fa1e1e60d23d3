// What all that goes over libcurl has in common: the handle, TLS, the proxy, which failures last. Internal to transport/. Its
// types stand here by name only: CURL is void, options and codes are numbers.
//
// A handle belongs to one thread and keeps its connections and TLS sessions over curl_easy_reset().
#pragma once

#include "base/error.hpp"
#include "transport/channel.hpp"

#include <memory>
#include <string>
#include <string_view>

struct curl_slist;

namespace wharf::transport {

struct CurlFree {
    void operator()(void* curl) const;
    void operator()(curl_slist* lines) const;
};
using CurlHandle = std::unique_ptr<void, CurlFree>;
using CurlLines = std::unique_ptr<curl_slist, CurlFree>;

/// A null handle when there is no memory.
[[nodiscard]] CurlHandle make_curl();
/// Adds a line to a list; false when there is no memory.
[[nodiscard]] bool add_line(CurlLines& lines, std::string const& line);

/// The option, unless the text is empty.
void set_text(void* curl, int option, std::string const& text);
void set_tls(void* curl, TlsSettings const& tls, bool tls_1_3 = true);
void set_proxy(void* curl, ProxySettings const& proxy);

/// The certificate that a server showed in the handshake, for the reason of a failure: that which did not verify, else the server's own. It
/// must outlive the handle, whose connections know it.
struct MetCertificate {
    std::string subject, issuer, from, until; // empty: none was shown
    bool is_the_cause = false;                // it did not verify
    /// " (the certificate of …)"; empty where none was shown.
    [[nodiscard]] std::string words() const;
};
/// For one transfer, after set_tls.
void meet_certificate(void* curl, MetCertificate& met);
/// Failures that the certificate explains.
[[nodiscard]] bool is_about_certificate(int code);

/// The bytes of an upload and how many of them went; it must outlive the call.
struct CurlBody {
    std::string_view bytes;
    std::size_t sent = 0;
};
/// Sends it. A kept connection that turns out to be closed is tried again on a new one: the body begins anew.
void set_body(void* curl, CurlBody& body);

/// What no later try changes: addresses, certificates, refused logins.
[[nodiscard]] bool is_permanent(int code);
/// `reason` is the buffer of CURLOPT_ERRORBUFFER.
[[nodiscard]] std::string curl_failure(int code, char const* reason);

} // namespace wharf::transport
