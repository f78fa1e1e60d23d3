// A byte source whose beginning can be looked at before it is read: what a file holds decides who reads it.
#pragma once

#include "base/byte_source.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace wharf {

class PeekedSource final : public ByteSource {
public:
    /// `head` is what was read of `source` already.
    explicit PeekedSource(std::unique_ptr<ByteSource> source, std::string head = {})
        : source_(std::move(source)), head_(std::move(head)) {}

    /// The first bytes, at least `least` of them unless the source ends before; they are read again by read(). The view
    /// is valid until the first read().
    [[nodiscard]] Result<std::string_view> peek(std::size_t least);
    [[nodiscard]] Result<std::size_t> read(char* to, std::size_t most) override;

private:
    std::unique_ptr<ByteSource> source_;
    std::string head_;
    std::size_t given_ = 0; // of head_, by read()
};

/// All that is left of a source. Fails with `invalid` when that is more than `limit` bytes, and as the medium does.
[[nodiscard]] Result<std::string> read_all(ByteSource& source, std::uint64_t limit);

} // namespace wharf
