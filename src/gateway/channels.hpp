// The channels of a configuration, each with one connection that is kept and shared by whoever needs it.
//
// Thread-safe: one channel serves one caller at a time. A kept connection that turns out to be dead is opened anew once;
// all its operations may be repeated (transport/channel.hpp). Connections to folders are not kept: one would go on reading
// the old folder after somebody has put another in its place.
//
// A server that hangs is left alone for a while (silence.hpp), so that it stops neither other channels nor deliveries; one that
// could not be reached, for the channel's reconnect_delay. A server with another host key than it should have is not asked again.
#pragma once

#include "base/error.hpp"
#include "gateway/log.hpp"
#include "gateway/silence.hpp"
#include "partner/configuration.hpp"
#include "transport/channel.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

class Channels {
public:
    /// Resolves secrets; fails with `invalid` naming channel and field.
    [[nodiscard]] static Result<std::unique_ptr<Channels>> open(partner::Configuration const& configuration);
    /// For tests: channels of any kind.
    explicit Channels(std::vector<std::unique_ptr<transport::Channel>> channels);

    using Work = std::function<Result<void>(transport::Connection&)>;
    /// `permanent` when there is no such channel; `temporary`, without asking it, while it is left alone.
    [[nodiscard]] Result<void> with(std::string_view channel, Work const& work);
    /// Where connections and alarms are told; none unless set. The log must outlive this.
    void tell_to(Log const& log) { log_ = &log; }
    /// For workers, who serve others meanwhile: nothing when the channel is left alone or others use it for longer than
    /// one waits; `work` was not run, and `later` is when to come again.
    [[nodiscard]] std::optional<Result<void>> try_with(std::string_view channel, Work const& work, Timestamp& later);
    /// How long try_with waits for its turn; for ever unless set.
    void wait_at_most(std::chrono::milliseconds turn) { turn_ = turn; }
    /// Those of `names` that the last call for this channel did not hold: what is skipped is reported once, not at
    /// every look.
    [[nodiscard]] std::vector<std::string> newly_skipped(std::string_view channel, std::vector<std::string> const& names);

private:
    struct Entry {
        std::unique_ptr<transport::Channel> channel;
        std::unique_ptr<transport::Connection> connection; // kept while it works
        bool keep = true; // the connection, between two callers
        std::string trouble; // of the last failure
        std::chrono::seconds reconnect_delay{0};
        Timestamp not_before{}; // after a connection that did not come about
        bool alarmed = false;   // the host key was refused, and that was told
        std::set<std::string, std::less<>> skipped;
        std::timed_mutex mutex;
    };
    Result<void> attempt(Entry& entry, Work const& work);
    void tell(std::string_view event, Entry const& entry, std::string_view facts) const;
    [[nodiscard]] std::optional<Timestamp> pause(Entry const& entry);
    Result<void> carry_out(Entry& entry, Work const& work);

    std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
    std::optional<std::chrono::milliseconds> turn_;
    SystemClock clock_;
    Log const* log_ = nullptr;
    Silence silence_;
};

} // namespace wharf::gateway
