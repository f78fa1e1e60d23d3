// AS2 messages that are being opened now: a job whose lease ran out while it was carried out is claimed again, and two openings of one
// message would write the same files of the vault. In memory only: one process has the store. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace wharf::gateway {

class As2Openings {
public:
    /// False: somebody else has begun.
    [[nodiscard]] bool begin(std::string const& exchange_id) {
        std::lock_guard const guard(mutex_);
        return ids_.insert(exchange_id).second;
    }
    void end(std::string_view exchange_id) {
        std::lock_guard const guard(mutex_);
        if (auto const found = ids_.find(exchange_id); found != ids_.end())
            ids_.erase(found);
    }

private:
    std::mutex mutex_;
    std::set<std::string, std::less<>> ids_;
};

/// One opening, until it is destroyed.
class As2Opening {
public:
    As2Opening(std::shared_ptr<As2Openings> all, std::string exchange_id)
        : all_(std::move(all)), id_(std::move(exchange_id)), is_ours_(all_->begin(id_)) {}
    As2Opening(As2Opening const&) = delete;
    As2Opening& operator=(As2Opening const&) = delete;
    ~As2Opening() {
        if (is_ours_)
            all_->end(id_);
    }
    [[nodiscard]] bool is_ours() const { return is_ours_; } // not set: somebody else has begun

private:
    std::shared_ptr<As2Openings> all_;
    std::string id_;
    bool is_ours_;
};

} // namespace wharf::gateway
