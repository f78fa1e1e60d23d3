// Exchanges of AS2, and their bytes.

#include "store/sqlite/rows.hpp"
#include "store/sqlite/transaction.hpp"

#include <fmt/format.h>

namespace wharf::store::sqlite {
namespace {

constexpr std::string_view exchange_columns =
    "id, channel, direction, state, as2_message_id, message_id, head, mic, disposition, receipt, receipt_message_id, "
    "receipt_head, certificates, reason, attempts, resends, created_at, updated_at";

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
    exchange.created_at = row.time(16);
    exchange.updated_at = row.time(17);
    return exchange;
}

std::string content_id(std::string_view exchange_id, std::string_view name) {
    return fmt::format("{}/{}", exchange_id, name);
}

} // namespace

Result<void> SqliteTransaction::insert(Exchange const& exchange) {
    static auto const sql =
        fmt::format("insert into exchange ({}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", exchange_columns);
    auto const done = connection_.run(
        sql, exchange.id, exchange.channel, to_string(exchange.direction), to_string(exchange.state), exchange.as2_message_id,
        Reference{exchange.message_id}, exchange.head, exchange.mic, exchange.disposition, to_string(exchange.receipt),
        exchange.receipt_message_id, exchange.receipt_head, exchange.certificates, exchange.reason, exchange.attempts,
        exchange.resends, exchange.created_at, exchange.updated_at);
    if (!done) return unexpected(done.error());
    return {};
}

Result<void> SqliteTransaction::update(Exchange const& exchange) {
    return change_one(connection_, "exchange", exchange.id,
                      "update exchange set state = ?, mic = ?, disposition = ?, receipt = ?, receipt_message_id = ?, "
                      "receipt_head = ?, certificates = ?, reason = ?, attempts = ?, resends = ?, updated_at = ? where id = ?",
                      to_string(exchange.state), exchange.mic, exchange.disposition, to_string(exchange.receipt),
                      exchange.receipt_message_id, exchange.receipt_head, exchange.certificates, exchange.reason,
                      exchange.attempts, exchange.resends, exchange.updated_at, exchange.id);
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

Result<std::vector<Exchange>> SqliteTransaction::exchanges(std::string_view channel, unsigned limit) {
    static auto const of_one = fmt::format("select {} from exchange where channel = ? order by row desc limit ?", exchange_columns);
    static auto const of_all = fmt::format("select {} from exchange where row >= 0 order by row desc limit ?", exchange_columns);
    if (channel.empty()) return rows<Exchange>(connection_, of_all, read_exchange, limit);
    return rows<Exchange>(connection_, of_one, read_exchange, channel, limit);
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

} // namespace wharf::store::sqlite
