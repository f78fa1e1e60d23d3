// Pick-up windows (partner/schedule/schedule.hpp), as the parts of the worker ask for them.
#pragma once

#include "gateway/context.hpp"

namespace wharf::gateway {

/// Until when a channel may not be connected to, to look for files or to finish them; nothing: it may be now. A channel whose windows
/// never open again is closed for a day, and then asked again.
[[nodiscard]] std::optional<Timestamp> closed_for_looks(Context const& context, partner::Channel const& channel);
/// The same for sending, which the channel may allow at any time.
[[nodiscard]] std::optional<Timestamp> closed_for_uploads(Context const& context, partner::Channel const& channel);

/// So begins the reason of a message that waits for a window.
inline constexpr std::string_view waits_for_window = "waits for the window";

/// A job that has to wait for a window is due when it opens; no attempt is counted, and the log and the
/// message of an upload say so. False: it may go on.
[[nodiscard]] Result<bool> postpone_to_window(Context const& context, store::Job const& job, std::string_view channel, bool is_upload);

} // namespace wharf::gateway
