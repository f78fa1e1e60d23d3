#include "tools/generate/fault.hpp"

#include <algorithm>

namespace wharf::generate {

std::vector<std::string> Faults::split(std::string_view body) const {
    std::vector<std::string> segments;
    while (!body.empty()) {
        auto const end = body.find(segment_);
        segments.emplace_back(body.substr(0, end));
        body.remove_prefix(end + 1);
        while (!body.empty() && body.front() == '\n')
            body.remove_prefix(1);
    }
    return segments;
}

std::string* Faults::first(std::vector<std::string>& segments, std::string_view id) const {
    auto const found = std::ranges::find_if(segments, [&](auto const& segment) {
        return segment.starts_with(id) && segment.size() > id.size() && segment[id.size()] == element_;
    });
    return found == segments.end() ? nullptr : &*found;
}

void Faults::replace_element(std::string& segment, unsigned number, std::string_view value) const {
    std::size_t begin = 0;
    for (unsigned i = 0; i < number; ++i) {
        begin = segment.find(element_, begin);
        if (begin == std::string::npos) return;
        ++begin;
    }
    auto const end = std::min(segment.find(element_, begin), segment.size());
    segment.replace(begin, end - begin, value);
}

int Faults::put(std::string& text, std::size_t body) {
    bool const line_breaks = text.ends_with('\n');
    auto segments = split(std::string_view(text).substr(body));
    auto const change = damage(segments, next_++ % 10);
    text.resize(body);
    for (auto const& segment : segments) {
        text += segment;
        text += segment_;
        if (line_breaks) text += '\n';
    }
    return change;
}

int Faults::damage(std::vector<std::string>& segments, unsigned kind) {
    using namespace std::string_literals;
    auto const inside = segments.begin() + 1 + random_.below(segments.size() - 1);
    switch (kind) {
    case 0: // the segment every set begins with is missing
        segments.erase(segments.begin());
        return -1;
    case 1: // a segment nobody knows
        segments.insert(inside, "QQQ"s + element_ + "1");
        return 1;
    case 2: // the first segment a second time, where it does not belong
        segments.insert(segments.end() - 1, segments.front());
        return 1;
    case 3: // neighbours in the wrong order
        std::swap(segments[0], segments[1]);
        return 0;
    case 4: // a code that is not in the list
        replace_element(*first(segments, "N1"), 1, "Z9Q");
        return 0;
    case 5: // a day that does not exist
        replace_element(*first(segments, "DTM"), 2, "20250230");
        return 0;
    case 6: // too long
        replace_element(*first(segments, "REF"), 2, std::string(60, '7'));
        return 0;
    case 7: // a mandatory element without a value
        replace_element(*first(segments, "N1"), 1, "");
        return 0;
    case 8: // letters in a number
        replace_element(*first(segments, "CTT"), 1, "1O");
        return 0;
    default: // more elements than the segment has
        *first(segments, "CTT") += std::string(9, element_) + "X";
        return 0;
    }
}

} // namespace wharf::generate
