#include "partner/text_tree.hpp"

#include "diagnostic/registry.hpp"
#include "partner/shown_line.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace wharf::partner {
namespace {

constexpr std::size_t depth_limit = 16;    // our files need five
constexpr std::size_t node_limit = 50'000; // a profile has a hundred

/// Thrown through yaml-cpp to stop it; never leaves this file.
struct Stop {};

Mark mark_of(YAML::Mark const& mark) {
    return {static_cast<std::uint32_t>(std::max(mark.line, 0) + 1),
            static_cast<std::uint32_t>(std::max(mark.column, 0) + 1)};
}

/// Builds the tree from yaml-cpp's events. Events rather than its nodes, because the limits must hold while it reads,
/// and because its nodes forget duplicate keys.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(TextSource const& source, Diagnostics& findings) : source_(source), findings_(findings) {}

    TreeNode root;

    void OnDocumentStart(YAML::Mark const&) override {}
    void OnDocumentEnd() override {}
    void OnNull(YAML::Mark const& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        add(TreeNode{.kind = TreeNode::Kind::empty, .mark = mark_of(mark), .text = {}, .items = {}, .entries = {}});
    }
    void OnAlias(YAML::Mark const& mark, YAML::anchor_t) override { refuse_anchor(mark, 1); }
    void OnScalar(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                  std::string const& value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        // A plain `~` or `null` is YAML's nothing; quoted, it is text.
        bool const nothing = tag == "?" && (value.empty() || value == "~" || value == "null");
        add(TreeNode{.kind = nothing ? TreeNode::Kind::empty : TreeNode::Kind::scalar,
                     .mark = mark_of(mark),
                     .text = value,
                     .items = {},
                     .entries = {}});
    }
    void OnSequenceStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, TreeNode::Kind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, TreeNode::Kind::mapping);
    }
    void OnMapEnd() override { close(); }

private:
    /// A collection whose end has not come; `key` is what the next value belongs to.
    struct Open {
        TreeNode node;
        std::optional<TreeEntry> key;
    };

    void report(YAML::Mark const& mark, std::string_view code, std::string message, std::string help) {
        findings_.push_back(diagnostic_at(source_, mark_of(mark), code, std::move(message), std::move(help)));
        throw Stop{};
    }
    void refuse_anchor(YAML::Mark const& mark, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor)
            report(mark, "PARTNER-0010", "anchors (&name) and aliases (*name) are not allowed here",
                   "write the value out; what all partners share belongs under partner_defaults in wharf.yaml, and a "
                   "text that begins with & or * is put in quotes");
    }
    void refuse_tag(YAML::Mark const& mark, std::string const& tag) {
        if (!tag.empty() && tag != "?" && tag != "!")
            report(mark, "PARTNER-0010", fmt::format("the tag {} is not allowed here", tag),
                   "leave it out: every value is read as text; a text that begins with ! is put in quotes");
    }
    void open(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor, TreeNode::Kind kind) {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (open_.size() == depth_limit)
            report(mark, "PARTNER-0011",
                   fmt::format("lists and mappings stand inside each other {} deep", depth_limit + 1),
                   fmt::format("no setting needs more than {}; look for a stray bracket", depth_limit));
        open_.push_back({TreeNode{.kind = kind, .mark = mark_of(mark), .text = {}, .items = {}, .entries = {}}, {}});
    }
    void close() {
        auto node = std::move(open_.back().node);
        open_.pop_back();
        add(std::move(node));
    }
    void add(TreeNode node) {
        if (++count_ > node_limit) {
            findings_.push_back(diagnostic_at(source_, node.mark, "PARTNER-0011",
                                              fmt::format("the file holds more than {} values", node_limit),
                                              "this is no profile or channel that a person wrote; check the file"));
            throw Stop{};
        }
        if (open_.empty()) {
            root = std::move(node);
            return;
        }
        auto& parent = open_.back();
        if (parent.node.kind == TreeNode::Kind::list) {
            parent.node.items.push_back(std::move(node));
            return;
        }
        if (!parent.key) {
            add_key(parent, std::move(node));
            return;
        }
        parent.key->value = std::move(node);
        if (!parent.node.find(parent.key->key)) parent.node.entries.push_back(std::move(*parent.key));
        parent.key.reset();
    }
    void add_key(Open& parent, TreeNode node) {
        if (node.kind == TreeNode::Kind::list || node.kind == TreeNode::Kind::mapping) {
            findings_.push_back(diagnostic_at(source_, node.mark, "PARTNER-0001", "a key must be a plain word",
                                              "a text that begins with [ or { is put in quotes"));
            throw Stop{};
        }
        parent.key = TreeEntry{std::move(node.text), node.mark, {}};
        for (auto const& entry : parent.node.entries)
            if (entry.key == parent.key->key) {
                auto finding = diagnostic_at(
                    source_, node.mark, "PARTNER-0004", fmt::format("'{}' stands here a second time", entry.key),
                    fmt::format("keep one of the two; the first is in line {}", entry.mark.line), entry.key);
                Place first;
                first.file = source_.name;
                first.line = entry.mark.line;
                first.column = entry.mark.column;
                finding.related.push_back({first, "first given here"});
                findings_.push_back(std::move(finding));
            }
    }

    TextSource const& source_;
    Diagnostics& findings_;
    std::vector<Open> open_;
    std::size_t count_ = 0;
};

} // namespace

TreeNode const* TreeNode::find(std::string_view key) const {
    for (auto const& entry : entries)
        if (entry.key == key) return &entry.value;
    return nullptr;
}

std::string TextSource::line(std::uint32_t number) const {
    std::string_view rest = text;
    for (std::uint32_t i = 1; i < number; ++i) {
        auto const end = rest.find('\n');
        if (end == std::string_view::npos) return {};
        rest.remove_prefix(end + 1);
    }
    std::string found(rest.substr(0, std::min(rest.find('\n'), std::size_t{200})));
    if (found.ends_with('\r')) found.pop_back();
    return found;
}

Diagnostic diagnostic_at(TextSource const& source, Mark mark, std::string_view code, std::string message,
                         std::string help, std::string value) {
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    diagnostic.place.file = source.name;
    diagnostic.place.line = mark.line;
    diagnostic.place.column = mark.column;
    diagnostic.value = std::move(value);
    auto shown = shown_line(source.line(mark.line), mark.column - 1);
    diagnostic.excerpt = std::move(shown.text);
    auto const fault = shown.fault;
    if (fault < diagnostic.excerpt.size()) {
        diagnostic.excerpt_offset = fault;
        if (diagnostic.excerpt.substr(fault).starts_with(diagnostic.value)) // not when it stands in quotes
            diagnostic.place.length = diagnostic.value.size();
    }
    return diagnostic;
}

std::optional<TreeNode> parse_yaml(TextSource const& source, Diagnostics& findings) {
    TreeBuilder builder(source, findings);
    try {
        std::istringstream stream(source.text);
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) {
            builder.root.kind = TreeNode::Kind::empty;
            return std::move(builder.root);
        }
        TreeBuilder second(source, findings);
        if (parser.HandleNextDocument(second)) {
            findings.push_back(diagnostic_at(source, second.root.mark, "PARTNER-0001",
                                             "the file holds a second YAML document, after a line '---'",
                                             "keep one document per file"));
            return std::nullopt;
        }
        return std::move(builder.root);
    } catch (Stop const&) {
        return std::nullopt;
    } catch (YAML::Exception const& error) {
        findings.push_back(
            diagnostic_at(source, mark_of(error.mark), "PARTNER-0001", fmt::format("this is not YAML: {}", error.msg),
                          "mind the indentation (blanks, no tabs), a blank after every colon, and quotes "
                          "around texts with : # { [ or * in them"));
        return std::nullopt;
    }
}

} // namespace wharf::partner
