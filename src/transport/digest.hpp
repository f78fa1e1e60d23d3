// SHA-256 of bytes: what tells "the same bytes again" from "other bytes under the same number". OpenSSL stays inside.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace wharf::transport {

/// Lower-case hexadecimal, 64 characters (FIPS 180-4). Thread-safe.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// The same of bytes that come in pieces. One thread at a time.
class Sha256 {
public:
    Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    ~Sha256();
    void add(std::string_view bytes);
    /// Of all that was added; nothing may be added after it.
    [[nodiscard]] std::string finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::transport
