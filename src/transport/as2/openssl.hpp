// OpenSSL's types by name only, for the sources of this folder: no header of OpenSSL is included by ours.
#pragma once

#include "transport/as2/algorithms.hpp"

#include <memory>
#include <string>

struct x509_st;
struct evp_pkey_st;
struct evp_md_st;
struct evp_cipher_st;
struct evp_cipher_ctx_st;
struct evp_pkey_ctx_st;
struct X509_name_st;
struct CMS_ContentInfo_st;

namespace wharf::transport::as2 {

struct OpensslFree {
    void operator()(x509_st* certificate) const;
    void operator()(evp_pkey_st* key) const;
    void operator()(evp_cipher_ctx_st* context) const;
    void operator()(evp_pkey_ctx_st* context) const;
    void operator()(X509_name_st* name) const;
    void operator()(CMS_ContentInfo_st* structure) const;
};
template <class T> using Owned = std::unique_ptr<T, OpensslFree>;

[[nodiscard]] evp_md_st const* native(Digest digest);
[[nodiscard]] evp_cipher_st const* native(Cipher cipher);

/// What OpenSSL's queue of errors says last, and the queue emptied. "" when it is empty.
[[nodiscard]] std::string openssl_reason();

} // namespace wharf::transport::as2
