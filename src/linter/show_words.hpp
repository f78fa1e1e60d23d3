// What show and diff know beyond the grammar: shorter names, titles, where a set's own number stands. Data: src/linter/data/words.
//
// Read once from the embedded file; immutable, lives as long as the process, thread-safe. A set or segment that no row speaks of is
// shown by the names of the standard.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace wharf::linter {

class ShowWords {
public:
    [[nodiscard]] static ShowWords const& get();

    /// A shorter name of a data element ("355") or of one place of it ("BIG01"); empty: none.
    [[nodiscard]] std::string_view name(std::string_view element_or_place) const { return text("name", element_or_place); }
    /// What a part that begins with this segment is called; empty: none.
    [[nodiscard]] std::string_view title(std::string_view segment) const { return text("title", segment); }
    /// The element in which a set that begins with this segment has its number; 0: unknown.
    [[nodiscard]] std::uint8_t number(std::string_view segment) const;
    /// True when the meaning of this element names the text behind it.
    [[nodiscard]] bool is_label(std::string_view element) const { return find("label", element) != nullptr; }
    [[nodiscard]] bool is_unit(std::string_view element) const { return find("unit", element) != nullptr; }
    /// Elements shown as one line without names; empty: none.
    [[nodiscard]] std::vector<std::uint8_t> const& line(std::string_view segment) const { return positions("line", segment); }
    /// {remark, remarked}; empty: none.
    [[nodiscard]] std::vector<std::uint8_t> const& aside(std::string_view segment) const { return positions("aside", segment); }
    /// Elements that tell one occurrence of a loop from another; empty: unknown.
    [[nodiscard]] std::vector<std::uint8_t> const& key(std::string_view segment) const { return positions("key", segment); }

    /// Elements by which a segment tells the loop it stands in; empty: none.
    [[nodiscard]] std::vector<std::uint8_t> const& identity(std::string_view segment) const { return positions("identity", segment); }
    /// True when the element follows from the rest of the set.
    [[nodiscard]] bool is_count(std::string_view element) const { return find("count", element) != nullptr; }

    struct Row {
        std::string_view kind, subject, text;
        std::vector<std::uint8_t> positions;
    };
    /// Sorted by kind and subject.
    [[nodiscard]] std::vector<Row> const& rows() const { return rows_; }

private:
    explicit ShowWords(std::string_view data);
    [[nodiscard]] Row const* find(std::string_view kind, std::string_view subject) const;
    [[nodiscard]] std::string_view text(std::string_view kind, std::string_view subject) const;
    [[nodiscard]] std::vector<std::uint8_t> const& positions(std::string_view kind, std::string_view subject) const;

    std::vector<Row> rows_;
};

} // namespace wharf::linter
