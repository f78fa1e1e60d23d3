// The loop: claims jobs in batches, hands them to threads, polls the channels.
//
// `run_until_idle` serves `poll --once`; Service serves `serve`. The state of every job is in the store: a Worker that is
// killed leaves nothing but leases, which end by time or at the next start.
#pragma once

#include "gateway/context.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace wharf::gateway {

/// Makes a Deliver for one thread.
using MakeDeliver = std::function<Deliver()>;
/// With delivery::Client.
[[nodiscard]] MakeDeliver deliver_by_http();

/// Carries out one claimed job. A failure that trying again may mend postpones it; the error is logged, never returned.
/// Gives the time it was to be postponed to when not even that could be stored: the job is still leased then.
std::optional<Timestamp> run_job(Context const& context, Deliver const& deliver, store::Job const& job);

/// Does all work that is due now, and what follows from it at once; no job is tried twice, retries are left. Returns the
/// number of jobs done.
[[nodiscard]] Result<unsigned> run_until_idle(Context const& context, MakeDeliver const& make_deliver, unsigned threads);

/// The running gateway: one thread per channel that is read, and three lanes of `threads` workers each, for the work
/// inside, at channels and at targets, so that none waits for what another waits for.
class Service {
public:
    Service(Context const& context, MakeDeliver make_deliver, unsigned threads);
    /// Stops: no new work is claimed, running jobs end, claimed ones go back. POSTs to AS2 partners are broken off, within about a
    /// second; what becomes of them is looked at by the next start, as after a kill.
    ~Service();
    /// Something new may be due (a document was submitted): look now.
    void wake();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::gateway
