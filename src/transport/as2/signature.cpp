// Signatures (RFC 5652 5): written by us, read by OpenSSL but for the digest, which is made from the content as it lies there.
#include "transport/as2/cms.hpp"
#include "transport/as2/cms_syntax.hpp"
#include "transport/as2/openssl.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace wharf::transport::as2 {
namespace {

std::string algorithm(std::string_view dotted, std::string_view parameters = {}) {
    return der(tag::sequence, der_oid(dotted) + std::string(parameters));
}

std::string attribute(std::string_view type, std::string_view value) {
    return der(tag::sequence, der_oid(type) + der(tag::set, value));
}

/// UTCTime until 2049, as RFC 5652 11.3 wants it, GeneralizedTime after.
std::string signing_time_value(Timestamp now) {
    auto const day = std::chrono::floor<std::chrono::days>(now);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const time(std::chrono::floor<std::chrono::seconds>(now - day));
    auto const rest = fmt::format("{:02}{:02}{:02}{:02}{:02}Z", static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                  time.hours().count(), time.minutes().count(), time.seconds().count());
    auto const year = static_cast<int>(date.year());
    if (year >= 1950 && year < 2050) return der(tag::utc_time, fmt::format("{:02}{}", year % 100, rest));
    return der(0x18, fmt::format("{:04}{}", year, rest));
}

Result<std::string> sign_bytes(std::string_view bytes, Digest digest, PrivateKey const& key) {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> const context(EVP_MD_CTX_new());
    std::string made(static_cast<std::size_t>(std::max(EVP_PKEY_get_size(key.native()), 0)), '\0');
    std::size_t size = made.size();
    if (EVP_DigestSignInit(context.get(), nullptr, native(digest), nullptr, key.native()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                       reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size()) != 1)
        return permanent(fmt::format("our key cannot sign ({})", openssl_reason()));
    made.resize(size);
    return made;
}

// --- Reading ----------------------------------------------------------------------------------------------------------

std::string oid_of(ASN1_OBJECT const* object) {
    std::array<char, 128> text{};
    return OBJ_obj2txt(text.data(), text.size(), object, 1) > 0 ? std::string(text.data()) : std::string();
}

/// "MD5", where OpenSSL has a name for it, else the numbers.
std::string name_of(ASN1_OBJECT const* object) {
    auto const nid = OBJ_obj2nid(object);
    return nid == NID_undef ? oid_of(object) : OBJ_nid2sn(nid);
}

Digest digest_of_signer(CMS_SignerInfo* signer, std::string& name, bool& is_known) {
    X509_ALGOR *digest_algorithm = nullptr, *signature_algorithm = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest_algorithm, &signature_algorithm);
    ASN1_OBJECT const* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, digest_algorithm);
    name = name_of(object);
    auto const known = oid::digest(oid_of(object));
    is_known = known.has_value();
    return known.value_or(Digest::sha256);
}

/// Who the signature says made it.
std::string claimed_signer(CMS_SignerInfo* signer, STACK_OF(X509)* inside) {
    for (int i = 0; i < sk_X509_num(inside); ++i)
        if (CMS_SignerInfo_cert_cmp(signer, sk_X509_value(inside, i)) == 0)
            return Certificate::share(sk_X509_value(inside, i)).label();
    ASN1_OCTET_STRING* key_id = nullptr;
    X509_NAME* issuer = nullptr;
    ASN1_INTEGER* serial = nullptr;
    CMS_SignerInfo_get0_signer_id(signer, &key_id, &issuer, &serial);
    if (!issuer) return "a subject key identifier";
    std::array<char, 300> text{};
    X509_NAME_oneline(issuer, text.data(), text.size());
    return fmt::format("the certificate with serial number {} of {}", serial ? ASN1_INTEGER_get(serial) : 0, text.data());
}

std::optional<Timestamp> signing_time(CMS_SignerInfo* signer) {
    auto* const object = OBJ_nid2obj(NID_pkcs9_signingTime);
    auto const* time = static_cast<ASN1_TIME const*>(CMS_signed_get0_data_by_OBJ(signer, object, -3, V_ASN1_UTCTIME));
    if (!time) time = static_cast<ASN1_TIME const*>(CMS_signed_get0_data_by_OBJ(signer, object, -3, V_ASN1_GENERALIZEDTIME));
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    using namespace std::chrono;
    return sys_days(year(parts.tm_year + 1900) / (parts.tm_mon + 1) / parts.tm_mday) + hours(parts.tm_hour) +
           minutes(parts.tm_min) + seconds(parts.tm_sec);
}

bool is_pss(X509_ALGOR const* algorithm) {
    ASN1_OBJECT const* object = nullptr;
    X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
    return oid_of(object) == oid::rsa_pss;
}

bool verify_with(EVP_PKEY* key, ASN1_OCTET_STRING const* signature, Digest digest, std::string_view digest_bytes, EVP_MD const* pss_mask) {
    Owned<evp_pkey_ctx_st> const context(EVP_PKEY_CTX_new(key, nullptr));
    auto const set_padding = [&] {
        if (!EVP_PKEY_is_a(key, "RSA")) return true;
        return pss_mask ? EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
                              EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_AUTO) == 1 &&
                              EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), pss_mask) == 1
                        : EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1;
    };
    bool const good = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                      EVP_PKEY_CTX_set_signature_md(context.get(), native(digest)) == 1 && set_padding() &&
                      EVP_PKEY_verify(context.get(), ASN1_STRING_get0_data(signature), static_cast<std::size_t>(ASN1_STRING_length(signature)),
                                      reinterpret_cast<unsigned char const*>(digest_bytes.data()), digest_bytes.size()) == 1;
    (void)openssl_reason();
    return good;
}

/// RSA over a digest, with the padding that the signature names. Of PSS some peers leave the parameters out although they do not
/// mean the defaults (SHA-1, a salt of 20): the digest is the signer's, the salt as found, the mask by that digest or SHA-1.
bool verify_digest(CMS_SignerInfo* signer, EVP_PKEY* key, Digest digest, std::string_view digest_bytes) {
    X509_ALGOR *digest_algorithm = nullptr, *signature_algorithm = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest_algorithm, &signature_algorithm);
    auto const* const signature = CMS_SignerInfo_get0_signature(signer);
    if (!is_pss(signature_algorithm)) return verify_with(key, signature, digest, digest_bytes, nullptr);
    return verify_with(key, signature, digest, digest_bytes, native(digest)) || verify_with(key, signature, digest, digest_bytes, EVP_sha1());
}

/// The attributes in DER with the tag of a SET: what the signature is over (RFC 5652 5.4). In the order of DER, or as they stand:
/// some signers sign what they wrote.
enum class AttributeOrder { as_written, sorted };
std::string attribute_bytes(CMS_SignerInfo* signer, AttributeOrder order) {
    std::vector<std::string> attributes;
    for (int i = 0; i < CMS_signed_get_attr_count(signer); ++i) {
        unsigned char* bytes = nullptr;
        auto const size = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(signer, i), &bytes);
        if (size > 0) attributes.emplace_back(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size));
        OPENSSL_free(bytes);
    }
    if (order == AttributeOrder::sorted) return der_set_of(tag::set, std::move(attributes));
    std::string in_order;
    for (auto const& one : attributes)
        in_order += one;
    return der(tag::set, in_order);
}

/// One signer of a SignedData held against the partner's certificates.
class SignerCheck {
public:
    SignerCheck(CMS_SignerInfo* signer, Content const& content, std::map<Digest, std::string>& digests)
        : signer_(signer), content_(content), digests_(digests), has_attributes_(CMS_signed_get_attr_count(signer) > 0) {
        digest_ = digest_of_signer(signer, digest_name_, digest_known_);
    }

    /// The pinned certificate whose key made it; nullptr when none did.
    Result<Certificate const*> find(std::vector<Certificate> const& partner) {
        if (!digest_known_) return nullptr;
        auto const candidates = signed_digests();
        if (!candidates) return unexpected(candidates.error());
        for (bool const named : {true, false}) // those that it names first
            for (auto const& certificate : partner)
                if ((CMS_SignerInfo_cert_cmp(signer_, certificate.native()) == 0) == named && fits(certificate, *candidates))
                    return &certificate;
        return nullptr;
    }
    /// With attributes the signature is good for them, and they say what the content's digest was.
    Result<bool> content_is_signed() {
        if (!has_attributes_) return true; // the signature itself was over it
        auto const* const stated = static_cast<ASN1_OCTET_STRING const*>(
            CMS_signed_get0_data_by_OBJ(signer_, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING));
        auto const found = content_digest();
        if (!found) return unexpected(found.error());
        return stated && std::string_view(reinterpret_cast<char const*>(ASN1_STRING_get0_data(stated)),
                                          static_cast<std::size_t>(ASN1_STRING_length(stated))) == *found;
    }
    [[nodiscard]] Result<std::string> content_digest() {
        auto& known = digests_[digest_];
        if (known.empty()) {
            auto made = digest_of(content_, digest_);
            if (!made) return unexpected(made.error());
            known = std::move(*made);
        }
        return known;
    }
    [[nodiscard]] Digest digest() const { return digest_; }
    [[nodiscard]] bool digest_is_known() const { return digest_known_; }
    [[nodiscard]] std::string const& digest_name() const { return digest_name_; }
    [[nodiscard]] bool has_attributes() const { return has_attributes_; }

private:
    Result<std::vector<std::string>> signed_digests() {
        if (!has_attributes_) {
            auto const digest = content_digest();
            if (!digest) return unexpected(digest.error());
            return std::vector{*digest};
        }
        std::vector<std::string> made;
        for (auto const order : {AttributeOrder::as_written, AttributeOrder::sorted}) {
            Hasher hasher(digest_);
            hasher.add(attribute_bytes(signer_, order));
            if (auto digest = hasher.finish(); made.empty() || made.front() != digest) made.push_back(std::move(digest));
        }
        return made;
    }
    bool fits(Certificate const& certificate, std::vector<std::string> const& candidates) const {
        auto* const key = X509_get0_pubkey(certificate.native());
        return key && std::ranges::any_of(candidates, [&](auto const& digest) { return verify_digest(signer_, key, digest_, digest); });
    }
    CMS_SignerInfo* signer_;
    Content const& content_;
    std::map<Digest, std::string>& digests_;
    bool has_attributes_, digest_known_ = false;
    Digest digest_{};
    std::string digest_name_;
};

Outcome<VerifiedSignature> judge(SignerCheck& check, CMS_SignerInfo* signer, Certificate const& certificate, SignaturePolicy const& policy) {
    auto const same = check.content_is_signed();
    if (!same) return fault(FaultKind::local, same.error());
    if (!*same)
        return fault(FaultKind::integrity_check_failed,
                     fmt::format("{} signed other bytes than these: the content was changed on its way", certificate.label()));
    if (check.digest() == Digest::sha1 && !policy.accepts_sha1)
        return fault(FaultKind::insufficient_message_security, "the signature uses SHA-1, which is not agreed with this partner");
    if (certificate.is_rsa() && certificate.key_bits() < policy.least_rsa_bits)
        return fault(FaultKind::insufficient_message_security,
                     fmt::format("the key of {} has {} bits; at least {} are required", certificate.label(), certificate.key_bits(), policy.least_rsa_bits));
    auto content_digest = check.content_digest();
    if (!content_digest) return fault(FaultKind::local, content_digest.error());
    return VerifiedSignature{certificate, check.digest(), std::move(*content_digest), signing_time(signer)};
}

/// The certificates that came with a signature, and which of them made it and is the partner's by its issuer.
class CertificatesInside {
public:
    CertificatesInside(STACK_OF(X509)* stack) {
        constexpr int most = 100;
        for (int i = 0; i < std::min(sk_X509_num(stack), most); ++i)
            all_.push_back(Certificate::share(sk_X509_value(stack, i)));
    }
    /// nullptr: none; `refusal` says why, when there was one.
    Result<Certificate const*> find(SignerCheck& check, SignaturePolicy const& policy, std::string& refusal) const {
        if (!policy.authorities) return nullptr;
        auto const made = check.find(all_);
        if (!made || !*made) return made;
        auto const refused = policy.authorities->refusal(**made, all_, policy.now);
        if (refused) refusal = *refused;
        return refused ? nullptr : *made;
    }

private:
    std::vector<Certificate> all_;
};

std::string labels(std::vector<Certificate> const& certificates) {
    std::vector<std::string> texts;
    for (auto const& one : certificates)
        texts.push_back(one.label());
    return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, "; "));
}

struct FreeCertificates {
    void operator()(STACK_OF(X509)* stack) const { sk_X509_pop_free(stack, X509_free); }
};

} // namespace

Result<std::string> sign(std::string_view digest_bytes, Digest digest, Identity const& signer, Timestamp now) {
    auto const attributes = der_set_of(tag::set, {attribute(oid::content_type, der_oid(oid::data)),
                                                  attribute(oid::signing_time, signing_time_value(now)),
                                                  attribute(oid::message_digest, der(tag::octet_string, digest_bytes))});
    auto const signature = sign_bytes(attributes, digest, signer.key);
    if (!signature) return unexpected(signature.error());
    auto implicit_attributes = attributes; // signed as a SET, written as [0]
    implicit_attributes[0] = static_cast<char>(tag::context_constructed(0));
    auto const digest_algorithm = algorithm(oid::of(digest)); // without parameters: RFC 5754 2
    auto const signer_info =
        der(tag::sequence, der_integer(1) + issuer_and_serial(signer.certificate) + digest_algorithm + implicit_attributes +
                               algorithm(oid::rsa, der(tag::null, "")) + der(tag::octet_string, *signature));
    auto const signed_data = der(tag::sequence, der_integer(1) + der(tag::set, digest_algorithm) +
                                                    der(tag::sequence, der_oid(oid::data)) +
                                                    der(tag::context_constructed(0), signer.certificate.der()) + der(tag::set, signer_info));
    return content_info_head(oid::signed_data, signed_data.size()) + signed_data;
}

Outcome<VerifiedSignature> verify(Content const& signature, Content const& content, SignaturePolicy const& policy) {
    auto const bytes = signature.text(limits::signature_bytes);
    if (!bytes) return fault(FaultKind::authentication_failed, Error{bytes.error().kind, "the signature cannot be read: " + bytes.error().message});
    auto const* at = reinterpret_cast<unsigned char const*>(bytes->data());
    Owned<CMS_ContentInfo_st> const cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(bytes->size())));
    if (auto const reason = openssl_reason(); !cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed)
        return fault(FaultKind::authentication_failed, fmt::format("the signature is no CMS SignedData ({})", reason.empty() ? "another type" : reason));
    auto* const signers = CMS_get0_SignerInfos(cms.get());
    if (sk_CMS_SignerInfo_num(signers) < 1) return fault(FaultKind::authentication_failed, "the SignedData has no signer");
    std::unique_ptr<STACK_OF(X509), FreeCertificates> const inside(CMS_get1_certs(cms.get()));

    CertificatesInside const came_with(inside.get());
    std::map<Digest, std::string> digests;
    std::vector<std::string> claimed, not_taken;
    constexpr int most_signers = 20;
    for (int i = 0; i < std::min(sk_CMS_SignerInfo_num(signers), most_signers); ++i) {
        auto* const signer = sk_CMS_SignerInfo_value(signers, i);
        SignerCheck check(signer, content, digests);
        auto const found = check.find(policy.partner);
        if (!found) return fault(FaultKind::local, found.error());
        if (*found) return judge(check, signer, **found, policy);
        std::string refusal;
        auto const issued = came_with.find(check, policy, refusal);
        if (!issued) return fault(FaultKind::local, issued.error());
        if (*issued) {
            auto verified = judge(check, signer, **issued, policy);
            if (verified) verified->by_authority = true;
            return verified;
        }
        auto const by_name = std::ranges::find_if(policy.partner, [&](auto const& one) { return CMS_SignerInfo_cert_cmp(signer, one.native()) == 0; });
        if (!check.digest_is_known())
            return fault(FaultKind::insufficient_message_security,
                         fmt::format("the signature uses the digest {}; SHA-256, SHA-384 and SHA-512 are asked for, SHA-224 and SHA-3 are taken", check.digest_name()));
        // Without attributes a changed content and a foreign key look alike; the name decides.
        if (by_name != policy.partner.end())
            return fault(check.has_attributes() ? FaultKind::authentication_failed : FaultKind::integrity_check_failed,
                         fmt::format("the signature is not good for the key of {}, which it names: {}", by_name->label(),
                                     check.has_attributes() ? "another key made it, or it was changed" : "the content or the signature was changed"));
        for (auto const& [certificate, reason] : policy.not_taken)
            if (CMS_SignerInfo_cert_cmp(signer, certificate.native()) == 0) not_taken.push_back(fmt::format("{}: {}", certificate.label(), reason));
        claimed.push_back(claimed_signer(signer, inside.get()) + (refusal.empty() ? "" : fmt::format(", which the authorities do not vouch for: {}", refusal)));
    }
    if (!not_taken.empty())
        return fault(FaultKind::authentication_failed,
                     fmt::format("the signature names a certificate of the partner's that is not taken: {}; taken are: {}", fmt::join(not_taken, "; "), labels(policy.partner)));
    return fault(FaultKind::authentication_failed,
                 fmt::format("signed by {}, which is not the partner's; known for the partner: {}", fmt::join(claimed, "; "), labels(policy.partner)));
}

Outcome<OpaqueSigned> open_signed(Content const& message, SpoolSettings const& spool) {
    auto const failed = [](Error error) {
        error.message = "the SignedData cannot be used: " + error.message;
        return fault(FaultKind::authentication_failed, std::move(error));
    };
    BerCursor cursor(message);
    OpaqueSigned opened;
    std::string before, after;
    auto const read = [&]() -> Result<void> {
        auto const type = enter_content_info(cursor);
        if (!type) return unexpected(type.error());
        if (*type != oid::signed_data) return permanent(fmt::format("its type is {}", *type));
        if (auto done = cursor.enter(tag::sequence, "SignedData"); !done) return done;
        for (auto const identifier : {tag::integer, tag::set}) { // version, digest algorithms
            auto const piece = cursor.take(identifier, "the beginning of SignedData", limits::signature_bytes);
            if (!piece) return unexpected(piece.error());
            before += *piece;
        }
        if (auto done = cursor.enter(tag::sequence, "what was signed"); !done) return done;
        auto const inner = cursor.take(tag::oid, "the type of what was signed", 64);
        if (!inner) return unexpected(inner.error());
        before += der(tag::sequence, *inner);
        auto const is_detached = cursor.at_end();
        if (!is_detached) return unexpected(is_detached.error());
        if (*is_detached) return permanent("it holds no content");
        if (auto done = cursor.enter(tag::context_constructed(0), "the content"); !done) return done;
        auto content = cursor.take_octets(tag::octet_string, "the content", spool);
        if (!content) return unexpected(content.error());
        opened.content = std::move(*content);
        for (int i = 0; i < 2; ++i)
            if (auto done = cursor.leave(); !done) return done;
        for (;;) {
            auto const ended = cursor.at_end();
            if (!ended) return unexpected(ended.error());
            if (*ended) return {};
            auto const next = cursor.peek();
            if (!next) return unexpected(next.error());
            auto const piece = cursor.take(next->identifier, "the end of SignedData", limits::signature_bytes);
            if (!piece) return unexpected(piece.error());
            after += *piece;
            if (after.size() > limits::signature_bytes) return permanent("its signatures and certificates are too long");
        }
    };
    if (auto done = read(); !done) return failed(done.error());
    auto const signed_data = der(tag::sequence, before + after);
    opened.signature = Content(content_info_head(oid::signed_data, signed_data.size()) + signed_data);
    return opened;
}

} // namespace wharf::transport::as2
