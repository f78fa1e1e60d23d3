#include "grammar/sef_file.hpp"

#include <algorithm>
#include <charconv>

namespace wharf::grammar {
namespace {

template <class Value> Value const* with_id(std::vector<Value> const& list, std::string_view wanted) {
    auto const found = std::ranges::find(list, wanted, &Value::id);
    return found == list.end() ? nullptr : &*found;
}

} // namespace

SefSegment const* SefFile::segment(std::string_view wanted) const { return with_id(segments, wanted); }
SefSegment const* SefFile::composite(std::string_view wanted) const { return with_id(composites, wanted); }
SefElement const* SefFile::element(std::string_view wanted) const { return with_id(elements, wanted); }
SefCodes const* SefFile::codes_of(std::string_view element) const {
    auto const found = std::ranges::find(codes, element, &SefCodes::element);
    return found == codes.end() ? nullptr : &*found;
}

bool expand_sef_range(std::string_view first, std::string_view last, std::vector<std::string>& codes) {
    if (first.size() != last.size() || first.empty() || last < first) {
        // "1:10": numbers of different widths without zeros in front.
        auto const plain = [](std::string_view text) { return !text.empty() && text.size() <= 6 && text[0] != '0' && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }); };
        if (!plain(first) || !plain(last) || last.size() < first.size()) return false;
        auto const number_of = [](std::string_view text) {
            unsigned number_value = 0;
            std::from_chars(text.data(), text.data() + text.size(), number_value);
            return number_value;
        };
        if (number_of(last) < number_of(first)) return false;
        for (auto i = number_of(first); i <= number_of(last) && codes.size() <= max_sef_codes; ++i) codes.push_back(std::to_string(i));
        return codes.size() <= max_sef_codes;
    }
    // What the ends share stays; the rest counts up, digit by digit or letter by letter.
    auto const same = static_cast<std::size_t>(std::ranges::mismatch(first, last).in1 - first.begin());
    auto const kind_of = [](char c) { return c >= '0' && c <= '9' ? '0' : c >= 'A' && c <= 'Z' ? 'A' : c >= 'a' && c <= 'z' ? 'a' : ' '; };
    for (auto i = same; i < first.size(); ++i)
        if (kind_of(first[i]) == ' ' || kind_of(first[i]) != kind_of(last[i])) return false;
    std::string next(first);
    for (;;) {
        codes.push_back(next);
        if (next == last) return true;
        if (codes.size() > max_sef_codes) return false;
        for (auto i = next.size();;) {
            if (i-- == same) return false;
            auto const kind = kind_of(next[i]);
            if (next[i] == '9' || next[i] == 'Z' || next[i] == 'z') {
                next[i] = kind;
                continue;
            }
            ++next[i];
            break;
        }
    }
}

} // namespace wharf::grammar
