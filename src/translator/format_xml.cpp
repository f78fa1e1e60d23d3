// XML: steps are names of elements, @name an attribute. What no line reads is kept as it stands.
//
//     format     xml root cXML doctype "cXML SYSTEM \"http://…\"" indent yes date YYYY-MM-DD
//     namespace  p "urn:example:orders"
//     order      Request/OrderRequest OrderRequestHeader ItemOut
//
// Files are read whole, up to limits::message_bytes; one file is one document.
#include "base/limits.hpp"
#include "base/peeked_source.hpp"
#include "diagnostic/registry.hpp"
#include "syntax/json/value.hpp"
#include "syntax/xml/document.hpp"
#include "translator/convert.hpp"
#include "translator/format_tree.hpp"
#include "translator/map_parser.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

class XmlSchema final : public TreeSchema {
public:
    Diagnostics read(std::vector<OptionLine> const& options);
    std::uint32_t most(PlaceId place) const override { return places_[place]->step.starts_with('@') ? 1 : 0; }
    std::string key() const override { return "xml"; }
    void order(PlaceId below, std::vector<PlaceId>& places) const override;
    std::unique_ptr<DocumentReader> reader(std::unique_ptr<ByteSource> bytes, std::string file_name) const override;
    std::unique_ptr<DocumentWriter> writer() const override;
    Diagnostic at(SourceTree const& tree, std::uint32_t node, std::string_view code, std::string message,
                  std::string help) const override;

    /// Where an element stands among its neighbours, by the map's `order` lines.
    [[nodiscard]] std::size_t rank(PlaceId below, std::string_view step) const;
    [[nodiscard]] std::string const& root() const { return root_; }
    [[nodiscard]] std::string const& root_step() const { return root_step_; }
    [[nodiscard]] xml::OutSettings const& settings() const { return settings_; }
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> const& namespaces() const { return namespaces_; }

private:
    struct Order {
        std::string path;
        std::vector<std::string> names;
    };
    std::expected<std::string, PlaceFault> file_name(NodeStep const& step) const override;

    std::string root_, root_step_;
    xml::OutSettings settings_;
    std::vector<std::pair<std::string, std::string>> namespaces_; // prefix, URI
    std::vector<Order> orders_;
};

std::expected<std::string, PlaceFault> XmlSchema::file_name(NodeStep const& step) const {
    std::string_view name = step.name;
    std::string made;
    if (auto const colon = name.find(':'); colon != name.npos && !name.starts_with("xml:")) {
        auto const prefix = name.substr(0, colon);
        auto const known = std::ranges::find(namespaces_, prefix, &std::pair<std::string, std::string>::first);
        if (known == namespaces_.end())
            return std::unexpected(PlaceFault{fmt::format("The prefix `{}` is not declared.", prefix),
                                              fmt::format("Write at the head of the map: namespace {} \"URI\"", prefix)});
        made = fmt::format("{{{}}}{}", known->second, name.substr(colon + 1));
    } else {
        made = name;
    }
    return step.attribute ? "@" + made : made;
}

Diagnostics XmlSchema::read(std::vector<OptionLine> const& options) {
    Diagnostics faults;
    auto const fault = [&](std::string_view code, OptionLine const& line, std::uint32_t column, std::string message,
                           std::string help = {}) {
        faults.push_back(map_diagnostic(code, line.origin, column, std::move(message), std::move(help)));
    };
    for (auto const& line : options)
        if (line.keyword == "namespace") {
            if (line.words.size() == 2 && line.words[1].quoted)
                namespaces_.emplace_back(line.words[0].text, line.words[1].text);
            else
                fault("MAP-0031", line, 1, "`namespace` needs a prefix and a URI in quotes.");
        }
    OptionLine const* format = nullptr;
    for (auto const& line : options) {
        if (line.keyword == "order") {
            Order made;
            for (auto const& word : line.words)
                word.column == line.words.front().column ? void(made.path = word.text) : made.names.push_back(word.text);
            orders_.push_back(std::move(made));
        } else if (line.keyword == "format") {
            format = &line;
            for (std::size_t i = 1; i < line.words.size(); i += 2) {
                auto const& name = line.words[i].text;
                auto const value = i + 1 < line.words.size() ? line.words[i + 1].text : std::string();
                auto expected = tree_setting(name, value, defaults_);
                if (name == "root") {
                    root_step_ = value;
                    expected = value.empty() ? "the name of the file's outermost element" : "";
                } else if (name == "indent") {
                    settings_.indent = value == "yes";
                    expected = value == "yes" || value == "no" ? "" : "yes or no";
                } else if (name == "doctype") {
                    settings_.doctype = fmt::format("{} SYSTEM \"{}\"", root_step_, value);
                    expected = value.empty() || value.find_first_of("\"<>[") != value.npos || root_step_.empty()
                                   ? "the address of the DTD in quotes, behind root NAME"
                                   : "";
                }
                if (expected == "?")
                    fault("MAP-0030", line, line.words[i].column, fmt::format("There is no setting `{}`.", name),
                          "There are: root, doctype, indent, date, time, moment, decimal, codes.");
                else if (!expected.empty())
                    fault("MAP-0030", line, line.words[i].column,
                          fmt::format("`{} {}`: the value must be {}.", name, value, expected));
            }
        } else if (line.keyword != "namespace") {
            fault("MAP-0031", line, 1, fmt::format("`{}` cannot stand here.", line.keyword),
                  "XML has only: namespace PREFIX \"URI\", order PATH NAME NAME …");
        }
    }
    if (root_step_.empty() && format != nullptr && faults.empty()) {
        fault("MAP-0030", *format, 1, "Nothing says which element a file begins with.", "Write: format xml root Order");
        return faults;
    }
    NodeStep step;
    step.name = root_step_;
    if (auto name = file_name(step))
        root_ = *name;
    else if (format != nullptr)
        fault("MAP-0031", *format, 1, name.error().message, name.error().help);
    return faults;
}

std::size_t XmlSchema::rank(PlaceId below, std::string_view step) const {
    auto const path = below == document_place ? root_step_ : shown(below);
    for (auto const& line : orders_)
        if (line.path == path)
            return static_cast<std::size_t>(std::ranges::find(line.names, step) - line.names.begin());
    return 0;
}

void XmlSchema::order(PlaceId below, std::vector<PlaceId>& places) const {
    std::ranges::stable_sort(places, {}, [&](PlaceId place) { return rank(below, places_[place]->step); });
}

class XmlReader final : public DocumentReader {
public:
    XmlReader(XmlSchema const& schema, std::unique_ptr<ByteSource> bytes, std::string file_name)
        : schema_(schema), source_(std::move(bytes)), file_(std::move(file_name)) {}

    bool next(SourceTree& tree, Diagnostics& diagnostics) override {
        if (done_) return false;
        done_ = true;
        tree.clear();
        tree.names.clear();
        tree.file = file_;
        auto text = read_all(*source_, limits::message_bytes);
        if (!text) {
            diagnostics.push_back(make_diagnostic("MAP-0147", fmt::format("The file cannot be read: {}.", text.error().message)));
            diagnostics.back().place.file = file_;
            return true;
        }
        bytes_ = *std::move(text);
        tree.bytes = bytes_;
        auto parsed = xml::parse(bytes_);
        if (!parsed) {
            fault(parsed.error(), tree, diagnostics);
            return true;
        }
        document_ = *std::move(parsed);
        if (document_.nodes.front().name != schema_.root()) {
            tree.nodes.push_back({document_place, 0, 0, 1, 0, ValueKind::text});
            diagnostics.push_back(schema_.at(tree, 0, "MAP-0153",
                                             fmt::format("The file begins with the element `{}`; the map reads `{}`.",
                                                         document_.nodes.front().name, schema_.root()),
                                             "Is this the translator for this file?"));
            return true;
        }
        build(tree);
        return true;
    }

private:
    void fault(xml::ParseError const& error, SourceTree& tree, Diagnostics& diagnostics) {
        tree.nodes.push_back({document_place, 0, 0, 1, static_cast<std::uint32_t>(error.offset), ValueKind::text});
        auto const code = error.fault == xml::Fault::not_well_formed ? "MAP-0150"
                          : error.fault == xml::Fault::limit         ? "MAP-0152"
                                                                     : "MAP-0151";
        diagnostics.push_back(schema_.at(tree, 0, code, error.message + ".",
                                         error.fault == xml::Fault::not_well_formed
                                             ? "The file is no well-formed XML; ask the partner to send it again."
                                             : "Files with declarations of their own are not read: they can be made to "
                                               "harm the reader."));
    }

    /// Elements the map does not name are one node, with their XML as text.
    void build(SourceTree& tree) {
        text_.clear();
        std::vector<std::pair<std::uint32_t, std::uint32_t>> open; // own node, where the element ends
        auto const& nodes = document_.nodes;
        for (std::uint32_t i = 0; i < nodes.size();) {
            while (!open.empty() && open.back().second <= i) {
                tree.nodes[open.back().first].end = static_cast<std::uint32_t>(tree.nodes.size());
                open.pop_back();
            }
            auto const& one = nodes[i];
            auto const below = open.empty() ? document_place : tree.nodes[open.back().first].place;
            auto const place = i == 0 ? document_place : schema_.find(below, one.attribute ? "@" + one.name : one.name);
            auto const own = static_cast<std::uint32_t>(tree.nodes.size());
            SourceNode node;
            node.source = one.offset;
            node.begin = static_cast<std::uint32_t>(text_.size());
            node.end = own + 1;
            if (place == unnamed_place) {
                node.place = unnamed_of(tree, one.attribute ? "@" + one.name : one.name);
                bool const plain = one.attribute || (one.end == i + 1 && !one.text.starts_with('<'));
                text_ += plain ? one.text : document_.fragment(i);
                node.length = static_cast<std::uint32_t>(text_.size() - node.begin);
                tree.nodes.push_back(node);
                i = one.end;
                continue;
            }
            node.place = place;
            auto const text = right_trimmed(one.text); // of blanks alone: nothing
            node.length = static_cast<std::uint32_t>(text.size());
            text_ += text;
            tree.nodes.push_back(node);
            open.emplace_back(own, one.end);
            ++i;
        }
        while (!open.empty()) {
            tree.nodes[open.back().first].end = static_cast<std::uint32_t>(tree.nodes.size());
            open.pop_back();
        }
        tree.nodes.front().length = 0; // text between the outermost elements is none
        tree.text = text_;
    }

    XmlSchema const& schema_;
    std::unique_ptr<ByteSource> source_;
    std::string file_, bytes_, text_;
    xml::Document document_;
    bool done_ = false;
};

Diagnostic XmlSchema::at(SourceTree const& tree, std::uint32_t node, std::string_view code, std::string message,
                         std::string help) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.file = tree.file;
    if (node >= tree.nodes.size()) return found;
    auto const& one = tree.nodes[node];
    auto const offset = std::min<std::size_t>(one.source, tree.bytes.size());
    auto const line_begin = offset == 0 ? 0 : tree.bytes.rfind('\n', offset - 1) + 1;
    found.place.line = static_cast<std::uint32_t>(1 + std::ranges::count(tree.bytes.substr(0, offset), '\n'));
    found.place.column = static_cast<std::uint32_t>(offset - line_begin + 1);
    found.place.path = path_of(tree, node);
    auto const begin = std::max(line_begin, offset < 200 ? 0 : offset - 200);
    found.excerpt = std::string(tree.bytes.substr(begin, std::min<std::size_t>(tree.bytes.find('\n', offset) - begin, 400)));
    found.excerpt_offset = static_cast<std::uint32_t>(offset - begin);
    found.value = std::string(tree.text_of(one));
    found.place.length = std::max<std::size_t>(1, found.value.size());
    return found;
}

class XmlWriter final : public DocumentWriter {
public:
    explicit XmlWriter(XmlSchema const& schema) : schema_(schema) {}

    void add(TargetNode const& document, std::string& out, Diagnostics& diagnostics) override {
        if (written_) {
            diagnostics.push_back(make_diagnostic("MAP-0113", "An XML file holds one document; this is the second.",
                                                  "Write each document into a file of its own."));
            return;
        }
        written_ = true;
        xml::Out root;
        root.name = schema_.root_step();
        for (auto const& [prefix, uri] : schema_.namespaces())
            root.attributes.emplace_back("xmlns:" + prefix, uri);
        fill(document, root, diagnostics);
        auto text = xml::to_text(root, schema_.settings());
        if (text)
            out += *text;
        else
            diagnostics.push_back(make_diagnostic("MAP-0113", fmt::format("The document cannot be written as XML: {}.",
                                                                          text.error().message)));
    }
    void finish(std::string&, Diagnostics&) override {}

private:
    void fill(TargetNode const& node, xml::Out& element, Diagnostics& diagnostics) const {
        element.text = node.text;
        for (auto const& one : node.nodes) {
            if (one.place == unnamed_place) {
                kept(one, element, diagnostics);
                continue;
            }
            auto const& step = schema_.info(one.place).step;
            if (step.starts_with('@')) {
                element.attributes.emplace_back(step.substr(1), one.text);
                continue;
            }
            auto& made = element.elements.emplace_back();
            made.name = step;
            fill(one, made, diagnostics);
        }
        std::ranges::stable_sort(element.elements, {}, // what was kept too
                                 [&](xml::Out const& one) { return schema_.rank(node.place, one.name); });
    }
    void kept(TargetNode const& node, xml::Out& element, Diagnostics& diagnostics) const {
        auto const value = json::parse(node.fragment);
        auto name = node.name.substr(0, node.name.find('('));
        bool const usable = value && value->is_string() && name.find_first_of("/{} ") == name.npos && !name.empty();
        if (usable && name.starts_with('@')) {
            element.attributes.emplace_back(name.substr(1), value->text());
        } else if (value && value->is_string() && value->text().starts_with('<') &&
                   xml::parse(value->text()).has_value()) {
            element.elements.emplace_back().fragment = value->text();
            element.elements.back().name = name;
        } else if (usable) {
            auto& made = element.elements.emplace_back();
            made.name = name;
            made.text = value->text();
        } else {
            diagnostics.push_back(
                make_diagnostic("MAP-0116", fmt::format("`{}` is not written: its place is gone.", node.name)));
            diagnostics.back().place.path = node.canonical;
        }
    }

    XmlSchema const& schema_;
    bool written_ = false;
};

std::unique_ptr<DocumentReader> XmlSchema::reader(std::unique_ptr<ByteSource> bytes, std::string file_name) const {
    return std::make_unique<XmlReader>(*this, std::move(bytes), std::move(file_name));
}

std::unique_ptr<DocumentWriter> XmlSchema::writer() const {
    return std::make_unique<XmlWriter>(*this);
}

class XmlFormat final : public Format {
public:
    std::string_view name() const override { return "xml"; }
    PathSyntax path_syntax() const override { return PathSyntax::names; }
    std::vector<std::string_view> endings() const override { return {"xml"}; }
    std::expected<std::unique_ptr<FormatSchema>, Diagnostics>
    open(std::vector<OptionLine> const& options) const override {
        auto schema = std::make_unique<XmlSchema>();
        auto faults = schema->read(options);
        if (!faults.empty()) return std::unexpected(std::move(faults));
        return schema;
    }
};

} // namespace

Format const& xml_format() {
    static XmlFormat const format;
    return format;
}

} // namespace wharf::translator
