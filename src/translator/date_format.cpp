#include "translator/date_format.hpp"

#include "base/date.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t unit_index(char unit) {
    return std::string_view("YMDhms").find(unit);
}

} // namespace

std::optional<DateFormat> DateFormat::parse(std::string_view pattern, Kind kind) {
    DateFormat made;
    made.pattern_ = pattern;
    made.kind_ = kind;
    bool time = kind == Kind::time; // MM is minutes behind the hours
    std::array<bool, 6> seen{};
    for (std::size_t i = 0; i < pattern.size();) {
        auto const rest = pattern.substr(i);
        Part part;
        if (kind != Kind::time && (rest.starts_with("YYYY") || rest.starts_with("CCYY")))
            part = {'Y', 4, {}};
        else if (kind != Kind::time && rest.starts_with("YY"))
            part = {'Y', 2, {}};
        else if (kind != Kind::date && rest.front() == 'H') {
            part = {'h', rest.starts_with("HH") ? 2u : 1u, {}};
            time = true;
        } else if (time && rest.starts_with("MM"))
            part = {'m', 2, {}};
        else if (time && rest.starts_with("SS"))
            part = {'s', 2, {}};
        else if (!time && rest.front() == 'M')
            part = {'M', rest.starts_with("MM") ? 2u : 1u, {}};
        else if (kind != Kind::time && rest.front() == 'D')
            part = {'D', rest.starts_with("DD") ? 2u : 1u, {}};
        else if (is_digit(rest.front()) || (rest.front() >= 'A' && rest.front() <= 'Z' && rest.front() != 'T'))
            return std::nullopt;
        if (part.unit == 0) {
            if (made.parts_.empty() || made.parts_.back().unit != 0) made.parts_.push_back({});
            made.parts_.back().text += rest.front();
            ++i;
            continue;
        }
        auto& known = seen[unit_index(part.unit)];
        // one digit or two can only be told apart where something else follows
        if (known || (!made.parts_.empty() && made.parts_.back().width == 1)) return std::nullopt;
        known = true;
        i += part.width;
        made.parts_.push_back(std::move(part));
    }
    bool const date = seen[0] && seen[1] && seen[2], clock = seen[3] && seen[4];
    made.seconds_ = seen[5];
    if ((kind != Kind::time && !date) || (kind != Kind::date && !clock)) return std::nullopt;
    return made;
}

std::optional<std::string> DateFormat::read(std::string_view text) const {
    std::array<std::string, 6> values;
    for (auto const& part : parts_) {
        if (part.unit == 0) {
            if (!text.starts_with(part.text)) return std::nullopt;
            text.remove_prefix(part.text.size());
            continue;
        }
        std::size_t count = 0;
        while (count < std::max(part.width, 2u) && count < text.size() && is_digit(text[count]))
            ++count;
        if (part.width == 1 ? count == 0 : count != part.width) return std::nullopt;
        auto& value = values[unit_index(part.unit)];
        value = text.substr(0, count);
        if (value.size() == 1) value.insert(0, "0");
        text.remove_prefix(count);
    }
    if (!text.empty()) return std::nullopt;
    std::string out;
    if (kind_ != Kind::time) {
        auto const digits = values[0] + values[1] + values[2];
        if (!is_date(digits)) return std::nullopt;
        out = iso_date(digits);
    }
    if (kind_ != Kind::date) {
        auto const digits = values[3] + values[4] + values[5];
        if (!is_time(digits)) return std::nullopt;
        out += (kind_ == Kind::moment ? "T" : "") + iso_time(digits);
    }
    return out;
}

std::optional<std::string> DateFormat::write(std::string_view iso) const {
    std::array<std::string, 6> values;
    auto rest = iso;
    if (kind_ != Kind::time) {
        if (rest.size() < 10 || rest[4] != '-' || rest[7] != '-') return std::nullopt;
        values[0] = rest.substr(0, 4);
        values[1] = rest.substr(5, 2);
        values[2] = rest.substr(8, 2);
        rest.remove_prefix(10);
        if (kind_ == Kind::moment) {
            if (!rest.starts_with('T')) return std::nullopt;
            rest.remove_prefix(1);
        }
    }
    if (kind_ != Kind::date) {
        if (rest.size() < 5 || rest[2] != ':') return std::nullopt;
        values[3] = rest.substr(0, 2);
        values[4] = rest.substr(3, 2);
        rest.remove_prefix(5);
        if (seconds_) {
            if (rest.size() < 3 || rest[0] != ':') return std::nullopt;
            values[5] = rest.substr(1, 2);
            rest.remove_prefix(3);
        }
    }
    if (!rest.empty()) return std::nullopt;
    std::string out;
    for (auto const& part : parts_) {
        if (part.unit == 0) {
            out += part.text;
            continue;
        }
        std::string_view value = values[unit_index(part.unit)];
        if (part.unit == 'Y' && part.width == 2) value.remove_prefix(2);
        if (part.width == 1 && value.starts_with('0')) value.remove_prefix(1);
        out += value;
    }
    if (read(out) != iso) return std::nullopt; // a year out of the window, no such day
    return out;
}

} // namespace wharf::translator
