// The gateway put together: configuration, store, grammars, translators, channels, clock and log, opened in the order in
// which they can fail, each with a message for the person who must act.
#pragma once

#include "gateway/context.hpp"
#include "gateway/intake.hpp"
#include "gateway/worker.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <memory>
#include <optional>
#include <string>

namespace wharf::gateway {

enum class OpenFor {
    running,   // serve, poll: takes the gateway's lock, ends leases of a dead predecessor
    operating, // resend, retry: works beside a running gateway
};

/// What went wrong: either findings in files of ours, or one error.
struct OpenFailure {
    Diagnostics diagnostics;
    std::string error; // empty: see diagnostics
};

/// Counts events by type; how `poll --once` knows what to report.
class Tally {
public:
    void count(std::string_view event);
    [[nodiscard]] unsigned of(std::string_view event) const;
    /// Events that a person should look at: rejections, dead letters, failures, alarms.
    [[nodiscard]] unsigned troubles() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, unsigned, std::less<>> counts_;
};

class Gateway {
public:
    /// `folder`: that of wharf.yaml. `grammars`: overlay of the embedded ones. Log lines go to `sink`.
    [[nodiscard]] static std::expected<std::unique_ptr<Gateway>, OpenFailure>
    open(std::filesystem::path const& folder, OpenFor purpose, std::optional<std::filesystem::path> const& grammars,
         LineSink sink);

    [[nodiscard]] Context const& context() const { return *context_; }
    [[nodiscard]] Tally const& tally() const { return tally_; }

private:
    Gateway() = default;

    SystemClock clock_;
    Tally tally_;
    std::optional<Log> log_;
    std::shared_ptr<Notices> notices_ = std::make_shared<Notices>();
    std::unique_ptr<partner::Configuration> configuration_;
    store::GatewayLock lock_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Knowledge> knowledge_;
    std::unique_ptr<Channels> channels_;
    std::optional<Context> context_;
};

/// What `poll --once` looks at.
struct PollChoice {
    std::string channel;  // only this one; empty: every one that is read
    std::string partner;  // only those that he sends on, or is sent to over
    bool at_any_time = false; // closed pick-up windows or not
};

struct PollSummary {
    unsigned channels = 0; // looked at
    unsigned taken = 0;
    unsigned waiting = 0;
    unsigned jobs = 0;
    struct WithoutInbox {
        std::string name;
        bool is_as2 = false;
    };
    std::vector<WithoutInbox> without_inbox; // chosen, and there is nothing to look at
    std::vector<std::string> closed;      // "channel: …", not looked at because its window is closed
    std::vector<std::string> unreachable; // channels; the log has said why: poll_failed
};

/// `poll --once`: the channels chosen, then all work that is due: of those that have no inbox it is all there is to do. `invalid` when there is
/// no such channel or partner, or he has no channel at all.
[[nodiscard]] Result<PollSummary> poll_once(Context const& context, MakeDeliver const& make_deliver, PollChoice const& choice,
                                            unsigned threads);

} // namespace wharf::gateway
