#include "translator/convert.hpp"

#include "base/date.hpp"
#include "base/decimal.hpp"
#include "base/json_text.hpp"
#include "translator/quick_value.hpp"

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

/// ISO 8601 text of a kind: nothing to convert, but it must be one.
bool append_iso(Op op, std::string_view text, OutBuffer& out, std::string& reason) {
    static document::Node const kinds[] = {[] {
                                               document::Node node;
                                               node.type = document::NodeType::string;
                                               node.pattern = document::Pattern::date;
                                               return node;
                                           }(),
                                           [] {
                                               document::Node node;
                                               node.type = document::NodeType::string;
                                               node.pattern = document::Pattern::time;
                                               return node;
                                           }(),
                                           [] {
                                               document::Node node;
                                               node.type = document::NodeType::string;
                                               node.pattern = document::Pattern::date_time;
                                               return node;
                                           }()};
    auto const& kind = kinds[op == Op::date ? 0 : op == Op::time ? 1 : 2];
    std::string shorter; // 10:15:00.000: more decimals than are kept, all of them zero
    if (auto const point = text.find('.'); point != text.npos) {
        auto const last = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
        auto digits = text.substr(point + 1, last - point - 1);
        while (digits.size() > 2 && digits.back() == '0')
            digits.remove_suffix(1);
        shorter = fmt::format("{}.{}{}", text.substr(0, point), digits, text.substr(last));
        text = shorter;
    }
    if (!document::accepts(kind, text)) {
        reason = op == Op::date   ? "is not a date (CCYY-MM-DD)"
                 : op == Op::time ? "is not a time (HH:MM, HH:MM:SS)"
                                  : "is not a date and time (CCYY-MM-DDTHH:MM:SS, with or without an offset)";
        return false;
    }
    append_quoted(out, text);
    return true;
}

/// Dates and times in the partner's own form, or in ISO's.
bool read_formatted(Converter const& converter, std::string_view text, OutBuffer& out, std::string& reason,
                    ConversionContext const& context) {
    if (converter.format == nullptr) return append_iso(converter.op, text, out, reason);
    auto const iso = converter.format->read(text);
    if (!iso) {
        reason = fmt::format("is not a {} of the form {}", to_string(converter.op), converter.format->pattern());
        return false;
    }
    out += '"';
    out.append(*iso);
    if (converter.op == Op::moment) out.append(context.zone_offset);
    out += '"';
    return true;
}

/// The steps that change the text before it is converted; `scratch` holds the changed one. False: refused.
bool prepare(Converter const& converter, std::span<std::string_view const> cells, std::string& scratch,
             std::string& reason, ConversionContext const& context) {
    scratch = std::string(right_trimmed(cells[0]));
    if (!converter.join.empty()) {
        for (auto const& cell : cells.subspan(1))
            scratch += converter.join + std::string(right_trimmed(cell));
        while (scratch.ends_with(converter.join)) // elements that are not there
            scratch.erase(scratch.size() - converter.join.size());
    }
    if (converter.part_first != 0) {
        auto const part = std::string(characters(scratch, converter.part_first, converter.part_last));
        scratch = std::string(right_trimmed(part));
    }
    if (converter.trim) scratch.erase(0, std::min(scratch.find_first_not_of(' '), scratch.size()));
    if (scratch.empty()) return true;
    if (converter.pad_fill != '\0') {
        auto const first = scratch.find_first_not_of(converter.pad_fill);
        scratch.erase(0, first == scratch.npos ? scratch.size() - 1 : first);
    }
    if (!converter.prefix.empty() && scratch.starts_with(converter.prefix)) scratch.erase(0, converter.prefix.size());
    if (converter.comma) {
        if (scratch.find('.') != scratch.npos) { // a point that groups thousands: no guessing
            reason = "has a point where the decimal sign is a comma";
            return false;
        }
        std::replace(scratch.begin(), scratch.end(), ',', '.');
    }
    if (converter.negate) {
        if (scratch.starts_with('-'))
            scratch.erase(0, 1);
        else if (scratch.find_first_not_of("0.") != scratch.npos)
            scratch.insert(0, "-");
    }
    if (converter.percent) {
        auto moved = point_moved(scratch, 2);
        if (!moved) {
            reason = "is not a decimal number";
            return false;
        }
        scratch = std::move(*moved);
    }
    if (!converter.lookup.empty()) return look_up(converter.lookup, context.values, true, scratch, reason);
    return true;
}

} // namespace

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

std::string_view to_string(Op op) {
    constexpr std::array<std::string_view, 9> names = {"text", "code", "decimal", "implied", "integer",
                                                       "date", "time", "moment",  "period"};
    return names[static_cast<std::size_t>(op)];
}

void append_text_end(OutBuffer& out, std::string_view text) {
    out.reserve(text.size() + 1);
    if (!text.empty() && !copy_plain(out.end(), text)) {
        std::string escaped;
        append_json_string(escaped, text);
        out.append(std::string_view(escaped).substr(1));
        return;
    }
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

std::optional<std::string> point_moved(std::string_view decimal, int places) {
    auto const value = Decimal::parse(decimal);
    if (!value) return std::nullopt;
    auto text = value->text();
    bool const negative = text.starts_with('-');
    if (negative) text.erase(0, 1);
    auto point = text.find('.');
    if (point == text.npos)
        point = text.size();
    else
        text.erase(point, 1);
    auto to = static_cast<int>(point) + places;
    if (to < 1) {
        text.insert(0, static_cast<std::size_t>(1 - to), '0');
        to = 1;
    }
    if (static_cast<std::size_t>(to) > text.size()) text.append(static_cast<std::size_t>(to) - text.size(), '0');
    if (static_cast<std::size_t>(to) < text.size()) text.insert(static_cast<std::size_t>(to), ".");
    auto const first = text.find_first_not_of('0'); // leading zeros but the one before the point
    auto const keep = first == text.npos || text[first] == '.' ? std::min(text.find('.'), text.size()) - 1 : first;
    text.erase(0, keep);
    return negative ? "-" + text : text;
}

std::string_view characters(std::string_view text, std::uint32_t first, std::uint32_t last) {
    std::size_t begin = text.size(), end = text.size();
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
        ++number;
        if (number == first) begin = i;
        if (last != 0 && number == last + 1) {
            end = i;
            break;
        }
    }
    return begin >= end ? std::string_view() : text.substr(begin, end - begin);
}

namespace {

constexpr std::string_view unknown_word = "is not in the table";

/// One text, prepared, to one value.
bool convert(Converter const& converter, std::string_view text, std::span<std::string_view const> cells, OutBuffer& out,
             std::string& reason, ConversionContext const& context) {
    auto const start = out.size();
    bool ok = true;
    switch (converter.op) {
    case Op::text:
        append_text(out, text);
        break;
    case Op::code:
        if (converter.known && converter.codes->quoted_word(text).empty()) {
            reason = "is a code that the table has no word for";
            ok = false;
        } else if (converter.words && is_word(text)) {
            append_quoted(out, text);
            if (converter.codes->quoted_word(text).empty()) reason = unknown_word;
        } else if (converter.words && is_listed_code(text)) {
            append_text(out, text);
        } else if (auto const word = converter.codes->quoted_word(text); !word.empty()) {
            out.append(word);
        } else if (text.find_first_of("\r\n") != text.npos) {
            reason = "is not a code: it holds a line break";
            ok = false;
        } else {
            out.append(converter.quoted_list);
            append_text_end(out, text);
            if (converter.quoted_list != "\"x12:") reason = unknown_word; // X12's own codes are known without words
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
        if (converter.iso || converter.format) return read_formatted(converter, text, out, reason, context);
        out += '"';
        ok = append_date(text, out, reason);
        out += '"';
        break;
    case Op::time:
        if (converter.iso || converter.format) return read_formatted(converter, text, out, reason, context);
        out += '"';
        ok = append_time(text, out, reason);
        out += '"';
        break;
    case Op::moment:
        if (converter.iso || converter.format) return read_formatted(converter, text, out, reason, context);
        out += '"';
        ok = append_date(text, out, reason);
        if (ok && cells.size() > 1)
            if (auto const time = right_trimmed(cells[1]); !time.empty()) {
                out += 'T';
                ok = append_time(time, out, reason);
                out.append(context.zone_offset);
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
    return ok;
}

} // namespace

bool read_value(Converter const& converter, std::span<std::string_view const> cells, OutBuffer& out,
                std::string& reason, ConversionContext const& context) {
    auto const start = out.size();
    reason.clear();
    if (converter.plain) {
        auto const text = right_trimmed(cells[0]);
        if (text.empty()) return true;
        if (convert(converter, text, cells, out, reason, context)) return true;
        out.resize(start);
        return false;
    }
    std::string scratch;
    bool ok = prepare(converter, cells, scratch, reason, context);
    std::string_view text = right_trimmed(scratch);
    if (ok && text.empty()) return true;
    if (ok && converter.split.empty()) {
        ok = convert(converter, text, cells, out, reason, context);
    } else if (ok) {
        out += '[';
        for (bool last = false; ok && !last;) {
            auto const end = text.find(converter.split);
            last = end == text.npos;
            auto const piece = text.substr(0, end);
            if (!last) text.remove_prefix(end + converter.split.size());
            if (piece.empty()) continue;
            if (out.size() != start + 1) out += ',';
            ok = convert(converter, piece, cells, out, reason, context);
        }
        out += ']';
        if (ok && out.size() == start + 2) out.resize(start); // separators alone
    }
    if (!ok) out.resize(start);
    return ok;
}

std::string read_back(Converter const& converter, std::vector<std::string> const& cells,
                      ConversionContext const& context) {
    std::vector<std::string_view> const views(cells.begin(), cells.end());
    OutBuffer out;
    std::string reason;
    if (!read_value(converter, views, out, reason, context)) return {};
    return std::string(out.view());
}

} // namespace wharf::translator
