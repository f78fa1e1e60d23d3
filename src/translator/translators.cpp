#include "translator/translator.hpp"

#include "base/file.hpp"
#include "base/limits.hpp"
#include "translator/compile.hpp"
#include "translator/completeness.hpp"
#include "translator/map_load.hpp"
#include "translator/map_parser.hpp"
#include "translator/run.hpp"
#include "translator/translator_impl.hpp"
#include "translator/x12_source.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <tuple>

namespace wharf::translator {
namespace {

constexpr std::size_t scratch_kept = std::size_t{64} << 20;

class CompiledTranslator final : public Translator {
public:
    explicit CompiledTranslator(std::unique_ptr<Plan const> plan) : plan_(std::move(plan)) {}

    std::string const& name() const override { return plan_->name; }
    std::string const& document_kind() const override { return plan_->document_kind; }
    grammar::Schema const& schema() const override { return *plan_->schema; }
    Plan const& plan() const { return *plan_; }

    ReadOutcome read(SetInput const& input, std::string& json) const override {
        thread_local Run run; // its buffers are kept; nothing in it outlives this call
        ReadOutcome outcome;
        if (input.segments == nullptr || input.nodes == nullptr || input.segments->empty()) return outcome;
        read_tree(*plan_, input, run, outcome.diagnostics);
        SetSource const source(*plan_, input, run);
        serialise(*plan_, source, input.values, run, outcome.diagnostics, outcome.extended);
        outcome.elements = run.elements;
        outcome.held = run.held;
        if (outcome.ok()) json.append(run.json.view());
        if (run.json.size() > scratch_kept) // a giant must not hold its memory for the life of the thread
            run = Run();
        return outcome;
    }

    using Translator::write;
    WriteOutcome write(json::Node const& document, x12::Delimiters const& delimiters,
                       RunValues const* values) const override {
        return write_document(*plan_, document, delimiters, values);
    }

private:
    std::unique_ptr<Plan const> plan_;
};

class MapFolder final : public Translators {
public:
    struct Listed {
        EffectiveMap map;
        bool shipped = false;
    };

    MapFolder(std::unique_ptr<MapSource> source, std::vector<Listed> listed)
        : source_(std::move(source)), listed_(std::move(listed)) {}

    std::expected<std::shared_ptr<Translator const>, Diagnostics>
    find(std::string_view name, std::shared_ptr<grammar::Schema const> const& schema) override {
        std::lock_guard const lock(mutex_);
        auto& kept = compiled_[{std::string(name), schema->set().release, schema.get()}];
        if (kept == nullptr) {
            auto made = make(name, schema);
            if (!made) return std::unexpected(std::move(made.error()));
            kept = std::move(*made);
        }
        return kept;
    }

    std::string for_set(std::string_view set_id) const override {
        for (auto const& map : listed_)
            if (map.shipped && map.map.format == "x12" && map.map.set == set_id) return map.map.name;
        return {};
    }

    std::string for_document(std::string_view kind) const override {
        for (auto const& map : listed_)
            if (map.shipped && map.map.format == "x12" && map.map.document == kind) return map.map.name;
        return {};
    }

    std::vector<TranslatorInfo> list() const override {
        std::vector<TranslatorInfo> found;
        for (auto const& map : listed_)
            if (map.map.format == "x12") found.push_back(info_of(map.map));
        return found;
    }

    std::optional<TranslatorInfo> info(std::string_view name) const override {
        for (auto const& map : listed_)
            if (map.map.name == name) return info_of(map.map);
        return std::nullopt;
    }

    std::expected<std::shared_ptr<FileTranslator const>, Diagnostics> find_file(std::string_view name) override {
        std::lock_guard const lock(mutex_);
        auto& kept = files_[std::string(name)];
        if (kept == nullptr) {
            auto made = make_file_translator(*source_, name);
            if (!made) return std::unexpected(std::move(made.error()));
            kept = std::move(*made);
        }
        return kept;
    }

private:
    static TranslatorInfo info_of(EffectiveMap const& map) { return {map.name, map.document, map.set, map.format}; }

    /// From the map loaded at the start, where the name is one.
    std::expected<std::shared_ptr<Translator const>, Diagnostics>
    make(std::string_view name, std::shared_ptr<grammar::Schema const> const& schema) const {
        for (auto const& known : listed_) {
            if (known.map.name != name) continue;
            auto plan = compile(known.map, *source_, schema);
            if (!plan) return std::unexpected(std::move(plan.error()));
            return std::make_shared<CompiledTranslator const>(std::move(*plan));
        }
        return make_translator(*source_, name, schema);
    }

    std::unique_ptr<MapSource> source_;
    std::vector<Listed> listed_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<FileTranslator const>, std::less<>> files_;
    std::map<std::tuple<std::string, std::string, grammar::Schema const*>, std::shared_ptr<Translator const>> compiled_;
};

} // namespace

std::expected<std::shared_ptr<Translator const>, Diagnostics>
make_translator(MapSource const& source, std::string_view name, std::shared_ptr<grammar::Schema const> schema) {
    auto const map = load_map(source, name);
    if (!map) return std::unexpected(map.error());
    auto plan = compile(*map, source, std::move(schema));
    if (!plan) return std::unexpected(std::move(plan.error()));
    return std::make_shared<CompiledTranslator const>(std::move(*plan));
}

std::expected<std::shared_ptr<FileTranslator const>, Diagnostics> make_file_translator(MapSource const& source,
                                                                                       std::string_view name) {
    auto const map = load_map(source, name);
    if (!map) return std::unexpected(map.error());
    auto plan = compile_nodes(*map, source);
    if (!plan) return std::unexpected(std::move(plan.error()));
    return make_file_translator(std::move(*plan));
}

Plan const& plan_of(Translator const& translator) {
    return static_cast<CompiledTranslator const&>(translator).plan();
}

std::expected<std::shared_ptr<Translators>, Diagnostics>
Translators::open(std::optional<std::filesystem::path> const& overlay) {
    auto source = embedded_maps();
    auto const shipped = source->maps();
    if (overlay) {
        auto folder = folder_maps(*overlay, std::move(source));
        if (!folder)
            return std::unexpected(
                Diagnostics{map_diagnostic("MAP-0004", {overlay->string(), 0, {}}, 0, folder.error().message)});
        source = std::move(*folder);
    }
    std::vector<MapFolder::Listed> listed;
    Diagnostics faults;
    for (auto const& name : source->maps()) {
        auto map = load_map(*source, name);
        if (!map) {
            for (auto& fault : map.error())
                faults.push_back(std::move(fault));
            continue;
        }
        if (!map->document.empty()) // else: shapes only
            listed.push_back({std::move(*map), std::find(shipped.begin(), shipped.end(), name) != shipped.end()});
    }
    if (!faults.empty()) return std::unexpected(std::move(faults));
    return std::make_shared<MapFolder>(std::move(source), std::move(listed));
}

Diagnostics check_map(std::filesystem::path const& file, grammar::SchemaCache& schemas) {
    auto const refuse = [&](std::string message) {
        return Diagnostics{map_diagnostic("MAP-0004", {file.string(), 0, {}}, 0, std::move(message))};
    };
    auto text = read_file(file, limits::configuration_bytes);
    if (!text) return refuse(text.error().message);
    auto const head = map_head(*text);
    if (head.name.empty()) return parse_map(file.string(), *text).error(); // MAP-0003
    auto const folder = file.parent_path().empty() ? std::filesystem::path(".") : file.parent_path();
    auto source = folder_maps(folder, embedded_maps());
    if (!source) return refuse(source.error().message);
    return check_map(**source, head.name, schemas);
}

/// Shapes only: they are checked where they are used; here only what is wrong however paths are written.
static Diagnostics check_shapes(MapSource const& source, std::string_view name) {
    auto const file = source.map(name);
    if (!file) return {};
    auto by_segments = parse_map(file->shown_name, file->text, PathSyntax::segments);
    if (by_segments || parse_map(file->shown_name, file->text, PathSyntax::names)) return {};
    return std::move(by_segments.error());
}

Diagnostics check_map(MapSource const& source, std::string_view name, grammar::SchemaCache& schemas) {
    if (auto const file = source.map(name)) {
        auto const head = map_head(file->text);
        if (head.extends.empty() && head.format.empty() && head.document.empty()) return check_shapes(source, name);
    }
    auto const map = load_map(source, name);
    if (!map) return map.error();
    if (!map->format.empty() && map->format != "x12") {
        auto const plan = compile_nodes(*map, source);
        return plan ? Diagnostics() : plan.error();
    }
    if (map->releases.empty())
        return {map_diagnostic("MAP-0003", map->origin, 1, "The map names no release.",
                               "Write, for example: format x12 850 004010")};
    Diagnostics faults;
    for (auto const& release : map->releases) {
        auto const schema = schemas.get(release, map->set);
        if (schema == nullptr) {
            faults.push_back(
                map_diagnostic("MAP-0902", map->origin, 1,
                               fmt::format("There is no grammar of set {} in release {}.", map->set, release),
                               "Name a set and a release that the grammars have: wharf explain 850."));
            continue;
        }
        auto const plan = compile(*map, source, schema);
        auto const found = !plan                                     ? plan.error()
                           : release == map->releases.front() ? unwritten_mandatory(**plan, map->origin)
                                                                     : Diagnostics();
        for (auto const& fault : found) // what is wrong in every release is said once
            if (std::none_of(faults.begin(), faults.end(), [&](Diagnostic const& said) {
                    return said.code == fault.code && said.place.file == fault.place.file &&
                           said.place.line == fault.place.line && said.message == fault.message;
                }))
                faults.push_back(fault);
    }
    return faults;
}

} // namespace wharf::translator
