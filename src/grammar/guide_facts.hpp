// What the grammar says of the places a guide names, and where in its files it says so.
//
// Pure functions over a Dictionary; nothing is kept. Internal to the reading of guides.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/dictionary.hpp"
#include "grammar/guide_rule.hpp"

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wharf::grammar {

/// Something that cannot be found or cannot hold, for whoever knows the place to report.
struct GuideFault {
    std::string code; // GUIDE-00xx
    std::string message;
    std::string help;
};

/// As a row of a guide has it.
[[nodiscard]] constexpr std::string_view use_word(Use use) {
    return use == Use::must ? "M" : use == Use::may ? "O" : "-";
}
/// How often something may stand: "once", "3 times", "any number of times" (0).
[[nodiscard]] std::string count_words(std::uint32_t max);

/// One value: an element, or a component of one.
struct ElementFacts {
    std::string label;     // "REF04-02"
    std::string reference; // data element "127", composite "C040"
    bool mandatory = false;
    ElementDefinition const* definition = nullptr; // nullptr: a composite
    CodeList const* codes = nullptr;               // nullptr: none in the standard
    std::string release;
    [[nodiscard]] bool is_number() const;      // N0 to N9, R
    [[nodiscard]] std::string lengths() const; // "1/30"
};

[[nodiscard]] std::expected<ElementFacts, GuideFault> element_facts(Dictionary const& dictionary,
                                                                    SegmentDefinition const& segment,
                                                                    std::uint8_t element, std::uint8_t component);
/// Of the values of a segment with pairs. `qualifier`: of the elements that say what kind of value it is.
[[nodiscard]] std::expected<ElementFacts, GuideFault> pair_facts(Dictionary const& dictionary,
                                                                 SegmentDefinition const& segment, bool qualifier);

/// Fills in the segment's own qualifier (element 0) and checks the codes. `named`: the segment that named elements were
/// written with.
[[nodiscard]] std::optional<GuideFault> resolve_tests(std::vector<QualifierTest>& tests, Dictionary const& dictionary,
                                                      SegmentDefinition const& segment, Grammars const& grammars,
                                                      bool any_code = false);

/// True when no segment can pass both.
[[nodiscard]] bool disjoint(std::span<QualifierTest const> a, std::span<QualifierTest const> b);
/// True when both let the same segments pass; order of tests and values does not matter.
[[nodiscard]] bool same_tests(std::span<QualifierTest const> a, std::span<QualifierTest const> b);
/// "[ST]", "[A, SAC02=C310]", "[*]"; empty without tests. `key`: the segment's own qualifier.
[[nodiscard]] std::string bracket_text(std::span<QualifierTest const> tests, SegmentDefinition const& segment);

/// "005010 has it", or the nearest code of the list; empty when neither helps.
[[nodiscard]] std::string code_hint(std::string_view code, ElementFacts const& facts, Grammars const& grammars);

/// The grammar's own rows as related places: "element 127 AN 1/80 @005050.. | …" at its line in `elements`.
[[nodiscard]] std::optional<Related> element_row(Grammars const& grammars, std::string_view reference);
[[nodiscard]] std::optional<Related> segment_row(Grammars const& grammars, std::string_view segment,
                                                 std::uint8_t element);
[[nodiscard]] std::optional<Related> set_row(Grammars const& grammars, SetDefinition const& set, SetRow const& row);
[[nodiscard]] std::optional<Related> code_list(Grammars const& grammars, std::string_view element);

} // namespace wharf::grammar
