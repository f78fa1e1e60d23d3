#include "syntax/x12/segment_rule.hpp"

#include <boost/spirit/home/x3/auxiliary.hpp>
#include <boost/spirit/home/x3/core.hpp>
#include <boost/spirit/home/x3/directive/with.hpp>
#include <boost/spirit/home/x3/operator.hpp>

#include <algorithm>
#include <functional>

// The input of these parsers is not text but the index of delimiters: an iterator points at the position of the next
// delimiter, so that a field is one step whatever its length. Delimiters are run-time data and come with the context.

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

/// The bytes up to the next delimiter, and that delimiter, when it is the element separator.
struct SeparatedField : x3::parser<SeparatedField> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext const&, Attribute&) const {
        auto const& scan = scan_of(context);
        if (first == last || *first == scan.size || scan.text[*first] != scan.delimiters.element)
            return false;
        ++first;
        return true;
    }
};

/// The last field with the segment terminator, or the end of the text in its place.
struct TerminatedField : x3::parser<TerminatedField> {
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

/// Notes the segment whose positions were just taken.
template <class Subject> struct Noted : x3::unary_parser<Subject, Noted<Subject>> {
    using base_type = x3::unary_parser<Subject, Noted<Subject>>;
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    explicit constexpr Noted(Subject const& wrapped) : base_type(wrapped) {}

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext const& rule_context, Attribute& attribute) const {
        auto const begin = first;
        if (!this->subject.parse(first, last, context, rule_context, attribute))
            return false;
        auto& scan = scan_of(context);
        scan.segments->push_back({scan.at, static_cast<std::uint32_t>(begin - scan.origin), static_cast<std::uint32_t>(first - begin)});
        scan.inside_segment = false;
        scan.any_segment = false;
        scan.done = scan.single;
        auto const behind = std::min(first[-1] + 1, scan.size);
        scan.at = behind;
        if (behind < scan.size && scan.text[behind] == '\r')
            ++scan.at;
        if (scan.at < scan.size && scan.text[scan.at] == '\n')
            ++scan.at;
        if (scan.at != behind) // where the terminator is a line break, the second one has a position too
            while (first != last && *first < scan.at)
                ++first;
        return true;
    }
};

constexpr SegmentStart segment_start{};
constexpr SeparatedField separated_field{};
constexpr TerminatedField terminated_field{};
template <class Parser> constexpr auto noted(Parser const& parser) { return Noted<Parser>(parser); }

auto const segments = *noted(segment_start >> *separated_field >> terminated_field);

} // namespace

void parse_segments(std::uint32_t const*& position, std::uint32_t const* last, SegmentScan& scan) {
    (void)x3::parse(position, last, x3::with<scan_tag>(std::ref(scan))[segments]);
}

} // namespace wharf::x12
