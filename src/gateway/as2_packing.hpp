// A message as it goes over AS2: packed once with the keys of the day, kept in the vault, and taken from there for every attempt.
#pragma once

#include "gateway/as2_relations.hpp"
#include "gateway/context.hpp"
#include "transport/as2/exchange.hpp"

#include <string>
#include <string_view>

namespace wharf::gateway {

/// What a POST needs.
struct As2Bytes {
    as2::Fields head;
    transport::Content body;
};

struct PackedExchange {
    store::Exchange exchange; // `ready`, to be inserted
    As2Bytes bytes;
    transport::Content signed_bytes, signature;
    std::string certificates; // PEM
    std::string note;         // for people: the Message-ID, and by whom it can be read and verified
};
/// Takes the bytes out of `message`. Fails as As2Relation::pack_settings where there is no key that could be used today.
[[nodiscard]] Result<PackedExchange> pack_message(Context const& context, As2Relation const& relation, store::Message& message, Timestamp now);
/// Writes what is large, before the transaction of put().
[[nodiscard]] Result<void> prepare(Vault const& vault, PackedExchange const& packed);
[[nodiscard]] Result<void> put(Vault const& vault, store::Transaction& transaction, PackedExchange const& packed);

/// Of an exchange that is stored: the very bytes. `permanent` when they are not there any more.
[[nodiscard]] Result<As2Bytes> stored_bytes(Context const& context, store::Exchange const& exchange);

/// Whether its bytes may go out once more as they are: they are still there, the certificate that signed them is still ours and has
/// not expired, the one they are encrypted for is still the partner's, and the names in their head are those of the relation. Where
/// the partner has refused them, they must also be what we would use today:
/// what was wrong with them may have been the key.
[[nodiscard]] bool can_go_again(store::Exchange const& exchange, As2Relation const& relation, Timestamp now);

} // namespace wharf::gateway
