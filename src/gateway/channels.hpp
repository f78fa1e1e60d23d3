// The channels of a configuration, each with the connections that are kept and shared by whoever needs one: one, or as many as the
// channel's `connections` says.
//
// Thread-safe: one connection serves one caller at a time. A kept connection that turns out to be dead is opened anew once;
// all its operations may be repeated (transport/channel.hpp). Connections to folders are not kept: one would go on reading
// the old folder after somebody has put another in its place. A server that takes fewer connections than it should is given no more
// for a while than it took.
//
// A server that hangs is left alone for a while (silence.hpp), so that it stops neither other channels nor deliveries; one that
// could not be reached, for the channel's reconnect_delay. A server with another host key than it should have is not asked again.
#pragma once

#include "base/error.hpp"
#include "gateway/log.hpp"
#include "gateway/notices.hpp"
#include "gateway/silence.hpp"
#include "partner/configuration.hpp"
#include "transport/channel.hpp"

#include <chrono>
#include <condition_variable>
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
    explicit Channels(std::vector<std::unique_ptr<transport::Channel>> channels, unsigned connections = 1);

    using Work = std::function<Result<void>(transport::Connection&)>;
    /// `permanent` when there is no such channel; `temporary`, without asking it, while it is left alone.
    [[nodiscard]] Result<void> with(std::string_view channel, Work const& work);
    /// Where connections and alarms are told; none unless set. Both must outlive this.
    void tell_to(Log const& log, Notices* notices = nullptr) {
        log_ = &log;
        notices_ = notices;
    }
    /// For workers, who serve others meanwhile: nothing when the channel is left alone or others use it for longer than
    /// one waits; `work` was not run, and `later` is when to come again.
    [[nodiscard]] std::optional<Result<void>> try_with(std::string_view channel, Work const& work, Timestamp& later);
    /// How long try_with waits for its turn; for ever unless set.
    void wait_at_most(std::chrono::milliseconds turn) { turn_ = turn; }
    /// How many callers are served at a time.
    [[nodiscard]] unsigned connections(std::string_view channel) const;
    /// Gives up the connections that are kept and not in use; the next caller makes a new one.
    void close(std::string_view channel);
    /// Held while the inbox of a channel is looked at: no two looks at once, or both would take the same files. Owns nothing when
    /// somebody is looking.
    [[nodiscard]] std::unique_lock<std::mutex> look(std::string_view channel);
    /// Of the channel's inbox; nothing when it cannot or is not to be watched (transport::Channel::watch).
    [[nodiscard]] std::unique_ptr<transport::Watch> watch(std::string_view channel, std::function<void()> changed);
    /// Those of `names` that the last call for this channel did not hold: what is skipped is reported once, not at
    /// every look.
    [[nodiscard]] std::vector<std::string> newly_skipped(std::string_view channel, std::vector<std::string> const& names);

private:
    static constexpr std::chrono::minutes fewer_for{10}; // connections than set, after the server had refused one

    /// One connection, or the place for one.
    struct Line {
        std::unique_ptr<transport::Connection> connection; // kept while it works
        bool is_taken = false;
    };
    struct Entry {
        std::unique_ptr<transport::Channel> channel;
        bool keep = true; // connections, between two callers
        std::chrono::seconds reconnect_delay{0};

        std::mutex mutex;              // of what follows; a line's connection is its taker's
        std::condition_variable freed; // a line
        std::vector<Line> lines;
        std::size_t most = 1; // lines that may be taken at a time
        Timestamp fewer_until{};
        std::string trouble;    // of the last failure
        Timestamp not_before{}; // after a connection that did not come about
        bool alarmed = false;   // the host key was refused, and that was told
        bool is_known_good = false; // it was not, and an alarm of earlier is over
        std::set<std::string, std::less<>> skipped;
        std::mutex looking;
    };
    class Turn;
    /// What a caller got: the result; or nothing, because `line` is none of those the server takes.
    [[nodiscard]] std::optional<Result<void>> attempt(Entry& entry, Line& line, Work const& work);
    [[nodiscard]] std::optional<Error> connect(Entry& entry, Line& line, bool& is_one_too_many);
    [[nodiscard]] std::optional<Result<void>> serve(Entry& entry, Work const& work, std::optional<std::chrono::milliseconds> turn, Timestamp& later);
    void tell(std::string_view event, Entry const& entry, std::string_view facts) const;
    void tell_that_its_key_is_good(Entry& entry) const;
    [[nodiscard]] std::optional<Timestamp> pause(Entry& entry, Line const& line);

    std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
    std::optional<std::chrono::milliseconds> turn_;
    SystemClock clock_;
    Log const* log_ = nullptr;
    Notices* notices_ = nullptr;
    Silence silence_;
};

} // namespace wharf::gateway
