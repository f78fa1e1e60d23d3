// Work on many things by several threads, handed over in their order.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace wharf::linter {

/// Calls `work(index)` for each index below `count` on up to `jobs` threads and `deliver(index, result)` in order on the calling
/// thread. At most four results a thread wait for their turn, so memory does not follow `count`. What either throws comes out here,
/// after the threads ended.
template <class Work, class Deliver> void in_order(std::size_t count, unsigned jobs, Work const& work, Deliver const& deliver) {
    auto const threads = std::min<std::size_t>(jobs, count);
    if (threads < 2) {
        for (std::size_t i = 0; i < count; ++i) deliver(i, work(i));
        return;
    }
    using Result = decltype(work(std::size_t()));
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::size_t, Result> ready;
    std::size_t next = 0, delivered = 0;
    std::exception_ptr failure;
    auto const run = [&] {
        for (;;) {
            std::size_t index = 0;
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return failure || next >= count || next < delivered + 4 * threads; });
                if (failure || next >= count) return;
                index = next++;
            }
            try {
                auto made = work(index);
                std::lock_guard const lock(mutex);
                ready.emplace(index, std::move(made));
            } catch (...) {
                std::lock_guard const lock(mutex);
                if (!failure) failure = std::current_exception();
            }
            changed.notify_all();
        }
    };
    std::vector<std::jthread> pool;
    for (std::size_t i = 0; i < threads; ++i) pool.emplace_back(run);
    for (std::size_t i = 0; i < count; ++i) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return failure || ready.contains(i); });
        if (failure) break;
        auto made = std::move(ready.at(i));
        ready.erase(i);
        ++delivered;
        lock.unlock();
        changed.notify_all();
        try {
            deliver(i, std::move(made));
        } catch (...) {
            std::lock_guard const again(mutex);
            failure = std::current_exception();
            changed.notify_all();
            break;
        }
    }
    pool.clear();
    if (failure) std::rethrow_exception(failure);
}

} // namespace wharf::linter
