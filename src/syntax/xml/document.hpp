// XML without its dangers: no DTD, no entities but the five and character references, limits on size, depth and
// counts. pugixml stays in document.cpp.
//
//     auto document = xml::parse(text);
//     for (auto const& node : document->nodes) …      flat, in document order: children follow their parent
//
// Namespaces are resolved: a name is "{uri}local", or "local" without a namespace.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::xml {

struct Node {
    std::string name; // of an attribute too
    bool attribute = false;
    std::string text;         // of an element its own text, blanks at both ends off (not those a CDATA section holds); of an
                              // attribute its value
    std::uint32_t end = 0;    // one behind the last node below
    std::uint32_t offset = 0; // of the element in the text; of an attribute its element's
};

struct Document {
    std::vector<Node> nodes; // nodes[0] is the root element
    /// The element as XML text by itself, with the namespaces it needs.
    [[nodiscard]] std::string fragment(std::uint32_t node) const;
};

enum class Fault : std::uint8_t { not_well_formed, doctype, entity, limit };
struct ParseError {
    Fault fault = Fault::not_well_formed;
    std::string message;
    std::size_t offset = 0;
};

/// UTF-8 (with or without a mark), UTF-16 and UTF-32 with one, ISO-8859-1 where the declaration says so. A DOCTYPE that
/// only names a system identifier is accepted and ignored.
[[nodiscard]] std::expected<Document, ParseError> parse(std::string_view text);

/// What is written: elements, attributes, texts.
struct Out {
    std::string name; // "p:Total"
    std::string text;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::vector<Out> elements;
    std::string fragment; // instead of all: XML text
};

struct OutSettings {
    bool indent = false;
    std::string doctype; // `cXML SYSTEM "http://…"`; empty: none
};

/// Characters that XML does not have make an error; nothing else can.
[[nodiscard]] Result<std::string> to_text(Out const& root, OutSettings const& settings);

} // namespace wharf::xml
