// Reads a file of X12 interchanges and validates it: envelope and sets, one item at a time, always well nested.
//
//     interchange_start  { group_start  { transaction_set }  group_end }  interchange_end
//
// What is missing in the file (a GE, an IEA) still comes as an item, marked absent, with the finding that says so; so a
// consumer never has to guard against wrong nesting. Findings come with the item they belong to and carry the codes of
// the acknowledgment (X12.20 / 997: AK3, AK4, AK5, AK9; TA1). Which release a set is checked by: the one the options name, else the
// one its guide narrows, else GS08, else the nearest, and then it is said.
//
// The text is the caller's and must outlive the reader; an item is valid until the next call of next(). One reader, one
// thread; the SchemaCache may be shared.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "diagnostic/severity_policy.hpp"
#include "grammar/guide.hpp"
#include "grammar/schema.hpp"
#include "grammar/validator.hpp"
#include "syntax/x12/reader.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::grammar {

/// The fields of an ISA, blanks at the ends trimmed.
struct InterchangeInfo {
    std::string sender_qualifier, sender;     // ISA05, ISA06
    std::string receiver_qualifier, receiver; // ISA07, ISA08
    std::string date, time;                   // ISA09, ISA10
    std::string version;                      // ISA12
    std::string control_number;               // ISA13
    bool acknowledgment_requested = false;    // ISA14
    char usage = 'P';                         // ISA15
    x12::Delimiters delimiters;
    bool readable = true;     // false: nobody can say where it is to be cut; nothing behind ISA is judged, sets have no schema
    std::string doubtful;     // separators of components or repetitions that stand in numbers or texts: what holds one is not judged
    std::uint64_t offset = 0; // of the ISA
    std::uint64_t end = 0;    // behind the interchange; set with interchange_end
};

struct GroupInfo {
    std::string functional_id;    // GS01
    std::string sender, receiver; // GS02, GS03
    std::string date, time;       // GS04, GS05
    std::string control_number;   // GS06
    std::string agency;           // GS07
    std::string release;          // GS08 as sent
    std::string grammar_release;  // the release validated by; a guide may say otherwise for a set
    bool present = true;          // false: GS is missing in the file
    bool kind_known = true;       // GS01 is in its list
};

struct SetInfo {
    std::string id;             // ST01
    std::string control_number; // ST02
    std::string implementation_reference; // ST03
};

enum class ItemKind { interchange_start, group_start, transaction_set, group_end, interchange_end, service, junk };

struct Item {
    ItemKind kind = ItemKind::junk;
    bool present = true;              // false: the segment is missing in the file; `part` is nullptr
    x12::Part const* part = nullptr;
    InterchangeInfo const* interchange = nullptr; // nullptr for junk outside any
    GroupInfo const* group = nullptr;             // inside a group
    SetInfo set;                                  // transaction_set
    std::shared_ptr<Schema const> schema;         // transaction_set; nullptr: no grammar for this set
    std::vector<NodeIndex> const* nodes = nullptr; // transaction_set with a schema: the row of each segment
    SetContext context;                           // transaction_set
    std::uint32_t sets = 0;                       // group_end: sets seen
    std::uint64_t suppressed = 0;                 // transaction_set: findings beyond max_findings_per_set
    Diagnostics findings;
};

/// What happens to a group whose GS08 no grammar and no guide is for.
enum class UnknownRelease {
    nearest, // validated by the nearest release, with a warning
    refuse   // likewise, but the group is refused (AK905 2)
};

struct InterchangeReaderOptions {
    std::string release;               // validate by this release whatever GS08 says; empty: by a guide, else by GS08
    std::uint32_t max_findings_per_set;
    bool validate_sets = true;         // false: envelope only
    bool sense = true;                 // ValidatorOptions::sense
    bool defer_sets = false;           // true: sets come unjudged, for a SetCheck of the caller's (another thread)
    UnknownRelease unknown_release = UnknownRelease::nearest;
    SeverityPolicy severities;         // applied before anything is judged
    std::map<std::string, SeverityPolicy, std::less<>> group_severities; // by GS01: in place of `severities` from GS to GE
    std::vector<std::shared_ptr<Guide const>> guides; // the first that is for a set and its GS08 narrows it
    InterchangeReaderOptions();
};

class InterchangeReader {
public:
    InterchangeReader(std::string_view text, std::string file_name, SchemaCache& schemas, InterchangeReaderOptions options = {});
    /// From a file or stream of any length.
    InterchangeReader(std::unique_ptr<ByteSource> source, std::string file_name, SchemaCache& schemas, InterchangeReaderOptions options = {});
    ~InterchangeReader();
    InterchangeReader(InterchangeReader&&) noexcept;
    InterchangeReader& operator=(InterchangeReader&&) noexcept;

    [[nodiscard]] bool next();
    [[nodiscard]] Item& item();
    /// As of x12::Reader: the block the item's part lies in, the first bytes of the file, what the medium said.
    [[nodiscard]] std::shared_ptr<x12::Block const> block() const;
    [[nodiscard]] std::string_view peek();
    [[nodiscard]] std::optional<Error> const& error() const;
    /// From the next item on: what the partner's profile says, once ISA has told who the partner is.
    void set_severities(SeverityPolicy severities);
    void set_guides(std::vector<std::shared_ptr<Guide const>> guides);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What a file that is not X12 seems to be, in words: "an EDIFACT interchange", "a JPEG picture", "empty".
[[nodiscard]] std::string describe_content(std::string_view text);

} // namespace wharf::grammar
