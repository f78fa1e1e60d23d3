#include "grammar/lint_jobs.hpp"

#include "grammar/set_check.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace wharf::grammar {
namespace {

/// An item that has outlived its reader's step: with its own part and envelope, whose block is kept beside it.
struct KeptItem {
    Item item;
    x12::Part part;
};

/// A run of items in file order, with the blocks their parts lie in. Nothing in it changes any more but what its worker adds.
struct Run {
    std::uint64_t number = 0;
    std::vector<std::shared_ptr<x12::Block const>> blocks;
    std::deque<KeptItem> items; // a deque: items point to their parts
    std::deque<InterchangeInfo> interchanges;
    std::deque<GroupInfo> groups;
};

class Jobs {
public:
    Jobs(InterchangeReader& reader, SchemaCache& schemas, LintOptions const& options, LintTotals& totals)
        : reader_(reader), schemas_(schemas), options_(options), totals_(totals) {}

    void work() {
        SetCheck check(schemas_, options_.reader);
        for (;;) {
            Run run;
            if (!cut(run))
                return;
            LintTotals found(options_.max_findings);
            for (auto& kept : run.items) {
                if (kept.item.kind == ItemKind::transaction_set)
                    check.run(kept.item);
                found.add(kept.item);
            }
            let_go(run);
            deliver(run.number, found.take());
        }
    }

private:
    /// The next run: items up to where the reader begins another block, when there are enough bytes.
    bool cut(Run& run) {
        std::lock_guard const lock(reader_mutex_);
        run.number = next_run_++;
        if (waiting_) { // read already, but of a new block
            waiting_ = false;
            keep(run);
        }
        while (!ended_) {
            ended_ = !reader_.next();
            if (ended_)
                break;
            auto const block = reader_.block();
            bool const another = !run.blocks.empty() && reader_.item().part != nullptr && run.blocks.back() != block;
            if (another && (run.blocks.size() >= most_blocks || bytes(run) >= enough_bytes)) {
                waiting_ = true;
                break;
            }
            keep(run);
        }
        return !run.items.empty();
    }

    void keep(Run& run) {
        auto& item = reader_.item();
        if (item.kind == ItemKind::interchange_start || (run.interchanges.empty() && item.interchange != nullptr))
            run.interchanges.push_back(*item.interchange);
        if (item.kind == ItemKind::group_start || (run.groups.empty() && item.group != nullptr))
            run.groups.push_back(*item.group);
        auto& kept = run.items.emplace_back();
        kept.item = std::move(item);
        if (kept.item.part == nullptr)
            return;
        if (auto const block = reader_.block(); run.blocks.empty() || run.blocks.back() != block)
            run.blocks.push_back(block);
        kept.part = *kept.item.part;
        kept.item.part = &kept.part;
        if (kept.item.kind != ItemKind::transaction_set)
            return;
        kept.item.interchange = &run.interchanges.back();
        kept.item.group = &run.groups.back();
        kept.item.context.interchange = kept.item.interchange->control_number;
        kept.item.context.group = kept.item.group->control_number;
        kept.item.context.transaction = kept.item.set.control_number;
    }

    /// Blocks go back under the reader's lock: it uses those again that nobody keeps.
    void let_go(Run& run) {
        std::lock_guard const lock(reader_mutex_);
        run.items.clear();
        run.blocks.clear();
    }

    /// Results are added in the order of the file; those that come early wait.
    void deliver(std::uint64_t number, LintResult&& result) {
        std::lock_guard const lock(results_mutex_);
        early_.emplace(number, std::move(result));
        while (!early_.empty() && early_.begin()->first == next_result_) {
            totals_.add(std::move(early_.begin()->second));
            early_.erase(early_.begin());
            ++next_result_;
        }
    }

    static std::size_t bytes(Run const& run) {
        std::size_t sum = 0;
        for (auto const& kept : run.items)
            sum += kept.part.length;
        return sum;
    }

    static constexpr std::size_t enough_bytes = 100'000; // less, and the locks cost more than they bring
    static constexpr std::size_t most_blocks = 16;

    InterchangeReader& reader_;
    SchemaCache& schemas_;
    LintOptions const& options_;
    LintTotals& totals_;
    std::mutex reader_mutex_;
    std::uint64_t next_run_ = 0;
    bool waiting_ = false; // the reader's item belongs to the next run
    bool ended_ = false;
    std::mutex results_mutex_;
    std::map<std::uint64_t, LintResult> early_;
    std::uint64_t next_result_ = 0;
};

} // namespace

void lint_with_jobs(InterchangeReader& reader, SchemaCache& schemas, LintOptions const& options, LintTotals& totals) {
    Jobs jobs(reader, schemas, options, totals);
    std::vector<std::jthread> helpers;
    try {
        for (unsigned i = 1; i < options.jobs; ++i)
            helpers.emplace_back([&] { jobs.work(); });
    } catch (std::system_error const&) {
        // No thread to be had: those that are there do the work, at the least this one.
    }
    jobs.work();
}

} // namespace wharf::grammar
