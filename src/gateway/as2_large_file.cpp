#include "gateway/as2_large_file.hpp"

#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {

Result<void> take_large_file(Context const& context, store::Transaction& transaction, store::Transfer const& transfer, std::string& copy) {
    auto const most = context.configuration.gateway.limits.message_bytes;
    if (transfer.size > most)
        return invalid(fmt::format("{} has {} bytes, and {} are processed here: raise limits.message_bytes of wharf.yaml first", transfer.file_name,
                                   transfer.size, most));
    auto const files = transaction.transfers_of_exchange(transfer.exchange_id);
    if (!files)
        return unexpected(files.error());
    auto const place = std::ranges::find(*files, transfer.id, &store::Transfer::id) - files->begin();
    auto const name = vault_name::payload_at(static_cast<std::size_t>(place) + 1);
    auto content = context.vault.open(transaction, transfer.exchange_id, name);
    auto bytes = content ? content->text(most) : Result<std::string>(unexpected(std::move(content.error())));
    if (!bytes)
        return unexpected(std::move(bytes.error()));
    if (bytes->size() != transfer.size)
        return invalid(fmt::format("{} has {} bytes, but {} beside the store has {}: was it removed, or not restored?", transfer.file_name, transfer.size,
                                   context.vault.place_of(transfer.exchange_id, name), bytes->size()));
    copy = name;
    WHARF_TRY(transaction.remove_content(transfer.exchange_id, name));
    return transaction.set_raw(transfer.id, transport::sha256_hex(*bytes), *bytes);
}

} // namespace wharf::gateway
