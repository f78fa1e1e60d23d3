// Formats whose files are trees of names: XML and JSON. The places that a map names in them. Internal to format_xml*,
// format_json* and format_tree.cpp.
#pragma once

#include "translator/format.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wharf::translator {

struct TreePlace {
    PlaceId below = document_place;
    std::string name; // as the file has it: "{urn:x}Total", "@currency", "lines"
    std::string step; // as the map writes it: "p:Total"
    bool each = false;
    ValueFacts facts;
};

class TreeSchema : public FormatSchema {
public:
    TreeSchema();
    std::expected<PlaceId, PlaceFault> place(PlaceId below, NodeStep const& step, PlaceUse use) override;
    ValueFacts const& facts(PlaceId place) const override { return places_[place]->facts; }
    std::string shown(PlaceId place) const override;
    std::string name(PlaceId place) const override { return places_[place]->step; }
    ValueDefaults const& defaults() const override { return defaults_; }
    void order(PlaceId, std::vector<PlaceId>&) const override {}
    Diagnostics finish() override { return {}; }
    std::vector<std::string> unread() const override { return {}; }
    void keep(SourceTree const& tree, std::uint32_t above, std::uint32_t node, std::string& key,
              std::string& json) const override;

    [[nodiscard]] TreePlace const& info(PlaceId place) const { return *places_[place]; }
    /// The place of a name of the file; unnamed_place where the map has none.
    [[nodiscard]] PlaceId find(PlaceId below, std::string_view name) const;
    /// "Order/Total", from the document down, with the numbers of repeated ones.
    [[nodiscard]] std::string path_of(SourceTree const& tree, std::uint32_t node) const;

protected:
    /// The name of a step in the file; a fault where the format has no such steps.
    [[nodiscard]] virtual std::expected<std::string, PlaceFault> file_name(NodeStep const& step) const = 0;
    [[nodiscard]] std::string name_of(SourceTree const& tree, SourceNode const& node) const;

    ValueDefaults defaults_;
    std::vector<std::unique_ptr<TreePlace>> places_;
    std::map<std::pair<PlaceId, std::string>, PlaceId, std::less<>> known_;
};

/// The settings that XML and JSON share: date, time, moment, decimal, codes, indent. What the value must be; empty: it
/// is; "?": there is no such setting.
[[nodiscard]] std::string tree_setting(std::string const& name, std::string const& value, ValueDefaults& defaults);

/// The place of an unnamed node, with its name noted.
[[nodiscard]] PlaceId unnamed_of(SourceTree& tree, std::string_view name);

} // namespace wharf::translator
