// The standard as data: what grammars/x12 says about one release. Plain structs, no Spirit, no validation logic.
//
// The files hold all releases at once, each row with the releases it lives in (docs/grammar-language.md); a Dictionary
// is one release's view of them. Files are read when first asked for and kept; code lists are hashed on first use.
// Everything returned by reference or view lives as long as its Dictionary. Thread-safe.
#pragma once

#include "base/error.hpp"
#include "diagnostic/diagnostic.hpp"
#include "grammar/code_table.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// A syntax note (X12.6 §3.8): P all or none, R at least one, E at most one, C if the first then all others,
/// L if the first then at least one other.
struct SyntaxNote {
    char kind = 'P';
    std::vector<std::uint8_t> positions;
    [[nodiscard]] std::string text() const; // "P0304"
};

struct ElementUse {
    std::uint8_t position = 0;  // 1-based
    std::string reference;      // data element number "98" or composite "C040"
    bool mandatory = false;
    std::uint32_t max_repeat = 1; // 0: unlimited
};

struct SegmentDefinition {
    std::string id;   // "N1"
    std::string name; // "Name"
    std::vector<ElementUse> elements; // by position, without holes
    std::vector<SyntaxNote> notes;
    std::uint8_t key = 0;        // position of the qualifier; 0: none
    std::uint8_t pairs_from = 0; // qualifier and value alternate in these positions (PO1 06..25); 0: no pairs
    std::uint8_t pairs_to = 0;
};

struct ElementDefinition {
    std::string number; // "98"; envelope elements begin with I
    std::string name;
    std::string type;   // AN, ID, N0..N9, R, DT, TM, B
    std::uint32_t min = 0;
    std::uint32_t max = 0; // 0xffffffff: as long as anything can be (binary data)
};

struct CompositeDefinition {
    std::string id;
    std::string name;
    std::vector<ElementUse> components;
    std::vector<SyntaxNote> notes;
};

enum class Area { heading, detail, summary };

/// One row of a set: a segment, or a loop with the segment that starts it as its name and the other rows inside.
struct SetRow {
    std::string segment;
    std::string position;       // standard position for messages: "020", "~160" unverified, "-" unknown
    Area area = Area::heading;
    bool is_loop = false;
    bool mandatory = false;
    std::uint32_t max = 1;      // 0: unlimited; of a loop: occurrences of the loop
    std::vector<SetRow> rows;   // of a loop: what follows its first segment
};

struct SetDefinition {
    std::string id;    // "850"
    std::string name;  // "Purchase Order"
    std::string group; // "PO" (GS01)
    std::string release;
    std::vector<SetRow> rows; // from ST to SE
};

/// The codes of one data element in one release.
class CodeList {
public:
    virtual ~CodeList() = default;
    /// The meaning (may be empty) of a code; nothing when the list lacks it.
    [[nodiscard]] virtual std::optional<std::string_view> find(std::string_view code) const = 0;
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// All codes with meanings, in file order.
    [[nodiscard]] virtual std::vector<std::pair<std::string_view, std::string_view>> all() const = 0;
    /// The same codes for checks that look up millions; hashed on first use.
    [[nodiscard]] virtual CodeTable const& table() const = 0;
};

class Dictionary {
public:
    virtual ~Dictionary() = default;
    [[nodiscard]] virtual std::string const& release() const = 0; // "004010"
    // nullptr: this release does not have it.
    [[nodiscard]] virtual SetDefinition const* set(std::string_view id) const = 0;
    [[nodiscard]] virtual SegmentDefinition const* segment(std::string_view id) const = 0;
    [[nodiscard]] virtual ElementDefinition const* element(std::string_view number) const = 0;
    [[nodiscard]] virtual CompositeDefinition const* composite(std::string_view id) const = 0;
    /// nullptr: the element has no internal list (its codes are external and never checked).
    [[nodiscard]] virtual CodeList const* codes(std::string_view element) const = 0;
    [[nodiscard]] virtual std::vector<std::string> sets() const = 0;
    /// The segments around transaction sets, ISA to IEA; ST to SE is a loop inside the loop GS.
    [[nodiscard]] virtual std::vector<SetRow> const& envelope() const = 0;
};

/// How a release named by GS08 was found.
struct ReleaseMatch {
    std::string release;   // "004010"
    bool exact = true;     // false: the nearest known release stands in
    bool suffixed = false; // "004010VICS": an industry suffix was set aside
};

/// Where grammar files come from: the binary, overlaid by a folder of files with the same names.
class Grammars {
public:
    /// The embedded grammars; files below `overlay` (when given: a folder of the shape of grammars/x12) replace those
    /// of the same name, and all are checked together. Without it only the list of releases is read.
    /// Fails with diagnostics (GRAMMAR-00xx with file, line, column) when a file of the overlay is malformed.
    [[nodiscard]] static std::expected<std::shared_ptr<Grammars const>, Diagnostics>
    open(std::optional<std::filesystem::path> const& overlay = std::nullopt);

    virtual ~Grammars() = default;
    /// All releases, oldest first.
    [[nodiscard]] virtual std::vector<std::string> releases() const = 0;
    /// ISA12 of a listed release ("004010" -> "00401"); empty otherwise.
    [[nodiscard]] virtual std::string interchange_version(std::string_view release) const = 0;
    /// GS08 ("004010VICS", "005010X230", "4010", "00401") to a release we have; the nearest when unknown, of two equally near the
    /// older, and 004010 when there is no number at all.
    [[nodiscard]] virtual ReleaseMatch match_release(std::string_view gs08) const = 0;
    /// The dictionary of a listed release; nullptr otherwise.
    [[nodiscard]] virtual std::shared_ptr<Dictionary const> dictionary(std::string_view release) const = 0;

    /// A grammar file ("elements", "sets/850") with its name for messages; lives as long as this. For showing what it says.
    struct File {
        std::string name;
        std::string_view text;
    };
    [[nodiscard]] virtual std::optional<File> file(std::string_view name) const = 0;
};

} // namespace wharf::grammar
