// A compiled map behind the Translator interface, and how one is made from any source of files. Used by tests, which
// keep their maps in memory.
#pragma once

#include "translator/file_translator.hpp"
#include "translator/map_load.hpp"
#include "translator/map_source.hpp"
#include "translator/plan.hpp"
#include "translator/translator.hpp"

namespace wharf::translator {

/// Loads and compiles `name` for this schema. All faults are listed.
[[nodiscard]] std::expected<std::shared_ptr<Translator const>, Diagnostics>
make_translator(MapSource const& source, std::string_view name, std::shared_ptr<grammar::Schema const> schema);

/// The same for a map of another format than X12.
[[nodiscard]] std::expected<std::shared_ptr<FileTranslator const>, Diagnostics>
make_file_translator(MapSource const& source, std::string_view name);
[[nodiscard]] std::shared_ptr<FileTranslator const> make_file_translator(std::unique_ptr<Plan const> plan);

/// Binds an effective map to its format and a document schema.
[[nodiscard]] std::expected<std::unique_ptr<Plan const>, Diagnostics> compile_nodes(EffectiveMap const& map,
                                                                                    MapSource const& source);

/// The plan of a translator made by make_translator, for tests that generate documents from it.
[[nodiscard]] Plan const& plan_of(Translator const& translator);

/// Writes a document's body; see Translator::write.
[[nodiscard]] WriteOutcome write_document(Plan const& plan, json::Node const& document,
                                          x12::Delimiters const& delimiters, RunValues const* values);

/// Everything that is wrong with one map of a source, in each release it names.
[[nodiscard]] Diagnostics check_map(MapSource const& source, std::string_view name, grammar::SchemaCache& schemas);

} // namespace wharf::translator
