#include "diagnostic/printable.hpp"
#include "diagnostic/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace wharf {
namespace {

// The shape of one finding:
//
//     error[X12-0312]: N104 is required when N103 is present
//       --> inbox/po.x12  interchange 000000901, group 1, ST 0001, segment 7 (byte 412)
//        |
//      7 | N1*ST*ACME WAREHOUSE*92
//        |                      ^^
//        = help: …
//        = more: wharf explain X12-0312
//
// The number before the bar is the segment's position in its set, or the line of a text file.

constexpr std::string_view cut_mark = "...";
constexpr std::size_t least_lead = 8; // columns before a fault that fills the window: what it stands behind
constexpr unsigned narrowest = 40;    // below this a window shows nothing useful

class Painter {
public:
    explicit Painter(bool colour) : colour_(colour) {}
    [[nodiscard]] std::string severity(Severity severity, std::string_view text) const {
        switch (severity) {
        case Severity::error:
            return paint("1;31", text);
        case Severity::warning:
            return paint("1;33", text);
        case Severity::info:
            break;
        }
        return paint("1;36", text);
    }
    [[nodiscard]] std::string strong(std::string_view text) const { return paint("1", text); }
    [[nodiscard]] std::string frame(std::string_view text) const { return paint("1;34", text); }

private:
    [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const {
        return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
    }
    bool colour_;
};

void join(std::string& out, std::string_view part) {
    if (!out.empty()) out += ", ";
    out += part;
}

/// "interchange 000000901, group 1, ST 0001, segment 7 (byte 412)"; parts that `known` already told are left out.
std::string place_words(Place const& place, Place const* known = nullptr) {
    std::string out;
    auto const is_new = [&](std::string Place::* member) {
        return !(place.*member).empty() && (known == nullptr || known->*member != place.*member);
    };
    if (is_new(&Place::interchange)) join(out, fmt::format("interchange {}", place.interchange));
    if (is_new(&Place::group)) join(out, fmt::format("group {}", place.group));
    if (is_new(&Place::transaction)) join(out, fmt::format("ST {}", place.transaction));
    if (place.segment_position != 0) join(out, fmt::format("segment {}", place.segment_position));
    if (place.has_offset)
        out += out.empty() ? fmt::format("byte {}", place.offset) : fmt::format(" (byte {})", place.offset);
    if (out.empty() && !place.path.empty()) out = fmt::format("at {}", place.path);
    return out;
}

std::string place_line(Place const& place) {
    auto out = printable(place.file);
    if (place.line != 0) {
        fmt::format_to(std::back_inserter(out), ":{}", place.line);
        if (place.column != 0) fmt::format_to(std::back_inserter(out), ":{}", place.column);
        return out;
    }
    auto const words = printable(place_words(place));
    if (!out.empty() && !words.empty()) out += "  ";
    return out + words;
}

/// A run of columns to be underlined, with what is to be said about it.
struct Mark {
    std::size_t begin = 0; // columns of the whole excerpt
    std::size_t end = 0;
    char sign = '^';
    std::string_view message;
};

std::size_t column_of(std::vector<Cell> const& cells, std::size_t offset) {
    auto const at = std::ranges::lower_bound(cells, offset, {}, &Cell::offset);
    return static_cast<std::size_t>(at - cells.begin());
}

Mark mark_of(std::vector<Cell> const& cells, std::size_t offset, std::size_t length, char sign) {
    Mark mark;
    mark.begin = column_of(cells, offset);
    mark.end = std::max(column_of(cells, offset + length), mark.begin + 1); // a point gets one sign
    mark.sign = sign;
    return mark;
}

/// The part of the excerpt that fits: columns [begin, end), around the fault.
struct Window {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool cut_before = false;
    bool cut_after = false;
};

Window window_around(Mark const& fault, std::size_t columns, std::size_t width) {
    if (columns <= width) return {0, columns, false, false};
    auto const room = width - 2 * cut_mark.size();
    auto const length = std::min(fault.end - fault.begin, room);
    auto const lead = std::min(std::max((room - length) / 2, least_lead), fault.begin);
    Window window;
    window.begin = std::min(fault.begin - lead, columns - std::min(columns, room));
    window.end = std::min(window.begin + room, columns);
    window.cut_before = window.begin > 0;
    window.cut_after = window.end < columns;
    return window;
}

class Block {
public:
    Block(std::string& out, Diagnostic const& diagnostic, TextStyle const& style)
        : out_(out), diagnostic_(diagnostic), painter_(style.colour), width_(std::max(style.width, narrowest)) {
        auto const& place = diagnostic.place;
        number_ = place.line != 0 ? place.line : place.segment_position;
        gutter_ = std::max<std::size_t>(number_ == 0 ? 0 : fmt::formatted_size("{}", number_), 1) + 1;
    }

    void write() {
        title();
        auto const place = place_line(diagnostic_.place);
        if (!place.empty()) fmt::format_to(to(), "{:{}}{} {}\n", "", gutter_, painter_.frame("-->"), place);
        if (!diagnostic_.excerpt.empty()) excerpt();
        related();
        note("help", diagnostic_.help);
        note("more", fmt::format("wharf explain {}", diagnostic_.code));
    }

private:
    [[nodiscard]] std::back_insert_iterator<std::string> to() { return std::back_inserter(out_); }

    void title() {
        auto const label = fmt::format("{}[{}]", to_string(diagnostic_.severity), diagnostic_.code);
        fmt::format_to(to(), "{}{}\n", painter_.severity(diagnostic_.severity, label),
                       painter_.strong(": " + printable(diagnostic_.message, true)));
    }

    void bar(std::string_view text = {}) {
        fmt::format_to(to(), "{:{}} {}", "", gutter_, painter_.frame("|"));
        if (!text.empty()) fmt::format_to(to(), " {}", text);
        out_ += '\n';
    }

    /// Where a related place falls inside the excerpt; nothing when it lies elsewhere.
    [[nodiscard]] bool is_inside_excerpt(Place const& place) const {
        auto const& own = diagnostic_.place;
        if (!place.has_offset || !own.has_offset || place.file != own.file || own.offset < diagnostic_.excerpt_offset)
            return false;
        auto const begin = own.offset - diagnostic_.excerpt_offset;
        return place.offset >= begin && place.offset - begin < diagnostic_.excerpt.size();
    }

    void excerpt() {
        auto const cells = printable_cells(diagnostic_.excerpt);
        auto const fault = mark_of(cells, diagnostic_.excerpt_offset, diagnostic_.place.length, '^');
        auto const columns = std::max(cells.size(), fault.end);
        auto const window = window_around(fault, columns, width_ - gutter_ - 3);

        std::string line;
        if (window.cut_before) line += cut_mark;
        for (auto i = window.begin; i < window.end && i < cells.size(); ++i)
            line += cells[i].text;
        if (window.cut_after) line += cut_mark;

        bar();
        auto const number = number_ == 0 ? std::string() : fmt::format("{}", number_);
        fmt::format_to(to(), "{} {} {}\n", painter_.frame(fmt::format("{:>{}}", number, gutter_)), painter_.frame("|"),
                       line);
        underline(window, fault);
        for (auto const& other : diagnostic_.related) {
            if (!is_inside_excerpt(other.place)) continue;
            auto const begin = diagnostic_.place.offset - diagnostic_.excerpt_offset;
            auto mark = mark_of(cells, other.place.offset - begin, other.place.length, '-');
            mark.message = other.message;
            underline(window, mark);
        }
    }

    void underline(Window const& window, Mark const& mark) {
        auto const shift = window.cut_before ? cut_mark.size() : 0;
        auto const begin = std::clamp(mark.begin, window.begin, window.end) - window.begin + shift;
        auto const end = std::clamp(mark.end, window.begin, window.end) - window.begin + shift;
        std::string signs(std::max(end, begin + 1) - begin, mark.sign);
        if (!mark.message.empty()) signs += " " + printable(mark.message);
        auto const painted = mark.sign == '^' ? painter_.severity(diagnostic_.severity, signs) : painter_.frame(signs);
        bar(std::string(begin, ' ') + painted);
    }

    void related() {
        for (auto const& other : diagnostic_.related) {
            if (!diagnostic_.excerpt.empty() && is_inside_excerpt(other.place)) continue;
            bool const same_file = other.place.file.empty() || other.place.file == diagnostic_.place.file;
            auto const place = same_file && other.place.line == 0
                                   ? printable(place_words(other.place, &diagnostic_.place))
                                   : place_line(other.place);
            note("see", place.empty() ? other.message : fmt::format("{}: {}", place, other.message));
        }
    }

    /// A text of several lines goes on below its first word.
    void note(std::string_view label, std::string_view text) {
        if (text.empty()) return;
        auto rest = printable(text, true);
        std::string indented;
        for (char const c : rest) {
            indented += c;
            if (c == '\n') indented.append(gutter_ + 5 + label.size(), ' ');
        }
        fmt::format_to(to(), "{:{}} {} {}\n", "", gutter_, painter_.frame("="),
                       painter_.strong(fmt::format("{}:", label)) + " " + indented);
    }

    std::string& out_;
    Diagnostic const& diagnostic_;
    Painter painter_;
    unsigned width_;
    std::uint32_t number_ = 0;
    std::size_t gutter_ = 0;
};

} // namespace

std::string render_text(Diagnostics const& diagnostics, TextStyle const& style) {
    std::string out;
    for (auto const& diagnostic : diagnostics) {
        if (!out.empty()) out += '\n';
        Block(out, diagnostic, style).write();
    }
    return out;
}

} // namespace wharf
