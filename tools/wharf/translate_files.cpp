#include "tools/wharf/translate_files.hpp"

#include "diagnostic/alike.hpp"
#include "document/schema.hpp"
#include "translator/map_source.hpp"
#include "translator/node_compile.hpp"
#include "translator/map_parser.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::cli {

std::expected<std::shared_ptr<translator::FileTranslator const>, Diagnostics>
find_file_translator(std::optional<std::filesystem::path> const& overlay, std::string_view name) {
    auto source = translator::embedded_maps();
    if (overlay) {
        auto folder = translator::folder_maps(*overlay, std::move(source));
        if (!folder)
            return std::unexpected(Diagnostics{
                translator::map_diagnostic("MAP-0004", {overlay->string(), 0, {}}, 0, folder.error().message)});
        source = *std::move(folder);
    }
    if (!source->map(name)) return nullptr;
    auto const map = translator::load_map(*source, name);
    if (!map) return std::unexpected(map.error());
    if (map->format.empty() || map->format == "x12") return nullptr;
    auto plan = translator::compile_nodes(*map, *source);
    if (!plan) return std::unexpected(std::move(plan.error()));
    return translator::make_file_translator(*std::move(plan));
}

std::vector<std::string> map_names(std::optional<std::filesystem::path> const& overlay) {
    auto source = translator::embedded_maps();
    if (overlay)
        if (auto folder = translator::folder_maps(*overlay, translator::embedded_maps())) source = *std::move(folder);
    return source->maps();
}

FileReadResult read_file_documents(translator::FileTranslator const& translator, std::unique_ptr<ByteSource> bytes,
                                   std::string const& file_name, std::string const& partner,
                                   std::function<void(std::string_view json)> const& on_document) {
    FileReadResult result;
    translator::Provenance provenance;
    provenance.partner = partner;
    translator::RunValues const values;
    auto const reading = translator.open(std::move(bytes), file_name, provenance, values);
    std::string json;
    while (auto outcome = reading->next(json)) {
        ++result.documents;
        if (outcome->held)
            ++result.held; // for a person: nothing downstream may take it
        else if (outcome->ok() && !json.empty())
            on_document(json);
        for (auto& found : outcome->diagnostics)
            if (result.diagnostics.size() < limits::findings) result.diagnostics.push_back(std::move(found));
    }
    return result;
}

FileWriteResult write_file_documents(translator::FileTranslator const& translator,
                                     std::vector<json::Value> const& documents, std::string const& file_name) {
    FileWriteResult result;
    auto const writing = translator.begin();
    translator::RunValues const values;
    auto const add = [&](Diagnostics found, std::string const& pointer) {
        fold_alike(found);
        for (auto& one : found) {
            one.place.file = file_name;
            auto& path = one.place.path;
            path = pointer + (pointer.empty() || path.empty() || path.starts_with('/') ? "" : "/") + path;
            result.diagnostics.push_back(std::move(one));
        }
    };
    bool any = false;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        auto const pointer = documents.size() > 1 ? fmt::format("/{}", i) : std::string();
        auto faults = document::check(documents[i]);
        bool const sound = !has_errors(faults);
        add(std::move(faults), pointer);
        if (!sound) continue;
        auto found = writing->add(documents[i], values);
        any = any || !has_errors(found);
        add(std::move(found), pointer);
    }
    Diagnostics of_file;
    auto bytes = writing->finish(of_file);
    if (any && !has_errors(of_file)) result.bytes = std::move(bytes);
    add(std::move(of_file), {});
    return result;
}

bool is_canonical(std::string_view json) {
    auto const parsed = json::parse(json);
    if (!parsed) return false;
    auto const* one = &*parsed;
    if (one->is_array()) {
        if (one->items().empty()) return true;
        one = &one->items().front();
    }
    return one->is_object() && one->find("schema") != nullptr && one->find("document") != nullptr;
}

} // namespace wharf::cli
