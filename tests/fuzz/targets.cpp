#include "tests/fuzz/targets.hpp"

#include "base/decimal.hpp"
#include "diagnostic/render.hpp"
#include "grammar/grammar_folder.hpp"
#include "grammar/grammar_line.hpp"
#include "grammar/grammar_release.hpp"
#include "grammar/guide_pattern.hpp"
#include "grammar/lint.hpp"
#include "syntax/json/value.hpp"
#include "syntax/x12/reader.hpp"
#include "syntax/x12/writer.hpp"
#include "translator/map_parser.hpp"

#include <algorithm>
#include <string>

namespace wharf::fuzz {
namespace {

wharf::grammar::SchemaCache& schemas() {
    static wharf::grammar::SchemaCache cache(wharf::grammar::Grammars::open().value());
    return cache;
}

wharf::grammar::ReleaseTable const& releases() {
    static auto const table = [] {
        wharf::grammar::ReleaseTable made;
        for (auto const* id : {"003040", "004010", "004030", "005010"})
            require(made.add({id, "00401", 3}), "releases in order can be added");
        return made;
    }();
    return table;
}

std::string_view next_line(std::string_view& rest) {
    auto const end = rest.find('\n');
    auto const line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return line;
}

} // namespace

void x12(std::string_view input) {
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
    auto const findings = wharf::grammar::lint(input, "fuzz", schemas()).diagnostics;
    for (auto const& finding : findings)
        require(!finding.place.has_offset || finding.place.offset <= input.size(), "a finding lies inside the file");
    require(findings.empty() == render_text(findings).empty(), "every finding is shown");
    require(json::parse(render_json(findings)).has_value(), "findings as JSON are JSON");
}

void map(std::string_view input) {
    auto const file = translator::parse_map("fuzz.map", input);
    require(file || !file.error().empty(), "a refused map has a reason");
    if (!file) require(!render_text(file.error()).empty(), "the reason is shown");
}

void grammar(std::string_view input) {
    using wharf::grammar::FileKind;
    wharf::grammar::Line line;
    wharf::grammar::LineError error;
    while (!input.empty()) {
        auto const text = next_line(input);
        for (auto const kind : {FileKind::releases, FileKind::envelope, FileKind::set, FileKind::segments,
                                FileKind::elements, FileKind::codes}) {
            error = {};
            bool const parsed = parse_line(kind, text, releases(), line, error);
            require(parsed || (!error.code.empty() && !error.message.empty()), "a refused line has a reason");
            require(parsed || error.column <= text.size() + 1, "the fault lies inside the line");
        }
    }
}

void json(std::string_view input) {
    auto const value = json::parse(input);
    if (!value) {
        require(!value.error().message.empty(), "refused JSON has a reason");
        return;
    }
    auto const again = json::parse(json::to_text(*value));
    require(again && *again == *value, "parse(to_text(v)) == v");
    auto const pretty = json::parse(json::to_pretty_text(*value));
    require(pretty && *pretty == *value, "parse(to_pretty_text(v)) == v");
}

void decimal(std::string_view input) {
    auto const a = Decimal::parse(next_line(input));
    auto const b = Decimal::parse(next_line(input));
    if (!a || !b) return;
    require(Decimal::parse(a->text()) == a, "parse(text(d)) == d");
    require(*a + *b == *b + *a, "a + b == b + a");
    require(*a * *b == *b * *a, "a * b == b * a");
    require((*a <=> *b) == (-*b <=> -*a), "a < b is the same as -b < -a");
    require(*a - *a == Decimal(), "a - a == 0");
    for (unsigned const scale : {0u, 2u, 5u}) {
        require(a->rounded(scale).scale() <= std::max(scale, a->scale()), "rounding does not add decimals");
        if (auto const digits = a->implied_text(scale))
            require(Decimal::implied(*digits, scale) == a, "implied(implied_text(d)) == d");
    }
}

void pattern(std::string_view input) {
    auto const text = next_line(input);
    auto const one = wharf::grammar::Pattern::compile(text);
    if (!one) {
        require(one.error().message.starts_with("byte "), "a mistake in a pattern has a place");
        return;
    }
    auto const value = input.substr(0, 5000);
    auto const matched = (*one)->matches(value);
    if (auto const grouped = wharf::grammar::Pattern::compile("(" + std::string(text) + ")"))
        require((*grouped)->matches(value) == matched, "a group around a pattern changes nothing");
    if (auto const twice = wharf::grammar::Pattern::compile(std::string(text) + "|" + std::string(text)))
        require((*twice)->matches(value) == matched, "an alternative that is the same changes nothing");
}

} // namespace wharf::fuzz
