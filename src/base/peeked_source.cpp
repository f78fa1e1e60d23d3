#include "base/peeked_source.hpp"

#include <fmt/format.h>

namespace wharf {
namespace {

constexpr std::size_t first_step = 64 << 10;

} // namespace

Result<std::string_view> PeekedSource::peek(std::size_t least) {
    while (head_.size() < least) {
        auto const had = head_.size();
        head_.resize(least);
        auto const got = source_->read(head_.data() + had, least - had);
        head_.resize(had + got.value_or(0));
        if (!got) return std::unexpected(got.error());
        if (*got == 0) break;
    }
    return std::string_view(head_);
}

Result<std::size_t> PeekedSource::read(char* to, std::size_t most) {
    if (given_ == head_.size()) return source_->read(to, most);
    auto const count = head_.copy(to, most, given_);
    given_ += count;
    if (given_ == head_.size()) head_.clear(), given_ = 0;
    return count;
}

Result<std::string> read_all(ByteSource& source, std::uint64_t limit) {
    std::string text(first_step, '\0');
    std::size_t size = 0;
    for (;;) {
        auto const got = source.read(text.data() + size, text.size() - size);
        if (!got) return std::unexpected(got.error());
        if (*got == 0) break;
        size += *got;
        if (size > limit) return invalid(fmt::format("it has more than {} bytes", limit));
        if (size == text.size()) text.resize(2 * size);
    }
    text.resize(size);
    return text;
}

} // namespace wharf
