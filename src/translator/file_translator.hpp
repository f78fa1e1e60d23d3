// A compiled map of a format other than X12: files of documents in, files of documents out.
//
//     auto translator = translators->find_file("acme/po-csv").value();
//     auto reading = translator->open(*open_byte_source("po.csv"), "po.csv", provenance, values);
//     std::string json;
//     while (auto outcome = reading->next(json)) { … json holds one canonical document if outcome->ok() … }
//
// A FileTranslator is immutable and shared by all threads; a reading or writing belongs to one. Memory follows one
// document.
#pragma once

#include "base/byte_source.hpp"
#include "translator/translator.hpp"
#include "translator/values.hpp"

#include <memory>
#include <optional>
#include <string>

namespace wharf::translator {

class FileReading {
public:
    virtual ~FileReading() = default;
    /// The next document, compact, in the schema's order and checked against it; `json` is replaced, and empty when the
    /// outcome has errors. nullopt at the end of the file. A broken document does not touch its neighbours.
    [[nodiscard]] virtual std::optional<ReadOutcome> next(std::string& json) = 0;
};

class FileWriting {
public:
    virtual ~FileWriting() = default;
    /// The document must have passed document::check. With errors nothing of it is in the file.
    [[nodiscard]] virtual Diagnostics add(json::Value const& document, RunValues const& values) = 0;
    /// The whole file. May be called once.
    [[nodiscard]] virtual std::string finish(Diagnostics& diagnostics) = 0;
};

class FileTranslator {
public:
    virtual ~FileTranslator() = default;
    [[nodiscard]] virtual std::string const& name() const = 0;          // "acme/po-csv"
    [[nodiscard]] virtual std::string const& document_kind() const = 0; // "purchase_order"
    [[nodiscard]] virtual std::string const& format() const = 0;        // "csv"

    /// `provenance` is what all documents of the file share; `values` must outlive the reading.
    [[nodiscard]] virtual std::unique_ptr<FileReading> open(std::unique_ptr<ByteSource> bytes, std::string file_name,
                                                            Provenance provenance, RunValues const& values) const = 0;
    [[nodiscard]] virtual std::unique_ptr<FileWriting> begin() const = 0;
};

} // namespace wharf::translator
