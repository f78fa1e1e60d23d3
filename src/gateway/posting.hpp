// POSTs to AS2 partners: how one is made, and whose turn it is.
//
// A partner whose server hangs must not take up every worker. So one that has not answered lately gets one POST at a time; while
// one of his has been under way for longer than Silence's patience, he gets no other; and after one that failed only after a long
// wait he is left alone for a while (silence.hpp). Whoever gets no turn comes again later; that is no attempt.
//
// In memory only; thread-safe.
#pragma once

#include "base/clock.hpp"
#include "gateway/silence.hpp"
#include "transport/as2/post.hpp"

#include <atomic>
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

namespace wharf::gateway {

/// Makes one POST (Poster::post); tests give their own.
using SendPost = std::function<Result<transport::as2::PostAnswer>(transport::as2::PostSettings const&, transport::as2::Fields const&,
                                                                  transport::Content const&)>;
/// With a Poster for each thread that calls it: connections and TLS sessions are kept. POSTs under way fail within about a second after
/// `stopping` was set.
[[nodiscard]] SendPost post_by_http(std::shared_ptr<std::atomic<bool> const> stopping);

/// What the partner's server said beside its status, for reasons; empty: nothing.
[[nodiscard]] std::string words_of(transport::as2::PostAnswer const& answer);

class PostTurns {
public:
    static constexpr unsigned at_once = 4; // to one partner who answers

    /// The right to make POSTs for one subject to one partner, until it is destroyed.
    class Turn {
    public:
        Turn(Turn&& other) noexcept;
        Turn& operator=(Turn&&) = delete;
        ~Turn();
        /// How a POST went. Not called: none was made.
        void report(bool answered);

    private:
        friend class PostTurns;
        Turn(PostTurns& turns, Clock const& clock, std::string partner, std::string subject, Timestamp begun);
        PostTurns* turns_; // nullptr: moved from
        Clock const* clock_;
        std::string partner_, subject_;
        Timestamp begun_;
    };

    /// Nothing when it is not this one's turn: `later` is when to come again. `subject` (the id of a message) has one turn at a
    /// time, however long a POST takes: a job whose lease ended meanwhile is not begun twice.
    [[nodiscard]] std::optional<Turn> take(std::string const& partner, std::string const& subject, Clock const& clock, Timestamp& later);
    /// How long take() waits while the partner answers others; for ever unless set.
    void wait_at_most(std::chrono::milliseconds wait) { wait_ = wait; }

private:
    struct Partner {
        std::multiset<Timestamp> under_way; // when they began
        unsigned allowed = 1;
    };
    /// Nothing, or when to look again whether the partner has answered whoever waits for him.
    [[nodiscard]] static std::optional<Timestamp> until_answered(Partner const& partner, Timestamp now);
    void give_back(Turn const& turn);

    std::mutex mutex_;
    std::condition_variable freed_;
    std::map<std::string, Partner, std::less<>> partners_;
    std::set<std::string, std::less<>> subjects_;
    std::optional<std::chrono::milliseconds> wait_;
    Silence silence_;
};

} // namespace wharf::gateway
