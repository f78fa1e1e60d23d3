#include "syntax/json/value.hpp"

#include "base/json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace wharf::json {

Value Value::number(std::string text) {
    Value value(std::move(text));
    value.type_ = Type::number;
    return value;
}

Value Value::integer(std::int64_t value) {
    return number(std::to_string(value));
}

Value const* Value::find(std::string_view name) const {
    for (auto const& [key, value] : members_)
        if (key == name) return &value;
    return nullptr;
}

Value* Value::find(std::string_view name) {
    return const_cast<Value*>(static_cast<Value const*>(this)->find(name));
}

std::string_view Value::string(std::string_view name) const {
    auto const* value = find(name);
    return value && value->is_string() ? std::string_view(value->text()) : std::string_view{};
}

void Value::set(std::string name, Value value) {
    if (type_ != Type::object) *this = Value(Object{});
    if (auto* existing = find(name))
        *existing = std::move(value);
    else
        members_.emplace_back(std::move(name), std::move(value));
}

void Value::push_back(Value value) {
    if (type_ != Type::array) *this = Value(Array{});
    items_.push_back(std::move(value));
}

namespace {

using boost::json::error_code;

// Boost.JSON's DOM turns numbers into doubles and keeps the last of two members with one name, so only its parser is
// used: its events build our values.
struct Handler {
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

    // Looking through the members is faster than hashing for objects of ordinary size; an object made to be slow
    // (a hundred thousand members) gets a set.
    static constexpr std::size_t hashed_from = 24;

    struct Level {
        Value value;
        std::string name; // of the member being read
        std::unordered_set<std::string> names;
    };

    std::string_view source;
    std::vector<Level> levels;
    Value root;
    std::string text;      // parts of the string, name or number being read
    std::string duplicate; // set when a name came twice
    std::size_t duplicate_offset = std::string_view::npos;

    bool add(Value value) {
        if (levels.empty())
            root = std::move(value);
        else if (auto& level = levels.back(); level.value.is_array())
            level.value.items().push_back(std::move(value));
        else
            level.value.members().emplace_back(std::move(level.name), std::move(value));
        return true;
    }

    bool close() {
        auto value = std::move(levels.back().value);
        levels.pop_back();
        return add(std::move(value));
    }

    std::string take(boost::json::string_view last) {
        text.append(last.data(), last.size());
        return std::exchange(text, {});
    }

    bool append(boost::json::string_view part) {
        text.append(part.data(), part.size());
        return true;
    }

    static bool contains(Level& level, std::string const& name) {
        auto const& members = level.value.members();
        if (members.size() < hashed_from) return level.value.find(name) != nullptr;
        if (level.names.empty())
            for (auto const& member : members)
                level.names.insert(member.first);
        return !level.names.insert(name).second;
    }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) {
        levels.push_back({Value(Object{}), {}, {}});
        return true;
    }
    bool on_object_end(std::size_t, error_code&) { return close(); }
    bool on_array_begin(error_code&) {
        levels.push_back({Value(Array{}), {}, {}});
        return true;
    }
    bool on_array_end(std::size_t, error_code&) { return close(); }

    bool on_key_part(boost::json::string_view part, std::size_t, error_code&) { return append(part); }
    bool on_key(boost::json::string_view part, std::size_t, error_code& error) {
        auto name = take(part);
        auto& level = levels.back();
        if (contains(level, name)) {
            // A name without escapes is a view of the source: point at its opening quote.
            if (part.data() > source.data() && part.data() < source.data() + source.size() &&
                part.size() == name.size())
                duplicate_offset = static_cast<std::size_t>(part.data() - source.data()) - 1;
            duplicate = std::move(name);
            error = boost::json::error::syntax;
            return false;
        }
        level.name = std::move(name);
        return true;
    }
    bool on_string_part(boost::json::string_view part, std::size_t, error_code&) { return append(part); }
    bool on_string(boost::json::string_view part, std::size_t, error_code&) { return add(Value(take(part))); }
    bool on_number_part(boost::json::string_view part, error_code&) { return append(part); }
    bool on_int64(std::int64_t, boost::json::string_view part, error_code&) { return add(Value::number(take(part))); }
    bool on_uint64(std::uint64_t, boost::json::string_view part, error_code&) { return add(Value::number(take(part))); }
    bool on_double(double, boost::json::string_view part, error_code&) { return add(Value::number(take(part))); }
    bool on_bool(bool value, error_code&) { return add(Value(value)); }
    bool on_null(error_code&) { return add(Value()); }
    bool on_comment_part(boost::json::string_view, error_code&) { return true; }
    bool on_comment(boost::json::string_view, error_code&) { return true; }
};

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string place(std::string_view text, std::size_t offset) {
    auto const before = text.substr(0, std::min(offset, text.size()));
    auto const line = 1 + std::count(before.begin(), before.end(), '\n');
    auto const line_begin = before.rfind('\n');
    auto const column = before.size() - (line_begin == std::string_view::npos ? 0 : line_begin + 1) + 1;
    return fmt::format("line {}, column {}", line, column);
}

// The opening quote of the string in which `offset` lies.
std::optional<std::size_t> open_string(std::string_view text, std::size_t offset) {
    std::optional<std::size_t> quote;
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        if (text[i] == '"')
            quote = quote ? std::nullopt : std::optional(i);
        else if (quote && text[i] == '\\')
            ++i;
    }
    return quote;
}

// What could have stood at `offset`, from the container it lies in and the last sign before it.
std::string expected(Handler const& handler, std::size_t offset) {
    auto const text = handler.source;
    if (auto const quote = open_string(text, offset))
        return offset >= text.size()
                   ? fmt::format("the closing quote of the string that begins at {}", place(text, *quote))
                   : "valid UTF-8 text, or a known escape such as \\n for a control character";
    auto last = std::min(offset, text.size());
    while (last > 0 && is_blank(text[last - 1]))
        --last;
    char const before = last > 0 ? text[last - 1] : '\0';
    if (handler.levels.empty()) return last == 0 ? "a JSON value" : "the end of the text";
    bool const object = handler.levels.back().value.is_object();
    switch (before) {
    case ':':
        return "a value";
    case ',':
        return object ? "a member name in double quotes" : "a value";
    case '{':
        return "a member name in double quotes, or \"}\"";
    case '[':
        return "a value, or \"]\"";
    default:
        return object ? "\",\" or \"}\" (or \":\" after a member name)" : "\",\" or \"]\"";
    }
}

std::string found(std::string_view text, std::size_t offset) {
    if (offset >= text.size()) return "the text ends";
    auto const c = static_cast<unsigned char>(text[offset]);
    if (c < 0x20) return fmt::format("found the control character 0x{:02x}", c);
    return c < 0x7f ? fmt::format("found {:?}", text.substr(offset, 1)) : fmt::format("found the byte 0x{:02x}", c);
}

std::string describe(Handler const& handler, error_code error, std::size_t offset, unsigned depth) {
    using enum boost::json::error;
    if (!handler.duplicate.empty() || handler.duplicate_offset != std::string_view::npos) {
        auto const at = handler.duplicate_offset != std::string_view::npos ? handler.duplicate_offset : offset;
        return fmt::format("{}: the member {:?} stands twice in one object; keep one of them",
                           place(handler.source, at), handler.duplicate);
    }
    auto const where = place(handler.source, offset);
    if (error == too_deep)
        return fmt::format("{}: objects and arrays are nested more than {} levels deep", where, depth);
    if (error == exponent_overflow) return fmt::format("{}: the exponent of this number is out of any range", where);
    if (error == expected_hex_digit || error == illegal_leading_surrogate || error == illegal_trailing_surrogate)
        return fmt::format("{}: a broken \\u escape; expected four hexadecimal digits, surrogates in pairs", where);
    if (error == extra_data)
        return fmt::format("{}: {} after the end of the JSON value; expected the end of the text", where,
                           found(handler.source, offset));
    return fmt::format("{}: {}; expected {}", where, found(handler.source, offset), expected(handler, offset));
}

void append(std::string& out, Value const& value, int indent);

void append_line(std::string& out, int indent) {
    if (indent >= 0) {
        out += '\n';
        out.append(static_cast<std::size_t>(indent), ' ');
    }
}

// `indent` is the blanks before the value's own line; -1: compact.
template <class Items, class Each>
void append_list(std::string& out, Items const& items, char open, char close, int indent, Each each) {
    out += open;
    int const inner = indent < 0 ? -1 : indent + 2;
    bool first = true;
    for (auto const& item : items) {
        if (!std::exchange(first, false)) out += ',';
        append_line(out, inner);
        each(item, inner);
    }
    if (!items.empty()) append_line(out, indent);
    out += close;
}

void append(std::string& out, Value const& value, int indent) {
    switch (value.type()) {
    case Type::null:
        out += "null";
        break;
    case Type::boolean:
    case Type::number:
        out += value.text();
        break;
    case Type::string:
        append_json_string(out, value.text());
        break;
    case Type::array:
        append_list(out, value.items(), '[', ']', indent,
                    [&](Value const& item, int inner) { append(out, item, inner); });
        break;
    case Type::object:
        append_list(out, value.members(), '{', '}', indent, [&](Member const& member, int inner) {
            append_json_string(out, member.first);
            out += inner < 0 ? ":" : ": ";
            append(out, member.second, inner);
        });
        break;
    }
}

} // namespace

Result<Value> parse(std::string_view text, unsigned depth) {
    if (text.size() > limits::message_bytes)
        return invalid(
            fmt::format("the JSON text has {} bytes; at most {} are read", text.size(), limits::message_bytes));
    auto source = text;
    if (source.starts_with("\xEF\xBB\xBF")) // a byte-order mark means nothing in UTF-8
        source.remove_prefix(3);

    boost::json::parse_options options;
    options.max_depth = depth;
    boost::json::basic_parser<Handler> parser(options);
    auto& handler = parser.handler();
    handler.source = source;
    error_code error;
    auto const consumed = parser.write_some(false, source.data(), source.size(), error);
    if (!error && consumed < source.size()) error = boost::json::error::extra_data;
    if (error) return invalid(describe(handler, error, consumed, depth));
    return std::move(handler.root);
}

std::string to_text(Value const& value) {
    std::string out;
    append(out, value, -1);
    return out;
}

std::string to_pretty_text(Value const& value) {
    std::string out;
    append(out, value, 0);
    out += '\n';
    return out;
}

} // namespace wharf::json
