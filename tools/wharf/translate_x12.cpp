#include "tools/wharf/translate_x12.hpp"

#include "base/date.hpp"
#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/not_x12.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace wharf::cli {
namespace {

std::string sent_at(grammar::GroupInfo const& group) {
    if (!is_date(group.date)) return {};
    return is_time(group.time) ? iso_date(group.date) + "T" + iso_time(group.time) : iso_date(group.date);
}

translator::Provenance provenance_of(grammar::Item const& item, std::string const& partner) {
    translator::Provenance source;
    source.partner = partner;
    source.set = item.set.id;
    source.transaction = item.set.control_number;
    if (item.interchange != nullptr) {
        source.test = item.interchange->usage == 'T';
        source.sender_scheme = item.interchange->sender_qualifier;
        source.sender = item.interchange->sender;
        source.receiver_scheme = item.interchange->receiver_qualifier;
        source.receiver = item.interchange->receiver;
        source.interchange = item.interchange->control_number;
    }
    if (item.group != nullptr) {
        source.version = item.group->release;
        source.sender_group = item.group->sender;
        source.receiver_group = item.group->receiver;
        source.group = item.group->control_number;
        source.sent_at = sent_at(*item.group);
    }
    return source;
}

Place place_of(grammar::Item const& item, std::string const& file) {
    Place place;
    place.file = file;
    place.interchange = item.context.interchange;
    place.group = item.context.group;
    place.transaction = item.context.transaction;
    place.transaction_set = item.set.id;
    place.segment_id = "ST";
    place.segment_position = 1;
    if (item.part != nullptr) {
        place.has_offset = true;
        place.offset = item.part->offset;
        place.length = item.part->segments.empty() ? 0 : item.part->segments[0].bytes().size();
    }
    return place;
}

constexpr std::size_t head_bytes = 4096; // enough to say what a file is that is not X12

/// Keeps findings up to the limit; the first error is never lost behind warnings.
void keep(TranslateResult& result, Diagnostics&& findings) {
    for (auto& finding : findings) {
        if (result.diagnostics.size() < limits::findings) {
            result.diagnostics.push_back(std::move(finding));
            continue;
        }
        ++result.suppressed;
        if (finding.severity == Severity::error && !has_errors(result.diagnostics)) result.diagnostics.back() = std::move(finding);
    }
}

void append(Diagnostics& to, Diagnostics const& from) {
    std::ranges::copy(from, std::back_inserter(to));
}

} // namespace

translator::Translator const* X12Translation::find(grammar::Item const& item, std::string const& file,
                                                   Diagnostics& findings) {
    auto const known = known_.find(item.schema.get());
    if (known != known_.end() && known->second != nullptr) return known->second.get();

    auto name = options_.translator;
    if (name.empty() && options_.translator_for) name = options_.translator_for(item.set.id);
    if (name.empty()) name = translators_.for_set(item.set.id);
    if (name.empty()) {
        auto finding =
            make_diagnostic("MAP-0901", fmt::format("there is no translator for transaction set {}", item.set.id),
                            "Name one with --translator, or leave this set out.");
        finding.place = place_of(item, file);
        if (item.part != nullptr && !item.part->segments.empty()) finding.excerpt = item.part->segments[0].bytes();
        findings.push_back(std::move(finding));
        return nullptr;
    }
    auto found = translators_.find(name, item.schema);
    if (!found) {
        if (known == known_.end()) // once; the map is as wrong for the next set
            append(findings, found.error());
        known_.emplace(item.schema.get(), nullptr);
        return nullptr;
    }
    return (known_[item.schema.get()] = *std::move(found)).get();
}

void X12Translation::translate_set(grammar::Item const& item, std::string const& file, TranslateResult& result) {
    ++result.sets;
    if (item.schema == nullptr || item.nodes == nullptr || has_errors(item.findings)) return; // the findings say why
    auto const* translator = find(item, file, result.diagnostics);
    if (translator == nullptr) return;
    translator::SetInput input;
    input.segments = &item.part->segments;
    input.nodes = item.nodes;
    input.context = item.context;
    input.provenance = provenance_of(item, options_.partner);
    json_.clear();
    auto outcome = translator->read(input, json_);
    result.elements += outcome.elements;
    result.extended += outcome.extended;
    if (outcome.held) {
        ++result.held; // for a person: nothing downstream may take it
    } else if (outcome.ok()) {
        ++result.translated;
        if (on_document) on_document(json_);
    }
    keep(result, std::move(outcome.diagnostics));
}

TranslateResult X12Translation::translate(grammar::InterchangeReader reader, std::string const& file_name) {
    TranslateResult result;
    auto const head = std::string(reader.peek().substr(0, head_bytes));
    bool any = false;
    while (reader.next()) {
        auto& item = reader.item();
        any = any || item.kind == grammar::ItemKind::interchange_start;
        if (item.kind == grammar::ItemKind::transaction_set) translate_set(item, file_name, result);
        keep(result, std::move(item.findings));
        item.findings.clear();
    }
    result.trouble = reader.error();
    if (!any && !result.trouble && !has_errors(result.diagnostics)) {
        result.diagnostics.clear(); // whatever the reader made of it
        result.diagnostics.push_back(grammar::not_x12(head, file_name));
    }
    sort_by_offset(result.diagnostics);
    return result;
}

TranslateResult X12Translation::translate(std::string_view text, std::string file_name) {
    return translate(grammar::InterchangeReader(text, file_name, schemas_), file_name);
}

TranslateResult X12Translation::translate(std::unique_ptr<ByteSource> source, std::string file_name) {
    return translate(grammar::InterchangeReader(std::move(source), file_name, schemas_), file_name);
}

} // namespace wharf::cli
