#include "base/date.hpp"

#include <algorithm>

namespace wharf {
namespace {

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view digits) {
    int value = 0;
    for (char const c : digits)
        value = value * 10 + (c - '0');
    return value;
}

} // namespace

bool is_date(std::string_view digits) {
    if ((digits.size() != 6 && digits.size() != 8) || !all_digits(digits))
        return false;
    auto const tail = digits.substr(digits.size() - 4);
    int const month = number(tail.substr(0, 2));
    int const day = number(tail.substr(2, 2));
    int year = number(digits.substr(0, digits.size() - 4));
    if (digits.size() == 6)
        year += year >= 50 ? 1900 : 2000;
    if (month < 1 || month > 12 || day < 1)
        return false;
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool is_time(std::string_view digits) {
    if (digits.size() < 4 || digits.size() == 5 || digits.size() > 8 || !all_digits(digits))
        return false;
    if (number(digits.substr(0, 2)) > 23 || number(digits.substr(2, 2)) > 59)
        return false;
    return digits.size() == 4 || number(digits.substr(4, 2)) <= 59;
}

std::string iso_date(std::string_view digits) {
    std::string out;
    if (digits.size() == 6)
        out = number(digits.substr(0, 2)) >= 50 ? "19" : "20";
    out += digits.substr(0, digits.size() - 4);
    auto const tail = digits.substr(digits.size() - 4);
    out += '-';
    out += tail.substr(0, 2);
    out += '-';
    out += tail.substr(2, 2);
    return out;
}

std::string iso_time(std::string_view digits) {
    std::string out(digits.substr(0, 2));
    out += ':';
    out += digits.substr(2, 2);
    if (digits.size() >= 6) {
        out += ':';
        out += digits.substr(4, 2);
    }
    if (digits.size() > 6) {
        out += '.';
        out += digits.substr(6);
    }
    return out;
}

} // namespace wharf
