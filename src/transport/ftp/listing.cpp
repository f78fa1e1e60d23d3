#include "transport/ftp/listing.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fmt/format.h>

namespace wharf::transport::ftp {
namespace {

using namespace std::chrono;

constexpr std::string_view digits = "0123456789";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(std::string_view text, std::string_view word) {
    return std::ranges::equal(text, word, {}, lower);
}

template <class T = std::uint64_t> std::optional<T> number(std::string_view text) {
    T value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty() || text.front() == '-')
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> time_of(int y, unsigned m, unsigned d, unsigned h, unsigned min, unsigned s) {
    year_month_day const date{year{y}, month{m}, day{d}};
    if (!date.ok() || y < 1900 || y > 9999 || h > 23 || min > 59 || s > 60)
        return std::nullopt;
    return (sys_days(date) + hours(h) + minutes(min) + seconds(s)).time_since_epoch() / seconds(1);
}

/// The words of a line, one after another, and what is left behind them.
class Words {
public:
    explicit Words(std::string_view line) : rest_(line) {}
    std::string_view next() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
        auto const word = rest_.substr(0, rest_.find(' '));
        rest_.remove_prefix(word.size());
        return word;
    }
    /// Behind exactly one blank: a name may begin with blanks itself.
    [[nodiscard]] std::string_view name() const { return rest_.starts_with(' ') ? rest_.substr(1) : std::string_view(); }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

/// A name that we can neither ask for nor should: reported, never opened.
bool is_hostile(std::string_view name) {
    return std::ranges::any_of(name, [](char c) { return c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

FolderEntry entry(std::string_view name, EntryType type, std::uint64_t size, std::int64_t modified) {
    FolderEntry made;
    made.name = name;
    made.type = is_hostile(name) ? EntryType::other : type;
    made.size = size;
    made.modified = modified;
    return made;
}

// --- LIST -----------------------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};

std::optional<unsigned> month_of(std::string_view word) {
    auto const found = std::ranges::find_if(month_names, [&](auto name) { return is_word(word, name); });
    if (found == month_names.end())
        return std::nullopt;
    return static_cast<unsigned>(found - month_names.begin() + 1);
}

struct HourMinute {
    unsigned hour, minute;
};

/// "9:05", "12:00:31.000", "12:05PM", "12:05p".
std::optional<HourMinute> clock_of(std::string_view word) {
    auto const colon = word.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto rest = word.substr(colon + 1);
    auto const minute = number<unsigned>(rest.substr(0, 2));
    auto hour = number<unsigned>(word.substr(0, colon));
    rest.remove_prefix(std::min<std::size_t>(2, rest.size()));
    bool const is_am = is_word(rest, "am") || is_word(rest, "a"), is_pm = is_word(rest, "pm") || is_word(rest, "p");
    if (!hour || !minute || *minute > 59 || (!rest.empty() && !is_am && !is_pm && rest.front() != ':'))
        return std::nullopt;
    if ((is_am || is_pm) && (*hour < 1 || *hour > 12))
        return std::nullopt;
    if (is_am || is_pm)
        hour = *hour % 12 + (is_pm ? 12 : 0);
    return HourMinute{*hour, *minute};
}

/// The latest year in which this day is none of the future; a day for clocks and zones that differ.
std::optional<std::int64_t> recent(unsigned m, unsigned d, HourMinute at, Timestamp now) {
    auto const today = floor<days>(now);
    auto const latest = (today + days(2)).time_since_epoch() / seconds(1);
    int const this_year = static_cast<int>(year_month_day(today).year());
    for (int y = this_year + 1; y > this_year - 9; --y) // nine: a 29th of February
        if (auto const time = time_of(y, m, d, at.hour, at.minute, 0); time && *time < latest)
            return time;
    return std::nullopt;
}

EntryType unix_type(char letter) {
    switch (letter) {
    case '-': return EntryType::file;
    case 'd': return EntryType::folder;
    case 'l': return EntryType::link;
    default: return EntryType::other;
    }
}

FolderEntry unix_entry(char letter, std::string_view name, std::uint64_t size, std::int64_t modified) {
    if (letter == 'l')
        name = name.substr(0, name.find(" -> "));
    return entry(name, unix_type(letter), size, modified);
}

/// Owners may have blanks or be missing: the size is the number before the first month that a day follows.
std::optional<FolderEntry> read_unix(std::string_view line, Timestamp now) {
    if (line.size() < 10 || std::string_view("-dlbcpsD").find(line.front()) == std::string_view::npos)
        return std::nullopt;
    Words words(line);
    (void)words.next(); // the rights
    std::string_view before;
    for (auto word = words.next(); !word.empty(); before = word, word = words.next()) {
        auto const size = number(before);
        if (!size)
            continue;
        Words behind = words;
        if (auto const m = month_of(word)) {
            auto const d = number<unsigned>(behind.next());
            auto const last = behind.next();
            auto const at = clock_of(last);
            auto const y = number<unsigned>(last);
            if (!d || behind.name().empty() || (!at && (!y || last.size() != 4)))
                continue;
            if (auto const time = at ? recent(*m, *d, *at, now) : time_of(static_cast<int>(*y), *m, *d, 0, 0, 0))
                return unix_entry(line.front(), behind.name(), *size, *time);
        } else if (word.size() == 10 && word[4] == '-' && word[7] == '-') {
            auto const y = number<unsigned>(word.substr(0, 4)), month = number<unsigned>(word.substr(5, 2)), d = number<unsigned>(word.substr(8));
            auto const at = clock_of(behind.next());
            if (!y || !month || !d || !at || behind.name().empty())
                continue;
            if (auto const time = time_of(static_cast<int>(*y), *month, *d, at->hour, at->minute, 0))
                return unix_entry(line.front(), behind.name(), *size, *time);
        }
    }
    return std::nullopt;
}

/// "01-31-26", "01-31-2026" or "2026-01-31".
std::optional<year_month_day> dos_date(std::string_view word) {
    auto const first = word.find('-'), second = word.find('-', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos)
        return std::nullopt;
    auto const a = number<unsigned>(word.substr(0, first)), b = number<unsigned>(word.substr(first + 1, second - first - 1)),
               c = number<unsigned>(word.substr(second + 1));
    if (!a || !b || !c || *a > 9999 || *b > 31 || *c > 9999)
        return std::nullopt;
    if (first == 4)
        return year_month_day{year{static_cast<int>(*a)}, month{*b}, day{*c}};
    unsigned const y = *c >= 100 ? *c : *c < 70 ? *c + 2000 : *c + 1900;
    return year_month_day{year{static_cast<int>(y)}, month{*a}, day{*b}};
}

std::optional<FolderEntry> read_dos(std::string_view line) {
    if (line.empty() || digits.find(line.front()) == std::string_view::npos)
        return std::nullopt;
    Words words(line);
    auto const date = dos_date(words.next());
    auto const at = clock_of(words.next());
    if (!date || !date->ok() || !at)
        return std::nullopt;
    auto const time = time_of(static_cast<int>(date->year()), static_cast<unsigned>(date->month()), static_cast<unsigned>(date->day()),
                              at->hour, at->minute, 0);
    auto const what = words.next();
    if (!time || words.name().empty())
        return std::nullopt;
    if (auto const size = number(what))
        return entry(words.name(), EntryType::file, *size, *time);
    if (!what.starts_with('<') || !what.ends_with('>'))
        return std::nullopt;
    auto const name = words.rest().substr(std::min(words.rest().find_first_not_of(' '), words.rest().size()));
    if (is_word(what, "<dir>"))
        return entry(name, EntryType::folder, 0, *time);
    return entry(name.substr(0, name.find(" [")), EntryType::link, 0, *time);
}

bool is_itself(std::string_view name) { return name == "." || name == ".."; }

} // namespace

std::optional<std::int64_t> read_time(std::string_view text) {
    text = text.substr(0, text.find('.'));
    if (text.size() != 14 || text.find_first_not_of(digits) != std::string_view::npos)
        return std::nullopt;
    auto const part = [&](std::size_t at, std::size_t size) { return *number<unsigned>(text.substr(at, size)); };
    return time_of(static_cast<int>(part(0, 4)), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2));
}

std::optional<FolderEntry> read_facts(std::string_view line) {
    auto const blank = line.find(' ');
    if (blank == std::string_view::npos || blank + 1 == line.size())
        return std::nullopt;
    auto facts = line.substr(0, blank);
    auto type = EntryType::other;
    bool told = false;
    std::uint64_t size = 0;
    std::int64_t modified = 0;
    while (!facts.empty()) {
        auto const fact = facts.substr(0, facts.find(';'));
        facts.remove_prefix(std::min(fact.size() + 1, facts.size()));
        auto const equals = fact.find('=');
        if (equals == std::string_view::npos)
            return std::nullopt;
        auto const name = fact.substr(0, equals), value = fact.substr(equals + 1);
        if (is_word(name, "type")) {
            told = true;
            if (is_word(value, "cdir") || is_word(value, "pdir"))
                return std::nullopt;
            auto const lowered = [&](std::string_view word) { return value.size() >= word.size() && is_word(value.substr(0, word.size()), word); };
            type = is_word(value, "file")  ? EntryType::file
                   : is_word(value, "dir") ? EntryType::folder
                   : lowered("os.unix=slink") || lowered("os.unix=symlink") ? EntryType::link
                                                                           : EntryType::other;
        } else if (is_word(name, "size")) {
            auto const value_read = number(value);
            if (!value_read)
                return std::nullopt;
            size = *value_read;
        } else if (is_word(name, "modify")) {
            auto const value_read = read_time(value);
            if (!value_read)
                return std::nullopt;
            modified = *value_read;
        }
    }
    if (!told || is_itself(line.substr(blank + 1)))
        return std::nullopt;
    return entry(line.substr(blank + 1), type, size, modified);
}

std::optional<FolderEntry> read_list_line(std::string_view line, Timestamp now) {
    auto found = read_unix(line, now);
    return found ? found : read_dos(line);
}

void ListingReader::take_line(std::string_view line) {
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    if (line.empty() || (form_ == ListingForm::list && line.starts_with("total ")))
        return;
    auto found = form_ == ListingForm::facts ? read_facts(line) : read_list_line(line, now_);
    if (found) {
        ++understood_;
        if (!is_itself(found->name))
            entries_.push_back(std::move(*found));
        return;
    }
    if (form_ == ListingForm::facts && line.find(';') != std::string_view::npos && line.find("dir;") != std::string_view::npos) {
        ++understood_; // the folder itself and the one above it
        return;
    }
    if (strange_.empty())
        strange_ = line.substr(0, 200);
    entries_.push_back(entry(line.substr(0, 200), EntryType::other, 0, 0));
    entries_.back().type = EntryType::other;
}

Result<void> ListingReader::take(std::string_view bytes) {
    bytes_ += bytes.size();
    while (!bytes.empty()) {
        auto const end = bytes.find('\n');
        auto const piece = bytes.substr(0, end);
        if (rest_.size() + piece.size() > most_line_bytes)
            return permanent(fmt::format("the listing has a line of more than {} bytes", most_line_bytes));
        if (end == std::string_view::npos) {
            rest_.append(piece);
            break;
        }
        if (rest_.empty()) {
            take_line(piece);
        } else {
            rest_.append(piece);
            take_line(std::exchange(rest_, {}));
        }
        bytes.remove_prefix(end + 1);
    }
    if (entries_.size() > most_entries || bytes_ > most_listing_bytes)
        return permanent(fmt::format("the listing has more than {} names or {} bytes; clear the folder out", most_entries, most_listing_bytes));
    return {};
}

Result<std::vector<FolderEntry>> ListingReader::finish() {
    if (!rest_.empty())
        take_line(std::exchange(rest_, {}));
    if (understood_ == 0 && !strange_.empty())
        return permanent(fmt::format("the listing is in a form that is not known; it begins with {}", quote_name(strange_)));
    return std::move(entries_);
}

} // namespace wharf::transport::ftp
