// Fills a schema from its narrowed set. Internal to grammar/.
#pragma once

#include "grammar/schema.hpp"

namespace wharf::grammar {

/// The schema has its set and dictionary; everything else is made here. Fails as Schema::compile does.
[[nodiscard]] Result<void> compile_schema(Schema& schema);

} // namespace wharf::grammar
