#include "store/sqlite/store.hpp"

#include "base/file.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/transaction.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace wharf::store::sqlite {
namespace {

/// Requests that share one commit at most: bounds how long the first of them waits for the others' work.
constexpr std::size_t group_limit = 256;

/// Makes folder and file, so that the file has our rights (messages are nobody else's business) and its name is
/// durable before the first commit is promised to anyone.
Result<void> create_file(std::filesystem::path const& file) {
    std::error_code error;
    auto const folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    std::filesystem::create_directories(folder, error);
    if (error) return permanent(fmt::format("store: cannot make the folder {}: {}", folder.string(), error.message()));
    int const descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor < 0) return permanent(fmt::format("store: cannot open {}: {}", file.string(), std::strerror(errno)));
    ::close(descriptor);
    return sync_folder(folder);
}

} // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(std::filesystem::path const& file, OpenMode mode,
                                                       StepObserver observer) {
    std::unique_ptr<SqliteStore> store(new SqliteStore);
    store->in_memory_ = file == ":memory:";
    store->observer_ = std::move(observer);
    if (!store->in_memory_) {
        if (mode == OpenMode::existing && !std::filesystem::exists(file))
            return permanent(fmt::format("store: there is no {}: nothing was received yet, or store.file in wharf.yaml "
                                         "names another file",
                                         file.string()));
        if (auto const created = create_file(file); !created) return unexpected(created.error());
    }
    if (auto const opened = store->writing_.open(file, Access::read_write); !opened) return unexpected(opened.error());
    // A larger log between checkpoints and a larger page cache: fewer writes to the file itself under load.
    if (auto const set = store->writing_.execute("pragma journal_mode = wal; pragma synchronous = full; "
                                                 "pragma wal_autocheckpoint = 4000; pragma cache_size = -32000");
        !set)
        return unexpected(set.error());
    if (auto const migrated = migrate(store->writing_); !migrated)
        return unexpected(Error{migrated.error().kind, fmt::format("{}: {}", file.string(), migrated.error().message)});
    if (!store->in_memory_)
        if (auto const opened = store->reading_.open(file, Access::read_only); !opened)
            return unexpected(opened.error());
    store->writer_ = std::thread([raw = store.get()] { raw->write_groups(); });
    return store;
}

SqliteStore::~SqliteStore() {
    if (!writer_.joinable()) return;
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    arrived_.notify_one();
    writer_.join();
}

Result<void> SqliteStore::transact(Work const& work) {
    if (std::this_thread::get_id() == writer_.get_id())
        return invalid("store: transact was called from inside a transaction");
    Request request{.work = &work, .result = {}, .thrown = {}, .done = false, .finished = {}};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&request);
    arrived_.notify_one();
    request.finished.wait(lock, [&] { return request.done; });
    lock.unlock();
    if (request.thrown) std::rethrow_exception(request.thrown);
    return std::move(request.result);
}

Result<void> SqliteStore::read(Work const& work) {
    if (in_memory_) // one connection is the whole database
        return transact(work);
    std::lock_guard const lock(reading_mutex_);
    if (auto const begun = reading_.execute("begin"); !begun) return begun;
    SqliteTransaction transaction(reading_);
    Result<void> result;
    try {
        result = work(transaction);
    } catch (...) {
        [[maybe_unused]] auto const ended = reading_.execute("rollback");
        throw;
    }
    [[maybe_unused]] auto const ended = reading_.execute("rollback"); // nothing was written
    return result;
}

void SqliteStore::write_groups() {
    std::vector<Request*> group;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            arrived_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            auto const size = std::min(waiting_.size(), group_limit);
            auto const end = waiting_.begin() + static_cast<std::ptrdiff_t>(size);
            group.assign(waiting_.begin(), end);
            waiting_.erase(waiting_.begin(), end);
        }
        commit_group(group);
        std::lock_guard const lock(mutex_);
        for (auto* request : group) {
            request->done = true;
            request->finished.notify_one(); // under the lock: the request is gone as soon as its caller sees `done`
        }
    }
}

void SqliteStore::commit_group(std::vector<Request*> const& group) {
    auto const done = run_group(group);
    if (done) return;
    if (writing_.in_transaction()) [[maybe_unused]]
        auto const undone = writing_.execute("rollback");
    // Nothing of the group is in the file. Who failed by himself keeps his own error.
    for (auto* request : group)
        if (request->result) request->result = unexpected(done.error());
}

/// One transaction for the whole group, each request in a savepoint of its own, unless it is alone: a savepoint keeps a copy of every
/// page that is written below it. An error here is everyone's.
Result<void> SqliteStore::run_group(std::vector<Request*> const& group) {
    // `immediate`: a reader that became a writer later could not wait for another process any more.
    if (auto const begun = writing_.execute("begin immediate"); !begun) return begun;
    observe(Step::begun);
    SqliteTransaction transaction(writing_);
    bool const is_alone = group.size() == 1;
    for (auto* request : group) {
        if (!is_alone)
            if (auto const marked = writing_.run("savepoint request"); !marked) return unexpected(marked.error());
        try {
            request->result = (*request->work)(transaction);
        } catch (...) {
            request->thrown = std::current_exception();
            request->result = permanent("store: the work of a transaction threw");
        }
        observe(Step::worked);
        if (!writing_.in_transaction()) // a full disk or an I/O error made SQLite roll back everything
            return request->result ? temporary("store: the database ended the transaction by itself")
                                   : Result<void>(unexpected(request->result.error()));
        if (is_alone && !request->result) return writing_.execute("rollback");
        if (is_alone) break;
        if (!request->result)
            if (auto const undone = writing_.run("rollback to request"); !undone) return unexpected(undone.error());
        if (auto const released = writing_.run("release request"); !released) return unexpected(released.error());
    }
    observe(Step::before_commit);
    auto const committed = writing_.execute("commit");
    if (committed) observe(Step::committed);
    return committed;
}

std::vector<std::string> SqliteStore::prepared() const {
    auto texts = writing_.prepared();
    std::ranges::move(reading_.prepared(), std::back_inserter(texts));
    return texts;
}

} // namespace wharf::store::sqlite

namespace wharf::store {

Result<std::unique_ptr<Store>> open_sqlite(std::filesystem::path const& file, OpenMode mode) {
    auto store = sqlite::SqliteStore::open(file, mode);
    if (!store) return unexpected(std::move(store.error()));
    return std::unique_ptr<Store>(std::move(*store));
}

} // namespace wharf::store
