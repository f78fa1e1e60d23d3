// wharf.yaml: what one field alone cannot tell; and every secret and key file that any file names.

#include "base/file.hpp"
#include "partner/certificate_checks.hpp"
#include "partner/check.hpp"
#include "partner/declarations.hpp"

#include <algorithm>

namespace wharf::partner {
namespace {

void check_unique_names(Check<GatewayConfiguration>& check, std::vector<std::string> const& names,
                        std::string const& list) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (auto const first = std::ranges::find(names, names[i]) - names.begin(); static_cast<std::size_t>(first) < i)
            check.report(fmt::format("{}[{}].name", list, i), "PARTNER-0017",
                         fmt::format("'{}' is a second time in {}", names[i], list), "give it another name", names[i]);
}

void check_target(Check<GatewayConfiguration>& check, Target const& target, std::string const& path) {
    bool const basic = !target.basic.user.empty();
    if (basic && !target.bearer_token.empty())
        check.report(path + ".basic", "PARTNER-0022",
                     fmt::format("the target '{}' has a bearer_token and basic", target.name),
                     "both set the header Authorization; keep one of the two");
    bool secret_sent = basic || !target.bearer_token.empty();
    for (std::size_t i = 0; i < target.headers.size(); ++i) {
        auto const& header = target.headers[i];
        secret_sent = secret_sent || !header.secret.empty();
        if (header.value.empty() == header.secret.empty())
            check.report(fmt::format("{}.headers[{}]", path, i), "PARTNER-0006",
                         fmt::format("the header {} needs either 'value' or 'secret'", header.name),
                         "value for what everybody may read, secret for a reference such as ${env:ERP_API_KEY}");
    }
    if (secret_sent && target.url.starts_with("http://") && !is_loopback(host_of(target.url)))
        check.report(path + ".url", "PARTNER-0026",
                     fmt::format("the target '{}' gets a secret over plain http", target.name),
                     "use https://, or everybody on the way can read it");
}

} // namespace

void check_gateway(LoadedConfiguration const& loaded, Diagnostics& findings) {
    auto const& gateway = loaded.gateway.value;
    Check check(loaded.gateway, findings);
    check_unique_names(check, names_of(gateway.identities), "identities");
    check_unique_names(check, names_of(gateway.targets), "targets");
    check_unique_names(check, names_of(gateway.listen.tokens), "listen.tokens");
    if (gateway.identities.empty())
        check.report("identities", "PARTNER-0006", "identities is empty", "say at least who we are in the envelopes");
    if (gateway.listen.tokens.empty() && !is_loopback(gateway.listen.address))
        check.report("listen.address", "PARTNER-0025",
                     fmt::format("the API would listen on {} and take requests from anybody", gateway.listen.address),
                     "give listen.tokens, or listen on 127.0.0.1 only", gateway.listen.address);
    if (!gateway.listen.tls.is_set() && !gateway.listen.tls.private_key.empty())
        check.report("listen.tls.private_key", "PARTNER-0006", "listen.tls has a private_key and no certificate",
                     "give listen.tls.certificate, or leave listen.tls out and the API speaks plain HTTP");
    if (gateway.retry.cap < gateway.retry.base)
        check.report("retry.cap", "PARTNER-0007", "retry.cap is shorter than retry.base",
                     "the wait doubles from base up to cap");
    for (std::size_t i = 0; i < gateway.targets.size(); ++i)
        check_target(check, gateway.targets[i], fmt::format("targets[{}]", i));
    for (std::size_t i = 0; i < gateway.identities.size(); ++i)
        check_days(check, gateway.identities[i], fmt::format("identities[{}]", i));
    for (std::size_t i = 0; i < gateway.identities.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            auto const &one = gateway.identities[i], &other = gateway.identities[j];
            if (one.qualifier == other.qualifier && one.id == other.id && overlap(one, other))
                check.report(fmt::format("identities[{}].id", i), "PARTNER-0016",
                             fmt::format("the identities '{}' and '{}' are both {}:{}", other.name, one.name,
                                         one.qualifier, one.id),
                             "keep one, or say with usage which is for production and which for tests", one.id);
        }
}

void check_secrets(LoadedConfiguration const& loaded, SecretCheck how, Diagnostics& findings) {
    bool const warns = how == SecretCheck::warn;
    auto const resolve_by = [&](auto const& from, std::string const& path, Secret const& secret, auto content_of) {
        Check check(from, findings);
        if (auto const content = content_of(secret); !content)
            check.report(path, warns ? "PARTNER-0047" : "PARTNER-0009", fmt::format("{}: {}", path, content.error().message),
                         warns ? "the gateway does not start without it; it must be there for the process that runs it, not for this one"
                               : "set the variable for the process that runs Wharf, or make the file readable for it");
        else if (auto const file = secret.file(); warns && is_open_to_others(file))
            check.report(path, "PARTNER-0045", fmt::format("{}: the secret in {} can be read by others on this machine", path, file.string()),
                         fmt::format("chmod 600 {}, and let it belong to the user that runs Wharf", file.string()));
    };
    auto const resolve = [&](auto const& from, std::string const& path, Secret const& secret) {
        resolve_by(from, path, secret, [](Secret const& one) { return one.resolve(); });
    };
    auto const resolve_keys = [&](auto const& from, std::vector<As2Certificate> const& certificates) {
        for (std::size_t i = 0; i < certificates.size(); ++i) {
            auto const path = fmt::format("as2.own_certificates[{}]", i);
            resolve(from, path + ".passphrase", certificates[i].passphrase);
            resolve_by(from, path + ".content", certificates[i].content, [](Secret const& one) { return one.resolve_text(); });
        }
    };
    auto const& gateway = loaded.gateway;
    for (std::size_t i = 0; i < gateway.value.listen.tokens.size(); ++i)
        resolve(gateway, fmt::format("listen.tokens[{}].token", i), gateway.value.listen.tokens[i].token);
    for (std::size_t i = 0; i < gateway.value.targets.size(); ++i) {
        auto const& target = gateway.value.targets[i];
        auto const path = fmt::format("targets[{}]", i);
        resolve(gateway, path + ".bearer_token", target.bearer_token);
        resolve(gateway, path + ".basic.password", target.basic.password);
        for (std::size_t j = 0; j < target.headers.size(); ++j)
            resolve(gateway, fmt::format("{}.headers[{}].secret", path, j), target.headers[j].secret);
    }
    resolve(gateway, "listen.tls.passphrase", gateway.value.listen.tls.passphrase);
    resolve(gateway, "as2.tls.passphrase", gateway.value.as2.tls.passphrase);
    resolve_keys(gateway, gateway.value.as2.own_certificates);
    for (auto const& profile : loaded.partners) {
        resolve(profile, "envelope.security", profile.value.envelope.security);
        for (std::size_t i = 0; i < profile.value.documents.size(); ++i)
            if (auto const& own = profile.value.documents[i].envelope.security; own != profile.value.envelope.security)
                resolve(profile, fmt::format("documents[{}].envelope.security", i), own);
    }
    for (auto const& channel : loaded.channels) {
        resolve(channel, "sftp.password", channel.value.sftp.password);
        resolve(channel, "sftp.passphrase", channel.value.sftp.passphrase);
        resolve(channel, "sftp.proxy.password", channel.value.sftp.proxy.password);
        auto const& ftps = channel.value.ftps;
        resolve(channel, "ftps.password", ftps.password);
        resolve(channel, "ftps.tls.client_passphrase", ftps.tls.client_passphrase);
        resolve(channel, "ftps.proxy.password", ftps.proxy.password);
        auto const& https = channel.value.https;
        resolve(channel, "https.basic.password", https.basic.password);
        resolve(channel, "https.bearer_token", https.bearer_token);
        for (std::size_t i = 0; i < https.headers.size(); ++i)
            resolve(channel, fmt::format("https.headers[{}].secret", i), https.headers[i].secret);
        resolve(channel, "https.tls.client_passphrase", https.tls.client_passphrase);
        resolve(channel, "https.proxy.password", https.proxy.password);
        auto const& as2 = channel.value.as2;
        resolve_keys(channel, as2.own_certificates);
        resolve(channel, "as2.incoming.basic.password", as2.incoming.basic.password);
        for (auto const& [place, http] : as2.connections()) {
            resolve(channel, fmt::format("as2.{}.basic.password", place), http.basic.password);
            resolve(channel, fmt::format("as2.{}.proxy_login.password", place), http.proxy_login.password);
            resolve(channel, fmt::format("as2.{}.client_passphrase", place), http.client_passphrase);
        }
        auto const& key = channel.value.sftp.private_key;
        if (!key.empty() && !read_file(key, limits::configuration_bytes)) {
            Check check(channel, findings);
            check.report("sftp.private_key", "PARTNER-0029", fmt::format("the private key {} cannot be read", key.string()),
                         "put the key there and make it readable for the process that runs Wharf, and for nobody else; "
                         "until then the channel cannot log in");
        }
    }
}

} // namespace wharf::partner
