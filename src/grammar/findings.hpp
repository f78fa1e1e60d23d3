// Builds the validator's findings: code, message, place, acknowledgment codes. Only reached when something is wrong, so
// it looks again, slowly, and says what. Internal to grammar/.
#pragma once

#include "diagnostic/diagnostic.hpp"
#include "grammar/schema.hpp"
#include "grammar/validator.hpp"
#include "syntax/x12/segment_list.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

namespace wharf::grammar {

enum class Misplaced { late, early, nowhere };

class Findings {
public:
    Findings(Schema const& schema, x12::SegmentList const& set, SetContext const& context, std::uint32_t limit, Diagnostics& out);

    // structure; `index` is the segment in the set
    void unknown_segment(std::size_t index);
    void foreign_segment(std::size_t index);              // known to the release, not used by this set
    /// Has a place in the set, but not here. `other`: the segment it should stand before (late) or after (early).
    /// `other` is the segment it belongs before or after, `near` the row where that one stands. With `last` behind `index`, all
    /// segments to there have no place either: one finding, the others related.
    void misplaced_segment(std::size_t index, Misplaced how, std::size_t other, NodeIndex near = no_node, std::size_t last = 0);
    void missing_row(std::size_t index, NodeIndex row);   // expected before segment `index`
    void too_often(std::size_t index, NodeIndex row);

    // elements
    void missing_element(std::size_t index, NodeIndex node, std::uint32_t element);
    void too_many_elements(std::size_t index, NodeIndex node);
    /// Empty elements end the segment, whether it has them or not.
    void trailing_separators(std::size_t index, NodeIndex node);
    /// Looks again at one element and reports what is wrong with it (nothing, if it is right after all).
    void element(std::size_t index, NodeIndex node, std::uint32_t element);
    void note(std::size_t index, NodeIndex node, NoteRule const& rule, std::uint64_t present);

    // For checks that stand beside the schema (sense, HL trees, rules of guides): they word their own findings.

    /// A finding at a segment: place and excerpt filled in, severity from the registry.
    [[nodiscard]] Diagnostic at_segment(std::string_view code, std::size_t index, NodeIndex node, std::string message,
                                        std::string help) const;
    /// The finding's place moved to one element (component 0: the whole element); `begin` and `value`: where in the list its
    /// bytes begin, and what they are. Sets AK304 to 8.
    void at_element(Diagnostic& diagnostic, std::size_t index, std::uint32_t element, std::uint32_t component,
                    std::size_t begin, std::string_view value) const;
    /// The same for a whole element of the segment; of one that is absent, where it would stand.
    void at_element(Diagnostic& diagnostic, std::size_t index, std::uint32_t element) const;
    /// A related place: a segment or one of its elements.
    [[nodiscard]] Related related(std::size_t index, NodeIndex node, std::uint32_t element, std::string message) const;
    void add(Diagnostic diagnostic);
    /// The same, unless something was found at that element already: a guide and common sense may say one thing twice.
    void add_if_new(Diagnostic diagnostic);
    /// True when a further error would only be counted; counts it then.
    [[nodiscard]] bool is_full();

    /// The findings of the set so far: one fault is said once.
    [[nodiscard]] std::span<Diagnostic const> found() const { return std::span(out_).subspan(start_); }

    [[nodiscard]] std::uint64_t suppressed() const { return suppressed_; }

private:
    /// Where one value stands: an element, one of its repetitions, one component of either.
    struct ValuePlace {
        std::size_t index;
        NodeIndex node;
        std::uint32_t element;
        std::uint32_t component;  // 0: the whole element
        std::uint32_t repetition; // 0: it does not repeat
        std::size_t begin;        // in the list
    };
    struct ComponentMasks {
        std::uint64_t present = 0, reported = 0;
    };
    /// The loop around a place, and the segment that begins it, sought from `index` backwards.
    void stand_in_loop(Diagnostic& diagnostic, std::size_t index, std::uint16_t loop) const;
    static void show_excerpt(Diagnostic& diagnostic, x12::SegmentView const& segment, std::size_t fault);
    void report(ValuePlace const& place, std::string_view value, std::string_view code, std::string_view acknowledged, std::string message,
                std::string help);
    void check_one(ValuePlace const& place, ElementRule const& rule, std::string_view value);
    [[nodiscard]] std::string_view swallowed_segment(std::string_view value, std::size_t line_break) const;
    void check_value(ValuePlace const& place, ElementRule const& rule, std::string_view value);
    void check_composite(ValuePlace const& whole, ElementRule const& rule, std::string_view value);
    void check_component_presence(ValuePlace const& whole, ElementRule const& rule, ComponentMasks masks);
    /// Elements of the segment looked at that were already found missing or wrong: a note that touches one is silent.
    void remember(std::size_t index, std::uint32_t element) {
        reported_ = (reported_index_ == index ? reported_ : 0) | (element > 64 ? 0 : std::uint64_t{1} << (element - 1));
        reported_index_ = index;
    }
    [[nodiscard]] bool is_remembered(std::size_t index, std::uint64_t mask) const { return reported_index_ == index && (reported_ & mask) != 0; }

    Schema const& schema_;
    x12::SegmentList const& set_;
    SetContext const& context_;
    std::uint32_t limit_;
    Diagnostics& out_;
    std::size_t start_;
    std::uint64_t suppressed_ = 0;
    bool has_error_ = false;
    std::size_t swallowing_index_ = ~std::size_t{0}; // a segment that has the next one inside: what follows from that is not told
    std::uint32_t swallowing_element_ = 0;
    std::unordered_set<std::uint64_t> said_of_; // segment and element of the findings before looked_at_; made when add_if_new() is called
    std::size_t looked_at_ = 0;
    std::size_t reported_index_ = ~std::size_t{0};
    std::uint64_t reported_ = 0;
};

/// "N104 Identification Code", "REF04-02 Reference Identification"; the id alone where the segment has no such element.
[[nodiscard]] std::string element_name(SegmentRule const& rule, std::uint32_t element, std::uint32_t component = 0);

/// "PO1/N1[ST]/N104"-like path of an element below its set, with the segment's qualifier when it has one.
[[nodiscard]] std::string place_path(Schema const& schema, NodeIndex node, x12::SegmentView const& segment,
                                     std::uint32_t element = 0, std::uint32_t component = 0);

} // namespace wharf::grammar
