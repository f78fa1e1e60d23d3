// The verbs of store.hpp over one SQLite connection. Whoever holds the connection has begun a transaction.
#pragma once

#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

namespace wharf::store::sqlite {

class SqliteTransaction final : public Transaction {
public:
    explicit SqliteTransaction(Connection& connection) : connection_(connection) {}

    Result<void> insert(Transfer const& transfer) override;
    Result<void> set_state(std::string_view transfer_id, TransferState state, std::string_view reason) override;
    Result<void> set_raw(std::string_view transfer_id, std::string_view sha256, std::string_view raw) override;
    Result<std::optional<Transfer>> transfer(std::string_view id) override;
    Result<bool> knows_transfer(std::string_view channel, std::string_view claim_key) override;
    Result<std::optional<Transfer>> find_unfinished_transfer(std::string_view channel,
                                                             std::string_view claim_key) override;
    Result<std::vector<Transfer>> dead_transfers(unsigned limit) override;

    Result<void> insert(Message const& message) override;
    Result<void> update(Message const& message) override;
    Result<std::optional<Message>> message(std::string_view id) override;
    Result<std::vector<Message>> messages(MessageFilter const& filter) override;
    Result<void> add_search_word(std::string_view message_id, std::string_view word) override;
    Result<std::vector<Message>> find_interchange(std::string_view sender, std::string_view receiver, bool test,
                                                  std::string_view control_number) override;
    Result<std::vector<Message>> find_content(std::string_view partner, bool test, std::string_view sha256) override;
    Result<std::vector<Message>> find_outbound_group(std::string_view partner, std::string_view functional_id,
                                                     std::string_view group_control_number) override;
    Result<std::vector<Message>> answers_to(std::string_view message_id) override;

    Result<void> insert(Document const& document) override;
    Result<void> update(Document const& document) override;
    Result<std::optional<Document>> document(std::string_view id) override;
    Result<std::vector<Document>> documents_of(std::string_view message_id) override;
    Result<std::vector<Document>> held_documents(unsigned limit) override;
    Result<std::optional<Document>> find_business_key(std::string_view key) override;

    Result<void> insert(Delivery const& delivery) override;
    Result<void> update(Delivery const& delivery) override;
    Result<std::optional<Delivery>> delivery(std::string_view id) override;
    Result<std::vector<Delivery>> deliveries_of(std::string_view document_id) override;
    Result<std::vector<Delivery>> dead_deliveries(unsigned limit) override;

    Result<void> insert(Exchange const& exchange) override;
    Result<void> update(Exchange const& exchange) override;
    Result<std::optional<Exchange>> exchange(std::string_view id) override;
    Result<std::optional<Exchange>> find_exchange(std::string_view channel, Direction direction,
                                                  std::string_view as2_message_id) override;
    Result<std::optional<Exchange>> exchange_of_message(std::string_view message_id) override;
    Result<std::vector<Exchange>> exchanges(ExchangeFilter const& filter) override;
    Result<std::vector<Transfer>> transfers_of_exchange(std::string_view id) override;
    Result<void> put_content(std::string_view exchange_id, std::string_view name, std::string_view bytes) override;
    Result<std::optional<std::string>> content_of(std::string_view exchange_id, std::string_view name) override;
    Result<void> remove_content(std::string_view exchange_id, std::string_view name) override;
    Result<void> remove_contents(std::string_view exchange_id, std::string_view but_for) override;
    Result<std::vector<KeptBody>> kept_bodies(std::string_view channel) override;
    Result<std::vector<std::string>> unverified_refusals(std::string_view channel, unsigned newest, unsigned limit) override;
    Result<void> forget_exchange(std::string_view id) override;
    Result<std::vector<std::string>> channels_with_bytes() override;
    Result<std::vector<Exchange>> settled_exchanges(std::string_view channel, Timestamp before, unsigned limit) override;

    Result<void> add_job(JobKind kind, std::string_view subject, Timestamp due_at) override;
    Result<std::vector<Job>> claim_jobs(Timestamp now, Timestamp lease_until, unsigned limit,
                                        std::span<JobKind const> kinds) override;
    Result<void> finish_job(std::int64_t id) override;
    Result<void> postpone_job(std::int64_t id, Timestamp due_at) override;
    Result<void> finish_jobs_of(JobKind kind, std::string_view subject) override;
    Result<std::optional<Timestamp>> next_due(std::span<JobKind const> kinds) override;
    Result<std::vector<Job>> jobs_of(std::string_view subject) override;
    Result<bool> hasten_job(JobKind kind, std::string_view subject, Timestamp now) override;
    Result<void> release_leases() override;
    Result<void> hasten_transmissions(Timestamp now, std::string_view waiting) override;

    Result<std::uint64_t> next_control_number(std::string_view scope, std::uint64_t max, std::uint64_t first) override;

    Result<void> add_event(Event const& event) override;
    Result<std::vector<Event>> events_of(std::string_view subject) override;
    Result<std::vector<Event>> alarms(AlarmFilter const& filter) override;
    Result<unsigned> settle_alarms(std::string_view subject, std::string_view word, Timestamp now, std::string_view text) override;
    Result<void> add_refusal(Refusal const& refusal, unsigned most_names) override;
    Result<std::vector<Refusal>> refusals(std::vector<std::string> const& channels, unsigned limit) override;
    Result<void> trim_refusals(std::string_view kind, std::string_view channel, unsigned newest) override;

    Result<std::optional<std::string>> find_answer(std::string_view idempotency_key) override;
    Result<void> remember_answer(std::string_view idempotency_key, std::string_view answer) override;

private:
    Result<void> store_content(std::string_view id, std::string_view bytes);
    Result<std::string> content(std::string_view id);
    Result<void> add_document_words(Document const& document);

    Connection& connection_;
};

} // namespace wharf::store::sqlite
