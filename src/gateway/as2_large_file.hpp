// A file that came over AS2 and was too large to be processed then: a dead letter whose bytes lie in the vault.
#pragma once

#include "gateway/context.hpp"

#include <string>

namespace wharf::gateway {

/// Gives the transfer its bytes, where they are not too many any more. `copy`: their name in the vault, to be dropped after the commit.
/// `invalid` when the limit is still too low, or the bytes are gone.
[[nodiscard]] Result<void> take_large_file(Context const& context, store::Transaction& transaction, store::Transfer const& transfer, std::string& copy);

} // namespace wharf::gateway
