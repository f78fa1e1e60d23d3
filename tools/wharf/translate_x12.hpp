// From the bytes of an X12 file to canonical documents, in one pass over the file: what `wharf translate --to json`
// does and the benchmark measures.
//
// A set with errors gives findings and no document; its neighbours are translated all the same. Nothing here opens
// files or prints. Memory follows the largest set and the findings, which are kept up to limits::findings.
#pragma once

#include "base/byte_source.hpp"
#include "diagnostic/diagnostic.hpp"
#include "grammar/interchange.hpp"
#include "translator/translator.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wharf::cli {

struct TranslateOptions {
    std::string partner;    // for the provenance
    std::string translator; // for every set; empty: chosen by `translator_for`
    /// The map of a set by ST01; empty text or no function: the shipped one.
    std::function<std::string(std::string_view set)> translator_for;
};

struct TranslateResult {
    Diagnostics diagnostics; // in file order
    std::uint64_t sets = 0;
    std::uint64_t translated = 0;
    std::uint64_t held = 0; // made, and not given: a line of the map says `on error hold`
    std::uint64_t elements = 0, extended = 0; // see translator::ReadOutcome
    std::uint64_t suppressed = 0;  // findings beyond those kept
    std::optional<Error> trouble;  // the medium failed: what could be read before was translated
};

class X12Translation {
public:
    X12Translation(grammar::SchemaCache& schemas, translator::Translators& translators, TranslateOptions options)
        : schemas_(schemas), translators_(translators), options_(std::move(options)) {}

    /// Gets each document, compact, as soon as it is made; the view ends with the call.
    std::function<void(std::string_view json)> on_document;

    /// Bytes in memory, borrowed for the call.
    [[nodiscard]] TranslateResult translate(std::string_view text, std::string file_name);
    /// A file or stream of any length.
    [[nodiscard]] TranslateResult translate(std::unique_ptr<ByteSource> source, std::string file_name);

private:
    [[nodiscard]] TranslateResult translate(grammar::InterchangeReader reader, std::string const& file_name);
    void translate_set(grammar::Item const& item, std::string const& file, TranslateResult& result);
    [[nodiscard]] translator::Translator const* find(grammar::Item const& item, std::string const& file,
                                                     Diagnostics& findings);

    grammar::SchemaCache& schemas_;
    translator::Translators& translators_;
    TranslateOptions options_;
    std::map<grammar::Schema const*, std::shared_ptr<translator::Translator const>> known_; // nullptr: there is none
    std::string json_;                                                                      // scratch
};

} // namespace wharf::cli
