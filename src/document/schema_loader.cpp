#include "document/schema_loader.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <unordered_map>
#include <utility>

namespace wharf::document {
namespace {

struct NamedPattern {
    std::string_view expression;
    Pattern pattern;
};
constexpr std::array named_patterns{
    NamedPattern{R"(^-?(0|[1-9][0-9]*)(\.[0-9]+)?$)", Pattern::decimal},
    NamedPattern{R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}$)", Pattern::date},
    NamedPattern{
        R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,2})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$)",
        Pattern::date_time},
    NamedPattern{R"(^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,2})?)?$)", Pattern::time},
    NamedPattern{R"(^([a-z][a-z0-9_]*|[a-z0-9_]+:.+)$)", Pattern::coded},
};

struct NamedType {
    std::string_view name;
    NodeType type;
};
constexpr std::array named_types{NamedType{"object", NodeType::object}, NamedType{"array", NodeType::array},
                                 NamedType{"string", NodeType::string}, NamedType{"integer", NodeType::integer},
                                 NamedType{"boolean", NodeType::boolean}};

constexpr std::string_view definitions = "#/definitions/";

} // namespace

struct SchemaLoader::State {
    SchemaFiles files;

    struct File {
        std::string name;
        json::Value root;
        std::unordered_map<std::string, Node*> compiled; // definitions
    };
    std::unordered_map<std::string, std::unique_ptr<File>> shared; // common.1.json: kept with its compiled definitions
    std::vector<std::unique_ptr<Node>> shared_nodes;

    // A fault ends the load; it is carried here instead of through every return value.
    std::string fault;

    bool fail(File const& file, std::string_view place, std::string_view what) {
        if (fault.empty())
            fault = fmt::format("schemas/{}{}{}: {}", file.name, place.empty() ? "" : " at ", place, what);
        return false;
    }

    std::unique_ptr<File> open(std::string name) {
        auto const text = files(name);
        if (!text) {
            fault = fmt::format("schemas/{}: there is no such file", name);
            return nullptr;
        }
        auto root = json::parse(*text);
        if (!root) {
            fault = fmt::format("schemas/{}: {}", name, root.error().message);
            return nullptr;
        }
        auto file = std::make_unique<File>();
        file->name = std::move(name);
        file->root = std::move(*root);
        return file;
    }

    using Nodes = std::vector<std::unique_ptr<Node>>;

    /// The node of a schema value: a reference leads to the one node of its definition, so cycles end there.
    Node* resolve(File& file, json::Value const& value, std::string const& place, Nodes& nodes) {
        if (!value.is_object()) {
            fail(file, place, "a schema must be an object");
            return nullptr;
        }
        if (auto const* reference = value.find("$ref")) return follow(file, value, reference->text(), place, nodes);
        nodes.push_back(std::make_unique<Node>());
        auto* node = nodes.back().get();
        return fill(file, value, place, nodes, *node) ? node : nullptr;
    }

    Node* follow(File& file, json::Value const& value, std::string_view reference, std::string const& place,
                 Nodes& nodes) {
        if (value.members().size() != 1) {
            fail(file, place, "$ref must stand alone: draft 7 ignores what is beside it");
            return nullptr;
        }
        auto const hash = reference.find('#');
        if (hash == reference.npos || !reference.substr(hash).starts_with(definitions)) {
            fail(file, place, fmt::format("the reference {:?} does not lead to #/definitions/…", reference));
            return nullptr;
        }
        auto const other = std::string(reference.substr(0, hash));
        auto const name = std::string(reference.substr(hash + definitions.size()));
        auto* target = &file;
        auto* target_nodes = &nodes;
        if (!other.empty()) {
            auto& slot = shared[other];
            if (!slot) slot = open(other);
            if (!slot) return nullptr;
            target = slot.get();
            target_nodes = &shared_nodes;
        }
        if (auto const known = target->compiled.find(name); known != target->compiled.end()) return known->second;
        auto const* all = target->root.find("definitions");
        auto const* definition = all ? all->find(name) : nullptr;
        if (!definition) {
            fail(file, place, fmt::format("the reference {:?} leads nowhere", reference));
            return nullptr;
        }
        target_nodes->push_back(std::make_unique<Node>());
        auto* node = target_nodes->back().get();
        target->compiled.emplace(name, node); // before it is filled: a definition may refer to itself
        if (definition->find("$ref")) {
            fail(*target, "/definitions/" + name, "a definition must not be a mere $ref");
            return nullptr;
        }
        return fill(*target, *definition, "/definitions/" + name, *target_nodes, *node) ? node : nullptr;
    }

    bool fill(File& file, json::Value const& value, std::string const& place, Nodes& nodes, Node& node) {
        bool says_additional = false;
        json::Value const* required = nullptr;
        bool constant = false;
        for (auto const& [keyword, content] : value.members()) {
            auto const at = place + "/" + keyword;
            if (keyword == "type") {
                if (!take_type(content.text(), node))
                    return fail(file, at, fmt::format("the type {:?} is not supported", content.text()));
            } else if (keyword == "properties") {
                if (!take_properties(file, content, at, nodes, node)) return false;
            } else if (keyword == "required") {
                required = &content;
            } else if (keyword == "additionalProperties") {
                says_additional = true;
                node.additional = content.is_true();
            } else if (keyword == "items") {
                node.items = resolve(file, content, at, nodes);
                if (!node.items) return false;
            } else if (keyword == "enum") {
                for (auto const& item : content.items())
                    node.enumeration.push_back(item.text());
            } else if (keyword == "const") {
                constant = content.is_string();
                if (!constant) return fail(file, at, "only texts can be constants");
                node.enumeration = {content.text()};
            } else if (keyword == "pattern") {
                if (!take_pattern(content.text(), node))
                    return fail(file, at, fmt::format("the pattern {:?} is not one of the named ones", content.text()));
            } else if (keyword == "minLength") {
                if (!take_number(content, node.min_length)) return fail(file, at, "expected a number");
            } else if (keyword == "maxLength") {
                if (!take_number(content, node.max_length)) return fail(file, at, "expected a number");
            } else if (keyword == "minItems") {
                if (!take_number(content, node.min_items)) return fail(file, at, "expected a number");
            } else if (keyword == "description") {
                node.description = content.text();
            } else if (!is_annotation(keyword)) {
                return fail(file, place, fmt::format("the keyword {:?} is not supported", keyword));
            }
        }
        if (node.type == NodeType::object && !says_additional)
            return fail(file, place, "an object must say additionalProperties");
        if (node.type == NodeType::array && !node.items) return fail(file, place, "an array must say items");
        if (node.type != NodeType::string && (!node.enumeration.empty() || node.pattern != Pattern::none))
            return fail(file, place, "enum, const and pattern are supported for texts only");
        if (required && !take_required(file, *required, place, node)) return false;
        node.index_names();
        return true;
    }

    static bool is_annotation(std::string_view keyword) {
        return keyword == "title" || keyword == "examples" || keyword == "x-derived" || keyword == "x-unit" ||
               keyword == "$schema" || keyword == "$id" || keyword == "definitions";
    }

    static bool take_type(std::string_view name, Node& node) {
        for (auto const& [known, type] : named_types)
            if (known == name) {
                node.type = type;
                return true;
            }
        return false;
    }

    static bool take_pattern(std::string_view expression, Node& node) {
        for (auto const& [known, pattern] : named_patterns)
            if (known == expression) {
                node.pattern = pattern;
                return true;
            }
        return false;
    }

    static bool take_number(json::Value const& value, std::uint32_t& number) {
        auto const& text = value.text();
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        return value.type() == json::Type::number && error == std::errc{} && end == text.data() + text.size();
    }

    bool take_properties(File& file, json::Value const& properties, std::string const& place, Nodes& nodes,
                         Node& node) {
        node.properties.reserve(properties.members().size());
        for (auto const& [name, schema] : properties.members()) {
            Property property;
            property.name = name;
            property.node = resolve(file, schema, place + "/" + name, nodes);
            if (!property.node) return false;
            auto const* derived = schema.find("x-derived");
            property.derived = derived && derived->is_true();
            node.properties.push_back(std::move(property));
        }
        return true;
    }

    bool take_required(File& file, json::Value const& required, std::string const& place, Node& node) {
        for (auto const& name : required.items()) {
            bool found = false;
            for (auto& property : node.properties)
                if (property.name == name.text()) found = property.required = true;
            if (!found) return fail(file, place + "/required", fmt::format("{:?} is not a property", name.text()));
        }
        return true;
    }
};

SchemaLoader::SchemaLoader(SchemaFiles files) : state_(std::make_unique<State>()) {
    state_->files = std::move(files);
}
SchemaLoader::~SchemaLoader() = default;

Result<std::unique_ptr<Schema>> SchemaLoader::load(std::string_view kind, unsigned version) {
    state_->fault.clear();
    auto schema = std::make_unique<Schema>();
    schema->kind_ = kind;
    schema->version_ = version;
    if (auto file = state_->open(fmt::format("{}.{}.json", kind, version))) {
        auto* root = state_->resolve(*file, file->root, "", schema->nodes_);
        schema->root_ = root;
        if (root && root->type != NodeType::object) state_->fail(*file, "", "a document must be an object");
    }
    if (!state_->fault.empty()) return invalid(state_->fault);
    return schema;
}

} // namespace wharf::document
