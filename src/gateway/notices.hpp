// What a person should see and no transaction speaks of: alarms about configuration, certificates and servers, and AS2 requests turned away
// before there was an exchange.
//
// Kept in memory until write() puts it into the store: every two seconds while the gateway runs, and at its end. So nobody on the network can
// make the store write more often than that; each kind of thing is bounded here and in the store. What a kill loses is in the log. Thread-safe.
#pragma once

#include "store/store.hpp"

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace wharf::gateway {

class Notices {
public:
    static constexpr unsigned most_open = 20;     // alarms of one word and subject
    static constexpr unsigned most_refusals = 200; // of one kind and relation, in the store
    static constexpr unsigned most_names = 10;     // pairs of AS2 names that are told apart of one address
    static constexpr std::size_t most_waiting = 500; // of alarms, and of entries of refusals, until the next write()
    /// Who has shown no login is asked for one, and may show it then: for so long that counts as no refusal.
    static constexpr std::chrono::seconds login_grace{10};
    static constexpr std::string_view login_missing = "login_missing";

    /// In `alarm list`; nothing when the same is there and open.
    void alarm(std::string_view word, std::string_view subject, std::string_view text);
    /// What was wrong is right again: such alarms are settled.
    void over(std::string_view word, std::string_view subject);
    /// Of all words that begin so, exactly these stand: others are settled.
    void standing(std::string_view family, std::vector<store::Event> alarms);

    /// Counts one more; its count and times are ignored.
    void refused(store::Refusal refusal, Timestamp now);
    /// The login came: that it was asked for first was nothing.
    void login_came(std::string_view channel, std::string_view address);

    /// Nothing to write costs nothing. What could not be written is kept for the next time.
    [[nodiscard]] Result<void> write(store::Store& store, Timestamp now);

private:
    struct Step {
        enum class Kind { alarm, over, standing } kind = Kind::alarm;
        std::string word, subject, text;
        std::vector<store::Event> alarms{}; // that stand
    };
    using Key = std::tuple<std::string, std::string, std::string, std::string, std::string>; // kind, channel, address, names
    using Refusals = std::map<Key, store::Refusal>;
    void add(Step step);
    [[nodiscard]] Refusals take_refusals(Timestamp now);
    void count(store::Refusal refusal);

    std::mutex mutex_;
    std::vector<Step> steps_; // in order
    Refusals refusals_;
};

} // namespace wharf::gateway
