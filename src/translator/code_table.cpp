#include "translator/code_table.hpp"

#include "translator/map_parser.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// Cells of one line; a cell in quotes may hold commas, a doubled quote is one.
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') {
            if (quoted && i + 1 < line.size() && line[i + 1] == '"')
                cells.back() += line[i++];
            else
                quoted = !quoted;
        } else if (line[i] == ',' && !quoted) {
            cells.emplace_back();
        } else {
            cells.back() += line[i];
        }
    }
    for (auto& cell : cells)
        cell = std::string(trimmed(cell));
    return cells;
}

} // namespace

bool is_word(std::string_view text) {
    if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_listed_code(std::string_view text) {
    auto const colon = text.find(':');
    if (colon == text.npos || colon == 0 || colon + 1 == text.size() || text.starts_with("words:")) return false;
    return text.find_first_of("\r\n") == text.npos && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool CodeMap::add(std::string_view code, std::string_view word) {
    if (word_of_.contains(code) || code_of_.contains(word)) return false;
    written_ = {};
    word_of_.emplace(code, word);
    code_of_.emplace(word, code);
    return true;
}

void CodeMap::override_with(std::string_view code, std::string_view word, bool write) {
    written_ = {};
    if (auto const old = word_of_.find(code); old != word_of_.end()) {
        if (auto const written = code_of_.find(old->second); written != code_of_.end() && written->second == code)
            code_of_.erase(written);
        old->second = std::string(word);
    } else {
        word_of_.emplace(code, word);
    }
    if (write || !code_of_.contains(word)) code_of_[std::string(word)] = std::string(code);
}

void CodeMap::finish() {
    std::size_t size = 8;
    while (size < word_of_.size() * 2)
        size *= 2;
    buckets_.assign(size, {});
    mask_ = size - 1;
    words_.clear();
    long_.clear();
    for (auto const& [code, word] : word_of_) {
        auto const key = pack_code(code);
        if (key == 0) {
            long_[code] = '"' + word + '"';
            continue;
        }
        auto at = hash(key);
        while (buckets_[at & mask_].key != 0)
            ++at;
        buckets_[at & mask_] = {key, static_cast<std::uint32_t>(words_.size())};
        words_.push_back('"' + word + '"');
    }
    codes_.clear();
    std::vector<std::string_view> words;
    for (auto const& [word, code] : code_of_) {
        words.push_back(word);
        codes_.push_back(code);
    }
    written_.build(words.size(), [&](std::size_t i) { return words[i]; });
}

std::string_view CodeMap::quoted_word_of_long(std::string_view code) const {
    auto const found = long_.find(code);
    return found == long_.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view CodeMap::code(std::string_view word) const {
    if (auto const index = written_.find(word); index != NameIndex::none) return codes_[index];
    auto const found = code_of_.find(word);
    return found == code_of_.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> CodeMap::words() const {
    std::vector<std::string> words;
    for (auto const& [word, code] : code_of_)
        words.push_back(word);
    return words;
}

std::expected<CodeTable, Diagnostics> CodeTable::parse(std::string_view file_name, std::string_view text) {
    CodeTable table;
    Diagnostics faults;
    std::uint32_t number = 0;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.empty() || line.front() == '#') continue;
        Origin const origin{std::string(file_name), number, std::string(line)};
        auto cells = cells_of(line);
        if (table.lists_.empty()) {
            if (cells.size() < 2 || cells.front() != "word")
                return std::unexpected(Diagnostics{
                    map_diagnostic("MAP-0017", origin, 1,
                                   "The first line of a table must name its columns: `word`, then one list per column.",
                                   "For example: word,x12:98")});
            table.lists_.assign(cells.begin() + 1, cells.end());
            continue;
        }
        if (cells.size() > table.lists_.size() + 1) {
            faults.push_back(map_diagnostic(
                "MAP-0017", origin, 1,
                fmt::format("The row has {} cells; the table has {} columns.", cells.size(), table.lists_.size() + 1)));
            continue;
        }
        if (!is_word(cells.front())) {
            faults.push_back(map_diagnostic("MAP-0017", origin, 1, fmt::format("`{}` is not a word.", cells.front()),
                                            "A word is small letters, digits and _; it begins with a letter."));
            continue;
        }
        Row row{cells.front(), {}, origin};
        for (std::size_t i = 1; i < cells.size(); ++i) {
            Cell cell;
            auto const at = cells[i].find('@');
            cell.code = std::string(trimmed(std::string_view(cells[i]).substr(0, at)));
            if (at != std::string::npos) {
                auto const range = std::string_view(cells[i]).substr(at + 1);
                auto const dots = range.find("..");
                cell.from = std::string(trimmed(range.substr(0, dots)));
                cell.to = dots == range.npos ? cell.from : std::string(trimmed(range.substr(dots + 2)));
            }
            if (cell.code.size() > 8)
                faults.push_back(map_diagnostic(
                    "MAP-0017", origin, 1, fmt::format("The code `{}` is longer than eight characters.", cell.code)));
            row.cells.push_back(std::move(cell));
        }
        row.cells.resize(table.lists_.size());
        table.rows_.push_back(std::move(row));
    }
    if (table.lists_.empty())
        faults.push_back(map_diagnostic("MAP-0017", {std::string(file_name), 1, {}}, 1, "The table is empty.",
                                        "The first line names the columns: word,x12:98"));
    if (!faults.empty()) return std::unexpected(std::move(faults));
    return table;
}

bool CodeTable::has_list(std::string_view list) const {
    return std::find(lists_.begin(), lists_.end(), list) != lists_.end();
}

CodeMap CodeTable::words() const {
    CodeMap map("words");
    for (auto const& row : rows_)
        (void)map.add(row.word, row.word);
    map.finish();
    return map;
}

std::expected<CodeMap, Diagnostics> CodeTable::compile(std::string_view list, std::string_view release) const {
    CodeMap map{std::string(list)};
    Diagnostics faults;
    auto const column = static_cast<std::size_t>(std::find(lists_.begin(), lists_.end(), list) - lists_.begin());
    for (auto const& row : rows_) {
        auto const& cell = row.cells[column];
        if (cell.code.empty()) continue;
        if (!release.empty() &&
            ((!cell.from.empty() && release < cell.from) || (!cell.to.empty() && release > cell.to)))
            continue;
        if (!map.add(cell.code, row.word))
            faults.push_back(map_diagnostic(
                "MAP-0017", row.origin, 1,
                fmt::format("In {} the word `{}` or the code `{}` stands a second time.", list, row.word, cell.code),
                "A table is one to one: give the second code a word of its own."));
    }
    if (!faults.empty()) return std::unexpected(std::move(faults));
    map.finish();
    return map;
}

} // namespace wharf::translator
