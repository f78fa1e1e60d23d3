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

#include "gateway/as2_partials.hpp"
#include "gateway/as2_relations.hpp"
#include "gateway/context.hpp"
#include "transport/as2/reception.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace wharf::gateway {

struct As2Request {
    as2::Fields fields; // of HTTP
    std::string peer_address;
    std::string client_certificate; // DER; empty: none
    std::optional<std::uint64_t> content_length;
};
struct As2Answer {
    int status = 200;
    as2::Fields fields;
    std::string body;
    std::string exchange_id; // not empty: answered() is to be called when the answer was written, or cannot be any more
};

/// One body on its way. As transport::http::BodyReceiver.
class As2Arrival {
public:
    virtual ~As2Arrival() = default;
    [[nodiscard]] virtual Result<void> take(std::string_view bytes) = 0;
    virtual void broken_off() {}
    [[nodiscard]] virtual As2Answer finish() = 0;
};

/// Lines about strangers, so few of them that nobody can fill a disk with them.
class RareLog {
public:
    static constexpr unsigned most_in_a_minute = 10;
    void line(Context const& context, std::string_view event, std::string_view subject, std::string_view facts);

private:
    std::mutex mutex_;
    Timestamp minute_{};
    unsigned written_ = 0, left_out_ = 0;
};

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
    friend class MessageArrival;
    friend class RepeatedArrival;
    using Begun = std::variant<As2Answer, std::unique_ptr<As2Arrival>>;
    [[nodiscard]] As2RelationPointer relation_for(As2Request const& request, as2::MessageHead const& head, std::string& refusal) const;
    [[nodiscard]] Begun begin_stranger(As2Request const& request, as2::Reception reception, std::string const& refusal);
    [[nodiscard]] Begun begin_message(As2Request request, as2::Reception reception, As2RelationPointer relation);
    [[nodiscard]] Begun go_on(As2Request request, as2::Reception reception, As2RelationPointer relation, std::string const& tag, std::string_view range);
    [[nodiscard]] Result<std::optional<store::Exchange>> earlier_one(std::string_view channel, std::string_view message_id) const;
    /// The answer to a message that came before, as things stand now; nothing when it did not.
    [[nodiscard]] std::optional<As2Answer> answer_repeated(as2::MessageHead const& head, As2RelationPointer const& relation);
    [[nodiscard]] As2Answer answer_for(as2::Respond const& respond, as2::MessageHead const& head, store::Exchange const* exchange) const;

    Context const& context_;
    std::function<void()> wake_;
    As2Partials partials_;
    RareLog strangers_;
};

} // namespace wharf::gateway
