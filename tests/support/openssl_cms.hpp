// CMS structures made by OpenSSL's own CMS, in the forms that peers send: what ours must read.
#pragma once

#include "transport/as2/certificate.hpp"

#include <functional>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace wharf::testing_support {

inline std::string bio_text(BIO* bio) {
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

/// BER with indefinite lengths and octet strings in pieces, or DER.
enum class Form { streamed, der };

inline std::string encoded(CMS_ContentInfo* cms, std::string_view content, Form form, unsigned flags) {
    BIO* const in = BIO_new_mem_buf(content.data(), static_cast<int>(content.size()));
    BIO* const out = BIO_new(BIO_s_mem());
    bool good = false;
    if (form == Form::streamed && (flags & CMS_DETACHED) == 0) {
        good = i2d_CMS_bio_stream(out, cms, in, static_cast<int>(flags | CMS_STREAM)) == 1;
    } else {
        good = CMS_final(cms, in, nullptr, flags) == 1 && i2d_CMS_bio(out, cms) == 1;
    }
    auto text = bio_text(out);
    BIO_free(in);
    BIO_free(out);
    CMS_ContentInfo_free(cms);
    if (!good) throw std::runtime_error(std::string("OpenSSL cannot write a CMS structure: ") + ERR_error_string(ERR_peek_error(), nullptr));
    return text;
}

struct OpensslSigning {
    unsigned flags = CMS_DETACHED; // CMS_NOATTR, CMS_NOCERTS, CMS_USE_KEYID; without CMS_DETACHED the content is inside
    bool pss = false;
    EVP_MD const* digest = EVP_sha256();
    Form form = Form::der;
};

inline std::string openssl_sign(std::string_view content, transport::as2::Identity const& signer, OpensslSigning const& options = {}) {
    unsigned const flags = options.flags | CMS_BINARY | CMS_PARTIAL;
    CMS_ContentInfo* const cms = CMS_sign(nullptr, nullptr, nullptr, nullptr, flags);
    auto* const info = CMS_add1_signer(cms, signer.certificate.native(), signer.key.native(), options.digest, flags | (options.pss ? CMS_KEY_PARAM : 0));
    if (!info) throw std::runtime_error("OpenSSL cannot add a signer");
    if (options.pss) EVP_PKEY_CTX_set_rsa_padding(CMS_SignerInfo_get0_pkey_ctx(info), RSA_PKCS1_PSS_PADDING);
    return encoded(cms, content, options.form, flags & ~static_cast<unsigned>(CMS_PARTIAL));
}

struct OpensslEncryption {
    unsigned flags = 0; // CMS_USE_KEYID
    EVP_CIPHER const* cipher = EVP_aes_128_cbc();
    EVP_MD const* oaep = nullptr;
    Form form = Form::streamed;
};

inline std::string openssl_encrypt(std::string_view content, std::vector<transport::as2::Certificate> const& recipients,
                                   OpensslEncryption const& options = {}) {
    unsigned const flags = options.flags | CMS_BINARY | CMS_PARTIAL | CMS_STREAM;
    CMS_ContentInfo* const cms = CMS_encrypt(nullptr, nullptr, options.cipher, flags);
    for (auto const& one : recipients) {
        auto* const info = CMS_add1_recipient_cert(cms, one.native(), options.flags | (options.oaep ? CMS_KEY_PARAM : 0));
        if (!info) throw std::runtime_error("OpenSSL cannot add a recipient");
        if (!options.oaep) continue;
        auto* const context = CMS_RecipientInfo_get0_pkey_ctx(info);
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
        EVP_PKEY_CTX_set_rsa_oaep_md(context, options.oaep);
    }
    return encoded(cms, content, options.form, CMS_BINARY);
}

/// The same with the algorithms of the signature or of the recipients' keys without parameters.
inline std::string without_parameters(std::string const& der) {
    auto const* at = reinterpret_cast<unsigned char const*>(der.data());
    CMS_ContentInfo* const cms = d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size()));
    if (!cms) throw std::runtime_error("no CMS structure");
    auto const strip = [](X509_ALGOR* algorithm) {
        ASN1_OBJECT const* object = nullptr;
        X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
        X509_ALGOR_set0(algorithm, OBJ_nid2obj(OBJ_obj2nid(object)), V_ASN1_UNDEF, nullptr);
    };
    auto* const signers = CMS_get0_SignerInfos(cms);
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); ++i) {
        X509_ALGOR* algorithm = nullptr;
        CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, i), nullptr, nullptr, nullptr, &algorithm);
        strip(algorithm);
    }
    auto* const recipients = CMS_get0_RecipientInfos(cms);
    for (int i = 0; i < sk_CMS_RecipientInfo_num(recipients); ++i) {
        X509_ALGOR* algorithm = nullptr;
        CMS_RecipientInfo_ktri_get0_algs(sk_CMS_RecipientInfo_value(recipients, i), nullptr, nullptr, &algorithm);
        strip(algorithm);
    }
    BIO* const out = BIO_new(BIO_s_mem());
    bool const good = i2d_CMS_bio(out, cms) == 1;
    auto text = bio_text(out);
    BIO_free(out);
    CMS_ContentInfo_free(cms);
    if (!good) throw std::runtime_error("OpenSSL cannot write a CMS structure");
    return text;
}

} // namespace wharf::testing_support
