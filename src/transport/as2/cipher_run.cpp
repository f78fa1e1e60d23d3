#include "transport/as2/cipher_run.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace wharf::transport::as2 {

Secret::~Secret() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

bool fill_random(std::string& bytes) { return RAND_bytes(bytes_of(bytes), static_cast<int>(bytes.size())) == 1; }

std::size_t key_size(Cipher cipher) { return static_cast<std::size_t>(EVP_CIPHER_get_key_length(native(cipher))); }
std::size_t iv_size(Cipher cipher) {
    return is_authenticated(cipher) ? gcm_nonce_bytes : static_cast<std::size_t>(EVP_CIPHER_get_iv_length(native(cipher)));
}

CipherRun::CipherRun(Cipher cipher, SpoolSettings const& spool) : context_(EVP_CIPHER_CTX_new()), cipher_(cipher), spool_(spool) {}

bool CipherRun::begin(bool encrypts, std::string_view key, std::string_view iv, std::string_view additional) {
    int ignored = 0;
    return EVP_CipherInit_ex(context_.get(), native(cipher_), nullptr, nullptr, nullptr, encrypts ? 1 : 0) == 1 &&
           (!is_authenticated(cipher_) ||
            EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(iv.size()), nullptr) == 1) &&
           EVP_CipherInit_ex(context_.get(), nullptr, nullptr, bytes_of(key), bytes_of(iv), encrypts ? 1 : 0) == 1 &&
           (additional.empty() || EVP_CipherUpdate(context_.get(), nullptr, &ignored, bytes_of(additional), static_cast<int>(additional.size())) == 1);
}

Result<void> CipherRun::take(std::string_view block) {
    buffer_.resize(block.size() + EVP_MAX_BLOCK_LENGTH);
    int made = 0;
    if (EVP_CipherUpdate(context_.get(), bytes_of(buffer_), &made, bytes_of(block), static_cast<int>(block.size())) != 1)
        return permanent("the cipher refuses the bytes");
    return spool_.append(std::string_view(buffer_).substr(0, static_cast<std::size_t>(made)));
}

Result<bool> CipherRun::end() {
    buffer_.resize(EVP_MAX_BLOCK_LENGTH);
    int made = 0;
    if (EVP_CipherFinal_ex(context_.get(), bytes_of(buffer_), &made) != 1) return false;
    if (auto added = spool_.append(std::string_view(buffer_).substr(0, static_cast<std::size_t>(made))); !added)
        return unexpected(added.error());
    return true;
}

bool CipherRun::set_tag(std::string tag) {
    return EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1;
}

std::string CipherRun::made_tag() {
    std::string tag(gcm_tag_bytes, '\0');
    EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data());
    return tag;
}

} // namespace wharf::transport::as2
