#include "translator/rows_reader.hpp"

#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "translator/map_parser.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace wharf::translator {
namespace {

constexpr std::size_t faults_of_one_document = 50;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// The byte at which character `number` (from 1) begins; the end when there are fewer.
std::uint32_t character_at(std::string_view text, unsigned number) {
    std::uint32_t at = 0;
    for (unsigned i = 1; i < number && at < text.size(); ++i)
        do
            ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
    return at;
}

} // namespace

RowsReader::RowsReader(RowsSchema const& schema, std::unique_ptr<ByteSource> bytes, std::string file_name)
    : schema_(schema), settings_(schema.settings()), file_(std::move(file_name)),
      reader_(std::move(bytes), schema.settings().dialect) {
    for (auto const& level : schema_.levels())
        if (!settings_.has_records) leaf_ = std::max(leaf_, static_cast<std::size_t>(&level - schema_.levels().data()));
    keys_.resize(schema_.levels().size());
}

// --- rows

/// The next row that is not blank, with its kind.
bool RowsReader::fetch() {
    for (;;) {
        if (sorted_) {
            if (stored_.empty()) return false;
            if (!stored_.front().text.empty() && row_.text.data() == stored_.front().text.data()) {
                stored_.pop_front();
                if (stored_.empty()) return false;
            }
            auto& kept = stored_.front();
            row_ = kept.row;
            row_.text = kept.text;
            row_.fields = kept.fields;
        } else {
            auto const* const found = reader_.next();
            if (found == nullptr) return false;
            row_ = *found;
        }
        if (row_.blank()) continue;
        record_ = settings_.has_records ? kind_of() : 0;
        if (settings_.fixed && record_ >= 0 && row_.fault != csv::RowFault::row_too_long) cut_fixed();
        return true;
    }
}

/// The fields of a line by their characters.
void RowsReader::cut_fixed() {
    auto const& record = settings_.records[static_cast<std::size_t>(record_)];
    bool const plain = std::ranges::all_of(row_.text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    cut_.clear();
    for (auto const& field : record.fields) {
        auto const size = static_cast<std::uint32_t>(row_.text.size());
        auto begin = plain ? std::min(field.first - 1, size) : character_at(row_.text, field.first);
        auto end = plain ? std::min(field.last, size) : character_at(row_.text, field.last + 1);
        if (field.fill != ' ') { // "000150": one character stays
            while (field.right && begin + 1 < end && row_.text[begin] == field.fill)
                ++begin;
            while (!field.right && begin + 1 < end && row_.text[end - 1] == field.fill)
                --end;
        }
        cut_.push_back({begin, end - begin, false, false});
    }
    row_.fields = cut_;
}

int RowsReader::kind_of() const {
    for (std::size_t i = 0; i < settings_.records.size(); ++i) {
        auto const& record = settings_.records[i];
        if (settings_.fixed) {
            auto const begin = character_at(row_.text, record.test_first);
            auto const end = character_at(row_.text, record.test_last + 1);
            if (trimmed(row_.text.substr(begin, end - begin)) == record.test) return static_cast<int>(i);
        } else if (record.test_first <= row_.fields.size() &&
                   trimmed(value(row_.fields[record.test_first - 1], scratch_)) == record.test) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

std::string_view RowsReader::value(csv::Field const& field, std::string& scratch) const {
    auto const text = csv::value(settings_.dialect, row_, field, scratch);
    return field.quoted ? text : trimmed(text);
}

std::string_view RowsReader::column_value(unsigned field, std::string& scratch) const {
    for (std::size_t i = 0; i < columns_.size() && i < row_.fields.size(); ++i)
        if (columns_[i].field == static_cast<int>(field)) return value(row_.fields[i], scratch);
    return {};
}

/// Rows are told apart by it.
bool RowsReader::is_key(unsigned field) const {
    return std::ranges::any_of(schema_.levels(), [&](RowLevel const& level) { return std::ranges::find(level.by, field) != level.by.end(); });
}

bool RowsReader::key_known() const {
    for (auto const field : schema_.levels().front().by)
        if (trimmed(column_value(field, scratch_)).empty()) return false;
    return true;
}

bool RowsReader::same_key(std::size_t level) const {
    auto const& by = schema_.levels()[level].by;
    if (keys_[level].size() != by.size()) return false;
    for (std::size_t i = 0; i < by.size(); ++i)
        if (column_value(by[i], scratch_) != keys_[level][i]) return false;
    return true;
}

void RowsReader::set_key(std::size_t level) {
    keys_[level].clear();
    for (auto const field : schema_.levels()[level].by)
        keys_[level].emplace_back(column_value(field, scratch_));
}

// --- the head of the file

void RowsReader::use_column(std::string name, int field) {
    Column made;
    made.name = std::move(name);
    made.field = field;
    made.level = static_cast<int>(leaf_);
    if (field >= 0) {
        auto const& known = settings_.records.front().fields[static_cast<std::size_t>(field)];
        made.place = known.place;
        if (known.place != unnamed_place) made.level = known.level;
    }
    columns_.push_back(std::move(made));
}

bool RowsReader::header(Diagnostics& diagnostics) {
    auto const& fields = settings_.records.front().fields;
    if (!fetch()) {
        diagnostics.push_back(make_diagnostic("MAP-0142", "The file is empty: it has no header row."));
        diagnostics.back().place.file = file_;
        return false;
    }
    if (row_.fault != csv::RowFault::none) {
        diagnostics.push_back(row_fault());
        return false;
    }
    std::vector<bool> found(fields.size());
    std::vector<std::string> names;
    std::string scratch;
    for (auto const& cell : row_.fields) {
        auto const name = std::string(trimmed(value(cell, scratch)));
        names.push_back(name);
        int field = -1;
        for (std::size_t i = 0; i < fields.size() && field < 0; ++i)
            if (!found[i] && fields[i].name == name) field = static_cast<int>(i);
        for (std::size_t i = 0; i < fields.size() && field < 0; ++i)
            if (!found[i] && same_word(fields[i].name, name)) field = static_cast<int>(i);
        if (field >= 0) found[static_cast<std::size_t>(field)] = true;
        auto own = name.empty() ? fmt::format("({})", names.size()) : name;
        if (auto const before = std::count(names.begin(), names.end() - 1, name); before != 0 && field < 0)
            own = fmt::format("{}({})", own, before + 1);
        use_column(std::move(own), field);
    }
    std::vector<std::string> unknown; // columns of the file that may be misspelt ones of the map
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (columns_[i].field < 0) unknown.push_back(names[i]);
    std::vector<std::string> missing;
    std::string near;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (found[i] || fields[i].place == unnamed_place) continue;
        auto meant = did_you_mean(fields[i].name, unknown);
        if (settings_.missing_allowed && meant.empty() && !is_key(static_cast<unsigned>(i))) continue;
        missing.push_back(fields[i].name);
        if (near.empty()) near = std::move(meant);
    }
    if (missing.empty()) return true;
    auto const delimiter = settings_.dialect.delimiter == '\t' ? "tab" : std::string(1, settings_.dialect.delimiter);
    diagnostics.push_back(
        fault("MAP-0142",
              fmt::format("The header row has no column {}.", fmt::format("`{}`", fmt::join(missing, "`, `"))),
              !near.empty()       ? near
              : names.size() == 1 ? fmt::format("It has one column. Is `{}` the delimiter?", delimiter)
                                  : fmt::format("It has {} columns, {} of which the map reads. Have the file hold the others too, be they empty, or take their lines out "
                                                "of the map: `remove` in an override.",
                                                names.size(), std::ranges::count(found, true))));
    return false;
}

bool RowsReader::start(SourceTree& tree, Diagnostics& diagnostics) {
    started_ = true;
    tree.file = file_;
    for (unsigned i = 0; i < settings_.skip; ++i)
        if (reader_.next() == nullptr) break;
    if (settings_.header) {
        if (!header(diagnostics)) return false;
    } else if (!settings_.has_records) {
        auto const& fields = settings_.records.front().fields;
        for (std::size_t i = 0; i < fields.size(); ++i)
            use_column(fields[i].name, static_cast<int>(i));
    }
    if (settings_.anywhere) sort_rows();
    return true;
}

/// Rows of one document together, documents in the order of their first rows.
void RowsReader::sort_rows() {
    std::unordered_map<std::string, std::size_t> order;
    std::vector<std::vector<Stored>> groups;
    std::size_t last = 0;
    while (fetch()) {
        Stored kept{row_, std::string(row_.text), {row_.fields.begin(), row_.fields.end()}};
        std::string key;
        for (auto const field : schema_.levels().front().by)
            (key += column_value(field, scratch_)) += '\0';
        auto const group = key_known() ? order.try_emplace(key, groups.size()).first->second : last;
        if (group >= groups.size()) groups.resize(group + 1);
        groups[group].push_back(std::move(kept));
        last = group;
    }
    for (auto& group : groups)
        for (auto& row : group)
            stored_.push_back(std::move(row));
    row_ = {};
    sorted_ = true;
}

// --- faults

Diagnostic RowsReader::fault(std::string_view code, std::string message, std::string help, std::uint32_t at) const {
    auto found = make_diagnostic(code, std::move(message), std::move(help));
    found.place.file = file_;
    found.place.line = row_.line;
    found.excerpt = std::string(row_.text.substr(0, 4000));
    if (at != 0 || row_.fault != csv::RowFault::none) {
        for (std::uint32_t i = 0; i < at && i < row_.text.size(); ++i)
            if (row_.text[i] == '\n') ++found.place.line;
        found.place.column = 1;
        auto const begin = at == 0 ? std::string_view::npos : row_.text.rfind('\n', at - 1);
        for (auto i = begin == std::string_view::npos ? 0 : begin + 1; i < at; ++i)
            found.place.column += (static_cast<unsigned char>(row_.text[i]) & 0xc0) != 0x80;
        found.excerpt_offset = std::min(at, static_cast<std::uint32_t>(found.excerpt.size()));
        found.place.length = 1;
    }
    return found;
}

Diagnostic RowsReader::row_fault() const {
    auto const at = row_.fault_at;
    switch (row_.fault) {
    case csv::RowFault::unclosed_quote:
        return fault("MAP-0140", "A quote is opened here and never closed.",
                     "Close it, or double a quote that is part of the text.", at);
    case csv::RowFault::text_behind_quote:
        return fault("MAP-0140", "Behind a closing quote stands something that is neither delimiter nor line end.",
                     "Double a quote that is part of the text: \"5\"\" pipe\".", at);
    case csv::RowFault::bad_character:
        return fault("MAP-0141", fmt::format("A byte here is no character of {}.", to_string(reader_.encoding())),
                     "If the partner writes another encoding, say so: format csv encoding windows-1252.", at);
    case csv::RowFault::nul_character:
        return fault("MAP-0141", "The row holds a zero byte.",
                     "If the file is UTF-16 without a byte order mark, say so: format csv encoding utf-16le.", at);
    case csv::RowFault::field_too_long:
        return fault("MAP-0147", fmt::format("A field has more than {} bytes.", limits::csv_field_bytes),
                     "Is a quote or line end missing?", at);
    case csv::RowFault::too_many_fields:
        return fault("MAP-0147", fmt::format("The row has more than {} fields.", limits::csv_fields),
                     "Is a line end missing?", at);
    default:
        return fault("MAP-0147", fmt::format("The row has more than {} bytes.", limits::csv_row_bytes),
                     "Is a quote or line end missing?", at);
    }
}

void RowsReader::report(Diagnostic found, Diagnostics& diagnostics) {
    if (++reported_ <= faults_of_one_document) diagnostics.push_back(std::move(found));
}

} // namespace wharf::translator
