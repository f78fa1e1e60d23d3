#include "linter/show_words.hpp"

#include "base/embedded.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace wharf::linter {
namespace {

std::string_view take_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    auto const end = std::min(line.find(' '), line.size());
    auto const word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

ShowWords::Row read_row(std::string_view line) {
    ShowWords::Row row;
    row.kind = take_word(line);
    row.subject = take_word(line);
    if (auto const quote = line.find('"'); quote != std::string_view::npos) {
        row.text = line.substr(quote + 1, line.rfind('"') - quote - 1);
        return row;
    }
    for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
        std::uint8_t position = 0;
        std::from_chars(word.data(), word.data() + word.size(), position);
        row.positions.push_back(position);
    }
    return row;
}

} // namespace

ShowWords const& ShowWords::get() {
    static ShowWords const words(embedded_file("src/linter/data/words").value_or(std::string_view()));
    return words;
}

ShowWords::ShowWords(std::string_view data) {
    while (!data.empty()) {
        auto const end = std::min(data.find('\n'), data.size());
        if (auto const line = data.substr(0, end); !line.empty() && line.front() != '#')
            rows_.push_back(read_row(line));
        data.remove_prefix(std::min(end + 1, data.size()));
    }
    std::ranges::sort(rows_, {}, [](Row const& row) { return std::tie(row.kind, row.subject); });
}

ShowWords::Row const* ShowWords::find(std::string_view kind, std::string_view subject) const {
    auto const found = std::ranges::lower_bound(rows_, std::tie(kind, subject), {}, [](Row const& row) { return std::tie(row.kind, row.subject); });
    return found != rows_.end() && found->kind == kind && found->subject == subject ? &*found : nullptr;
}

std::string_view ShowWords::text(std::string_view kind, std::string_view subject) const {
    auto const* const row = find(kind, subject);
    return row == nullptr ? std::string_view() : row->text;
}

std::vector<std::uint8_t> const& ShowWords::positions(std::string_view kind, std::string_view subject) const {
    static std::vector<std::uint8_t> const nothing;
    auto const* const row = find(kind, subject);
    return row == nullptr ? nothing : row->positions;
}

std::uint8_t ShowWords::number(std::string_view segment) const {
    auto const& found = positions("number", segment);
    return found.empty() ? std::uint8_t{0} : found.front();
}

} // namespace wharf::linter
