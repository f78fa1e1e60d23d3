// Compiles the JSON Schemas of schemas/ into the Node graph of document/schema.hpp.
//
// Refuses what it does not know: an unknown keyword, an unknown pattern, an object that does not say
// additionalProperties. So no rule of a schema file is ever passed over in silence.
#pragma once

#include "document/schema.hpp"

#include <functional>
#include <optional>

namespace wharf::document {

/// The text of "purchase_order.1.json"; nothing when there is no such file. Texts need to live during load() only.
using SchemaFiles = std::function<std::optional<std::string_view>(std::string_view name)>;

/// Loads kinds one by one; definitions of common.1.json are compiled once and shared by all schemas of one loader,
/// which must outlive them. Not thread-safe.
class SchemaLoader {
public:
    explicit SchemaLoader(SchemaFiles files);
    ~SchemaLoader();

    /// Fails with `invalid` that names the file and the place in it (a JSON Pointer).
    [[nodiscard]] Result<std::unique_ptr<Schema>> load(std::string_view kind, unsigned version);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace wharf::document
