#include "linter/show_parts.hpp"

#include "linter/show_words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace wharf::linter {

ShownFinding shown(Diagnostic const& finding) { return {finding.severity, finding.code, finding.message, finding.help}; }

SetParts::SetParts(grammar::Item const& item, SegmentWords& words) : item_(item), words_(words) {
    tree_.build(item);
    // Counted into place: a set may have as many findings as segments.
    auto const slot_of = [&](Diagnostic const& finding) { // position 0 and beyond: of the set
        auto const position = finding.place.segment_position;
        return position == 0 || position > size() ? size() : position - 1;
    };
    first_finding_.assign(size() + 2, 0);
    for (auto const& finding : item.findings)
        ++first_finding_[slot_of(finding) + 1];
    for (std::size_t i = 1; i < first_finding_.size(); ++i)
        first_finding_[i] += first_finding_[i - 1];
    auto next = first_finding_;
    by_segment_.resize(item.findings.size());
    for (std::uint32_t i = 0; i < item.findings.size(); ++i)
        by_segment_[next[slot_of(item.findings[i])]++] = i;
}

std::vector<ShownFinding> SetParts::findings(std::uint32_t index) const {
    std::vector<ShownFinding> found;
    for (auto i = first_finding_[index]; i < first_finding_[index + 1]; ++i)
        found.push_back(shown(item_.findings[by_segment_[i]]));
    return found;
}

std::vector<ShownFinding> SetParts::findings_of_set() const { return findings(size()); }

grammar::Node const* SetParts::row(std::uint32_t index) const {
    auto const node = tree_.node_of(index);
    return node == grammar::no_node ? nullptr : &item_.schema->nodes()[node];
}

bool SetParts::first_element_is_title(std::uint32_t index) {
    auto const& elements = shape(index).elements;
    return !elements.empty() && ShowWords::get().is_label(elements.front().reference) && !segment(index).element(1).empty();
}

ShownWord SetParts::title(std::uint32_t index) {
    auto const& known = shape(index);
    ShownWord title;
    if (first_element_is_title(index))
        title = words_.word(known.elements.front(), segment(index).element(1));
    else if (auto const ours = ShowWords::get().title(known.id); !ours.empty())
        title.text = ours;
    else
        title.text = known.name.empty() ? fmt::format("Segment {}", known.id) : known.name;
    if (auto const* const at = row(index); at != nullptr && at->narrowed != nullptr && !at->narrowed->name.empty()) {
        if (first_element_is_title(index))
            title.code = segment(index).element(1);
        title.text = at->narrowed->name;
    }
    return title;
}

std::vector<ShownFact> SetParts::facts(std::uint32_t index, bool is_titled) {
    bool const skip = is_titled && first_element_is_title(index);
    return words_.facts(segment(index), item_.part->segments.delimiters(), skip ? 2 : 1);
}

void SetParts::paragraph(std::uint32_t index, unsigned indent, bool begins_loop, std::vector<ShownLine>& lines) {
    auto const titled = begins_loop && first_element_is_title(index);
    auto facts = this->facts(index, titled);
    auto findings = this->findings(index);
    if (!begins_loop && goes_on(index) && !lines.empty() && findings.empty() && lines.back().findings.empty()) {
        std::ranges::move(facts, std::back_inserter(lines.back().facts));
        return;
    }
    ShownLine line;
    line.indent = indent;
    if (titled || facts.size() != 1)
        line.title = title(index);
    line.facts = std::move(facts);
    line.findings = std::move(findings);
    lines.push_back(std::move(line));
}

void SetParts::paragraphs(std::vector<SetTree::Part> const& parts, unsigned indent, std::vector<ShownLine>& lines) {
    for (auto const& part : parts) {
        if (part.is_segment) {
            paragraph(part.index, indent, false, lines);
            continue;
        }
        auto const& child = tree_.occurrences()[part.index];
        if (child.level > 0)
            continue;
        paragraph(child.begin, indent, true, lines);
        auto inside = tree_.parts(part.index);
        inside.erase(inside.begin());
        paragraphs(inside, indent + 1, lines); // as deep as the grammar's loops
    }
}

} // namespace wharf::linter
