// A transaction set as the serialiser sees it: places for messages, and what no line read.
#include "translator/x12_source.hpp"

#include "diagnostic/registry.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {

std::string SetSource::key_of(Extension const& entry) const {
    auto const view = (*input_.segments)[entry.segment];
    if (entry.element == 0) {
        auto const own = fmt::format("{}({})", view.id(), entry.number);
        if (entry.parent >= 0) return key_of(run_.extensions[static_cast<std::size_t>(entry.parent)]) + "/" + own;
        return (entry.scope != nullptr ? entry.scope->prefix : std::string()) + own;
    }
    if (entry.component > 0x100) return fmt::format("{:02}", entry.component - 0x100);
    std::string key;
    if (entry.claim != nullptr)
        key = entry.claim->numbered
                  ? fmt::format("{}{}({})/", entry.scope != nullptr ? entry.scope->prefix : std::string(), view.id(),
                                entry.number)
                  : entry.claim->stem;
    key += fmt::format("{}{:02}", view.id(), entry.element);
    if (entry.component != 0 && entry.component != later_repetitions) key += fmt::format("-{:02}", entry.component);
    return key;
}

void SetSource::append_element(std::string_view text, OutBuffer& json) const {
    text = right_trimmed(text);
    if (repetition_ != '\0' && text.find(repetition_) != text.npos) return append_repeated(text, json);
    if (text.find(separator_) == text.npos) {
        append_text(json, text);
        return;
    }
    json += '[';
    for (;;) {
        auto const end = std::min(text.find(separator_), text.size());
        append_text(json, right_trimmed(text.substr(0, end)));
        if (end == text.size()) break;
        json += ',';
        text.remove_prefix(end + 1);
    }
    json += ']';
}

void SetSource::append_repeated(std::string_view text, OutBuffer& json) const {
    json += "{\"repeated\":[";
    for (;;) {
        auto const end = std::min(text.find(repetition_), text.size());
        append_element(text.substr(0, end), json);
        if (end == text.size()) break;
        json += ',';
        text.remove_prefix(end + 1);
    }
    json += "]}";
}

bool SetSource::blank(Extension const& entry) const {
    auto const view = (*input_.segments)[entry.segment];
    if (entry.element == 0) return false;
    return right_trimmed(view.element(entry.element)).empty();
}

void SetSource::append_kept(std::uint32_t number, OutBuffer& json, std::uint64_t& fields) const {
    auto const& entry = run_.extensions[number - 1];
    auto const view = (*input_.segments)[entry.segment];
    json += ',';
    append_text(json, key_of(entry));
    json += ':';
    if (entry.element != 0) {
        ++fields;
        auto text = view.element(entry.element);
        auto const first = repetition_ == '\0' ? text.npos : text.find(repetition_);
        if (entry.component == later_repetitions)
            append_repeated(text.substr(first + 1), json);
        else if (entry.component != 0 && entry.component < 0x100)
            append_text(json, right_trimmed(component_of(text.substr(0, first), separator_, entry.component)));
        else
            append_element(view.element(entry.element), json);
        return;
    }
    json += '[';
    for (std::uint32_t e = 1; e <= view.element_count(); ++e) {
        if (e > 1) json += ',';
        append_element(view.element(e), json);
        fields += !view.element(e).empty();
    }
    json += ']';
}

SourceDocument::Kept SetSource::kind_of_kept(std::uint32_t number) const {
    auto const& entry = run_.extensions[number - 1];
    if (entry.element == 0 && entry.node == grammar::no_node) return Kept::unplaced;
    return blank(entry) ? Kept::nothing : Kept::returns;
}

std::pair<std::uint32_t, std::uint32_t> SetSource::locate(std::uint32_t begin) const {
    auto const& segments = input_.segments->segments();
    auto const after =
        std::upper_bound(segments.begin(), segments.end(), begin,
                         [](std::uint32_t at, x12::Segment const& segment) { return at < segment.begin; });
    auto const index = static_cast<std::uint32_t>(after - segments.begin() - 1);
    auto const view = (*input_.segments)[index];
    std::uint32_t element = 1;
    while (element < view.element_count() && view.element_begin(element + 1) <= begin)
        ++element;
    return {index, element};
}

Diagnostic SetSource::at_text(std::uint32_t begin, std::string_view code, std::string message, std::string help) const {
    auto const [segment, element] = locate(begin);
    return data_diagnostic(plan_, input_, code, segment, element, std::move(message), std::move(help));
}

Diagnostic SetSource::at_occurrence(std::uint32_t segment, std::string_view external, std::string_view code,
                                    std::string message, std::string help) const {
    // point at the segment it should stand in, where there is one: of "BEG03" the first BEG
    auto const first = external.substr(0, external.find_first_of(" -"));
    auto const segment_id = first.size() > 3 ? first.substr(0, first.size() - 2) : first;
    for (std::size_t i = segment; i < input_.segments->size() && !segment_id.empty(); ++i)
        if ((*input_.segments)[i].id() == segment_id) {
            segment = static_cast<std::uint32_t>(i);
            break;
        }
    return data_diagnostic(plan_, input_, code, segment, 0, std::move(message), std::move(help));
}

std::string_view component_of(std::string_view element, char separator, unsigned number) {
    while (--number > 0) {
        auto const end = element.find(separator);
        if (end == element.npos) return {};
        element.remove_prefix(end + 1);
    }
    return element.substr(0, element.find(separator));
}

Diagnostic data_diagnostic(Plan const& plan, SetInput const& input, std::string_view code, std::uint32_t segment,
                           std::uint32_t element, std::string message, std::string help) {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    auto const view = (*input.segments)[segment];
    auto& place = found.place;
    place.file = input.context.file;
    place.interchange = input.context.interchange;
    place.group = input.context.group;
    place.transaction = input.context.transaction;
    place.transaction_set = plan.schema->set().id;
    place.segment_id = std::string(view.id());
    place.segment_position = segment + 1;
    place.element = element;
    auto const text = element == 0 ? view.bytes() : view.element(element);
    auto const begin = element == 0
                           ? view.begin()
                           : std::min(view.element_begin(std::min(element, view.element_count() + 1)), view.end());
    place.offset = input.segments->base() + begin;
    place.length = text.size();
    place.has_offset = true;
    found.excerpt = std::string(view.bytes());
    found.excerpt_offset = begin - view.begin();
    if (element != 0) found.value = std::string(text);
    if (auto const node = segment < input.nodes->size() ? (*input.nodes)[segment] : grammar::no_node;
        node != grammar::no_node) {
        auto const& row = plan.schema->nodes()[node];
        auto const& rule = plan.schema->segments()[row.segment];
        place.path = plan.schema->path(node);
        if (element != 0) {
            place.path += fmt::format("/{}{:02}", view.id(), element);
            if (element <= rule.elements.size() && rule.elements[element - 1].definition != nullptr) {
                auto const& number = rule.elements[element - 1].definition->number;
                place.element_number = 0;
                for (char const c : number)
                    if (c >= '0' && c <= '9')
                        place.element_number = place.element_number * 10 + static_cast<std::uint32_t>(c - '0');
            }
        }
    }
    return found;
}

} // namespace wharf::translator
