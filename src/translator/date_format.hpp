// Dates and times as partners write them: a pattern of YYYY (or CCYY), YY, MM, DD and, for times, HH, MM, SS; everything
// else stands for itself. One letter (D.M.YYYY) is read with one or two digits and written without a leading zero.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::translator {

class DateFormat {
public:
    enum class Kind : unsigned char { date, time, moment };
    /// "DD.MM.YYYY", "HH:MM", "DD.MM.YYYY HH:MM:SS"; nullopt when a part is missing, stands twice or is ambiguous: a
    /// pattern must give back what it read. A two-digit year is 1950 to 2049.
    [[nodiscard]] static std::optional<DateFormat> parse(std::string_view pattern, Kind kind);

    /// "2025-06-02", "14:05[:09]", "2025-06-02T14:05"; nullopt when the text is not of this form or no such day exists.
    [[nodiscard]] std::optional<std::string> read(std::string_view text) const;
    /// The other way. nullopt when the pattern cannot say it: seconds it has no place for, a year out of its window.
    [[nodiscard]] std::optional<std::string> write(std::string_view iso) const;
    [[nodiscard]] std::string const& pattern() const { return pattern_; }

private:
    struct Part {
        char unit = 0;      // Y, M, D, h, m, s; 0: `text` stands for itself
        unsigned width = 0; // 1: one or two digits
        std::string text;
    };
    std::string pattern_;
    Kind kind_ = Kind::date;
    std::vector<Part> parts_;
    bool seconds_ = false;
};

} // namespace wharf::translator
