// A file that came over AS2 and was too large to be processed then: a dead letter whose bytes lie in the vault.
#pragma once

#include "gateway/context.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wharf::gateway {

struct LargeFile {
    std::string name; // in the vault: to be dropped after the commit of take_large_file()
    std::string bytes, sha256;
};
/// Before the transaction, so that nobody waits for the disk; nothing where this id is of no such transfer. `invalid` when the limit is
/// still too low, or the bytes are gone.
[[nodiscard]] Result<std::optional<LargeFile>> read_large_file(Context const& context, std::string_view transfer_id);
/// Gives the transfer its bytes.
[[nodiscard]] Result<void> take_large_file(store::Transaction& transaction, store::Transfer const& transfer, LargeFile const& file);

} // namespace wharf::gateway
