#include "partner/layers.hpp"

#include "base/file.hpp"
#include "base/nearest.hpp"
#include "partner/declarations.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <system_error>

namespace wharf::partner {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_templates = 8; // one on the other

/// The settings of a profile that each of its documents may change: those of PartnerProfile::add_document.
constexpr std::array<std::string_view, 7> shared_settings = {"channel",  "file_name",      "envelope",  "findings",
                                                             "acknowledgment", "duplicates", "texts"};

std::string text_of(TreeNode const& node, std::string_view key) {
    auto const* const found = node.find(key);
    return found && found->kind == TreeNode::Kind::scalar ? found->text : std::string();
}

/// What makes entries of several layers one: the set, the direction and the format.
std::string key_of(TreeNode const& entry) {
    auto set = text_of(entry, "set");
    if (set.empty()) set = set_of_document(text_of(entry, "document"));
    auto const format = text_of(entry, "format");
    return fmt::format("{} {} {}", set, text_of(entry, "direction"), format.empty() ? "x12" : format);
}

struct Entry {
    std::string key;
    std::vector<std::pair<Layer const*, TreeNode const*>> parts; // lowest layer first
};

/// `documents` of all layers, in the order in which they first stand. Two of one layer stay two, and are reported later.
std::vector<Entry> entries_of(std::vector<Layer> const& layers) {
    std::vector<Entry> entries;
    for (auto const& layer : layers) {
        auto const* const list = layer.node->find("documents");
        if (!list || list->kind != TreeNode::Kind::list) continue;
        for (auto const& item : list->items) {
            if (item.kind != TreeNode::Kind::mapping) continue;
            auto key = key_of(item);
            auto const known = std::ranges::find_if(
                entries, [&](Entry const& entry) { return entry.key == key && entry.parts.back().first != &layer; });
            auto& entry = known != entries.end() ? *known : entries.emplace_back(Entry{std::move(key), {}});
            entry.parts.emplace_back(&layer, &item);
        }
    }
    return entries;
}

/// The places of what a document has from its profile.
void copy_origins(Origins& origins, std::string const& path) {
    Origins copied;
    for (auto const setting : shared_settings)
        for (auto origin = origins.lower_bound(setting); origin != origins.end() && origin->first.starts_with(setting); ++origin) {
            auto const next = origin->first.size() == setting.size() ? '.' : origin->first[setting.size()];
            if (next == '.' || next == '[') copied.emplace(fmt::format("{}.{}", path, origin->first), origin->second);
        }
    origins.merge(copied);
}

} // namespace

void ProfileLayers::read_settings(Loaded<PartnerProfile>& profile, Layer const& layer, bool complete, Diagnostics& findings) const {
    Reader reader{layer.source, base_, layer.note, complete, profile.origins, findings, {&profile_declaration(), layer.node}};
    read_object(profile_declaration(), &profile.value, *layer.node, reader, "");
}

void ProfileLayers::read_documents(Loaded<PartnerProfile>& profile, std::vector<Layer> const& layers, bool complete,
                                   Diagnostics& findings) const {
    auto const& field = *profile_declaration().find("documents");
    Diagnostics told_before; // faults of lower layers were reported when these were read
    for (auto const& layer : layers) {
        auto const* const list = layer.node->find("documents");
        if (!list) continue;
        auto& said = &layer == &layers.back() ? findings : told_before;
        Reader reader{layer.source, base_, layer.note, false, profile.origins, said};
        if (list->kind != TreeNode::Kind::list)
            reader.report(list->mark, "PARTNER-0005", "documents is not a list; a list was expected",
                          "write one entry per line, each with '- ' before it");
        for (auto const& item : list->items)
            if (item.kind != TreeNode::Kind::mapping)
                reader.report(item.mark, "PARTNER-0005", "an entry of documents is not a mapping; a mapping was expected",
                              "write the settings below it, indented, as 'name: value'");
        profile.origins["documents"] = {layer.source, list->mark, layer.note};
    }
    for (auto const& entry : entries_of(layers)) {
        auto const path = fmt::format("documents[{}]", profile.value.documents.size());
        auto& document = profile.value.add_document();
        copy_origins(profile.origins, path);
        for (auto const& part : entry.parts) {
            bool const last = &part == &entry.parts.back();
            Diagnostics said;
            Reader reader{part.first->source, base_, part.first->note, last && complete, profile.origins, said, {&profile_declaration(), part.first->node}};
            read_item(field, &document, *part.second, reader, path);
            bool const own = part.first == &layers.back();
            for (auto& finding : said) // what lacks in all layers together was not reported with any of them
                if (own || finding.code == "PARTNER-0006") findings.push_back(std::move(finding));
        }
    }
}

/// What makes a partner himself is no start for others.
void ProfileLayers::check_start(Layer const& layer, std::string_view what) {
    for (auto const& entry : layer.node->entries)
        if (entry.key == "name" || entry.key == "identifiers" || (entry.key == "template" && layer.note == "partner_defaults"))
            findings_.push_back(diagnostic_at(*layer.source, entry.mark, "PARTNER-0003",
                                              fmt::format("{} has no setting '{}'", what, entry.key),
                                              "every partner has his own; put it into his profile.yaml", entry.key));
}

void ProfileLayers::set_defaults(Layer layer) {
    check_start(layer, "partner_defaults");
    read_settings(defaults_.settings, layer, false, findings_);
    defaults_.layers.push_back(std::move(layer));
    auto trial = defaults_.settings;
    read_documents(trial, defaults_.layers, false, findings_);
}

ProfileLayers::Stack const* ProfileLayers::stack_of(TreeNode const& node, TextSource const& source, std::vector<std::string>& chain) {
    auto const* const name = node.find("template");
    if (!name || name->kind != TreeNode::Kind::scalar || name->text.empty() || !check_name(name->text).empty())
        return &defaults_; // what is no name is reported with the other settings
    return template_named(name->text, name->mark, source, chain);
}

ProfileLayers::Stack const* ProfileLayers::template_named(std::string const& name, Mark mark, TextSource const& source,
                                                          std::vector<std::string>& chain) {
    auto const refuse = [&](std::string message, std::string help) {
        findings_.push_back(diagnostic_at(source, mark, "PARTNER-0034", std::move(message), std::move(help), name));
        return nullptr;
    };
    bool const in_circle = std::ranges::find(chain, name) != chain.end();
    chain.push_back(name);
    if (in_circle || chain.size() > most_templates)
        return refuse(fmt::format("the templates start from each other: {}", fmt::join(chain, ", ")),
                      fmt::format("a template may start from another, at most {} in a row, and never from itself", most_templates));
    if (auto const known = stacks_.find(name); known != stacks_.end()) return known->second ? &*known->second : nullptr;
    auto& place = stacks_[name];
    auto const path = templates_ / (name + ".yaml");
    std::error_code error;
    if (!fs::exists(path, error)) {
        std::vector<std::string> names;
        for (fs::directory_iterator entry(templates_, error), end; !error && entry != end; entry.increment(error))
            if (entry->path().extension() == ".yaml") names.push_back(entry->path().stem().string());
        std::ranges::sort(names);
        auto const nearest = nearest_word(name, names);
        return refuse(fmt::format("there is no template '{}'", name),
                      nearest.empty() ? fmt::format("a template is a file NAME.yaml in {}", templates_.lexically_normal().string())
                                      : fmt::format("did you mean '{}'?", nearest));
    }
    auto text = read_file(path, limits::configuration_bytes);
    if (!text) return refuse(text.error().message, "make the file readable for this user");
    auto& file = files_.emplace_back();
    file.source = std::make_shared<TextSource const>(TextSource{path.lexically_normal().string(), std::move(*text)});
    auto tree = parse_yaml(*file.source, findings_);
    if (tree && tree->kind != TreeNode::Kind::mapping && tree->kind != TreeNode::Kind::empty) {
        findings_.push_back(diagnostic_at(*file.source, tree->mark, "PARTNER-0005",
                                          "the file holds a list or a single value; settings were expected", "write 'name: value' lines"));
        tree.reset();
    }
    if (!tree) return nullptr;
    file.tree = std::move(*tree);
    auto const* const below = stack_of(file.tree, *file.source, chain);
    if (!below) return nullptr;
    Layer layer{file.source, &file.tree, fmt::format("template {}", name)};
    check_start(layer, "a template");
    Stack stack = *below;
    read_settings(stack.settings, layer, false, findings_);
    stack.layers.push_back(std::move(layer));
    auto trial = stack.settings;
    read_documents(trial, stack.layers, false, findings_);
    place = std::move(stack);
    return &*place;
}

Loaded<PartnerProfile> ProfileLayers::read(std::string const& id, Layer const& own) {
    std::vector<std::string> chain;
    auto const* start = stack_of(*own.node, *own.source, chain);
    if (!start) start = &defaults_;
    auto profile = start->settings;
    profile.source = own.source;
    profile.value.id = id;
    read_settings(profile, own, true, findings_);
    auto layers = start->layers;
    layers.push_back(own);
    read_documents(profile, layers, true, findings_);
    return profile;
}

} // namespace wharf::partner
