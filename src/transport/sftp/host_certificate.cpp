#include "transport/sftp/host_certificate.hpp"

#include "transport/pickup.hpp"
#include "transport/sftp/packet.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace wharf::transport::sftp {
namespace {

template <auto free> struct Freed {
    template <class T> void operator()(T* object) const { free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

constexpr int least_rsa_bits = 2048;

unsigned char const* bytes_of(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }

Number number_of(std::string_view bytes) { return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr)); }

struct Curve {
    std::string_view type, name; // "ecdsa-sha2-…" without the beginning, and OpenSSL's
    EVP_MD const* (*digest)();
};
constexpr Curve curves[] = {{"nistp256", "P-256", EVP_sha256}, {"nistp384", "P-384", EVP_sha384}, {"nistp521", "P-521", EVP_sha512}};

Curve const* curve_of(std::string_view type) {
    constexpr std::string_view prefix = "ecdsa-sha2-";
    auto const found = std::ranges::find(curves, type.starts_with(prefix) ? type.substr(prefix.size()) : "", &Curve::type);
    return found == std::end(curves) ? nullptr : found;
}

Key key_from(char const* algorithm, OSSL_PARAM_BLD* builder) {
    Parameters const parameters(OSSL_PARAM_BLD_to_param(builder));
    KeyContext const context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return Key(key);
}

/// Of a plain key in the wire format; nothing when it is malformed, too short or of a kind that is not known.
Key read_key(std::string_view blob) {
    PacketReader reader(blob);
    auto const type = reader.text();
    if (type == "ssh-ed25519") {
        auto const raw = reader.text();
        return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(raw), raw.size()));
    }
    Builder const builder(OSSL_PARAM_BLD_new());
    if (auto const* const curve = curve_of(type)) {
        auto const name = reader.text(), point = reader.text();
        if (name != curve->type || !builder)
            return nullptr;
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->name.data(), curve->name.size());
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
        return key_from("EC", builder.get());
    }
    if (type != "ssh-rsa" || !builder)
        return nullptr;
    auto const exponent = number_of(reader.text()), modulus = number_of(reader.text());
    if (!exponent || !modulus || BN_num_bits(modulus.get()) < least_rsa_bits || BN_num_bits(modulus.get()) > 16384)
        return nullptr;
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    return key_from("RSA", builder.get());
}

/// OpenSSL wants the two numbers of an ECDSA signature in DER.
std::string ecdsa_as_der(std::string_view blob) {
    PacketReader reader(blob);
    auto r = number_of(reader.text()), s = number_of(reader.text());
    Signature const signature(ECDSA_SIG_new());
    if (!reader.ok() || !r || !s || !signature || ECDSA_SIG_set0(signature.get(), r.release(), s.release()) != 1)
        return {};
    unsigned char* der = nullptr;
    auto const size = i2d_ECDSA_SIG(signature.get(), &der);
    std::string text(reinterpret_cast<char const*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(der);
    return text;
}

/// No SHA-1: `ssh-rsa` signs no certificate.
bool is_signed(std::string_view content, std::string_view signature, std::string_view authority) {
    PacketReader reader(signature), key_reader(authority);
    auto const algorithm = reader.text();
    std::string proof(reader.text());
    auto const type = key_reader.text();
    auto const key = read_key(authority);
    if (!key || !reader.ok() || !reader.at_end())
        return false;
    EVP_MD const* digest = nullptr;
    if (type == "ssh-rsa" && (algorithm == "rsa-sha2-256" || algorithm == "rsa-sha2-512")) {
        digest = algorithm == "rsa-sha2-256" ? EVP_sha256() : EVP_sha512();
    } else if (algorithm != type || type == "ssh-rsa") {
        return false;
    } else if (auto const* const curve = curve_of(type)) {
        digest = curve->digest();
        proof = ecdsa_as_der(proof);
    }
    DigestContext const context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(proof), proof.size(), bytes_of(content), content.size()) == 1;
}

struct Certificate {
    std::string key; // plain, in the wire format
    std::uint32_t use = 0;
    std::vector<std::string_view> hosts;
    std::uint64_t from = 0, until = 0;
    std::string_view options, authority, content, signature;
};

std::optional<Certificate> read_certificate(std::string_view blob) {
    constexpr std::string_view suffix = "-cert-v01@openssh.com";
    PacketReader reader(blob);
    auto type = reader.text();
    if (!type.ends_with(suffix))
        return std::nullopt;
    type.remove_suffix(suffix.size());
    Certificate found;
    append_text(found.key, type);
    (void)reader.text(); // random bytes
    for (unsigned parts = type == "ssh-ed25519" ? 1 : 2; parts > 0; --parts)
        append_text(found.key, reader.text());
    (void)reader.u64(); // serial number
    found.use = reader.u32();
    (void)reader.text(); // its name
    PacketReader hosts(reader.text());
    while (hosts.ok() && !hosts.at_end())
        found.hosts.push_back(hosts.text());
    found.from = reader.u64();
    found.until = reader.u64();
    found.options = reader.text();
    (void)reader.text(); // extensions, of which host certificates have none
    (void)reader.text(); // reserved
    found.authority = reader.text();
    auto const before = reader.left();
    found.signature = reader.text();
    if (!reader.ok() || !reader.at_end() || !hosts.ok())
        return std::nullopt;
    found.content = blob.substr(0, blob.size() - before);
    return found;
}

bool same_name(std::string_view one, std::string_view other) {
    auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(one, other, {}, lower, lower);
}

bool contains(std::vector<std::string> const& list, std::string const& one) { return std::ranges::find(list, one) != list.end(); }

} // namespace

Result<std::string> certified_key(std::string_view certificate, std::string_view host, KnownKeys const& known, Timestamp now) {
    constexpr std::uint32_t of_a_host = 2;
    auto const found = read_certificate(certificate);
    if (!found)
        return permanent("is malformed or of a kind that is not known");
    auto const authority = fingerprint_of(found->authority), key = fingerprint_of(found->key);
    if (!contains(known.authorities, authority))
        return permanent(fmt::format("is signed by {}, which is no authority for this server", authority));
    for (auto const& one : {authority, key})
        if (contains(known.revoked, one))
            return permanent(fmt::format("rests on the key {}, which is revoked", one));
    if (!is_signed(found->content, found->signature, found->authority))
        return permanent(fmt::format("has a signature that is not of its authority {}, or of a kind that is not accepted", authority));
    if (found->use != of_a_host)
        return permanent("is of a user and not of a host");
    if (!found->options.empty())
        return permanent("has critical options that are not known");
    // Without names it is good for every host of the authority, as OpenSSH has it.
    if (!found->hosts.empty() && std::ranges::none_of(found->hosts, [&](std::string_view name) { return same_name(name, host); })) {
        std::vector<std::string> names;
        for (auto const name : found->hosts)
            names.push_back(quote_name(name));
        return permanent(fmt::format("is of {} and not of {}", fmt::join(names, ", "), host));
    }
    auto const seconds = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
    if (seconds < found->from || seconds >= found->until)
        return permanent(seconds < found->from ? "is not valid yet" : "has run out");
    return key;
}

} // namespace wharf::transport::sftp
