// What is durable. One interface; SQLite behind it now, PostgreSQL later (docs/adr/0002-store-engines.md).
//
// The few states an operator sees are the enums below; API, pages and command line show the same words unchanged.
//
//   transfer    a file as it came off a channel, with its raw bytes: stored before anything else happens
//   message     one interchange (or one file that is none), in or out, with its own raw bytes
//   document    one transaction set of a message: its canonical JSON, or why there is none
//   exchange    one AS2 message with its receipt, in or out: what is needed to go on with it and to prove it
//   delivery    the push of one document to one target; attempts are counted before they are made
//   job         the next work; claimed with a lease, so that work of a killed process is taken up again
//   event       what happened, for people
//
// Every step of the gateway is one transaction that records the result, the next job and the event together, so that a
// kill between any two steps neither loses nor repeats. `transact` returns only after the commit is durable.
//
// Parents are inserted before what refers to them: a transfer before its messages, a message before its documents, a
// document before its deliveries; the engine refuses the other order.
//
// Fails with `temporary` when the database is locked or the disk full, `permanent` when it is damaged or of a newer
// version. Thread-safe: calls are carried out one after the other by one writer; several waiting ones may share a
// commit.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::store {

enum class Direction { inbound, outbound };

enum class TransferState {
    received,    // stored; not yet looked into
    processed,   // its messages are made
    dead_letter, // cannot be processed; a person must act
    discarded,   // a dead letter that a person has dealt with
};

enum class MessageState {
    // inbound
    processed,   // every transaction set has its own state in `document`
    rejected,    // the interchange was not taken (TA1 R)
    held,        // same control number, other bytes: a person decides
    quarantined, // sender or receiver unknown on this channel
    duplicate,   // the same bytes came before
    // outbound
    ready, // numbered, written, stored; waits for its channel
    sent,
    accepted,           // acknowledged A (or E) for all sets
    partially_accepted, // acknowledged P
    refused,            // acknowledged R
    overdue,            // no acknowledgment in time
    // both
    dead_letter,
    discarded, // held, quarantined or dead; a person has dealt with it
};

enum class DocumentState {
    // inbound
    accepted,  // valid; its deliveries carry it on
    rejected,  // syntax errors; told to the partner in the 997
    duplicate, // same business document came before; nothing delivered
    held,      // valid, but nothing may be delivered before a person decided (no target, mapping refused)
    recorded,  // acknowledgments: applied to what they acknowledge
    unmatched, // acknowledgment of something we never sent
    // outbound
    ready,
    sent,
    acknowledged, // the partner's 997 accepted it
    refused,      // the partner's 997 rejected it
    overdue,
    // inbound again
    discarded, // held; a person has dealt with it
};

enum class ExchangeState {
    // inbound
    received, // durable; not yet opened
    accepted, // its files are transfers; the receipt says so
    refused,  // the receipt says why; the same Message-ID may come again and be taken
    // outbound
    ready,               // packed, stored; not yet sent
    posting,             // an attempt was begun
    waiting_to_retry,    // the partner could not be reached, or asked us to come again
    waiting_for_receipt, // sent; its receipt is to come by itself
    succeeded,           // the receipt proves that the partner has our bytes
    failed,              // a person must act
};

enum class ReceiptState {
    none,     // none was asked for, or none has come yet
    owed,     // inbound: made, to be sent by itself
    sent,     // inbound
    unsent,   // inbound: could not be sent; the partner may send his message again and gets it then
    received, // outbound
};

enum class DeliveryState { waiting, delivered, dead_letter, discarded };

enum class JobKind {
    process_transfer,      // subject: transfer
    finish_file,           // subject: transfer; remove or archive the file on its channel
    deliver,               // subject: delivery
    transmit,              // subject: message (outbound)
    expect_acknowledgment, // subject: message (outbound); due when it is overdue
    open_exchange,         // subject: exchange (inbound, received)
    send_receipt,          // subject: exchange (inbound)
    expect_receipt,        // subject: exchange (outbound); due when its receipt is overdue
};

// The words shown everywhere; parse_* give nothing for an unknown word.
[[nodiscard]] std::string_view to_string(Direction);
[[nodiscard]] std::string_view to_string(TransferState);
[[nodiscard]] std::string_view to_string(MessageState);
[[nodiscard]] std::string_view to_string(DocumentState);
[[nodiscard]] std::string_view to_string(ExchangeState);
[[nodiscard]] std::string_view to_string(ReceiptState);
[[nodiscard]] std::string_view to_string(DeliveryState);
[[nodiscard]] std::string_view to_string(JobKind);
[[nodiscard]] std::optional<Direction> parse_direction(std::string_view word);
[[nodiscard]] std::optional<TransferState> parse_transfer_state(std::string_view word);
[[nodiscard]] std::optional<ExchangeState> parse_exchange_state(std::string_view word);
[[nodiscard]] std::optional<ReceiptState> parse_receipt_state(std::string_view word);
[[nodiscard]] std::optional<DeliveryState> parse_delivery_state(std::string_view word);
[[nodiscard]] std::optional<JobKind> parse_job_kind(std::string_view word);
[[nodiscard]] std::optional<MessageState> parse_message_state(std::string_view word);
[[nodiscard]] std::optional<DocumentState> parse_document_state(std::string_view word);

struct Transfer {
    std::string id;
    std::string channel;
    std::string file_name; // as the partner named it
    std::string claim_key; // name + size + mtime: the same file seen again before it was removed
    std::string sha256;    // lower-case hexadecimal, of the raw bytes
    std::uint64_t size = 0;
    TransferState state = TransferState::received;
    std::string reason; // of a dead letter: for people
    std::string raw;    // empty in listings
    std::string exchange_id; // the AS2 message it came in; empty: a file of a channel
    Timestamp received_at;
};

/// The bytes of an exchange (what was sent, what was signed, the receipt) are contents of their own, by name: put_content.
struct Exchange {
    std::string id;
    std::string channel; // the AS2 relation
    Direction direction = Direction::inbound;
    ExchangeState state = ExchangeState::received;
    std::string as2_message_id;     // Message-ID, byte for byte
    std::string message_id;         // outbound: the message that is sent; inbound: empty
    std::string head;               // the fields of HTTP, as they came or went, a line each
    std::string mic;                // as receipts write it, "base64, sha256"; empty: not known yet, or none
    std::string disposition;        // of the receipt: "processed", "processed/error: decryption-failed"; empty: none
    ReceiptState receipt = ReceiptState::none;
    std::string receipt_message_id; // Message-ID of the receipt
    std::string receipt_head;       // its fields
    std::string certificates;       // fingerprints of what was used, a line each: "signed-by sha256:…"
    std::string reason;             // for people: why this state
    unsigned attempts = 0;          // outbound: of sending; inbound: of sending the receipt; while `received`: openings without an end
    unsigned resends = 0;           // outbound: for want of a receipt
    std::string body_sha256{};      // inbound: of the message as it came over HTTP, in hexadecimal; empty: an earlier version took it
    std::uint64_t body_bytes = 0;   // inbound, refused: of the message, kept so that somebody can look at it
    std::optional<Timestamp> emptied_at{}; // when its bytes were removed because of their age
    Timestamp created_at;
    Timestamp updated_at;
};

struct Message {
    std::string id;
    std::string transfer_id; // inbound: the file it came in
    Direction direction = Direction::inbound;
    MessageState state = MessageState::processed;
    std::string channel;
    std::string partner; // profile id; empty: unknown
    std::string format;  // "x12", "csv", "fixed", "xml", "json"; "unknown"
    bool test = false;
    std::string sender; // "ZZ:ACME", blanks trimmed
    std::string receiver;
    std::string interchange_control_number; // ISA13
    std::string group_control_number;       // outbound: GS06 of its one group; inbound: empty
    std::string functional_id;              // outbound: GS01 ("PO", "FA"; "TA1" for a bare TA1)
    std::string file_name;
    std::string sha256;
    std::string raw;         // empty in listings
    std::string diagnostics; // JSON array of `wharf lint --format json`, "[]" when clean
    std::string reason;      // for people: why this state
    std::string answers;     // outbound acknowledgments: id of the message acknowledged
    std::string resend_of;   // outbound: the message sent again
    bool acknowledged_late = false;
    unsigned attempts = 0; // outbound: transmissions begun
    Timestamp created_at;
    Timestamp updated_at;
};

struct Document {
    std::string id; // also in the JSON; the idempotency key of every delivery
    std::string message_id;
    DocumentState state = DocumentState::accepted;
    std::string kind; // "purchase_order"; empty when no grammar or translator
    std::string partner;
    bool test = false;
    std::string number;                                      // order, notice or invoice number
    std::string order_number;                                // the order it belongs to (the first, when several)
    std::string business_key;                                // partner|kind|number|…: duplicates share it
    std::string functional_id, group_control_number;         // GS01, GS06
    std::string transaction_set, transaction_control_number; // ST01, ST02
    std::string json;                                        // canonical; empty when rejected
    std::string diagnostics;                                 // JSON array
    std::string reason;
    Timestamp created_at;
    Timestamp updated_at;
};

struct Delivery {
    std::string id;
    std::string document_id;
    std::string target; // name in the configuration
    DeliveryState state = DeliveryState::waiting;
    unsigned attempts = 0; // counted, durably, before each request
    int last_status = 0;   // HTTP; 0: none
    std::string last_error;
    std::string target_reference; // what the target called it, when its answer says
    Timestamp created_at;
    Timestamp updated_at;
};

struct Job {
    std::int64_t id = 0;
    JobKind kind = JobKind::process_transfer;
    std::string subject;
    Timestamp due_at;
    unsigned attempts = 0; // claims so far, this one included
};

/// A refused exchange whose message is still there.
struct KeptBody {
    std::string exchange_id;
    std::uint64_t bytes = 0;
};

struct Event {
    Timestamp at;
    std::string subject; // id of a transfer, message, document or delivery
    std::string type;    // "received", "DUPLICATE_INVOICE", …
    std::string text;    // for people
    bool is_settled = false;               // of an alarm: a person has settled it, or its trouble is over; only `alarms` fills it
    std::optional<Timestamp> settled_at{}; // when, where that is known
};

/// Which alarms: events whose type is a word in capitals.
struct AlarmFilter {
    Timestamp since{}; // of events of messages, and of what is settled; an open alarm about a channel or certificate is given however old
    bool with_settled = false;
    std::string subject{}; // empty: any
    std::string word{};    // the type, or where it begins; empty: any
    unsigned limit = 50;
};

/// Requests turned away before there was an exchange; one entry for all of a kind, relation, caller and pair of names.
struct Refusal {
    std::string kind;    // a word of the gateway's: "unknown_names"
    std::string channel; // the relation that it was for; empty: none
    std::string address; // of the caller
    std::string from, to; // AS2 names, as claimed
    std::string reason;   // of the newest
    std::uint64_t count = 1;
    Timestamp first_at{}, last_at{};
};

struct MessageFilter {
    std::optional<Direction> direction;
    std::optional<MessageState> state;
    std::string partner;
    std::string search; // an order, notice or invoice number, any control number (with or without leading zeros), the
                        // id of a transfer or document: exact; or the first characters of a message id
    unsigned limit = 50;
};

struct ExchangeFilter {
    enum class Which {
        all,
        refused, // inbound: refused; outbound: failed
        waiting, // not settled yet, or its receipt is still owed
    };
    Which which = Which::all;
    std::optional<Direction> direction{};
    std::vector<std::string> channels{}; // any of these; none: of every channel
    std::string as2_message_id{};        // with or without the brackets <>; empty: any
    unsigned limit = 50;
};

/// All reading and writing inside one transaction. Valid during the call of transact's function.
class Transaction {
public:
    virtual ~Transaction() = default;

    // transfers
    virtual Result<void> insert(Transfer const& transfer) = 0;
    virtual Result<void> set_state(std::string_view transfer_id, TransferState state, std::string_view reason) = 0;
    /// The bytes of a transfer that was inserted without: too large then.
    virtual Result<void> set_raw(std::string_view transfer_id, std::string_view sha256, std::string_view raw) = 0;
    virtual Result<std::optional<Transfer>> transfer(std::string_view id) = 0; // with raw
    /// The transfer of this channel and claim key whose file is not yet finished: seen twice before removal. Not
    /// finished means that its finish_file job is still there; so add that job in the transaction that inserts it.
    virtual Result<std::optional<Transfer>> find_unfinished_transfer(std::string_view channel,
                                                                     std::string_view claim_key) = 0;
    /// Whether this channel has ever given a file with this claim key: for files that stay where they are.
    virtual Result<bool> knows_transfer(std::string_view channel, std::string_view claim_key) = 0;
    virtual Result<std::vector<Transfer>> dead_transfers(unsigned limit) = 0; // newest first, without raw

    // messages
    virtual Result<void> insert(Message const& message) = 0;
    virtual Result<void> update(Message const& message) = 0;                        // all but raw
    virtual Result<std::optional<Message>> message(std::string_view id) = 0;        // with raw
    virtual Result<std::vector<Message>> messages(MessageFilter const& filter) = 0; // newest first, without raw
    /// One more word that `messages` finds this message by: the second order of a ship notice. Twice is no error.
    virtual Result<void> add_search_word(std::string_view message_id, std::string_view word) = 0;
    /// Inbound messages with this sender, receiver, usage and ISA13 that were taken (processed, held or rejected).
    virtual Result<std::vector<Message>> find_interchange(std::string_view sender, std::string_view receiver, bool test,
                                                          std::string_view control_number) = 0;
    /// Inbound messages of this partner and usage with the same bytes that were taken (processed or held) and have no envelope to
    /// tell them by: any format but X12.
    virtual Result<std::vector<Message>> find_content(std::string_view partner, bool test, std::string_view sha256) = 0;
    /// Outbound messages by group: what a 997's AK1 names; leading zeros of the number do not count. Newest first.
    virtual Result<std::vector<Message>> find_outbound_group(std::string_view partner, std::string_view functional_id,
                                                             std::string_view group_control_number) = 0;
    virtual Result<std::vector<Message>> answers_to(std::string_view message_id) = 0; // oldest first, without raw

    // documents
    virtual Result<void> insert(Document const& document) = 0;
    virtual Result<void> update(Document const& document) = 0;
    virtual Result<std::optional<Document>> document(std::string_view id) = 0;
    virtual Result<std::vector<Document>> documents_of(std::string_view message_id) = 0; // in order of insertion
    virtual Result<std::vector<Document>> held_documents(unsigned limit) = 0; // newest first
    /// The first accepted inbound document with this business key.
    virtual Result<std::optional<Document>> find_business_key(std::string_view key) = 0;

    // deliveries
    virtual Result<void> insert(Delivery const& delivery) = 0; // one per document and target
    virtual Result<void> update(Delivery const& delivery) = 0;
    virtual Result<std::optional<Delivery>> delivery(std::string_view id) = 0;
    virtual Result<std::vector<Delivery>> deliveries_of(std::string_view document_id) = 0; // by target
    virtual Result<std::vector<Delivery>> dead_deliveries(unsigned limit) = 0;             // newest first

    // exchanges
    virtual Result<void> insert(Exchange const& exchange) = 0;
    virtual Result<void> update(Exchange const& exchange) = 0; // all but id, channel, direction, Message-ID, head, message, body_sha256
    virtual Result<std::optional<Exchange>> exchange(std::string_view id) = 0;
    /// The exchange that a Message-ID stands for: inbound one that was received or accepted (refused ones do not count), outbound
    /// the newest.
    virtual Result<std::optional<Exchange>> find_exchange(std::string_view channel, Direction direction, std::string_view as2_message_id) = 0;
    virtual Result<std::optional<Exchange>> exchange_of_message(std::string_view message_id) = 0; // outbound; the newest
    virtual Result<std::vector<Exchange>> exchanges(ExchangeFilter const& filter) = 0;            // newest first
    virtual Result<std::vector<Transfer>> transfers_of_exchange(std::string_view id) = 0;         // without raw, in order
    /// Bytes of an exchange; replaced when the name is there.
    virtual Result<void> put_content(std::string_view exchange_id, std::string_view name, std::string_view bytes) = 0;
    virtual Result<std::optional<std::string>> content_of(std::string_view exchange_id, std::string_view name) = 0;
    virtual Result<void> remove_content(std::string_view exchange_id, std::string_view name) = 0; // nothing when it is not there
    virtual Result<void> remove_contents(std::string_view exchange_id, std::string_view but_for = {}) = 0; // all names but this one
    /// Refused exchanges of a channel whose message is kept (body_bytes), newest first.
    virtual Result<std::vector<KeptBody>> kept_bodies(std::string_view channel) = 0;
    /// Refused exchanges of a channel whose sender could not be verified and that owe nobody a receipt, but for the newest ones;
    /// newest of the others first.
    virtual Result<std::vector<std::string>> unverified_refusals(std::string_view channel, unsigned newest, unsigned limit) = 0;
    /// Removes a refused exchange as if it had never come: the row, its bytes, events and jobs.
    virtual Result<void> forget_exchange(std::string_view id) = 0;
    virtual Result<std::vector<std::string>> channels_with_bytes() = 0; // of exchanges that were not emptied
    /// Exchanges of a channel made before that time whose bytes nothing needs any more but a proof: settled, no receipt owed, no file in
    /// them that waits for a person. Oldest first.
    virtual Result<std::vector<Exchange>> settled_exchanges(std::string_view channel, Timestamp before, unsigned limit) = 0;

    // jobs
    virtual Result<void> add_job(JobKind kind, std::string_view subject, Timestamp due_at) = 0;
    /// Takes up to `limit` jobs that are due and not leased, oldest first, and leases them until `lease_until`.
    /// Of these kinds only; none named: of any.
    virtual Result<std::vector<Job>> claim_jobs(Timestamp now, Timestamp lease_until, unsigned limit,
                                                std::span<JobKind const> kinds = {}) = 0;
    virtual Result<void> finish_job(std::int64_t id) = 0;
    virtual Result<void> postpone_job(std::int64_t id, Timestamp due_at) = 0; // ends the lease
    /// Ends jobs of a subject that have become pointless (an acknowledgment that came).
    virtual Result<void> finish_jobs_of(JobKind kind, std::string_view subject) = 0;
    /// When the next job (of these kinds) is or becomes due; nothing when there is none.
    virtual Result<std::optional<Timestamp>> next_due(std::span<JobKind const> kinds = {}) = 0;
    virtual Result<std::vector<Job>> jobs_of(std::string_view subject) = 0; // earliest first
    /// Makes a job of a subject due now; false when there is none, or somebody is at work on it.
    virtual Result<bool> hasten_job(JobKind kind, std::string_view subject, Timestamp now) = 0;
    /// Ends every lease: at start-up of the only process, whatever was leased belonged to a dead one.
    virtual Result<void> release_leases() = 0;
    /// Transmissions that are due later are due now where a pick-up window put them off, which is judged anew: those never begun (their
    /// message is ready, without attempts and without an exchange), and those whose message's reason begins with `waiting`. Other
    /// retries keep their time.
    virtual Result<void> hasten_transmissions(Timestamp now, std::string_view waiting) = 0;

    // control numbers
    /// The next number of a scope ("isa|ZZ:US|ZZ:THEM|P"), wrapping to 1 after `max` (in all calls the same: a count past a smaller one
    /// wraps). Rolled back with the transaction, so a refused document consumes none.
    ///
    /// `first` (1 to `max`) is the least number wanted: a new scope begins with it, and one that is below it goes on with it; a smaller
    /// one changes nothing. Once the count has wrapped, no `first` is heeded: so a number comes again only after all smaller ones were
    /// given since.
    virtual Result<std::uint64_t> next_control_number(std::string_view scope, std::uint64_t max, std::uint64_t first = 1) = 0;

    // events
    virtual Result<void> add_event(Event const& event) = 0;
    virtual Result<std::vector<Event>> events_of(std::string_view subject) = 0; // oldest first
    /// Newest first. Settled are those of settle_alarms, and those whose message, document, file or receipt waits for nobody any more.
    virtual Result<std::vector<Event>> alarms(AlarmFilter const& filter) = 0;
    /// Settles what is open of a subject; of one word or with one text only, unless these are empty. How many there were.
    virtual Result<unsigned> settle_alarms(std::string_view subject, std::string_view word, Timestamp now, std::string_view text = {}) = 0;

    // requests turned away
    /// Adds to the entry of its kind, channel, address and names, or makes one. Of one address so many pairs of names are kept apart;
    /// those of others go into one entry without names.
    virtual Result<void> add_refusal(Refusal const& refusal, unsigned most_names) = 0;
    virtual Result<std::vector<Refusal>> refusals(std::vector<std::string> const& channels, unsigned limit) = 0; // newest first; no channels: all
    virtual Result<void> trim_refusals(std::string_view kind, std::string_view channel, unsigned newest) = 0; // the others go

    // requests to our API: the answer given to an Idempotency-Key
    virtual Result<std::optional<std::string>> find_answer(std::string_view idempotency_key) = 0;
    virtual Result<void> remember_answer(std::string_view idempotency_key, std::string_view answer) = 0; // once per key
};

class Store {
public:
    virtual ~Store() = default;
    /// Runs `work` in one transaction and commits it durably; an error from `work` rolls everything back and is
    /// returned. `work` runs once, on the writer's thread, while the caller waits; it must not call the store itself.
    /// An exception from `work` rolls back and is thrown again here.
    [[nodiscard]] virtual Result<void> transact(std::function<Result<void>(Transaction&)> const& work) = 0;
    /// Runs `work` on one consistent state of the database without waiting for writers; its writes fail. For listings.
    [[nodiscard]] virtual Result<void> read(std::function<Result<void>(Transaction&)> const& work) = 0;
};

enum class OpenMode {
    create,   // the file and its folder are made when they are missing
    existing, // a missing file is an error: for commands that only look
};

/// Opens or creates the database file (WAL, synchronous=FULL). ":memory:" is for tests. Several processes may have it
/// open, e.g. `wharf message list` beside `wharf serve`; only one may run the gateway (lock_gateway).
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(std::filesystem::path const& file,
                                                         OpenMode mode = OpenMode::create);

/// The right to run the gateway on a store: held by `serve` and `poll --once` for as long as this object lives, and
/// given back by the system when the process dies, however it dies.
class GatewayLock {
public:
    GatewayLock() = default;
    GatewayLock(GatewayLock&& other) noexcept;
    GatewayLock& operator=(GatewayLock&& other) noexcept;
    ~GatewayLock();

private:
    friend Result<GatewayLock> lock_gateway(std::filesystem::path const& store_file);
    explicit GatewayLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

/// Takes the lock (a file FILE.lock beside the store). Fails with `temporary` when another process has it; the message
/// names that process.
[[nodiscard]] Result<GatewayLock> lock_gateway(std::filesystem::path const& store_file);

} // namespace wharf::store
