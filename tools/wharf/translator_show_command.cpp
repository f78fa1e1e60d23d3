#include "grammar/schema.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/map_at_hand.hpp"
#include "tools/wharf/output.hpp"
#include "translator/compile.hpp"
#include "translator/map_parser.hpp"
#include "translator/show.hpp"
#include "translator/translator_impl.hpp"

#include <fmt/format.h>

namespace wharf::cli {
namespace {

/// The map's plan in its first release; null when there is none, and why is then on standard error.
std::unique_ptr<translator::Plan const> plan_of(translator::EffectiveMap const& map, translator::MapSource const& source,
                                                std::optional<std::filesystem::path> const& folder) {
    std::expected<std::unique_ptr<translator::Plan const>, Diagnostics> made;
    if (map.format == "x12") {
        auto grammars = grammar::Grammars::open(folder);
        if (!grammars) {
            print_beside(grammars.error());
            return nullptr;
        }
        grammar::SchemaCache schemas(*std::move(grammars));
        auto const schema = map.releases.empty() ? nullptr : schemas.get(map.releases.front(), map.set);
        if (schema == nullptr) {
            trouble(fmt::format("there is no grammar for the set and release that {} is for", map.name));
            return nullptr;
        }
        made = translator::compile(map, source, schema);
    } else {
        made = translator::compile_nodes(map, source);
    }
    if (made) return *std::move(made);
    print_beside(made.error());
    return nullptr;
}

} // namespace

int run(TranslatorShowCommand const& command) {
    auto const at_hand = map_at_hand(command.file);
    if (!at_hand) {
        trouble(at_hand.error().message);
        return could_not_run;
    }
    auto const map = translator::load_map(*at_hand->source, at_hand->name);
    if (!map) {
        print_beside(map.error());
        return findings;
    }
    if (command.json) return print(json::to_pretty_text(translator::map_json(*map))) ? no_errors : could_not_run;
    std::unique_ptr<translator::Plan const> plan;
    if (command.sample || (command.effective && !map->document.empty())) {
        plan = plan_of(*map, *at_hand->source, command.grammars);
        if (plan == nullptr) return findings;
    }
    if (command.sample && plan->schema == nullptr) {
        trouble(fmt::format("{} is a map of the format {}; samples are made of X12 only", map->name, map->format));
        return could_not_run;
    }
    auto const text =
        command.sample ? translator::map_sample(*plan) : translator::map_text(*map, command.effective, plan.get());
    return print(text) ? no_errors : could_not_run;
}

} // namespace wharf::cli
