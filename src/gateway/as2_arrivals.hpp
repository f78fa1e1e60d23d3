// The three ways of a body of AS2: a new message, one that came before, and one that is not wanted.
#pragma once

#include "gateway/as2_arrival.hpp"
#include "gateway/as2_relations.hpp"
#include "gateway/context.hpp"
#include "transport/as2/reception.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace wharf::gateway {

/// Where a body begins.
struct As2Beginning {
    As2Partials::Partial partial;         // what is here of it, mostly nothing
    std::uint64_t known_bytes = 0;        // of those that come, sent once more than was needed
    std::optional<std::uint64_t> total{}; // how many it has in all, where a Content-Range says so
};

/// ETag of a transfer that may be gone on with; empty: it has none.
[[nodiscard]] std::string transfer_tag(As2Request const& request);

/// A message of a partner, not known yet. `wake`: something is due. What breaks off is kept where the transfer has a tag.
[[nodiscard]] std::unique_ptr<As2Arrival> message_arrival(Context const& context, std::function<void()> wake, As2Request request, as2::Reception reception,
                                                          As2RelationPointer relation, As2Beginning begun);

/// A message that came before. Its body is read all the same, or a sender who reads no answer before he has sent everything would
/// never see it; what it is answered is looked up at the end, when the first one may be through.
/// Its bytes are compared with the first ones (as2_repetitions.hpp).
[[nodiscard]] std::unique_ptr<As2Arrival> repeated_arrival(Context const& context, As2Request request, as2::MessageHead head, As2RelationPointer relation);

/// Read and thrown away, at most so many bytes; answered behind them or behind the end, whichever comes first.
[[nodiscard]] std::unique_ptr<As2Arrival> forgotten_arrival(std::uint64_t most, As2Answer answer);

} // namespace wharf::gateway
