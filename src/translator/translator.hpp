// A translator: one map file, compiled once, run in both directions between one external format and one kind of
// document.
//
// The language is described in docs/map-language.md. A Translator is immutable and shared by all threads; a Run of it
// (its scratch memory) belongs to one thread.
//
//     auto translator = Translators::open().value()->find("x12/850", schema);
//     std::string json;
//     ReadOutcome outcome = translator->read(input, json);
//
// Diagnostics are MAP-00xx (the map file: line and column) and MAP-01xx (the data: place in the file read).
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "diagnostic/diagnostic.hpp"
#include "document/schema.hpp"
#include "grammar/schema.hpp"
#include "grammar/validator.hpp"
#include "syntax/json/tape.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/segment_list.hpp"
#include "syntax/x12/writer.hpp"
#include "translator/values.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

/// Where a document comes from; written into its `source` (canonical-model: provenance). Empty parts are left out.
struct Provenance {
    std::string id;
    bool test = false;
    std::string partner, message, format = "x12", set, version;
    std::string sender_scheme, sender, sender_group;
    std::string receiver_scheme, receiver, receiver_group;
    std::string interchange, group, transaction;
    std::string sent_at;     // "2025-06-02T14:03"
    std::string received_at; // UTC
};

/// One validated transaction set.
struct SetInput {
    x12::SegmentList const* segments = nullptr;
    std::vector<grammar::NodeIndex> const* nodes = nullptr; // of grammar::Validator
    grammar::SetContext context;
    Provenance provenance;
    RunValues const* values = nullptr; // for `lookup` and `$…`; nullptr: there are none
};

struct ReadOutcome {
    Diagnostics diagnostics;    // an error means: no document was made
    std::uint64_t elements = 0; // non-empty elements below ST, SE aside
    std::uint64_t extended = 0; // of these: kept in `extensions`
    bool held = false;          // a document was made, but must be held: a line says `on error hold`
    [[nodiscard]] bool ok() const { return !has_errors(diagnostics); }
};

struct WriteOutcome {
    x12::SetBody body;       // in the grammar's order, without ST and SE
    Diagnostics diagnostics; // an error means: the body must not be used
    [[nodiscard]] bool ok() const { return !has_errors(diagnostics); }
};

class Translator {
public:
    virtual ~Translator() = default;
    [[nodiscard]] virtual std::string const& name() const = 0;          // "x12/850"
    [[nodiscard]] virtual std::string const& document_kind() const = 0; // "purchase_order"
    [[nodiscard]] virtual grammar::Schema const& schema() const = 0;

    /// Appends the canonical document (compact JSON, schema order, checked against its schema) to `json`. On error
    /// `json` is as it was. Thread-safe.
    [[nodiscard]] virtual ReadOutcome read(SetInput const& input, std::string& json) const = 0;

    /// The body of a transaction set. The document must have passed document::check. Extensions are written only where
    /// they came from the same set and release. `delimiters` are those of the interchange it is for; `values` what `$…`
    /// and `lookup` stand for, nullptr: there are none.
    [[nodiscard]] virtual WriteOutcome write(json::Node const& document, x12::Delimiters const& delimiters,
                                             RunValues const* values = nullptr) const = 0;
    [[nodiscard]] WriteOutcome write(json::Value const& document, x12::Delimiters const& delimiters,
                                     RunValues const* values = nullptr) const {
        return write(json::Tape::of(document).root(), delimiters, values);
    }
};

struct TranslatorInfo {
    std::string name;     // "x12/850"
    std::string document; // "purchase_order"
    std::string set;      // "850"; of X12 only
    std::string format;   // "x12", "csv"
};

class FileTranslator; // file_translator.hpp

/// Shipped translators, overlaid by a folder (a partner's overrides). Compiled ones are kept. Thread-safe.
class Translators {
public:
    /// `overlay` holds files NAME.map with names that `extends` or replace shipped ones. Fails with the diagnostics of
    /// malformed files (file, line, column, reason).
    [[nodiscard]] static std::expected<std::shared_ptr<Translators>, Diagnostics>
    open(std::optional<std::filesystem::path> const& overlay = std::nullopt);
    virtual ~Translators() = default;

    /// The translator `name` compiled for this schema.
    [[nodiscard]] virtual std::expected<std::shared_ptr<Translator const>, Diagnostics>
    find(std::string_view name, std::shared_ptr<grammar::Schema const> const& schema) = 0;
    /// The translator `name` of a format other than X12, compiled.
    [[nodiscard]] virtual std::expected<std::shared_ptr<FileTranslator const>, Diagnostics>
    find_file(std::string_view name) = 0;
    /// What the map is for; nullopt when there is none of this name.
    [[nodiscard]] virtual std::optional<TranslatorInfo> info(std::string_view name) const = 0;
    /// The shipped translator that reads transaction set `set_id`: "850" -> "x12/850"; empty when there is none.
    [[nodiscard]] virtual std::string for_set(std::string_view set_id) const = 0;
    /// The shipped X12 translator that writes documents of this kind: "purchase_order" -> "x12/850"; empty: none.
    [[nodiscard]] virtual std::string for_document(std::string_view kind) const = 0;
    /// All translators of X12, by name; files that hold only shapes are not among them.
    [[nodiscard]] virtual std::vector<TranslatorInfo> list() const = 0;
};

/// Everything that is wrong with one map file: syntax, edits that miss, paths that grammar or schema do not have, for
/// each release the map names. Files it includes or extends are looked for beside it, then among the shipped ones.
[[nodiscard]] Diagnostics check_map(std::filesystem::path const& file, grammar::SchemaCache& schemas);

} // namespace wharf::translator
