// Conversions, the other way: canonical values to the texts of elements.
#include "base/date.hpp"
#include "base/decimal.hpp"
#include "translator/convert.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::translator {
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

bool write_formatted(Converter const& converter, std::string_view text, std::string& out, std::string& reason,
                     ConversionContext const& context) {
    if (converter.format == nullptr) {
        out = std::string(text);
        return true;
    }
    if (converter.op == Op::moment && !context.zone_offset.empty() && text.ends_with(context.zone_offset))
        text.remove_suffix(context.zone_offset.size()); // `zone` says it
    auto written = converter.format->write(text);
    if (!written) {
        reason = fmt::format("cannot be written as {}", converter.format->pattern());
        return false;
    }
    out = std::move(*written);
    return true;
}

/// One value, without the steps beside its type.
bool convert(Converter const& converter, std::string_view text, std::vector<std::string>& cells, std::string& reason,
             ConversionContext const& context) {
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
        if (converter.known && (colon != text.npos || converter.codes->code(text).empty())) {
            reason = "is no word of the table, and the map takes no others";
            return false;
        }
        if (converter.words && (colon == text.npos || is_listed_code(text))) {
            cells[0] = std::string(text);
            break;
        }
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
            if (converter.words && (is_word(cells[0]) || is_listed_code(cells[0]))) {
                reason = "would be read back as a word: the format's own texts are no words";
                return false;
            }
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
        if (converter.iso || converter.format) return write_formatted(converter, text, cells[0], reason, context);
        if (!to_digits(text, date_length(), cells[0], reason)) return false;
        break;
    case Op::time:
        if (converter.iso || converter.format) return write_formatted(converter, text, cells[0], reason, context);
        if (!to_time(text, cells[0], reason)) return false;
        break;
    case Op::moment: {
        if (converter.iso || converter.format) return write_formatted(converter, text, cells[0], reason, context);
        if (!to_digits(text.substr(0, std::min<std::size_t>(10, text.size())), date_length(), cells[0], reason))
            return false;
        if (text.size() <= 10) break;
        auto time = text.substr(11);
        if (auto const zone = time.find_first_of("Z+-"); zone != time.npos) {
            if (time.substr(zone) != context.zone_offset) {
                reason = context.zone_offset.empty() ? "has an offset from UTC, and no `zone` beside it says which"
                                             : fmt::format("has another offset than its `zone` says ({})", context.zone_offset);
                return false;
            }
            time = time.substr(0, zone);
        } else if (!context.zone_offset.empty()) {
            reason = fmt::format("has no offset from UTC, but its `zone` says {}", context.zone_offset);
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
    return true;
}

/// The steps of one line, in the order opposite to reading.
bool finish(Converter const& converter, std::string& cell, std::string& reason, ConversionContext const& context) {
    if (!converter.lookup.empty() && !look_up(converter.lookup, context.values, false, cell, reason)) return false;
    if (converter.percent) {
        auto moved = point_moved(cell, -2);
        if (!moved) {
            reason = "is not a decimal number";
            return false;
        }
        cell = std::move(*moved);
    }
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
    if (converter.part_first != 0 && converter.part_last != 0) {
        auto const room = converter.part_last - converter.part_first + 1;
        if (characters(cell, 1, room).size() != cell.size()) {
            reason = fmt::format("is longer than the {} characters of its part", room);
            return false;
        }
    }
    return true;
}

/// One text over several cells, at the separator.
bool spread(std::string const& separator, std::string_view text, std::vector<std::string>& cells, std::string& reason) {
    auto const places = cells.size();
    cells.assign(1, {});
    for (;;) {
        auto const end = text.find(separator);
        cells.back() = std::string(text.substr(0, end));
        if (end == text.npos) break;
        text.remove_prefix(end + separator.size());
        if (cells.size() == places) {
            reason = fmt::format("has more than {} parts between `{}`", places, separator);
            return false;
        }
        cells.emplace_back();
    }
    cells.resize(places);
    return true;
}

} // namespace

bool write_value(Converter const& converter, json::Node const& value, std::vector<std::string>& cells,
                 std::string& reason, ConversionContext const& context) {
    if (converter.op == Op::period) {
        std::string from, to;
        if (!to_digits(value.string("from"), 8, from, reason) || !to_digits(value.string("to"), 8, to, reason))
            return false;
        cells[0] = from + '-' + to;
        return true;
    }
    if (!converter.split.empty()) {
        std::string whole;
        for (auto const& entry : value.items()) {
            if (entry.text().find(converter.split) != std::string::npos) {
                reason = fmt::format("holds `{}`, which separates the entries", converter.split);
                return false;
            }
            std::vector<std::string> one(1);
            if (!convert(converter, entry.text(), one, reason, context)) return false;
            whole += (whole.empty() ? "" : converter.split) + one.front();
        }
        cells[0] = std::move(whole);
        return finish(converter, cells[0], reason, context);
    }
    if (value.is_object() || value.is_array()) {
        reason = "is not a single value";
        return false;
    }
    if (!convert(converter, value.text(), cells, reason, context)) return false;
    if (converter.plain) return true;
    if (!finish(converter, cells[0], reason, context)) return false;
    return converter.join.empty() || spread(converter.join, std::string(cells[0]), cells, reason);
}

std::string rest_key(std::string_view key, Converter const& converter) {
    return fmt::format("{}[{}..]", key, converter.part_last + 1);
}

} // namespace wharf::translator
