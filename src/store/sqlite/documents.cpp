// Documents and deliveries.

#include "store/sqlite/rows.hpp"
#include "store/sqlite/transaction.hpp"

#include <fmt/format.h>

namespace wharf::store::sqlite {
namespace {

constexpr std::string_view document_columns =
    "id, message_id, state, kind, partner, test, number, order_number, business_key, functional_id, "
    "group_control_number, transaction_set, transaction_control_number, diagnostics, reason, created_at, updated_at";
constexpr std::string_view delivery_columns =
    "id, document_id, target, state, attempts, last_status, last_error, target_reference, created_at, updated_at";

Result<Document> read_document(Statement const& row) {
    auto const word = row.text(2);
    auto const state = known(parse_document_state(word), "document", word);
    if (!state) return unexpected(state.error());
    Document document;
    document.id = row.text(0);
    document.message_id = row.text(1);
    document.state = *state;
    document.kind = row.text(3);
    document.partner = row.text(4);
    document.test = row.integer(5) != 0;
    document.number = row.text(6);
    document.order_number = row.text(7);
    document.business_key = row.text(8);
    document.functional_id = row.text(9);
    document.group_control_number = row.text(10);
    document.transaction_set = row.text(11);
    document.transaction_control_number = row.text(12);
    document.diagnostics = row.text(13);
    document.reason = row.text(14);
    document.created_at = row.time(15);
    document.updated_at = row.time(16);
    document.json = row.text(17);
    return document;
}

std::string select_documents(std::string_view rest) {
    return fmt::format("select {}, (select bytes from content where content.id = document.id) from document {}",
                       document_columns, rest);
}

Result<Delivery> read_delivery(Statement const& row) {
    auto const word = row.text(3);
    auto const state = known(parse_delivery_state(word), "delivery", word);
    if (!state) return unexpected(state.error());
    Delivery delivery;
    delivery.id = row.text(0);
    delivery.document_id = row.text(1);
    delivery.target = row.text(2);
    delivery.state = *state;
    delivery.attempts = static_cast<unsigned>(row.integer(4));
    delivery.last_status = static_cast<int>(row.integer(5));
    delivery.last_error = row.text(6);
    delivery.target_reference = row.text(7);
    delivery.created_at = row.time(8);
    delivery.updated_at = row.time(9);
    return delivery;
}

} // namespace

// --- documents ----------------------------------------------------------------------------------------------------

Result<void> SqliteTransaction::add_document_words(Document const& document) {
    for (std::string const* word : {&document.id, &document.number, &document.order_number,
                                    &document.group_control_number, &document.transaction_control_number})
        if (auto added = add_search_word(document.message_id, *word); !added) return added;
    return {};
}

Result<void> SqliteTransaction::insert(Document const& document) {
    static auto const sql = fmt::format(
        "insert into document ({}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", document_columns);
    auto const done = connection_.run(sql, document.id, document.message_id, to_string(document.state), document.kind,
                                      document.partner, document.test, document.number, document.order_number,
                                      document.business_key, document.functional_id, document.group_control_number,
                                      document.transaction_set, document.transaction_control_number,
                                      document.diagnostics, document.reason, document.created_at, document.updated_at);
    if (!done) return unexpected(done.error());
    if (auto stored = store_content(document.id, document.json); !stored) return stored;
    return add_document_words(document);
}

Result<void> SqliteTransaction::update(Document const& document) {
    auto const changed = change_one(
        connection_, "document", document.id,
        "update document set message_id = ?, state = ?, kind = ?, partner = ?, test = ?, number = ?, order_number = ?, "
        "business_key = ?, functional_id = ?, group_control_number = ?, transaction_set = ?, "
        "transaction_control_number = ?, diagnostics = ?, reason = ?, created_at = ?, updated_at = ? where id = ?",
        document.message_id, to_string(document.state), document.kind, document.partner, document.test, document.number,
        document.order_number, document.business_key, document.functional_id, document.group_control_number,
        document.transaction_set, document.transaction_control_number, document.diagnostics, document.reason,
        document.created_at, document.updated_at, document.id);
    if (!changed) return changed;
    // The JSON changes seldom (its state does often): it is written only when it is different.
    auto const written =
        connection_.run("insert into content (id, bytes) select ?1, ?2 where length(?2) > 0 "
                        "on conflict (id) do update set bytes = excluded.bytes where content.bytes <> excluded.bytes",
                        document.id, Blob{document.json});
    if (!written) return unexpected(written.error());
    if (document.json.empty())
        if (auto const gone = connection_.run("delete from content where id = ?", document.id); !gone)
            return unexpected(gone.error());
    return add_document_words(document);
}

Result<std::optional<Document>> SqliteTransaction::document(std::string_view id) {
    static auto const sql = select_documents("where id = ?");
    return first<Document>(connection_, sql, read_document, id);
}

Result<std::vector<Document>> SqliteTransaction::documents_of(std::string_view message_id) {
    static auto const sql = select_documents("where message_id = ? order by row");
    return rows<Document>(connection_, sql, read_document, message_id);
}

Result<std::vector<Document>> SqliteTransaction::held_documents(unsigned limit) {
    static auto const sql = select_documents("where state = 'held' order by row desc limit ?");
    return rows<Document>(connection_, sql, read_document, limit);
}

Result<std::optional<Document>> SqliteTransaction::find_business_key(std::string_view key) {
    static auto const sql =
        select_documents("where business_key = ? and business_key <> '' and state = 'accepted' and "
                         "(select direction from message where message.id = document.message_id) = 'inbound' "
                         "order by row limit 1");
    return first<Document>(connection_, sql, read_document, key);
}

// --- deliveries ---------------------------------------------------------------------------------------------------

Result<void> SqliteTransaction::insert(Delivery const& delivery) {
    static auto const sql =
        fmt::format("insert into delivery ({}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", delivery_columns);
    auto const done = connection_.run(
        sql, delivery.id, delivery.document_id, delivery.target, to_string(delivery.state), delivery.attempts,
        delivery.last_status, delivery.last_error, delivery.target_reference, delivery.created_at, delivery.updated_at);
    if (!done) return unexpected(done.error());
    return {};
}

Result<void> SqliteTransaction::update(Delivery const& delivery) {
    return change_one(connection_, "delivery", delivery.id,
                      "update delivery set document_id = ?, target = ?, state = ?, attempts = ?, last_status = ?, "
                      "last_error = ?, target_reference = ?, created_at = ?, updated_at = ? where id = ?",
                      delivery.document_id, delivery.target, to_string(delivery.state), delivery.attempts,
                      delivery.last_status, delivery.last_error, delivery.target_reference, delivery.created_at,
                      delivery.updated_at, delivery.id);
}

Result<std::optional<Delivery>> SqliteTransaction::delivery(std::string_view id) {
    static auto const sql = fmt::format("select {} from delivery where id = ?", delivery_columns);
    return first<Delivery>(connection_, sql, read_delivery, id);
}

Result<std::vector<Delivery>> SqliteTransaction::deliveries_of(std::string_view document_id) {
    static auto const sql =
        fmt::format("select {} from delivery where document_id = ? order by target", delivery_columns);
    return rows<Delivery>(connection_, sql, read_delivery, document_id);
}

Result<std::vector<Delivery>> SqliteTransaction::dead_deliveries(unsigned limit) {
    static auto const sql =
        fmt::format("select {} from delivery where state = 'dead_letter' order by row desc limit ?", delivery_columns);
    return rows<Delivery>(connection_, sql, read_delivery, limit);
}

} // namespace wharf::store::sqlite
