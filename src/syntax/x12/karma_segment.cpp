#include "syntax/x12/karma_segment.hpp"

#include <boost/proto/deep_copy.hpp>
#include <boost/spirit/include/karma_char.hpp>
#include <boost/spirit/include/karma_generate.hpp>
#include <boost/spirit/include/karma_operator.hpp>

// Karma reaches the speed of memcpy only with a terminal and a sink that take a whole string_view, used inline: a
// karma::rule, or karma::string over a view, goes character by character and is five times slower.

namespace wharf::x12 {
BOOST_SPIRIT_TERMINAL(bytes)
}

namespace boost::spirit {
template <> struct use_terminal<karma::domain, wharf::x12::tag::bytes> : mpl::true_ {};
namespace traits {
// Otherwise Karma takes a view for a container and copies it to a string for each element.
template <> struct is_container<std::string_view> : mpl::false_ {};
} // namespace traits
} // namespace boost::spirit

namespace wharf::x12 {
namespace {

namespace karma = boost::spirit::karma;

/// An output iterator over a string that takes characters and whole views.
class Sink {
public:
    using iterator_category = std::output_iterator_tag;
    using value_type = void;
    using difference_type = void;
    using pointer = void;
    using reference = void;

    explicit Sink(std::string& out) : out_(&out) {}
    Sink& operator*() { return *this; }
    Sink& operator++() { return *this; }
    Sink& operator++(int) { return *this; }
    Sink& operator=(char c) {
        out_->push_back(c);
        return *this;
    }
    Sink& operator=(std::string_view text) {
        out_->append(text);
        return *this;
    }

private:
    std::string* out_;
};

} // namespace

/// The generator behind `bytes`: one whole view.
struct BytesGenerator : karma::primitive_generator<BytesGenerator> {
    template <class Context, class Unused> struct attribute {
        using type = std::string_view;
    };
    template <class OutputIterator, class Context, class Delimiter, class Attribute>
    static bool generate(OutputIterator& sink, Context&, Delimiter const&, Attribute const& attribute) {
        *sink = attribute;
        ++sink;
        return true;
    }
    template <class Context> boost::spirit::info what(Context const&) const { return boost::spirit::info("bytes"); }
};

} // namespace wharf::x12

namespace boost::spirit::karma {
template <class Modifiers> struct make_primitive<wharf::x12::tag::bytes, Modifiers> {
    using result_type = wharf::x12::BytesGenerator;
    result_type operator()(unused_type, unused_type) const { return {}; }
};
} // namespace boost::spirit::karma

namespace wharf::x12 {

void generate_segment(std::vector<std::string_view> const& fields, Delimiters const& delimiters, std::string& out) {
    // The repetition is a plain loop: Karma's kleene and list buffer their output character by character.
    Sink sink(out);
    karma::generate(sink, bytes, fields.front());
    for (std::size_t i = 1; i < fields.size(); ++i)
        karma::generate(sink, karma::lit(delimiters.element) << bytes, fields[i]);
    karma::generate(sink, karma::lit(delimiters.segment));
}

} // namespace wharf::x12
