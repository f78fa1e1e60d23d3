#include "gateway/intake.hpp"

#include "base/id.hpp"
#include "diagnostic/registry.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/limits.hpp"
#include "gateway/windows.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>

namespace wharf::gateway {

namespace {

constexpr unsigned files_per_commit = 32;
constexpr std::size_t bytes_per_commit = 4u << 20;

struct Fetched {
    transport::RemoteFile file;
    std::string transfer_id;
    std::string bytes;
    std::string sha256;
    bool known = false; // stored by an earlier run that did not come to remove it
};

/// claim_key() backwards: "name|size|modified". Names may hold '|', so the numbers are taken from the end.
std::optional<transport::RemoteFile> file_of(std::string_view claim_key) {
    auto const last = claim_key.rfind('|');
    if (last == std::string_view::npos || last == 0)
        return std::nullopt;
    auto const middle = claim_key.rfind('|', last - 1);
    if (middle == std::string_view::npos)
        return std::nullopt;
    transport::RemoteFile file;
    file.name = claim_key.substr(0, middle);
    auto const* end = claim_key.data() + claim_key.size();
    std::from_chars(claim_key.data() + middle + 1, claim_key.data() + last, file.size);
    std::from_chars(claim_key.data() + last + 1, end, file.modified);
    return file;
}

/// Stores what was fetched, in one transaction, then removes it from the channel, then records that.
Result<void> store_and_finish(Context const& context, partner::Channel const& channel, std::vector<Fetched>& batch,
                              IntakeReport& report) {
    if (batch.empty())
        return {};
    auto const now = context.clock.now();
    auto stored = transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        for (auto& fetched : batch) {
            auto const key = fetched.file.claim_key();
            auto earlier = transaction.find_unfinished_transfer(channel.name, key);
            if (!earlier)
                return unexpected(std::move(earlier.error()));
            // Same name, size, time and bytes: the very file. Other bytes under the same key are a new file.
            fetched.known = *earlier && (*earlier)->sha256 == fetched.sha256;
            if (fetched.known) {
                fetched.transfer_id = (*earlier)->id;
                continue;
            }
            store::Transfer transfer;
            transfer.id = fetched.transfer_id;
            transfer.channel = channel.name;
            transfer.file_name = fetched.file.name;
            transfer.claim_key = key;
            transfer.sha256 = fetched.sha256;
            transfer.size = fetched.bytes.size();
            transfer.raw = std::move(fetched.bytes);
            transfer.received_at = now;
            WHARF_TRY(transaction.insert(transfer));
            WHARF_TRY(transaction.add_job(store::JobKind::process_transfer, transfer.id, now));
            // The file is removed right below; the job is for the case that we do not come to it.
            WHARF_TRY(transaction.add_job(store::JobKind::finish_file, transfer.id, now + std::chrono::minutes(1)));
            WHARF_TRY(record.note(transfer.id, "received",
                                  fmt::format("{} from channel {}, {} bytes", transfer.file_name, channel.name, transfer.size),
                                  fmt::format("channel={} file={} bytes={}", channel.name, for_log(transfer.file_name),
                                              transfer.size)));
        }
        crash_point("before-store-transfer");
        return {};
    });
    WHARF_TRY(std::move(stored));
    crash_point("after-store-transfer");

    std::vector<transport::RemoteFile> files;
    for (auto const& fetched : batch)
        files.push_back(fetched.file);
    std::vector<Result<void>> removed;
    Result<void> trouble = context.channels.with(channel.name, [&](transport::Connection& connection) -> Result<void> {
        removed = connection.finish_all(files);
        auto const lost = std::ranges::find_if(removed, [](auto const& one) { return !one && one.error().is_temporary(); });
        return lost == removed.end() ? Result<void>() : *lost;
    });
    std::vector<std::string> finished;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i].known ? ++report.known : ++report.taken;
        crash_point("after-finish-file");
        if (i < removed.size() && removed[i])
            finished.push_back(batch[i].transfer_id);
        else if (i < removed.size())
            trouble = std::move(removed[i]);
    }
    batch.clear();
    auto recorded = transact(context, [&](store::Transaction& transaction, Record&) -> Result<void> {
        for (auto const& id : finished)
            WHARF_TRY(transaction.finish_jobs_of(store::JobKind::finish_file, id));
        return {};
    });
    WHARF_TRY(std::move(recorded));
    crash_point("after-finish-file-record");
    return trouble;
}

/// A file beyond the limit: noted as a dead letter, then moved to the failed folder, its bytes untouched.
Result<void> set_aside(Context const& context, partner::Channel const& channel, transport::RemoteFile const& file) {
    auto diagnostic = make_diagnostic(
        "GATEWAY-0006",
        fmt::format("{} has {} bytes, more than the {} this channel takes", file.name, file.size, channel.pickup.max_bytes), {});
    store::Transfer transfer;
    transfer.id = new_id(context.clock.now());
    transfer.channel = channel.name;
    transfer.file_name = file.name;
    transfer.claim_key = file.claim_key();
    transfer.size = file.size;
    transfer.state = store::TransferState::dead_letter;
    transfer.reason = fmt::format("GATEWAY-0006: {}; {}", diagnostic.message,
                                  channel.pickup.leave ? "it stays where it is"
                                                       : fmt::format("it was moved, untouched, to the folder '{}' of the channel",
                                                                     channel.pickup.failed));
    transfer.received_at = context.clock.now();
    auto stored = transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto earlier = transaction.find_unfinished_transfer(channel.name, transfer.claim_key);
        if (!earlier)
            return unexpected(std::move(earlier.error()));
        if (*earlier) {
            transfer.id = (*earlier)->id;
            return {};
        }
        WHARF_TRY(transaction.insert(transfer));
        WHARF_TRY(transaction.add_job(store::JobKind::finish_file, transfer.id, context.clock.now() + std::chrono::minutes(1)));
        return record.note(transfer.id, "set_aside", transfer.reason,
                           fmt::format("channel={} file={} bytes={}", channel.name, for_log(file.name), file.size));
    });
    WHARF_TRY(std::move(stored));
    WHARF_TRY(context.channels.with(channel.name,
                                    [&](transport::Connection& connection) { return connection.set_aside(file); }));
    return context.store.transact([&](store::Transaction& transaction) {
        return transaction.finish_jobs_of(store::JobKind::finish_file, transfer.id);
    });
}

/// The files of one look, taken by as many workers as there are connections. Each file is one worker's.
class Taking {
public:
    Taking(Context const& context, partner::Channel const& channel, std::vector<transport::RemoteFile> const& ready, IntakeReport& report)
        : context_(context), channel_(channel), ready_(ready), report_(report),
          most_files_(std::clamp<std::size_t>((ready.size() + workers() - 1) / workers(), 1, files_per_commit)) {}

    /// What went wrong last. The others of a file that could not be read are taken; after a fault of the store nobody begins more.
    std::optional<Error> run(std::stop_token const& stop);

private:
    [[nodiscard]] std::size_t workers() const { return context_.channels.connections(channel_.name); }
    void work(std::stop_token const& stop);
    [[nodiscard]] std::span<transport::RemoteFile const> next_files();
    [[nodiscard]] std::vector<Fetched> fetch(std::span<transport::RemoteFile const> files);
    void fail(Error error, bool is_end) {
        std::lock_guard const guard(mutex_);
        trouble_ = std::move(error);
        ended_ = ended_ || is_end;
    }

    Context const& context_;
    partner::Channel const& channel_;
    std::vector<transport::RemoteFile> const& ready_;
    IntakeReport& report_;
    std::size_t most_files_; // of a commit

    std::mutex mutex_; // of what follows, and of the report
    std::size_t next_ = 0;
    bool ended_ = false;
    std::optional<Error> trouble_;
};

/// As many of the files from the next on as are read and stored together; none when there are no more.
std::span<transport::RemoteFile const> Taking::next_files() {
    std::lock_guard const guard(mutex_);
    if (ended_ || next_ >= ready_.size())
        return {};
    std::size_t count = 1;
    for (auto bytes = ready_[next_].size; next_ + count < ready_.size() && count < most_files_; ++count) {
        bytes += ready_[next_ + count].size;
        if (bytes > bytes_per_commit)
            break;
    }
    return std::span(ready_).subspan(std::exchange(next_, next_ + count), count);
}

std::vector<Fetched> Taking::fetch(std::span<transport::RemoteFile const> files) {
    std::vector<Result<std::string>> contents;
    auto read = context_.channels.with(channel_.name, [&](transport::Connection& connection) -> Result<void> {
        contents = connection.fetch_all(files);
        // A connection that broke is made anew once; what has come by then is read again.
        bool const all_lost = std::ranges::all_of(contents, [](auto const& one) { return !one && one.error().is_temporary(); });
        return all_lost ? unexpected(contents.front().error()) : Result<void>();
    });
    std::vector<Fetched> batch;
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto content = i < contents.size() ? std::move(contents[i]) : unexpected(read.error());
        if (!content) {
            if (!content.error().is_temporary())
                context_.log.line("fetch_failed", channel_.name,
                                  fmt::format("file={} reason={}", for_log(files[i].name), for_log(content.error().message)));
            fail(std::move(content.error()), false);
            continue;
        }
        crash_point("after-fetch");
        Fetched fetched;
        fetched.file = files[i];
        fetched.bytes = std::move(*content);
        fetched.transfer_id = new_id(context_.clock.now());
        fetched.sha256 = transport::sha256_hex(fetched.bytes);
        batch.push_back(std::move(fetched));
    }
    return batch;
}

void Taking::work(std::stop_token const& stop) {
    try {
        while (!stop.stop_requested()) {
            auto const files = next_files();
            if (files.empty())
                return;
            auto batch = fetch(files);
            IntakeReport own;
            auto done = store_and_finish(context_, channel_, batch, own);
            if (!done)
                fail(std::move(done.error()), true);
            std::lock_guard const guard(mutex_);
            report_.taken += own.taken;
            report_.known += own.known;
        }
    } catch (std::exception const& error) { // memory: the others go on, the files are there at the next look
        fail({ErrorKind::temporary, error.what()}, false);
    }
}

std::optional<Error> Taking::run(std::stop_token const& stop) {
    std::vector<std::jthread> pool;
    auto const batches = (ready_.size() + most_files_ - 1) / most_files_;
    for (std::size_t i = 1; i < workers() && i < std::max<std::size_t>(batches, 1); ++i)
        pool.emplace_back([this, &stop] { work(stop); });
    work(stop);
    pool.clear(); // joins
    return trouble_;
}

/// Files that stay on their channel were taken before when the store knows their name, size and time.
Result<void> leave_out_known(Context const& context, partner::Channel const& channel, transport::Listing& listing) {
    return context.store.read([&](store::Transaction& transaction) -> Result<void> {
        for (auto* const files : {&listing.ready, &listing.too_large}) {
            std::vector<transport::RemoteFile> fresh;
            for (auto& file : *files) {
                if (fresh.size() >= channel.pickup.most_per_poll)
                    break;
                auto known = transaction.knows_transfer(channel.name, file.claim_key());
                if (!known)
                    return unexpected(std::move(known.error()));
                if (!*known)
                    fresh.push_back(std::move(file));
            }
            *files = std::move(fresh);
        }
        return {};
    });
}

} // namespace

IntakeReport take_in(Context const& context, partner::Channel const& channel, std::stop_token stopped) {
    IntakeReport report;
    auto stop = [&](Error const& error) {
        report.trouble = error.message;
        report.trouble_is_temporary = error.is_temporary();
        context.log.line("poll_failed", channel.name, fmt::format("reason={}", for_log(error.message)));
        return report;
    };

    auto const looking = context.channels.look(channel.name);
    if (!looking.owns_lock() && context.configuration.channel(channel.name) != nullptr) {
        report.trouble = "somebody is looking at it already";
        return report;
    }
    transport::Listing listing;
    auto listed = context.channels.with(channel.name, [&](transport::Connection& connection) -> Result<void> {
        auto result = connection.list();
        if (!result)
            return unexpected(std::move(result.error()));
        listing = std::move(*result);
        return {};
    });
    if (!listed)
        return stop(listed.error());
    crash_point("after-list");
    report.waiting = listing.waiting;
    for (auto const& name : context.channels.newly_skipped(channel.name, listing.skipped))
        context.log.line("skipped", channel.name, fmt::format("file={}", for_log(name)));

    if (channel.pickup.leave)
        if (auto known = leave_out_known(context, channel, listing); !known)
            return stop(known.error());

    std::optional<Error> trouble;
    for (auto const& file : listing.too_large) {
        if (auto done = set_aside(context, channel, file); done)
            ++report.set_aside;
        else
            trouble = std::move(done.error()); // this file only, below too: the others must not wait for it
    }

    if (auto failed = Taking(context, channel, listing.ready, report).run(stopped))
        trouble = std::move(failed);
    if (trouble)
        return stop(*trouble);
    return report;
}

IntakeReport take_in_what_is_stable(Context const& context, partner::Channel const& channel, std::stop_token stop) {
    auto const spacing = std::min<std::chrono::milliseconds>(channel.poll_interval, longest_look_spacing);
    auto report = take_in(context, channel, stop);
    for (unsigned look = 1; look < channel.pickup.stable_polls && report.waiting > 0 && report.trouble.empty(); ++look) {
        std::mutex mutex;
        std::condition_variable_any stopping; // never notified: a stop request ends the sleep
        std::unique_lock lock(mutex);
        stopping.wait_for(lock, stop, spacing, [] { return false; });
        if (stop.stop_requested())
            break;
        auto next = take_in(context, channel, stop);
        next.taken += report.taken;
        next.known += report.known;
        next.set_aside += report.set_aside;
        report = std::move(next);
    }
    return report;
}

Result<void> finish_file(Context const& context, store::Job const& job) {
    std::optional<store::Transfer> transfer;
    WHARF_TRY(context.store.read([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.transfer(job.subject);
        if (!found)
            return unexpected(std::move(found.error()));
        transfer = std::move(*found);
        return {};
    }));
    auto const file = transfer ? file_of(transfer->claim_key) : std::nullopt;
    // A channel that was taken out of the configuration cannot be tidied up any more.
    if (file && context.configuration.channel(transfer->channel) != nullptr) {
        auto const waits = postpone_to_window(context, job, transfer->channel, false);
        if (!waits || *waits)
            return waits ? Result<void>() : unexpected(waits.error());
        bool const too_large = transfer->state == store::TransferState::dead_letter && transfer->sha256.empty();
        Timestamp later;
        auto done = context.channels.try_with(
            transfer->channel,
            [&](transport::Connection& connection) {
                return too_large ? connection.set_aside(*file) : connection.finish(*file);
            },
            later);
        if (!done)
            return context.store.transact(
                [&](store::Transaction& transaction) { return transaction.postpone_job(job.id, later); });
        WHARF_TRY(std::move(*done));
        crash_point("after-finish-file");
    }
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) { return transaction.finish_job(job.id); }));
    crash_point("after-finish-file-record");
    return {};
}

} // namespace wharf::gateway
