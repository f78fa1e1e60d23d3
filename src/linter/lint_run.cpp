#include "linter/lint_run.hpp"

#include "base/byte_source.hpp"
#include "linter/in_order.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace wharf::linter {
namespace {

constexpr std::uintmax_t large_file = 8u << 20; // worth several threads

unsigned threads_for(FoundFile const& file, std::size_t left, unsigned jobs) {
    if (left >= jobs || file.is_standard_input) return file.is_standard_input && left <= 1 ? jobs : 1;
    std::error_code error;
    auto const size = std::filesystem::file_size(file.path, error);
    return error || size < large_file ? 1 : std::max<unsigned>(1, jobs / static_cast<unsigned>(std::max<std::size_t>(left, 1)));
}

/// A GS08 that both are for; empty: none, or they are one.
std::string shared_answer(grammar::Guide const& a, grammar::Guide const& b) {
    if (&a == &b || a.set_id() != b.set_id()) return {};
    for (auto const& answer : b.answers())
        if (std::ranges::find(a.answers(), answer) != a.answers().end()) return answer;
    return {};
}

} // namespace

LintRun::LintRun(FileSearch search, LintFlags flags, unsigned jobs)
    : search_(std::move(search)), flags_(std::move(flags)), jobs_(jobs), found_(find_files(search_, configurations_)) {}

partner::LintSettings LintRun::settings_of(FoundFile const& file) const {
    auto settings = partner::lint_settings(file.configuration, file.path);
    if (!flags_.release.empty()) settings.release = flags_.release;
    if (!flags_.guides.empty()) settings.guides = flags_.guides;
    if (!flags_.partner.empty()) settings.partner = flags_.partner;
    if (flags_.configuration) settings.configuration = *flags_.configuration;
    if (flags_.max_findings) settings.max_findings = *flags_.max_findings;
    settings.strict = settings.strict || flags_.strict;
    settings.treat.insert(settings.treat.end(), flags_.treat.begin(), flags_.treat.end());
    return settings;
}

std::vector<LintRun::Task> LintRun::tasks(PreparePlan const& prepare) {
    std::vector<Task> made;
    for (auto const& file : found_.files) {
        auto const settings = settings_of(file);
        auto known = plans_.find(settings);
        if (known == plans_.end()) known = plans_.emplace(settings, prepare(settings)).first;
        if (known->second) made.push_back({&file, &*known->second, settings.strict});
    }
    return made;
}

bool LintRun::each(PreparePlan const& prepare, std::function<void(FoundFile const&, LintPlan const&, bool)> const& visit) {
    auto const all = tasks(prepare);
    for (auto const& task : all) visit(*task.file, *task.plan, task.strict);
    return all.size() == found_.files.size();
}

bool LintRun::run(PreparePlan const& prepare, std::function<void(LintedFile&&)> const& deliver) {
    auto const all = tasks(prepare);
    auto const work = [&](std::size_t index) {
        auto const& [file, plan, strict] = all[index];
        LintedFile linted;
        linted.file = file;
        linted.strict = strict;
        auto source = open_byte_source(file->is_standard_input ? "-" : file->path);
        if (!source) {
            linted.unreadable = std::move(source.error());
            return linted;
        }
        auto options = plan->options;
        options.jobs = threads_for(*file, all.size() - index, jobs_);
        linted.result = grammar::lint(*std::move(source), file->name, *plan->schemas, options);
        return linted;
    };
    in_order(all.size(), jobs_, work, [&](std::size_t, LintedFile&& linted) {
        sets_ += linted.result.sets;
        for (auto const& guide : linted.result.guides)
            if (std::ranges::find(used_guides_, guide) == used_guides_.end()) used_guides_.push_back(guide);
        deliver(std::move(linted));
    });
    return all.size() == found_.files.size();
}

std::vector<std::string> LintRun::notes() const {
    std::set<std::string> notes, shadowed;
    auto const used = [&](grammar::Guide const& guide) { return std::ranges::find(used_guides_, guide.name()) != used_guides_.end(); };
    for (auto const& [settings, plan] : plans_) {
        if (!plan) continue;
        auto const& guides = plan->options.reader.guides;
        for (std::size_t i = 1; i < guides.size(); ++i)
            for (std::size_t k = 0; k < i; ++k) {
                auto const shared = shared_answer(*guides[k], *guides[i]);
                if (shared.empty()) continue;
                shadowed.insert(guides[i]->name());
                notes.insert(fmt::format("guides {} and {} are both for {} of {}; the first given counts, {}", guides[k]->name(), guides[i]->name(), guides[i]->set_id(), shared, guides[k]->name()));
            }
    }
    for (auto const& [settings, plan] : plans_)
        if (plan && sets_ > 0)
            for (auto const& guide : plan->options.reader.guides)
                if (!shadowed.contains(guide->name()) && !used(*guide))
                    notes.insert(fmt::format("guide {} is for {} with GS08 {}: no set that was checked is one of those", guide->name(), guide->set_id(), fmt::join(guide->answers(), " or ")));
    return {notes.begin(), notes.end()};
}

std::vector<partner::EffectiveValue> LintRun::explain(FoundFile const& file) const {
    auto values = partner::explain_lint_settings(file.configuration, file.path);
    auto const flag = [&](std::string_view field, std::string value, std::string_view name) {
        auto const found = std::ranges::find(values, field, &partner::EffectiveValue::path);
        if (found == values.end()) return;
        found->value = std::move(value);
        found->source = found->source == "default" || field != "treat" ? std::string(name) : fmt::format("{}, {}", found->source, name);
    };
    auto const settings = settings_of(file);
    auto const joined = [](auto const& list) {
        std::string text;
        for (auto const& one : list) text += (text.empty() ? "" : ", ") + std::filesystem::path(one).string();
        return text;
    };
    if (!flags_.release.empty()) flag("release", flags_.release, "--release");
    if (!flags_.guides.empty()) flag("guides", joined(flags_.guides), "--guide");
    if (!flags_.partner.empty()) flag("partner", flags_.partner, "--partner");
    if (flags_.configuration) flag("configuration", flags_.configuration->string(), "--config");
    if (!flags_.treat.empty()) flag("treat", joined(settings.treat), "--treat");
    if (flags_.strict) flag("strict", "yes", "--strict");
    if (flags_.max_findings) flag("max_findings", std::to_string(*flags_.max_findings), "--max-findings");
    return values;
}

} // namespace wharf::linter
