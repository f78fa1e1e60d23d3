// A format: one interface with two halves. First a map is checked against the format's schema, once; then documents
// are read and written by what the check made. CSV, fixed width, XML and JSON are formats of this kind, EDIFACT could
// follow as one more file; X12 is the one with an engine of its own (plan.hpp), because nothing may stand
// between its segments and the slots. Both engines share the language, the canonical half of the plan, conversions,
// conditions, overrides, the serialiser and the binder. docs/adr/0010-formats.md says why.
//
//     check   Format::open(settings) -> FormatSchema; the compiler asks it for a place per step the map names,
//             and gets a PlaceId with facts, or what is wrong with the step and what would be right.
//             FormatSchema::finish() when all lines are bound: what only the whole map shows.
//     read    FormatSchema::reader(bytes) -> DocumentReader: one SourceTree after the other.
//     write   FormatSchema::writer() -> DocumentWriter: takes one TargetNode after the other, gives bytes.
//
// A format knows nothing of canonical documents; the engine (node_plan.hpp) knows nothing of bytes.
#pragma once

#include "base/byte_source.hpp"
#include "diagnostic/diagnostic.hpp"
#include "grammar/schema.hpp"
#include "translator/map_tree.hpp"
#include "translator/source_tree.hpp"
#include "translator/target_tree.hpp"

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

/// What a line wants with the last step of its path.
enum class PlaceUse : std::uint8_t {
    value, // `number  "PO Number"`: a field's text
    block, // a step that others follow, or that lines stand below
    each,  // `lines[]  each row`: an object per occurrence
};

/// Why a step cannot be bound. The compiler adds file, line and column and makes it MAP-0006 or MAP-0007.
struct PlaceFault {
    std::string message; // "The file has no column `Quantty`."
    std::string help;    // "did you mean `Quantity`?"
};

/// What conversions must know of a field. min, max, kind and implied_decimals count; the rest stays empty.
using ValueFacts = grammar::ElementRule;

/// How the format spells values where a line does not say: settings of its `format` line.
struct ValueDefaults {
    char decimal_point = '.';
    bool iso = false; // dates and times are texts: ISO 8601, or of these forms. X12: digits by the element's length
    std::string date_format, time_format, moment_format; // "DD.MM.YYYY"; empty: ISO 8601
    /// The column of the code tables: "x12", "cxml", "edifact". Empty: `code TABLE` must name it, or has the words of
    /// the map's own `table` rows only.
    std::string vocabulary;
};

/// Reads one file. Faults of a document go to `diagnostics` and do not touch its neighbours.
class DocumentReader {
public:
    virtual ~DocumentReader() = default;
    /// The next document into `tree`; false at the end. With errors in `diagnostics` the tree must not be used, but
    /// next() may be called again. Never throws; every size, depth and count is limited.
    [[nodiscard]] virtual bool next(SourceTree& tree, Diagnostics& diagnostics) = 0;
};

/// Writes one file. Nothing may be used of it when any diagnostic is an error.
class DocumentWriter {
public:
    virtual ~DocumentWriter() = default;
    /// Appends to `out` what can be written already. Faults: MAP-0111, MAP-0113 with the node's canonical place.
    virtual void add(TargetNode const& document, std::string& out, Diagnostics& diagnostics) = 0;
    virtual void finish(std::string& out, Diagnostics& diagnostics) = 0;
};

/// One map's view of its format. Made, filled and finished by one thread; then immutable and shared.
class FormatSchema {
public:
    virtual ~FormatSchema() = default;

    // --- check
    /// The place that `step` names below `below`; the same number whenever it is asked again.
    [[nodiscard]] virtual std::expected<PlaceId, PlaceFault> place(PlaceId below, NodeStep const& step,
                                                                   PlaceUse use) = 0;
    /// `max` 0: the place has no text of its own. Stays where it is as long as the schema lives.
    [[nodiscard]] virtual ValueFacts const& facts(PlaceId place) const = 0;
    /// For messages: `column "PO Number"`, `Total/Money/@currency`.
    [[nodiscard]] virtual std::string shown(PlaceId place) const = 0;
    /// The step alone, as keys of extensions say it: `Money`, `@currency`.
    [[nodiscard]] virtual std::string name(PlaceId place) const = 0;
    /// How often it may stand below its parent; 0: any number. A second line for a `1` can never receive anything.
    [[nodiscard]] virtual std::uint32_t most(PlaceId place) const = 0;
    [[nodiscard]] virtual ValueDefaults const& defaults() const = 0;
    /// "csv": the member of `extensions`. What came by another format or map stays behind on writing.
    [[nodiscard]] virtual std::string key() const = 0;
    /// The order in which places below one are written; the compiler gives them in the order of the map's lines.
    virtual void order(PlaceId below, std::vector<PlaceId>& places) const = 0;
    /// All lines are bound. Faults are of the map: MAP-00xx.
    [[nodiscard]] virtual Diagnostics finish() = 0;
    /// Coverage: what the format's schema has and no line named, as shown(). Empty where there is no schema.
    [[nodiscard]] virtual std::vector<std::string> unread() const = 0;

    // --- extensions: what no line read
    /// The key of a node below `above`, in document order: "Column", "Extrinsic(2)", "Total/@currency". And its value
    /// as JSON text: a string for a field, what keeps the whole of it otherwise.
    virtual void keep(SourceTree const& tree, std::uint32_t above, std::uint32_t node, std::string& key,
                      std::string& json) const = 0;

    // --- read and write; thread-safe
    [[nodiscard]] virtual std::unique_ptr<DocumentReader> reader(std::unique_ptr<ByteSource> bytes,
                                                                 std::string file_name) const = 0;
    [[nodiscard]] virtual std::unique_ptr<DocumentWriter> writer() const = 0;
    /// Where a node stands: file, line, column, what is shown of it. For every message of the data.
    [[nodiscard]] virtual Diagnostic at(SourceTree const& tree, std::uint32_t node, std::string_view code,
                                        std::string message, std::string help) const = 0;
};

class Format {
public:
    virtual ~Format() = default;
    [[nodiscard]] virtual std::string_view name() const = 0; // the word after `format`: "csv"
    [[nodiscard]] virtual PathSyntax path_syntax() const = 0;
    /// Endings of its files, for guessing and for test cases: {"csv", "txt"}.
    [[nodiscard]] virtual std::vector<std::string_view> endings() const = 0;
    /// Reads the map's settings: the words of `format`, and its option lines. All faults are listed.
    [[nodiscard]] virtual std::expected<std::unique_ptr<FormatSchema>, Diagnostics>
    open(std::vector<OptionLine> const& options) const = 0;
};

/// csv, fixed, xml, json; nullptr for x12 and unknown ones. One line per format in formats.cpp.
[[nodiscard]] Format const* find_format(std::string_view name);
[[nodiscard]] std::vector<std::string_view> format_names(); // x12 among them

} // namespace wharf::translator
