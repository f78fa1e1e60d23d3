// Reading rows: runs a bound statement to its end and makes values of its rows. Internal to store/sqlite.
#pragma once

#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

#include <optional>
#include <type_traits>
#include <vector>

namespace wharf::store::sqlite {

/// All rows of a statement whose values are bound; `read` gives Result<T> from a Statement on a row.
template <class T, class Read>
[[nodiscard]] Result<std::vector<T>> rows_of(Statement& statement, Read read) {
    std::vector<T> found;
    for (;;) {
        auto const more = statement.step();
        if (!more) return unexpected(more.error());
        if (!*more) return found;
        Result<T> value = read(statement);
        if (!value) return unexpected(std::move(value.error()));
        found.push_back(std::move(*value));
    }
}

template <class T, class Read, class... Values>
[[nodiscard]] Result<std::vector<T>> rows(Connection& connection, std::string_view sql, Read read,
                                          Values const&... values) {
    auto statement = connection.bound(sql, values...);
    if (!statement) return unexpected(std::move(statement.error()));
    return rows_of<T>(*statement, read);
}

/// The first row, if any.
template <class T, class Read, class... Values>
[[nodiscard]] Result<std::optional<T>> first(Connection& connection, std::string_view sql, Read read,
                                             Values const&... values) {
    auto found = rows<T>(connection, sql, read, values...);
    if (!found) return unexpected(std::move(found.error()));
    if (found->empty()) return std::optional<T>{};
    return std::optional<T>(std::move(found->front()));
}

/// A statement that may change any number of rows.
template <class... Values>
[[nodiscard]] Result<void> change(Connection& connection, std::string_view sql, Values const&... values) {
    auto const changed = connection.run(sql, values...);
    if (!changed) return unexpected(changed.error());
    return {};
}

/// A statement that must change exactly one row.
template <class... Values>
[[nodiscard]] Result<void> change_one(Connection& connection, std::string_view what, std::string_view id,
                                      std::string_view sql, Values const&... values) {
    auto const changed = connection.run(sql, values...);
    if (!changed) return unexpected(changed.error());
    if (*changed != 1) return permanent("store: there is no " + std::string(what) + " " + std::string(id));
    return {};
}

/// A stored word as its enumerator; a word we do not know means a damaged store.
template <class E>
[[nodiscard]] Result<E> known(std::optional<E> value, std::string_view table, std::string const& word) {
    if (!value)
        return permanent("store: damaged, table " + std::string(table) + " holds the unknown word '" + word + "'");
    return *value;
}

} // namespace wharf::store::sqlite
