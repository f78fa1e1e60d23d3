// Exchanges of AS2, and their bytes.

#include "store/sqlite/rows.hpp"
#include "store/sqlite/transaction.hpp"

#include <fmt/format.h>

namespace wharf::store::sqlite {
namespace {

constexpr std::string_view exchange_columns =
    "id, channel, direction, state, as2_message_id, message_id, head, mic, disposition, receipt, receipt_message_id, "
    "receipt_head, certificates, reason, attempts, resends, body_bytes, emptied_at, created_at, updated_at, body_sha256";

Result<Exchange> read_exchange(Statement const& row) {
    auto const direction_word = row.text(2);
    auto const direction = known(parse_direction(direction_word), "exchange", direction_word);
    if (!direction) return unexpected(direction.error());
    auto const state_word = row.text(3);
    auto const state = known(parse_exchange_state(state_word), "exchange", state_word);
    if (!state) return unexpected(state.error());
    auto const receipt_word = row.text(9);
    auto const receipt = known(parse_receipt_state(receipt_word), "exchange", receipt_word);
    if (!receipt) return unexpected(receipt.error());
    Exchange exchange;
    exchange.id = row.text(0);
    exchange.channel = row.text(1);
    exchange.direction = *direction;
    exchange.state = *state;
    exchange.as2_message_id = row.text(4);
    exchange.message_id = row.text(5);
    exchange.head = row.text(6);
    exchange.mic = row.text(7);
    exchange.disposition = row.text(8);
    exchange.receipt = *receipt;
    exchange.receipt_message_id = row.text(10);
    exchange.receipt_head = row.text(11);
    exchange.certificates = row.text(12);
    exchange.reason = row.text(13);
    exchange.attempts = static_cast<unsigned>(row.integer(14));
    exchange.resends = static_cast<unsigned>(row.integer(15));
    exchange.body_bytes = static_cast<std::uint64_t>(row.integer(16));
    if (row.integer(17) != 0) exchange.emptied_at = row.time(17);
    exchange.created_at = row.time(18);
    exchange.updated_at = row.time(19);
    exchange.body_sha256 = row.text(20);
    return exchange;
}

// A message that was given up was refused without an answer: its body is all there is of it.
constexpr std::string_view not_given_up = "(disposition <> '' or attempts = 0)";

std::string content_id(std::string_view exchange_id, std::string_view name) {
    return fmt::format("{}/{}", exchange_id, name);
}

} // namespace

Result<void> SqliteTransaction::insert(Exchange const& exchange) {
    static auto const sql =
        fmt::format("insert into exchange ({}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", exchange_columns);
    auto const done = connection_.run(
        sql, exchange.id, exchange.channel, to_string(exchange.direction), to_string(exchange.state), exchange.as2_message_id,
        Reference{exchange.message_id}, exchange.head, exchange.mic, exchange.disposition, to_string(exchange.receipt),
        exchange.receipt_message_id, exchange.receipt_head, exchange.certificates, exchange.reason, exchange.attempts,
        exchange.resends, exchange.body_bytes, exchange.emptied_at.value_or(Timestamp()), exchange.created_at, exchange.updated_at, exchange.body_sha256);
    if (!done) return unexpected(done.error());
    return {};
}

Result<void> SqliteTransaction::update(Exchange const& exchange) {
    return change_one(connection_, "exchange", exchange.id,
                      "update exchange set state = ?, mic = ?, disposition = ?, receipt = ?, receipt_message_id = ?, "
                      "receipt_head = ?, certificates = ?, reason = ?, attempts = ?, resends = ?, body_bytes = ?, emptied_at = ?, updated_at = ? where id = ?",
                      to_string(exchange.state), exchange.mic, exchange.disposition, to_string(exchange.receipt),
                      exchange.receipt_message_id, exchange.receipt_head, exchange.certificates, exchange.reason,
                      exchange.attempts, exchange.resends, exchange.body_bytes, exchange.emptied_at.value_or(Timestamp()), exchange.updated_at, exchange.id);
}

Result<std::optional<Exchange>> SqliteTransaction::exchange(std::string_view id) {
    static auto const sql = fmt::format("select {} from exchange where id = ?", exchange_columns);
    return first<Exchange>(connection_, sql, read_exchange, id);
}

Result<std::optional<Exchange>> SqliteTransaction::find_exchange(std::string_view channel, Direction direction,
                                                                 std::string_view as2_message_id) {
    static auto const taken = fmt::format("select {} from exchange where channel = ? and as2_message_id = ? and "
                                          "direction = 'inbound' and state in ('received', 'accepted') limit 1",
                                          exchange_columns);
    static auto const sent = fmt::format("select {} from exchange where channel = ? and as2_message_id = ? and "
                                         "direction = 'outbound' order by row desc limit 1",
                                         exchange_columns);
    return first<Exchange>(connection_, direction == Direction::inbound ? taken : sent, read_exchange, channel, as2_message_id);
}

Result<std::optional<Exchange>> SqliteTransaction::exchange_of_message(std::string_view message_id) {
    static auto const sql = fmt::format("select {} from exchange where message_id = ? order by row desc limit 1", exchange_columns);
    return first<Exchange>(connection_, sql, read_exchange, message_id);
}

Result<std::vector<Exchange>> SqliteTransaction::exchanges(ExchangeFilter const& filter) {
    // One statement per combination of filters, so that each has its index; '+': not a column to choose the index by.
    bool const is_one = !filter.as2_message_id.empty();
    bool const is_chosen = is_one || filter.which != ExchangeFilter::Which::all;
    auto sql = fmt::format("select {} from exchange where ", exchange_columns);
    std::string_view bare = filter.as2_message_id;
    if (bare.starts_with('<') && bare.ends_with('>') && bare.size() > 2) bare = bare.substr(1, bare.size() - 2);
    auto const bracketed = fmt::format("<{}>", bare);
    if (is_one)
        sql += "row in (select row from exchange where as2_message_id = ? union select row from exchange where as2_message_id = ?) and ";
    if (filter.which == ExchangeFilter::Which::refused) sql += "state in ('refused', 'failed') and ";
    if (filter.which == ExchangeFilter::Which::waiting)
        sql += "(state in ('received', 'ready', 'posting', 'waiting_to_retry', 'waiting_for_receipt') or receipt = 'owed') and ";
    if (filter.channels.size() == 1) sql += is_chosen ? "+channel = ? and " : "channel = ? and ";
    if (filter.channels.size() > 1) {
        sql += "+channel in (?";
        for (std::size_t i = 1; i < filter.channels.size(); ++i)
            sql += ", ?";
        sql += ") and ";
    }
    if (filter.direction) sql += "+direction = ? and ";
    sql += "row >= 0 order by row desc limit ?";

    auto statement = connection_.prepare(sql);
    if (!statement) return unexpected(statement.error());
    if (is_one) {
        statement->bind(bare);
        statement->bind(bracketed);
    }
    for (auto const& channel : filter.channels)
        statement->bind(channel);
    if (filter.direction) statement->bind(to_string(*filter.direction));
    statement->bind(filter.limit);
    return rows_of<Exchange>(*statement, read_exchange);
}

Result<void> SqliteTransaction::put_content(std::string_view exchange_id, std::string_view name, std::string_view bytes) {
    auto const done = connection_.run("insert or replace into content (id, bytes) values (?, ?)", content_id(exchange_id, name), Blob{bytes});
    if (!done) return unexpected(done.error());
    return {};
}

Result<std::optional<std::string>> SqliteTransaction::content_of(std::string_view exchange_id, std::string_view name) {
    return first<std::string>(
        connection_, "select bytes from content where id = ?",
        [](Statement const& row) -> Result<std::string> { return row.text(0); }, content_id(exchange_id, name));
}

Result<void> SqliteTransaction::remove_content(std::string_view exchange_id, std::string_view name) {
    return change(connection_, "delete from content where id = ?", content_id(exchange_id, name));
}

Result<void> SqliteTransaction::remove_contents(std::string_view exchange_id, std::string_view but_for) {
    // "E/" and all that begins so: '0' is the character behind '/'.
    return change(connection_, "delete from content where id > ? and id < ? and id <> ?", content_id(exchange_id, ""),
                  fmt::format("{}0", exchange_id), content_id(exchange_id, but_for));
}

namespace {

Result<std::string> read_text(Statement const& row) { return row.text(0); }

} // namespace

Result<std::vector<KeptBody>> SqliteTransaction::kept_bodies(std::string_view channel) {
    return rows<KeptBody>(
        connection_, "select id, body_bytes from exchange where channel = ? and body_bytes > 0 order by row desc",
        [](Statement const& row) -> Result<KeptBody> { return KeptBody{row.text(0), static_cast<std::uint64_t>(row.integer(1))}; }, channel);
}

Result<std::vector<std::string>> SqliteTransaction::unverified_refusals(std::string_view channel, unsigned newest, unsigned limit) {
    static auto const sql = fmt::format("select id from exchange where channel = ? and direction = 'inbound' and state = 'refused' and "
                                        "substr(certificates, 1, 10) <> 'signed-by ' and receipt <> 'owed' and {} "
                                        "order by row desc limit ? offset ?",
                                        not_given_up);
    return rows<std::string>(connection_, sql, read_text, channel, limit, newest);
}

Result<void> SqliteTransaction::forget_exchange(std::string_view id) {
    static auto const sql = fmt::format("delete from exchange where id = ? and direction = 'inbound' and state = 'refused' and {}", not_given_up);
    auto const rows_gone = connection_.run(sql, id);
    if (!rows_gone) return unexpected(rows_gone.error());
    if (*rows_gone == 0) return {}; // none that may be forgotten: what belongs to it stays as well
    if (auto done = remove_contents(id, {}); !done) return done;
    if (auto done = change(connection_, "delete from event where subject = ?", id); !done) return done;
    return change(connection_, "delete from job where subject = ?", id);
}

Result<std::vector<std::string>> SqliteTransaction::channels_with_bytes() {
    std::vector<std::string> channels;
    for (std::string last;; last = channels.back()) { // one step in the index for each channel, not one for each exchange
        auto next = first<std::string>(connection_, "select channel from exchange where emptied_at = 0 and channel > ? order by channel limit 1", read_text, last);
        if (!next) return unexpected(std::move(next.error()));
        if (!*next) return channels;
        channels.push_back(std::move(**next));
    }
}

Result<std::vector<Exchange>> SqliteTransaction::settled_exchanges(std::string_view channel, Timestamp before, unsigned limit) {
    // The bytes of a file that was too large are all there is of it, too.
    static auto const sql = fmt::format(
        "select {} from exchange where channel = ? and emptied_at = 0 and created_at < ? and receipt <> 'owed' and "
        "(state in ('accepted', 'succeeded', 'failed') or (state = 'refused' and {})) and "
        "not exists (select 1 from transfer where transfer.exchange_id = exchange.id and transfer.state = 'dead_letter' and transfer.sha256 = '') "
        "order by created_at limit ?",
        exchange_columns, not_given_up);
    return rows<Exchange>(connection_, sql, read_exchange, channel, before, limit);
}

} // namespace wharf::store::sqlite
