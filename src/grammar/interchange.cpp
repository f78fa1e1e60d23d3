#include "grammar/interchange.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "grammar/interchange_state.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::grammar {

InterchangeReaderOptions::InterchangeReaderOptions() : max_findings_per_set(limits::findings) {}

Diagnostic* InterchangeReader::State::add(Diagnostic finding) {
    if (!severities().apply(finding))
        return nullptr;
    return &item.findings.emplace_back(std::move(finding));
}

void InterchangeReader::State::begin(ItemKind kind, bool present) {
    item.kind = kind;
    item.present = present;
    item.part = present ? &reader.part() : nullptr;
    item.interchange = in_interchange ? &interchange : nullptr;
    item.group = in_group ? &group : nullptr;
    item.schema = nullptr;
    item.nodes = nullptr;
    item.sets = 0;
    item.suppressed = 0;
    item.findings.clear();
    if (part_waits) // what its bytes have wrong comes with its own item
        return;
    item.findings = reader.take_diagnostics();
    for (auto& finding : item.findings) {
        if (in_interchange)
            finding.place.interchange = interchange.control_number;
        if (in_group)
            finding.place.group = group.control_number;
    }
    severities().apply(item.findings);
}

Diagnostic InterchangeReader::State::at_offset(std::string_view code, std::uint64_t offset, std::string message, std::string help) {
    auto finding = make_diagnostic(code, std::move(message), std::move(help));
    finding.place.file = file;
    finding.place.offset = offset;
    finding.place.has_offset = true;
    finding.place.interchange = interchange.control_number;
    if (in_group)
        finding.place.group = group.control_number;
    return finding;
}

/// Gives one absent end and returns true, until nothing is open that must be closed before the waiting part.
bool InterchangeReader::State::close_what_is_open(bool whole_interchange) {
    auto const where = at_end ? reader.offset() : reader.part().offset;
    if (in_group) {
        begin(ItemKind::group_end, false);
        item.sets = sets;
        if (group.present) {
            auto finding = at_offset("X12-0120", where, fmt::format("GE is missing: group {} is not closed", group.control_number),
                                     fmt::format("Add GE*{}*{} after the last set of the group.", sets, group.control_number));
            finding.acknowledgment.group = "3";
            add(std::move(finding));
        }
        in_group = false;
        return true;
    }
    if (whole_interchange && in_interchange) {
        begin(ItemKind::interchange_end, false);
        interchange.end = where;
        auto finding = at_offset("X12-0110", where, fmt::format("IEA is missing: interchange {} is not closed", interchange.control_number),
                                 "The file was probably cut off in transfer: ask for it again. Add IEA only when nothing is missing.");
        finding.acknowledgment.interchange = "023";
        add(std::move(finding));
        in_interchange = false;
        return true;
    }
    return false;
}

bool InterchangeReader::State::advance() {
    if (!part_waits && !at_end) {
        at_end = !reader.next();
        part_waits = !at_end;
    }
    if (at_end)
        return close_what_is_open(true);
    using x12::PartKind;
    auto const kind = reader.part().kind;
    bool const outside = kind == PartKind::interchange_start || kind == PartKind::junk;
    if (outside && close_what_is_open(true))
        return true;
    if ((kind == PartKind::interchange_end || kind == PartKind::group_start) && close_what_is_open(false))
        return true;
    if (kind == PartKind::transaction_set && !in_group) { // sets outside a group
        start_group(false);
        return true;
    }
    part_waits = false;
    consume();
    return true;
}

/// Where the separators are of no use all that is found behind ISA comes from them, and has been said.
void InterchangeReader::State::forget_what_follows_from_separators() {
    if (item.interchange == nullptr || item.kind == ItemKind::interchange_start)
        return;
    if (!interchange.doubtful.empty() && item.kind != ItemKind::transaction_set)
        std::erase_if(item.findings, [&](Diagnostic const& finding) { return finding.value.find_first_of(interchange.doubtful) != std::string::npos; });
    if (interchange.readable)
        return;
    item.findings.clear();
    item.suppressed = 0;
}

void InterchangeReader::State::consume() {
    using x12::PartKind;
    switch (reader.part().kind) {
    case PartKind::interchange_start:
        start_interchange();
        break;
    case PartKind::group_start:
        start_group(true);
        break;
    case PartKind::transaction_set:
        transaction_set();
        break;
    case PartKind::group_end:
        end_group();
        break;
    case PartKind::interchange_end:
        end_interchange();
        break;
    case PartKind::service:
        service();
        break;
    case PartKind::stray:
        stray();
        break;
    case PartKind::junk:
        begin(ItemKind::junk, true);
        break;
    }
}

void InterchangeReader::State::transaction_set() {
    ++sets;
    begin(ItemKind::transaction_set, true);
    auto const st = reader.part().segments[0];
    item.set.id = header_field(st.element(1));
    item.set.control_number = header_field(st.element(2));
    item.set.implementation_reference = header_field(st.element(3));
    item.context = {file, interchange.control_number, group.control_number, header_field(st.element(2)),
                    severities().empty() ? nullptr : &severities()};
    for (auto& finding : item.findings) { // of the reader
        finding.place.transaction_set = item.set.id;
        finding.place.transaction = item.set.control_number;
    }
    check_duplicate(set_numbers, 0, item.set.control_number, 2,
                    {"transaction set control number", "group", "Number the sets of a group differently.", "X12-0135",
                     &AcknowledgmentCodes::transaction, "23"});
    if (!options.defer_sets)
        sets_check.run(item);
}

InterchangeReader::InterchangeReader(std::string_view text, std::string file_name, SchemaCache& schemas, InterchangeReaderOptions options)
    : state_(std::make_unique<State>(x12::Reader(text, file_name), file_name, schemas, std::move(options))) {}
InterchangeReader::InterchangeReader(std::unique_ptr<ByteSource> source, std::string file_name, SchemaCache& schemas, InterchangeReaderOptions options)
    : state_(std::make_unique<State>(x12::Reader(std::move(source), file_name), file_name, schemas, std::move(options))) {}
InterchangeReader::~InterchangeReader() = default;
InterchangeReader::InterchangeReader(InterchangeReader&&) noexcept = default;
InterchangeReader& InterchangeReader::operator=(InterchangeReader&&) noexcept = default;

bool InterchangeReader::next() {
    bool const more = state_->advance();
    state_->forget_what_follows_from_separators();
    if (!more) {
        state_->item = {};
        state_->item.findings = state_->reader.take_diagnostics();
        state_->severities().apply(state_->item.findings);
        if (!state_->item.findings.empty()) // a last finding with nothing after it
            return true;
    }
    return more;
}

Item& InterchangeReader::item() { return state_->item; }

std::shared_ptr<x12::Block const> InterchangeReader::block() const { return state_->reader.block(); }

std::string_view InterchangeReader::peek() { return state_->reader.peek(); }

std::optional<Error> const& InterchangeReader::error() const { return state_->reader.error(); }

void InterchangeReader::set_severities(SeverityPolicy severities) { state_->options.severities = std::move(severities); }

void InterchangeReader::set_guides(std::vector<std::shared_ptr<Guide const>> guides) { state_->options.guides = std::move(guides); }

} // namespace wharf::grammar
