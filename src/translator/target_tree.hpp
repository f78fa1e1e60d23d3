// One document on its way out, as the writer hands it to a format: occurrences and fields in the order of the format.
// Owns its texts (UTF-8, unescaped); memory follows one document.
#pragma once

#include "translator/source_tree.hpp"

#include <string>
#include <vector>

namespace wharf::translator {

struct TargetNode {
    PlaceId place = document_place;
    std::string text; // of a field
    ValueKind kind = ValueKind::text;
    std::string canonical; // "lines[0].quantity": what it was written from, for messages; empty for constants
    std::string fragment;  // of an extension: what FormatSchema::keep() made of it, under `name` below its parent
    std::string name;      // of an extension
    std::vector<TargetNode> nodes;
};

} // namespace wharf::translator
