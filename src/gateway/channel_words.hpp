// Reasons in sentences that have named their channel already.
#pragma once

#include <string_view>

namespace wharf::gateway {

/// The reason without "channel NAME: " before it, where NAME is this channel: connections begin their reasons so.
[[nodiscard]] inline std::string_view without_channel(std::string_view reason, std::string_view channel) {
    constexpr std::string_view word = "channel ";
    while (reason.starts_with(word) && reason.substr(word.size()).starts_with(channel) && reason.substr(word.size() + channel.size()).starts_with(": "))
        reason.remove_prefix(word.size() + channel.size() + 2);
    return reason;
}

} // namespace wharf::gateway
