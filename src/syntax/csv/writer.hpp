// Rows into a file. UTF-8 in, the dialect's encoding out.
#pragma once

#include "syntax/csv/dialect.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wharf::csv {

/// What a dialect cannot say: a delimiter or line end inside a field, or a blank before it, where there are no quotes; a
/// character that the encoding does not have; where there are no quotes, a first field that would be read as a byte order mark.
struct Unwritable {
    std::size_t field = 0; // index
    std::size_t at = 0;    // byte in its text
    bool structure = false; // a delimiter or line end; else a character of no place in the encoding
};

class Writer {
public:
    explicit Writer(Dialect dialect) : dialect_(dialect) {}
    /// Appends one row with its line end; with a fault, nothing. Fields are quoted where they must be.
    [[nodiscard]] std::optional<Unwritable> add(std::span<std::string_view const> fields, std::string& out);

private:
    [[nodiscard]] bool needs_quotes(std::string_view field) const;
    [[nodiscard]] bool begins_like_a_mark(std::string_view text);

    Dialect dialect_;
    bool begun_ = false;
    std::string row_, field_;
};

} // namespace wharf::csv
