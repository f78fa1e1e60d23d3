#include "store/sqlite/schema.hpp"

#include <array>
#include <fmt/format.h>

namespace wharf::store::sqlite {
namespace {

// "WHRF": tells `file` and us whose database this is.
constexpr std::int64_t application_id = 0x57485246;

// One entry per version. An entry that was released is never changed; a later one mends it.
//
// Times are milliseconds since the epoch. Every table but `content` keeps its rows small: the bytes are in `content`,
// so that a change of state does not write a hundred megabytes again. `row` numbers give the order of insertion, which
// ids of the same millisecond do not.
constexpr std::array migrations = {
    R"sql(
create table content (
    id text not null primary key,
    bytes blob not null
) strict;

create table transfer (
    row integer primary key,
    id text not null unique,
    channel text not null,
    file_name text not null,
    claim_key text not null,
    sha256 text not null,
    size integer not null,
    state text not null,
    reason text not null,
    received_at integer not null
) strict;
create index transfer_claim on transfer (channel, claim_key);
create index transfer_dead on transfer (row) where state = 'dead_letter';

create table message (
    row integer primary key,
    id text not null unique,
    transfer_id text references transfer (id),
    direction text not null,
    state text not null,
    channel text not null,
    partner text not null,
    format text not null,
    test integer not null,
    sender text not null,
    receiver text not null,
    interchange_control_number text not null,
    group_control_number text not null,
    functional_id text not null,
    file_name text not null,
    sha256 text not null,
    diagnostics text not null,
    reason text not null,
    answers text references message (id),
    resend_of text references message (id),
    acknowledged_late integer not null,
    attempts integer not null,
    created_at integer not null,
    updated_at integer not null
) strict;
create index message_transfer on message (transfer_id) where transfer_id is not null;
create index message_state on message (state);
create index message_partner on message (partner);
create index message_direction on message (direction);
create index message_interchange on message (interchange_control_number, sender, receiver) where direction = 'inbound';
create index message_group on message (partner, functional_id, ltrim(group_control_number, '0'))
    where direction = 'outbound';
create index message_answers on message (answers) where answers is not null;
create index message_resend on message (resend_of) where resend_of is not null;

create table search_word (
    word text not null,
    message_row integer not null references message (row),
    primary key (word, message_row)
) strict, without rowid;
create index search_word_message on search_word (message_row);

create table document (
    row integer primary key,
    id text not null unique,
    message_id text not null references message (id),
    state text not null,
    kind text not null,
    partner text not null,
    test integer not null,
    number text not null,
    order_number text not null,
    business_key text not null,
    functional_id text not null,
    group_control_number text not null,
    transaction_set text not null,
    transaction_control_number text not null,
    diagnostics text not null,
    reason text not null,
    created_at integer not null,
    updated_at integer not null
) strict;
create index document_message on document (message_id);
create index document_business_key on document (business_key) where state = 'accepted' and business_key <> '';

create table delivery (
    row integer primary key,
    id text not null unique,
    document_id text not null references document (id),
    target text not null,
    state text not null,
    attempts integer not null,
    last_status integer not null,
    last_error text not null,
    target_reference text not null,
    created_at integer not null,
    updated_at integer not null,
    unique (document_id, target)
) strict;
create index delivery_dead on delivery (row) where state = 'dead_letter';

create table job (
    id integer primary key autoincrement,
    kind text not null,
    subject text not null,
    due_at integer not null,
    ready_at integer not null,
    attempts integer not null
) strict;
create index job_ready on job (ready_at);
create index job_subject on job (subject, kind);

create table control_number (
    scope text not null primary key,
    last integer not null
) strict, without rowid;

create table event (
    row integer primary key,
    at integer not null,
    subject text not null,
    type text not null,
    text text not null
) strict;
create index event_subject on event (subject);

create table answer (
    idempotency_key text not null primary key,
    answer text not null
) strict;
)sql",
    // Files without an envelope are known again by their bytes.
    R"sql(
create index message_content on message (sha256, partner) where direction = 'inbound' and format not in ('x12', 'unknown');
)sql",
    // AS2: a Message-ID that is in work or was taken is there once; a refused one may come again.
    R"sql(
create table exchange (
    row integer primary key,
    id text not null unique,
    channel text not null,
    direction text not null,
    state text not null,
    as2_message_id text not null,
    message_id text references message (id),
    head text not null,
    mic text not null,
    disposition text not null,
    receipt text not null,
    receipt_message_id text not null,
    receipt_head text not null,
    certificates text not null,
    reason text not null,
    attempts integer not null,
    resends integer not null,
    created_at integer not null,
    updated_at integer not null
) strict;
create unique index exchange_taken on exchange (channel, as2_message_id)
    where direction = 'inbound' and state in ('received', 'accepted');
create index exchange_sent on exchange (channel, as2_message_id) where direction = 'outbound';
create index exchange_message on exchange (message_id) where message_id is not null;
create index exchange_channel on exchange (channel);
alter table transfer add column exchange_id text references exchange (id);
create index transfer_exchange on transfer (exchange_id) where exchange_id is not null;
)sql",
    // Each kind of job in the order in which it is ready: thousands that wait for acknowledgments cost a look for deliveries nothing.
    R"sql(
drop index job_ready;
create index job_kind_ready on job (kind, ready_at);
)sql",
    // What bounds the bytes of exchanges: of what was refused only the newest are kept, of what is settled those of some days. What was
    // given up (refused without an answer, after attempts) is none of these: its body is all there is of it.
    R"sql(
alter table exchange add column body_bytes integer not null default 0;
alter table exchange add column emptied_at integer not null default 0;
update exchange set body_bytes = coalesce(
        (select sum(length(bytes)) from content
         where content.id in (exchange.id || '/message', exchange.id || '/signed', exchange.id || '/signature')), 0)
    where direction = 'inbound' and state = 'refused' and (disposition <> '' or attempts = 0);
create index exchange_body on exchange (channel) where body_bytes > 0;
create index exchange_unverified on exchange (channel)
    where direction = 'inbound' and state = 'refused' and substr(certificates, 1, 10) <> 'signed-by '
    and (disposition <> '' or attempts = 0);
create index exchange_bytes on exchange (channel, created_at) where emptied_at = 0;
)sql",
    // What an operator looks for: an exchange by its Message-ID, refused ones too, what was refused, what still waits, alarms.
    R"sql(
create index exchange_as2_message_id on exchange (as2_message_id);
create index exchange_refused on exchange (row) where state in ('refused', 'failed');
create index exchange_waiting on exchange (row)
    where state in ('received', 'ready', 'posting', 'waiting_to_retry', 'waiting_for_receipt') or receipt = 'owed';
create index event_alarm on event (row) where type < 'a';
)sql",
    // Whether a count has wrapped: so that a raised first number never leads to numbers that were given. (`least` is not used any more.)
    R"sql(
alter table control_number add column least integer not null default 1;
alter table control_number add column wrapped integer not null default 0;
)sql",
    // What tells a message that came again from another one under its Message-ID; alarms that were settled; requests turned away before there
    // was an exchange.
    R"sql(
alter table exchange add column body_sha256 text not null default '';
alter table event add column settled_at integer not null default 0;
create index event_open_alarm on event (row) where type < 'a' and settled_at = 0;
create index event_alarm_subject on event (subject) where type < 'a' and settled_at = 0;
create table refusal (
    row integer primary key,
    kind text not null,
    channel text not null,
    address text not null,
    as2_from text not null,
    as2_to text not null,
    reason text not null,
    count integer not null,
    first_at integer not null,
    last_at integer not null,
    unique (kind, channel, address, as2_from, as2_to)
) strict;
create index refusal_newest on refusal (last_at);
create index refusal_kind on refusal (kind, channel, last_at);
)sql",
};

Result<std::int64_t> number(Connection& connection, std::string_view sql) {
    auto statement = connection.prepare(sql);
    if (!statement) return unexpected(statement.error());
    auto const row = statement->step();
    if (!row) return unexpected(row.error());
    return *row ? statement->integer(0) : 0;
}

Result<void> migrate_inside(Connection& connection) {
    auto const owner = number(connection, "pragma application_id");
    if (!owner) return unexpected(owner.error());
    auto const objects = number(connection, "select count(*) from sqlite_schema");
    if (!objects) return unexpected(objects.error());
    bool const fresh = *owner == 0 && *objects == 0;
    if (!fresh && *owner != application_id)
        return permanent("the database belongs to another program: it has tables that are not Wharf's; "
                         "name another file as store.file");
    if (fresh) {
        auto const done = connection.execute(
            fmt::format("pragma application_id = {};"
                        "create table schema_version (version integer primary key, applied_at text not null) strict;",
                        application_id)
                .c_str());
        if (!done) return done;
    }
    auto const present = number(connection, "select max(version) from schema_version");
    if (!present) return unexpected(present.error());
    if (*present > schema_version())
        return permanent(fmt::format("the database has schema version {} and this program knows versions up to {}: it "
                                     "was written by a newer Wharf; run that one",
                                     *present, schema_version()));
    for (auto version = *present + 1; version <= schema_version(); ++version) {
        if (auto const done = connection.execute(migrations[static_cast<std::size_t>(version - 1)]); !done) return done;
        if (auto const noted = connection.run("insert into schema_version values (?, datetime())", version); !noted)
            return unexpected(noted.error());
    }
    return {};
}

} // namespace

std::int64_t schema_version() {
    return migrations.size();
}

Result<void> migrate(Connection& connection) {
    // `immediate`: of two processes that open a new file together, one makes the tables and the other finds them.
    if (auto const begun = connection.execute("begin immediate"); !begun) return begun;
    auto done = migrate_inside(connection);
    if (done) done = connection.execute("commit");
    if (!done && connection.in_transaction()) [[maybe_unused]]
        auto const undone = connection.execute("rollback");
    return done;
}

} // namespace wharf::store::sqlite
