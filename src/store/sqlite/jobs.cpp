// Jobs, control numbers, events (alarms are in alarms.cpp), and answers to our API's callers.

#include "store/sqlite/rows.hpp"
#include "store/sqlite/transaction.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace wharf::store::sqlite {

namespace {

constexpr std::array every_kind = {JobKind::process_transfer,      JobKind::finish_file,   JobKind::deliver,      JobKind::transmit,
                                   JobKind::expect_acknowledgment, JobKind::open_exchange, JobKind::send_receipt, JobKind::expect_receipt};

std::span<JobKind const> or_all(std::span<JobKind const> kinds) {
    return kinds.empty() ? std::span<JobKind const>(every_kind) : kinds;
}

using Due = std::pair<std::int64_t, Job>; // ready_at; with equal ones the earlier id goes first

Result<Due> read_due(Statement const& row) {
    auto const word = row.text(2);
    auto const kind = known(parse_job_kind(word), "job", word);
    if (!kind) return unexpected(kind.error());
    Job job;
    job.id = row.integer(1);
    job.kind = *kind;
    job.subject = row.text(3);
    job.due_at = row.time(4);
    job.attempts = static_cast<unsigned>(row.integer(5));
    return Due{row.integer(0), std::move(job)};
}

Result<Job> read_job(Statement const& row) {
    auto due = read_due(row);
    if (!due) return unexpected(std::move(due.error()));
    return std::move(due->second);
}

} // namespace

// --- jobs ---------------------------------------------------------------------------------------------------------
//
// A lease is a ready_at in the future: one column and one index answer both "what is due" and "what is free".

Result<void> SqliteTransaction::add_job(JobKind kind, std::string_view subject, Timestamp due_at) {
    auto const done =
        connection_.run("insert into job (kind, subject, due_at, ready_at, attempts) values (?, ?, ?, ?, 0)",
                        to_string(kind), subject, due_at, due_at);
    if (!done) return unexpected(done.error());
    return {};
}

Result<std::vector<Job>> SqliteTransaction::claim_jobs(Timestamp now, Timestamp lease_until, unsigned limit,
                                                       std::span<JobKind const> kinds) {
    std::vector<Due> due;
    for (auto const kind : or_all(kinds)) {
        auto of_kind = rows<Due>(connection_,
                                 "select ready_at, id, kind, subject, due_at, attempts from job where kind = ? and ready_at <= ? "
                                 "order by ready_at, id limit ?",
                                 read_due, to_string(kind), now, limit);
        if (!of_kind) return unexpected(std::move(of_kind.error()));
        std::ranges::move(*of_kind, std::back_inserter(due));
    }
    std::ranges::sort(due, {}, [](Due const& one) { return std::pair(one.first, one.second.id); });
    std::vector<Job> jobs;
    for (auto& [ready_at, job] : due) {
        if (jobs.size() == limit) break;
        ++job.attempts;
        auto const leased = connection_.run("update job set ready_at = ?, attempts = ? where id = ?", lease_until, job.attempts, job.id);
        if (!leased) return unexpected(leased.error());
        jobs.push_back(std::move(job));
    }
    return jobs;
}

Result<void> SqliteTransaction::finish_job(std::int64_t id) {
    auto const done = connection_.run("delete from job where id = ?", id);
    if (!done) return unexpected(done.error());
    return {};
}

Result<void> SqliteTransaction::postpone_job(std::int64_t id, Timestamp due_at) {
    return change_one(connection_, "job", std::to_string(id), "update job set due_at = ?1, ready_at = ?1 where id = ?2",
                      due_at, id);
}

Result<void> SqliteTransaction::finish_jobs_of(JobKind kind, std::string_view subject) {
    auto const done = connection_.run("delete from job where subject = ? and kind = ?", subject, to_string(kind));
    if (!done) return unexpected(done.error());
    return {};
}

Result<std::optional<Timestamp>> SqliteTransaction::next_due(std::span<JobKind const> kinds) {
    std::optional<Timestamp> earliest;
    for (auto const kind : or_all(kinds)) {
        auto const next = first<Timestamp>(
            connection_, "select ready_at from job where kind = ? order by ready_at limit 1",
            [](Statement const& row) -> Result<Timestamp> { return row.time(0); }, to_string(kind));
        if (!next) return unexpected(next.error());
        if (*next && (!earliest || **next < *earliest)) earliest = **next;
    }
    return earliest;
}

Result<std::vector<Job>> SqliteTransaction::jobs_of(std::string_view subject) {
    auto jobs = rows<Job>(connection_, "select ready_at, id, kind, subject, due_at, attempts from job where subject = ?", read_job, subject);
    if (jobs) std::ranges::sort(*jobs, {}, [](Job const& one) { return std::pair(one.due_at, one.id); });
    return jobs;
}

Result<bool> SqliteTransaction::hasten_job(JobKind kind, std::string_view subject, Timestamp now) {
    // What is leased (ready_at <> due_at) is somebody's work.
    auto const hastened = connection_.run("update job set due_at = ?1, ready_at = ?1 where subject = ?2 and kind = ?3 and due_at = ready_at", now, subject,
                                          to_string(kind));
    if (!hastened) return unexpected(hastened.error());
    return *hastened > 0;
}

Result<void> SqliteTransaction::release_leases() {
    // Reads all jobs: once per start, of the work that is left.
    auto const done = connection_.run("update job set ready_at = due_at where ready_at <> due_at");
    if (!done) return unexpected(done.error());
    return {};
}

Result<void> SqliteTransaction::hasten_transmissions(Timestamp now, std::string_view waiting) {
    // What is leased (ready_at <> due_at) is somebody's work.
    auto const done = connection_.run(
        "update job set due_at = ?1, ready_at = ?1 where ready_at > ?1 and kind = ?2 and due_at = ready_at "
        "and exists (select 1 from message where message.id = job.subject and message.state = ?3 and "
        "(message.attempts = 0 or substr(message.reason, 1, length(?4)) = ?4)) "
        "and not exists (select 1 from exchange where exchange.message_id = job.subject)",
        now, to_string(JobKind::transmit), to_string(MessageState::ready), waiting);
    if (!done) return unexpected(done.error());
    return {};
}

// --- control numbers ----------------------------------------------------------------------------------------------

Result<std::uint64_t> SqliteTransaction::next_control_number(std::string_view scope, std::uint64_t max, std::uint64_t first_wanted) {
    if (max == 0 || max > static_cast<std::uint64_t>(INT64_MAX))
        return invalid("store: a control number's greatest value must be at least 1 and fit in 63 bits");
    if (first_wanted == 0 || first_wanted > max)
        return invalid(fmt::format("store: the first control number must be from 1 to {}, it is {}", max, first_wanted));
    // Wherever a jump led after the wrapping, the count would come to numbers that were given while the smaller ones are still unused.
    auto const number = first<std::uint64_t>(
        connection_,
        "insert into control_number (scope, last) values (?1, ?3) on conflict (scope) do update "
        "set last = case when last >= ?2 then 1 when last < ?3 and not wrapped then ?3 else last + 1 end, "
        "wrapped = wrapped or last >= ?2 returning last",
        [](Statement const& row) -> Result<std::uint64_t> { return static_cast<std::uint64_t>(row.integer(0)); }, scope,
        max, first_wanted);
    if (!number) return unexpected(number.error());
    return **number;
}

// --- events -------------------------------------------------------------------------------------------------------

Result<void> SqliteTransaction::add_event(Event const& event) {
    auto const done = connection_.run("insert into event (at, subject, type, text) values (?, ?, ?, ?)", event.at,
                                      event.subject, event.type, event.text);
    if (!done) return unexpected(done.error());
    return {};
}

namespace {

Result<Event> read_event(Statement const& row) { return Event{row.time(0), row.text(1), row.text(2), row.text(3)}; }

} // namespace

Result<std::vector<Event>> SqliteTransaction::events_of(std::string_view subject) {
    return rows<Event>(connection_, "select at, subject, type, text from event where subject = ? order by row", read_event, subject);
}

// --- answers ------------------------------------------------------------------------------------------------------

Result<std::optional<std::string>> SqliteTransaction::find_answer(std::string_view idempotency_key) {
    return first<std::string>(
        connection_, "select answer from answer where idempotency_key = ?",
        [](Statement const& row) -> Result<std::string> { return row.text(0); }, idempotency_key);
}

Result<void> SqliteTransaction::remember_answer(std::string_view idempotency_key, std::string_view answer) {
    auto const done =
        connection_.run("insert into answer (idempotency_key, answer) values (?, ?)", idempotency_key, answer);
    if (!done) return unexpected(done.error());
    return {};
}

} // namespace wharf::store::sqlite
