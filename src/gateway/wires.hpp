// Channels over FTPS and HTTPS from their configuration. Internal to channels.cpp.
#pragma once

#include "partner/configuration.hpp"
#include "transport/channel.hpp"

namespace wharf::gateway {

/// The words of the configuration stand in the same order as the transport's.
template <class To, class From> To same_word(From word) { return static_cast<To>(static_cast<int>(word)); }

/// All but the password.
[[nodiscard]] transport::ProxySettings proxy_of(partner::Proxy const& proxy);

/// Of a channel whose transport is ftps or https. Resolves secrets; fails with `invalid` naming channel and field.
[[nodiscard]] Result<std::unique_ptr<transport::Channel>> open_wire(partner::Channel const& channel, transport::PickupRules rules);

[[nodiscard]] std::chrono::seconds reconnect_delay_of(partner::Channel const& channel);

} // namespace wharf::gateway
