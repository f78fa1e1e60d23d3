// AS2 messages whose answer is not yet written: their asynchronous receipts wait for that, because a receipt that overtakes the
// answer confuses partners (RFC 4130bis 5.4). In memory only: after a restart nobody waits for an answer any more. Thread-safe.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace wharf::gateway {

class As2Unanswered {
public:
    void add(std::string exchange_id) {
        std::lock_guard const guard(mutex_);
        ids_.insert(std::move(exchange_id));
    }
    void remove(std::string_view exchange_id) {
        std::lock_guard const guard(mutex_);
        if (auto const found = ids_.find(exchange_id); found != ids_.end()) ids_.erase(found);
    }
    [[nodiscard]] bool holds(std::string_view exchange_id) const {
        std::lock_guard const guard(mutex_);
        return ids_.contains(exchange_id);
    }

private:
    mutable std::mutex mutex_;
    std::set<std::string, std::less<>> ids_;
};

} // namespace wharf::gateway
