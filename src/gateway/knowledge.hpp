// Grammars and translators as the gateway uses them: opened once, checked against the profiles at start.
//
// Thread-safe.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/schema.hpp"
#include "grammar/validator.hpp"
#include "partner/configuration.hpp"
#include "translator/translator.hpp"

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace wharf::gateway {

class Knowledge {
public:
    /// Opens grammars (with an optional overlay) and translators, and compiles the translator of every agreement of
    /// every profile. Fails with all diagnostics: a wrong grammar, map or reference is refused before anything is served.
    [[nodiscard]] static std::expected<std::unique_ptr<Knowledge>, Diagnostics>
    open(partner::Configuration const& configuration, std::optional<std::filesystem::path> const& grammars = std::nullopt);

    [[nodiscard]] grammar::SchemaCache& schemas() { return schemas_; }
    [[nodiscard]] grammar::Grammars const& grammars() const { return schemas_.grammars(); }

    struct Reading {
        std::shared_ptr<grammar::Schema const> schema;              // nullptr: no grammar for this set and release
        std::shared_ptr<translator::Translator const> translator;   // nullptr: no map
    };
    /// For reading and writing a set of this release (a listed one); `map_name` empty: the shipped one of the set.
    [[nodiscard]] std::expected<Reading, Diagnostics> reading(std::string_view release, std::string_view set,
                                                              std::string_view map_name);

private:
    Knowledge(std::shared_ptr<grammar::Grammars const> grammars, std::shared_ptr<translator::Translators> translators)
        : schemas_(std::move(grammars)), translators_(std::move(translators)) {}

    grammar::SchemaCache schemas_;
    std::shared_ptr<translator::Translators> translators_;
};

} // namespace wharf::gateway
