#include "diagnostic/registry.hpp"
#include "partner/certificate_checks.hpp"
#include "partner/configuration.hpp"
#include "partner/knowledge.hpp"
#include "tools/wharf/commands.hpp"
#include "tools/wharf/output.hpp"
#include "tools/wharf/report.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <vector>

namespace wharf::cli {

int run(PartnerCheckCommand const& command) {
    auto const loaded = partner::load_configuration(command.configuration, partner::SecretCheck::warn, partner::Sources::drop);
    auto found = loaded ? loaded->warnings : loaded.error();
    if (loaded) std::ranges::copy(partner::check_certificate_files(*loaded, SystemClock().now()), std::back_inserter(found));
    if (loaded)
        if (auto const knowledge = partner::Knowledge::open(*loaded); !knowledge) // what the gateway refuses to start with
            std::ranges::copy(knowledge.error(), std::back_inserter(found));
    Outcome outcome;
    outcome.add(found, command.reporting);
    auto const without_start = [&](Diagnostic const& finding) { // no wharf.yaml, nothing to check
        return finding.code == "PARTNER-0002" && (std::filesystem::path(finding.place.file).filename() == "wharf.yaml" ||
                                                  finding.place.file == command.configuration);
    };
    if (std::ranges::any_of(found, without_start)) outcome.failed();
    auto const what = loaded ? fmt::format("{}, {}", plural(loaded->partners.size(), "partner"), plural(loaded->channels.size(), "channel"))
                             : std::string("not loaded");
    if (!print(report(found, {}, fmt::format("{}: {}", what, count_words(found)), command.reporting))) outcome.failed();
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
    auto const asked = fmt::format("{}", fmt::join(command.field, " "));
    auto const offer = [&](std::string const& name, std::vector<partner::EffectiveValue> const& values) {
        names.push_back(name);
        if (name != command.name) return;
        // A channel may be called like its partner: the partner is meant, unless only the channel has the setting.
        bool const is_better = effective != nullptr && !asked.empty() && partner::values_below(*effective, asked).empty() &&
                               !partner::values_below(values, asked).empty();
        if (effective == nullptr || is_better) effective = &values;
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
    if (command.field.empty())
        return print(partner::explain(*effective)) ? no_errors : could_not_run;
    auto const field = fmt::format("{}", fmt::join(command.field, " "));
    auto const chosen = partner::values_below(*effective, field);
    if (chosen.empty()) {
        std::vector<std::string> paths;
        for (auto const& value : *effective)
            paths.push_back(value.path);
        auto const nearest = nearest_word(field, paths);
        trouble(fmt::format("{} has no setting '{}'{}", command.name, field,
                            nearest.empty() ? "; without a field all are shown" : fmt::format("; did you mean '{}'?", nearest)));
        return could_not_run;
    }
    auto text = partner::explain(chosen);
    if (chosen.size() == 1)
        text += fmt::format("{}\n", chosen.front().meaning);
    return print(text) ? no_errors : could_not_run;
}

} // namespace wharf::cli
