// A file held in memory for comparison: its sets, and the segments of its envelope. Internal to diff.
#pragma once

#include "linter/difference.hpp"
#include "linter/show_segment.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace wharf::linter {

class DifferenceFile {
public:
    /// An item that has outlived its reader's step, with all that it borrows.
    struct Kept {
        grammar::Item item;
        x12::Part part;
        std::vector<grammar::NodeIndex> nodes;
        std::shared_ptr<x12::Block const> block;
        std::string release; // its words are of this one
        std::string kind;    // of an envelope's segment: ISA, GS, GE, IEA, TA1
    };

    explicit DifferenceFile(grammar::SchemaCache& schemas) : schemas_(schemas) {}
    [[nodiscard]] Result<void> read(std::unique_ptr<ByteSource> source, std::string const& name, grammar::InterchangeReaderOptions const& options);

    [[nodiscard]] std::deque<Kept> const& sets() const { return sets_; }
    [[nodiscard]] std::deque<Kept> const& envelope() const { return envelope_; }
    /// What stands outside any set and is no envelope: data all the same.
    [[nodiscard]] std::deque<Kept> const& strays() const { return strays_; }
    [[nodiscard]] SegmentWords& words(Kept const& kept);

private:
    void keep(grammar::InterchangeReader& reader, std::deque<Kept>& to);

    grammar::SchemaCache& schemas_;
    std::deque<Kept> sets_, envelope_, strays_; // a deque: items point into themselves
    std::map<std::string, SegmentWords> words_;
};

} // namespace wharf::linter
