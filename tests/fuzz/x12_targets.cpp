// Targets that read X12.
#include "diagnostic/render.hpp"
#include "grammar/acknowledgment.hpp"
#include "grammar/lint.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/reader.hpp"
#include "syntax/x12/writer.hpp"
#include "tests/fuzz/targets.hpp"

#include <string>
#include <utility>

namespace wharf::fuzz {
namespace {

grammar::SchemaCache& schemas() {
    static grammar::SchemaCache cache(grammar::Grammars::open().value());
    return cache;
}

/// What the acknowledgment is made from: the file as an interchange reader sees it.
std::vector<grammar::GroupVerdict> verdicts(std::string_view input) {
    std::vector<grammar::GroupVerdict> groups;
    grammar::InterchangeReader reader(input, "fuzz", schemas());
    while (reader.next()) {
        auto& item = reader.item();
        if (item.kind == grammar::ItemKind::group_start) {
            groups.push_back({.group = *item.group, .sets = {}, .findings = std::move(item.findings)});
        } else if (item.kind == grammar::ItemKind::transaction_set) {
            require(!groups.empty(), "a set stands inside a group");
            groups.back().sets.push_back({.set = item.set, .findings = std::move(item.findings)});
            if (item.part != nullptr) (void)grammar::read_acknowledgment(item.part->segments);
        } else if (item.kind == grammar::ItemKind::interchange_start) {
            auto const note = grammar::interchange_refusal(item.findings);
            auto const segment = grammar::make_ta1(*item.interchange, note.empty() ? 'A' : 'R', note.empty() ? "000" : note);
            require(segment.id == "TA1" && segment.elements.size() == 5, "a TA1 has five elements");
        }
    }
    return groups;
}

/// The acknowledgment as a file, by the writer.
std::string written(std::vector<x12::OutSegment> const& body, x12::Delimiters const& delimiters) {
    x12::InterchangeHeader header;
    header.sender = {"ZZ", "US", "US"};
    header.receiver = {"ZZ", "THEM", "THEM"};
    header.date6 = "250602";
    header.date8 = "20250602";
    header.time4 = "1403";
    header.control_number = "1";
    header.delimiters = delimiters;
    x12::InterchangeWriter writer(header);
    writer.begin_group({"FA", "1", "X", "004010"});
    require(writer.add_transaction_set("997", "0001", body).has_value(), "a 997 of ours can be written");
    return writer.finish();
}

} // namespace

void reader(std::string_view input) {
    x12::Reader reader(input, "fuzz");
    std::uint64_t end = 0;
    while (reader.next()) {
        auto const& part = reader.part();
        require(part.offset >= end, "parts come in order and do not overlap");
        end = part.offset + part.length;
        require(end <= input.size(), "a part lies inside the text");
        std::string written;
        write_back(part, input, written);
        require(written == input.substr(part.offset, part.length), "write_back gives the bytes that were read");
    }
}

void lint(std::string_view input) {
    auto const findings = grammar::lint(input, "fuzz", schemas()).diagnostics;
    for (auto const& finding : findings)
        require(!finding.place.has_offset || finding.place.offset <= input.size(), "a finding lies inside the file");
    require(findings.empty() == render_text(findings).empty(), "every finding is shown");
    require(json::parse(render_json(findings)).has_value(), "findings as JSON are JSON");
}

void acknowledgment(std::string_view input) {
    for (auto const& group : verdicts(input)) {
        auto const body = grammar::make_997(group, {});
        require(!body.empty() && body.front().id == "AK1" && body.back().id == "AK9", "a 997 is AK1 … AK9");
        auto const text = written(body, {});
        x12::Reader reader(text, "written");
        while (reader.next()) {
            if (reader.part().kind != x12::PartKind::transaction_set) continue;
            auto const read = grammar::read_acknowledgment(reader.part().segments);
            require(group.rejected() || read.sets.size() == group.sets.size(), "the 997 tells of every set of a group it took");
        }
    }
}

} // namespace wharf::fuzz
