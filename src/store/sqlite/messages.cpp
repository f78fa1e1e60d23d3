// Transfers and messages.

#include "store/sqlite/rows.hpp"
#include "store/sqlite/transaction.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::store::sqlite {
namespace {

constexpr std::string_view transfer_columns =
    "id, channel, file_name, claim_key, sha256, size, state, reason, received_at, exchange_id";
constexpr std::string_view message_columns =
    "id, transfer_id, direction, state, channel, partner, format, test, sender, receiver, interchange_control_number, "
    "group_control_number, functional_id, file_name, sha256, diagnostics, reason, answers, resend_of, "
    "acknowledged_late, attempts, created_at, updated_at";

Result<Transfer> read_transfer(Statement const& row) {
    auto const word = row.text(6);
    auto const state = known(parse_transfer_state(word), "transfer", word);
    if (!state) return unexpected(state.error());
    Transfer transfer;
    transfer.id = row.text(0);
    transfer.channel = row.text(1);
    transfer.file_name = row.text(2);
    transfer.claim_key = row.text(3);
    transfer.sha256 = row.text(4);
    transfer.size = static_cast<std::uint64_t>(row.integer(5));
    transfer.state = *state;
    transfer.reason = row.text(7);
    transfer.received_at = row.time(8);
    transfer.exchange_id = row.text(9);
    return transfer;
}

Result<Message> read_message(Statement const& row) {
    auto const direction_word = row.text(2);
    auto const direction = known(parse_direction(direction_word), "message", direction_word);
    if (!direction) return unexpected(direction.error());
    auto const state_word = row.text(3);
    auto const state = known(parse_message_state(state_word), "message", state_word);
    if (!state) return unexpected(state.error());
    Message message;
    message.id = row.text(0);
    message.transfer_id = row.text(1);
    message.direction = *direction;
    message.state = *state;
    message.channel = row.text(4);
    message.partner = row.text(5);
    message.format = row.text(6);
    message.test = row.integer(7) != 0;
    message.sender = row.text(8);
    message.receiver = row.text(9);
    message.interchange_control_number = row.text(10);
    message.group_control_number = row.text(11);
    message.functional_id = row.text(12);
    message.file_name = row.text(13);
    message.sha256 = row.text(14);
    message.diagnostics = row.text(15);
    message.reason = row.text(16);
    message.answers = row.text(17);
    message.resend_of = row.text(18);
    message.acknowledged_late = row.integer(19) != 0;
    message.attempts = static_cast<unsigned>(row.integer(20));
    message.created_at = row.time(21);
    message.updated_at = row.time(22);
    return message;
}

/// Numbers are found with or without leading zeros: 000000501 and 501 are one word.
std::string_view search_form(std::string_view word) {
    if (word.empty() || !std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; })) return word;
    auto const digit = word.find_first_not_of('0');
    return digit == std::string_view::npos ? word.substr(word.size() - 1) : word.substr(digit);
}

std::string upper_case(std::string_view text) {
    std::string upper(text);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return upper;
}

} // namespace

// --- content ------------------------------------------------------------------------------------------------------

Result<void> SqliteTransaction::store_content(std::string_view id, std::string_view bytes) {
    if (bytes.empty()) return {};
    auto const done = connection_.run("insert into content (id, bytes) values (?, ?)", id, Blob{bytes});
    if (!done) return unexpected(done.error());
    return {};
}

Result<std::string> SqliteTransaction::content(std::string_view id) {
    auto found = first<std::string>(
        connection_, "select bytes from content where id = ?",
        [](Statement const& row) -> Result<std::string> { return row.text(0); }, id);
    if (!found) return unexpected(found.error());
    return *found ? std::move(**found) : std::string{};
}

// --- transfers ----------------------------------------------------------------------------------------------------

Result<void> SqliteTransaction::insert(Transfer const& transfer) {
    static auto const sql =
        fmt::format("insert into transfer ({}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", transfer_columns);
    auto const done =
        connection_.run(sql, transfer.id, transfer.channel, transfer.file_name, transfer.claim_key, transfer.sha256,
                        transfer.size, to_string(transfer.state), transfer.reason, transfer.received_at,
                        Reference{transfer.exchange_id});
    if (!done) return unexpected(done.error());
    return store_content(transfer.id, transfer.raw);
}

Result<void> SqliteTransaction::set_state(std::string_view transfer_id, TransferState state, std::string_view reason) {
    return change_one(connection_, "transfer", transfer_id, "update transfer set state = ?, reason = ? where id = ?",
                      to_string(state), reason, transfer_id);
}

Result<void> SqliteTransaction::set_raw(std::string_view transfer_id, std::string_view sha256, std::string_view raw) {
    if (auto done = change_one(connection_, "transfer", transfer_id, "update transfer set sha256 = ? where id = ?", sha256, transfer_id); !done) return done;
    return store_content(transfer_id, raw);
}

Result<std::optional<Transfer>> SqliteTransaction::transfer(std::string_view id) {
    static auto const sql = fmt::format("select {} from transfer where id = ?", transfer_columns);
    auto found = first<Transfer>(connection_, sql, read_transfer, id);
    if (!found || !*found) return found;
    auto raw = content(id);
    if (!raw) return unexpected(raw.error());
    (*found)->raw = std::move(*raw);
    return found;
}

Result<std::optional<Transfer>> SqliteTransaction::find_unfinished_transfer(std::string_view channel,
                                                                            std::string_view claim_key) {
    static auto const sql =
        fmt::format("select {} from transfer where channel = ? and claim_key = ? and exists "
                    "(select 1 from job where job.subject = transfer.id and job.kind = 'finish_file') "
                    "order by row desc limit 1",
                    transfer_columns);
    return first<Transfer>(connection_, sql, read_transfer, channel, claim_key);
}

Result<bool> SqliteTransaction::knows_transfer(std::string_view channel, std::string_view claim_key) {
    static auto const sql =
        fmt::format("select {} from transfer where channel = ? and claim_key = ? limit 1", transfer_columns);
    auto const found = first<Transfer>(connection_, sql, read_transfer, channel, claim_key);
    if (!found) return unexpected(found.error());
    return found->has_value();
}

Result<std::vector<Transfer>> SqliteTransaction::dead_transfers(unsigned limit) {
    static auto const sql =
        fmt::format("select {} from transfer where state = 'dead_letter' order by row desc limit ?", transfer_columns);
    return rows<Transfer>(connection_, sql, read_transfer, limit);
}

Result<std::vector<Transfer>> SqliteTransaction::transfers_of_exchange(std::string_view id) {
    static auto const sql = fmt::format("select {} from transfer where exchange_id = ? order by row", transfer_columns);
    return rows<Transfer>(connection_, sql, read_transfer, id);
}

// --- messages -----------------------------------------------------------------------------------------------------

Result<void> SqliteTransaction::insert(Message const& message) {
    static auto const sql = fmt::format(
        "insert into message ({}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        message_columns);
    auto const done = connection_.run(
        sql, message.id, Reference{message.transfer_id}, to_string(message.direction), to_string(message.state),
        message.channel, message.partner, message.format, message.test, message.sender, message.receiver,
        message.interchange_control_number, message.group_control_number, message.functional_id, message.file_name,
        message.sha256, message.diagnostics, message.reason, Reference{message.answers}, Reference{message.resend_of},
        message.acknowledged_late, message.attempts, message.created_at, message.updated_at);
    if (!done) return unexpected(done.error());
    for (std::string const* word :
         {&message.interchange_control_number, &message.group_control_number, &message.transfer_id})
        if (auto added = add_search_word(message.id, *word); !added) return added;

    // Most files hold one interchange: its bytes are the transfer's and are not stored a second time.
    if (!message.transfer_id.empty() && !message.sha256.empty()) {
        auto const same = first<bool>(
            connection_, "select sha256 = ? and size = ? from transfer where id = ?",
            [](Statement const& row) -> Result<bool> { return row.integer(0) != 0; }, message.sha256,
            static_cast<std::uint64_t>(message.raw.size()), message.transfer_id);
        if (!same) return unexpected(same.error());
        if (*same && **same) return {};
    }
    return store_content(message.id, message.raw);
}

Result<void> SqliteTransaction::update(Message const& message) {
    auto const changed = change_one(
        connection_, "message", message.id,
        "update message set transfer_id = ?, direction = ?, state = ?, channel = ?, partner = ?, format = ?, test = ?, "
        "sender = ?, receiver = ?, interchange_control_number = ?, group_control_number = ?, functional_id = ?, "
        "file_name = ?, sha256 = ?, diagnostics = ?, reason = ?, answers = ?, resend_of = ?, acknowledged_late = ?, "
        "attempts = ?, created_at = ?, updated_at = ? where id = ?",
        Reference{message.transfer_id}, to_string(message.direction), to_string(message.state), message.channel,
        message.partner, message.format, message.test, message.sender, message.receiver,
        message.interchange_control_number, message.group_control_number, message.functional_id, message.file_name,
        message.sha256, message.diagnostics, message.reason, Reference{message.answers}, Reference{message.resend_of},
        message.acknowledged_late, message.attempts, message.created_at, message.updated_at, message.id);
    if (!changed) return changed;
    for (std::string const* word : {&message.interchange_control_number, &message.group_control_number})
        if (auto added = add_search_word(message.id, *word); !added) return added;
    return {};
}

Result<std::optional<Message>> SqliteTransaction::message(std::string_view id) {
    static auto const sql = fmt::format("select {} from message where id = ?", message_columns);
    auto found = first<Message>(connection_, sql, read_message, id);
    if (!found || !*found) return found;
    auto raw = content(id);
    if (raw && raw->empty() && !(*found)->transfer_id.empty()) {
        // Not stored of its own: either the transfer's bytes, or there are none.
        auto const shared = first<bool>(
            connection_, "select sha256 = ? from transfer where id = ?",
            [](Statement const& row) -> Result<bool> { return row.integer(0) != 0; }, (*found)->sha256,
            (*found)->transfer_id);
        if (!shared) return unexpected(shared.error());
        if (*shared && **shared) raw = content((*found)->transfer_id);
    }
    if (!raw) return unexpected(raw.error());
    (*found)->raw = std::move(*raw);
    return found;
}

Result<std::vector<Message>> SqliteTransaction::messages(MessageFilter const& filter) {
    // One statement per combination of filters, so that each has its index.
    std::string sql = fmt::format("select {} from message where ", message_columns);
    auto const word = std::string(search_form(filter.search));
    auto const prefix = upper_case(filter.search);
    auto const prefix_end = prefix + "\x7f"; // above every character an id is made of
    if (!filter.search.empty())
        sql += "row in (select message_row from search_word where word = ? "
               "union select row from message where id >= ? and id < ?) and ";
    if (filter.partner.empty() && !filter.state && filter.direction && filter.search.empty())
        sql += "direction = ? and ";
    else if (filter.direction)
        sql += "+direction = ? and "; // '+': not a column to choose the index by
    if (filter.state) sql += filter.partner.empty() && filter.search.empty() ? "state = ? and " : "+state = ? and ";
    if (!filter.partner.empty()) sql += filter.search.empty() ? "partner = ? and " : "+partner = ? and ";
    sql += "row >= 0 order by row desc limit ?";

    auto statement = connection_.prepare(sql);
    if (!statement) return unexpected(statement.error());
    if (!filter.search.empty()) {
        statement->bind(word);
        statement->bind(prefix);
        statement->bind(prefix_end);
    }
    if (filter.direction) statement->bind(to_string(*filter.direction));
    if (filter.state) statement->bind(to_string(*filter.state));
    if (!filter.partner.empty()) statement->bind(filter.partner);
    statement->bind(filter.limit);

    return rows_of<Message>(*statement, read_message);
}

Result<void> SqliteTransaction::add_search_word(std::string_view message_id, std::string_view word) {
    if (word.empty()) return {};
    auto const done = connection_.run("insert or ignore into search_word (word, message_row) "
                                      "select ?, row from message where id = ?",
                                      search_form(word), message_id);
    if (!done) return unexpected(done.error());
    return {};
}

Result<std::vector<Message>> SqliteTransaction::find_interchange(std::string_view sender, std::string_view receiver,
                                                                 bool test, std::string_view control_number) {
    static auto const sql =
        fmt::format("select {} from message where direction = 'inbound' and interchange_control_number = ? "
                    "and sender = ? and receiver = ? and test = ? and state in ('processed', 'held', 'rejected') "
                    "order by row",
                    message_columns);
    return rows<Message>(connection_, sql, read_message, control_number, sender, receiver, test);
}

Result<std::vector<Message>> SqliteTransaction::find_content(std::string_view partner, bool test, std::string_view sha256) {
    static auto const sql =
        fmt::format("select {} from message where direction = 'inbound' and format not in ('x12', 'unknown') and sha256 = ? "
                    "and partner = ? and test = ? and state in ('processed', 'held') order by row",
                    message_columns);
    return rows<Message>(connection_, sql, read_message, sha256, partner, test);
}

Result<std::vector<Message>> SqliteTransaction::find_outbound_group(std::string_view partner,
                                                                    std::string_view functional_id,
                                                                    std::string_view group_control_number) {
    static auto const sql =
        fmt::format("select {} from message where direction = 'outbound' and partner = ? and functional_id = ? "
                    "and ltrim(group_control_number, '0') = ltrim(?, '0') order by row desc",
                    message_columns);
    return rows<Message>(connection_, sql, read_message, partner, functional_id, group_control_number);
}

Result<std::vector<Message>> SqliteTransaction::answers_to(std::string_view message_id) {
    static auto const sql = fmt::format("select {} from message where answers = ? order by row", message_columns);
    return rows<Message>(connection_, sql, read_message, message_id);
}

} // namespace wharf::store::sqlite
