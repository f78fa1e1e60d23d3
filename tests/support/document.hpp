// A transaction set as tests build and damage it: the texts of its segments, ST to SE, without terminators.
//
// Owns its texts.
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

/// A document's bytes and their segments, as a reader hands them to the validator.
class SetText {
public:
    explicit SetText(Document const& document) {
        block_.owned = joined(document);
        block_.text = block_.owned.data();
        block_.size = block_.owned.size();
        block_.delimiters = document.delimiters;
        block_.index.reset(document.delimiters);
        while (!block_.index.complete())
            block_.index.extend(block_.text, block_.size, true, block_.size);
        std::uint32_t begin = 0;
        std::uint32_t first = 0;
        for (auto const& segment : document.segments) {
            auto const ends = static_cast<std::uint32_t>(split(segment, document.delimiters.element).size());
            block_.segments.push_back({begin, first, ends});
            first += ends;
            begin += static_cast<std::uint32_t>(segment.size()) + 1;
        }
    }
    SetText(SetText const&) = delete;
    SetText& operator=(SetText const&) = delete;

    /// Borrows from this object.
    [[nodiscard]] x12::SegmentList list() const { return {block_, 0, block_.segments.size()}; }

private:
    x12::Block block_;
};

} // namespace wharf::test
