#include "syntax/json/tape.hpp"

#include "base/json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

namespace wharf::json {

using boost::json::error_code;
using Part = boost::json::string_view;

// Boost.JSON's DOM turns numbers into doubles and keeps the last of two members with one name, so only its parser is
// used: its events build our nodes.
struct TapeHandler {
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

    // Looking through the members is faster than hashing for objects of ordinary size; an object made to be slow
    // (a hundred thousand members) gets a set.
    static constexpr std::size_t hashed_from = 24;

    struct Level {
        std::size_t node = 0;
        bool object = false;
        std::uint32_t members = 0;
        std::uint64_t seen = 0; // a bit per hash of a name: most new names are known to be new by it
        std::unique_ptr<std::unordered_set<std::string_view>> names;
    };

    std::string_view source;
    Tape tape;
    std::vector<Level> levels;
    std::string_view name; // of the member being read
    std::string parts;     // of the string, name or number being read
    std::string duplicate; // set when a name came twice
    std::size_t duplicate_offset = std::string_view::npos;

    [[gnu::always_inline]] inline bool add(Type type, std::string_view text) {
        if (tape.nodes_.size() == tape.nodes_.capacity()) [[unlikely]]
            tape.nodes_.reserve(2 * tape.nodes_.size() + 8);
        auto& node = tape.nodes_.emplace_back(text);
        node.type_ = type;
        node.name_ = name.data();
        node.name_size_ = static_cast<std::uint32_t>(name.size());
        return true;
    }

    bool open(Type type) {
        auto const object = type == Type::object;
        levels.push_back({tape.nodes_.size(), object, 0, 0, nullptr});
        add(type, {});
        name = {};
        return true;
    }

    bool close(std::size_t size) {
        auto const begin = levels.back().node;
        levels.pop_back();
        auto& node = tape.nodes_[begin];
        node.size_ = static_cast<std::uint32_t>(size);
        node.span_ = static_cast<std::uint32_t>(tape.nodes_.size() - begin);
        name = {};
        return true;
    }

    /// What stands in the source as it is; else a text of the tape's own.
    [[gnu::always_inline]] inline std::string_view take(Part last) {
        auto const offset = reinterpret_cast<std::uintptr_t>(last.data()) - reinterpret_cast<std::uintptr_t>(source.data());
        if (parts.empty() && offset <= source.size()) [[likely]]
            return {last.data(), last.size()};
        return keep(last);
    }
    [[gnu::noinline]] std::string_view keep(Part last) {
        parts.append(last.data(), last.size());
        return tape.texts_.emplace_back(std::exchange(parts, {}));
    }

    bool append(Part part) {
        parts.append(part.data(), part.size());
        return true;
    }

    bool known(Level& level, std::string_view text) const {
        auto const first = text.empty() ? 0U : static_cast<unsigned char>(text.front());
        auto const last = text.empty() ? 0U : static_cast<unsigned char>(text.back());
        auto const bit = std::uint64_t{1} << ((first + last * 5 + text.size() * 11) % 64);
        bool const new_to_all = (level.seen & bit) == 0;
        level.seen |= bit;
        ++level.members;
        if (level.members <= hashed_from) {
            if (new_to_all) return false;
            auto const& all = tape.nodes_;
            for (auto at = level.node + 1; at < all.size(); at += all[at].span_)
                if (all[at].name() == text) return true;
            return false;
        }
        if (level.names == nullptr) {
            level.names = std::make_unique<std::unordered_set<std::string_view>>();
            auto const& all = tape.nodes_;
            for (auto at = level.node + 1; at < all.size(); at += all[at].span_)
                level.names->insert(all[at].name());
        }
        return !level.names->insert(text).second;
    }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return open(Type::object); }
    bool on_object_end(std::size_t size, error_code&) { return close(size); }
    bool on_array_begin(error_code&) { return open(Type::array); }
    bool on_array_end(std::size_t size, error_code&) { return close(size); }

    bool on_key_part(Part part, std::size_t, error_code&) { return append(part); }
    bool on_key(Part part, std::size_t, error_code& error) {
        auto const text = take(part);
        if (known(levels.back(), text)) {
            // A name without escapes is a view of the source: point at its opening quote.
            if (text.data() == part.data()) duplicate_offset = static_cast<std::size_t>(text.data() - source.data()) - 1;
            duplicate = text;
            error = boost::json::error::syntax;
            return false;
        }
        name = text;
        return true;
    }
    bool on_string_part(Part part, std::size_t, error_code&) { return append(part); }
    bool on_string(Part part, std::size_t, error_code&) { return add(Type::string, take(part)); }
    bool on_number_part(Part part, error_code&) { return append(part); }
    bool on_int64(std::int64_t, Part part, error_code&) { return add(Type::number, take(part)); }
    bool on_uint64(std::uint64_t, Part part, error_code&) { return add(Type::number, take(part)); }
    bool on_double(double, Part part, error_code&) { return add(Type::number, take(part)); }
    bool on_bool(bool value, error_code&) { return add(Type::boolean, value ? "true" : "false"); }
    bool on_null(error_code&) { return add(Type::null, {}); }
    bool on_comment_part(Part, error_code&) { return true; }
    bool on_comment(Part, error_code&) { return true; }
};

namespace {

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
std::string expected(TapeHandler const& handler, std::size_t offset) {
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
    bool const object = handler.levels.back().object;
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

std::string describe(TapeHandler const& handler, error_code error, std::size_t offset, unsigned depth) {
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

void append(std::string& out, Node const& node) {
    bool const object = node.is_object();
    if (!object && !node.is_array()) {
        if (node.is_string())
            append_json_string(out, node.text());
        else
            out += node.is_null() ? std::string_view("null") : node.text();
        return;
    }
    out += object ? '{' : '[';
    bool first = true;
    for (auto const& inner : object ? node.members() : node.items()) {
        if (!std::exchange(first, false)) out += ',';
        if (object) {
            append_json_string(out, inner.name());
            out += ':';
        }
        append(out, inner);
    }
    out += object ? '}' : ']';
}

} // namespace

Node const& Node::Range::operator[](std::size_t index) const {
    assert(index < size_);
    auto at = begin();
    for (; index > 0; --index)
        ++at;
    return *at;
}

Node const* Node::find(std::string_view name) const {
    for (auto const& member : members())
        if (member.name() == name) return &member;
    return nullptr;
}

std::string_view Node::string(std::string_view name) const {
    auto const* const value = find(name);
    return value != nullptr && value->is_string() ? value->text() : std::string_view{};
}

bool operator==(Node const& one, Node const& other) {
    if (one.type() != other.type() || one.text() != other.text()) return false;
    auto const inside = one.is_object() ? one.members() : one.items();
    auto const others = other.is_object() ? other.members() : other.items();
    if (inside.size() != others.size()) return false;
    auto their = others.begin();
    for (auto const& own : inside) {
        if (own.name() != their->name() || !(own == *their)) return false;
        ++their;
    }
    return true;
}

std::string to_text(Node const& node) {
    std::string out;
    append(out, node);
    return out;
}

Result<Tape> Tape::parse(std::string_view text, unsigned depth) {
    if (text.size() > limits::message_bytes)
        return invalid(
            fmt::format("the JSON text has {} bytes; at most {} are read", text.size(), limits::message_bytes));
    auto source = text;
    if (source.starts_with("\xEF\xBB\xBF")) // a byte-order mark means nothing in UTF-8
        source.remove_prefix(3);

    boost::json::parse_options options;
    options.max_depth = depth;
    boost::json::basic_parser<TapeHandler> parser(options);
    auto& handler = parser.handler();
    handler.source = source;
    handler.tape.nodes_.reserve(source.size() / 24 + 8); // compact documents have a value every 15 to 20 bytes
    error_code error;
    auto const consumed = parser.write_some(false, source.data(), source.size(), error);
    if (!error && consumed < source.size()) error = boost::json::error::extra_data;
    if (error) return invalid(describe(handler, error, consumed, depth));
    return std::move(handler.tape);
}

Tape Tape::of(Value const& value) {
    Tape tape;
    tape.append(value, {});
    return tape;
}

void Tape::append(Value const& value, std::string_view name) {
    auto const begin = nodes_.size();
    auto& node = nodes_.emplace_back(value.text());
    node.type_ = value.type();
    node.name_ = name.data();
    node.name_size_ = static_cast<std::uint32_t>(name.size());
    if (!value.is_object() && !value.is_array()) return;
    node.size_ = static_cast<std::uint32_t>(value.is_object() ? value.members().size() : value.items().size());
    for (auto const& [own, inner] : value.members())
        append(inner, own);
    for (auto const& inner : value.items())
        append(inner, {});
    nodes_[begin].span_ = static_cast<std::uint32_t>(nodes_.size() - begin);
}

Value Tape::value(Node const& node) {
    switch (node.type()) {
    case Type::null:
        return {};
    case Type::boolean:
        return Value(node.text() == "true");
    case Type::number:
        return Value::number(std::string(node.text()));
    case Type::string:
        return Value(node.text());
    case Type::array: {
        Array items;
        items.reserve(node.items().size());
        for (auto const& item : node.items())
            items.push_back(value(item));
        return Value(std::move(items));
    }
    case Type::object:
        break;
    }
    Object members;
    members.reserve(node.members().size());
    for (auto const& member : node.members())
        members.emplace_back(member.name(), value(member));
    return Value(std::move(members));
}

} // namespace wharf::json
