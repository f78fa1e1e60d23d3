#include "partner/lint_configuration.hpp"

#include "base/file.hpp"
#include "base/glob.hpp"
#include "diagnostic/registry.hpp"
#include "partner/declarations.hpp"
#include "partner/text_checks.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wharf::partner {
namespace {

namespace fs = std::filesystem;

/// Of all files, and of those of an override.
template <class T> void add_rules(Declaration& d) {
    d.add("release", &T::release, "check by this release, whatever GS08 says; empty: as GS08 says").check(check_release_or_none).example("004010");
    d.add("guides", &T::guides, "guides to check by, each where it is for the set and its GS08; paths count from the folder of this file").check(check_not_empty).example("guides/acme-850.guide");
    d.add("partner", &T::partner, "check by what the profile of this partner names: its guides and what it tolerates").check(check_name_or_none).example("acme-supplies");
    d.add("treat", &T::treat, "what becomes of a finding: CODE=enforce, tolerate or ignore; X12-04* for all that begin so").check(check_finding_treatment).example("X12-0904=ignore");
}

Declaration make_override() {
    Declaration d("an override");
    d.add("files", &LintOverride::files, "the files it is for, as patterns from the folder of this file: *, ?, [a-z], **").required().check(check_not_empty).example("inbound/**/*.edi");
    add_rules<LintOverride>(d);
    return d;
}

Declaration make_lint() {
    static Declaration const override_declaration = make_override();
    Declaration d(".wharf.yaml");
    add_rules<LintConfiguration>(d);
    d.add("configuration", &LintConfiguration::configuration, "the folder of wharf.yaml, where `partner` is looked up; empty: the folder of this file").example("../gateway");
    d.add("strict", &LintConfiguration::strict, "warnings count: exit code 1");
    d.add("max_findings", &LintConfiguration::max_findings, "findings printed of one file; the rest is counted");
    d.add("include", &LintConfiguration::include, "files that count in folders although they do not begin with ISA, as patterns").check(check_not_empty).example("*.txt");
    d.add("exclude", &LintConfiguration::exclude, "what is left out of folders, as lines of a .gitignore").check(check_not_empty).example("archive/");
    d.objects("overrides", &LintConfiguration::overrides, override_declaration, "other settings for some files; a later one wins");
    return d;
}

bool is_for(LintOverride const& one, std::string_view path) {
    return std::ranges::any_of(one.files, [&](std::string const& pattern) {
        IgnoreRules rules;
        rules.add(pattern);
        return rules.ignores_or_above(path);
    });
}

fs::path absolute_from(fs::path const& folder, std::string const& path) {
    return (fs::path(path).is_absolute() ? fs::path(path) : folder / path).lexically_normal();
}

/// The settings, and for each field the path of the value that made it ("overrides[1].release").
struct Resolved {
    LintSettings settings;
    std::map<std::string, std::string> from;
};

Resolved resolve(LintConfiguration const* configuration, fs::path const& path) {
    Resolved made;
    if (configuration == nullptr) return made;
    auto& settings = made.settings;
    auto const& all = *configuration;
    auto const guides = [&](std::vector<std::string> const& written) {
        settings.guides.clear();
        for (auto const& guide : written) settings.guides.push_back(absolute_from(all.folder, guide));
    };
    settings.release = all.release;
    guides(all.guides);
    settings.partner = all.partner;
    settings.configuration = all.configuration.empty() ? all.folder : absolute_from(all.folder, all.configuration);
    settings.treat = all.treat;
    settings.strict = all.strict;
    settings.max_findings = all.max_findings;
    auto const relative = path.lexically_relative(all.folder).generic_string();
    for (std::size_t i = 0; i < all.overrides.size(); ++i) {
        auto const& one = all.overrides[i];
        if (!is_for(one, relative)) continue;
        auto const at = fmt::format("overrides[{}].", i);
        if (!one.release.empty()) settings.release = one.release, made.from["release"] = at + "release";
        if (!one.guides.empty()) guides(one.guides), made.from["guides"] = at + "guides";
        if (!one.partner.empty()) settings.partner = one.partner, made.from["partner"] = at + "partner";
        if (one.treat.empty()) continue;
        settings.treat.insert(settings.treat.end(), one.treat.begin(), one.treat.end());
        made.from["treat"] = at + "treat";
    }
    return made;
}

} // namespace

Declaration const& lint_declaration() {
    static Declaration const declaration = make_lint();
    return declaration;
}

std::expected<LintConfiguration, Diagnostics> load_lint_configuration(fs::path const& file) {
    Diagnostics findings;
    auto text = read_file(file, limits::configuration_bytes);
    if (!text) {
        auto finding = make_diagnostic("PARTNER-0002", text.error().message, "make it readable, or lint with --no-settings");
        finding.place.file = file.string();
        return std::unexpected(Diagnostics{std::move(finding)});
    }
    auto const source = std::make_shared<TextSource const>(TextSource{file.string(), std::move(*text)});
    auto const tree = parse_yaml(*source, findings);
    if (tree && tree->kind != TreeNode::Kind::mapping && tree->kind != TreeNode::Kind::empty)
        findings.push_back(diagnostic_at(*source, tree->mark, "PARTNER-0005", "the file holds a list or a single value; settings were expected", "write 'name: value' lines"));
    if (!tree || has_errors(findings)) return std::unexpected(std::move(findings));
    LintConfiguration made;
    made.file = fs::absolute(file).lexically_normal();
    made.folder = made.file.parent_path();
    Origins origins;
    Reader reader{source, made.folder, "", true, origins, findings};
    read_object(lint_declaration(), &made, *tree, reader, "");
    if (has_errors(findings)) return std::unexpected(std::move(findings));
    collect_effective(lint_declaration(), &made, origins, "", made.effective);
    return made;
}

LintSettings lint_settings(LintConfiguration const* configuration, fs::path const& path) {
    return resolve(configuration, path).settings;
}

std::vector<EffectiveValue> explain_lint_settings(LintConfiguration const* configuration, fs::path const& path) {
    auto const made = resolve(configuration, path);
    LintConfiguration const none;
    std::vector<EffectiveValue> defaults;
    if (configuration == nullptr) collect_effective(lint_declaration(), &none, {}, "", defaults);
    auto const& values = configuration == nullptr ? defaults : configuration->effective;
    auto const& settings = made.settings;
    auto const texts = [](auto const& paths) {
        std::vector<std::string> all;
        for (auto const& one : paths) all.push_back(one.string());
        return fmt::format("{}", fmt::join(all, ", "));
    };
    std::vector<EffectiveValue> shown;
    for (auto const& value : values) {
        if (value.path.starts_with("overrides")) continue;
        auto made_value = value;
        if (value.path == "release") made_value.value = settings.release;
        if (value.path == "guides") made_value.value = texts(settings.guides);
        if (value.path == "partner") made_value.value = settings.partner;
        if (value.path == "treat") made_value.value = fmt::format("{}", fmt::join(settings.treat, ", "));
        if (value.path == "configuration" && configuration != nullptr) made_value.value = settings.configuration.string();
        if (auto const from = made.from.find(value.path); from != made.from.end())
            if (auto const origin = std::ranges::find(values, from->second, &EffectiveValue::path); origin != values.end()) made_value.source = origin->source + " (override)";
        shown.push_back(std::move(made_value));
    }
    return shown;
}

LintConfigurations::Found LintConfigurations::named(fs::path const& file, Diagnostics& findings) {
    auto const path = fs::absolute(file).lexically_normal();
    auto known = files_.find(path);
    if (known == files_.end()) {
        auto loaded = load_lint_configuration(file);
        if (loaded) known = files_.emplace(path, std::make_unique<LintConfiguration>(*std::move(loaded))).first;
        else {
            std::ranges::copy(loaded.error(), std::back_inserter(findings));
            known = files_.emplace(path, std::unexpected(std::move(loaded.error()))).first;
        }
    }
    if (!known->second) return {nullptr, true};
    return {known->second->get(), false};
}

LintConfigurations::Found LintConfigurations::above(fs::path const& folder, Diagnostics& findings) {
    if (auto const known = folders_.find(folder); known != folders_.end()) return known->second;
    std::error_code error;
    auto const file = folder / lint_file_name;
    Found found;
    // exists() also says no where the folder may not be looked into: then there is none.
    if (fs::exists(file, error)) found = named(file, findings);
    else if (folder.has_parent_path() && folder.parent_path() != folder) found = above(folder.parent_path(), findings);
    folders_.emplace(folder, found);
    return found;
}

} // namespace wharf::partner
