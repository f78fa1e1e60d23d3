// JSON: a partner's or ERP's own shape. Steps are the names of members; an array is a place that repeats.
//
//     format     json date DD.MM.YYYY numbers yes indent yes
//     documents  each orders            a file of several: {"orders": […]}; without it a file is one object or an array
//
// Files are read whole, up to limits::message_bytes.
#include "base/limits.hpp"
#include "base/peeked_source.hpp"
#include "diagnostic/registry.hpp"
#include "syntax/json/locate.hpp"
#include "syntax/json/value.hpp"
#include "translator/convert.hpp"
#include "translator/format_tree.hpp"
#include "translator/map_parser.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

struct JsonSettings {
    bool numbers = false; // decimals and whole numbers are written as JSON numbers
    bool indent = false;
    std::string documents; // the member that holds them
};

class JsonSchema final : public TreeSchema {
public:
    Diagnostics read(std::vector<OptionLine> const& options);
    std::uint32_t most(PlaceId place) const override { return places_[place]->each ? 0 : 1; }
    std::string key() const override { return "json"; }
    void keep(SourceTree const& tree, std::uint32_t above, std::uint32_t node, std::string& key,
              std::string& json) const override;
    std::unique_ptr<DocumentReader> reader(std::unique_ptr<ByteSource> bytes, std::string file_name) const override;
    std::unique_ptr<DocumentWriter> writer() const override;
    Diagnostic at(SourceTree const& tree, std::uint32_t node, std::string_view code, std::string message,
                  std::string help) const override;
    [[nodiscard]] JsonSettings const& settings() const { return settings_; }

private:
    std::expected<std::string, PlaceFault> file_name(NodeStep const& step) const override {
        if (step.attribute) return std::unexpected(PlaceFault{"JSON has no attributes.", "Write the name of the member."});
        return step.name;
    }
    JsonSettings settings_;
};

Diagnostics JsonSchema::read(std::vector<OptionLine> const& options) {
    Diagnostics faults;
    for (auto const& line : options) {
        if (line.keyword == "format") {
            for (std::size_t i = 1; i < line.words.size(); i += 2) {
                auto const& name = line.words[i].text;
                auto const value = i + 1 < line.words.size() ? line.words[i + 1].text : std::string();
                auto expected = tree_setting(name, value, defaults_);
                if (name == "numbers" || name == "indent") {
                    (name == "numbers" ? settings_.numbers : settings_.indent) = value == "yes";
                    expected = value == "yes" || value == "no" ? "" : "yes or no";
                }
                if (expected == "?")
                    faults.push_back(map_diagnostic("MAP-0030", line.origin, line.words[i].column,
                                                    fmt::format("There is no setting `{}`.", name),
                                                    "There are: numbers, indent, date, time, moment, decimal, codes."));
                else if (!expected.empty())
                    faults.push_back(map_diagnostic("MAP-0030", line.origin, line.words[i].column,
                                                    fmt::format("`{} {}`: the value must be {}.", name, value, expected)));
            }
        } else if (line.keyword == "documents" && line.words.size() == 2 && line.words[0].text == "each") {
            settings_.documents = line.words[1].text;
        } else {
            faults.push_back(map_diagnostic("MAP-0031", line.origin, 1,
                                            fmt::format("`{}` cannot stand here.", line.keyword),
                                            "A JSON format has only: documents each MEMBER"));
        }
    }
    return faults;
}

class JsonReader final : public DocumentReader {
public:
    JsonReader(JsonSchema const& schema, std::unique_ptr<ByteSource> bytes, std::string file_name)
        : schema_(schema), source_(std::move(bytes)), file_(std::move(file_name)) {}

    bool next(SourceTree& tree, Diagnostics& diagnostics) override {
        tree.clear();
        tree.names.clear();
        tree.file = file_;
        if (!begun_) {
            begun_ = true;
            if (!begin(diagnostics)) {
                documents_ = {};
                return true;
            }
        }
        if (next_ >= documents_.size()) return false;
        auto const& value = *documents_[next_];
        tree.bytes = bytes_;
        tree.path = prefix_;
        if (several_) tree.path += fmt::format("/{}", next_);
        ++next_;
        if (!value.is_object()) {
            diagnostics.push_back(make_diagnostic("MAP-0161", fmt::format("{} is no object.", place(tree)),
                                                  "The map reads an object for each document."));
            diagnostics.back().place.file = file_;
            return true;
        }
        text_.clear();
        tree.nodes.push_back({document_place, 0, 0, 0, 0, ValueKind::text});
        members(value, document_place, tree);
        tree.nodes[0].end = static_cast<std::uint32_t>(tree.nodes.size());
        tree.text = text_;
        return true;
    }

private:
    static std::string place(SourceTree const& tree) { return tree.path.empty() ? std::string("The file") : tree.path; }

    bool begin(Diagnostics& diagnostics) {
        auto const refuse = [&](std::string_view code, std::string message, std::string help) {
            diagnostics.push_back(make_diagnostic(code, std::move(message), std::move(help)));
            diagnostics.back().place.file = file_;
            return false;
        };
        auto whole = read_all(*source_, limits::message_bytes);
        if (!whole) return refuse("MAP-0147", fmt::format("The file cannot be read: {}.", whole.error().message), "Split it into several files.");
        bytes_ = *std::move(whole);
        std::string_view text = bytes_;
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        auto parsed = json::parse(text);
        if (!parsed) return refuse("MAP-0160", fmt::format("The file is no JSON: {}.", parsed.error().message), "");
        file_value_ = *std::move(parsed);
        auto const* from = &file_value_;
        if (auto const& name = schema_.settings().documents; !name.empty()) {
            from = file_value_.find(name);
            prefix_ = "/" + name;
            if (from == nullptr || !from->is_array())
                return refuse("MAP-0161", fmt::format("The file has no array `{}`.", name),
                              "The map says: documents each " + name);
        }
        several_ = from->is_array();
        if (!several_) documents_.push_back(from);
        for (auto const& one : from->items())
            documents_.push_back(&one);
        return true;
    }

    // Recursion follows the text's depth, which the parser limits.
    void members(json::Value const& object, PlaceId below, SourceTree& tree) {
        for (auto const& [name, value] : object.members()) {
            auto const place = schema_.find(below, name);
            if (place == unnamed_place) {
                leaf(unnamed_of(tree, name), json::to_text(value), ValueKind::text, tree);
            } else if (value.is_array()) {
                for (auto const& one : value.items())
                    node(one, place, tree);
            } else {
                node(value, place, tree);
            }
        }
    }

    void node(json::Value const& value, PlaceId place, SourceTree& tree) {
        if (value.is_null()) return;
        if (!value.is_object()) {
            auto const kind = value.type() == json::Type::number    ? ValueKind::number
                              : value.type() == json::Type::boolean ? ValueKind::boolean
                                                                    : ValueKind::text;
            leaf(place, value.is_array() ? json::to_text(value) : value.text(), kind, tree);
            return;
        }
        auto const own = tree.nodes.size();
        tree.nodes.push_back({place, 0, 0, 0, 0, ValueKind::text});
        members(value, place, tree);
        tree.nodes[own].end = static_cast<std::uint32_t>(tree.nodes.size());
    }

    void leaf(PlaceId place, std::string_view text, ValueKind kind, SourceTree& tree) {
        auto const own = static_cast<std::uint32_t>(tree.nodes.size());
        tree.nodes.push_back({place, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size()),
                              own + 1, 0, kind});
        text_ += text;
    }

    JsonSchema const& schema_;
    std::unique_ptr<ByteSource> source_;
    std::string file_, bytes_, text_, prefix_;
    json::Value file_value_;
    std::vector<json::Value const*> documents_;
    std::size_t next_ = 0;
    bool begun_ = false, several_ = false;
};

void JsonSchema::keep(SourceTree const& tree, std::uint32_t above, std::uint32_t node, std::string& key,
                      std::string& json) const {
    TreeSchema::keep(tree, above, node, key, json);
    auto const& one = tree.nodes[node];
    if (one.place >= first_unnamed_place) json = tree.text_of(one); // JSON already
}

Diagnostic JsonSchema::at(SourceTree const& tree, std::uint32_t node, std::string_view code, std::string message,
                          std::string help) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.file = tree.file;
    std::vector<json::PathStep> steps;
    std::string path = tree.path;
    auto const add_step = [&](std::string name) {
        bool const number = !name.empty() && name.find_first_not_of("0123456789") == name.npos;
        json::PathStep step{number ? std::string() : name, number ? std::stoul(name) : 0, number};
        steps.push_back(std::move(step));
    };
    for (std::size_t begin = 1; begin <= tree.path.size() && !tree.path.empty();) {
        auto const end = std::min(tree.path.find('/', begin), tree.path.size());
        add_step(tree.path.substr(begin, end - begin));
        begin = end + 1;
    }
    for (std::uint32_t at = 0; at < node;) {
        auto const& parent = tree.nodes[at];
        auto next = at + 1;
        std::size_t index = 0, same = 0;
        while (next < parent.end && tree.nodes[next].end <= node)
            next = tree.nodes[next].end;
        for (auto other = at + 1; other < parent.end; other = tree.nodes[other].end)
            if (tree.nodes[other].place == tree.nodes[next].place) {
                ++same;
                index += other < next;
            }
        steps.push_back({name_of(tree, tree.nodes[next]), 0, false});
        path += "/" + steps.back().name;
        auto const place = tree.nodes[next].place;
        if (same > 1 || (place < first_unnamed_place && places_[place]->each)) {
            steps.push_back({{}, index, true});
            path += fmt::format("/{}", index);
        }
        at = next;
    }
    auto const offset = json::locate(tree.bytes, steps);
    auto const line_begin = offset == 0 ? 0 : tree.bytes.rfind('\n', offset - 1) + 1;
    found.place.path = path;
    found.place.line = static_cast<std::uint32_t>(1 + std::ranges::count(tree.bytes.substr(0, offset), '\n'));
    found.place.column = static_cast<std::uint32_t>(offset - line_begin + 1);
    auto const begin = std::max(line_begin, offset < 200 ? 0 : offset - 200);
    found.excerpt = std::string(tree.bytes.substr(begin, std::min<std::size_t>(tree.bytes.find('\n', offset) - begin, 400)));
    found.excerpt_offset = static_cast<std::uint32_t>(offset - begin);
    if (node < tree.nodes.size()) {
        found.value = std::string(tree.text_of(tree.nodes[node]));
        found.place.length = std::max<std::size_t>(1, found.value.size());
    }
    return found;
}

class JsonWriter final : public DocumentWriter {
public:
    explicit JsonWriter(JsonSchema const& schema) : schema_(schema) {}

    void add(TargetNode const& document, std::string&, Diagnostics& diagnostics) override {
        documents_.push_back(object(document, diagnostics));
    }
    void finish(std::string& out, Diagnostics&) override {
        json::Value whole;
        if (auto const& name = schema_.settings().documents; !name.empty())
            whole.set(name, json::Value(std::move(documents_)));
        else if (documents_.size() == 1)
            whole = std::move(documents_.front());
        else
            whole = json::Value(std::move(documents_));
        out += schema_.settings().indent ? json::to_pretty_text(whole) : json::to_text(whole) + "\n";
    }

private:
    json::Value value(TargetNode const& node, Diagnostics& diagnostics) const {
        if (!node.nodes.empty()) return object(node, diagnostics);
        if (node.kind == ValueKind::boolean) return node.text == "true";
        if (node.kind == ValueKind::number && schema_.settings().numbers) {
            if (auto number = json::parse(node.text); number && number->type() == json::Type::number) return *number;
        }
        return node.text;
    }

    json::Value object(TargetNode const& node, Diagnostics& diagnostics) const {
        json::Object members;
        for (auto const& one : node.nodes) {
            if (one.place == unnamed_place) {
                auto fragment = json::parse(one.fragment);
                if (!fragment || one.name.ends_with(')') ||
                    std::ranges::any_of(members, [&](auto const& known) { return known.first == one.name; })) {
                    diagnostics.push_back(
                        make_diagnostic("MAP-0116", fmt::format("`{}` is not written: its place is taken.", one.name)));
                    diagnostics.back().place.path = one.canonical;
                    continue;
                }
                members.emplace_back(one.name, *std::move(fragment));
                continue;
            }
            auto const& info = schema_.info(one.place);
            auto known = std::ranges::find(members, info.name, &json::Member::first);
            if (known == members.end()) {
                members.emplace_back(info.name, info.each ? json::Value(json::Array{}) : json::Value());
                known = members.end() - 1;
                if (!info.each) {
                    known->second = value(one, diagnostics);
                    continue;
                }
            }
            if (known->second.is_array()) known->second.push_back(value(one, diagnostics));
        }
        return json::Value(std::move(members));
    }

    JsonSchema const& schema_;
    json::Array documents_;
};

std::unique_ptr<DocumentReader> JsonSchema::reader(std::unique_ptr<ByteSource> bytes, std::string file_name) const {
    return std::make_unique<JsonReader>(*this, std::move(bytes), std::move(file_name));
}

std::unique_ptr<DocumentWriter> JsonSchema::writer() const {
    return std::make_unique<JsonWriter>(*this);
}

class JsonFormat final : public Format {
public:
    std::string_view name() const override { return "json"; }
    PathSyntax path_syntax() const override { return PathSyntax::names; }
    std::vector<std::string_view> endings() const override { return {"json"}; }
    std::expected<std::unique_ptr<FormatSchema>, Diagnostics>
    open(std::vector<OptionLine> const& options) const override {
        auto schema = std::make_unique<JsonSchema>();
        auto faults = schema->read(options);
        if (!faults.empty()) return std::unexpected(std::move(faults));
        return schema;
    }
};

} // namespace

Format const& json_format() {
    static JsonFormat const format;
    return format;
}

} // namespace wharf::translator
