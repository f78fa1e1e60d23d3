#include "syntax/x12/karma_segment.hpp"

#include "syntax/karma_view.ipp"

#include <algorithm>

namespace wharf::x12 {
namespace {

using namespace karma_view;

/// Lets `fill` write up to `room` bytes behind `out`; it gives where it stopped.
template <class Fill> void append(std::string& out, std::size_t room, Fill const& fill) {
    auto const before = out.size();
    if (out.capacity() < before + room) // in ever larger steps
        out.reserve(std::max(before + room, 2 * out.capacity()));
    out.resize_and_overwrite(before + room, [&](char* bytes, std::size_t) { return static_cast<std::size_t>(fill(bytes + before) - bytes); });
}

// The repetition is a plain loop: Karma's kleene and list buffer their output character by character.
inline void generate_view(Sink& sink, SegmentView const& segment, std::uint32_t elements, Delimiters const& delimiters) {
    karma::generate(sink, view, segment.id());
    for (std::uint32_t k = 1; k <= elements; ++k)
        karma::generate(sink, karma::lit(delimiters.element) << view, segment.element(k));
}

} // namespace

void generate_segment(std::vector<std::string_view> const& fields, Delimiters const& delimiters, std::string& out) {
    std::size_t room = fields.size();
    for (auto const field : fields)
        room += field.size();
    append(out, room, [&](char* at) {
        Sink sink(at);
        karma::generate(sink, view, fields.front());
        for (std::size_t i = 1; i < fields.size(); ++i)
            karma::generate(sink, karma::lit(delimiters.element) << view, fields[i]);
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
            karma::generate(sink, karma::lit(delimiters.segment) << view, suffix);
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
                karma::generate(sink, view, text.substr(written, segment.begin() - written));
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
