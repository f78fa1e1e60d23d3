#include "syntax/x12/segment_rule.hpp"

#include <boost/spirit/home/x3/auxiliary.hpp>
#include <boost/spirit/home/x3/core.hpp>
#include <boost/spirit/home/x3/directive/with.hpp>
#include <boost/spirit/home/x3/operator.hpp>

// The input of these parsers is not text but the index of delimiters: an iterator points at the position of the next
// delimiter, so that a field is one step whatever its length. Delimiters are run-time data and come with the context.

namespace wharf::x12 {
namespace {

namespace x3 = boost::spirit::x3;

struct scan_tag;

template <class Context> SegmentScan& scan_of(Context const& context) { return x3::get<scan_tag>(context).get(); }

/// The bytes up to the next delimiter; notes their end and leaves the delimiter to the next parser.
struct Field : x3::parser<Field> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext const&, Attribute&) const {
        if (first == last)
            return false;
        auto& scan = scan_of(context);
        *scan.ends++ = *first + scan.shift;
        return true;
    }
};

struct ElementSeparator : x3::parser<ElementSeparator> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext const&, Attribute&) const {
        auto const& scan = scan_of(context);
        if (first == last || *first == scan.text_end || scan.window[*first] != scan.delimiters.element)
            return false;
        ++first;
        return true;
    }
};

/// The segment terminator, or the end of the text in its place.
struct Terminator : x3::parser<Terminator> {
    using attribute_type = x3::unused_type;
    static bool const has_attribute = false;

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext const&, Attribute&) const {
        auto const& scan = scan_of(context);
        if (first == last || (*first != scan.text_end && scan.window[*first] != scan.delimiters.segment))
            return false;
        ++first;
        return true;
    }
};

constexpr Field field{};
constexpr ElementSeparator element_separator{};
constexpr Terminator terminator{};

auto const segment = field >> *(element_separator >> field) >> terminator;

} // namespace

bool parse_segment(std::uint32_t const*& position, std::uint32_t const* last, SegmentScan& scan) {
    auto* const ends = scan.ends;
    if (x3::parse(position, last, x3::with<scan_tag>(std::ref(scan))[segment]))
        return true;
    scan.ends = ends;
    return false;
}

} // namespace wharf::x12
