// The tables, as numbered steps from an empty file to what this program expects. docs/storage.md explains them.
#pragma once

#include "store/sqlite/connection.hpp"

#include <cstdint>

namespace wharf::store::sqlite {

/// The version this program reads and writes.
[[nodiscard]] std::int64_t schema_version();

/// Brings an open database to schema_version() in one transaction; a new file gets all tables. Fails with `permanent`
/// when the file belongs to another program or to a newer Wharf.
[[nodiscard]] Result<void> migrate(Connection& connection);

} // namespace wharf::store::sqlite
