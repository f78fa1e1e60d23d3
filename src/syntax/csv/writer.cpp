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

std::optional<Unwritable> Writer::add(std::span<std::string_view const> fields, std::string& out) {
    std::vector<OutField> ready(fields.size());
    std::vector<std::string> doubled(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto const field = fields[i];
        ready[i].text = field;
        if (auto const nul = field.find('\0'); nul != field.npos) return Unwritable{i, nul, true};
        if (dialect_.quote == '\0') {
            for (std::size_t at = 0; at < field.size(); ++at)
                if ((dialect_.delimiter != '\0' && field[at] == dialect_.delimiter) || field[at] == '\n' ||
                    field[at] == '\r')
                    return Unwritable{i, at, true};
            continue;
        }
        if (!needs_quotes(field)) continue;
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
    if (!begun_ && dialect_.mark) out += byte_order_mark(dialect_.encoding);
    begun_ = true;
    if (dialect_.encoding == Encoding::utf_8 || dialect_.encoding == Encoding::automatic) {
        generate_row(ready, dialect_, out);
        return std::nullopt;
    }
    row_.clear();
    generate_row(ready, dialect_, row_);
    if (append_encoded(out, row_, dialect_.encoding) == std::string_view::npos) return std::nullopt;
    for (std::size_t i = 0; i < fields.size(); ++i) { // which field was it
        field_.clear();
        if (auto const at = append_encoded(field_, fields[i], dialect_.encoding); at != std::string_view::npos)
            return Unwritable{i, at, false};
    }
    return Unwritable{};
}

} // namespace wharf::csv
