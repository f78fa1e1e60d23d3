// The process_transfer job: a stored file becomes messages, documents, deliveries and acknowledgments, in one commit.
#pragma once

#include "gateway/context.hpp"
#include "gateway/evaluation.hpp"

namespace wharf::gateway {

[[nodiscard]] Result<void> process_transfer(Context const& context, store::Job const& job);

/// A job that has failed again and again (a bug, or a database that refuses it): the file becomes a dead letter, so that
/// it blocks nothing; its bytes stay.
[[nodiscard]] Result<void> give_up_transfer(Context const& context, store::Job const& job, std::string_view reason);

// retry.cpp: what a person lets go on.

/// A person has decided that a reused number is right: the transfer was made by process_again for a held message.
[[nodiscard]] bool is_released(store::Transfer const& transfer);

/// An inbound message that was quarantined, held or dead goes through once more from its own bytes, after profile or
/// channel were corrected: as a new transfer, whose job is added here. A held one is taken this time. Returns the
/// transfer's id; the old message is `discarded` and says so.
[[nodiscard]] Result<std::string> process_again(Context const& context, store::Transaction& transaction, Record& record,
                                                store::Message message);

/// The documents of a processed message that were held (no target, no mapping): evaluated anew, and delivered where that
/// now succeeds. Nothing is acknowledged again. Returns how many go on.
[[nodiscard]] Result<unsigned> retry_held_documents(Context const& context, store::Message const& message);

} // namespace wharf::gateway
