// The option lines of files of rows: format, columns, documents, record.
#include "translator/format_rows.hpp"

#include "base/limits.hpp"
#include "base/encoding.hpp"
#include "translator/date_format.hpp"
#include "translator/map_parser.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <span>

namespace wharf::translator {
namespace {

constexpr std::string_view csv_settings[] = {"delimiter", "quote",  "escape", "header",  "skip", "encoding", "decimal",
                                             "date",      "time",   "moment", "codes",   "line", "mark",     "quoted", "missing"};
constexpr std::string_view fixed_settings[] = {"skip", "encoding", "decimal", "date", "time",
                                               "moment", "codes",  "line",    "mark"};

bool number(std::string_view text, unsigned& value) {
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

class SettingsReader {
public:
    SettingsReader(std::vector<OptionLine> const& options, bool fixed) : options_(options) { made_.fixed = fixed; }

    std::expected<RowsSettings, Diagnostics> run() {
        made_.defaults.iso = true;
        if (made_.fixed) {
            made_.dialect.delimiter = made_.dialect.quote = '\0';
        }
        for (auto const& line : options_)
            if (line.keyword == "format") format(line);
        for (auto const& line : options_)
            if (line.keyword == "record") declare(line);
        made_.has_records = !made_.records.empty();
        if (!made_.has_records) made_.records.emplace_back().name = "row";
        for (auto const& line : options_)
            if (line.keyword == "columns")
                columns(line);
            else if (line.keyword == "record")
                record(line);
        for (auto const& line : options_)
            if (line.keyword == "documents")
                documents(line);
            else if (line.keyword == "namespace" || line.keyword == "order")
                fault("MAP-0031", line, 1, fmt::format("`{}` is an option of XML.", line.keyword));
        if (made_.fixed && !made_.declared)
            faults_.push_back(map_diagnostic("MAP-0031", made_.origin, 1, "Nothing says where the fields stand.",
                                             "Write, for example: columns number 1-10, quantity 11-18 right \"0\""));
        if (!faults_.empty()) return std::unexpected(std::move(faults_));
        return std::move(made_);
    }

private:
    void fault(std::string_view code, OptionLine const& line, std::uint32_t column, std::string message,
               std::string help = {}) {
        faults_.push_back(map_diagnostic(code, line.origin, column, std::move(message), std::move(help)));
    }

    void format(OptionLine const& line) {
        made_.origin = line.origin;
        std::span<std::string_view const> const known =
            made_.fixed ? std::span<std::string_view const>(fixed_settings) : csv_settings;
        for (std::size_t i = 1; i < line.words.size(); i += 2) {
            auto const& name = line.words[i];
            if (std::ranges::find(known, name.text) == known.end()) {
                std::vector<std::string> const names(known.begin(), known.end());
                auto const near = did_you_mean(name.text, names);
                fault("MAP-0030", line, name.column, fmt::format("There is no setting `{}`.", name.text),
                      near.empty() ? fmt::format("There are: {}.", fmt::join(names, ", ")) : near);
                return;
            }
            if (i + 1 == line.words.size()) {
                fault("MAP-0030", line, name.column, fmt::format("`{}` needs a value.", name.text));
                return;
            }
            auto const& value = line.words[i + 1];
            if (auto const expected = setting(name.text, value); !expected.empty())
                fault("MAP-0030", line, value.column,
                      fmt::format("`{} {}`: the value must be {}.", name.text, value.text, expected));
        }
        if (made_.dialect.delimiter != '\0' && made_.dialect.delimiter == made_.dialect.quote)
            fault("MAP-0030", line, 1, "Delimiter and quote are the same character.");
        if (made_.defaults.decimal_point == ',' && made_.dialect.delimiter == ',' && made_.dialect.quote == '\0')
            fault("MAP-0030", line, 1, "A decimal comma needs another delimiter, or quotes.");
    }

    static bool character(OptionWord const& value, char& out) {
        constexpr std::pair<std::string_view, char> names[] = {
            {"tab", '\t'}, {"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}, {"space", ' '}, {"colon", ':'}};
        if (!value.quoted)
            for (auto const& [name, c] : names)
                if (value.text == name) {
                    out = c;
                    return true;
                }
        if (value.text.size() != 1 || static_cast<unsigned char>(value.text[0]) > 0x7f || value.text[0] < ' ')
            return false;
        out = value.text[0];
        return true;
    }

    static bool yes_or_no(OptionWord const& value, bool& out) {
        out = value.text == "yes";
        return out || value.text == "no";
    }

    /// What the value must be; empty: it is.
    std::string_view setting(std::string_view name, OptionWord const& value) {
        auto& dialect = made_.dialect;
        if (name == "delimiter")
            return character(value, dialect.delimiter) ? "" : "one character, or tab, comma, semicolon, pipe, space";
        if (name == "quote") {
            if (value.text == "none" && !value.quoted) {
                dialect.quote = '\0';
                return "";
            }
            if (value.text == "double" || value.text == "single") {
                dialect.quote = value.text == "double" ? '"' : '\'';
                return "";
            }
            return character(value, dialect.quote) ? "" : "one character, or double, single, none";
        }
        if (name == "escape") {
            dialect.backslash = value.text == "backslash";
            return dialect.backslash || value.text == "double" ? "" : "double or backslash";
        }
        if (name == "header") return yes_or_no(value, made_.header) ? "" : "yes or no";
        if (name == "missing") {
            made_.missing_allowed = value.text == "allow";
            return made_.missing_allowed || value.text == "refuse" ? "" : "allow or refuse";
        }
        if (name == "mark") return yes_or_no(value, dialect.mark) ? "" : "yes or no";
        if (name == "quoted") {
            dialect.quote_always = value.text == "always";
            return dialect.quote_always || value.text == "needed" ? "" : "always or needed";
        }
        if (name == "line") {
            dialect.line_end = value.text == "lf" ? "\n" : "\r\n";
            return value.text == "lf" || value.text == "crlf" ? "" : "lf or crlf";
        }
        if (name == "skip") return number(value.text, made_.skip) && made_.skip < 1000 ? "" : "a number below 1000";
        if (name == "encoding") {
            auto const found = encoding_named(value.text);
            if (found) dialect.encoding = *found;
            return found ? "" : "utf-8, utf-16le, utf-16be, iso-8859-1 or windows-1252";
        }
        if (name == "decimal") {
            made_.defaults.decimal_point = value.text == "," ? ',' : '.';
            return value.text == "," || value.text == "." ? "" : "\",\" or \".\"";
        }
        if (name == "codes") {
            made_.defaults.vocabulary = value.text;
            return "";
        }
        auto& form = name == "date"   ? made_.defaults.date_format
                     : name == "time" ? made_.defaults.time_format
                                      : made_.defaults.moment_format;
        form = value.text;
        auto const kind = name == "date"   ? DateFormat::Kind::date
                          : name == "time" ? DateFormat::Kind::time
                                           : DateFormat::Kind::moment;
        return DateFormat::parse(value.text, kind) ? "" : "a form such as DD.MM.YYYY, HH:MM or \"YYYY-MM-DD HH:MM\"";
    }

    /// "17", "3-17"; in `right "0"` behind it how it is filled. False: not a span.
    bool span(OptionWord const& word, unsigned& first, unsigned& last) {
        auto const dash = word.text.find('-');
        if (!number(std::string_view(word.text).substr(0, dash), first)) return false;
        last = first;
        if (dash != std::string::npos && !number(std::string_view(word.text).substr(dash + 1), last)) return false;
        return first >= 1 && last >= first && last <= limits::csv_row_bytes;
    }

    void fields(OptionLine const& line, std::size_t from, RowRecord& record) {
        made_.declared = true;
        for (auto i = from; i < line.words.size(); ++i) {
            auto const& word = line.words[i];
            if (record.find(word.text) >= 0) {
                fault("MAP-0031", line, word.column, fmt::format("`{}` stands here twice.", word.text));
                return;
            }
            if (record.fields.size() >= limits::csv_fields) {
                fault("MAP-0031", line, word.column, fmt::format("More than {} fields.", limits::csv_fields));
                return;
            }
            auto& field = record.fields.emplace_back();
            field.name = word.text;
            if (!made_.fixed) continue;
            if (++i == line.words.size() || !span(line.words[i], field.first, field.last)) {
                fault("MAP-0031", line, word.column, fmt::format("Nothing says where `{}` stands.", word.text),
                      fmt::format("Write its characters, from 1: {} 3-17", word.text));
                return;
            }
            for (auto const& other : record.fields)
                if (&other != &field && other.first <= field.last && field.first <= other.last)
                    fault("MAP-0031", line, word.column,
                          fmt::format("`{}` and `{}` share characters.", other.name, field.name));
            if (i + 1 < line.words.size() && !line.words[i + 1].quoted &&
                (line.words[i + 1].text == "right" || line.words[i + 1].text == "left")) {
                field.right = line.words[++i].text == "right";
                if (i + 1 < line.words.size() && line.words[i + 1].quoted && line.words[i + 1].text.size() == 1)
                    field.fill = line.words[++i].text[0];
            }
        }
    }

    void columns(OptionLine const& line) {
        if (made_.has_records || !made_.records.front().fields.empty()) {
            fault("MAP-0031", line, 1,
                  made_.has_records ? "A file has `columns` or `record`, not both." : "A second line `columns`.");
            return;
        }
        fields(line, 0, made_.records.front());
    }

    [[nodiscard]] int find_record(std::string_view name) const {
        for (std::size_t i = 0; i < made_.records.size(); ++i)
            if (made_.records[i].name == name) return static_cast<int>(i);
        return -1;
    }

    void declare(OptionLine const& line) {
        if (line.words.empty()) {
            fault("MAP-0031", line, 1, "`record` needs a name.", "Write, for example: record H when 1 = \"H\" po date");
            return;
        }
        if (find_record(line.words[0].text) >= 0) {
            fault("MAP-0031", line, line.words[0].column,
                  fmt::format("The record `{}` is declared twice.", line.words[0].text));
            return;
        }
        auto& made = made_.records.emplace_back();
        made.name = line.words[0].text;
        made.origin = line.origin;
    }

    /// record D in H when 1 = "D" type line sku
    void record(OptionLine const& line) {
        if (line.words.empty()) return;
        auto& own = made_.records[static_cast<std::size_t>(find_record(line.words[0].text))];
        if (own.origin.line != line.origin.line || own.origin.file != line.origin.file) return;
        std::size_t at = 1;
        auto const word = [&](std::size_t i) {
            return i < line.words.size() ? std::string_view(line.words[i].text) : std::string_view();
        };
        if (word(at) == "in") {
            own.parent = find_record(word(at + 1));
            auto const self = static_cast<int>(&own - made_.records.data());
            if (own.parent < 0 || own.parent >= self) {
                fault("MAP-0031", line, line.words[at].column,
                      fmt::format("`in {}`: there is no such record above.", word(at + 1)),
                      "Declare the outer record first.");
                return;
            }
            at += 2;
        }
        OptionWord test;
        if (word(at) != "when" || at + 3 >= line.words.size() || word(at + 2) != "=" ||
            !span(line.words[at + 1], own.test_first, own.test_last)) {
            fault("MAP-0031", line, at < line.words.size() ? line.words[at].column : 1,
                  "Nothing says how the record is known.", "Write, for example: record H when 1 = \"H\" type po date");
            return;
        }
        own.test = word(at + 3);
        fields(line, at + 4, own);
    }

    void documents(OptionLine const& line) {
        if (!made_.documents_by.empty() || made_.documents_each >= 0) {
            fault("MAP-0031", line, 1, "A second line `documents`.");
            return;
        }
        std::size_t at = 0;
        made_.anywhere = !line.words.empty() && line.words[0].text == "anywhere" && !line.words[0].quoted;
        at += made_.anywhere;
        auto const keyword = at < line.words.size() ? line.words[at].text : std::string();
        if (keyword == "each" && !made_.anywhere && line.words.size() == at + 2) {
            made_.documents_each = find_record(line.words[at + 1].text);
            if (!made_.has_records || made_.documents_each < 0)
                fault("MAP-0031", line, line.words[at + 1].column,
                      fmt::format("There is no record `{}`.", line.words[at + 1].text));
            else if (made_.records[static_cast<std::size_t>(made_.documents_each)].parent >= 0)
                fault("MAP-0031", line, line.words[at + 1].column, "A document begins with an outermost record.");
            return;
        }
        if (keyword != "by" || at + 1 >= line.words.size() || made_.has_records) {
            fault("MAP-0031", line, 1,
                  made_.has_records ? "A file of records has `documents each RECORD`."
                                    : "`documents` needs the columns that the rows of one document share.",
                  made_.has_records ? "" : "Write, for example: documents by \"PO Number\"");
            return;
        }
        for (auto i = at + 1; i < line.words.size(); ++i) {
            auto& fields = made_.records.front().fields;
            auto field = made_.records.front().find(line.words[i].text);
            if (field < 0) {
                std::vector<std::string> names;
                for (auto const& one : fields)
                    names.push_back(one.name);
                if (made_.declared || !made_.header) {
                    fault("MAP-0031", line, line.words[i].column,
                          fmt::format("The file has no column `{}`.", line.words[i].text),
                          made_.declared ? did_you_mean(line.words[i].text, names)
                                         : "Name the columns: columns A B C, or say header yes.");
                    return;
                }
                field = static_cast<int>(fields.size());
                fields.emplace_back().name = line.words[i].text;
            }
            made_.documents_by.push_back(static_cast<unsigned>(field));
        }
    }

    std::vector<OptionLine> const& options_;
    RowsSettings made_;
    Diagnostics faults_;
};

} // namespace

int RowRecord::find(std::string_view field) const {
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name == field) return static_cast<int>(i);
    return -1;
}

std::expected<RowsSettings, Diagnostics> rows_settings(std::vector<OptionLine> const& options, bool fixed) {
    return SettingsReader(options, fixed).run();
}

} // namespace wharf::translator
