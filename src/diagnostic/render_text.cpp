#include "diagnostic/printable.hpp"
#include "diagnostic/render.hpp"
#include "diagnostic/text_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace wharf {
namespace {

// The shape of one finding:
//
//     error[X12-0303]: N401 City Name "C" is too short: it has 1 character, expected 2 to 30
//       --> inbox/po.x12:5:4  interchange 000000901, group 1, set 0001 (850), loop N1, segment 5 (byte 245)
//        |
//      3 | N1*ST*ACME WAREHOUSE*92*0042
//      ...
//      5 | N4*C*OH*43215
//        |    ^
//        = help: …
//        = more: wharf explain X12-0303
//
// The number before the bar is the segment's position in its set, or the line of a text file. The segment that begins the loop
// stands above the one that is meant; related places stand below, with what they are.

constexpr unsigned narrowest = 40;      // below this a window shows nothing useful
constexpr std::size_t least_words = 24; // columns for what is said of a mark

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

/// "interchange 000000901", "group 1", "set 0001 (850)", "loop PO1", "segment 7 (byte 412)"; parts that `known` told are left out.
std::vector<std::string> place_words(Place const& place, Place const* known = nullptr) {
    std::vector<std::string> words;
    auto const is_new = [&](std::string Place::* member) {
        return !(place.*member).empty() && (known == nullptr || known->*member != place.*member);
    };
    if (is_new(&Place::interchange)) words.push_back(fmt::format("interchange {}", place.interchange));
    if (is_new(&Place::group)) words.push_back(fmt::format("group {}", place.group));
    if (is_new(&Place::transaction))
        words.push_back("set " + place.transaction + (place.transaction_set.empty() ? "" : fmt::format(" ({})", place.transaction_set)));
    if (is_new(&Place::loop)) words.push_back(fmt::format("loop {}", place.loop));
    if (place.segment_position != 0) words.push_back(fmt::format("segment {}", place.segment_position));
    if (place.has_offset && (place.line == 0 || !words.empty())) {
        if (words.empty())
            words.push_back(fmt::format("byte {}", place.offset));
        else
            fmt::format_to(std::back_inserter(words.back()), " (byte {})", place.offset);
    }
    if (words.empty() && place.line == 0 && !place.path.empty()) words.push_back(fmt::format("at {}", place.path));
    for (auto& word : words)
        word = printable(word);
    return words;
}

/// "inbox/po.x12:5:4", as terminals and editors link it.
std::string file_words(Place const& place) {
    auto out = printable(place.file);
    if (place.line != 0) fmt::format_to(std::back_inserter(out), ":{}", place.line);
    if (place.line != 0 && place.column != 0) fmt::format_to(std::back_inserter(out), ":{}", place.column);
    return out;
}

std::uint32_t number_of(Place const& place) { return place.segment_position != 0 ? place.segment_position : place.line; }

/// In the same set, or among the segments of the same envelope: the number before the bar tells where.
bool is_beside(Place const& place, Place const& other) {
    return place.file == other.file && place.interchange == other.interchange && place.group == other.group && place.transaction == other.transaction &&
           place.transaction_set == other.transaction_set && place.segment_position != 0;
}

class Block {
public:
    Block(std::string& out, Diagnostic const& diagnostic, TextStyle const& style)
        : out_(out), diagnostic_(diagnostic), painter_(style.colour), width_(std::max(style.width, narrowest)), wraps_(style.wrap) {
        auto widest = std::max(number_of(diagnostic.place), diagnostic.place.loop_position);
        for (auto const& other : diagnostic.related)
            if (!other.excerpt.empty()) widest = std::max(widest, number_of(other.place));
        gutter_ = std::max<std::size_t>(widest == 0 ? 0 : fmt::formatted_size("{}", widest), 1) + 1;
    }

    void write() {
        title();
        place_line("-->", diagnostic_.place, nullptr);
        if (!diagnostic_.excerpt.empty()) excerpt();
        related();
        note("help", diagnostic_.help);
        note("more", fmt::format("wharf explain {}", diagnostic_.code));
    }

private:
    [[nodiscard]] std::back_insert_iterator<std::string> to() { return std::back_inserter(out_); }

    void title() {
        auto const label = fmt::format("{}[{}]", to_string(diagnostic_.severity), diagnostic_.code);
        auto const lines = wrapped(printable(diagnostic_.message), wraps_ ? width_ - 2 : 0, label.size());
        out_ += painter_.severity(diagnostic_.severity, label);
        for (std::size_t i = 0; i < lines.size(); ++i)
            fmt::format_to(to(), "{}\n", painter_.strong((i == 0 ? ": " : "  ") + lines[i]));
    }

    void place_line(std::string_view arrow, Place const& place, Place const* known) {
        auto const file = file_words(place);
        auto const words = place_words(place, known);
        if (file.empty() && words.empty()) return;
        fmt::format_to(to(), "{:{}}{} {}", "", gutter_, painter_.frame(arrow), file);
        auto const room = wraps_ ? width_ - std::min<std::size_t>(width_, gutter_ + 6) : std::string::npos;
        auto taken = wraps_ ? printable_cells(file).size() + 2 : 0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            bool const last = i + 1 == words.size();
            bool const breaks = wraps_ && taken + words[i].size() + (last ? 0 : 1) > room && (i != 0 || !file.empty());
            if (breaks) {
                fmt::format_to(to(), "\n{:{}}", "", gutter_ + 6);
                taken = 0;
            } else if (i != 0 || !file.empty()) {
                out_ += i == 0 ? "  " : " ";
            }
            out_ += words[i];
            if (!last) out_ += ',';
            taken += words[i].size() + 2;
        }
        out_ += '\n';
    }

    void bar(std::string_view text = {}) {
        fmt::format_to(to(), "{:{}} {}", "", gutter_, painter_.frame("|"));
        if (!text.empty()) fmt::format_to(to(), " {}", text);
        out_ += '\n';
    }

    /// Where a related place falls inside the excerpt; nothing when it lies elsewhere.
    [[nodiscard]] bool is_inside_excerpt(Place const& place) const {
        auto const& own = diagnostic_.place;
        if (diagnostic_.excerpt.empty() || !place.has_offset || !own.has_offset || place.file != own.file || own.offset < diagnostic_.excerpt_offset)
            return false;
        auto const begin = own.offset - diagnostic_.excerpt_offset;
        return place.offset >= begin && place.offset - begin < diagnostic_.excerpt.size();
    }

    /// A segment that is shown: the one that is meant, the one that begins its loop, a related one.
    struct Shown {
        std::uint32_t number;
        std::string_view excerpt;
        std::vector<Mark> marks; // the window is laid around the first
    };

    [[nodiscard]] static Mark mark_in(std::vector<Cell> const& cells, std::size_t offset, std::uint64_t length, char sign, std::string_view message = {}) {
        auto mark = mark_of(cells, offset, length, sign);
        mark.message = message;
        return mark;
    }

    [[nodiscard]] static bool has_picture(Related const& other) { return !other.excerpt.empty() && other.place.has_offset; }

    /// In the order in which they stand; segments of the same set only.
    [[nodiscard]] std::vector<Shown> shown_segments() const {
        auto const& place = diagnostic_.place;
        std::vector<Shown> shown;
        auto const cells = printable_cells(diagnostic_.excerpt);
        Shown meant{number_of(place), diagnostic_.excerpt, {mark_in(cells, diagnostic_.excerpt_offset, place.length, '^')}};
        for (auto const& other : diagnostic_.related) {
            if (is_inside_excerpt(other.place)) {
                auto const begin = place.offset - diagnostic_.excerpt_offset;
                meant.marks.push_back(mark_in(cells, other.place.offset - begin, other.place.length, '-', other.message));
            } else if (has_picture(other) && is_beside(other.place, place)) {
                shown.push_back({number_of(other.place), other.excerpt,
                                 {mark_in(printable_cells(other.excerpt), other.excerpt_offset, other.place.length, '-', other.message)}});
            }
        }
        auto const is_loop = [&](Shown const& one) { return one.number == place.loop_position; };
        if (!diagnostic_.loop_excerpt.empty() && std::ranges::none_of(shown, is_loop)) shown.push_back({place.loop_position, diagnostic_.loop_excerpt, {}});
        shown.push_back(std::move(meant));
        std::ranges::stable_sort(shown, {}, &Shown::number);
        return shown;
    }

    void excerpt() {
        bar();
        std::uint32_t before = 0;
        for (auto const& one : shown_segments()) {
            if (before != 0 && one.number > before + 1) fmt::format_to(to(), "{}\n", painter_.frame("..."));
            before = one.number;
            show(one);
        }
    }

    void show(Shown const& one) {
        auto const cells = printable_cells(one.excerpt);
        auto const around = one.marks.empty() ? Mark{} : one.marks.front();
        auto const window = window_around(around, std::max(cells.size(), around.end), width_ - gutter_ - 3);
        auto const number = one.number == 0 ? std::string() : fmt::format("{}", one.number);
        fmt::format_to(to(), "{} {} {}\n", painter_.frame(fmt::format("{:>{}}", number, gutter_)), painter_.frame("|"), window.text(cells));
        for (auto const& mark : one.marks)
            underline(window, mark);
    }

    void underline(Window const& window, Mark const& mark) {
        auto const begin = window.column(mark.begin);
        std::string const signs(std::max(window.column(mark.end), begin + 1) - begin, mark.sign);
        auto const message = printable(mark.message);
        auto const room = width_ - gutter_ - 3;
        auto const line = [&](std::size_t indent, std::string_view text) {
            bar(std::string(indent, ' ') + (mark.sign == '^' ? painter_.severity(diagnostic_.severity, text) : painter_.frame(text)));
        };
        if (message.empty() || !wraps_ || begin + signs.size() + 1 + message.size() <= room) {
            line(begin, message.empty() ? signs : signs + " " + message);
            return;
        }
        line(begin, signs); // there is no room beside them
        auto const indent = std::min<std::size_t>(begin, room - std::min<std::size_t>(room, least_words));
        for (auto const& words : wrapped(message, room - indent))
            line(indent, words);
    }

    /// What does not stand among the segments above: in another set, another file, or without a text.
    void related() {
        for (auto const& other : diagnostic_.related) {
            if (is_inside_excerpt(other.place)) continue;
            if (diagnostic_.excerpt.empty() || !has_picture(other)) {
                note("see", see_words(other));
            } else if (!is_beside(other.place, diagnostic_.place)) {
                place_line(":::", other.place, &diagnostic_.place);
                bar();
                show({number_of(other.place), other.excerpt,
                      {mark_in(printable_cells(other.excerpt), other.excerpt_offset, other.place.length, '-', other.message)}});
            }
        }
    }

    [[nodiscard]] std::string see_words(Related const& other) const {
        bool const own_file = other.place.file.empty() || other.place.file == diagnostic_.place.file;
        auto const words = fmt::format("{}", fmt::join(place_words(other.place, own_file ? &diagnostic_.place : nullptr), ", "));
        auto const file = other.place.line != 0 || !own_file ? file_words(other.place) : std::string();
        auto const place = file + (file.empty() || words.empty() ? "" : "  ") + words;
        return place.empty() ? other.message : fmt::format("{}: {}", place, printable(other.message, true));
    }

    /// A text of several lines goes on below its first word.
    void note(std::string_view label, std::string_view text) {
        if (text.empty()) return;
        auto const indent = gutter_ + 5 + label.size();
        auto const lines = wrapped(printable(text, true), wraps_ ? width_ - std::min<std::size_t>(width_ - 1, indent) : 0);
        fmt::format_to(to(), "{:{}} {} {} ", "", gutter_, painter_.frame("="), painter_.strong(fmt::format("{}:", label)));
        for (std::size_t i = 0; i < lines.size(); ++i)
            fmt::format_to(to(), "{:{}}{}\n", "", i == 0 ? 0 : indent, lines[i]);
    }

    std::string& out_;
    Diagnostic const& diagnostic_;
    Painter painter_;
    unsigned width_;
    bool wraps_;
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
