// The Cryptographic Message Syntax as AS2 uses it (RFC 5652, 5083, 5084, 3274, 3560, 4056, 5754): signatures beside or around
// contents, enveloped, authenticated-enveloped and compressed data, each in a ContentInfo.
//
// Contents of any size pass through in blocks: reading and writing take well under a megabyte, beside what the spools put on
// disk. What is written is DER with known lengths; what is read may be BER of any form (ber.hpp). OpenSSL stays inside: it does
// RSA, AES, SHA and the attributes of signatures; the structures around contents are ours (docs/adr/0013-cms-over-contents.md).
//
// Thread-safe. Faults carry the disposition they lead to (fault.hpp).
#pragma once

#include "transport/as2/algorithms.hpp"
#include "transport/as2/authorities.hpp"
#include "transport/as2/certificate.hpp"
#include "transport/as2/fault.hpp"
#include "transport/content.hpp"

#include <optional>
#include <vector>

namespace wharf::transport::as2 {

namespace limits {
inline constexpr std::uint64_t signature_bytes = 1u << 20;  // a SignedData without its content: certificates and signatures
inline constexpr std::size_t recipients = 1000;             // of one enveloped message
inline constexpr std::uint64_t expansion = 200;             // what compressed data may become, times its size …
inline constexpr std::uint64_t expansion_free = 16u << 20;  // … beyond so many bytes
} // namespace limits

enum class CmsType { enveloped, authenticated_enveloped, signed_data, compressed };
/// What a ContentInfo says it is; nothing when the bytes are none. Reads the first bytes only.
[[nodiscard]] std::optional<CmsType> cms_type(Content const& content);

// --- Signatures -------------------------------------------------------------------------------------------------------

/// A detached signature with RSA PKCS#1 v1.5 over signed attributes (content type, signing time, digest); the certificate is
/// inside. `digest_bytes` is the digest of the content by `digest`. Fails when the key cannot sign.
[[nodiscard]] Result<std::string> sign(std::string_view digest_bytes, Digest digest, Identity const& signer, Timestamp now);

/// A certificate of the partner's that may not have signed, and why: for the words of a refusal.
struct NotTaken {
    Certificate certificate;
    std::string reason; // "it ended on 2026-01-31"
};
struct SignaturePolicy {
    std::vector<Certificate> partner; // pinned; any of them may have signed, so that old and new overlap
    bool accepts_sha1 = false;
    unsigned least_rsa_bits = 2048;
    std::shared_ptr<Authorities const> authorities; // who issued the certificate inside, when no pinned one signed; nullptr: pins alone
    Timestamp now{};                  // for what authorities issued
    std::vector<NotTaken> not_taken{};
};
struct VerifiedSignature {
    Certificate signer; // the pinned one, or the one inside that the authorities vouch for
    Digest digest;
    std::string content_digest; // of the content, by `digest`
    std::optional<Timestamp> signing_time; // as the signer says
    bool by_authority = false;
};
/// Checks a detached signature over `content`. PKCS#1 v1.5 and PSS; with or without signed attributes and certificates inside;
/// several signers: one of them must be the partner. The partner is known by the key: a pinned certificate that the signature
/// names, or any whose key made it (a certificate renewed for the same key); else by a certificate inside that made it and that the
/// authorities vouch for (authorities.hpp).
/// Faults: authentication_failed (nobody pinned made it; the message names who says he did), integrity_check_failed (the
/// partner signed other bytes), insufficient_message_security (SHA-1, MD5, a short key).
[[nodiscard]] Outcome<VerifiedSignature> verify(Content const& signature, Content const& content, SignaturePolicy const& policy);

/// A SignedData with its content inside (smime-type=signed-data): the content and the signature without it.
struct OpaqueSigned {
    Content content, signature;
};
[[nodiscard]] Outcome<OpaqueSigned> open_signed(Content const& message, SpoolSettings const& spool);

// --- Encryption -------------------------------------------------------------------------------------------------------

/// The structure around what was encrypted with GCM. RFC 5084 has AuthEnvelopedData for it; some products know only EnvelopedData,
/// with the tag behind the ciphertext, and with the nonce and the tag's length as parameters or the nonce alone.
enum class GcmForm { auth_enveloped, enveloped, enveloped_nonce };
/// EnvelopedData, or AuthEnvelopedData for GCM, with the key wrapped by RSA PKCS#1 v1.5 for each recipient (issuer and serial
/// number). Random bytes are the system's.
[[nodiscard]] Result<Content> encrypt(Content const& plain, Cipher cipher, std::vector<Certificate> const& recipients,
                                      SpoolSettings const& spool, GcmForm gcm_form = GcmForm::auth_enveloped);

enum class EnvelopedGcm { refused, accepted };

struct Decrypted {
    Content plain;
    Cipher cipher;
    Certificate recipient; // ours, for which it was encrypted
};
/// With any of our keys: by issuer and serial number or by subject key identifier, RSA PKCS#1 v1.5 or OAEP. A key that does not
/// unwrap is treated as one that unwrapped to another content key, so that answers tell nobody which it was (RFC 3218); a GCM
/// tag is checked before the plain bytes are given to anybody. GCM in EnvelopedData, whose tag nothing there speaks of, is read
/// where that is `accepted`.
/// Fault: decryption_failed.
///
/// With CBC nobody but a signature inside vouches for what comes out. A changed message may come out as something: the caller who
/// finds it useless says so in the words of not_opened(), so that the texts at least do not tell a changed block from changed padding.
[[nodiscard]] Outcome<Decrypted> decrypt(Content const& message, std::vector<Identity> const& keys, SpoolSettings const& spool,
                                         EnvelopedGcm enveloped_gcm = EnvelopedGcm::refused);

/// "cannot be decrypted: the key of … does not open it, or it was changed on its way"
[[nodiscard]] std::string not_opened(Certificate const& recipient);

// --- Compression (RFC 3274, zlib) -------------------------------------------------------------------------------------

[[nodiscard]] Result<Content> compress(Content const& plain, SpoolSettings const& spool);
/// Fault: decompression_failed; what grows beyond `limits::expansion` or the spool's limit as well.
[[nodiscard]] Outcome<Content> decompress(Content const& message, SpoolSettings const& spool);

} // namespace wharf::transport::as2
