// The process_transfer job: a stored file becomes messages, documents, deliveries and acknowledgments, in one commit.
#pragma once

#include "gateway/context.hpp"
#include "gateway/evaluation.hpp"

namespace wharf::gateway {

[[nodiscard]] Result<void> process_transfer(Context const& context, store::Job const& job);

/// A job that has failed again and again (a bug, or a database that refuses it): the file becomes a dead letter, so that
/// it blocks nothing; its bytes stay.
[[nodiscard]] Result<void> give_up_transfer(Context const& context, store::Job const& job, std::string_view reason);

/// Evaluates an inbound message once more, after profile, map or grammar were corrected: quarantined, held and dead
/// messages go through whole; of a processed one only the documents that were held get another chance.
[[nodiscard]] Result<std::string> reprocess(Context const& context, store::Message const& message);

} // namespace wharf::gateway
