// A transaction set as tests build and damage it: the texts of its segments, ST to SE, without terminators.
//
// Owns its texts. The segment list of to_list() borrows from the joined text, which must outlive it.
#pragma once

#include "grammar/schema.hpp"
#include "syntax/x12/segment_list.hpp"

#include <fmt/format.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::test {

struct Document {
    std::shared_ptr<grammar::Schema const> schema;
    x12::Delimiters delimiters;
    std::vector<std::string> segments; // ST*850*0001, …, SE*12*0001
};

[[nodiscard]] inline std::string_view segment_id(std::string_view segment, x12::Delimiters const& delimiters) {
    return segment.substr(0, segment.find(delimiters.element));
}

/// Element 0 is the id.
[[nodiscard]] inline std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto const end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

/// SE01 says how many segments there are; SE02 is left alone.
inline void set_count(Document& document) {
    auto& last = document.segments.back();
    auto const separator = document.delimiters.element;
    auto const parts = split(last, separator);
    if (parts[0] == "SE" && parts.size() == 3)
        last = fmt::format("SE{}{}{}{}", separator, document.segments.size(), separator, std::string(parts[2]));
}

[[nodiscard]] inline std::string joined(Document const& document) {
    std::string text;
    for (auto const& segment : document.segments)
        (text += segment) += document.delimiters.segment;
    return text;
}

/// `text` is joined(document).
[[nodiscard]] inline x12::SegmentList to_list(Document const& document, std::string const& text) {
    x12::SegmentList list;
    list.reset(text.data(), 0, document.delimiters);
    std::uint32_t begin = 0;
    for (auto const& segment : document.segments) {
        auto const first = static_cast<std::uint32_t>(list.ends().size());
        for (std::size_t i = 0; i < segment.size(); ++i)
            if (segment[i] == document.delimiters.element)
                list.mutable_ends().push_back(begin + static_cast<std::uint32_t>(i));
        list.mutable_ends().push_back(begin + static_cast<std::uint32_t>(segment.size()));
        list.mutable_segments().push_back({begin, first, static_cast<std::uint32_t>(list.ends().size()) - first});
        begin += static_cast<std::uint32_t>(segment.size()) + 1;
    }
    return list;
}

} // namespace wharf::test
