// An AS2 message whose body is here, brought to its end: opened, committed, its receipt made. The part of the receiving side that
// the answer on the connection and the open_exchange job share; transport/as2/reception.hpp decides, this carries out.
//
//   Unpack     with all keys that are valid now; a receipt that comes in place of a message is handed to the sending side
//   Commit     one transaction: exchange, MIC, disposition, receipt, evidence, each file as a transfer with its job, and the job
//              of an asynchronous receipt
//   SendReceipt, Respond, Alarm   kept for whoever drives
//
// What is durable when: of a message that is answered at once, nothing before the commit, so a kill costs the sender a retry; of one
// that was answered before (asynchronous), exchange and body are, and the job begins again. Thread-safe; one object for one message.
#pragma once

#include "gateway/as2_relations.hpp"
#include "gateway/context.hpp"
#include "transport/as2/reception.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wharf::gateway {

class As2Processing {
public:
    /// `exchange`: new, or as stored where `is_stored`; `body`: what HTTP carried.
    As2Processing(Context const& context, As2RelationPointer relation, as2::Reception reception, store::Exchange exchange,
                  bool is_stored, as2::Entity body);

    enum class End {
        settled,   // committed, or refused for now: see respond()
        duplicate, // another one with this Message-ID was faster, or settled the stored one; nothing was stored
        receipt,   // it was a receipt, and is dealt with
    };
    /// Carries out these actions and all that follow. `job`: the job that ends with the commit; nullptr: none.
    [[nodiscard]] End run(as2::ReceptionActions actions, store::Job const* job = nullptr);

    /// What the sender is answered; nothing where he was answered before.
    [[nodiscard]] std::optional<as2::Respond> const& respond() const { return respond_; }
    [[nodiscard]] store::Exchange const& exchange() const { return exchange_; }
    [[nodiscard]] bool is_committed() const { return is_committed_; }
    [[nodiscard]] std::string const& trouble() const { return trouble_; } // why nothing was committed

private:
    using Next = std::optional<as2::ReceptionActions>;
    Next unpack(as2::Unpack const& step);
    Next commit(as2::Commit const& step, store::Job const* job);
    Next take_receipt();
    void tell_alarms();

    Context const& context_;
    As2RelationPointer pointer_;
    As2Relation const& relation_; // what that points to
    as2::Reception reception_;
    store::Exchange exchange_;
    bool is_stored_;
    as2::Entity body_;
    as2::OpenedMessage opened_;
    End end_ = End::settled;
    std::optional<as2::Respond> respond_;
    bool is_committed_ = false;
    std::vector<std::string> alarms_; // to be stored with the commit, or told without one
    std::string trouble_;
};

/// The open_exchange job: a message that was answered when it was durable, and is opened now. Given up, its bytes kept, only when
/// opening came to no end (a kill) so many times in a row; temporary errors never count.
[[nodiscard]] Result<void> open_exchange(Context const& context, store::Job const& job);

} // namespace wharf::gateway
