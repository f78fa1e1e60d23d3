// The layers of a profile put together: defaults, templates, the partner's own file, and for each document what all of them
// say of it. Internal to partner/.
//
// Mappings are merged setting by setting; a list replaces the one of the layer below. `documents` are merged entry by entry:
// entries of several layers with one set and direction are one document. What is said of a document comes before what is
// said of all, in whatever layer it stands.
#pragma once

#include "partner/loading.hpp"

#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wharf::partner {

/// One file's (or part of a file's) settings.
struct Layer {
    std::shared_ptr<TextSource const> source;
    TreeNode const* node = nullptr; // a mapping; outlives the reading
    std::string note;               // "template retailer"; empty: the partner's own file
};

class ProfileLayers {
public:
    /// `templates`: folder of NAME.yaml, read when a profile names one. `base`: what relative paths count from.
    ProfileLayers(std::filesystem::path templates, std::filesystem::path base, Diagnostics& findings)
        : templates_(std::move(templates)), base_(std::move(base)), findings_(findings) {}

    /// partner_defaults of wharf.yaml; once, before any profile. Faults are reported here and not again for each partner.
    void set_defaults(Layer layer);

    /// The profile `id` from its own file. `own.node` may be an empty mapping.
    [[nodiscard]] Loaded<PartnerProfile> read(std::string const& id, Layer const& own);

private:
    struct Stack { // what profiles start from: defaults, and templates one on the other
        Loaded<PartnerProfile> settings; // all but documents
        std::vector<Layer> layers;       // lowest first
    };
    struct Template {
        std::shared_ptr<TextSource const> source;
        TreeNode tree;
    };

    /// nullptr: there is none, or it is wrong; reported.
    Stack const* stack_of(TreeNode const& node, TextSource const& source, std::vector<std::string>& chain);
    Stack const* template_named(std::string const& name, Mark mark, TextSource const& source, std::vector<std::string>& chain);
    void check_start(Layer const& layer, std::string_view what);
    void read_settings(Loaded<PartnerProfile>& profile, Layer const& layer, bool complete, Diagnostics& findings) const;
    void read_documents(Loaded<PartnerProfile>& profile, std::vector<Layer> const& layers, bool complete, Diagnostics& findings) const;

    std::filesystem::path templates_, base_;
    Diagnostics& findings_;
    Stack defaults_;
    std::deque<Template> files_;
    std::map<std::string, std::optional<Stack>> stacks_; // by template; nothing: it cannot be used
};

} // namespace wharf::partner
