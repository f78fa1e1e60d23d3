// What Karma lacks: a terminal and a sink that take a whole string_view, used inline. A karma::rule, or karma::string over a view, goes
// character by character and is five times slower. Included by the sources that write with Karma, never by a header.
//
//     Sink sink(at);                                         // char*& at: the room was made before
//     karma::generate(sink, karma::lit('*') << view, text);
#pragma once

#include <boost/proto/deep_copy.hpp>
#include <boost/spirit/include/karma_char.hpp>
#include <boost/spirit/include/karma_generate.hpp>
#include <boost/spirit/include/karma_operator.hpp>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <string_view>

namespace wharf::karma_view {
BOOST_SPIRIT_TERMINAL(view)
}

namespace boost::spirit {
template <> struct use_terminal<karma::domain, wharf::karma_view::tag::view> : mpl::true_ {};
namespace traits {
// Otherwise Karma takes a view for a container and copies it to a string for each value.
template <> struct is_container<std::string_view> : mpl::false_ {};
} // namespace traits
} // namespace boost::spirit

namespace wharf::karma_view {

namespace karma = boost::spirit::karma;

/// memcpy without its call: values are short.
inline char* copy(char* to, char const* from, std::size_t size) {
    if (size >= 8) {
        if (size > 16) {
            std::memcpy(to, from, size);
            return to + size;
        }
        std::memcpy(to, from, 8);
        std::memcpy(to + size - 8, from + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(to, from, 4);
        std::memcpy(to + size - 4, from + size - 4, 4);
    } else if (size != 0) {
        to[0] = from[0];
        to[size / 2] = from[size / 2];
        to[size - 1] = from[size - 1];
    }
    return to + size;
}

/// An output iterator that takes characters and whole views.
class Sink {
public:
    using iterator_category = std::output_iterator_tag;
    using value_type = void;
    using difference_type = void;
    using pointer = void;
    using reference = void;

    explicit Sink(char*& at) : at_(&at) {}
    Sink& operator*() { return *this; }
    Sink& operator++() { return *this; }
    Sink& operator++(int) { return *this; }
    Sink& operator=(char c) {
        *(*at_)++ = c;
        return *this;
    }
    Sink& operator=(std::string_view text) {
        *at_ = copy(*at_, text.data(), text.size());
        return *this;
    }

private:
    char** at_;
};

/// The generator behind `view`: one whole view.
struct ViewGenerator : karma::primitive_generator<ViewGenerator> {
    template <class Context, class Unused> struct attribute {
        using type = std::string_view;
    };
    template <class OutputIterator, class Context, class Delimiter, class Attribute>
    static bool generate(OutputIterator& sink, Context&, Delimiter const&, Attribute const& attribute) {
        *sink = attribute;
        ++sink;
        return true;
    }
    template <class Context> boost::spirit::info what(Context const&) const { return boost::spirit::info("view"); }
};

} // namespace wharf::karma_view

namespace boost::spirit::karma {
template <class Modifiers> struct make_primitive<wharf::karma_view::tag::view, Modifiers> {
    using result_type = wharf::karma_view::ViewGenerator;
    result_type operator()(unused_type, unused_type) const { return {}; }
};
} // namespace boost::spirit::karma
