// A JSON text (RFC 8259) as one flat list of its values, in the order of the text: for documents that are read once and
// walked once. Names and texts are views into the text; only those with escapes are copied. Nothing is allocated for a
// value.
//
//     auto tape = json::Tape::parse(R"({"lines":[{"quantity":"3"}]})");
//     for (json::Node const& member : tape->root().members()) …
//
// The text must outlive the tape, and a Value that a tape was made of must neither change nor go away before it. A tape
// may be moved, its nodes stay where they are. One tape belongs to one thread: see Node::mark.
#pragma once

#include "base/error.hpp"
#include "base/limits.hpp"
#include "syntax/json/value.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::json {

/// One value of a tape. What is below it stands right behind it; views and ranges live as long as the tape.
class Node {
public:
    /// Members of an object, or items of an array, in their order.
    class Range {
    public:
        class Iterator {
        public:
            explicit Iterator(Node const* at) : at_(at) {}
            Node const& operator*() const { return *at_; }
            Node const* operator->() const { return at_; }
            Iterator& operator++() {
                at_ = at_->behind();
                return *this;
            }
            bool operator==(Iterator const&) const = default;

        private:
            Node const* at_;
        };
        Range(Node const* first, Node const* last, std::uint32_t size) : first_(first), last_(last), size_(size) {}
        [[nodiscard]] Iterator begin() const { return Iterator(first_); }
        [[nodiscard]] Iterator end() const { return Iterator(last_); }
        [[nodiscard]] std::size_t size() const { return size_; }
        [[nodiscard]] bool empty() const { return size_ == 0; }
        /// The entry at `index`: walks there.
        [[nodiscard]] Node const& operator[](std::size_t index) const;

    private:
        Node const* first_;
        Node const* last_;
        std::uint32_t size_;
    };
    static constexpr std::uint16_t no_mark = 0xffff;

    Node() = default;
    /// A string that stands alone.
    explicit Node(std::string_view text) : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())), type_(Type::string) {}

    [[nodiscard]] Type type() const { return type_; }
    [[nodiscard]] bool is_object() const { return type_ == Type::object; }
    [[nodiscard]] bool is_array() const { return type_ == Type::array; }
    [[nodiscard]] bool is_string() const { return type_ == Type::string; }
    [[nodiscard]] bool is_null() const { return type_ == Type::null; }

    /// As a member of an object; else empty.
    [[nodiscard]] std::string_view name() const { return {name_, name_size_}; }
    /// Text of a string, source text of a number, "true"/"false"; empty otherwise.
    [[nodiscard]] std::string_view text() const {
        return is_object() || is_array() ? std::string_view() : std::string_view(text_, size_);
    }
    /// Empty for what is no array, no object.
    [[nodiscard]] Range items() const { return is_array() ? inside() : Range(this, this, 0); }
    [[nodiscard]] Range members() const { return is_object() ? inside() : Range(this, this, 0); }
    /// Member of an object; nullptr when absent or not an object.
    [[nodiscard]] Node const* find(std::string_view name) const;
    /// Text of a string member; empty when absent.
    [[nodiscard]] std::string_view string(std::string_view name) const;

    /// Room for a number of whoever walks the tape: document::check notes which field of the schema a member is, so that
    /// names are looked up once. Not part of the value.
    [[nodiscard]] std::uint16_t mark() const { return mark_; }
    void set_mark(std::uint16_t mark) const { mark_ = mark; }

private:
    friend class Tape;
    friend struct TapeHandler;
    [[nodiscard]] Node const* behind() const { return this + span_; }
    [[nodiscard]] Range inside() const { return {this + 1, behind(), size_}; }

    char const* text_ = "";
    char const* name_ = "";
    std::uint32_t size_ = 0; // of the text; of arrays and objects: how many stand in it
    std::uint32_t span_ = 1; // nodes, with all below
    std::uint32_t name_size_ = 0;
    mutable std::uint16_t mark_ = no_mark;
    Type type_ = Type::null;
};

/// Equal as values: members in the same order, numbers by their text, names of the two themselves aside.
[[nodiscard]] bool operator==(Node const& one, Node const& other);

/// Compact text.
[[nodiscard]] std::string to_text(Node const& node);

class Tape {
public:
    /// Errors as those of json::parse, which stands on this.
    [[nodiscard]] static Result<Tape> parse(std::string_view text, unsigned depth = limits::json_depth);
    [[nodiscard]] static Tape of(Value const& value);

    [[nodiscard]] Node const& root() const { return nodes_.front(); }
    /// Copies of all that stands in a node, with texts of its own.
    [[nodiscard]] static Value value(Node const& node);

    Tape(Tape&&) = default;
    Tape& operator=(Tape&&) = default;

private:
    friend struct TapeHandler;
    Tape() = default;
    void append(Value const& value, std::string_view name);

    std::vector<Node> nodes_;
    std::deque<std::string> texts_; // those that stand with escapes in the source
};

} // namespace wharf::json
