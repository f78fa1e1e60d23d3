#include "diagnostic/text_layout.hpp"

#include <algorithm>

namespace wharf {
namespace {

constexpr std::string_view cut_mark = "...";
constexpr std::size_t least_lead = 8; // columns before a fault that fills the window: what it stands behind

std::size_t column_of(std::vector<Cell> const& cells, std::size_t offset) {
    auto const at = std::ranges::lower_bound(cells, offset, {}, &Cell::offset);
    return static_cast<std::size_t>(at - cells.begin());
}

/// Columns of UTF-8 that is printable already.
std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

} // namespace

Mark mark_of(std::vector<Cell> const& cells, std::size_t offset, std::size_t length, char sign) {
    Mark mark;
    mark.begin = column_of(cells, offset);
    mark.end = std::max(column_of(cells, offset + length), mark.begin + 1); // a point gets one sign
    mark.sign = sign;
    return mark;
}

Window window_around(Mark const& mark, std::size_t columns, std::size_t width) {
    if (columns <= width) return {0, columns, false, false};
    auto const room = width - 2 * cut_mark.size();
    auto const length = std::min(mark.end - mark.begin, room);
    auto const lead = std::min(std::max((room - length) / 2, least_lead), mark.begin);
    Window window;
    window.begin = std::min(mark.begin - lead, columns - std::min(columns, room));
    window.end = std::min(window.begin + room, columns);
    window.cut_before = window.begin > 0;
    window.cut_after = window.end < columns;
    return window;
}

std::string Window::text(std::vector<Cell> const& cells) const {
    std::string line;
    if (cut_before) line += cut_mark;
    for (auto i = begin; i < end && i < cells.size(); ++i)
        line += cells[i].text;
    if (cut_after) line += cut_mark;
    return line;
}

std::size_t Window::column(std::size_t whole) const {
    return std::clamp(whole, begin, end) - begin + (cut_before ? cut_mark.size() : 0);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width, std::size_t first) {
    std::vector<std::string> lines(1);
    auto taken = first;
    while (!text.empty() && width == 0) {
        auto const end = std::min(text.find('\n'), text.size());
        lines.back() = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!text.empty())
            lines.emplace_back();
    }
    while (!text.empty()) {
        auto const end = std::min(text.find_first_of(" \n"), text.size());
        auto const word = text.substr(0, end);
        auto const columns = columns_of(word);
        bool const at_begin = lines.back().empty();
        bool const fits = taken + (at_begin ? 0 : 1) + columns <= width || (at_begin && taken == 0); // else nothing ever would
        if (!fits) {
            lines.emplace_back();
            taken = 0;
        } else if (!at_begin) {
            lines.back() += ' ';
            ++taken;
        }
        lines.back() += word;
        taken += columns;
        text.remove_prefix(end);
        if (text.starts_with(' ')) {
            text.remove_prefix(1);
        } else if (text.starts_with('\n')) {
            text.remove_prefix(1);
            lines.emplace_back();
            taken = 0;
        }
    }
    return lines;
}

} // namespace wharf
