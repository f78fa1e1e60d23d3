// Documents into files of rows: columns of the outer levels on every row, records one below the other.
#include "translator/format_rows.hpp"

#include "base/utf8.hpp"
#include "diagnostic/registry.hpp"
#include "base/encoding.hpp"
#include "syntax/csv/writer.hpp"
#include "syntax/json/value.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

class RowsWriter final : public DocumentWriter {
public:
    explicit RowsWriter(RowsSchema const& schema)
        : schema_(schema), settings_(schema.settings()), writer_(dialect()), last_keys_(schema.levels().size()) {}

    void add(TargetNode const& document, std::string& out, Diagnostics& diagnostics) override {
        if (out.empty()) writer_ = csv::Writer(dialect()); // nothing is there yet, or all was taken back: mark and header again
        if (settings_.has_records) return record(document, schema_.head(), out, diagnostics);
        if (columns_.empty() || out.empty()) begin(document, out, diagnostics); // again, where the first was refused
        auto const before = last_keys_;
        std::vector<Cell> cells(columns_.size());
        Diagnostics found;
        rows(document, 0, cells, out, found);
        if (has_errors(found)) last_keys_ = before;
        for (auto& one : found)
            diagnostics.push_back(std::move(one));
    }
    void finish(std::string& out, Diagnostics& diagnostics) override {
        if (columns_.empty() && !settings_.has_records) begin({}, out, diagnostics);
    }

private:
    struct Cell {
        std::string_view text, canonical;
        std::string own; // of an extension
    };

    csv::Dialect dialect() const {
        auto made = settings_.dialect;
        if (settings_.fixed) made.delimiter = made.quote = '\0';
        return made;
    }

    /// What came with the first document and has no column yet gets one, where columns have names.
    void begin(TargetNode const& document, std::string& out, Diagnostics& diagnostics) {
        columns_.clear();
        for (auto const& field : settings_.records.front().fields)
            columns_.push_back(field.name);
        if (settings_.header && !settings_.fixed) more_columns(document);
        if (!settings_.header) return;
        std::vector<std::string_view> const names(columns_.begin(), columns_.end());
        if (writer_.add(names, out))
            diagnostics.push_back(make_diagnostic("MAP-0113", "The names of the columns cannot be written.",
                                                  "A name holds the delimiter, or a character the encoding lacks."));
    }
    void more_columns(TargetNode const& node) {
        for (auto const& one : node.nodes) {
            if (one.place == unnamed_place && !one.name.starts_with('(') && std::ranges::find(columns_, one.name) == columns_.end())
                columns_.push_back(one.name);
            more_columns(one);
        }
    }

    /// True: at least one row was written.
    bool rows(TargetNode const& node, std::size_t level, std::vector<Cell> cells, std::string& out,
              Diagnostics& diagnostics) {
        bool own = level == 0; // something that a row can say
        for (auto const& one : node.nodes) {
            if (one.place == unnamed_place) {
                auto const found = std::ranges::find(columns_, one.name);
                auto const parsed = json::parse(one.fragment);
                if (found == columns_.end() || !parsed || !parsed->is_string()) {
                    left_behind(one, diagnostics);
                    continue;
                }
                auto& cell = cells[static_cast<std::size_t>(found - columns_.begin())];
                cell.own = parsed->text();
                own = true;
                if (level + 1 != schema_.levels().size())
                    diagnostics.push_back(placed(
                        make_diagnostic("MAP-0116", fmt::format("`{}` stands in a column of the row; it will be read back with the "
                                                                "innermost object of the row.",
                                                                one.name)),
                        one.canonical));
                continue;
            }
            auto const& info = schema_.info(one.place);
            if (info.field < 0) continue;
            cells[static_cast<std::size_t>(info.field)] = {one.text, one.canonical, {}};
            own = true;
        }
        same_neighbour(node, level, cells, diagnostics);
        bool written = false;
        for (auto const& one : node.nodes)
            if (one.place != unnamed_place && schema_.info(one.place).field < 0)
                written = rows(one, static_cast<std::size_t>(schema_.info(one.place).level), cells, out, diagnostics) || written;
        if (written) return true;
        if (own) {
            row(cells, settings_.records.front(), out, diagnostics);
            return true;
        }
        diagnostics.push_back(placed(
            make_diagnostic("MAP-0110", fmt::format("`{}` is not written: it has nothing that a column could say.",
                                                    node.canonical)),
            node.canonical));
        return false;
    }

    /// Two groups with equal keys side by side would be read as one.
    void same_neighbour(TargetNode const& node, std::size_t level, std::vector<Cell> const& cells,
                        Diagnostics& diagnostics) {
        auto const& by = schema_.levels()[level].by;
        if (by.empty()) return;
        std::vector<std::string> key;
        for (auto const field : by) {
            key.emplace_back(cells[field].text);
            if (key.back().empty())
                diagnostics.push_back(placed(
                    make_diagnostic("MAP-0112", fmt::format("Column `{}` tells the rows apart, and there is no value for it.",
                                                            columns_[field])),
                    node.canonical));
        }
        if (key == last_keys_[level])
            diagnostics.push_back(placed(
                make_diagnostic("MAP-0120", fmt::format("It has the same `{}` as what stands before it; the rows will be "
                                                        "read back as one.",
                                                        columns_[by.front()])),
                node.canonical));
        last_keys_[level] = std::move(key);
        for (auto i = level + 1; i < last_keys_.size(); ++i)
            last_keys_[i].clear();
    }

    void record(TargetNode const& node, int number, std::string& out, Diagnostics& diagnostics) {
        auto const write = [&](int which) {
            auto const& of = settings_.records[static_cast<std::size_t>(which)];
            std::vector<Cell> cells(of.fields.size());
            bool any = which == number;
            for (auto const& one : node.nodes)
                if (one.place != unnamed_place && schema_.info(one.place).field >= 0 &&
                    schema_.info(one.place).record == which) {
                    cells[static_cast<std::size_t>(schema_.info(one.place).field)] = {one.text, one.canonical, {}};
                    any = true;
                }
            if (!settings_.fixed && of.test_first > cells.size()) cells.resize(of.test_first);
            for (auto const& one : node.nodes)
                if (which == number && one.place == unnamed_place) {
                    auto const field = of.find(one.name);
                    auto const parsed = json::parse(one.fragment);
                    if (field >= 0 && parsed && parsed->is_string())
                        cells[static_cast<std::size_t>(field)].own = parsed->text();
                    else if (!kept_record(one, number))
                        left_behind(one, diagnostics);
                }
            if (any) row(cells, of, out, diagnostics);
        };
        if (number >= 0) write(number);
        for (int i = 0; i < static_cast<int>(settings_.records.size()); ++i) {
            auto const& of = settings_.records[static_cast<std::size_t>(i)];
            if (of.parent != number || i == number) continue;
            if (!of.each) {
                write(i);
                for (auto const& one : node.nodes)
                    if (one.place == unnamed_place && one.name == of.name) kept_row(one, of, out, diagnostics);
                continue;
            }
            for (auto const& one : node.nodes)
                if (one.place == of.place) record(one, i, out, diagnostics);
        }
    }
    [[nodiscard]] bool kept_record(TargetNode const& node, int parent) const {
        return std::ranges::any_of(settings_.records, [&](auto const& one) {
            return one.name == node.name && one.parent == parent && !one.each;
        });
    }
    /// A row that no line read.
    void kept_row(TargetNode const& node, RowRecord const& of, std::string& out, Diagnostics& diagnostics) {
        std::vector<Cell> cells(of.fields.size());
        auto const parsed = json::parse(node.fragment);
        if (!parsed || !parsed->is_object()) return left_behind(node, diagnostics);
        for (auto const& [name, text] : parsed->members())
            if (auto const field = of.find(name); field >= 0) cells[static_cast<std::size_t>(field)].own = text.text();
        if (!settings_.fixed && of.test_first > cells.size()) cells.resize(of.test_first);
        row(cells, of, out, diagnostics);
    }

    void row(std::vector<Cell>& cells, RowRecord const& of, std::string& out, Diagnostics& diagnostics) {
        for (auto& cell : cells)
            if (!cell.own.empty()) cell.text = cell.own;
        if (settings_.fixed) return fixed_row(cells, of, out, diagnostics);
        if (of.test_first != 0) cells[of.test_first - 1].text = of.test;
        std::vector<std::string_view> texts;
        for (auto const& cell : cells)
            texts.push_back(cell.text);
        if (auto const fault = writer_.add(texts, out)) unwritable(cells[fault->field], fault->structure, diagnostics);
    }

    void fixed_row(std::vector<Cell> const& cells, RowRecord const& of, std::string& out, Diagnostics& diagnostics) {
        std::string line;
        auto const put = [&](unsigned first, unsigned last, std::string_view text, bool right, char fill) {
            if (auto const size = characters_in(line); size < last) line.append(last - size, ' ');
            auto const width = last - first + 1;
            std::string padded(text);
            auto const room = width - std::min<std::size_t>(width, characters_in(text));
            padded.insert(right ? 0 : padded.size(), room, fill);
            std::size_t begin = 0, end = 0;
            for (unsigned i = 1; end < line.size() && i <= last; ++i) {
                if (i == first) begin = end;
                do
                    ++end;
                while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80);
            }
            line.replace(begin, end - begin, padded);
        };
        for (std::size_t i = 0; i < of.fields.size(); ++i) {
            auto const& field = of.fields[i];
            auto const& cell = cells[i];
            if (cell.text.empty()) continue;
            if (auto const width = field.last - field.first + 1; characters_in(cell.text) > width) {
                diagnostics.push_back(placed(
                    make_diagnostic("MAP-0111", fmt::format("`{}` \"{}\" is too long for field `{}`, which holds {} characters.",
                                                            cell.canonical, cell.text, field.name, width)),
                    std::string(cell.canonical)));
                return;
            }
            bool const filled = field.fill != ' ' && !field.right && cell.text.size() > 1 && cell.text.back() == field.fill;
            if (cell.text.front() == ' ' || filled) { // taken for what fills the field
                auto found = placed(
                    make_diagnostic("MAP-0113", fmt::format("`{}` \"{}\" {} with what fills field `{}`, and would be read "
                                                            "back without it.",
                                                            cell.canonical, cell.text, filled ? "ends" : "begins", field.name),
                                    "Change the text at its source."),
                    std::string(cell.canonical));
                found.value = std::string(cell.text);
                diagnostics.push_back(std::move(found));
                return;
            }
            put(field.first, field.last, cell.text, field.right, field.fill);
        }
        if (of.test_first != 0) put(of.test_first, of.test_last, of.test, false, ' ');
        std::string_view const whole = line;
        if (auto const fault = writer_.add({&whole, 1}, out)) {
            for (auto const& cell : cells) {
                std::string ignored;
                if (cell.text.find_first_of("\r\n") != cell.text.npos ||
                    append_encoded(ignored, cell.text, settings_.dialect.encoding) != std::string_view::npos)
                    return unwritable(cell, fault->structure, diagnostics);
            }
            unwritable({}, fault->structure, diagnostics);
        }
    }

    void unwritable(Cell const& cell, bool structure, Diagnostics& diagnostics) {
        auto found = placed(
            make_diagnostic("MAP-0113",
                            structure ? fmt::format("`{}` \"{}\" holds a delimiter, a line end or a blank before it, and the format has no quotes.",
                                                    cell.canonical, cell.text)
                                      : fmt::format("`{}` \"{}\" holds a character that {} does not have.", cell.canonical,
                                                    cell.text, to_string(settings_.dialect.encoding)),
                            "Change the text at its source, or agree with the partner on another format."),
            std::string(cell.canonical));
        found.value = std::string(cell.text);
        diagnostics.push_back(std::move(found));
    }
    void left_behind(TargetNode const& node, Diagnostics& diagnostics) {
        diagnostics.push_back(
            placed(make_diagnostic("MAP-0116", fmt::format("`{}` is not written: the file has no such column.", node.name)),
                   node.canonical));
    }
    static Diagnostic placed(Diagnostic found, std::string const& canonical) {
        found.place.path = canonical;
        return found;
    }

    RowsSchema const& schema_;
    RowsSettings const& settings_;
    csv::Writer writer_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> last_keys_;
};

class RowsFormat final : public Format {
public:
    explicit RowsFormat(bool fixed) : fixed_(fixed) {}
    std::string_view name() const override { return fixed_ ? "fixed" : "csv"; }
    PathSyntax path_syntax() const override { return PathSyntax::names; }
    std::vector<std::string_view> endings() const override {
        return fixed_ ? std::vector<std::string_view>{"txt", "dat"} : std::vector<std::string_view>{"csv", "txt", "tsv"};
    }
    std::expected<std::unique_ptr<FormatSchema>, Diagnostics>
    open(std::vector<OptionLine> const& options) const override {
        auto settings = rows_settings(options, fixed_);
        if (!settings) return std::unexpected(std::move(settings.error()));
        return std::make_unique<RowsSchema>(std::move(*settings));
    }

private:
    bool fixed_;
};

} // namespace

std::unique_ptr<DocumentWriter> RowsSchema::writer() const {
    return std::make_unique<RowsWriter>(*this);
}

Format const& csv_format() {
    static RowsFormat const format(false);
    return format;
}
Format const& fixed_format() {
    static RowsFormat const format(true);
    return format;
}

} // namespace wharf::translator
