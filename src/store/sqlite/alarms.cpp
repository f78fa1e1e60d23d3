// Alarms, and requests turned away.

#include "store/sqlite/rows.hpp"
#include "store/sqlite/transaction.hpp"

#include <fmt/format.h>

#include <string>

namespace wharf::store::sqlite {

namespace {

// What is about a message, document, file or exchange: its subject is an id (base/id.hpp), which names of channels and files are not.
constexpr std::string_view is_of_an_id = "(length(subject) = 26 and subject not glob '*[^0-9A-Z]*')";

// Whose trouble is over because what they are about has moved on. All others wait for settle_alarms. Each looks up one row by its id.
constexpr std::string_view moved_on =
    // a message that waited for a person, or for its partner
    "exists (select 1 from message where message.id = event.subject and (message.state = 'discarded' or "
    "(event.type in ('DEAD_LETTER', 'QUARANTINED', 'INTERCHANGE_NUMBER_REUSED', 'ACKNOWLEDGMENT_OVERDUE', 'AS2_SENDING_FAILED', "
    "'AS2_RECEIPT_FAILED', 'AS2_RECEIPT_OVERDUE') and message.state not in ('dead_letter', 'quarantined', 'held', 'overdue', 'ready') and "
    // over AS2 the exchange may still lack its proof, whatever a 997 says
    "not (substr(event.type, 1, 4) = 'AS2_' and 'failed' = coalesce((select exchange.state from exchange where exchange.message_id = message.id "
    "order by exchange.row desc limit 1), ''))))) "
    "or exists (select 1 from document where document.id = event.subject and document.state = 'discarded') "
    "or (event.type in ('GUIDE_VIOLATED', 'HL_INVALID', 'MAPPING_REFUSED', 'NO_TARGET') and "
    "exists (select 1 from document where document.id = event.subject and document.state <> 'held')) "
    "or exists (select 1 from transfer where transfer.id = event.subject and transfer.state in ('processed', 'discarded')) "
    "or (event.type = 'AS2_RECEIPT_UNSENT' and "
    "exists (select 1 from exchange where exchange.id = event.subject and exchange.receipt = 'sent'))";

Result<Event> read_alarm(Statement const& row) {
    Event alarm{row.time(0), row.text(1), row.text(2), row.text(3)};
    alarm.is_settled = row.integer(4) != 0;
    if (row.integer(5) != 0) alarm.settled_at = row.time(5);
    return alarm;
}

Result<Refusal> read_refusal(Statement const& row) {
    return Refusal{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), static_cast<std::uint64_t>(row.integer(6)), row.time(7), row.time(8)};
}

} // namespace

Result<std::vector<Event>> SqliteTransaction::alarms(AlarmFilter const& filter) {
    // Capitals come before small letters; the indexes have only such rows. What has moved on has no time of its own.
    // What is wrong about a channel or a certificate is still so while it is open, and keeps the time when it began: it is shown however old it is.
    auto sql = fmt::format("select at, subject, type, text, settled_at <> 0 or {}, settled_at from event where type < 'a' "
                           "and (at >= ? or (settled_at = 0 and not {})) ",
                           filter.with_settled ? moved_on : "0", is_of_an_id);
    if (!filter.with_settled) sql += fmt::format("and settled_at = 0 and not ({}) ", moved_on);
    if (!filter.subject.empty()) sql += "and subject = ? ";
    if (!filter.word.empty()) sql += "and substr(type, 1, ?) = ? ";
    sql += filter.subject.empty() ? "and row >= 0 order by row desc limit ?" : "order by row desc limit ?";
    auto statement = connection_.prepare(sql);
    if (!statement) return unexpected(statement.error());
    statement->bind(filter.since);
    if (!filter.subject.empty()) statement->bind(filter.subject);
    if (!filter.word.empty()) {
        statement->bind(static_cast<std::int64_t>(filter.word.size()));
        statement->bind(filter.word);
    }
    statement->bind(filter.limit);
    return rows_of<Event>(*statement, read_alarm);
}

Result<unsigned> SqliteTransaction::settle_alarms(std::string_view subject, std::string_view word, Timestamp now, std::string_view text) {
    auto const settled = connection_.run("update event set settled_at = ?1 where subject = ?2 and type < 'a' and settled_at = 0 and (?3 = '' or type = ?3) "
                                         "and (?4 = '' or text = ?4)",
                                         now, subject, word, text);
    if (!settled) return unexpected(settled.error());
    return static_cast<unsigned>(*settled);
}

Result<void> SqliteTransaction::add_refusal(Refusal const& refusal, unsigned most_names) {
    auto const add_to = [&](std::string_view from, std::string_view to) {
        return connection_.run("update refusal set reason = ?, count = count + ?, last_at = ? where kind = ? and channel = ? and address = ? and as2_from = ? and as2_to = ?",
                               refusal.reason, refusal.count, refusal.last_at, refusal.kind, refusal.channel, refusal.address, from, to);
    };
    auto const known = add_to(refusal.from, refusal.to);
    if (!known) return unexpected(known.error());
    if (*known > 0) return {};
    auto const pairs = first<std::int64_t>(
        connection_, "select count(*) from refusal where kind = ? and channel = ? and address = ? and as2_from || as2_to <> ''",
        [](Statement const& row) -> Result<std::int64_t> { return row.integer(0); }, refusal.kind, refusal.channel, refusal.address);
    if (!pairs) return unexpected(pairs.error());
    bool const is_one_too_many = **pairs >= most_names;
    if (is_one_too_many) {
        auto const others = add_to({}, {});
        if (!others) return unexpected(others.error());
        if (*others > 0) return {};
    }
    std::string const none;
    return change(connection_,
                  "insert into refusal (kind, channel, address, as2_from, as2_to, reason, count, first_at, last_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  refusal.kind, refusal.channel, refusal.address, is_one_too_many ? none : refusal.from, is_one_too_many ? none : refusal.to, refusal.reason,
                  refusal.count, refusal.first_at, refusal.last_at);
}

Result<std::vector<Refusal>> SqliteTransaction::refusals(std::vector<std::string> const& channels, unsigned limit) {
    std::string sql = "select kind, channel, address, as2_from, as2_to, reason, count, first_at, last_at from refusal ";
    for (std::size_t i = 0; i < channels.size(); ++i)
        sql += i == 0 ? "where channel in (?" : ", ?";
    sql += channels.empty() ? "order by last_at desc, row desc limit ?" : ") order by last_at desc, row desc limit ?";
    auto statement = connection_.prepare(sql);
    if (!statement) return unexpected(statement.error());
    for (auto const& channel : channels)
        statement->bind(channel);
    statement->bind(limit);
    return rows_of<Refusal>(*statement, read_refusal);
}

Result<void> SqliteTransaction::trim_refusals(std::string_view kind, std::string_view channel, unsigned newest) {
    return change(connection_,
                  "delete from refusal where row in (select row from refusal where kind = ? and channel = ? order by last_at desc, row desc limit -1 offset ?)",
                  kind, channel, newest);
}

} // namespace wharf::store::sqlite
