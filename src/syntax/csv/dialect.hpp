// How a file of rows is written: delimiter, quote, encoding. RFC 4180 is the default; the rest is what people send.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wharf::csv {

enum class Encoding : std::uint8_t {
    automatic, // by byte order mark; without one UTF-16 by its zero bytes, else UTF-8
    utf_8,
    utf_16le,
    utf_16be,
    iso_8859_1,
    windows_1252
};

/// "utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "latin-1", "windows-1252"; small or capital letters.
[[nodiscard]] std::optional<Encoding> encoding_named(std::string_view name);
[[nodiscard]] std::string_view to_string(Encoding encoding);

struct Dialect {
    char delimiter = ',';       // any ASCII character but CR and LF; '\0': a row is one field
    char quote = '"';           // '\0': there are no quotes
    bool backslash = false;     // a quote inside quotes is \" and a backslash \\; else both are as RFC 4180 says: ""
    bool quote_always = false;  // writing: every field in quotes, not only those that need them
    Encoding encoding = Encoding::automatic; // a byte order mark says better
    std::string_view line_end = "\r\n";      // writing; a literal
    bool mark = false;                       // writing: begin with a byte order mark
};

} // namespace wharf::csv
