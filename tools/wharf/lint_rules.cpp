#include "tools/wharf/lint_rules.hpp"

#include "partner/lint_rules.hpp"
#include "tools/wharf/load_guides.hpp"
#include "tools/wharf/output.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <utility>

namespace wharf::cli {
namespace {

bool nothing_was_checked(std::string_view why) {
    trouble(fmt::format("{}{}nothing was checked", why, why.empty() ? "" : "; "));
    return false;
}

} // namespace

std::unique_ptr<LintRules> LintRules::load(LintCommand const& command) {
    auto rules = std::make_unique<LintRules>();
    auto& reader = rules->options.reader;
    if (!command.partner.empty()) {
        if (!rules->load_profile(command)) return nullptr;
    } else {
        auto grammars = grammar::Grammars::open(command.grammars);
        if (!grammars) {
            print_beside(grammars.error());
            nothing_was_checked("the grammar files cannot be used");
            return nullptr;
        }
        rules->schemas_ = std::make_unique<grammar::SchemaCache>(*std::move(grammars));
    }
    for (auto const& rule : command.treat)
        if (auto const added = reader.severities.add(rule); !added) {
            trouble("--treat " + added.error().message);
            return nullptr;
        } else {
            for (auto& [group, severities] : reader.group_severities)
                (void)severities.add(rule);
        }
    auto of_partner = std::exchange(reader.guides, {});
    if (!load_guides(command.guides, rules->schemas().grammars(), reader.guides)) {
        nothing_was_checked({});
        return nullptr;
    }
    std::ranges::move(of_partner, std::back_inserter(reader.guides)); // what was named on the command line counts first
    return rules->choose_release(command) ? std::move(rules) : nullptr;
}

bool LintRules::load_profile(LintCommand const& command) {
    auto loaded = partner::load_configuration(command.configuration, partner::SecretCheck::form, partner::Sources::drop);
    if (!loaded) {
        print_beside(loaded.error());
        return nothing_was_checked("the configuration cannot be used");
    }
    configuration_ = *std::move(loaded);
    std::vector<std::string> names;
    for (auto const& profile : configuration_.partners)
        names.push_back(profile.id);
    if (std::erase_if(configuration_.partners, [&](auto const& profile) { return profile.id != command.partner; }); configuration_.partners.empty()) {
        auto const nearest = nearest_word(command.partner, names);
        return nothing_was_checked(fmt::format("there is no partner '{}'{}", command.partner,
                                               nearest.empty() ? fmt::format("; there are: {}", fmt::join(names, ", "))
                                                               : fmt::format("; did you mean '{}'?", nearest)));
    }
    auto knowledge = partner::Knowledge::open(configuration_, command.grammars);
    if (!knowledge) {
        print_beside(knowledge.error());
        return nothing_was_checked(fmt::format("the profile of {} cannot be used", command.partner));
    }
    knowledge_ = *std::move(knowledge);
    partner::apply_profile(configuration_.partners.front(), *knowledge_, options.reader);
    return true;
}

bool LintRules::choose_release(LintCommand const& command) {
    if (command.release.empty()) return true;
    auto const match = schemas().grammars().match_release(command.release);
    if (!match.exact)
        return nothing_was_checked(fmt::format("there is no grammar for release {}; the nearest is {}", command.release, match.release));
    options.reader.release = match.release;
    for (auto const& guide : options.reader.guides)
        if (guide->release() != match.release)
            return nothing_was_checked(fmt::format("guide {} narrows release {}, but --release says {}: leave one of them out", guide->name(), guide->release(), command.release));
    return true;
}

} // namespace wharf::cli
