#include "diagnostic/printable.hpp"
#include "linter/fix.hpp"
#include "syntax/x12/reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace wharf::linter {
namespace {

constexpr std::size_t context = 3;

struct Line {
    std::string text;
    bool is_gap = false; // what stands between segments: may be gone on the other side
};

/// One line for each segment with its terminator, and one for whatever stands between them beside a line break.
class Lines {
public:
    static std::vector<Line> of(std::string_view text) {
        Lines lines(text);
        lines.read();
        return lines.wrapped_ ? physical(text) : std::move(lines.lines_);
    }

private:
    explicit Lines(std::string_view text) : text_(text) {}

    /// A wrapped file has segments that stand on two lines: it is shown as it lies.
    static std::vector<Line> physical(std::string_view text) {
        std::vector<Line> lines;
        while (!text.empty()) {
            auto const end = std::min(text.find('\n'), text.size() - 1);
            auto line = text.substr(0, end + 1);
            text.remove_prefix(end + 1);
            while (line.ends_with('\n') || line.ends_with('\r'))
                line.remove_suffix(1);
            lines.push_back({printable(line), false});
        }
        return lines;
    }

    void read() {
        x12::Reader reader(text_, "");
        while (reader.next()) {
            for (auto const& finding : reader.take_diagnostics())
                wrapped_ = wrapped_ || finding.code == "X12-0013";
            if (wrapped_)
                return;
            auto const& part = reader.part();
            if (part.segments.empty())
                continue; // junk: shown as what stands between segments
            auto const& segments = part.segments;
            for (std::size_t i = 0; i < segments.size(); ++i) {
                gap(segments.base() + segments[i].begin());
                auto const begin = behind_;
                auto const end = segments.base() + segments[i].end();
                behind_ = std::min<std::uint64_t>(end + (end < text_.size() && text_[end] == segments.delimiters().segment ? 1 : 0), text_.size());
                lines_.push_back({printable(text_.substr(begin, behind_ - begin)), false});
            }
        }
        gap(text_.size());
    }

    void gap(std::uint64_t end) {
        auto bytes = text_.substr(behind_, end - behind_);
        bool const at_begin = behind_ == 0;
        behind_ = end;
        if (at_begin && bytes.starts_with("\xef\xbb\xbf")) {
            lines_.push_back({"(byte-order mark)", true});
            bytes.remove_prefix(3);
        }
        bool const is_blank = bytes.find_first_not_of(" \t\r\n") == std::string_view::npos;
        if (bytes.empty() || (is_blank && !at_begin))
            return;
        for (std::size_t at = 0; at < bytes.size(); at += 1000)
            lines_.push_back({printable(bytes.substr(at, 1000)), true});
    }

    std::string_view text_;
    std::vector<Line> lines_;
    std::uint64_t behind_ = 0;
    bool wrapped_ = false;
};

/// Old and new lines side by side, ' ', '-' or '+' before each.
struct Change {
    char mark;
    std::string const* text;
};

/// Mending changes segments where they stand and takes away what is between them, so one look ahead is enough.
std::vector<Change> align(std::vector<Line> const& before, std::vector<Line> const& after) {
    std::vector<Change> changes;
    std::vector<Change> added; // of the run of changes at hand: they follow what is removed
    auto const end_of_run = [&] {
        changes.insert(changes.end(), added.begin(), added.end());
        added.clear();
    };
    std::size_t i = 0, j = 0;
    while (i < before.size() || j < after.size()) {
        bool const both = i < before.size() && j < after.size();
        if (both && before[i].text == after[j].text) {
            end_of_run();
            changes.push_back({' ', &before[i].text});
            ++i, ++j;
        } else if (i < before.size()) {
            changes.push_back({'-', &before[i].text});
            if (!before[i].is_gap && j < after.size())
                added.push_back({'+', &after[j++].text});
            ++i;
        } else {
            added.push_back({'+', &after[j++].text});
        }
    }
    end_of_run();
    return changes;
}

struct Counted {
    std::size_t before = 1, after = 1; // the number of the next line
    void count(char mark) {
        before += mark != '+';
        after += mark != '-';
    }
};

} // namespace

std::string segment_diff(std::string_view before, std::string_view after, std::string_view file_name) {
    if (before == after)
        return {};
    auto const old_lines = Lines::of(before);
    auto const new_lines = Lines::of(after);
    auto const changes = align(old_lines, new_lines);
    auto const name = printable(file_name);
    auto out = fmt::format("--- {}\n+++ {} (mended)\n", name, name);
    Counted at;
    for (std::size_t i = 0; i < changes.size();) {
        auto const changed = std::find_if(changes.begin() + static_cast<std::ptrdiff_t>(i), changes.end(), [](Change const& c) { return c.mark != ' '; });
        if (changed == changes.end())
            break;
        auto const first = static_cast<std::size_t>(changed - changes.begin());
        auto const begin = std::max(i, first > context ? first - context : 0);
        for (; i < begin; ++i)
            at.count(' ');
        auto end = first, quiet = std::size_t{0}; // the hunk ends where more than twice the context does not change
        for (auto k = first; k < changes.size() && quiet <= 2 * context; ++k) {
            quiet = changes[k].mark == ' ' ? quiet + 1 : 0;
            end = quiet == 0 ? k + 1 : end;
        }
        end = std::min(end + context, changes.size());
        auto const start = at;
        std::string body;
        for (; i < end; ++i) {
            body += changes[i].mark;
            body += *changes[i].text;
            body += '\n';
            at.count(changes[i].mark);
        }
        out += fmt::format("@@ -{},{} +{},{} @@\n{}", start.before, at.before - start.before, start.after, at.after - start.after, body);
    }
    return out;
}

} // namespace wharf::linter
