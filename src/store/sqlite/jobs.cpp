// Jobs, control numbers, events, and answers to our API's callers.

#include "store/sqlite/rows.hpp"
#include "store/sqlite/transaction.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace wharf::store::sqlite {

namespace {

constexpr std::array every_kind = {JobKind::process_transfer,      JobKind::finish_file,   JobKind::deliver,      JobKind::transmit,
                                   JobKind::expect_acknowledgment, JobKind::open_exchange, JobKind::send_receipt, JobKind::expect_receipt};

/// ",deliver,transmit,": one text for any choice of kinds, so that one prepared statement serves all.
std::string list_of(std::span<JobKind const> kinds) {
    std::string list = ",";
    for (auto const kind : kinds.empty() ? std::span<JobKind const>(every_kind) : kinds) {
        list += to_string(kind);
        list += ',';
    }
    return list;
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
    using Claimed = std::pair<std::int64_t, Job>; // with its old ready_at: `returning` gives rows in any order
    auto claimed = rows<Claimed>(
        connection_,
        "with due as materialized (select id, ready_at from job where ready_at <= ? and instr(?, ',' || kind || ',') > 0 "
        "order by ready_at, id limit ?) "
        "update job set ready_at = ?, attempts = attempts + 1 from due where job.id = due.id "
        "returning job.id, kind, subject, due_at, attempts",
        [](Statement const& row) -> Result<Claimed> {
            auto const word = row.text(1);
            auto const kind = known(parse_job_kind(word), "job", word);
            if (!kind) return unexpected(kind.error());
            Job job;
            job.id = row.integer(0);
            job.kind = *kind;
            job.subject = row.text(2);
            job.due_at = row.time(3);
            job.attempts = static_cast<unsigned>(row.integer(4));
            return Claimed{row.integer(3), std::move(job)};
        },
        now, list_of(kinds), limit, lease_until);
    if (!claimed) return unexpected(claimed.error());
    std::ranges::sort(*claimed, {}, [](Claimed const& c) { return std::pair(c.first, c.second.id); });
    std::vector<Job> jobs;
    jobs.reserve(claimed->size());
    for (auto& [due_at, job] : *claimed)
        jobs.push_back(std::move(job));
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
    return first<Timestamp>(
        connection_, "select ready_at from job where instr(?, ',' || kind || ',') > 0 order by ready_at limit 1",
        [](Statement const& row) -> Result<Timestamp> { return row.time(0); }, list_of(kinds));
}

Result<void> SqliteTransaction::release_leases() {
    // Reads all jobs: once per start, of the work that is left.
    auto const done = connection_.run("update job set ready_at = due_at where ready_at <> due_at");
    if (!done) return unexpected(done.error());
    return {};
}

Result<void> SqliteTransaction::hasten_first_transmissions(Timestamp now) {
    // What is leased (ready_at <> due_at) is somebody's work.
    auto const done = connection_.run(
        "update job set due_at = ?1, ready_at = ?1 where ready_at > ?1 and kind = ?2 and due_at = ready_at "
        "and exists (select 1 from message where message.id = job.subject and message.state = ?3 and message.attempts = 0) "
        "and not exists (select 1 from exchange where exchange.message_id = job.subject)",
        now, to_string(JobKind::transmit), to_string(MessageState::ready));
    if (!done) return unexpected(done.error());
    return {};
}

// --- control numbers ----------------------------------------------------------------------------------------------

Result<std::uint64_t> SqliteTransaction::next_control_number(std::string_view scope, std::uint64_t max) {
    if (max == 0 || max > static_cast<std::uint64_t>(INT64_MAX))
        return invalid("store: a control number's greatest value must be at least 1 and fit in 63 bits");
    auto const number = first<std::uint64_t>(
        connection_,
        "insert into control_number (scope, last) values (?1, 1) on conflict (scope) do update "
        "set last = case when last >= ?2 then 1 else last + 1 end returning last",
        [](Statement const& row) -> Result<std::uint64_t> { return static_cast<std::uint64_t>(row.integer(0)); }, scope,
        max);
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

Result<std::vector<Event>> SqliteTransaction::events_of(std::string_view subject) {
    return rows<Event>(
        connection_, "select at, subject, type, text from event where subject = ? order by row",
        [](Statement const& row) -> Result<Event> {
            return Event{row.time(0), row.text(1), row.text(2), row.text(3)};
        },
        subject);
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
