#include "syntax/csv/karma_row.hpp"

#include <algorithm>
#include <boost/proto/deep_copy.hpp>
#include <boost/spirit/include/karma_char.hpp>
#include <boost/spirit/include/karma_generate.hpp>
#include <boost/spirit/include/karma_operator.hpp>
#include <cstring>

// A terminal and a sink that take a whole string_view, used inline: anything else goes character by character.

namespace wharf::csv {
BOOST_SPIRIT_TERMINAL(view)
}

namespace boost::spirit {
template <> struct use_terminal<karma::domain, wharf::csv::tag::view> : mpl::true_ {};
namespace traits {
// Otherwise Karma takes a view for a container and copies it to a string for each field.
template <> struct is_container<std::string_view> : mpl::false_ {};
} // namespace traits
} // namespace boost::spirit

namespace wharf::csv {
namespace {

namespace karma = boost::spirit::karma;

/// An output iterator that takes characters and whole views; the room was made before.
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
        if (!text.empty()) std::memcpy(*at_, text.data(), text.size());
        *at_ += text.size();
        return *this;
    }

private:
    char** at_;
};

} // namespace

/// The generator behind `view`.
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

} // namespace wharf::csv

namespace boost::spirit::karma {
template <class Modifiers> struct make_primitive<wharf::csv::tag::view, Modifiers> {
    using result_type = wharf::csv::ViewGenerator;
    result_type operator()(unused_type, unused_type) const { return {}; }
};
} // namespace boost::spirit::karma

namespace wharf::csv {
namespace {

void generate_field(Sink& sink, OutField const& field, Dialect const& dialect) {
    if (field.quoted)
        karma::generate(sink, karma::lit(dialect.quote) << view << karma::lit(dialect.quote), field.text);
    else
        karma::generate(sink, view, field.text);
}

} // namespace

void generate_row(std::span<OutField const> fields, Dialect const& dialect, std::string& out) {
    auto room = fields.size() * 3 + dialect.line_end.size();
    for (auto const& field : fields)
        room += field.text.size();
    auto const before = out.size();
    if (out.capacity() < before + room) out.reserve(std::max(before + room, 2 * out.capacity()));
    out.resize_and_overwrite(before + room, [&](char* bytes, std::size_t) {
        auto* at = bytes + before;
        Sink sink(at);
        if (!fields.empty()) generate_field(sink, fields.front(), dialect);
        for (std::size_t i = 1; i < fields.size(); ++i) { // a plain loop: Karma's list buffers character by character
            karma::generate(sink, karma::lit(dialect.delimiter));
            generate_field(sink, fields[i], dialect);
        }
        karma::generate(sink, view, dialect.line_end);
        return static_cast<std::size_t>(at - bytes);
    });
}

} // namespace wharf::csv
