#include "partner/knowledge.hpp"

#include "base/nearest.hpp"
#include "diagnostic/registry.hpp"
#include "partner/cross_reference.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

namespace wharf::partner {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view guide_ending = ".guide";

std::vector<std::string> guides_in(fs::path const& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == guide_ending)
            names.push_back(entry->path().stem().string());
    std::ranges::sort(names);
    return names;
}

Diagnostic at(SourceMark const& mark, std::string_view code, std::string message, std::string help, std::string value = {}) {
    auto finding = make_diagnostic(code, std::move(message), std::move(help));
    finding.place.file = mark.file;
    finding.place.line = mark.line;
    finding.place.column = mark.column;
    finding.value = std::move(value);
    return finding;
}

} // namespace

/// What profiles name, looked up: guides, maps, sets and releases. Internal to Knowledge::open.
class ProfileReferences {
public:
    ProfileReferences(Configuration const& configuration, Knowledge& knowledge)
        : configuration_(configuration), knowledge_(knowledge) {}

    [[nodiscard]] Diagnostics check() {
        for (auto const& profile : configuration_.partners) {
            check_acknowledgment(profile);
            if (!profile.cross_references.empty())
                knowledge_.cross_references_[&profile] = load_cross_references(profile, findings_);
            for (auto const& agreement : profile.documents)
                check(profile, agreement);
        }
        return std::move(findings_);
    }

private:
    void check_acknowledgment(PartnerProfile const& profile) {
        auto const& policy = profile.acknowledgment;
        if (policy.form != AcknowledgmentForm::implementation || policy.version.empty())
            return;
        auto const release = knowledge_.grammars().match_release(policy.version).release;
        if (auto const dictionary = knowledge_.grammars().dictionary(release); dictionary && dictionary->set("999") == nullptr)
            findings_.push_back(at(profile.acknowledgment_mark, "PARTNER-0033",
                                   fmt::format("release {} has no 999", policy.version),
                                   "the 999 begins with 005010: name a later release as acknowledgment.version, or set "
                                   "acknowledgment.form: 997",
                                   policy.version));
    }

    void check(PartnerProfile const& profile, DocumentAgreement const& agreement) {
        auto const inbound = agreement.direction == Direction::inbound;
        auto const refuse = [&](std::string what) {
            findings_.push_back(
                at(agreement.mark, "GATEWAY-0050",
                   fmt::format("partner {}, {} {}: {}", profile.id, inbound ? "inbound" : "outbound", agreement.set, what),
                   "correct the profile, or put the missing map into the folder that `translators` in wharf.yaml names"));
        };
        auto& known = knowledge_.known_[&agreement];
        if (!agreement.is_x12()) {
            known.file = file(profile, agreement);
            return;
        }
        auto const& gs08 = agreement.written_release();
        if (!agreement.guide.empty()) {
            known.guide = guide(profile, agreement);
            if (!known.guide || !check_guide(profile, agreement, *known.guide, gs08))
                return;
            if (inbound)
                knowledge_.inbound_[&profile].push_back(known.guide);
        }
        auto const release = knowledge_.grammar_release(agreement, gs08);
        auto const reading = knowledge_.reading(release, agreement.set, agreement.translator);
        if (!reading) {
            std::ranges::copy(reading.error(), std::back_inserter(findings_));
            return;
        }
        if (reading->schema == nullptr)
            return refuse(fmt::format("there is no grammar for set {} in release {}", agreement.set, release));
        known.functional_id = reading->schema->set().group;
        if (reading->translator == nullptr)
            refuse("there is no translator for this set");
        else if (reading->translator->document_kind() != agreement.document)
            refuse(fmt::format("translator {} makes {}, the profile says {}", reading->translator->name(),
                               reading->translator->document_kind(), agreement.document));
    }

    /// The map of a document that is not X12. nullptr: reported.
    std::shared_ptr<translator::FileTranslator const> file(PartnerProfile const& profile, DocumentAgreement const& agreement) {
        auto const name = agreement.file_translator();
        auto const format = to_string(agreement.format);
        auto const refuse = [&](std::string what) {
            findings_.push_back(at(agreement.mark, "GATEWAY-0050",
                                   fmt::format("partner {}, {} {} as {}: {}", profile.id,
                                               agreement.direction == Direction::inbound ? "inbound" : "outbound", agreement.document,
                                               format, what),
                                   "name another map as `translator`, or put it into the folder that `translators` in wharf.yaml names",
                                   name));
            return nullptr;
        };
        auto const info = knowledge_.translators_->info(name);
        if (!info)
            return refuse(fmt::format("there is no translator {}", name));
        if (info->format != format)
            return refuse(fmt::format("translator {} is for {}", name, info->format.empty() ? "no format" : info->format));
        auto found = knowledge_.translators_->find_file(name);
        if (!found) {
            std::ranges::move(found.error(), std::back_inserter(findings_));
            return nullptr;
        }
        if ((*found)->document_kind() != agreement.document)
            return refuse(fmt::format("translator {} makes {}", name, (*found)->document_kind()));
        return *std::move(found);
    }

    /// The partner's own folder first, then the one all share. nullptr: reported.
    std::shared_ptr<grammar::Guide const> guide(PartnerProfile const& profile, DocumentAgreement const& agreement) {
        auto const own = configuration_.gateway.partners / profile.id;
        auto const& shared = configuration_.gateway.guides;
        std::error_code ignored;
        auto const file = agreement.guide + std::string(guide_ending);
        auto path = own / file;
        if (!fs::exists(path, ignored))
            path = shared / file;
        if (auto const found = loaded_.find(path.string()); found != loaded_.end())
            return found->second;
        if (!fs::exists(path, ignored)) {
            auto names = guides_in(own);
            std::ranges::copy(guides_in(shared), std::back_inserter(names));
            auto const nearest = nearest_word(agreement.guide, names);
            findings_.push_back(
                at(agreement.guide_mark, "PARTNER-0031", fmt::format("there is no guide '{}'", agreement.guide),
                   !nearest.empty() ? fmt::format("did you mean '{}'?", nearest)
                                    : fmt::format("put {} beside the profile, or into the folder that `guides` in wharf.yaml names ({})",
                                                  file, shared.string()),
                   agreement.guide));
            return nullptr;
        }
        auto& place = loaded_[path.string()]; // stays empty when it is wrong: its mistakes are listed once
        auto guide = grammar::load_guide(path, knowledge_.grammars());
        if (guide) {
            place = *std::move(guide); // its schema is compiled when the first set comes: many guides wait for weeks
            return place;
        }
        std::ranges::move(guide.error(), std::back_inserter(findings_));
        findings_.push_back(at(agreement.guide_mark, "PARTNER-0031", fmt::format("the guide '{}' cannot be used", agreement.guide),
                               fmt::format("correct {}: wharf guide check {}", file, path.string()), agreement.guide));
        return nullptr;
    }

    bool check_guide(PartnerProfile const& profile, DocumentAgreement const& agreement, grammar::Guide const& guide,
                     std::string_view gs08) {
        auto const& answers = guide.answers();
        std::string wrong;
        if (guide.set_id() != agreement.set)
            wrong = fmt::format("the guide '{}' is for set {}, not for {}", agreement.guide, guide.set_id(), agreement.set);
        else if (agreement.direction == Direction::outbound && !guide.is_for(agreement.set, gs08))
            wrong = fmt::format("the guide '{}' is not for GS08 {}, which we write to {}", agreement.guide, gs08, profile.id);
        else if (!agreement.release.empty() && std::ranges::none_of(answers, [&](std::string const& one) {
                     return one.starts_with(agreement.release);
                 }))
            wrong = fmt::format("the guide '{}' is not for release {}", agreement.guide, agreement.release);
        else
            return true;
        findings_.push_back(at(agreement.guide_mark, "PARTNER-0032", std::move(wrong),
                               fmt::format("it answers {}; name another guide, or change its `narrows` and `answers`, or release here",
                                           fmt::join(answers, ", ")),
                               agreement.guide));
        return false;
    }

    Configuration const& configuration_;
    Knowledge& knowledge_;
    std::map<std::string, std::shared_ptr<grammar::Guide const>> loaded_; // by path
    Diagnostics findings_;
};

std::expected<std::unique_ptr<Knowledge>, Diagnostics> Knowledge::open(Configuration const& configuration,
                                                                       std::optional<fs::path> const& overlay) {
    auto grammars = grammar::Grammars::open(overlay);
    if (!grammars)
        return std::unexpected(std::move(grammars.error()));
    std::optional<fs::path> maps;
    if (!configuration.gateway.translators.empty())
        maps = configuration.gateway.translators;
    auto translators = translator::Translators::open(maps);
    if (!translators)
        return std::unexpected(std::move(translators.error()));
    std::unique_ptr<Knowledge> knowledge(new Knowledge(std::move(*grammars), std::move(*translators)));
    if (auto findings = ProfileReferences(configuration, *knowledge).check(); !findings.empty())
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

std::shared_ptr<translator::FileTranslator const> Knowledge::file_translator(DocumentAgreement const& agreement) const {
    auto const found = known_.find(&agreement);
    return found == known_.end() ? nullptr : found->second.file;
}

Guides const& Knowledge::inbound_guides(PartnerProfile const& partner) const {
    static Guides const none;
    auto const found = inbound_.find(&partner);
    return found == inbound_.end() ? none : found->second;
}

std::shared_ptr<grammar::Guide const> Knowledge::guide(DocumentAgreement const& agreement) const {
    auto const found = known_.find(&agreement);
    return found == known_.end() ? nullptr : found->second.guide;
}

translator::CrossReferences const* Knowledge::cross_references(PartnerProfile const& partner) const {
    auto const found = cross_references_.find(&partner);
    return found == cross_references_.end() ? nullptr : &found->second;
}

std::string_view Knowledge::functional_id(DocumentAgreement const& agreement) const {
    auto const found = known_.find(&agreement);
    return found == known_.end() ? std::string_view() : found->second.functional_id;
}

std::string Knowledge::grammar_release(DocumentAgreement const& agreement, std::string_view gs08) const {
    auto const own = guide(agreement);
    return own && own->is_for(agreement.set, gs08) ? own->release() : grammars().match_release(gs08).release;
}

void Knowledge::plain_rows(grammar::Schema const& guided, grammar::Schema const& plain,
                           std::vector<grammar::NodeIndex> const& rows, std::vector<grammar::NodeIndex>& out) {
    std::shared_ptr<grammar::PlainRows const> table;
    {
        std::lock_guard const lock(mutex_);
        auto& place = rows_[{&guided, &plain}];
        if (!place)
            place = std::make_shared<grammar::PlainRows const>(guided, plain);
        table = place;
    }
    table->map(rows, out);
}

} // namespace wharf::partner
