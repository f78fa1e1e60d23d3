#include "syntax/xml/document.hpp"

#include "base/encoding.hpp"
#include "base/limits.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <pugixml.hpp>

namespace wharf::xml {
namespace {

constexpr std::string_view blanks = " \t\r\n";

/// By its byte order mark, or by the zero beside the `<` that every document begins with.
bool is_utf16(std::string_view text) {
    using namespace std::string_view_literals;
    if (text.starts_with("\xff\xfe\0\0"sv)) return false; // UTF-32, which pugixml converts
    for (auto const start : {"\xff\xfe"sv, "\xfe\xff"sv, "\0<\0?"sv, "<\0?\0"sv})
        if (text.starts_with(start)) return true;
    return false;
}

/// Before parsing: what would make the file dangerous, or what pugixml passes without a word.
class Guard {
public:
    explicit Guard(std::string_view text) : text_(text) {}

    std::optional<ParseError> run() {
        while (at_ < text_.size()) {
            at_ = text_.find_first_of("<&", at_);
            if (at_ == text_.npos) break;
            if (text_[at_] == '&') {
                if (auto fault = reference()) return fault;
            } else if (skip("<!--", "-->") || skip("<![CDATA[", "]]>") || skip("<?", "?>")) {
            } else if (text_.substr(at_, 9) == "<!DOCTYPE") {
                if (auto fault = doctype()) return fault;
            } else if (text_.substr(at_, 2) == "<!") {
                return ParseError{Fault::entity, "A declaration is not allowed here", at_};
            } else {
                ++at_;
            }
        }
        return std::nullopt;
    }

private:
    bool skip(std::string_view open, std::string_view close) {
        if (text_.substr(at_, open.size()) != open) return false;
        auto const end = text_.find(close, at_ + open.size());
        at_ = end == text_.npos ? text_.size() : end + close.size();
        return true;
    }
    std::optional<ParseError> reference() {
        auto const end = text_.substr(at_, 14).find(';');
        auto const name = end == std::string_view::npos ? std::string_view() : text_.substr(at_ + 1, end - 1);
        bool known = name == "lt" || name == "gt" || name == "amp" || name == "quot" || name == "apos";
        if (name.starts_with("#x"))
            known = name.size() > 2 && name.find_first_not_of("0123456789abcdefABCDEF", 2) == name.npos;
        else if (name.starts_with('#'))
            known = name.size() > 1 && name.find_first_not_of("0123456789", 1) == name.npos;
        if (!known)
            return ParseError{Fault::entity,
                              name.empty() ? std::string("An ampersand must be written &amp;")
                                           : fmt::format("The entity &{}; is not known", name),
                              at_};
        at_ += end + 1;
        return std::nullopt;
    }
    std::optional<ParseError> doctype() {
        auto const end = text_.find_first_of("[>", at_);
        if (end == text_.npos || text_[end] == '[')
            return ParseError{Fault::doctype, "The DOCTYPE has declarations of its own", at_};
        at_ = end + 1;
        return std::nullopt;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

class Builder {
public:
    explicit Builder(Document& document) : document_(document) {}

    std::optional<ParseError> run(pugi::xml_node root) {
        struct Open {
            pugi::xml_node node, child;
            std::uint32_t index;
            std::size_t prefixes;
        };
        std::vector<Open> open;
        auto const begin = [&](pugi::xml_node node) -> std::optional<ParseError> {
            auto const before = prefixes_.size();
            auto const index = element(node);
            if (fault_) return fault_;
            open.push_back({node, node.first_child(), index, before});
            return std::nullopt;
        };
        if (auto fault = begin(root)) return fault;
        while (!open.empty()) {
            auto& top = open.back();
            while (top.child && top.child.type() != pugi::node_element)
                top.child = top.child.next_sibling();
            if (!top.child) {
                document_.nodes[top.index].end = static_cast<std::uint32_t>(document_.nodes.size());
                prefixes_.resize(top.prefixes);
                open.pop_back();
                continue;
            }
            auto const child = top.child;
            top.child = child.next_sibling();
            if (open.size() >= limits::xml_depth)
                return ParseError{Fault::limit, fmt::format("Elements nest more than {} deep", limits::xml_depth),
                                  offset(child)};
            if (auto fault = begin(child)) return fault;
        }
        return std::nullopt;
    }

private:
    static std::size_t offset(pugi::xml_node node) {
        auto const at = node.offset_debug();
        return at < 0 ? 0 : static_cast<std::size_t>(at);
    }

    std::uint32_t element(pugi::xml_node node) {
        std::size_t count = 0;
        for (auto const attribute : node.attributes()) {
            std::string_view const name = attribute.name();
            if (++count > limits::xml_attributes)
                fault_ = ParseError{Fault::limit, fmt::format("An element has more than {} attributes", limits::xml_attributes),
                                    offset(node)};
            if (name == "xmlns")
                prefixes_.emplace_back("", attribute.value());
            else if (name.starts_with("xmlns:"))
                prefixes_.emplace_back(name.substr(6), attribute.value());
        }
        if (document_.nodes.size() + count > limits::xml_nodes)
            fault_ = ParseError{Fault::limit, fmt::format("The file has more than {} elements and attributes", limits::xml_nodes),
                                offset(node)};
        if (fault_) return 0;
        auto const index = static_cast<std::uint32_t>(document_.nodes.size());
        auto const place = static_cast<std::uint32_t>(offset(node));
        document_.nodes.push_back({resolved(node.name(), true, node), false, own_text(node), 0, place});
        std::vector<std::string> seen;
        for (auto const attribute : node.attributes()) {
            std::string_view const name = attribute.name();
            bool const declares = name == "xmlns" || name.starts_with("xmlns:");
            auto own = declares ? std::string(name) : resolved(name, false, node);
            if (std::ranges::find(seen, own) != seen.end())
                fault_ = ParseError{Fault::not_well_formed, fmt::format("The attribute {} stands twice", name), place};
            seen.push_back(own);
            if (declares) continue;
            auto const at = static_cast<std::uint32_t>(document_.nodes.size());
            document_.nodes.push_back({std::move(own), true, attribute.value(), at + 1, place});
        }
        return index;
    }

    /// The parser sees to it for whole names, not behind a colon.
    static bool begins_a_name(std::string_view text) {
        return !text.empty() && text.front() != '-' && text.front() != '.' && (text.front() < '0' || text.front() > '9');
    }

    /// Blanks at both ends are layout, except where a CDATA section stands at the end.
    static std::string own_text(pugi::xml_node node) {
        std::string text;
        bool begins = false;    // with a CDATA section
        std::size_t fixed = 0; // up to here nothing is taken off at the end
        for (auto const child : node.children()) {
            bool const section = child.type() == pugi::node_cdata;
            if (!section && child.type() != pugi::node_pcdata) continue;
            if (section && text.find_first_not_of(blanks) == text.npos && !begins) {
                text.clear();
                begins = true;
            }
            text += child.value();
            if (section) fixed = text.size();
        }
        auto const last = text.find_last_not_of(blanks);
        text.resize(std::max(fixed, last == text.npos ? 0 : last + 1));
        if (!begins) text.erase(0, std::min(text.find_first_not_of(blanks), text.size()));
        return text;
    }

    std::string resolved(std::string_view name, bool element, pugi::xml_node node) {
        auto const colon = name.find(':');
        auto const prefix = colon == name.npos ? std::string_view() : name.substr(0, colon);
        auto const local = name.substr(colon == name.npos ? 0 : colon + 1);
        if (colon != name.npos && (colon == 0 || !begins_a_name(local) || local.find(':') != local.npos)) {
            fault_ = ParseError{Fault::not_well_formed, fmt::format("{} is not a prefix, a colon and a name", name), offset(node)};
            return {};
        }
        if (colon == name.npos && !element) return std::string(name);
        if (prefix == "xml") return std::string(name);
        for (auto known = prefixes_.rbegin(); known != prefixes_.rend(); ++known)
            if (known->first == prefix) {
                if (!known->second.empty()) return fmt::format("{{{}}}{}", known->second, local);
                break; // taken back
            }
        if (colon == name.npos) return std::string(name);
        fault_ = ParseError{Fault::not_well_formed, fmt::format("The prefix of {} is not declared", name), offset(node)};
        return {};
    }

    Document& document_;
    std::vector<std::pair<std::string, std::string>> prefixes_;
    std::optional<ParseError> fault_;
};

/// A line feed of DOS is one character to a reader unless the carriage return is a reference; pugixml writes references
/// only of characters that no text has, so one of them stands for it until all is written.
constexpr char carriage_return = '\x01';

std::string with_returns(std::string text) {
    std::ranges::replace(text, '\r', carriage_return);
    return text;
}
void set_returns(std::string& text) {
    for (std::string_view const mark : {"&#1;", "&#01;"})
        for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at))
            text.replace(at, mark.size(), "&#13;");
}

/// Empty CDATA sections hold blanks at the ends.
void append_text(pugi::xml_node element, std::string const& text) {
    if (text.empty()) return;
    if (text.find_first_not_of(" \t\n") == text.npos) { // as text by itself it would be layout
        element.append_child(pugi::node_cdata).set_value(text.c_str());
        return;
    }
    auto const is_blank = [](char c) { return blanks.find(c) != blanks.npos; };
    if (is_blank(text.front())) element.append_child(pugi::node_cdata);
    element.append_child(pugi::node_pcdata).set_value(with_returns(text).c_str());
    if (is_blank(text.back())) element.append_child(pugi::node_cdata);
}

/// A name as it is written by itself, with the declaration it needs.
std::pair<std::string, std::string> written_name(std::string const& name) {
    if (!name.starts_with('{')) return {name, {}};
    auto const end = name.rfind('}'); // a namespace may hold one, a name never
    return {name.substr(end + 1), name.substr(1, end - 1)};
}

/// `inherited`: the default namespace around it.
void append(pugi::xml_node parent, Document const& document, std::uint32_t index, std::string const& inherited) {
    // depth is limited by parse()
    auto const& own = document.nodes[index];
    auto const [name, uri] = written_name(own.name);
    auto made = parent.append_child(name.c_str());
    if (uri != inherited) made.append_attribute("xmlns") = uri.c_str();
    auto child = index + 1;
    std::vector<std::string> spaces; // of attributes: n0, n1 …
    for (; child < own.end && document.nodes[child].attribute; ++child) {
        auto const [attribute, space] = written_name(document.nodes[child].name);
        if (space.empty()) {
            made.append_attribute(attribute.c_str()) = with_returns(document.nodes[child].text).c_str();
        } else {
            auto const known = std::ranges::find(spaces, space);
            auto const prefix = fmt::format("n{}", known - spaces.begin());
            if (known == spaces.end()) {
                made.append_attribute(("xmlns:" + prefix).c_str()) = space.c_str();
                spaces.push_back(space);
            }
            made.append_attribute((prefix + ":" + attribute).c_str()) = with_returns(document.nodes[child].text).c_str();
        }
    }
    append_text(made, own.text);
    for (; child < own.end; child = document.nodes[child].end)
        append(made, document, child, uri);
}

struct StringWriter final : pugi::xml_writer {
    std::string& out;
    explicit StringWriter(std::string& text) : out(text) {}
    void write(void const* data, std::size_t size) override { out.append(static_cast<char const*>(data), size); }
};

bool has_only_xml_characters(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        auto const byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return false;
        auto const length = byte < 0x80 ? 1 : utf8_sequence_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

bool append(pugi::xml_node parent, Out const& from) {
    if (!from.fragment.empty()) {
        auto text = from.fragment;
        for (auto at = text.find("&#13;"); at != text.npos; at = text.find("&#13;", at))
            text.replace(at, 5, 1, carriage_return);
        return static_cast<bool>(parent.append_buffer(text.data(), text.size()));
    }
    auto made = parent.append_child(from.name.c_str());
    bool sound = has_only_xml_characters(from.text);
    for (auto const& [name, value] : from.attributes) {
        sound = sound && has_only_xml_characters(value);
        made.append_attribute(name.c_str()) = with_returns(value).c_str();
    }
    append_text(made, from.text);
    for (auto const& one : from.elements) // as deep as a map nests
        sound = append(made, one) && sound;
    return sound;
}

} // namespace

std::string Document::fragment(std::uint32_t node) const {
    pugi::xml_document made;
    append(made, *this, node, {});
    std::string text;
    StringWriter writer(text);
    made.print(writer, "", pugi::format_raw | pugi::format_no_declaration);
    set_returns(text);
    return text;
}

std::expected<Document, ParseError> parse(std::string_view text) {
    pugi::xml_document parsed;
    std::string converted;
    auto encoding = pugi::encoding_auto;
    if (is_utf16(text)) {
        converted = to_utf8(text, Encoding::automatic);
        text = converted;
        encoding = pugi::encoding_utf8;
    }
    if (auto fault = Guard(text).run()) return std::unexpected(*std::move(fault));
    auto const result = parsed.load_buffer(text.data(), text.size(), pugi::parse_default, encoding);
    if (!result)
        return std::unexpected(ParseError{Fault::not_well_formed, result.description(),
                                          static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, result.offset))});
    auto const root = parsed.document_element();
    if (!root) return std::unexpected(ParseError{Fault::not_well_formed, "There is no element", 0});
    Document document;
    if (auto fault = Builder(document).run(root)) return std::unexpected(*std::move(fault));
    if (!has_only_xml_characters(document.nodes.front().name))
        return std::unexpected(ParseError{Fault::not_well_formed, "A name is no text", 0});
    for (auto const& node : document.nodes)
        if (!has_only_xml_characters(node.text) || !has_only_xml_characters(node.name))
            return std::unexpected(ParseError{Fault::not_well_formed, "A byte here is no character of XML", node.offset});
    return document;
}

Result<std::string> to_text(Out const& root, OutSettings const& settings) {
    pugi::xml_document made;
    auto declaration = made.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    if (!settings.doctype.empty()) made.append_child(pugi::node_doctype).set_value(settings.doctype.c_str());
    if (!append(made, root)) return invalid("a text holds a character that XML does not have");
    std::string text;
    StringWriter writer(text);
    made.print(writer, "  ", settings.indent ? pugi::format_indent : pugi::format_raw);
    set_returns(text);
    if (!text.ends_with('\n')) text += '\n';
    return text;
}

} // namespace wharf::xml
