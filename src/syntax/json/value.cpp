#include "syntax/json/value.hpp"

#include "base/json_text.hpp"
#include "syntax/json/tape.hpp"

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
    auto const tape = Tape::parse(text, depth);
    if (!tape) return std::unexpected(tape.error());
    return Tape::value(tape->root());
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
