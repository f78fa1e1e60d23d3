// From a channel into the store: list, fetch, one durable transaction, and only then remove.
#pragma once

#include "gateway/context.hpp"

#include <stop_token>
#include <string>

namespace wharf::gateway {

struct IntakeReport {
    unsigned taken = 0;      // files stored
    unsigned known = 0;      // stored before, removed now (a crash in between)
    unsigned set_aside = 0;  // too large
    unsigned waiting = 0;    // still being written
    std::string trouble;     // why it ended early; empty: it did not
    bool trouble_is_temporary = true;
};

/// One look at one channel, over as many connections as it has; never two at once in a process (the second is told so), and the lock
/// on the store keeps other processes out. What was taken is safe even when the report names trouble.
/// `stop`: ends before the next file.
[[nodiscard]] IntakeReport take_in(Context const& context, partner::Channel const& channel, std::stop_token stop = {});

/// As many looks as `stable_polls` asks for, poll_interval but at most five seconds apart, while files wait: for those who come rarely, and
/// must not leave behind what was only not seen twice yet. The reports are added up.
[[nodiscard]] IntakeReport take_in_what_is_stable(Context const& context, partner::Channel const& channel, std::stop_token stop = {});

/// The finish_file job: removes a stored file from its channel. Done when the file is gone already.
[[nodiscard]] Result<void> finish_file(Context const& context, store::Job const& job);

} // namespace wharf::gateway
