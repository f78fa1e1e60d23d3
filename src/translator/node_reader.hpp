// Reading a tree of nodes: claims into slots (map language §5 and §6), and the tree as the serialiser sees it.
// Internal to node_reader.cpp, node_source.cpp and file_translator.cpp.
#pragma once

#include "translator/format.hpp"
#include "translator/node_plan.hpp"
#include "translator/run.hpp"
#include "translator/source_document.hpp"
#include "translator/source_tree.hpp"

#include <utility>
#include <vector>

namespace wharf::translator {

/// Fills the run's slots from a tree. Diagnostics: MAP-0107 (constants).
void read_nodes(Plan const& plan, SourceTree const& tree, Run& run, Diagnostics& diagnostics);

class NodeSource final : public SourceDocument {
public:
    NodeSource(Plan const& plan, SourceTree const& tree, Run const& run, Provenance const& provenance)
        : SourceDocument(tree.text.data(), provenance), plan_(plan), tree_(tree), run_(run) {}

    Diagnostic at_text(std::uint32_t begin, std::string_view code, std::string message,
                       std::string help) const override;
    Diagnostic at_occurrence(std::uint32_t occurrence, std::string_view external, std::string_view code,
                             std::string message, std::string help) const override;
    void append_kept(std::uint32_t entry, OutBuffer& json, std::uint64_t& fields) const override;
    std::uint32_t next_kept(std::uint32_t entry) const override { return run_.kept_nodes[entry - 1].next; }
    Kept kind_of_kept(std::uint32_t) const override { return Kept::returns; }

private:
    Plan const& plan_;
    SourceTree const& tree_;
    Run const& run_;
    mutable std::vector<std::pair<std::uint32_t, std::uint32_t>> by_text_; // begin, node; made when first asked
};

} // namespace wharf::translator
