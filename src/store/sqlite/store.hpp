// The SQLite store: one writer thread with group commit, one connection for reading.
#pragma once

#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace wharf::store::sqlite {

/// Called between the steps of a group, on the writer's thread; for tests that kill the process there.
enum class Step { begun, worked, before_commit, committed };
using StepObserver = std::function<void(Step)>;

class SqliteStore final : public Store {
public:
    [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(std::filesystem::path const& file, OpenMode mode,
                                                                   StepObserver observer = {});
    ~SqliteStore() override;

    [[nodiscard]] Result<void> transact(std::function<Result<void>(Transaction&)> const& work) override;
    [[nodiscard]] Result<void> read(std::function<Result<void>(Transaction&)> const& work) override;

    /// Statements prepared so far, of both connections; for the test that reads their query plans. Not while working.
    [[nodiscard]] std::vector<std::string> prepared() const;

private:
    using Work = std::function<Result<void>(Transaction&)>;

    /// A caller that waits in transact; lives on its stack.
    struct Request {
        Work const* work;
        Result<void> result;
        std::exception_ptr thrown;
        bool done = false;
        std::condition_variable finished;
    };

    SqliteStore() = default;
    void write_groups();
    void commit_group(std::vector<Request*> const& group);
    [[nodiscard]] Result<void> run_group(std::vector<Request*> const& group);
    void observe(Step step) const {
        if (observer_) observer_(step);
    }

    bool in_memory_ = false;
    StepObserver observer_;
    Connection writing_; // the writer thread's own
    Connection reading_; // under reading_mutex_
    std::mutex reading_mutex_;

    std::mutex mutex_; // waiting_, stopping_, and the `done` of every request
    std::condition_variable arrived_;
    std::vector<Request*> waiting_;
    bool stopping_ = false;
    std::thread writer_;
};

} // namespace wharf::store::sqlite
