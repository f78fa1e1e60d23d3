// The shipped grammars, opened once for a test program, and the schemas compiled from them.
#pragma once

#include "grammar/schema.hpp"

#include <memory>

namespace wharf::test {

[[nodiscard]] inline grammar::SchemaCache& schemas() {
    static grammar::SchemaCache cache(*grammar::Grammars::open());
    return cache;
}

[[nodiscard]] inline grammar::Grammars const& grammars() { return schemas().grammars(); }

} // namespace wharf::test
