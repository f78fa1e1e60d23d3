// Targets that read our own languages and plain values.
#include "tests/fuzz/targets.hpp"

#include "base/decimal.hpp"
#include "diagnostic/render.hpp"
#include "grammar/grammar_code_list.hpp"
#include "grammar/grammar_file.hpp"
#include "grammar/grammar_line.hpp"
#include "grammar/grammar_release.hpp"
#include "grammar/guide.hpp"
#include "grammar/guide_pattern.hpp"
#include "grammar/sef_import.hpp"
#include "grammar/schema.hpp"
#include "syntax/json/tape.hpp"
#include "syntax/json/value.hpp"
#include "translator/map_parser.hpp"

#include <algorithm>
#include <string>

namespace wharf::fuzz {
namespace {

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

void guide(std::string_view input) {
    using namespace wharf::grammar;
    static auto const grammars = Grammars::open().value();
    auto const read = read_guide(input, "fuzz.guide", {}, *grammars);
    if (!read) {
        require(!read.error().empty(), "a refused guide has a reason");
        require(!render_text(read.error()).empty(), "the reason is shown");
        return;
    }
    require(Schema::compile({*read, &(*read)->narrowed()}).has_value(), "a guide without mistakes can be compiled");
    auto const text = (*read)->effective_text();
    auto const again = read_guide(text, "effective.guide", {}, *grammars);
    require(again.has_value(), "the effective guide is a guide");
    require((*again)->name() == (*read)->name() && (*again)->set_id() == (*read)->set_id(), "the effective guide is the same");
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

void grammar_file(std::string_view input) {
    using namespace wharf::grammar;
    GrammarText const file{"fuzz", input};
    Diagnostics found;
    Problems problems(&found);
    auto const own = read_releases(file, problems);
    auto const& known = own.all().empty() ? releases() : own;
    unsigned const newest = static_cast<unsigned>(known.all().size() - 1);
    auto const lives = [&](ReleaseMask life) { return (life >> newest & 1) != 0; };

    for (auto const& set : {read_set(file, known, problems), read_envelope(file, known, problems)})
        if (lives(set.life)) (void)view_set(set, known, newest);
    for (auto const& block : split_blocks(file)) {
        require(block.text.data() >= input.data() && block.text.data() + block.text.size() <= input.data() + input.size(),
                "a block lies inside the file");
        if (auto const segment = read_segment(block, known, problems); lives(segment.life))
            (void)view_segment(segment, newest);
        if (auto const composite = read_composite(block, known, problems); lives(composite.life))
            (void)view_composite(composite, newest);
        if (auto const element = read_element(block, known, problems); lives(element.life))
            (void)view_element(element, newest);
    }
    (void)read_set_head(file, known);
    auto const codes = read_codes(file, known, problems);
    HashedCodeList const list(file, known, newest);
    for (auto const& [code, meaning] : list.all())
        require(list.find(code).has_value(), "a code that is listed is found");
    require(list.size() <= codes.rows.size(), "a release has no more codes than the file");
    require(problems.count() == found.size(), "every fault is listed");
    for (auto const& fault : found)
        require(!fault.message.empty(), "every fault has a message");
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
    auto const tape = json::Tape::parse(input);
    require(tape && json::Tape::value(tape->root()) == *value, "a tape holds what a value holds");
    auto const of_value = json::Tape::of(*value);
    require(of_value.root() == tape->root(), "a tape of a value is the tape of its text");
    require(json::to_text(tape->root()) == json::to_text(*value), "both are written alike");
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

void sef(std::string_view input) {
    static auto const grammars = *grammar::Grammars::open();
    auto const made = grammar::import_sef(std::string(input), "fuzz.sef", *grammars);
    require(!made.guide.empty() || has_errors(made.report), "what became no guide has an error");
    if (made.guide.empty()) return;
    auto const read = grammar::read_guide(made.guide, made.name + ".guide", {}, *grammars);
    require(read.has_value() || (read.error().size() == 1 && read.error().front().code == "GUIDE-0052"), "an imported guide passes its check");
    require(grammar::import_sef(std::string(input), "fuzz.sef", *grammars).guide == made.guide, "an import is the same every time");
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
