#include "syntax/csv/writer.hpp"

#include "base/encoding.hpp"
#include "syntax/csv/karma_row.hpp"

#include <vector>

namespace wharf::csv {

bool Writer::needs_quotes(std::string_view field) const {
    if (dialect_.quote_always) return true;
    if (field.empty()) return false;
    if (field.front() == ' ' || field.back() == ' ') return true; // readers strip blanks
    for (auto const c : field)
        if (c == dialect_.delimiter || c == dialect_.quote || c == '\n' || c == '\r') return true;
    return false;
}

/// Whether a file that begins with this text would be read as one that begins with a byte order mark: U+FEFF, but also
/// the characters of ISO-8859-1 that have its bytes.
bool Writer::begins_like_a_mark(std::string_view text) {
    field_.clear();
    if (append_encoded(field_, text, dialect_.encoding) != std::string_view::npos) return false; // refused later
    for (auto const marked : {Encoding::utf_8, Encoding::utf_16le, Encoding::utf_16be})
        if (field_.starts_with(byte_order_mark(marked))) return true;
    return false;
}

std::optional<Unwritable> Writer::add(std::span<std::string_view const> fields, std::string& out) {
    std::vector<OutField> ready(fields.size());
    std::vector<std::string> doubled(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto const field = fields[i];
        ready[i].text = field;
        bool const marked = begun_ || (dialect_.mark && !byte_order_mark(dialect_.encoding).empty());
        bool const hides = i == 0 && !marked && begins_like_a_mark(field);
        if (auto const nul = field.find('\0'); nul != field.npos) return Unwritable{i, nul, true};
        if (dialect_.quote == '\0') {
            if (hides) return Unwritable{0, 0, false};
            if (dialect_.delimiter != '\0' && field.starts_with(' ')) return Unwritable{i, 0, true}; // readers strip it
            for (std::size_t at = 0; at < field.size(); ++at)
                if ((dialect_.delimiter != '\0' && field[at] == dialect_.delimiter) || field[at] == '\n' ||
                    field[at] == '\r')
                    return Unwritable{i, at, true};
            continue;
        }
        if (!hides && !needs_quotes(field)) continue;
        ready[i].quoted = true;
        if (field.find(dialect_.quote) == field.npos && (!dialect_.backslash || field.find('\\') == field.npos))
            continue;
        for (auto const c : field) {
            if (dialect_.backslash ? c == dialect_.quote || c == '\\' : c == dialect_.quote)
                doubled[i] += dialect_.backslash ? '\\' : dialect_.quote;
            doubled[i] += c;
        }
        ready[i].text = doubled[i];
    }
    // a row of one empty field would be an empty line, which nobody reads
    if (ready.size() == 1 && ready.front().text.empty() && dialect_.quote != '\0') ready.front().quoted = true;
    auto const before = out.size();
    if (!begun_ && dialect_.mark) out += byte_order_mark(dialect_.encoding);
    row_.clear();
    bool const as_it_is = dialect_.encoding == Encoding::utf_8 || dialect_.encoding == Encoding::automatic;
    generate_row(ready, dialect_, as_it_is ? out : row_);
    if (as_it_is || append_encoded(out, row_, dialect_.encoding) == std::string_view::npos) {
        begun_ = true;
        return std::nullopt;
    }
    out.resize(before);
    for (std::size_t i = 0; i < fields.size(); ++i) { // which field was it
        field_.clear();
        if (auto const at = append_encoded(field_, fields[i], dialect_.encoding); at != std::string_view::npos)
            return Unwritable{i, at, false};
    }
    return Unwritable{};
}

} // namespace wharf::csv
