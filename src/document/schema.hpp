// The canonical documents and their JSON Schemas (schemas/*.json, draft 7): the compiled form that is checked at run time.
//
// A Schema is compiled once from the embedded files, immutable and shared. It knows the subset of draft 7 that our
// schemas use: type, properties, required, additionalProperties, items, enum, const, pattern (only the named ones
// below), minLength/maxLength, minItems, $ref, and the annotations title, description, examples, x-derived, x-unit.
// Tests hold it against valijson and Python's jsonschema.
#pragma once

#include "base/error.hpp"
#include "base/name_index.hpp"
#include "diagnostic/diagnostic.hpp"
#include "syntax/json/tape.hpp"
#include "syntax/json/value.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::document {

enum class NodeType : std::uint8_t { object, array, string, integer, boolean, any };

/// The named patterns our schemas use; the regular expression beside each is what stands in the file.
enum class Pattern : std::uint8_t {
    none,
    decimal,   // ^-?(0|[1-9][0-9]*)(\.[0-9]+)?$
    date,      // ^[0-9]{4}-[0-9]{2}-[0-9]{2}$
    date_time, // ^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,2})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$
    time,      // ^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,2})?)?$
    coded,     // ^([a-z][a-z0-9_]*|[a-z0-9_]+:.+)$   a word, or <list>:<code>
};

struct Node;

struct Property {
    std::string name;
    Node const* node = nullptr;
    bool required = false;
    bool derived = false; // computed on reading; written only when the full form is absent
};

inline constexpr std::uint16_t no_property = json::Node::no_mark;
static_assert(no_property == NameIndex::none);

struct Node {
    NodeType type = NodeType::any;
    Pattern pattern = Pattern::none;
    std::uint32_t min_length = 0;
    std::uint32_t max_length = 0xffffffff;
    std::uint32_t min_items = 0;
    bool additional = false;             // object: unknown members are allowed (extensions)
    std::vector<Property> properties;    // object: in the order of the schema file, which is the order of output
    Node const* items = nullptr;         // array
    std::vector<std::string> enumeration; // string: allowed values; empty: any
    std::string description;

    [[nodiscard]] Property const* find(std::string_view name) const;
    /// The place of a field in `properties`; no_property where there is none.
    [[nodiscard]] std::uint16_t index_of(std::string_view name) const { return names.find(name); }
    /// To be called when `properties` is complete.
    void index_names();

    std::uint16_t required = 0;               // how many of the properties
    std::uint16_t extensions = no_property;   // place of the property of that name
    NameIndex names;                          // of the properties
};

/// True when the text is allowed at a string node: pattern, lengths, enumeration. Dates must exist in the calendar.
[[nodiscard]] bool accepts(Node const& node, std::string_view text);
/// What the node wants, in words: "a decimal number such as 12.50".
[[nodiscard]] std::string expectation(Node const& node);

class Schema {
public:
    /// The schema of a kind ("purchase_order") and version (1); nullptr when there is none. Lives as long as the
    /// process.
    [[nodiscard]] static Schema const* find(std::string_view kind, unsigned version = 1);
    [[nodiscard]] static std::vector<std::string> kinds();

    [[nodiscard]] std::string const& kind() const { return kind_; }
    [[nodiscard]] unsigned version() const { return version_; }
    [[nodiscard]] std::string name() const; // "wharf/purchase_order/1": the value of the document's `schema`
    [[nodiscard]] Node const& root() const { return *root_; }
    /// The node at a canonical path "lines[].items[].scheme" or "parties[].address.city"; nullptr when there is none.
    [[nodiscard]] Node const* node(std::string_view path) const;

    /// All faults, each with a JSON Pointer in place.path (DOC-00xx). Of a tape, each member is marked with its place in
    /// the properties of its object, and the document's root with mark().
    [[nodiscard]] Diagnostics check(json::Node const& document) const;
    [[nodiscard]] Diagnostics check(json::Value const& document) const { return check(json::Tape::of(document).root()); }

    /// The marks alone, without a check.
    void resolve(json::Node const& document) const;
    /// Stands in the root of documents whose members are marked for this schema.
    [[nodiscard]] std::uint16_t mark() const { return mark_; }

private:
    friend class SchemaLoader;
    std::string kind_;
    unsigned version_ = 1;
    std::uint16_t mark_ = json::Node::no_mark;
    Node const* root_ = nullptr;
    std::vector<std::unique_ptr<Node>> nodes_;
};

/// Checks a document against the schema its `schema` and `document` members name; DOC-0001 when they name none.
[[nodiscard]] Diagnostics check(json::Node const& document);
[[nodiscard]] Diagnostics check(json::Value const& document);

} // namespace wharf::document
