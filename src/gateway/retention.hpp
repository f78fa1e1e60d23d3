// How long the bytes of AS2 exchanges are kept: `evidence_days` of the relation, or of wharf.yaml; without either, for ever.
//
// Of what is settled and older, message, signed bytes, signatures and certificates are removed, from the store and from the vault. The
// row stays: Message-ID, MIC, disposition, fingerprints. So does the receipt that we gave, because a repetition must get it. Nothing is removed that
// somebody still has to look at: messages that were given up, files too large to be processed, receipts that are owed.
#pragma once

#include "gateway/context.hpp"

namespace wharf::gateway {

/// Of each channel some batches at most, and only one when a job is due; the rest waits for the next call, or the next start when the
/// gateway stops. Returns how many exchanges were emptied.
[[nodiscard]] Result<unsigned> empty_old_exchanges(Context const& context);

} // namespace wharf::gateway
