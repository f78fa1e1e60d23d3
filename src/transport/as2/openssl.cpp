#include "transport/as2/openssl.hpp"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace wharf::transport::as2 {

void OpensslFree::operator()(x509_st* certificate) const { X509_free(certificate); }
void OpensslFree::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }
void OpensslFree::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }
void OpensslFree::operator()(evp_pkey_ctx_st* context) const { EVP_PKEY_CTX_free(context); }
void OpensslFree::operator()(X509_name_st* name) const { X509_NAME_free(name); }
void OpensslFree::operator()(CMS_ContentInfo_st* structure) const { CMS_ContentInfo_free(structure); }

evp_md_st const* native(Digest digest) {
    switch (digest) {
    case Digest::sha1: return EVP_sha1();
    case Digest::sha256: return EVP_sha256();
    case Digest::sha384: return EVP_sha384();
    case Digest::sha512: return EVP_sha512();
    case Digest::sha224: return EVP_sha224();
    case Digest::sha3_224: return EVP_sha3_224();
    case Digest::sha3_256: return EVP_sha3_256();
    case Digest::sha3_384: return EVP_sha3_384();
    case Digest::sha3_512: return EVP_sha3_512();
    }
    return nullptr;
}

evp_cipher_st const* native(Cipher cipher) {
    switch (cipher) {
    case Cipher::des_ede3_cbc: return EVP_des_ede3_cbc();
    case Cipher::aes128_cbc: return EVP_aes_128_cbc();
    case Cipher::aes192_cbc: return EVP_aes_192_cbc();
    case Cipher::aes256_cbc: return EVP_aes_256_cbc();
    case Cipher::aes128_gcm: return EVP_aes_128_gcm();
    case Cipher::aes192_gcm: return EVP_aes_192_gcm();
    case Cipher::aes256_gcm: return EVP_aes_256_gcm();
    }
    return nullptr;
}

std::string openssl_reason() {
    auto const code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) return {};
    auto const* const reason = ERR_reason_error_string(code);
    return reason ? reason : "error " + std::to_string(code);
}

} // namespace wharf::transport::as2
