// Rows out of a file, one after the other: CSV in all its spellings, and plain lines.
//
//     csv::Reader reader(std::move(bytes), dialect);
//     while (auto const* row = reader.next())
//         if (row->fault == csv::RowFault::none)
//             for (auto const& field : row->fields) use(reader.value(*row, field, scratch));
//
// Reads in windows: memory follows the longest row, not the file. A row that cannot be read is given with what is
// wrong; the next one begins at the next line. One thread.
#pragma once

#include "base/byte_source.hpp"
#include "syntax/csv/dialect.hpp"
#include "base/encoding.hpp"
#include "syntax/csv/structure_index.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::csv {

/// One field: where it stands in Row::text, without its quotes.
struct Field {
    std::uint32_t begin = 0, length = 0;
    bool quoted = false;
    bool escaped = false; // holds doubled quotes (or backslashes): value() undoes them
};

enum class RowFault : std::uint8_t {
    none,
    unclosed_quote,    // opened, and not closed before the end of the file or limits::csv_field_lines
    text_behind_quote, // "5" pipe": something stands between a closing quote and the delimiter
    bad_character,     // not UTF-8, or no character of the file's encoding
    nul_character,
    field_too_long,  // limits::csv_field_bytes
    too_many_fields, // limits::csv_fields
    row_too_long,    // limits::csv_row_bytes
};

struct Row {
    std::string_view text; // as it stands in the file (as UTF-8), without its line end; until the next call of next()
    std::span<Field const> fields; // of a row that cannot be read: those before the fault
    std::uint32_t line = 0;   // of its first byte, from 1
    std::uint64_t offset = 0; // of its first byte in the file as UTF-8, without a byte order mark
    RowFault fault = RowFault::none;
    std::uint32_t fault_at = 0; // in text

    [[nodiscard]] bool blank() const; // nothing but blanks, or only empty fields
};

class Reader {
public:
    Reader(std::unique_ptr<ByteSource> bytes, Dialect dialect);
    /// The next line that is not empty; nullptr at the end, and when the medium fails.
    [[nodiscard]] Row const* next();
    /// What the medium said when it failed.
    [[nodiscard]] std::optional<Error> const& failure() const { return failure_; }
    /// The encoding as found out; after the first row.
    [[nodiscard]] Encoding encoding() const { return source_.encoding(); }

private:
    bool refill();
    void skip_line();
    void check_characters();

    Utf8Source source_;
    Dialect dialect_;
    std::string window_;
    std::uint32_t size_ = 0, at_ = 0; // filled; the next row's first byte
    bool complete_ = false, skipping_ = false;
    StructureIndex index_;
    std::uint32_t const* position_ = nullptr;
    std::vector<Field> fields_;
    Row row_;
    std::uint32_t line_ = 1;
    std::uint64_t window_offset_ = 0;
    std::optional<Error> failure_;
};

/// The text of a field, doubled quotes undone; `scratch` holds it then.
[[nodiscard]] std::string_view value(Dialect const& dialect, Row const& row, Field const& field, std::string& scratch);

} // namespace wharf::csv
