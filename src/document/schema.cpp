#include "document/schema.hpp"

#include "base/embedded.hpp"
#include "document/schema_loader.hpp"

#include <fmt/format.h>

#include <cassert>
#include <map>
#include <mutex>

namespace wharf::document {
namespace {

constexpr std::string_view folder = "schemas/";

/// The other files of the folder: shared definitions, and the schemas of our configuration files.
bool is_document(std::string_view kind) {
    return kind != "common" && kind != "wharf" && kind != "partner" && kind != "lint" && kind != "channel" && kind != "translator" && kind != "calendar";
}

struct Registry {
    std::mutex mutex;
    SchemaLoader loader{[](std::string_view name) { return embedded_file(std::string(folder) + std::string(name)); }};
    std::map<std::string, std::unique_ptr<Schema>, std::less<>> schemas; // by file name; null: there is none

    static Registry& instance() {
        static Registry* const registry = new Registry; // never destroyed: other statics may hold its nodes
        return *registry;
    }
};

} // namespace

Schema const* Schema::find(std::string_view kind, unsigned version) {
    auto& registry = Registry::instance();
    std::lock_guard const lock(registry.mutex);
    auto const file = fmt::format("{}.{}.json", kind, version);
    if (auto const known = registry.schemas.find(file); known != registry.schemas.end()) return known->second.get();
    // A kind may come from a document of somebody else: only names that are files of ours are remembered.
    if (!is_document(kind) || kind.find('/') != kind.npos || !embedded_file(std::string(folder) + file)) return nullptr;
    auto schema = registry.loader.load(kind, version);
    assert(schema && "a schema in schemas/ that does not compile");
    if (schema) (*schema)->mark_ = static_cast<std::uint16_t>(registry.schemas.size());
    return (registry.schemas[file] = schema ? std::move(*schema) : nullptr).get();
}

std::vector<std::string> Schema::kinds() {
    std::vector<std::string> kinds;
    for (auto path : embedded_paths(folder)) {
        path.remove_prefix(folder.size());
        auto const kind = path.substr(0, path.find('.'));
        if (path.ends_with(".json") && is_document(kind) && (kinds.empty() || kinds.back() != kind))
            kinds.emplace_back(kind);
    }
    return kinds;
}

std::string Schema::name() const {
    return fmt::format("wharf/{}/{}", kind_, version_);
}

Node const* Schema::node(std::string_view path) const {
    auto const* node = root_;
    while (!path.empty() && node) {
        auto const end = path.find_first_of(".[");
        auto const name = path.substr(0, end);
        if (!name.empty()) {
            auto const* property = node->find(name);
            node = property ? property->node : nullptr;
        }
        path = end == path.npos ? std::string_view{} : path.substr(end);
        while (node && path.starts_with("[]")) {
            node = node->type == NodeType::array ? node->items : nullptr;
            path.remove_prefix(2);
        }
        if (path.starts_with('[')) return nullptr;
        if (path.starts_with('.')) path.remove_prefix(1);
    }
    return node;
}

} // namespace wharf::document
