#include "translator/format_tree.hpp"

#include "base/limits.hpp"
#include "translator/convert.hpp"
#include "translator/date_format.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

TreeSchema::TreeSchema() {
    defaults_.iso = true;
    places_.push_back(std::make_unique<TreePlace>());
    places_.back()->step = "the document";
}

std::expected<PlaceId, PlaceFault> TreeSchema::place(PlaceId below, NodeStep const& step, PlaceUse use) {
    auto const refuse = [](std::string message) { return std::unexpected(PlaceFault{std::move(message), {}}); };
    if (!step.by.empty()) return refuse("`by` is for files of rows.");
    if (places_[below]->step.starts_with('@')) return refuse("Nothing stands below an attribute.");
    auto name = file_name(step);
    if (!name) return std::unexpected(std::move(name.error()));
    auto const found = known_.find(std::pair(below, *name));
    if (found != known_.end()) {
        if (use == PlaceUse::each) places_[found->second]->each = true;
        return found->second;
    }
    auto made = std::make_unique<TreePlace>();
    made->below = below;
    made->name = *name;
    made->step = step.attribute ? "@" + step.name : step.name;
    made->each = use == PlaceUse::each;
    made->facts.min = 1;
    made->facts.max = limits::csv_field_bytes;
    auto const place = static_cast<PlaceId>(places_.size());
    places_.push_back(std::move(made));
    known_.emplace(std::pair(below, *std::move(name)), place);
    return place;
}

PlaceId TreeSchema::find(PlaceId below, std::string_view name) const {
    if (below >= first_unnamed_place) return unnamed_place;
    auto const found = known_.find(std::pair(below, std::string(name)));
    return found == known_.end() ? unnamed_place : found->second;
}

std::string TreeSchema::shown(PlaceId place) const {
    if (place >= places_.size()) return "a place the map does not name";
    std::string path;
    for (; place != document_place; place = places_[place]->below)
        path = path.empty() ? places_[place]->step : places_[place]->step + "/" + path;
    return path.empty() ? std::string("the document") : path;
}

std::string TreeSchema::name_of(SourceTree const& tree, SourceNode const& node) const {
    return node.place >= first_unnamed_place ? tree.names[node.place - first_unnamed_place] : places_[node.place]->step;
}

std::string TreeSchema::path_of(SourceTree const& tree, std::uint32_t node) const {
    std::string path;
    for (std::uint32_t at = 0; at < node;) {
        auto const& parent = tree.nodes[at];
        auto next = at + 1;
        std::size_t number = 0, same = 0;
        while (next < parent.end && tree.nodes[next].end <= node)
            next = tree.nodes[next].end;
        for (auto other = at + 1; other < parent.end; other = tree.nodes[other].end)
            if (tree.nodes[other].place == tree.nodes[next].place) {
                ++same;
                number += other <= next;
            }
        path += (path.empty() ? "" : "/") + name_of(tree, tree.nodes[next]);
        if (same > 1) path += fmt::format("({})", number);
        at = next;
    }
    return path;
}

/// From the node of the object down: "Total/@currency", "Extrinsic(2)".
void TreeSchema::keep(SourceTree const& tree, std::uint32_t above, std::uint32_t node, std::string& key,
                      std::string& json) const {
    key.clear();
    for (auto at = above; at < node;) {
        auto const& parent = tree.nodes[at];
        auto next = at + 1;
        while (next < parent.end && tree.nodes[next].end <= node)
            next = tree.nodes[next].end;
        std::size_t number = 1;
        for (auto other = at + 1; other < next; other = tree.nodes[other].end)
            number += tree.nodes[other].place == tree.nodes[next].place;
        key += (key.empty() ? "" : "/") + name_of(tree, tree.nodes[next]);
        if (number > 1) key += fmt::format("({})", number);
        at = next;
    }
    append_text(json, right_trimmed(tree.text_of(tree.nodes[node])));
}

PlaceId unnamed_of(SourceTree& tree, std::string_view name) {
    auto found = std::ranges::find(tree.names, name);
    if (found == tree.names.end()) {
        if (tree.names.size() > 10'000) return first_unnamed_place; // names without end: one for all
        found = tree.names.insert(tree.names.end(), std::string(name));
    }
    return first_unnamed_place + static_cast<PlaceId>(found - tree.names.begin());
}

std::string tree_setting(std::string const& name, std::string const& value, ValueDefaults& defaults) {
    if (name == "decimal") {
        defaults.decimal_point = value == "," ? ',' : '.';
        return value == "," || value == "." ? "" : "\",\" or \".\"";
    }
    if (name == "codes") {
        defaults.vocabulary = value;
        return "";
    }
    if (name != "date" && name != "time" && name != "moment") return "?";
    auto const kind = name == "date"   ? DateFormat::Kind::date
                      : name == "time" ? DateFormat::Kind::time
                                       : DateFormat::Kind::moment;
    (name == "date" ? defaults.date_format : name == "time" ? defaults.time_format : defaults.moment_format) = value;
    return DateFormat::parse(value, kind) ? "" : "a form such as DD.MM.YYYY, HH:MM or \"YYYY-MM-DD HH:MM\"";
}

} // namespace wharf::translator
