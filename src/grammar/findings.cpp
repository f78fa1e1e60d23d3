#include "grammar/findings.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {
namespace {

constexpr std::size_t longest_excerpt = 400; // of a segment, and of a value: a missing terminator makes either endless
constexpr std::size_t longest_id = 20;       // likewise of a segment id
constexpr std::size_t longest_search = 2000; // segments that are looked at for the one that begins a loop

} // namespace

std::string place_path(Schema const& schema, NodeIndex node, x12::SegmentView const& segment, std::uint32_t element,
                       std::uint32_t component) {
    std::string path = node == no_node ? schema.set().id + "/" + std::string(segment.id().substr(0, longest_id)) : schema.path(node);
    if (node != no_node) {
        auto const key = schema.segments()[schema.nodes()[node].segment].definition->key;
        bool const repeats = schema.nodes()[node].max != 1 && schema.nodes()[node].narrowed->qualifiers.empty(); // else the path has it
        if (repeats && key != 0 && key != element && !segment.element(key).empty() && segment.element(key).size() <= 6)
            path += fmt::format("[{}]", segment.element(key));
    }
    if (element != 0)
        path += fmt::format("/{}{:02}", segment.id(), element);
    if (component != 0)
        path += fmt::format("-{:02}", component);
    return path;
}

Findings::Findings(Schema const& schema, x12::SegmentList const& set, SetContext const& context, std::uint32_t limit,
                   Diagnostics& out)
    : schema_(schema), set_(set), context_(context), limit_(limit), out_(out), start_(out.size()) {}

/// An error is never lost to the limit behind warnings: whether the set is accepted depends on it.
void Findings::add(Diagnostic diagnostic) {
    if (context_.severities != nullptr && !context_.severities->apply(diagnostic))
        return;
    bool const first_error = diagnostic.severity == Severity::error && !has_error_;
    has_error_ = has_error_ || first_error;
    if (out_.size() - start_ < limit_) {
        out_.push_back(std::move(diagnostic));
        return;
    }
    ++suppressed_;
    if (first_error && out_.size() > start_)
        out_.back() = std::move(diagnostic);
}

void Findings::add_if_new(Diagnostic diagnostic) {
    auto const element_of = [](Place const& place) { return std::uint64_t{place.segment_position} << 32 | place.element; };
    for (auto const& one : found().subspan(std::min(looked_at_, found().size())))
        said_of_.insert(element_of(one.place));
    looked_at_ = found().size();
    if (diagnostic.place.element == 0 || !said_of_.contains(element_of(diagnostic.place)))
        add(std::move(diagnostic));
}

bool Findings::is_full() {
    if (!has_error_ || out_.size() - start_ < limit_)
        return false;
    ++suppressed_;
    return true;
}

Diagnostic Findings::at_segment(std::string_view code, std::size_t index, NodeIndex node, std::string message,
                                std::string help) const {
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    auto const segment = set_[index];
    auto& place = diagnostic.place;
    place.file = context_.file;
    place.offset = set_.file_offset(segment.begin());
    place.length = segment.id().size();
    place.has_offset = true;
    place.interchange = context_.interchange;
    place.group = context_.group;
    place.transaction = context_.transaction;
    place.transaction_set = schema_.set().id;
    place.segment_id = segment.id().substr(0, longest_id);
    place.segment_position = static_cast<std::uint32_t>(index + 1);
    place.path = place_path(schema_, node, segment);
    diagnostic.excerpt = segment.bytes().substr(0, longest_excerpt);
    if (node != no_node)
        stand_in_loop(diagnostic, index, schema_.nodes()[node].loop);
    return diagnostic;
}

void Findings::stand_in_loop(Diagnostic& diagnostic, std::size_t index, std::uint16_t loop) const {
    if (loop == 0)
        return;
    auto const& path = schema_.loops()[loop].path;
    diagnostic.place.loop = path.substr(path.find('/') + 1);
    auto const& first = schema_.rule_of(schema_.loops()[loop].first).definition->id;
    for (auto at = index; index - at < longest_search; --at) {
        if (set_[at].id() == first) {
            diagnostic.place.loop_position = static_cast<std::uint32_t>(at + 1);
            if (at != index)
                diagnostic.loop_excerpt = set_[at].bytes().substr(0, longest_excerpt);
            return;
        }
        if (at == 0)
            return;
    }
}

void Findings::at_element(Diagnostic& diagnostic, std::size_t index, std::uint32_t element, std::uint32_t component,
                          std::size_t begin, std::string_view value) const {
    auto const segment = set_[index];
    auto& place = diagnostic.place;
    place.offset = set_.file_offset(begin);
    place.length = value.size();
    place.element = element;
    place.component = component;
    place.path += fmt::format("/{}{:02}", segment.id(), element);
    if (component != 0)
        place.path += fmt::format("-{:02}", component);
    diagnostic.value = value.substr(0, longest_excerpt);
    diagnostic.acknowledgment.segment = "8";
    show_excerpt(diagnostic, segment, begin);
}

void Findings::at_element(Diagnostic& diagnostic, std::size_t index, std::uint32_t element) const {
    auto const segment = set_[index];
    auto const begin = element > segment.element_count() ? segment.end() : segment.element_begin(element);
    at_element(diagnostic, index, element, 0, begin, segment.element(element));
    auto const slot = schema_.find_segment(segment.id());
    if (slot < 0 || element == 0 || element > schema_.segments()[static_cast<std::size_t>(slot)].elements.size())
        return;
    auto const* definition = schema_.segments()[static_cast<std::size_t>(slot)].elements[element - 1].definition;
    diagnostic.place.element_number = definition != nullptr ? static_cast<std::uint32_t>(std::atoi(definition->number.c_str())) : 0;
}

Related Findings::related(std::size_t index, NodeIndex node, std::uint32_t element, std::string message) const {
    auto place = at_segment("X12-0301", index, node, {}, {});
    if (element != 0)
        at_element(place, index, element);
    return {std::move(place.place), std::move(message), false, std::move(place.excerpt), place.excerpt_offset};
}

/// Begins a little before the fault when the segment is long.
void Findings::show_excerpt(Diagnostic& diagnostic, x12::SegmentView const& segment, std::size_t fault) {
    auto const inside = fault - segment.begin();
    auto const cut = inside > longest_excerpt / 2 ? inside - longest_excerpt / 2 : 0;
    diagnostic.excerpt = segment.bytes().substr(cut, longest_excerpt);
    diagnostic.excerpt_offset = static_cast<std::uint32_t>(inside - cut);
}

} // namespace wharf::grammar
