// One document of a format that is no X12, as its reader hands it over: a tree of occurrences and fields in one flat
// array. CSV rows and columns, XML elements and attributes, JSON members, segment groups all look alike here.
//
//     node 0                the document itself
//       node 1  "PO Date"   a field: text, nothing below
//       node 2  row         an occurrence: the nodes below follow at once, up to `end`
//
// Texts lie in one piece of memory that the DocumentReader owns; tree and texts live until its next call of next().
// Memory follows one document. Not shared between threads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

/// A place of the external format that the map names: a column, an element below another, a member. FormatSchema gives
/// the numbers; 0 is the document.
using PlaceId = std::uint32_t;
inline constexpr PlaceId document_place = 0;
/// What the map does not name, from this number on: kept whole, below the object around it. Its own name is
/// SourceTree::names[place - first_unnamed_place].
inline constexpr PlaceId first_unnamed_place = 0x80000000;
inline constexpr PlaceId unnamed_place = 0xffffffff;

/// What a field's text was in its format. Only JSON knows more than text; its writer gives back what its reader saw.
enum class ValueKind : std::uint8_t { text, number, boolean, null };

struct SourceNode {
    PlaceId place = unnamed_place;
    std::uint32_t begin = 0, length = 0; // of its text in SourceTree::text; trailing blanks may still be there
    std::uint32_t end = 0;               // one behind the last node below: children are [i + 1, end), siblings at `end`
    std::uint32_t source = 0;            // byte in SourceTree::bytes where it stands, for messages
    ValueKind kind = ValueKind::text;
};

/// Where a piece of the document stands in its file; pieces are in order.
struct SourceMark {
    std::uint32_t at = 0; // in SourceTree::bytes
    std::uint32_t line = 1;
    std::uint64_t offset = 0; // in the file
};

struct SourceTree {
    std::vector<SourceNode> nodes; // in document order; nodes[0] is the document, end == nodes.size()
    std::string_view text;         // decoded and unescaped UTF-8; 32-bit offsets (limits::transaction_set_bytes)
    std::string_view bytes;        // the document as it came, for excerpts; may be the same memory
    std::uint64_t offset = 0;      // of bytes[0] in the file
    std::uint32_t line = 1;        // of bytes[0] in the file
    std::string key;               // what people know the document by, if the format can tell: "PO Number 4711"
    std::string path;              // of formats of which one file holds several documents: "/orders/3"
    std::string_view file;         // as it is called in messages
    std::vector<SourceMark> marks; // of formats whose `bytes` are not one piece of the file
    std::vector<std::string> names; // of places that the map does not name

    [[nodiscard]] std::string_view text_of(SourceNode const& node) const { return text.substr(node.begin, node.length); }
    void clear() {
        nodes.clear();
        key.clear();
        path.clear();
        marks.clear();
    }
};

} // namespace wharf::translator
