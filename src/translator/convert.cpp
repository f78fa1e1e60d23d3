#include "translator/convert.hpp"

#include "base/date.hpp"
#include "base/decimal.hpp"
#include "base/json_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>

namespace wharf::translator {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void append_quoted(OutBuffer& out, std::string_view text) {
    out.reserve(text.size() + 2);
    auto* const at = out.end();
    at[0] = '"';
    OutBuffer::copy(at + 1, text.data(), text.size());
    at[text.size() + 1] = '"';
    out.advance(text.size() + 2);
}

/// Printable ASCII without quote and backslash: nothing to escape. Eight bytes at a time.
bool is_plain(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101ULL, highs = 0x8080808080808080ULL;
    auto const refused = [](std::uint64_t word) {
        auto const zero = [](std::uint64_t x) { return (x - ones) & ~x; };
        // a byte below 0x20, 0x7f and above, a quote, a backslash
        return (((word - ones * 0x20) | word | (word + ones) | zero(word ^ (ones * '"')) | zero(word ^ (ones * '\\'))) &
                highs) != 0;
    };
    std::size_t i = 0;
    std::uint64_t word;
    for (; i + 8 <= text.size(); i += 8) {
        std::memcpy(&word, text.data() + i, 8);
        if (refused(word)) return false;
    }
    if (i < text.size()) {
        word = ones * 'x';
        std::memcpy(&word, text.data() + i, text.size() - i);
        return !refused(word);
    }
    return true;
}

/// True for text that is a canonical decimal already and short enough to be exact.
bool is_canonical_decimal(std::string_view text) {
    if (text.empty() || text.size() > 30) return false;
    std::size_t i = text[0] == '-' ? 1 : 0;
    if (i == text.size() || !is_digit(text[i])) return false;
    if (text[i] == '0' && i + 1 < text.size() && text[i + 1] != '.') return false;
    while (i < text.size() && is_digit(text[i]))
        ++i;
    if (i == text.size()) return true;
    if (text[i] != '.' || i + 1 == text.size()) return false;
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1, text.end(), is_digit);
}

bool read_decimal(std::string_view text, OutBuffer& out, std::string& reason) {
    if (is_canonical_decimal(text)) {
        append_quoted(out, text);
        return true;
    }
    auto const value = Decimal::parse(text);
    if (!value) {
        reason = "is not a decimal number";
        return false;
    }
    append_quoted(out, value->text());
    return true;
}

bool read_implied(std::string_view text, unsigned scale, OutBuffer& out, std::string& reason) {
    auto const value = Decimal::implied(text, scale);
    if (!value) {
        reason = scale == 0 ? "is not a whole number"
                            : fmt::format("is not a whole number (the last {} digits stand behind the point)", scale);
        return false;
    }
    append_quoted(out, value->text());
    return true;
}

bool read_integer(std::string_view text, OutBuffer& out, std::string& reason) {
    bool const negative = !text.empty() && text.front() == '-';
    auto digits = text.substr(negative ? 1 : 0);
    while (digits.size() > 1 && digits.front() == '0')
        digits.remove_prefix(1);
    if (digits.empty() || digits.size() > 15 || !std::all_of(digits.begin(), digits.end(), is_digit)) {
        reason = "is not a whole number";
        return false;
    }
    if (negative && digits != "0") out += '-';
    out.append(digits);
    return true;
}

/// Without quotes. The usual eight digits go without a temporary.
bool append_date(std::string_view digits, OutBuffer& out, std::string& reason) {
    if (!is_date(digits)) {
        reason = digits.size() == 8 || digits.size() == 6 ? "is not a date of the calendar"
                                                          : "is not a date (CCYYMMDD or YYMMDD)";
        return false;
    }
    if (digits.size() == 8) {
        char const text[10] = {digits[0], digits[1], digits[2], digits[3], '-',
                               digits[4], digits[5], '-',       digits[6], digits[7]};
        out.append({text, 10});
    } else {
        out.append(iso_date(digits));
    }
    return true;
}

bool append_time(std::string_view digits, OutBuffer& out, std::string& reason) {
    if (!is_time(digits)) {
        reason = "is not a time (HHMM, HHMMSS or with decimals of a second)";
        return false;
    }
    out.append(iso_time(digits));
    return true;
}

/// Steps that change the text before it is converted; `scratch` holds the changed one.
std::string_view prepared(Converter const& converter, std::string_view text, std::string& scratch) {
    if (converter.plain) return text;
    scratch = std::string(text);
    if (converter.trim) scratch.erase(0, std::min(scratch.find_first_not_of(' '), scratch.size()));
    if (converter.pad_fill != '\0') {
        auto const first = scratch.find_first_not_of(converter.pad_fill);
        scratch.erase(0, first == scratch.npos ? scratch.size() - 1 : first);
    }
    if (!converter.prefix.empty() && scratch.starts_with(converter.prefix)) scratch.erase(0, converter.prefix.size());
    if (converter.comma) std::replace(scratch.begin(), scratch.end(), ',', '.');
    if (converter.negate) {
        if (scratch.starts_with('-'))
            scratch.erase(0, 1);
        else if (scratch.find_first_not_of("0.") != scratch.npos)
            scratch.insert(0, "-");
    }
    return scratch;
}

} // namespace

std::string_view to_string(Op op) {
    constexpr std::array<std::string_view, 9> names = {"text", "code", "decimal", "implied", "integer",
                                                       "date", "time", "moment",  "period"};
    return names[static_cast<std::size_t>(op)];
}

void append_text_end(OutBuffer& out, std::string_view text) {
    if (!is_plain(text)) {
        std::string escaped;
        append_json_string(escaped, text);
        out.append(std::string_view(escaped).substr(1));
        return;
    }
    out.reserve(text.size() + 1);
    OutBuffer::copy(out.end(), text.data(), text.size());
    out.end()[text.size()] = '"';
    out.advance(text.size() + 1);
}

void append_text(OutBuffer& out, std::string_view text) {
    out += '"';
    append_text_end(out, text);
}

void append_text(std::string& out, std::string_view text) {
    append_json_string(out, text);
}

std::string_view fixed_offset(std::string_view code) {
    struct Entry {
        std::string_view code, offset;
    };
    static constexpr Entry entries[] = {
        {"UT", "+00:00"}, {"GM", "+00:00"}, {"ES", "-05:00"}, {"ED", "-04:00"}, {"CS", "-06:00"}, {"CD", "-05:00"},
        {"MS", "-07:00"}, {"MD", "-06:00"}, {"PS", "-08:00"}, {"PD", "-07:00"}, {"AS", "-09:00"}, {"AD", "-08:00"},
        {"HS", "-10:00"}, {"HD", "-09:00"}, {"NS", "-03:30"}, {"ND", "-02:30"}, {"TS", "-04:00"}, {"TD", "-03:00"},
        {"01", "+01:00"}, {"02", "+02:00"}, {"03", "+03:00"}, {"04", "+04:00"}, {"05", "+05:00"}, {"06", "+06:00"},
        {"07", "+07:00"}, {"08", "+08:00"}, {"09", "+09:00"}, {"10", "+10:00"}, {"11", "+11:00"}, {"12", "+12:00"},
        {"13", "-12:00"}, {"14", "-11:00"}, {"15", "-10:00"}, {"16", "-09:00"}, {"17", "-08:00"}, {"18", "-07:00"},
        {"19", "-06:00"}, {"20", "-05:00"}, {"21", "-04:00"}, {"22", "-03:00"}, {"23", "-02:00"}, {"24", "-01:00"}};
    for (auto const& entry : entries)
        if (entry.code == code) return entry.offset;
    return {};
}

bool read_value(Converter const& converter, std::span<std::string_view const> cells, OutBuffer& out,
                std::string& reason, std::string_view zone_offset) {
    auto const start = out.size();
    std::string scratch;
    auto text = right_trimmed(cells[0]);
    if (!converter.plain) [[unlikely]]
        text = right_trimmed(prepared(converter, text, scratch));
    if (text.empty()) return true;
    bool ok = true;
    switch (converter.op) {
    case Op::text:
        append_text(out, text);
        break;
    case Op::code:
        if (auto const word = converter.codes->quoted_word(text); !word.empty()) {
            out.append(word);
        } else if (text.find_first_of("\r\n") != text.npos) {
            reason = "is not a code: it holds a line break";
            ok = false;
        } else {
            out.append(converter.quoted_list);
            append_text_end(out, text);
        }
        break;
    case Op::decimal:
        ok = read_decimal(text, out, reason);
        break;
    case Op::implied:
        ok = read_implied(text, converter.scale, out, reason);
        break;
    case Op::integer:
        ok = read_integer(text, out, reason);
        break;
    case Op::date:
        out += '"';
        ok = append_date(text, out, reason);
        out += '"';
        break;
    case Op::time:
        out += '"';
        ok = append_time(text, out, reason);
        out += '"';
        break;
    case Op::moment:
        out += '"';
        ok = append_date(text, out, reason);
        if (ok && cells.size() > 1)
            if (auto const time = right_trimmed(cells[1]); !time.empty()) {
                out += 'T';
                ok = append_time(time, out, reason);
                out.append(zone_offset);
            }
        out += '"';
        break;
    case Op::period: {
        auto const dash = text.find('-');
        if (dash == text.npos) {
            reason = "is not a period (CCYYMMDD-CCYYMMDD)";
            ok = false;
            break;
        }
        out.append("{\"from\":\"");
        ok = append_date(text.substr(0, dash), out, reason);
        out.append("\",\"to\":\"");
        ok = ok && append_date(text.substr(dash + 1), out, reason);
        out.append("\"}");
        break;
    }
    }
    if (ok && converter.check) {
        auto value = out.view().substr(start);
        if (value.starts_with('"')) value = value.substr(1, value.size() - 2);
        if (!document::accepts(*converter.node, value)) {
            reason = fmt::format("is not {}", document::expectation(*converter.node));
            ok = false;
        }
    }
    if (!ok) out.resize(start);
    return ok;
}

namespace {

bool to_digits(std::string_view text, unsigned wanted, std::string& out, std::string& reason) {
    // CCYY-MM-DD
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        reason = "is not a date (CCYY-MM-DD)";
        return false;
    }
    std::string digits;
    for (char const c : text)
        if (c != '-') digits += c;
    if (!is_date(digits)) {
        reason = "is not a date of the calendar";
        return false;
    }
    if (wanted == 6) {
        if (iso_date(digits.substr(2)) != text) {
            reason = "has a year that six digits cannot say (1950 to 2049)";
            return false;
        }
        digits.erase(0, 2);
    }
    out = digits;
    return true;
}

bool to_time(std::string_view text, std::string& out, std::string& reason) {
    std::string digits;
    for (char const c : text)
        if (c != ':' && c != '.') digits += c;
    if (!is_time(digits) || iso_time(digits) != text) {
        reason = "is not a time (HH:MM, HH:MM:SS)";
        return false;
    }
    out = digits;
    return true;
}

bool write_decimal(Converter const& converter, std::string_view text, std::string& out, std::string& reason) {
    auto const value = Decimal::parse(text);
    if (!value) {
        reason = "is not a decimal number";
        return false;
    }
    auto const* element = converter.elements.empty() ? nullptr : converter.elements.front();
    bool const whole = converter.op == Op::implied || converter.op == Op::integer ||
                       (element != nullptr && element->kind == grammar::ElementClass::digits);
    if (!whole) {
        out = is_canonical_decimal(text) ? std::string(text) : value->text();
        return true;
    }
    auto const scale = converter.op == Op::implied ? converter.scale : 0u;
    auto digits = value->implied_text(scale);
    if (!digits) {
        reason = scale == 0 ? "is not a whole number, and the element holds nothing else"
                            : fmt::format("has more than the {} decimals the element holds", scale);
        return false;
    }
    out = std::move(*digits);
    return true;
}

} // namespace

bool write_value(Converter const& converter, json::Value const& value, std::vector<std::string>& cells,
                 std::string& reason, std::string_view zone_offset) {
    std::string_view const text = value.text();
    if (converter.op == Op::period) {
        std::string from, to;
        if (!to_digits(value.string("from"), 8, from, reason) || !to_digits(value.string("to"), 8, to, reason))
            return false;
        cells[0] = from + '-' + to;
        return true;
    }
    if (value.is_object() || value.is_array()) {
        reason = "is not a single value";
        return false;
    }
    auto const date_length = [&] {
        auto const* element = converter.elements.empty() ? nullptr : converter.elements.front();
        return element != nullptr && element->max == 6 ? 6u : 8u;
    };
    switch (converter.op) {
    case Op::text:
        cells[0] = std::string(text);
        break;
    case Op::code: {
        auto const colon = text.find(':');
        auto const standard = std::string_view(converter.quoted_list).substr(1); // x12:
        if (colon == text.npos) {
            auto const code = converter.codes->code(text);
            if (code.empty()) {
                reason = fmt::format("has no code in the list {}", converter.codes->list());
                return false;
            }
            cells[0] = std::string(code);
        } else if (text.starts_with(standard)) {
            cells[0] = std::string(text.substr(standard.size()));
        } else {
            reason = fmt::format("is a code of another list than {}", converter.codes->list());
            return false;
        }
        break;
    }
    case Op::decimal:
    case Op::implied:
    case Op::integer:
        if (!write_decimal(converter, text, cells[0], reason)) return false;
        break;
    case Op::date:
        if (!to_digits(text, date_length(), cells[0], reason)) return false;
        break;
    case Op::time:
        if (!to_time(text, cells[0], reason)) return false;
        break;
    case Op::moment: {
        if (!to_digits(text.substr(0, std::min<std::size_t>(10, text.size())), date_length(), cells[0], reason))
            return false;
        if (text.size() <= 10) break;
        auto time = text.substr(11);
        if (auto const zone = time.find_first_of("Z+-"); zone != time.npos) {
            if (time.substr(zone) != zone_offset) {
                reason = zone_offset.empty() ? "has an offset from UTC, and no `zone` beside it says which"
                                             : fmt::format("has another offset than its `zone` says ({})", zone_offset);
                return false;
            }
            time = time.substr(0, zone);
        } else if (!zone_offset.empty()) {
            reason = fmt::format("has no offset from UTC, but its `zone` says {}", zone_offset);
            return false;
        }
        if (cells.size() < 2) {
            reason = "has a time, and the map line writes a date only";
            return false;
        }
        if (!to_time(time, cells[1], reason)) return false;
        break;
    }
    case Op::period:
        break;
    }
    if (converter.plain) return true;
    auto& cell = cells[0];
    if (converter.negate) {
        if (cell.starts_with('-'))
            cell.erase(0, 1);
        else if (cell.find_first_not_of("0.") != cell.npos)
            cell.insert(0, "-");
    }
    if (converter.comma) std::replace(cell.begin(), cell.end(), '.', ',');
    if (!converter.prefix.empty()) cell.insert(0, converter.prefix);
    if (converter.pad_fill != '\0') {
        if (cell.size() > 1 && cell.front() == converter.pad_fill) {
            reason = fmt::format("begins with the fill character `{}`", converter.pad_fill);
            return false;
        }
        if (cell.size() < converter.pad_length) cell.insert(0, converter.pad_length - cell.size(), converter.pad_fill);
    }
    if (converter.upper)
        std::transform(cell.begin(), cell.end(), cell.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return true;
}

} // namespace wharf::translator
