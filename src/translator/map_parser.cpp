#include "translator/map_parser.hpp"

#include "base/utf8.hpp"
#include "diagnostic/registry.hpp"
#include "translator/line_grammar.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

/// What the indented lines below a line belong to.
struct Level {
    std::size_t indentation = 0;
    std::vector<Rule>* rules = nullptr; // lines below are rules …
    std::vector<Edit>* edits = nullptr; // … or edits
    bool may_hold = false;              // false: nothing may be indented below this line
    std::size_t child_indentation = 0;  // of the first line below
};

class Parser {
public:
    Parser(std::string_view file_name, std::string_view text, PathSyntax without_format)
        : file_name_(file_name), rest_(text) {
        auto const head = map_head(text);
        file_.syntax = head.format.empty() ? without_format : path_syntax(head.format);
    }

    std::expected<MapFile, Diagnostics> run() {
        push({0, &file_.rules, nullptr, true});
        while (!rest_.empty() && faults_.size() < 200)
            next_line();
        if (!seen_header_)
            faults_.insert(faults_.begin(),
                           map_diagnostic("MAP-0003", {file_name_, 1, {}}, 0, "The file has no line `translator NAME`.",
                                          "Begin the file with: translator folder/name \"What it is\""));
        if (!faults_.empty()) return std::unexpected(std::move(faults_));
        return std::move(file_);
    }

private:
    void next_line() {
        auto const end = std::min(rest_.find('\n'), rest_.size());
        auto line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        origin_ = {file_name_, number_, std::string(line)};
        if (auto const tab = line.find('\t'); tab != line.npos) {
            fault("MAP-0002", static_cast<std::uint32_t>(tab + 1), "The line holds a tab.",
                  "Indent and separate with blanks.");
            return;
        }
        for (std::size_t i = 0; i < line.size();) {
            auto const length = static_cast<unsigned char>(line[i]) < 0x80 ? 1 : utf8_sequence_length(line, i);
            if (length == 0) {
                origin_.text.clear(); // not to be shown as text
                fault("MAP-0002", static_cast<std::uint32_t>(i + 1), "The line holds a byte that is not UTF-8.",
                      "Save the file as UTF-8.");
                return;
            }
            i += length;
        }
        line = without_comment(line);
        while (!line.empty() && line.back() == ' ')
            line.remove_suffix(1);
        auto const indentation = line.find_first_not_of(' ');
        if (indentation == line.npos) return;
        statement(line.substr(indentation), indentation);
    }

    /// `#` begins a comment at the start of a line or after a blank, outside quotes.
    static std::string_view without_comment(std::string_view line) {
        bool quoted = false;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '"') quoted = !quoted;
            if (line[i] == '#' && !quoted && (i == 0 || line[i - 1] == ' ')) return line.substr(0, i);
        }
        return line;
    }

    void fault(std::string_view code, std::uint32_t column, std::string message, std::string help = {}) {
        faults_.push_back(map_diagnostic(code, origin_, column, std::move(message), std::move(help)));
    }

    /// Finds what the line belongs to; false after a fault.
    bool enter(std::size_t indentation) {
        while (levels_.size() > 1 && levels_.back().indentation >= indentation)
            levels_.pop_back();
        // levels_.back() is now the nearest line above with less indentation (or the file)
        if (indentation == 0) return true;
        if (levels_.size() == 1) {
            fault("MAP-0002", 1, "The line is indented, but nothing stands above it that it could belong to.",
                  "Take the blanks away, or write the block's own line above.");
            return false;
        }
        auto& parent = levels_.back();
        if (!parent.may_hold) {
            fault("MAP-0002", 1, "Nothing can be indented below the line above.",
                  "Only a path without conversions (a block), `one of`, `shape` and `in` hold further lines.");
            return false;
        }
        if (parent.child_indentation == 0) parent.child_indentation = indentation;
        if (parent.child_indentation != indentation) {
            fault("MAP-0002", 1,
                  fmt::format("The line is indented by {} blanks; its neighbours in the same block by {}.", indentation,
                              parent.child_indentation),
                  "Indent the lines of a block alike.");
            return false;
        }
        return true;
    }

    void push(Level level) { levels_.push_back(level); }

    void statement(std::string_view text, std::size_t indentation) {
        if (!enter(indentation)) {
            push({indentation, &lost_, &lost_edits_, true}); // so that lines below give no second message
            return;
        }
        auto const parent = levels_.back();
        bool const top = indentation == 0;
        bool const edits = top ? !file_.extends.empty() : parent.edits != nullptr;
        MapLine line;
        LineError error;
        if (!parse_line(text, static_cast<std::uint32_t>(indentation + 1), {file_.syntax, edits}, line, error)) {
            auto const column = std::min<std::size_t>(error.column - 1, origin_.text.size());
            auto found = std::string_view(origin_.text).substr(column, 24);
            found = found.substr(0, std::max<std::size_t>(1, found.find(' ')));
            fault("MAP-0001", error.column,
                  column + 1 > indentation + text.size()
                      ? fmt::format("The line ends where {} was expected.", error.expected)
                      : fmt::format("`{}` was found where {} was expected.", found, error.expected),
                  "A line is: canonical path, external path, conversions. See docs/map-language.md.");
            push({indentation, &lost_, &lost_edits_, true});
            return;
        }
        take(std::move(line), indentation, top, parent);
    }

    void take(MapLine line, std::size_t indentation, bool top, Level const& parent) {
        switch (line.kind) {
        case MapLine::Kind::rule:
            line.rule.origins.push_back(origin_);
            parent.rules->push_back(std::move(line.rule));
            push({indentation, &parent.rules->back().rules, nullptr, true});
            return;
        case MapLine::Kind::add:
        case MapLine::Kind::replace:
        case MapLine::Kind::remove:
        case MapLine::Kind::in_member:
        case MapLine::Kind::in_shape: {
            auto& list = top ? file_.edits : *parent.edits;
            Edit edit;
            edit.kind = line.kind == MapLine::Kind::add        ? Edit::Kind::add
                        : line.kind == MapLine::Kind::replace  ? Edit::Kind::replace
                        : line.kind == MapLine::Kind::remove   ? Edit::Kind::remove
                        : line.kind == MapLine::Kind::in_shape ? Edit::Kind::in_shape
                                                               : Edit::Kind::in_member;
            edit.rule = std::move(line.rule);
            edit.rule.origins.push_back(origin_);
            edit.origin = origin_;
            if (!line.words.empty()) edit.shape = line.words.front();
            list.push_back(std::move(edit));
            auto& added = list.back();
            bool const holds_edits = added.kind == Edit::Kind::in_member || added.kind == Edit::Kind::in_shape;
            push({indentation, holds_edits ? nullptr : &added.rule.rules, holds_edits ? &added.edits : nullptr,
                  added.kind != Edit::Kind::remove});
            return;
        }
        case MapLine::Kind::shape:
            for (auto const& shape : file_.shapes)
                if (shape.name == line.words.front())
                    fault("MAP-0013", 1,
                          fmt::format("The shape `{}` is defined twice; the first stands in line {}.", shape.name,
                                      shape.origin.line));
            file_.shapes.push_back({line.words.front(), {}, origin_});
            push({indentation, &file_.shapes.back().rules, nullptr, true});
            return;
        default:
            option(std::move(line));
            push({indentation, nullptr, nullptr, false});
        }
    }

    void option(MapLine line) {
        auto& words = line.words;
        switch (line.kind) {
        case MapLine::Kind::header:
            if (seen_header_) fault("MAP-0003", 1, "A second line `translator`.", "One file holds one map.");
            seen_header_ = true;
            file_.name = words[0];
            file_.extends = words[1];
            file_.title = words.size() > 2 ? words[2] : std::string();
            file_.origin = origin_;
            break;
        case MapLine::Kind::document:
            if (!file_.document.empty()) fault("MAP-0003", 1, "A second line `document`.", "A map has one.");
            file_.document = words[0];
            if (words.size() > 1)
                std::from_chars(words[1].data(), words[1].data() + words[1].size(), file_.document_version);
            break;
        case MapLine::Kind::format:
            if (!file_.format.empty()) fault("MAP-0003", 1, "A second line `format`.", "A map has one.");
            file_.releases.clear();
            file_.format = words[0];
            if (words.size() > 1) file_.set = words[1];
            if (words.size() > 2) file_.releases.assign(words.begin() + 2, words.end());
            break;
        case MapLine::Kind::option:
            format_option(std::move(line));
            break;
        case MapLine::Kind::include:
            file_.includes.emplace_back(words[0], origin_);
            break;
        case MapLine::Kind::table:
            for (auto& row : line.rows) {
                row.table = words[0];
                row.origin = origin_;
                file_.table_rows.push_back(std::move(row));
            }
            break;
        default:
            break;
        }
    }

    /// `format csv …`, `columns …`: kept as words, for the format to understand.
    void format_option(MapLine line) {
        OptionLine made{line.words.front(), std::move(line.option), origin_};
        if (made.keyword == "format") {
            if (!file_.format.empty()) fault("MAP-0003", 1, "A second line `format`.", "A map has one.");
            file_.format = made.words.empty() ? std::string() : made.words.front().text;
        }
        file_.options.push_back(std::move(made));
    }

    std::string file_name_;
    std::string_view rest_;
    MapFile file_;
    Diagnostics faults_;
    Origin origin_;
    std::vector<Level> levels_;
    std::uint32_t number_ = 0;
    bool seen_header_ = false;
    std::vector<Rule> lost_; // lines below a wrong one go here
    std::vector<Edit> lost_edits_;
};

} // namespace

std::string CanonicalPath::text() const {
    std::string text;
    for (unsigned i = 0; i < up; ++i)
        text += "../";
    for (auto const& part : parts) {
        if (&part != &parts.front()) text += '.';
        text += part.name;
        if (!part.select_member.empty()) text += fmt::format("[{}={}]", part.select_member, part.select_word);
    }
    if (list) text += "[]";
    return text;
}

std::expected<MapFile, Diagnostics> parse_map(std::string_view file_name, std::string_view text,
                                              PathSyntax without_format) {
    return Parser(file_name, text, without_format).run();
}

MapHead map_head(std::string_view text) {
    MapHead head;
    auto const next_word = [](std::string_view& line) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        auto const word = line.substr(0, line.find_first_of(" \r"));
        line.remove_prefix(word.size());
        return std::string(word);
    };
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with("translator ") && head.name.empty()) {
            line.remove_prefix(11);
            head.name = next_word(line);
            if (next_word(line) == "extends") head.extends = next_word(line);
        } else if (line.starts_with("document ") && head.document.empty()) {
            line.remove_prefix(9);
            head.document = next_word(line);
        } else if (line.starts_with("format ") && head.format.empty()) {
            line.remove_prefix(7);
            head.format = next_word(line);
        }
    }
    return head;
}

PathSyntax path_syntax(std::string_view format) {
    return format == "x12" || format == "edifact" ? PathSyntax::segments : PathSyntax::names;
}

Diagnostic map_diagnostic(std::string_view code, Origin const& origin, std::uint32_t column, std::string message,
                          std::string help) {
    auto diagnostic = make_diagnostic(code, std::move(message), std::move(help));
    diagnostic.place.file = origin.file;
    diagnostic.place.line = origin.line;
    diagnostic.place.column = column == 0 ? 1 : column;
    diagnostic.excerpt = origin.text;
    diagnostic.excerpt_offset = diagnostic.place.column - 1;
    return diagnostic;
}

std::vector<std::string> nearest(std::string_view word, std::vector<std::string> const& candidates) {
    std::vector<std::pair<std::size_t, std::string>> found;
    std::vector<std::size_t> row;
    for (auto const& candidate : candidates) {
        row.resize(candidate.size() + 1);
        for (std::size_t j = 0; j <= candidate.size(); ++j)
            row[j] = j;
        for (std::size_t i = 1; i <= word.size(); ++i) {
            auto diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                auto const cost = diagonal + (word[i - 1] != candidate[j - 1]);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, cost});
            }
        }
        auto const distance = row.back();
        if (distance <= std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3))
            found.emplace_back(distance, candidate);
    }
    std::stable_sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (auto& [distance, name] : found)
        if (names.size() < 3 && std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(std::move(name));
    return names;
}

std::string did_you_mean(std::string_view word, std::vector<std::string> const& candidates) {
    auto const names = nearest(word, candidates);
    std::string text;
    for (auto const& name : names)
        text += fmt::format("{}`{}`", text.empty() ? "did you mean " : " or ", name);
    return text.empty() ? text : text + "?";
}

} // namespace wharf::translator
