// Bytes that come a few at a time and only once, as from a pipe.
#pragma once

#include "base/byte_source.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace wharf::test {

class DrippingSource final : public ByteSource {
public:
    /// `bytes` must outlive it.
    DrippingSource(std::string_view bytes, std::size_t portion) : rest_(bytes), portion_(portion) {}
    Result<std::size_t> read(char* to, std::size_t most) override {
        auto const count = rest_.copy(to, std::min(most, portion_));
        rest_.remove_prefix(count);
        return count;
    }

private:
    std::string_view rest_;
    std::size_t portion_;
};

} // namespace wharf::test
