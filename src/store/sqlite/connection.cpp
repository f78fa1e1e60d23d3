#include "store/sqlite/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace wharf::store::sqlite {
namespace {

/// Whether trying again can help. Everything not named is for a person to look at.
ErrorKind kind_of(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
        return ErrorKind::temporary;
    default:
        return ErrorKind::permanent;
    }
}

std::string_view advice(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "; another process is writing to it";
    case SQLITE_FULL:
        return "; free some space on the disk";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "; the file is damaged or no Wharf store: restore it from a backup, or move it away to begin a new one";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return "; check that file and folder exist and that this user may write to them";
    default:
        return "";
    }
}

std::unexpected<Error> failed(sqlite3* database, int code) {
    auto const text = database ? sqlite3_errmsg(database) : sqlite3_errstr(code);
    auto const file = database ? sqlite3_db_filename(database, "main") : nullptr;
    return std::unexpected(
        Error{kind_of(code), fmt::format("store {}: {}{}", file && *file ? file : "(in memory)", text, advice(code))});
}

} // namespace

Statement::~Statement() {
    if (statement_) {
        sqlite3_reset(statement_); // its error is the one step() has told already
        sqlite3_clear_bindings(statement_);
    }
}

// A bind fails only for a wrong position or a value beyond SQLite's size limit; step() then meets the NULL that stands
// in its place and the NOT NULL of the column refuses it.
void Statement::bind(std::string_view text) {
    sqlite3_bind_text64(statement_, next_++, text.data() ? text.data() : "", text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void Statement::bind(Blob blob) {
    sqlite3_bind_blob64(statement_, next_++, blob.bytes.data() ? blob.bytes.data() : "", blob.bytes.size(),
                        SQLITE_STATIC);
}
void Statement::bind(Reference reference) {
    if (reference.id.empty())
        sqlite3_bind_null(statement_, next_++);
    else
        bind(reference.id);
}
void Statement::bind(std::int64_t number) {
    sqlite3_bind_int64(statement_, next_++, number);
}

Result<bool> Statement::step() {
    int const code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return failed(database_, code);
}

std::string Statement::text(int column) const {
    auto const bytes = static_cast<char const*>(sqlite3_column_blob(statement_, column));
    return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                 : std::string{};
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}
bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Connection::~Connection() {
    for (auto const& [sql, statement] : statements_)
        sqlite3_finalize(statement);
    sqlite3_close(database_);
}

/// What a savepoint keeps for a rollback stays in memory, instead of a temporary file for each. Before the first connection.
[[maybe_unused]] static bool const keeps_savepoints_in_memory = sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1) == SQLITE_OK;

Result<void> Connection::open(std::filesystem::path const& file, Access access) {
    int const flags = access == Access::read_only ? SQLITE_OPEN_READWRITE // a WAL reader writes the shared index
                                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int const code =
        sqlite3_open_v2(file.c_str(), &database_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (code != SQLITE_OK) return failed(database_, code);
    sqlite3_busy_timeout(database_, 10'000);
    return execute(access == Access::read_only ? "pragma query_only = on" : "pragma foreign_keys = on");
}

Result<void> Connection::execute(char const* sql) {
    int const code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failed(database_, code);
    return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        sqlite3_stmt* statement = nullptr;
        int const code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (code != SQLITE_OK) return failed(database_, code);
        found = statements_.emplace(std::string(sql), statement).first;
    }
    return Statement(database_, found->second);
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(database_);
}
bool Connection::in_transaction() const {
    return sqlite3_get_autocommit(database_) == 0;
}

std::vector<std::string> Connection::prepared() const {
    std::vector<std::string> texts;
    for (auto const& [sql, statement] : statements_)
        texts.push_back(sql);
    return texts;
}

} // namespace wharf::store::sqlite
