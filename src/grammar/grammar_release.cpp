#include "grammar/grammar_release.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace wharf::grammar {
namespace {

constexpr std::size_t id_size = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

int number_of(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

} // namespace

bool ReleaseTable::add(Release release) {
    if (releases_.size() == max_releases || (!releases_.empty() && release.id <= releases_.back().id))
        return false;
    releases_.push_back(std::move(release));
    return true;
}

int ReleaseTable::find(std::string_view id) const {
    for (std::size_t i = 0; i < releases_.size(); ++i)
        if (releases_[i].id == id)
            return static_cast<int>(i);
    return -1;
}

ReleaseMask ReleaseTable::mask() const {
    return releases_.size() == max_releases ? every_release : (ReleaseMask{1} << releases_.size()) - 1;
}

ReleaseMatch ReleaseTable::match(std::string_view gs08) const {
    while (!gs08.empty() && !is_name(gs08.front()))
        gs08.remove_prefix(1);
    auto const end_of_digits = std::ranges::find_if_not(gs08, is_digit);
    std::string digits(gs08.begin(), end_of_digits);
    auto const rest = gs08.substr(std::min(digits.size(), id_size));

    ReleaseMatch result;
    result.suffixed = !rest.empty() && is_name(rest.front());
    if (digits.size() == 4) // "4010"
        digits.insert(0, "00");
    else if (digits.size() == 5 && digits.starts_with("00")) // "00401", the form of ISA12
        digits += '0';
    else if (digits.size() == 5) // "04010": a zero is missing
        digits.insert(0, "0");
    digits.resize(std::min(digits.size(), id_size));
    if (find(digits) >= 0) {
        result.release = std::move(digits);
        return result;
    }
    // The nearest by number. Without a number: 004010, which most partners mean.
    result.exact = false;
    int const wanted = digits.size() == id_size ? number_of(digits) : 4010;
    auto const nearest = std::ranges::min_element(
        releases_, {}, [&](Release const& release) { return std::abs(number_of(release.id) - wanted); });
    result.release = nearest->id;
    return result;
}

std::string ReleaseTable::describe(ReleaseMask mask) const {
    std::vector<std::string_view> named;
    for (std::size_t i = 0; i < releases_.size(); ++i)
        if ((mask >> i & 1) != 0)
            named.push_back(releases_[i].id);
    if (named.size() <= 3)
        return fmt::format("{}", fmt::join(named, ", "));
    return fmt::format("{}, {} and {} more", named[0], named[1], named.size() - 2);
}

} // namespace wharf::grammar
