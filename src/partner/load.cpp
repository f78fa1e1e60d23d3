#include "partner/configuration.hpp"

#include "base/file.hpp"
#include "diagnostic/registry.hpp"
#include "partner/declarations.hpp"
#include "partner/layers.hpp"
#include "partner/loading.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace wharf::partner {
namespace {

namespace fs = std::filesystem;

/// As a person would name it from where the command was started.
std::string shown(fs::path const& path) {
    return path.lexically_normal().string();
}

void report_file(Diagnostics& findings, fs::path const& path, std::string_view code, std::string message,
                 std::string help) {
    auto finding = make_diagnostic(code, std::move(message), std::move(help));
    finding.place.file = shown(path);
    findings.push_back(std::move(finding));
}

std::shared_ptr<TextSource const> read_source(fs::path const& path, std::string help, Diagnostics& findings) {
    auto text = read_file(path, limits::configuration_bytes);
    if (!text) {
        report_file(findings, path, "PARTNER-0002", text.error().message, std::move(help));
        return nullptr;
    }
    return std::make_shared<TextSource const>(TextSource{shown(path), std::move(*text)});
}

/// The tree of a file that must hold a mapping.
std::optional<TreeNode> read_mapping(TextSource const& source, Diagnostics& findings) {
    auto tree = parse_yaml(source, findings);
    if (!tree) return std::nullopt;
    if (tree->kind == TreeNode::Kind::mapping || tree->kind == TreeNode::Kind::empty) return tree;
    findings.push_back(diagnostic_at(source, tree->mark, "PARTNER-0005",
                                     "the file holds a list or a single value; settings were expected",
                                     "write 'name: value' lines"));
    return std::nullopt;
}

template <class T>
void read_layer(Loaded<T>& loaded, Declaration const& declaration, TreeNode const& node,
                std::shared_ptr<TextSource const> const& source, fs::path const& folder, std::string note,
                bool complete, Diagnostics& findings) {
    Reader reader{source, folder, std::move(note), complete, loaded.origins, findings, {&declaration, &node}};
    read_object(declaration, &loaded.value, node, reader, "");
}

/// Names of the entries of a folder, sorted, so that findings and lists come in the same order everywhere.
std::vector<fs::path> entries_of(fs::path const& folder, std::string help, Diagnostics& findings) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        entries.push_back(entry->path());
    if (error)
        report_file(findings, folder, "PARTNER-0002",
                    fmt::format("cannot read the folder {}: {}", shown(folder), error.message()), std::move(help));
    std::ranges::sort(entries);
    return entries;
}

void load_partners(LoadedConfiguration& loaded, fs::path const& folder, ProfileLayers& layers, Diagnostics& findings) {
    for (auto const& entry : entries_of(folder,
                                        "make the folder, with a folder of its own for each partner, or name another "
                                        "one as 'partners' in wharf.yaml",
                                        findings)) {
        std::error_code ignored;
        if (!fs::is_directory(entry, ignored)) continue; // a README
        auto const file = entry / "profile.yaml";
        auto const name = entry.filename().string();
        if (name.starts_with('.')) continue;
        if (!fs::exists(file, ignored)) {
            report_file(findings, entry, "PARTNER-0027",
                        fmt::format("the folder {} holds no profile.yaml", shown(entry)),
                        "it describes no partner and is passed over; remove it or write its profile.yaml");
            continue;
        }
        if (auto const wrong = check_name(name); !wrong.empty()) {
            report_file(findings, file, "PARTNER-0020",
                        fmt::format("the partner cannot be called '{}': {}", name, wrong), "rename the folder");
            continue;
        }
        auto const source = read_source(file, "make the file readable for this user", findings);
        if (!source) continue;
        auto const tree = read_mapping(*source, findings);
        if (!tree) continue;
        loaded.partners.push_back(layers.read(name, {source, &*tree, {}}));
    }
}

/// Reads each NAME.yaml of a folder into `loaded`. `is_name` gives what is wrong with a name; empty: nothing.
template <class T>
void load_named(std::vector<Loaded<T>>& loaded, fs::path const& folder, fs::path const& base, std::string_view what, std::string_view where,
                Declaration const& declaration, std::string (*is_name)(std::string_view), Diagnostics& findings) {
    for (auto const& file : entries_of(folder, std::string(where), findings)) {
        auto const name = file.stem().string();
        if (file.extension() == ".yml")
            report_file(findings, file, "PARTNER-0027", fmt::format("the file {} is passed over", shown(file)),
                        fmt::format("a {}'s file ends in .yaml; rename it", what));
        if (file.extension() != ".yaml" || name.starts_with('.')) continue;
        if (auto const wrong = is_name(name); !wrong.empty()) {
            report_file(findings, file, "PARTNER-0020", fmt::format("the {} cannot be called '{}': {}", what, name, wrong), "rename the file");
            continue;
        }
        auto const source = read_source(file, "make the file readable for this user", findings);
        if (!source) continue;
        auto const tree = read_mapping(*source, findings);
        if (!tree) continue;
        Loaded<T> one;
        one.source = source;
        one.value.name = name;
        read_layer(one, declaration, *tree, source, base, "", true, findings);
        loaded.push_back(std::move(one));
    }
}

void load_channels(LoadedConfiguration& loaded, fs::path const& folder, fs::path const& base, Diagnostics& findings) {
    load_named(loaded.channels, folder, base, "channel",
               "make the folder, with a file NAME.yaml for each channel, or name another one as 'channels' in wharf.yaml", channel_declaration(),
               check_name, findings);
}

/// The folder may be missing: only what a schedule names must be there.
void load_calendars(LoadedConfiguration& loaded, fs::path const& folder, fs::path const& base, Diagnostics& findings) {
    std::error_code ignored;
    if (!fs::exists(folder, ignored)) return;
    load_named(loaded.calendars, folder, base, "calendar", "make the folder readable for this user", calendar_declaration(),
               [](std::string_view) { return std::string(); }, findings);
}

void make_absolute(fs::path& path, fs::path const& base) {
    if (!path.empty() && path != ":memory:") path = (base / path).lexically_normal();
}

void make_absolute(std::vector<As2Certificate>& certificates, fs::path const& base) {
    for (auto& one : certificates) {
        make_absolute(one.file, base);
        make_absolute(one.private_key, base);
    }
}

void make_absolute(ServerTls& tls, fs::path const& base) {
    make_absolute(tls.certificate, base);
    make_absolute(tls.private_key, base);
}

void make_absolute(As2Channel& as2, fs::path const& base) {
    make_absolute(as2.own_certificates, base);
    make_absolute(as2.partner_certificates, base);
    make_absolute(as2.authorities.file, base);
    for (auto& file : as2.incoming.client_certificates)
        make_absolute(file, base);
    for (As2Http* const http : {&as2.outgoing.http, &as2.incoming.receipt_http})
        for (fs::path* const path : {&http->authorities, &http->client_certificate, &http->client_key})
            make_absolute(*path, base);
}

void make_absolute(ClientTls& tls, fs::path const& base) {
    for (fs::path* const path : {&tls.authorities, &tls.client_certificate, &tls.client_key})
        make_absolute(*path, base);
}

template <class T>
SourceMark mark_of(Loaded<T> const& loaded, std::string const& path) {
    auto const origin = loaded.origin(path);
    return {origin.source->name, origin.mark.line, origin.mark.column};
}

/// For those who look at what the profile names: maps, guides.
void keep_marks(Loaded<PartnerProfile>& profile) {
    profile.value.acknowledgment_mark = mark_of(profile, "acknowledgment.version");
    for (std::size_t i = 0; i < profile.value.cross_references.size(); ++i)
        profile.value.cross_references[i].mark = mark_of(profile, fmt::format("cross_references[{}]", i));
    for (std::size_t i = 0; i < profile.value.documents.size(); ++i) {
        auto& document = profile.value.documents[i];
        document.mark = mark_of(profile, fmt::format("documents[{}]", i));
        document.guide_mark = mark_of(profile, fmt::format("documents[{}].guide", i));
    }
}

/// Of all that may name files.
template <class T>
void keep_marks(Loaded<T> const& loaded, SettingMarks& marks) {
    marks[""] = mark_of(loaded, "");
    for (auto const& [path, origin] : loaded.origins)
        for (std::string_view const part : {"as2", "sftp", "ftps", "https", "listen", "targets"})
            if (origin.source && path.starts_with(part)) marks[path] = {origin.source->name, origin.mark.line, origin.mark.column};
}

/// What an agreement has from its partner, unchanged.
void mark_inherited(std::vector<EffectiveValue>& values) {
    std::map<std::string_view, EffectiveValue const*> by_path;
    for (auto const& value : values)
        by_path.emplace(value.path, &value);
    for (auto& value : values) {
        auto const dot = value.path.find("].");
        if (!value.path.starts_with("documents[") || dot == std::string::npos) continue;
        auto const of_partner = by_path.find(std::string_view(value.path).substr(dot + 2));
        value.inherited = of_partner != by_path.end() && of_partner->second->source == value.source &&
                          of_partner->second->value == value.value;
    }
}

template <class T>
T finished(Loaded<T>& loaded, Declaration const& declaration, bool with_sources) {
    if (with_sources) collect_effective(declaration, &loaded.value, loaded.origins, "", loaded.value.effective);
    return std::move(loaded.value);
}

} // namespace

std::expected<Configuration, Diagnostics> load_configuration(fs::path const& folder_or_file, SecretCheck secrets, Sources sources,
                                                             Certificates certificates) {
    bool const with_sources = sources == Sources::keep;
    Diagnostics findings;
    std::error_code ignored;
    auto const file = fs::is_directory(folder_or_file, ignored) ? folder_or_file / "wharf.yaml" : folder_or_file;
    auto const folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    auto const base = fs::absolute(folder).lexically_normal();

    LoadedConfiguration loaded;
    loaded.gateway.source =
        read_source(file, "start in the folder of wharf.yaml, or say where it is with --config", findings);
    if (!loaded.gateway.source) return std::unexpected(std::move(findings));
    auto const tree = read_mapping(*loaded.gateway.source, findings);
    if (!tree) return std::unexpected(std::move(findings));
    auto& gateway = loaded.gateway.value;
    read_layer(loaded.gateway, gateway_declaration(), *tree, loaded.gateway.source, base, "", true, findings);

    ProfileLayers layers(folder / gateway.templates, base, findings);
    if (auto const* const defaults = tree->find("partner_defaults"); defaults && defaults->kind == TreeNode::Kind::mapping)
        layers.set_defaults({loaded.gateway.source, defaults, "partner_defaults"});
    load_partners(loaded, folder / gateway.partners, layers, findings);
    load_channels(loaded, folder / gateway.channels, base, findings);
    load_calendars(loaded, folder / gateway.calendars, base, findings);
    for (fs::path* const path : {&gateway.store_file, &gateway.partners, &gateway.channels, &gateway.translators, &gateway.guides,
                                 &gateway.templates, &gateway.calendars})
        make_absolute(*path, base);
    for (auto& target : gateway.targets)
        make_absolute(target.ca_file, base);
    for (auto& profile : loaded.partners)
        for (auto& reference : profile.value.cross_references)
            make_absolute(reference.file, base);
    for (auto& channel : loaded.channels) {
        make_absolute(channel.value.folder.root, base);
        make_absolute(channel.value.sftp.private_key, base);
        make_absolute(channel.value.sftp.certificate, base);
        make_absolute(channel.value.sftp.known_hosts, base);
        make_absolute(channel.value.as2, base);
        make_absolute(channel.value.ftps.tls, base);
        make_absolute(channel.value.https.tls, base);
    }
    make_absolute(gateway.listen.tls, base);
    make_absolute(gateway.as2.tls, base);
    make_absolute(gateway.as2.own_certificates, base);

    fill_in(loaded, findings);
    // What a file with errors means is a guess; checks across files would report what nobody wrote.
    if (!has_errors(findings)) {
        check_gateway(loaded, findings);
        check_partners(loaded, findings);
        check_channels(loaded, findings);
        check_as2(loaded, certificates, findings);
        make_timetables(loaded, findings);
        if (secrets != SecretCheck::form) check_secrets(loaded, secrets, findings);
    }
    if (has_errors(findings)) return std::unexpected(std::move(findings));

    Configuration configuration;
    for (auto& profile : loaded.partners) {
        keep_marks(profile);
        configuration.partners.push_back(finished(profile, profile_declaration(), with_sources));
        mark_inherited(configuration.partners.back().effective);
    }
    for (auto& channel : loaded.channels) {
        keep_marks(channel, channel.value.marks);
        configuration.channels.push_back(finished(channel, channel_declaration(), with_sources));
    }
    keep_marks(loaded.gateway, loaded.gateway.value.marks);
    configuration.gateway = finished(loaded.gateway, gateway_declaration(), with_sources);
    configuration.warnings = std::move(findings);
    return configuration;
}

} // namespace wharf::partner
