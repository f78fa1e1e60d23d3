#include "syntax/x12/karma_segment.hpp"

#include <algorithm>
#include <boost/proto/deep_copy.hpp>
#include <boost/spirit/include/karma_char.hpp>
#include <boost/spirit/include/karma_generate.hpp>
#include <boost/spirit/include/karma_operator.hpp>
#include <cstring>

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

/// memcpy without its call: elements are short.
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
        *at_ = copy(*at_, text.data(), text.size());
        return *this;
    }

private:
    char** at_;
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

namespace {

/// Lets `fill` write up to `room` bytes behind `out`; it gives where it stopped.
template <class Fill> void append(std::string& out, std::size_t room, Fill const& fill) {
    auto const before = out.size();
    if (out.capacity() < before + room) // in ever larger steps
        out.reserve(std::max(before + room, 2 * out.capacity()));
    out.resize_and_overwrite(before + room, [&](char* bytes, std::size_t) { return static_cast<std::size_t>(fill(bytes + before) - bytes); });
}

// The repetition is a plain loop: Karma's kleene and list buffer their output character by character.
inline void generate_view(Sink& sink, SegmentView const& segment, std::uint32_t elements, Delimiters const& delimiters) {
    karma::generate(sink, bytes, segment.id());
    for (std::uint32_t k = 1; k <= elements; ++k)
        karma::generate(sink, karma::lit(delimiters.element) << bytes, segment.element(k));
}

} // namespace

void generate_segment(std::vector<std::string_view> const& fields, Delimiters const& delimiters, std::string& out) {
    std::size_t room = fields.size();
    for (auto const field : fields)
        room += field.size();
    append(out, room, [&](char* at) {
        Sink sink(at);
        karma::generate(sink, bytes, fields.front());
        for (std::size_t i = 1; i < fields.size(); ++i)
            karma::generate(sink, karma::lit(delimiters.element) << bytes, fields[i]);
        karma::generate(sink, karma::lit(delimiters.segment));
        return at;
    });
}

void generate_segments(SegmentList const& list, std::size_t first, std::size_t last, std::string_view suffix, std::string& out) {
    if (first >= last)
        return;
    auto const delimiters = list.delimiters();
    auto const room = std::size_t{list[last - 1].end()} - list[first].begin() + (last - first) * (1 + suffix.size());
    append(out, room, [&](char* at) {
        Sink sink(at);
        for (auto i = first; i < last; ++i) {
            auto const segment = list[i];
            auto elements = segment.element_count();
            while (elements > 0 && segment.element(elements).empty())
                --elements;
            generate_view(sink, segment, elements, delimiters);
            karma::generate(sink, karma::lit(delimiters.segment) << bytes, suffix);
        }
        return at;
    });
}

void generate_verbatim(SegmentList const& list, std::string& out) {
    if (list.empty())
        return;
    auto const delimiters = list.delimiters();
    std::string_view const text(list.text(), list.readable());
    auto written = list[0].begin();
    append(out, std::size_t{list.back().end()} - written + 1, [&](char* at) {
        Sink sink(at);
        for (std::size_t i = 0; i < list.size(); ++i) {
            auto const segment = list[i];
            if (segment.begin() != written)
                karma::generate(sink, bytes, text.substr(written, segment.begin() - written));
            generate_view(sink, segment, segment.element_count(), delimiters);
            written = segment.end();
            if (written < text.size() && text[written] == delimiters.segment) {
                karma::generate(sink, karma::lit(delimiters.segment));
                ++written;
            }
        }
        return at;
    });
}

} // namespace wharf::x12
