#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "grammar/schema.hpp"
#include "partner/configuration.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"
#include "translator/translator.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <unistd.h>
#include <vector>

namespace wharf::cli {
namespace {

/// What the gateway refuses to start with: a map that does not load, one of another document, a set without grammar.
class MapCheck {
public:
    explicit MapCheck(partner::Configuration const& configuration) : configuration_(configuration) {}

    [[nodiscard]] Diagnostics findings() {
        auto grammars = grammar::Grammars::open();
        if (!grammars)
            return grammars.error();
        std::optional<std::filesystem::path> own_maps;
        if (!configuration_.gateway.translators.empty())
            own_maps = configuration_.gateway.translators;
        auto maps = translator::Translators::open(own_maps);
        if (!maps)
            return maps.error();
        grammar::SchemaCache schemas(*std::move(grammars));
        for (auto const& profile : configuration_.partners)
            for (auto const& agreement : profile.documents)
                check(profile, agreement, schemas, **maps);
        return std::move(findings_);
    }

private:
    void check(partner::PartnerProfile const& profile, partner::DocumentAgreement const& agreement, grammar::SchemaCache& schemas,
               translator::Translators& maps) {
        auto const refuse = [&](std::string const& what) {
            auto const direction = agreement.direction == partner::Direction::inbound ? "inbound" : "outbound";
            auto finding = make_diagnostic(
                "GATEWAY-0050", fmt::format("partner {}, {} {}: {}", profile.id, direction, agreement.set, what),
                "correct the profile, or put the missing map into the folder that `translators` in wharf.yaml names");
            finding.place.file = (configuration_.gateway.partners / profile.id / "profile.yaml").string();
            findings_.push_back(std::move(finding));
        };
        auto const& wanted = agreement.release.empty() ? profile.envelope.release : agreement.release;
        auto const release = schemas.grammars().match_release(wanted).release;
        auto const schema = schemas.get(release, agreement.set);
        if (schema == nullptr)
            return refuse(fmt::format("there is no grammar for set {} in release {}", agreement.set, release));
        auto const name = agreement.translator.empty() ? maps.for_set(agreement.set) : agreement.translator;
        if (name.empty())
            return refuse("there is no translator for this set");
        auto const map = maps.find(name, schema);
        if (!map)
            std::ranges::copy(map.error(), std::back_inserter(findings_));
        else if ((*map)->document_kind() != agreement.document)
            refuse(fmt::format("translator {} makes {}, the profile says {}", name, (*map)->document_kind(), agreement.document));
    }

    partner::Configuration const& configuration_;
    Diagnostics findings_;
};

} // namespace

int run(PartnerCheckCommand const& command) {
    auto const loaded = partner::load_configuration(command.configuration, partner::SecretCheck::form);
    auto found = loaded ? loaded->warnings : loaded.error();
    if (loaded)
        std::ranges::copy(MapCheck(*loaded).findings(), std::back_inserter(found));
    Outcome outcome;
    outcome.add(found, command.reporting);
    auto const without_start = [&](Diagnostic const& finding) { // no wharf.yaml, nothing to check
        return finding.code == "PARTNER-0002" && (std::filesystem::path(finding.place.file).filename() == "wharf.yaml" ||
                                                  finding.place.file == command.configuration);
    };
    if (std::ranges::any_of(found, without_start)) outcome.failed();
    std::string out;
    if (command.reporting.format == Format::json)
        out = render_json(found);
    else {
        out = rendered(found, STDOUT_FILENO);
        auto const what = loaded ? fmt::format("{}, {}", plural(loaded->partners.size(), "partner"),
                                               plural(loaded->channels.size(), "channel"))
                                 : std::string("not loaded");
        out += fmt::format("{}{}: {}\n", out.empty() ? "" : "\n", what, count_words(found));
    }
    if (!print(out)) outcome.failed();
    return outcome.exit_code();
}

int run(PartnerExplainCommand const& command) {
    auto const loaded = partner::load_configuration(command.configuration, partner::SecretCheck::form);
    if (!loaded) {
        print_beside(loaded.error());
        return could_not_run;
    }
    std::vector<std::string> names = {"wharf.yaml"};
    std::vector<partner::EffectiveValue> const* effective =
        command.name == names[0] ? &loaded->gateway.effective : nullptr;
    auto const offer = [&](std::string const& name, std::vector<partner::EffectiveValue> const& values) {
        names.push_back(name);
        if (name == command.name) effective = &values;
    };
    for (auto const& profile : loaded->partners)
        offer(profile.id, profile.effective);
    for (auto const& channel : loaded->channels)
        offer(channel.name, channel.effective);
    if (!effective) {
        auto const nearest = nearest_word(command.name, names);
        trouble(fmt::format("there is no partner or channel '{}'{}", command.name,
                            nearest.empty() ? fmt::format("; there are: {}", fmt::join(names, ", "))
                                            : fmt::format("; did you mean '{}'?", nearest)));
        return could_not_run;
    }
    return print(partner::explain(*effective)) ? no_errors : could_not_run;
}

} // namespace wharf::cli
