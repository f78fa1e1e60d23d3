#include "grammar/guide_file.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::grammar {
namespace {

constexpr std::uint32_t blanks_per_level = 2;
constexpr std::size_t max_bytes = 1u << 20;
constexpr std::size_t max_rows = 10'000;
constexpr std::size_t max_depth = 12;

std::string_view describe(GuideLineKind kind) {
    switch (kind) {
    case GuideLineKind::guide:
        return "`guide`";
    case GuideLineKind::narrows:
        return "`narrows`";
    case GuideLineKind::answers:
        return "`answers`";
    case GuideLineKind::extends:
        return "`extends`";
    case GuideLineKind::unlisted:
        return "`unlisted`";
    case GuideLineKind::area:
        return "an area";
    case GuideLineKind::levels:
        return "`levels`";
    case GuideLineKind::level_row:
        return "a level of the tree";
    case GuideLineKind::level_count:
        return "a row about HL numbers";
    case GuideLineKind::level:
        return "`level`";
    case GuideLineKind::segment:
        return "a segment or loop";
    case GuideLineKind::element:
        return "an element";
    case GuideLineKind::pair:
        return "a pair";
    case GuideLineKind::rule:
        return "a rule";
    case GuideLineKind::note:
        return "a note";
    case GuideLineKind::empty:
        break;
    }
    return "nothing";
}

bool is_header(GuideLineKind kind) {
    return kind >= GuideLineKind::guide && kind <= GuideLineKind::unlisted;
}

/// What stands below a row, in words; empty: nothing may.
std::string_view allowed_below(GuideLine const& line) {
    switch (line.kind) {
    case GuideLineKind::area:
        return "segments, loops, levels, rules and notes";
    case GuideLineKind::levels:
        return "levels such as `S \"Shipment\" M 1` and rows about HL01, HL02, HL04";
    case GuideLineKind::level:
        return "segments, loops, elements of HL, rules and notes";
    case GuideLineKind::segment:
        return line.is_loop ? "elements and pairs of its first segment, segments, loops, rules and notes"
                            : "elements, pairs, rules and notes";
    case GuideLineKind::element:
    case GuideLineKind::pair:
        return "a note";
    default:
        return {};
    }
}

bool may_stand_below(GuideLine const& parent, GuideLine const& line) {
    using enum GuideLineKind;
    switch (parent.kind) {
    case area:
        return line.kind == segment || line.kind == levels || line.kind == level || line.kind == rule ||
               line.kind == note;
    case levels:
        return line.kind == level_row || line.kind == level_count;
    case level:
        return line.kind == segment || line.kind == element || line.kind == rule || line.kind == note;
    case segment:
        return line.kind == element || line.kind == pair || line.kind == rule || line.kind == note ||
               (parent.is_loop && line.kind == segment);
    case element:
    case pair:
        return line.kind == note;
    default:
        return false;
    }
}

class TreeReader {
public:
    TreeReader(GuideFile& file, GuideProblems& problems) : file_(file), problems_(problems) {}

    void read() {
        std::string_view rest = file_.text;
        if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3); // a byte-order mark of some editors
        std::uint32_t number = 0;
        std::size_t rows = 0;
        while (!rest.empty()) {
            auto const end = rest.find('\n');
            auto text = rest.substr(0, end);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            if (text.ends_with('\r')) text.remove_suffix(1);
            GuideLine line;
            GuideLineError error;
            if (!parse_guide_line(text, ++number, &file_.name, line, error)) {
                problems_.add("GUIDE-0001", file_, line, error, std::move(error.message), std::move(error.help));
                faulty_indent_ = std::min(faulty_indent_, line.indent);
                continue;
            }
            if (line.kind == GuideLineKind::empty) continue;
            if (++rows > max_rows) {
                problems_.add("GUIDE-0004", file_, line, {}, fmt::format("more than {} rows", max_rows),
                              "a guide says only what differs from its grammar");
                return;
            }
            place(std::move(line));
        }
        finish();
    }

private:
    void place(GuideLine line) {
        if (line.indent > faulty_indent_) return; // below a faulty row: its syntax was checked, that is all
        faulty_indent_ = no_fault;
        if (is_header(line.kind)) return header(std::move(line));
        auto const depth = line.indent / blanks_per_level;
        if (line.indent % blanks_per_level != 0 || depth > open_.size() || depth > max_depth) {
            fault("GUIDE-0002", line, {1, line.indent},
                  fmt::format("indented by {} blanks, expected {}", line.indent,
                              depths(std::min(open_.size(), max_depth))),
                  "a row stands two blanks further in than the row it belongs to");
            return;
        }
        if (depth == 0) {
            if (line.kind != GuideLineKind::area)
                return fault("GUIDE-0002", line, {}, fmt::format("{} at the start of a line", describe(line.kind)),
                             "rows stand below `heading`, `detail` or `summary`, indented by two blanks");
            open_.clear();
            auto const same = [&](GuideNode const& area) { return area.line.area == line.area; };
            auto found = std::ranges::find_if(file_.areas, same);
            if (found == file_.areas.end()) {
                file_.areas.push_back({std::move(line), {}, false, 0, {}});
                open_ = {file_.areas.size() - 1};
            } else
                open_ = {static_cast<std::size_t>(found - file_.areas.begin())};
            return;
        }
        open_.resize(depth);
        auto& parent = node();
        if (!may_stand_below(parent.line, line)) {
            auto const allowed = allowed_below(parent.line);
            return fault("GUIDE-0002", line, {},
                         fmt::format("{} does not stand below {}", describe(line.kind), describe(parent.line.kind)),
                         allowed.empty()
                             ? fmt::format("nothing stands below {}; indent the row less", describe(parent.line.kind))
                             : fmt::format("below {} stand {}", describe(parent.line.kind), allowed));
        }
        parent.rows.push_back({std::move(line), {}, false, 0, {}});
        open_.push_back(parent.rows.size() - 1);
    }

    /// The row that the next one stands below: indices from the area inward.
    GuideNode& node() {
        auto* found = &file_.areas[open_.front()];
        for (std::size_t i = 1; i < open_.size(); ++i)
            found = &found->rows[open_[i]];
        return *found;
    }

    static std::string depths(std::size_t deepest) {
        std::string text = "0";
        for (std::size_t i = 1; i <= deepest; ++i)
            text += fmt::format("{}{}", i == deepest ? " or " : ", ", i * blanks_per_level);
        return text;
    }

    void header(GuideLine line) {
        if (line.indent != 0)
            return fault("GUIDE-0002", line, {1, line.indent}, fmt::format("{} is indented", describe(line.kind)),
                         "rows about the whole guide stand at the start of the line");
        if (!open_.empty())
            return fault("GUIDE-0003", line, {}, fmt::format("{} stands after the rows", describe(line.kind)),
                         "what is said of the whole guide stands at its top");
        auto& member = line.kind == GuideLineKind::guide     ? file_.guide
                       : line.kind == GuideLineKind::narrows ? file_.narrows
                       : line.kind == GuideLineKind::answers ? file_.answers
                       : line.kind == GuideLineKind::extends ? file_.extends
                                                             : file_.unlisted;
        if (member) {
            auto& finding = problems_.add("GUIDE-0003", file_, line, {},
                                          fmt::format("{} a second time", describe(line.kind)), "write it once");
            finding.related.push_back(related_place({&file_.name, member->number, 1, 0}, "the first stands here"));
            return;
        }
        member = std::move(line);
    }

    void fault(std::string_view code, GuideLine const& line, Span span, std::string message, std::string help) {
        problems_.add(code, file_, line, span, std::move(message), std::move(help));
        faulty_indent_ = line.indent;
    }

    void finish() {
        if (!file_.guide)
            problems_.add("GUIDE-0003", file_.name, "there is no `guide` row",
                          "begin with a name and a title: guide harbour-850 \"Harbour: purchase orders\"");
    }

    static constexpr std::uint32_t no_fault = 0xffffffff;
    GuideFile& file_;
    GuideProblems& problems_;
    std::vector<std::size_t> open_;
    std::uint32_t faulty_indent_ = no_fault;
};

} // namespace

std::string GuideFile::title_name() const {
    return guide ? std::string(guide->id.text) : name;
}

Diagnostic& GuideProblems::keep(Diagnostic diagnostic) {
    if (diagnostic.severity == Severity::error) ++errors_;
    if (list_.size() >= limits::findings) return beyond_limit_ = std::move(diagnostic);
    return list_.emplace_back(std::move(diagnostic));
}

Diagnostic& GuideProblems::add(std::string_view code, GuideFile const& file, GuideLine const& line, Span span,
                               std::string message, std::string help) {
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    if (span.column == 0) {
        auto const word = line.text.substr(std::min<std::size_t>(line.indent, line.text.size()));
        span = {line.indent + 1, static_cast<std::uint32_t>(std::min(word.find(' '), word.size()))};
    }
    diagnostic.place.file = file.name;
    diagnostic.place.line = line.number;
    diagnostic.place.column = span.column;
    diagnostic.place.has_offset = true;
    diagnostic.place.offset = static_cast<std::uint64_t>(line.text.data() - file.text.data()) + span.column - 1;
    diagnostic.place.length = span.length;
    diagnostic.excerpt = line.text.substr(0, 2000);
    diagnostic.excerpt_offset = std::min(span.column - 1, static_cast<std::uint32_t>(diagnostic.excerpt.size()));
    if (span.column - 1 < line.text.size())
        diagnostic.value = line.text.substr(span.column - 1, std::min(span.length, 200u));
    return keep(std::move(diagnostic));
}

Diagnostic& GuideProblems::add(std::string_view code, std::string file_name, std::string message, std::string help) {
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    diagnostic.place.file = std::move(file_name);
    return keep(std::move(diagnostic));
}

Related related_place(GuidePlace const& place, std::string message) {
    Related related;
    if (place.file != nullptr) related.place.file = *place.file;
    related.place.line = place.line;
    related.place.column = place.column;
    related.place.length = place.length;
    related.message = std::move(message);
    return related;
}

std::shared_ptr<GuideFile> read_guide_file(std::string name, std::string text, GuideProblems& problems) {
    auto file = std::make_shared<GuideFile>();
    file->name = std::move(name);
    file->text = std::move(text);
    if (file->text.size() > max_bytes) {
        problems.add("GUIDE-0004", file->name,
                     fmt::format("the file has {} bytes; a guide may have {}", file->text.size(), max_bytes),
                     "is this a guide?");
        return file;
    }
    TreeReader(*file, problems).read();
    return file;
}

} // namespace wharf::grammar
