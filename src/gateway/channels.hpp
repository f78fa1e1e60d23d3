// The channels of a configuration, each with one connection that is kept and shared by whoever needs it.
//
// Thread-safe: one channel serves one caller at a time. A kept connection that turns out to be dead is opened anew once;
// all its operations may be repeated (transport/channel.hpp).
#pragma once

#include "base/error.hpp"
#include "partner/configuration.hpp"
#include "transport/channel.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace wharf::gateway {

class Channels {
public:
    /// Resolves secrets; fails with `invalid` naming channel and field.
    [[nodiscard]] static Result<std::unique_ptr<Channels>> open(partner::Configuration const& configuration);
    /// For tests: channels of any kind.
    explicit Channels(std::vector<std::unique_ptr<transport::Channel>> channels);

    using Work = std::function<Result<void>(transport::Connection&)>;
    /// `permanent` when there is no such channel.
    [[nodiscard]] Result<void> with(std::string_view channel, Work const& work);

private:
    struct Entry {
        std::unique_ptr<transport::Channel> channel;
        std::unique_ptr<transport::Connection> connection; // kept while it works
        std::mutex mutex;
    };
    std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
};

} // namespace wharf::gateway
