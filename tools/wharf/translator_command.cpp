#include "base/file.hpp"
#include "grammar/schema.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/load_guides.hpp"
#include "tools/wharf/map_at_hand.hpp"
#include "tools/wharf/output.hpp"
#include "tools/wharf/report.hpp"
#include "translator/compile.hpp"
#include "translator/completeness.hpp"
#include "translator/coverage.hpp"
#include "translator/map_parser.hpp"
#include "translator/translator_impl.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>

namespace wharf::cli {

Result<MapAtHand> map_at_hand(std::string const& word) {
    MapAtHand found;
    auto shipped = translator::embedded_maps();
    if (auto const built_in = shipped->map(word)) {
        found.text = std::string(built_in->text);
        found.name = word;
        found.source = std::move(shipped);
        return found;
    }
    auto text = read_file(word, limits::configuration_bytes);
    if (!text) return invalid(fmt::format("{}, and there is no built-in map of this name", text.error().message));
    found.text = *std::move(text);
    found.name = translator::map_head(found.text).name;
    auto const folder = std::filesystem::path(word).parent_path();
    auto around = translator::folder_maps(folder.empty() ? "." : folder, std::move(shipped));
    if (!around) return std::unexpected(std::move(around.error()));
    found.source = *std::move(around);
    return found;
}

namespace {

class Checker {
public:
    Checker(grammar::SchemaCache& schemas, bool list, std::vector<std::shared_ptr<grammar::Guide const>> const& guides)
        : schemas_(schemas), list_(list), guides_(guides) {}

    /// False: `trouble` was told.
    bool check(std::string const& word) {
        auto const map = map_at_hand(word);
        if (!map) {
            trouble(map.error().message);
            return false;
        }
        if (map->name.empty()) {
            add(translator::parse_map(word, map->text).error());
            return true;
        }
        auto found = translator::check_map(*map->source, map->name, schemas_);
        bool const sound = !has_errors(found);
        add(std::move(found));
        if (sound) hold_against_guides(*map);
        if (sound) report(*map);
        return true;
    }

    Diagnostics findings;
    std::string coverage;

private:
    void add(Diagnostics found) { std::ranges::move(found, std::back_inserter(findings)); }

    /// What partners make mandatory, in the releases of their guides.
    void hold_against_guides(MapAtHand const& map) {
        auto const loaded = translator::load_map(*map.source, map.name);
        if (!loaded || loaded->format != "x12") return;
        for (auto const& guide : guides_) {
            if (guide->set_id() != loaded->set) continue;
            auto const schema = schemas_.get(guide->release(), loaded->set);
            if (schema == nullptr) continue;
            auto const plan = translator::compile(*loaded, *map.source, schema);
            add(plan ? translator::unwritten_by_guide(**plan, guide->narrowed(), loaded->origin) : plan.error());
        }
    }

    /// What the map covers, in its first release.
    void report(MapAtHand const& map) {
        auto const loaded = translator::load_map(*map.source, map.name);
        if (!loaded || loaded->document.empty()) return;
        std::unique_ptr<translator::Plan const> plan;
        if (loaded->format == "x12") {
            auto const schema = schemas_.get(loaded->releases.front(), loaded->set);
            if (schema == nullptr) return;
            auto made = translator::compile(*loaded, *map.source, schema);
            if (made) plan = *std::move(made);
        } else if (auto made = translator::compile_nodes(*loaded, *map.source)) {
            plan = *std::move(made);
        }
        if (plan == nullptr) return;
        auto const covered = translator::coverage_of(*plan);
        coverage += fmt::format("{}: {}\n", map.name, translator::summary(covered));
        for (auto const& reason : covered.reasons)
            coverage += fmt::format("  {}\n", reason);
        if (!list_) return;
        for (auto const& unread : covered.external_unread)
            coverage += fmt::format("  not read: {}\n", unread);
        for (auto const& unwritten : covered.members_unwritten)
            coverage += fmt::format("  not written: {}\n", unwritten);
    }

    grammar::SchemaCache& schemas_;
    bool list_;
    std::vector<std::shared_ptr<grammar::Guide const>> const& guides_;
};

} // namespace

int run(TranslatorCheckCommand const& command) {
    auto grammars = grammar::Grammars::open(command.grammars);
    if (!grammars) {
        print_beside(grammars.error());
        trouble("the grammar files cannot be used; nothing was checked");
        return could_not_run;
    }
    grammar::SchemaCache schemas(*std::move(grammars));
    std::vector<std::shared_ptr<grammar::Guide const>> guides;
    if (!load_guides(command.guides, schemas.grammars(), guides)) return could_not_run;
    Checker checker(schemas, command.coverage, guides);
    Outcome outcome;
    std::uint64_t checked = 0;
    for (auto const& word : command.files) {
        if (checker.check(word))
            ++checked;
        else
            outcome.failed();
    }
    outcome.add(checker.findings, command.reporting);
    auto const summary =
        checked == 0 ? std::string() : fmt::format("{}{}: {}", checker.coverage, plural(checked, "translator"), count_words(checker.findings));
    if (!print(report(checker.findings, command.files, summary, command.reporting))) outcome.failed();
    return outcome.exit_code();
}

} // namespace wharf::cli
