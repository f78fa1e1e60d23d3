// The elements of one segment in words: names, codes with their meanings, dates written out, qualifiers with what they qualify.
//
// From the grammar alone: an element that the standard calls a qualifier names the one behind it, a unit follows its number, a time
// its date. No element that has a value is left out. One object per release of a file; borrows dictionary and schema. Keeps what it
// has worked out per segment id.
#pragma once

#include "grammar/schema.hpp"
#include "linter/show_model.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wharf::linter {

/// "2 June 2025" for 20250602 and 250602; the digits must pass is_date.
[[nodiscard]] std::string written_date(std::string_view digits);

/// Repetitions of an element, components of a repetition; one part where there is no separator.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// What the grammar says of one element, or component.
struct ElementShape {
    std::string place;            // "N104", "REF04-02"
    std::string name;             // in words
    std::string reference;        // data element or composite
    std::string type;             // "AN"; empty: unknown or a composite
    grammar::CodeList const* codes = nullptr;
    bool is_qualifier = false;    // says what the next element is
    bool is_unit = false;         // says in what the element before is counted
    bool is_count = false;        // follows from the rest
    std::uint8_t implied_decimals = 0;
    std::vector<ElementShape> components;
};

struct SegmentShape {
    std::string id, name;
    std::vector<ElementShape> elements;
    std::vector<std::uint8_t> line;  // ShowWords::line
    std::uint8_t remark = 0, remarked = 0; // ShowWords::aside
    std::uint8_t qualifier = 0;            // SegmentDefinition::key, where it has codes
    std::uint8_t pairs_from = 0, pairs_to = 0;
};

class SegmentWords {
public:
    explicit SegmentWords(std::shared_ptr<grammar::Dictionary const> dictionary) : dictionary_(std::move(dictionary)) {}

    [[nodiscard]] grammar::Dictionary const* dictionary() const { return dictionary_.get(); }
    /// Lives as long as this; of an unknown segment, where there are thousands, until the next call.
    [[nodiscard]] SegmentShape const& shape(std::string_view id);
    /// What the segment says, in order. `from`: the first element looked at.
    [[nodiscard]] std::vector<ShownFact> facts(x12::SegmentView const& segment, x12::Delimiters const& delimiters, std::uint32_t from = 1);
    /// The same without some elements (bit n-1: element n).
    [[nodiscard]] std::vector<ShownFact> facts_without(x12::SegmentView const& segment, x12::Delimiters const& delimiters, std::uint64_t left_out);
    /// One element in words.
    [[nodiscard]] ShownWord word(ElementShape const& element, std::string_view value) const;

private:
    class Reading;
    [[nodiscard]] ElementShape element_shape(grammar::ElementUse const& use, std::string place) const;

    std::shared_ptr<grammar::Dictionary const> dictionary_;
    std::unordered_map<std::string, std::unique_ptr<SegmentShape>> shapes_;
    std::unique_ptr<SegmentShape> unknown_; // the last of too many unknown ones
};

} // namespace wharf::linter
