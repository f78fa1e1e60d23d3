// AS2 messages without HTTP: payloads wrapped into signed, compressed and encrypted entities, and taken out of them; with the MIC
// that belongs to each combination.
//
// | what was sent                         | the MIC is the digest of                                              |
// |---------------------------------------|-----------------------------------------------------------------------|
// | signed, whatever else                 | exactly the signed bytes, head included: the compressed part where    |
// |                                       | compression came first (RFC 5402 4.1, RFC 4130bis)                    |
// | encrypted, not signed                 | the decrypted and decompressed entity, head included (RFC 5402 4.2)   |
// | compressed alone                      | the decompressed entity, head included (RFC 5402 4.3)                 |
// | plain                                 | the content only                                                      |
//
// Nothing is ever serialised again to be digested: the digests are made of slices of what was sent or received. Contents of any
// size (content.hpp). No clock, no network, no randomness but the system's for keys; `unique` makes boundaries. Thread-safe.
#pragma once

#include "transport/as2/cms.hpp"
#include "transport/as2/mdn.hpp"
#include "transport/as2/mime.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wharf::transport::as2 {

/// One file. Several of them become a multipart/related.
struct Payload {
    std::string content_type = "application/octet-stream"; // application/edi-x12
    std::string file_name;                                 // empty: none is told
    Content content;
    std::string stated_name = {};                          // in: the name as the sender wrote it, safe or not
};

/// A head and a body as they go over HTTP: `fields` holds Content-Type, Content-Disposition and Content-Transfer-Encoding.
struct Entity {
    Fields fields;
    Content whole; // head and body in the bytes they came or go in; empty for what HTTP itself carried
    Content body;
};

// --- Out --------------------------------------------------------------------------------------------------------------

enum class Compression { none, before_signing, after_signing };

struct PackSettings {
    std::optional<Identity> signer;          // absent: not signed
    std::vector<Certificate> recipients;     // empty: not encrypted; several while the partner changes keys
    Compression compression = Compression::none; // without a signature both mean the same
    Digest digest = Digest::sha256;          // of the signature and the MIC
    MicSpelling spelling = MicSpelling::plain;
    Cipher cipher = Cipher::aes256_cbc;
    GcmForm gcm_form = GcmForm::auth_enveloped; // others for partners who read nothing else
    TransferEncoding payload_encoding = TransferEncoding::binary; // base64 for partners who cannot take binary inside
    SpoolSettings spool;
};
struct Packed {
    Entity entity;
    std::string mic;    // bytes of the digest
    Digest mic_digest;
    Content mic_source; // what was digested; with `signature` the evidence of what we signed
    Content signature;  // detached, DER; empty when not signed
};
[[nodiscard]] Result<Packed> pack(std::vector<Payload> const& payloads, PackSettings const& settings, std::string_view unique, Timestamp now);

struct ReceiptSettings {
    std::optional<Identity> signer; // absent: not signed
    Digest digest = Digest::sha256; // of the signature
    MicSpelling spelling = MicSpelling::plain;
};
[[nodiscard]] Result<Packed> pack_receipt(Receipt const& receipt, ReceiptSettings const& settings, std::string_view unique, Timestamp now);

// --- In ---------------------------------------------------------------------------------------------------------------

struct UnpackSettings {
    std::vector<Identity> keys; // ours, old and new
    SignaturePolicy signature;
    bool requires_signature = true;
    bool requires_encryption = true;
    bool accepts_3des = false;
    EnvelopedGcm enveloped_gcm = EnvelopedGcm::refused;
    SpoolSettings spool; // `most_bytes` bounds what decryption and decompression may make
};
struct Unpacked {
    std::optional<Fault> fault;      // absent: all is as it should be; the rest holds what was found until then
    std::optional<Cipher> cipher;    // was encrypted
    bool is_compressed = false;
    bool is_signed = false;          // claimed to be
    std::optional<VerifiedSignature> signature; // verified
    Content signed_bytes, signature_bytes;      // the evidence, also of a signature that did not hold
    Entity entity;                   // innermost: the payload, a multipart of payloads, or a receipt
    Content mic_source;
    [[nodiscard]] Digest mic_digest(std::optional<Digest> asked) const; // else the signature's, else SHA-256
};
/// `outer` is what HTTP carried. Layers in any order, each kind once. What CMS is inside is found by looking, not by the declared
/// type alone, so that no ciphertext is ever taken for a payload.
[[nodiscard]] Unpacked unpack(Entity const& outer, UnpackSettings const& settings);

/// The files of an entity that unpack() gave: the parts of a multipart/related or /mixed, else the one; transfer encodings undone,
/// names made safe. Fault: unexpected_processing_error.
[[nodiscard]] Outcome<std::vector<Payload>> payloads_of(Entity const& entity, SpoolSettings const& spool);

} // namespace wharf::transport::as2
