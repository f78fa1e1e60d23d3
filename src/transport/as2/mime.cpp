#include "transport/as2/mime.hpp"

#include "base/encoding.hpp"
#include "base/hexadecimal.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace wharf::transport::as2 {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_token_character(char c) {
    return c > ' ' && c < 127 && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

Result<void> add_field(Fields& fields, std::string_view line) {
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || trimmed(line.substr(0, colon)).empty())
        return permanent(fmt::format("field {} of the head has no name with a colon behind it", fields.size() + 1));
    if (fields.size() == limits::head_fields) return permanent(fmt::format("the head has more than {} fields", limits::head_fields));
    fields.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    return {};
}

/// Where the line that begins at `at` ends, and where the next one begins.
struct Line {
    std::string_view text;
    std::size_t next;
    bool ended;
};
Line line_at(std::string_view text, std::size_t at) {
    auto const end = text.find('\n', at);
    if (end == std::string_view::npos) return {text.substr(at), text.size(), false};
    auto line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return {line, end + 1, true};
}

/// Reads parameters one after the other; quoted pairs are taken apart.
class ParameterReader {
public:
    explicit ParameterReader(std::string_view text) : text_(text) {}
    std::string head() { return lower(trimmed(take_until(";"))); }
    bool next(std::string& name, std::string& value) {
        while (at_ < text_.size() && (text_[at_] == ';' || blanks.find(text_[at_]) != std::string_view::npos))
            ++at_;
        if (at_ >= text_.size()) return false;
        name = lower(trimmed(take_until("=;")));
        value.clear();
        if (at_ >= text_.size() || text_[at_] != '=') return true;
        ++at_;
        while (at_ < text_.size() && blanks.find(text_[at_]) != std::string_view::npos)
            ++at_;
        if (at_ < text_.size() && text_[at_] == '"') value = quoted();
        else value = trimmed(take_until(";"));
        return true;
    }

private:
    std::string_view take_until(std::string_view stops) {
        auto const end = std::min(text_.find_first_of(stops, at_), text_.size());
        auto const taken = text_.substr(at_, end - at_);
        at_ = end;
        return taken;
    }
    std::string quoted() {
        std::string value;
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            // A backslash before a letter is part of a Windows path, whatever the grammar says.
            if (text_[at_] == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\')) ++at_;
            value += text_[at_];
        }
        take_until(";");
        return value;
    }
    std::string_view text_;
    std::size_t at_ = 0;
};

/// %e2%82%ac -> its three bytes. What is no escape stays.
std::string decode_escapes(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
            decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

/// A parameter in pieces, in order of their numbers: name*0=…; name*1*=…. The first says in which character set all are.
struct Pieces {
    std::map<unsigned, std::string> texts;
    std::string charset;
    /// utf-8'en'%e2%82%ac: the character set stands before the first apostrophe, a language before the second.
    void add(unsigned number, std::string_view value, bool is_extended) {
        if (is_extended && number == 0)
            for (int i = 0; i < 2; ++i)
                if (auto const mark = value.find('\''); mark != std::string_view::npos) {
                    if (i == 0) charset = value.substr(0, mark);
                    value.remove_prefix(mark + 1);
                }
        texts[number] = is_extended ? decode_escapes(value) : std::string(value);
    }
    [[nodiscard]] std::string joined() const {
        std::string whole;
        for (auto const& [number, text] : texts)
            whole += text;
        auto const encoding = encoding_named(charset);
        return encoding && *encoding != Encoding::utf_8 ? to_utf8(whole, *encoding) : whole;
    }
};

void add_parameter(Fields& parameters, std::map<std::string, Pieces>& pieces, std::string name, std::string value) {
    bool const is_extended = name.ends_with('*');
    if (is_extended) name.pop_back();
    auto const star = name.find('*');
    if (star == std::string::npos) {
        if (is_extended) pieces[name].add(0, value, true);
        else parameters.emplace_back(std::move(name), std::move(value));
        return;
    }
    unsigned number = 0;
    for (char const c : std::string_view(name).substr(star + 1)) {
        if (c < '0' || c > '9' || number > 99) return;
        number = number * 10 + static_cast<unsigned>(c - '0');
    }
    name.resize(star);
    pieces[name].add(number, value, is_extended);
}

} // namespace

std::string lower(std::string_view text) {
    std::string made(text);
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return made;
}

std::string_view trimmed(std::string_view text) {
    auto const begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool same_word(std::string_view a, std::string_view b) { return a.size() == b.size() && lower(a) == lower(b); }

std::string_view field(Fields const& fields, std::string_view name) {
    for (auto const& [key, value] : fields)
        if (same_word(key, name)) return value;
    return {};
}

bool has_field(Fields const& fields, std::string_view name) {
    return std::ranges::any_of(fields, [&](auto const& one) { return same_word(one.first, name); });
}

Result<Head> read_head(Content const& entity) {
    std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(entity.size(), limits::head_bytes)), '\0');
    if (auto const got = entity.read(0, bytes.data(), bytes.size()); !got) return unexpected(got.error());
    Head head;
    std::string unfolded;
    for (std::size_t at = 0;;) {
        auto const line = line_at(bytes, at);
        if (!line.ended) return permanent(fmt::format("no blank line ends the head within {} bytes", bytes.size()));
        if (line.text.find('\0') != std::string_view::npos) return permanent("the head holds a byte of zero: it is no text");
        at = line.next;
        if (!line.text.empty() && (line.text[0] == ' ' || line.text[0] == '\t') && !unfolded.empty()) {
            unfolded += ' ';
            unfolded += trimmed(line.text);
            continue;
        }
        if (!unfolded.empty())
            if (auto added = add_field(head.fields, unfolded); !added) return unexpected(added.error());
        unfolded = line.text;
        if (line.text.empty()) {
            head.size = at;
            return head;
        }
    }
}

std::string write_head(Fields const& fields) {
    std::string text;
    for (auto const& [name, value] : fields) {
        text += name;
        text += ": ";
        for (char const c : value)
            text += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
        text += "\r\n";
    }
    return text + "\r\n";
}

FieldValue read_field_value(std::string_view text) {
    FieldValue read;
    ParameterReader reader(text);
    read.value = reader.head();
    std::map<std::string, Pieces> pieces;
    std::string name, value;
    for (std::size_t count = 0; count < limits::parameters && reader.next(name, value); ++count)
        add_parameter(read.parameters, pieces, name, value);
    Fields preferred;
    for (auto const& [joined, parts] : pieces)
        if (auto whole = parts.joined(); !whole.empty()) preferred.emplace_back(joined, std::move(whole));
    read.parameters.insert(read.parameters.begin(), std::make_move_iterator(preferred.begin()), std::make_move_iterator(preferred.end()));
    return read;
}

std::string write_parameter(std::string_view value) {
    if (!value.empty() && std::ranges::all_of(value, is_token_character)) return std::string(value);
    std::string quoted = "\"";
    for (char const c : value) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    }
    return quoted + '"';
}

} // namespace wharf::transport::as2
