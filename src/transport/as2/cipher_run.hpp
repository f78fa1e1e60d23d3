// Bytes through a cipher of OpenSSL in blocks, and the keys for it: what encrypt.cpp and decrypt.cpp share. One thread each.
#pragma once

#include "transport/as2/algorithms.hpp"
#include "transport/as2/openssl.hpp"
#include "transport/content.hpp"

#include <string>
#include <string_view>

namespace wharf::transport::as2 {

inline constexpr std::size_t gcm_tag_bytes = 16, gcm_nonce_bytes = 12;

inline unsigned char const* bytes_of(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }
inline unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// A key that is wiped when it goes.
struct Secret {
    std::string bytes;
    explicit Secret(std::size_t size = 0) : bytes(size, '\0') {}
    Secret(Secret const&) = delete;
    Secret& operator=(Secret const&) = delete;
    Secret(Secret&&) = default;
    Secret& operator=(Secret&&) = default;
    ~Secret();
};

[[nodiscard]] bool fill_random(std::string& bytes);
[[nodiscard]] std::size_t key_size(Cipher cipher);
[[nodiscard]] std::size_t iv_size(Cipher cipher); // that we write

/// Bytes through a cipher, into a spool.
class CipherRun {
public:
    CipherRun(Cipher cipher, SpoolSettings const& spool);
    [[nodiscard]] bool begin(bool encrypts, std::string_view key, std::string_view iv, std::string_view additional);
    [[nodiscard]] Result<void> take(std::string_view block);
    /// False when the padding or the tag is wrong.
    [[nodiscard]] Result<bool> end();
    [[nodiscard]] bool set_tag(std::string tag); // before end()
    [[nodiscard]] std::string made_tag();        // after it
    [[nodiscard]] Result<Content> finish() { return spool_.finish(); }

private:
    Owned<evp_cipher_ctx_st> context_;
    Cipher cipher_;
    Spool spool_;
    std::string buffer_;
};

/// Keeps the last bytes of a stream back from what passes: the tag behind a ciphertext.
class TailKeeper {
public:
    explicit TailKeeper(std::size_t size) : size_(size) {}
    template <class Take> Result<void> pass(std::string_view block, Take&& take) {
        if (block.size() < size_) {
            tail_ += block;
            if (tail_.size() <= size_) return {};
            auto const over = tail_.size() - size_;
            auto done = take(std::string_view(tail_).substr(0, over));
            tail_.erase(0, over);
            return done;
        }
        if (!tail_.empty())
            if (auto done = take(std::string_view(tail_)); !done) return done;
        tail_ = block.substr(block.size() - size_);
        return block.size() == size_ ? Result<void>() : take(block.substr(0, block.size() - size_));
    }
    [[nodiscard]] std::string const& tail() const { return tail_; }

private:
    std::size_t size_;
    std::string tail_;
};

} // namespace wharf::transport::as2
