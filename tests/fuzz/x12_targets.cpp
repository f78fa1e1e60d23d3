// Targets that read X12.
#include "base/byte_source.hpp"
#include "diagnostic/render.hpp"
#include "grammar/acknowledge.hpp"
#include "grammar/acknowledgment.hpp"
#include "grammar/acknowledgment_report.hpp"
#include "grammar/lint.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/block.hpp"
#include "syntax/x12/reader.hpp"
#include "syntax/x12/writer.hpp"
#include "syntax/xml/document.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace wharf::fuzz {
namespace {

grammar::SchemaCache& schemas() {
    static grammar::SchemaCache cache(grammar::Grammars::open().value());
    return cache;
}

/// Gives one to seventeen bytes at a time.
class Drops final : public ByteSource {
public:
    explicit Drops(std::string_view text) : rest_(text) {}
    Result<std::size_t> read(char* to, std::size_t most) override {
        auto const count = std::min({most, rest_.size(), 1 + turn_++ * 7 % 17});
        rest_.copy(to, count);
        rest_.remove_prefix(count);
        return count;
    }

private:
    std::string_view rest_;
    std::size_t turn_ = 0;
};

std::string without_breaks(std::string_view text) {
    std::string joined(text);
    std::erase_if(joined, [](char c) { return c == '\r' || c == '\n'; });
    return joined;
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
            auto const [code, note] = grammar::answer_interchange(item.findings, {});
            auto const segment = grammar::make_ta1(*item.interchange, code, note);
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
    x12::Reader whole(input, "fuzz");
    // The same bytes as a stream that gives few at a time, cut into small blocks.
    x12::ReaderOptions small;
    small.block_bytes = 200;
    x12::Reader stream(std::make_unique<Drops>(input), "fuzz", small);
    std::uint64_t end = 0;
    while (whole.next()) {
        auto const& part = whole.part();
        require(part.offset >= end, "parts come in order and do not overlap");
        end = part.offset + part.length;
        require(end <= input.size(), "a part lies inside the text");
        std::string written;
        write_back(part, input, written);
        auto const bytes = input.substr(part.offset, part.length);
        if (auto const block = whole.block(); block && block->wrapping)
            require(without_breaks(written) == without_breaks(bytes), "write_back gives the bytes that were read, unwrapped");
        else
            require(written == bytes, "write_back gives the bytes that were read");

        require(stream.next(), "a stream has the parts of the text");
        auto const& streamed = stream.part();
        require(streamed.kind == part.kind && streamed.offset == part.offset && streamed.length == part.length &&
                    streamed.terminated == part.terminated && streamed.segment_position == part.segment_position,
                "a part is the same from a stream");
        require(streamed.segments.size() == part.segments.size(), "a part has the same segments from a stream");
        for (std::size_t i = 0; i < part.segments.size(); ++i)
            require(streamed.segments[i].bytes() == part.segments[i].bytes() &&
                        streamed.segments[i].element_count() == part.segments[i].element_count(),
                    "a segment is the same from a stream");
    }
    require(!stream.next(), "a stream has no further parts");
    require(render_text(whole.take_diagnostics()) == render_text(stream.take_diagnostics()),
            "what is wrong with the bytes is the same from a stream");
}

/// Line ends before a byte: LF, CR, CR LF.
std::uint32_t line_of(std::string_view input, std::uint64_t offset) {
    std::uint32_t line = 1;
    for (std::size_t i = 0; i < offset; ++i)
        line += input[i] == '\r' || (input[i] == '\n' && (i == 0 || input[i - 1] != '\r'));
    return line;
}

void reports(Diagnostics const& findings) {
    std::vector<CheckedFile> const files{{.name = "fuzz", .sets = 1}};
    require(json::parse(render_sarif({findings, files})).has_value(), "SARIF is JSON");
    auto const commands = render_github({findings, files});
    require(static_cast<std::size_t>(std::ranges::count(commands, '\n')) == findings.size(), "GitHub's commands are one line each");
    require(xml::parse(render_junit({findings, files})).has_value(), "JUnit is XML");
}

void lint(std::string_view input) {
    auto const findings = grammar::lint(input, "fuzz", schemas()).diagnostics;
    for (auto const& finding : findings) {
        require(!finding.place.has_offset || finding.place.offset <= input.size(), "a finding lies inside the file");
        require(!finding.place.has_offset || input.size() > 4096 || finding.place.line == line_of(input, finding.place.offset), "its line is that of its byte");
    }
    reports(findings);
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

void answer(std::string_view input) {
    // A line of '=' parts the acknowledgment from the file it answers.
    auto const cut = input.find("\n=\n");
    grammar::NamedText const first{input.substr(0, cut), "fuzz.ack"};
    std::optional<grammar::NamedText> original;
    if (cut != std::string_view::npos) original = grammar::NamedText{input.substr(cut + 3), "fuzz.x12"};
    if (auto const report = grammar::explain_acknowledgment(first, original, schemas())) {
        for (auto const& finding : report->findings) {
            auto const size = (finding.place.file == "fuzz.ack" ? first.text : original->text).size();
            require(!finding.place.has_offset || finding.place.offset <= size, "a finding lies inside its file");
        }
        require(report->findings.empty() == render_text(report->findings).empty(), "every finding is shown");
        require(!verdict_lines(*report).empty(), "there is a verdict");
        require(json::parse(report_json(*report)).has_value(), "a report as JSON is JSON");
    }
    grammar::AcknowledgeOptions options;
    options.at = Timestamp(std::chrono::seconds(1'750'000'000));
    auto const made = grammar::acknowledge(original ? original->text : first.text, "fuzz.x12", schemas(), options);
    require(made.has_value(), "every file can be answered");
    if (made->bytes.empty()) return;
    auto const again = grammar::explain_acknowledgment({made->bytes, "fuzz.answer"}, {}, schemas());
    require(again.has_value(), "our own answer can be read");
    require(again->refused == made->refused, "and says what it was meant to say");
}

} // namespace wharf::fuzz
