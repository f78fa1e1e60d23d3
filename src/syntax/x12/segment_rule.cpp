#include "syntax/x12/segment_rule.hpp"

#include <boost/spirit/home/x3/auxiliary.hpp>
#include <boost/spirit/home/x3/core.hpp>
#include <boost/spirit/home/x3/directive/with.hpp>
#include <boost/spirit/home/x3/operator.hpp>

#include <algorithm>
#include <functional>

// The input of these parsers is not text but the index of delimiters: an iterator points at the next segment terminator. All
// positions before it are element separators, so that all fields of a segment are one step. Delimiters are run-time data and
// come with the context.

namespace wharf::x12 {
namespace {

namespace x3 = boost::spirit::x3;

struct scan_tag;

template <class Context> SegmentScan& scan_of(Context const& context) { return x3::get<scan_tag>(context).get(); }

/// Where a segment begins: takes nothing of the index, looks at the id only.
struct SegmentStart : x3::parser<SegmentStart> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext const&, Attribute&) const {
        auto& scan = scan_of(context);
        if (!scan.any_segment) {
            if (scan.done || scan.at + 4 > scan.size)
                return false;
            auto const* const text = scan.text + scan.at;
            if (static_cast<unsigned char>(text[0]) <= ' ' || text[0] == scan.delimiters.segment || !is_ordinary_id(text, scan.delimiters))
                return false;
        }
        scan.inside_segment = true;
        return first != last;
    }
};

/// The fields up to the next segment terminator, or the end of the text in its place, with the separators between them.
struct FieldsAndTerminator : x3::parser<FieldsAndTerminator> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const&, RuleContext const&, Attribute&) const {
        if (first == last)
            return false;
        ++first;
        return true;
    }
};

/// One line break behind a terminator: CR, LF or both.
void pass_line_break(std::uint32_t const*& first, std::uint32_t const* last, SegmentScan& scan) {
    auto const behind = scan.at;
    if (scan.text[behind] == '\r')
        ++scan.at;
    if (scan.at < scan.size && scan.text[scan.at] == '\n')
        ++scan.at;
    if (scan.at == behind)
        return;
    // Where the terminator is a line break, the second one ends an empty segment.
    for (; first != last && scan.positions[*first] < scan.at; ++first)
        scan.next = *first + 1;
    while (first != last && scan.next < *first && scan.positions[scan.next] < scan.at)
        ++scan.next;
}

/// Notes the segment whose terminator was just taken.
template <class Subject> struct Noted : x3::unary_parser<Subject, Noted<Subject>> {
    using base_type = x3::unary_parser<Subject, Noted<Subject>>;
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    explicit constexpr Noted(Subject const& wrapped) : base_type(wrapped) {}

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext const& rule_context, Attribute& attribute) const {
        if (!this->subject.parse(first, last, context, rule_context, attribute))
            return false;
        auto& scan = scan_of(context);
        auto const end = first[-1];
        scan.segments->push_back({scan.at, scan.next, end + 1 - scan.next});
        scan.next = end + 1;
        scan.inside_segment = false;
        scan.any_segment = false;
        scan.done = scan.single;
        auto const behind = std::min(scan.positions[end] + 1, scan.size);
        scan.at = behind;
        if (behind < scan.size && static_cast<unsigned char>(scan.text[behind]) <= '\r')
            pass_line_break(first, last, scan);
        return true;
    }
};

constexpr SegmentStart segment_start{};
constexpr FieldsAndTerminator fields_and_terminator{};
template <class Parser> constexpr auto noted(Parser const& parser) { return Noted<Parser>(parser); }

auto const segments = *noted(segment_start >> fields_and_terminator);

} // namespace

void parse_segments(std::uint32_t const*& terminator, std::uint32_t const* last, SegmentScan& scan) {
    (void)x3::parse(terminator, last, x3::with<scan_tag>(std::ref(scan))[segments]);
}

} // namespace wharf::x12
