// One SQLite connection and its prepared statements. Internal to store/sqlite; the only place that sees sqlite3.h's
// types is the source (they are declared here by name only).
//
// Belongs to one thread at a time. Texts bound to a statement are not copied: they live until the call returns.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace wharf::store::sqlite {

struct Blob {
    std::string_view bytes;
};
/// Text that is stored as NULL when it is empty: references.
struct Reference {
    std::string_view id;
};

/// A prepared statement in use; given back, reset, when it goes.
class Statement {
public:
    Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;
    Statement(Statement&& other) noexcept
        : database_(other.database_), statement_(other.statement_), next_(other.next_) {
        other.statement_ = nullptr;
    }
    ~Statement();

    // In the order of the question marks.
    void bind(std::string_view text);
    void bind(std::string const& text) { bind(std::string_view(text)); }
    void bind(char const* text) { bind(std::string_view(text)); }
    void bind(Blob blob);
    void bind(Reference reference);
    void bind(std::int64_t number);
    void bind(std::uint64_t number) { bind(static_cast<std::int64_t>(number)); }
    void bind(int number) { bind(static_cast<std::int64_t>(number)); }
    void bind(unsigned number) { bind(static_cast<std::int64_t>(number)); }
    void bind(bool flag) { bind(static_cast<std::int64_t>(flag)); }
    void bind(Timestamp time) { bind(static_cast<std::int64_t>(time.time_since_epoch().count())); }

    /// True: a row can be read; false: done.
    [[nodiscard]] Result<bool> step();

    [[nodiscard]] std::string text(int column) const; // "" for NULL; bytes of a blob
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] Timestamp time(int column) const { return Timestamp(std::chrono::milliseconds(integer(column))); }

private:
    sqlite3* database_;
    sqlite3_stmt* statement_;
    int next_ = 1;
};

enum class Access { read_write, read_only };

class Connection {
public:
    Connection() = default;
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection();

    [[nodiscard]] Result<void> open(std::filesystem::path const& file, Access access);

    /// One or more statements without parameters.
    [[nodiscard]] Result<void> execute(char const* sql);

    /// A statement from the cache, prepared at its first use. Not to be used twice at the same time.
    [[nodiscard]] Result<Statement> prepare(std::string_view sql);

    template <class... Values>
    [[nodiscard]] Result<Statement> bound(std::string_view sql, Values const&... values) {
        auto statement = prepare(sql);
        if (statement) (statement->bind(values), ...);
        return statement;
    }
    /// Runs a statement that gives no rows; the number of rows changed.
    template <class... Values>
    [[nodiscard]] Result<std::int64_t> run(std::string_view sql, Values const&... values) {
        auto statement = bound(sql, values...);
        if (!statement) return unexpected(std::move(statement.error()));
        auto const stepped = statement->step();
        if (!stepped) return unexpected(stepped.error());
        return changes();
    }

    [[nodiscard]] std::int64_t changes() const;
    /// False when SQLite has ended the transaction by itself (full disk, I/O error).
    [[nodiscard]] bool in_transaction() const;
    /// The texts of all statements prepared so far; a test reads their query plans.
    [[nodiscard]] std::vector<std::string> prepared() const;

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    sqlite3* database_ = nullptr;
    std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> statements_;
};

} // namespace wharf::store::sqlite
