// JSON as plain values, with what Boost.JSON loses: numbers keep their text, members keep their order, duplicates and
// positions are reported. Boost.JSON stays inside tape.cpp.
//
// Parsing limits depth and size. Values own their texts. Not for the fast road from X12 to JSON, which builds no tree.
#pragma once

#include "base/error.hpp"
#include "base/limits.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wharf::json {

enum class Type { null, boolean, number, string, array, object };

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
using Object = std::vector<Member>; // in source order; names are unique

class Value {
public:
    Value() = default;
    Value(bool value) : type_(Type::boolean), text_(value ? "true" : "false") {}
    Value(std::string text) : type_(Type::string), text_(std::move(text)) {}
    Value(std::string_view text) : type_(Type::string), text_(text) {}
    Value(char const* text) : type_(Type::string), text_(text) {}
    Value(Array items) : type_(Type::array), items_(std::move(items)) {}
    Value(Object members) : type_(Type::object), members_(std::move(members)) {}
    /// A number by its source text: "45.9900" stays "45.9900".
    [[nodiscard]] static Value number(std::string text);
    [[nodiscard]] static Value integer(std::int64_t value);

    [[nodiscard]] Type type() const { return type_; }
    [[nodiscard]] bool is_object() const { return type_ == Type::object; }
    [[nodiscard]] bool is_array() const { return type_ == Type::array; }
    [[nodiscard]] bool is_string() const { return type_ == Type::string; }
    [[nodiscard]] bool is_null() const { return type_ == Type::null; }
    [[nodiscard]] bool is_true() const { return type_ == Type::boolean && text_ == "true"; }

    /// Text of a string, source text of a number, "true"/"false"; empty otherwise.
    [[nodiscard]] std::string const& text() const { return text_; }
    [[nodiscard]] Array const& items() const { return items_; }
    [[nodiscard]] Array& items() { return items_; }
    [[nodiscard]] Object const& members() const { return members_; }
    [[nodiscard]] Object& members() { return members_; }

    /// Member of an object; nullptr when absent or not an object.
    [[nodiscard]] Value const* find(std::string_view name) const;
    [[nodiscard]] Value* find(std::string_view name);
    /// Text of a string member; empty when absent.
    [[nodiscard]] std::string_view string(std::string_view name) const;
    /// Sets or replaces a member, making this an object.
    void set(std::string name, Value value);
    void push_back(Value value);

    friend bool operator==(Value const&, Value const&) = default;

private:
    Type type_ = Type::null;
    std::string text_;
    Array items_;
    Object members_;
};

/// One JSON text (RFC 8259). Errors are `invalid` with line, column and what was expected; a duplicate member name is an
/// error; nesting below `depth` is an error.
[[nodiscard]] Result<Value> parse(std::string_view text, unsigned depth = limits::json_depth);

/// Compact text.
[[nodiscard]] std::string to_text(Value const& value);
/// Two blanks of indentation per level, members in their order, a final newline.
[[nodiscard]] std::string to_pretty_text(Value const& value);

} // namespace wharf::json
