// What the parts of the worker share. Lives as long as the gateway; everything in it may be used by all threads.
#pragma once

#include "base/clock.hpp"
#include "delivery/target.hpp"
#include "gateway/as2_openings.hpp"
#include "gateway/as2_partials.hpp"
#include "gateway/as2_unanswered.hpp"
#include "gateway/channels.hpp"
#include "gateway/log.hpp"
#include "gateway/notices.hpp"
#include "gateway/posting.hpp"
#include "gateway/rare_log.hpp"
#include "gateway/silence.hpp"
#include "gateway/vault.hpp"
#include "partner/configuration.hpp"
#include "partner/knowledge.hpp"
#include "store/store.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::gateway {

using partner::Knowledge;

class As2Relations;

/// Makes one request to a target. Each worker thread has one of its own (delivery::Client keeps connections); tests
/// give their own.
using Deliver = std::function<delivery::Outcome(delivery::TargetSettings const&, delivery::DeliveryRequest const&)>;

struct Context {
    partner::Configuration const& configuration;
    store::Store& store;
    Knowledge& knowledge;
    Channels& channels;
    Clock const& clock;
    Log const& log;
    std::function<double()> random; // [0,1)
    std::shared_ptr<Silence> silent_targets = std::make_shared<Silence>();
    std::shared_ptr<std::atomic<bool>> stopping = std::make_shared<std::atomic<bool>>(false); // POSTs are broken off
    SendPost send_post = post_by_http(stopping);
    std::shared_ptr<PostTurns> post_turns = std::make_shared<PostTurns>();
    std::shared_ptr<As2Unanswered> as2_unanswered = std::make_shared<As2Unanswered>();
    Vault vault = Vault::of_store(configuration.gateway.store_file); // the bytes of AS2 exchanges
    bool ignores_windows = false; // pick-up windows: somebody wants a look now
    std::shared_ptr<As2Relations const> as2{}; // nullptr: no channel speaks AS2
    std::shared_ptr<As2Openings> as2_openings = std::make_shared<As2Openings>();
    std::shared_ptr<As2Partials> as2_partials = std::make_shared<As2Partials>();
    std::shared_ptr<RareLog> rare_log = std::make_shared<RareLog>();
    std::shared_ptr<Notices> notices = std::make_shared<Notices>();

    /// What anybody on the network can cause; see rare_log.hpp.
    void log_rarely(std::string_view event, std::string_view subject, std::string_view facts, std::string_view about = {}) const {
        rare_log->line(log, clock.now(), event, subject, facts, about);
    }
};

/// Events of one transaction: stored inside it, logged after its commit.
class Record {
public:
    struct Line {
        std::string type, subject, facts;
        std::string channel; // not empty: rarely
    };
    Record(Context const& context, store::Transaction& transaction, std::vector<Line>& lines)
        : context_(context), transaction_(transaction), lines_(lines) {}

    /// `text` is for people and stays in the store; `facts` ("channel=acme bytes=512") go to the log.
    [[nodiscard]] Result<void> note(std::string_view subject, std::string_view type, std::string_view text,
                                    std::string_view facts = {});
    /// Of what anybody on the network can cause: stored as well, but its line goes through Context::log_rarely, counted by `channel`.
    [[nodiscard]] Result<void> note_rarely(std::string_view channel, std::string_view subject, std::string_view type, std::string_view text,
                                           std::string_view facts);

private:
    Context const& context_;
    store::Transaction& transaction_;
    std::vector<Line>& lines_;
};

/// One transaction whose events reach the log only when it was committed.
[[nodiscard]] Result<void> transact(Context const& context,
                                    std::function<Result<void>(store::Transaction&, Record&)> const& work);

} // namespace wharf::gateway

/// Returns the error of a Result<void> expression to the caller. Each use names its variable anew, because the expression
/// may hold a lambda with uses of its own.
#define WHARF_TRY(expression) WHARF_TRY_NUMBERED(wharf_result_, __COUNTER__, expression)
#define WHARF_TRY_NUMBERED(name, number, expression) WHARF_TRY_NAMED(name, number, expression)
#define WHARF_TRY_NAMED(name, number, expression)                                                                      \
    do {                                                                                                               \
        if (auto name##number = (expression); !name##number)                                                           \
            return ::wharf::unexpected(std::move(name##number.error()));                                               \
    } while (false)
