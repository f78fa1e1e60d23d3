// The receiving side of AS2 between HTTP and the store: what a request means before its body is read, where the body goes, and what is
// answered when it is there. No socket: as2_listener.hpp brings the bytes, tests do as well. The protocol decides in
// transport/as2/reception.hpp; a message whose body is here goes on in as2_processing.hpp.
//
//   head        names and Message-ID are looked up; of a stranger nothing is stored, of a message that came before nothing again
//   body        into the vault as it comes; broken off, it may be gone on with (as2_partials.hpp)
//   finish      asynchronous: durable, then 200, and the job open_exchange goes on. Synchronous: opened, committed, and answered with
//               the receipt
//
// Several requests with one Message-ID at the same time are all read, because the connection of the first may be dead without our
// knowing; the first that is durable counts, and the others get its receipt or 503.
//
// To a stranger nothing tells which relations exist: an unknown name, a wrong login and a wrong client certificate have one answer
// (RFC 4130bis: an unsigned receipt unknown-trading-relationship where one was asked for), after a body of the same limit was read.
//
// Thread-safe; one arrival is used by one thread at a time.
#pragma once

#include "gateway/as2_arrivals.hpp"
#include "gateway/as2_partials.hpp"
#include "gateway/as2_refusals.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace wharf::gateway {

class As2Receiving {
public:
    static constexpr std::uint64_t stranger_bytes = 1u << 20; // read of a stranger's body, and thrown away

    /// `wake`: something is due. `context.as2` must be there.
    As2Receiving(Context const& context, std::function<void()> wake);

    /// A POST whose head is here.
    [[nodiscard]] std::variant<As2Answer, std::unique_ptr<As2Arrival>> begin(As2Request request);
    /// HEAD with AS2-From, AS2-To and ETag: how many bytes of this transfer are held. To a stranger: none.
    [[nodiscard]] std::uint64_t held(As2Request const& request);
    void answered(std::string_view exchange_id);

private:
    using Begun = std::variant<As2Answer, std::unique_ptr<As2Arrival>>;
    [[nodiscard]] As2RelationPointer relation_for(As2Request const& request, as2::MessageHead const& head, as2_refusals::TurnedAway& refusal) const;
    [[nodiscard]] Begun begin_stranger(As2Request const& request, as2::Reception reception, as2_refusals::TurnedAway const& refusal);
    [[nodiscard]] Begun begin_message(As2Request request, as2::Reception reception, As2RelationPointer relation);
    [[nodiscard]] std::expected<As2Beginning, As2Answer> go_on(As2Request const& request, As2Relation const& relation, std::string_view message_id,
                                                               std::string_view range_text) const;
    [[nodiscard]] As2Partials::Partial nothing_yet(As2Relation const& relation) const;

    Context const& context_;
    std::function<void()> wake_;
};

} // namespace wharf::gateway
