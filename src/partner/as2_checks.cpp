// AS2 relations and their listener: what one field alone cannot tell. What stands in the files of certificates is looked at by
// certificate_checks.cpp.

#include "partner/as2_needs.hpp"
#include "partner/check.hpp"
#include "partner/moment.hpp"

#include <map>

namespace wharf::partner {
namespace {

/// The end of a certificate's use before its beginning; what is no moment has been told.
template <class T> void check_term(Check<T>& check, As2Certificate const& one, std::string const& path) {
    auto const from = read_moment(one.from), until = read_moment(one.until);
    if (from && until && until->time < from->time)
        check.report(path + ".until", "PARTNER-0007", fmt::format("it ends on {} and begins on {}", one.until, one.from), "the end must not be before the beginning", one.until);
}

/// "PKCS#12 or PEM": one of `file` and `content`, and what belongs to it.
template <class T>
void check_own(Check<T>& check, std::vector<As2Certificate> const& certificates) {
    for (std::size_t i = 0; i < certificates.size(); ++i) {
        auto const& one = certificates[i];
        auto const path = fmt::format("as2.own_certificates[{}]", i);
        if (one.file.empty() == one.content.empty())
            check.report(path, "PARTNER-0006", "an own certificate needs either 'file' or 'content'",
                         "file for a PEM or PKCS#12 file, content for one in the environment, such as ${env:WHARF_AS2_IDENTITY}");
        if (!one.content.empty() && !one.private_key.empty())
            check.report(path + ".private_key", "PARTNER-0021", "the key stands in 'content', beside its certificate", "leave it out");
        check_term(check, one, path);
    }
}

class RelationCheck {
public:
    RelationCheck(Loaded<Channel> const& channel, As2Listener const& listener, Certificates certificates, Diagnostics& findings)
        : channel_(channel), as2_(channel.value.as2), listener_(listener), certificates_(certificates), check_(channel, findings) {}

    void run() {
        check_own(check_, as2_.own_certificates);
        for (std::size_t i = 0; i < as2_.partner_certificates.size(); ++i)
            check_term(check_, as2_.partner_certificates[i], fmt::format("as2.partner_certificates[{}]", i));
        keys();
        trust();
        receipts();
        clear_text();
        legacy();
        packing();
        http();
        if (!listener_.is_set() && !channel_.value.senders.empty())
            report("senders", "PARTNER-0042", "nobody can send anything here: wharf.yaml gives AS2 no port",
                   "set as2.tls_port with as2.tls, or as2.port, in wharf.yaml; or leave senders out where we only send");
    }

private:
    void report(std::string const& path, std::string_view code, std::string message, std::string help) {
        check_.report(path, code, std::move(message), std::move(help));
    }
    [[nodiscard]] bool sends() const { return !as2_.url.empty(); }
    [[nodiscard]] bool receives() const { return !channel_.value.senders.empty(); }

    void keys() {
        if (certificates_ == Certificates::may_be_missing) return;
        auto const missing = missing_certificates(channel_.value, listener_);
        if (missing.own) report("as2", "PARTNER-0006", *missing.own, "give as2.own_certificates here or in wharf.yaml; `wharf cert request` makes one");
        for (auto const& what : {missing.to_encrypt, missing.to_check})
            if (what) report("as2", "PARTNER-0006", *what, "give as2.partner_certificates; `wharf cert import` writes what the partner sent");
    }
    void trust() {
        bool const by_authority = !as2_.authorities.file.empty();
        if (by_authority && !as2_.authorities.is_restricted())
            report("as2.authorities", "PARTNER-0006", "every customer of these authorities would be this partner",
                   "say with subject, email or host which of their certificates are the partner's");
        if (!by_authority && as2_.authorities.is_restricted())
            report("as2.authorities", "PARTNER-0021", "the restriction belongs to authorities, and there are none", "give as2.authorities.file");
    }
    void receipts() {
        auto const& receipt = as2_.outgoing.receipt;
        if (!sends()) return;
        if (receipt.mode == As2ReceiptMode::asynchronous && listener_.public_url.empty())
            report("as2.outgoing.receipt.mode", "PARTNER-0006", "the partner is not told where to send its asynchronous receipts",
                   "set as2.public_url in wharf.yaml to our URL as partners reach it, or ask for synchronous receipts");
        if (receipt.mode == As2ReceiptMode::asynchronous && !listener_.is_set())
            report("as2.outgoing.receipt.mode", "PARTNER-0042", "no asynchronous receipt can arrive: wharf.yaml gives AS2 no port",
                   "set as2.tls_port with as2.tls, or as2.port, in wharf.yaml; or ask for synchronous receipts");
        if (as2_.outgoing.retry.cap < as2_.outgoing.retry.base)
            report("as2.outgoing.retry.cap", "PARTNER-0007", "as2.outgoing.retry.cap is shorter than as2.outgoing.retry.base",
                   "the wait doubles from base up to cap");
    }
    void clear_text() {
        auto const host_is_far = [](std::string const& url) { return url.starts_with("http://") && !is_loopback(host_of(url)); };
        if (host_is_far(as2_.url) && as2_.outgoing.encrypt == As2Cipher::none)
            report("as2.url", "PARTNER-0040", "messages go over plain http, and they are not encrypted",
                   "use https://, or set as2.outgoing.encrypt: aes256_cbc; else everybody on the way reads them");
        auto const sends_password = [&](std::string const& url, partner::As2Http const& http) { return host_is_far(url) && !http.basic.user.empty(); };
        if (sends_password(as2_.url, as2_.outgoing.http))
            report("as2.url", "PARTNER-0026", "a password is sent over plain http", "use https://, or everybody on the way can read it");
        if (sends_password(as2_.incoming.receipt_address, as2_.incoming.receipt_http))
            report("as2.incoming.receipt_address", "PARTNER-0026", "a password is sent over plain http", "use https://, or everybody on the way can read it");
    }
    void legacy() {
        auto const& out = as2_.outgoing;
        auto const old = [&](bool is_old, std::string const& path, std::string_view what, std::string help) {
            if (is_old) report(path, "PARTNER-0041", fmt::format("{} {}", path, what), std::move(help));
        };
        constexpr std::string_view broken = "uses SHA-1, for which two messages with one digest can be made";
        std::string const better = "use sha256; ask the partner to change, and leave this only until then";
        old(sends() && out.sign == As2Digest::sha1, "as2.outgoing.sign", broken, better);
        old(as2_.incoming.receipt_digest == As2ReceiptDigest::sha1, "as2.incoming.receipt_digest", broken, better);
        old(as2_.incoming.accept_sha1, "as2.incoming.accept_sha1", broken, better);
        for (std::size_t i = 0; i < out.receipt.digests.size(); ++i)
            old(out.receipt.digests[i] == "sha1", fmt::format("as2.outgoing.receipt.digests[{}]", i), broken, better);
        constexpr std::string_view weak = "uses 3DES, which leaks what large messages hold";
        old(sends() && out.encrypt == As2Cipher::triple_des, "as2.outgoing.encrypt", weak, "use aes256_cbc or aes128_cbc");
        old(as2_.incoming.accept_3des, "as2.incoming.accept_3des", weak, "ask the partner to encrypt with AES, and leave this only until then");
    }
    void packing() {
        auto const& out = as2_.outgoing;
        if (!sends()) return;
        if (out.compress != As2Compression::none && out.version == "1.0")
            report("as2.outgoing.version", "PARTNER-0007", "as2.outgoing.version is 1.0, which knows no compression",
                   "set as2.outgoing.version to 1.1 or 1.2, or leave as2.outgoing.compress out");
        bool const is_gcm = out.encrypt == As2Cipher::aes128_gcm || out.encrypt == As2Cipher::aes192_gcm || out.encrypt == As2Cipher::aes256_gcm;
        if (!is_gcm && out.gcm_form != As2GcmForm::auth_enveloped)
            report("as2.outgoing.gcm_form", "PARTNER-0021", "as2.outgoing.gcm_form is about GCM, and as2.outgoing.encrypt names another cipher",
                   "leave it out, or set as2.outgoing.encrypt to aes128_gcm, aes192_gcm or aes256_gcm");
    }
    void http() {
        for (auto const& [place, http] : as2_.connections()) {
            if (http.client_certificate.empty() && (!http.client_key.empty() || !http.client_passphrase.empty()))
                report(fmt::format("as2.{}.{}", place, http.client_key.empty() ? "client_passphrase" : "client_key"), "PARTNER-0021",
                       "it belongs to a client_certificate, and there is none", "leave it out, or name the client_certificate");
            if (http.proxy.empty() && !http.proxy_login.user.empty())
                report(fmt::format("as2.{}.proxy_login", place), "PARTNER-0021", "it belongs to a proxy, and there is none", "leave it out, or give the proxy");
        }
        if (as2_.incoming.receipt_address.empty() && as2_.incoming.receipt_http.is_set())
            report("as2.incoming.receipt_http", "PARTNER-0021", "it belongs to receipt_address, and there is none", "leave it out, or give receipt_address");
        if (!as2_.incoming.client_certificates.empty() && listener_.tls_port.number == 0)
            report("as2.incoming.client_certificates", "PARTNER-0021", "client certificates are a matter of TLS, and as2.tls_port is not set",
                   "set as2.tls_port in wharf.yaml, or leave them out");
    }

    Loaded<Channel> const& channel_;
    As2Channel const& as2_;
    As2Listener const& listener_;
    Certificates certificates_;
    Check<Channel> check_;
};

void check_listener(Loaded<GatewayConfiguration> const& gateway, Diagnostics& findings) {
    auto const& as2 = gateway.value.as2;
    Check check(gateway, findings);
    check_own(check, as2.own_certificates);
    if (as2.tls_port.number != 0 && !as2.tls.is_set())
        check.report("as2.tls_port", "PARTNER-0006", "as2.tls_port needs a certificate to show", "give as2.tls with certificate and private_key");
    if (as2.tls_port.number == 0 && as2.tls.is_set())
        check.report("as2.tls", "PARTNER-0021", "as2.tls belongs to as2.tls_port, which is not set", "set as2.tls_port, or leave as2.tls out");
    if (as2.is_set() && as2.port.number == as2.tls_port.number)
        check.report("as2.tls_port", "PARTNER-0007", "as2.port and as2.tls_port are the same", "plain HTTP and HTTPS need a port each");
    for (auto const port : {as2.port.number, as2.tls_port.number})
        if (port != 0 && port == gateway.value.listen.port)
            check.report(port == as2.port.number ? "as2.port" : "as2.tls_port", "PARTNER-0007",
                         fmt::format("the port {} is that of the API, too", port), "give AS2 another port than listen.port");
}

} // namespace

void check_as2(LoadedConfiguration const& loaded, Certificates certificates, Diagnostics& findings) {
    check_listener(loaded.gateway, findings);
    std::map<std::pair<std::string_view, std::string_view>, Loaded<Channel> const*> known;
    for (auto const& channel : loaded.channels) {
        if (channel.value.transport != TransportKind::as2) continue;
        RelationCheck(channel, loaded.gateway.value.as2, certificates, findings).run();
        auto const& as2 = channel.value.as2;
        auto const [other, is_new] = known.emplace(std::pair<std::string_view, std::string_view>(as2.own_name, as2.partner_name), &channel);
        if (is_new) continue;
        Check check(channel, findings);
        check.report("as2.partner_name", "PARTNER-0037",
                     fmt::format("'{}' to '{}' is the relation of the channel '{}' already", as2.partner_name, as2.own_name, other->second->value.name),
                     "a message says nothing but these two names: give one of the channels another pair, or make one channel of both");
        check.related(other->second->origin("as2.partner_name"), "the other");
    }
}

} // namespace wharf::partner
