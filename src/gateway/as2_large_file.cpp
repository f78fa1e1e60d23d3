#include "gateway/as2_large_file.hpp"

#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wharf::gateway {

namespace {

Result<LargeFile> read_file(Context const& context, store::Transfer const& transfer, std::size_t number, transport::Content const& content) {
    auto const most = context.configuration.gateway.limits.message_bytes;
    if (transfer.size > most)
        return invalid(fmt::format("{} has {} bytes, and {} are processed here: raise limits.message_bytes of wharf.yaml first", transfer.file_name,
                                   transfer.size, most));
    auto name = vault_name::payload_at(number);
    auto bytes = content.text(most);
    if (!bytes)
        return unexpected(std::move(bytes.error()));
    if (bytes->size() != transfer.size)
        return invalid(fmt::format("{} has {} bytes, but {} beside the store has {}: was it removed, or not restored?", transfer.file_name, transfer.size,
                                   context.vault.place_of(transfer.exchange_id, name), bytes->size()));
    auto sha256 = transport::sha256_hex(*bytes);
    return LargeFile{std::move(name), std::move(*bytes), std::move(sha256)};
}

} // namespace

Result<std::optional<LargeFile>> read_large_file(Context const& context, std::string_view transfer_id) {
    std::optional<store::Transfer> transfer;
    std::size_t number = 0;
    transport::Content content;
    WHARF_TRY(context.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.transfer(transfer_id);
        if (!found)
            return unexpected(std::move(found.error()));
        if (!*found || (*found)->state != store::TransferState::dead_letter || !(*found)->sha256.empty() || (*found)->exchange_id.empty())
            return {};
        transfer = std::move(*found);
        auto const files = transaction.transfers_of_exchange(transfer->exchange_id);
        if (!files)
            return unexpected(files.error());
        number = static_cast<std::size_t>(std::ranges::find(*files, transfer->id, &store::Transfer::id) - files->begin()) + 1;
        auto opened = context.vault.open(transaction, transfer->exchange_id, vault_name::payload_at(number));
        if (!opened)
            return unexpected(std::move(opened.error()));
        content = std::move(*opened);
        return {};
    }));
    if (!transfer)
        return std::optional<LargeFile>();
    auto file = read_file(context, *transfer, number, content);
    if (!file)
        return unexpected(std::move(file.error()));
    return std::optional(std::move(*file));
}

Result<void> take_large_file(store::Transaction& transaction, store::Transfer const& transfer, LargeFile const& file) {
    WHARF_TRY(transaction.remove_content(transfer.exchange_id, file.name));
    return transaction.set_raw(transfer.id, file.sha256, file.bytes);
}

} // namespace wharf::gateway
