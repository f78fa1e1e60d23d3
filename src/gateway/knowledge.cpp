#include "gateway/knowledge.hpp"

#include "diagnostic/registry.hpp"

#include <fmt/format.h>

namespace wharf::gateway {

std::expected<std::unique_ptr<Knowledge>, Diagnostics> Knowledge::open(partner::Configuration const& configuration,
                                                                       std::optional<std::filesystem::path> const& overlay) {
    auto grammars = grammar::Grammars::open(overlay);
    if (!grammars)
        return std::unexpected(std::move(grammars.error()));
    std::optional<std::filesystem::path> maps;
    if (!configuration.gateway.translators.empty())
        maps = configuration.gateway.translators;
    auto translators = translator::Translators::open(maps);
    if (!translators)
        return std::unexpected(std::move(translators.error()));
    std::unique_ptr<Knowledge> knowledge(new Knowledge(std::move(*grammars), std::move(*translators)));

    Diagnostics findings;
    for (auto const& partner : configuration.partners) {
        for (auto const& agreement : partner.documents) {
            bool const inbound = agreement.direction == partner::Direction::inbound;
            auto const& wanted = agreement.release.empty() ? partner.envelope.release : agreement.release;
            auto const release = knowledge->grammars().match_release(wanted).release;
            auto const reading = knowledge->reading(release, agreement.set, agreement.translator);
            auto refuse = [&](std::string what) {
                auto diagnostic = make_diagnostic(
                    "GATEWAY-0050",
                    fmt::format("partner {}, {} {}: {}", partner.id, inbound ? "inbound" : "outbound", agreement.set, what),
                    "correct the profile, or put the missing map into the folder that `translators` in wharf.yaml names");
                diagnostic.place.file = (configuration.gateway.partners / partner.id / "profile.yaml").string();
                findings.push_back(std::move(diagnostic));
            };
            if (!reading)
                findings.insert(findings.end(), reading.error().begin(), reading.error().end());
            else if (reading->schema == nullptr)
                refuse(fmt::format("there is no grammar for set {} in release {}", agreement.set, release));
            else if (reading->translator == nullptr)
                refuse("there is no translator for this set");
            else if (reading->translator->document_kind() != agreement.document)
                refuse(fmt::format("translator {} makes {}, the profile says {}", reading->translator->name(),
                                   reading->translator->document_kind(), agreement.document));
        }
    }
    if (!findings.empty())
        return std::unexpected(std::move(findings));
    return knowledge;
}

std::expected<Knowledge::Reading, Diagnostics> Knowledge::reading(std::string_view release, std::string_view set,
                                                                  std::string_view map_name) {
    Reading reading;
    reading.schema = schemas_.get(release, set);
    if (reading.schema == nullptr)
        return reading;
    auto const name = map_name.empty() ? translators_->for_set(set) : std::string(map_name);
    if (name.empty())
        return reading;
    auto translator = translators_->find(name, reading.schema);
    if (!translator)
        return std::unexpected(std::move(translator.error()));
    reading.translator = std::move(*translator);
    return reading;
}

} // namespace wharf::gateway
