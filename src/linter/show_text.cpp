#include "linter/show_text.hpp"

#include "diagnostic/printable.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace wharf::linter {
namespace {

constexpr std::size_t narrow = 60;        // below it names and values share lines
constexpr std::size_t widest_label = 32;
constexpr std::size_t widest_cell = 32;
constexpr std::size_t least_cell = 6;
constexpr std::size_t gap = 2;            // between columns

enum class Ink { plain, strong, dim, label, error, warning, note };

std::string_view escape_of(Ink ink) {
    constexpr std::string_view codes[] = {"", "1", "2", "36", "1;31", "1;33", "1;36"};
    return codes[static_cast<std::size_t>(ink)];
}

std::size_t width_of(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Words to be broken into lines, each in its ink.
class Paragraph {
public:
    struct Word {
        std::string text;
        Ink ink = Ink::plain;
        bool is_glued = false; // no blank before it
    };

    Paragraph& add(std::string_view text, Ink ink = Ink::plain, bool is_glued = false) {
        auto const clean = printable(text);
        for (std::size_t begin = 0; begin <= clean.size();) {
            auto const end = std::min(clean.find(' ', begin), clean.size());
            words_.push_back({clean.substr(begin, end - begin), ink, is_glued && begin == 0});
            begin = end + 1;
        }
        return *this;
    }
    Paragraph& add(ShownWord const& word, Ink ink = Ink::plain) {
        if (!word.text.empty())
            add(word.text, ink);
        if (!word.code.empty())
            add(fmt::format("({})", word.code), Ink::dim);
        return *this;
    }
    Paragraph& add_values(ShownFact const& fact) {
        for (std::size_t i = 0; i < fact.values.size(); ++i) {
            auto const separator = fact.separator.substr(0, fact.separator.find_last_not_of(' ') + 1);
            if (i > 0 && !separator.empty())
                add(separator.substr(separator.find_first_not_of(' ')), Ink::plain, separator == ",");
            add(fact.values[i]);
        }
        return *this;
    }
    /// "Label: value"
    Paragraph& add(ShownFact const& fact) {
        if (!fact.label.text.empty()) {
            add(fact.label, Ink::label);
            add(":", Ink::plain, true);
        }
        return add_values(fact);
    }
    [[nodiscard]] bool empty() const { return words_.empty(); }
    [[nodiscard]] std::size_t width() const {
        std::size_t width = 0;
        for (auto const& word : words_)
            width += width_of(word.text) + (word.is_glued || &word == &words_.front() ? 0 : 1);
        return width;
    }
    [[nodiscard]] std::size_t longest_word() const {
        std::size_t longest = 0;
        for (auto const& word : words_)
            longest = std::max(longest, width_of(word.text));
        return longest;
    }

    struct Line {
        std::string text;
        std::size_t width = 0;
    };
    /// Broken at blanks; lines after the first are `hanging` narrower.
    [[nodiscard]] std::vector<Line> lines(std::size_t width, bool colour, std::size_t hanging = 0) const {
        std::vector<Line> lines(1);
        for (std::size_t i = 0; i < words_.size(); ++i) {
            auto const& word = words_[i];
            auto own = width_of(word.text);
            for (auto next = i + 1; next < words_.size() && words_[next].is_glued; ++next)
                own += width_of(words_[next].text);
            auto* line = &lines.back();
            if (i > 0 && !word.is_glued) {
                auto const room = width - std::min(width, lines.size() > 1 ? hanging : 0);
                if (line->width + 1 + own > room) {
                    line = &lines.emplace_back();
                } else {
                    line->text += ' ';
                    ++line->width;
                }
            }
            line->text += paint(word, colour);
            line->width += width_of(word.text);
        }
        return lines;
    }

private:
    static std::string paint(Word const& word, bool colour) {
        if (!colour || word.ink == Ink::plain || word.text.empty())
            return word.text;
        return fmt::format("\x1b[{}m{}\x1b[0m", escape_of(word.ink), word.text);
    }
    std::vector<Word> words_;
};

/// Paragraphs, lists and tables, each line behind a prefix.
class Writer {
public:
    Writer(std::string& out, TextStyle const& style) : out_(out), width_(style.width), colour_(style.colour) {}

    void prefix(std::string first, std::string further) {
        first_ = std::move(first);
        further_ = std::move(further);
    }
    [[nodiscard]] std::size_t room() const { return width_ - std::min(width_, width_of(further_)); }

    void paragraph(Paragraph const& paragraph, std::size_t indent, std::size_t hanging = 2) {
        auto const room = std::max<std::size_t>(this->room() - std::min(this->room(), indent), 10);
        auto const lines = paragraph.lines(room, colour_, hanging);
        for (std::size_t i = 0; i < lines.size(); ++i)
            line(std::string(indent + (i > 0 ? hanging : 0), ' ') + lines[i].text);
    }

    void facts(std::vector<ShownFact> const& facts, std::size_t indent) {
        if (room() < narrow) {
            for (auto const& fact : facts)
                paragraph(Paragraph().add(fact), indent);
            return;
        }
        std::vector<Paragraph> labels, values;
        std::size_t widest = 0;
        for (auto const& fact : facts) {
            labels.push_back(Paragraph().add(fact.label, Ink::label));
            values.push_back(Paragraph().add_values(fact));
            widest = std::max(widest, std::min(labels.back().width(), widest_label));
        }
        auto const left = indent + widest + gap;
        auto const width = std::max<std::size_t>(room() - std::min(room(), left), least_cell);
        for (std::size_t i = 0; i < facts.size(); ++i)
            if (values[i].longest_word() > width || labels[i].longest_word() > widest)
                paragraph(Paragraph().add(facts[i]), indent);
            else
                row({labels[i], values[i]}, {widest, width}, {false, false}, indent);
    }

    void findings(std::vector<ShownFinding> const& findings, std::size_t indent) {
        constexpr std::string_view words[] = {"error", "warning", "note"};
        constexpr Ink inks[] = {Ink::error, Ink::warning, Ink::note};
        for (auto const& finding : findings) {
            auto const kind = static_cast<std::size_t>(finding.severity);
            Paragraph text;
            text.add("!", inks[kind]).add(fmt::format("{}[{}]:", words[kind], finding.code), inks[kind]).add(finding.message);
            paragraph(text, indent);
            if (!finding.help.empty())
                paragraph(Paragraph().add("help:", Ink::strong).add(finding.help), indent + 2);
        }
    }

    void lines(std::vector<ShownLine> const& lines, std::size_t indent) {
        for (auto const& each : lines) {
            auto const at = indent + 2 * each.indent;
            Paragraph text;
            if (!each.title.text.empty() || !each.title.code.empty()) {
                text.add(each.title, Ink::strong);
                if (!each.facts.empty())
                    text.add(":", Ink::plain, true);
            }
            for (std::size_t i = 0; i < each.facts.size(); ++i) {
                if (i > 0)
                    text.add(";", Ink::plain, true);
                text.add(each.facts[i]);
            }
            if (!text.empty())
                paragraph(text, at);
            findings(each.findings, at + 2);
        }
    }

    void table(ShownBlock const& block, std::size_t indent) {
        if (block.rows.empty())
            return;
        std::vector<Paragraph> heads;
        std::vector<std::vector<Paragraph>> cells;
        std::vector<bool> right;
        for (auto const& column : block.columns) {
            heads.push_back(Paragraph().add(column.label, Ink::label));
            right.push_back(column.is_number);
        }
        for (auto const& from : block.rows) {
            auto& to = cells.emplace_back();
            for (auto const& cell : from.cells) {
                auto& text = to.emplace_back();
                for (auto const& word : cell)
                    text.add(word);
            }
        }
        auto const widths = column_widths(heads, cells, room() - std::min(room(), indent));
        if (widths.empty()) {
            records(block, indent);
            return;
        }
        row(heads, widths, right, indent);
        std::string rule;
        for (auto const width : widths)
            for (std::size_t i = 0; i < width + gap; ++i)
                rule += i < width ? "─" : " ";
        line(std::string(indent, ' ') + rule);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            row(cells[i], widths, right, indent);
            below(block.rows[i], indent);
        }
    }

    void line(std::string_view text) {
        auto whole = is_first_ ? first_ : further_;
        whole += text;
        is_first_ = false;
        whole.erase(whole.find_last_not_of(' ') + 1);
        out_ += whole;
        out_ += '\n';
    }

private:
    void below(ShownRow const& row, std::size_t indent) {
        findings(row.findings, indent + 2);
        lines(row.more, indent + 4);
    }

    /// A table that is too wide: what each row says, one below the other.
    void records(ShownBlock const& block, std::size_t indent) {
        for (auto const& row : block.rows) {
            Paragraph text;
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                if (row.cells[i].empty())
                    continue;
                if (!text.empty())
                    text.add(";", Ink::plain, true);
                text.add(block.columns[i].label, Ink::label).add(":", Ink::plain, true);
                for (auto const& word : row.cells[i])
                    text.add(word);
            }
            Paragraph marked;
            paragraph(text.empty() ? marked.add("-") : text, indent, 2);
            below(row, indent);
        }
    }

    /// As wide as needed; where that is too wide, the widest columns give way down to their longest word. Empty: they do not fit.
    static std::vector<std::size_t> column_widths(std::vector<Paragraph> const& heads, std::vector<std::vector<Paragraph>> const& cells, std::size_t room) {
        std::vector<std::size_t> widths, least;
        for (std::size_t i = 0; i < heads.size(); ++i) {
            std::size_t natural = 0, word = heads[i].longest_word();
            for (auto const& row : cells) {
                natural = std::max(natural, row[i].width());
                word = std::max(word, row[i].longest_word());
            }
            least.push_back(word);
            widths.push_back(std::max({std::min(natural, widest_cell), std::min<std::size_t>(heads[i].width(), 14), word}));
        }
        auto const total = [&] {
            std::size_t sum = 0;
            for (auto const width : widths)
                sum += width + gap;
            return sum - std::min(sum, gap);
        };
        for (auto sum = total(); sum > room; --sum) {
            std::size_t best = widths.size();
            for (std::size_t i = 0; i < widths.size(); ++i)
                if (widths[i] > least[i] && (best == widths.size() || widths[i] > widths[best]))
                    best = i;
            if (best == widths.size())
                return {};
            --widths[best];
        }
        return widths;
    }

    void row(std::vector<Paragraph> const& cells, std::vector<std::size_t> const& widths, std::vector<bool> const& right, std::size_t indent) {
        std::vector<std::vector<Paragraph::Line>> columns;
        std::size_t height = 0;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            columns.push_back(cells[i].lines(widths[i], colour_));
            height = std::max(height, columns.back().size());
        }
        for (std::size_t y = 0; y < height; ++y) {
            std::string text(indent, ' ');
            for (std::size_t i = 0; i < columns.size(); ++i) {
                auto const here = y < columns[i].size() ? columns[i][y] : Paragraph::Line();
                auto const free = widths[i] - std::min(widths[i], here.width);
                text += right[i] ? std::string(free, ' ') + here.text : here.text + std::string(free, ' ');
                text.append(gap, ' ');
            }
            line(text);
        }
    }

    std::string& out_;
    std::string first_, further_;
    std::size_t width_;
    bool colour_;
    bool is_first_ = true;
};

} // namespace

ShowText::ShowText(TextStyle style) : style_(style) { style_.width = std::max(style_.width, 40u); }

/// Connectors for the levels above; of a deep tree only the last of them, so that half of the line is left for text.
std::string ShowText::tree_prefix(ShownBlock const& block, bool is_title) const {
    std::size_t const most = std::max<std::size_t>(style_.width / 2 / 3, 1);
    std::size_t const depth = block.depth;
    auto const begin = depth > most + 1 ? depth - most : 1;
    std::string prefix;
    for (auto level = begin; level < depth; ++level) { // more_[level]: of level + 1
        bool const is_own = level + 1 == depth;
        if (is_own && is_title)
            prefix += block.is_last ? "└─ " : "├─ ";
        else
            prefix += level < more_.size() && more_[level] != 0 ? "│  " : "   ";
    }
    return prefix;
}

std::string ShowText::render(ShownBlock const& block) {
    std::string out;
    Writer writer(out, style_);
    auto const title = [&](std::size_t indent, Ink ink) {
        if (block.title.text.empty() && block.title.code.empty())
            return;
        Paragraph text;
        text.add(block.title, ink);
        if (!block.source.empty() && block.kind != ShownKind::section)
            text.add(block.source, Ink::dim);
        writer.paragraph(text, indent);
    };
    if (block.kind == ShownKind::level) {
        more_.resize(std::max<std::size_t>(block.depth, 1));
        more_.back() = block.is_last ? 0 : 1;
        if (block.depth == 1)
            out += '\n';
        writer.prefix(tree_prefix(block, true), tree_prefix(block, false));
        title(0, Ink::strong);
        writer.findings(block.findings, 2);
        writer.lines(block.lines, 2);
        return out;
    }
    std::size_t const indent = block.kind == ShownKind::section ? 2 * std::size_t{block.depth} : 0;
    bool const goes_on = block.kind == ShownKind::section && block.title.text.empty() && block.facts.empty();
    if (!goes_on && block.kind != ShownKind::trailer)
        out += '\n';
    if (block.kind == ShownKind::trailer) {
        writer.lines({{0, block.title, block.facts, block.findings}}, 0);
        return out;
    }
    title(indent, Ink::strong);
    if (block.kind == ShownKind::set) {
        std::string rule;
        auto const length = std::min<std::size_t>(width_of(printable(block.title.text)), style_.width);
        for (std::size_t i = 0; i < length; ++i)
            rule += "═";
        writer.line(rule);
    }
    writer.facts(block.facts, indent + 2);
    writer.findings(block.findings, indent + 2);
    writer.table(block, indent + 2);
    writer.lines(block.lines, indent + 2);
    return out;
}

} // namespace wharf::linter
