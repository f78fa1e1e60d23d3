// How a file of rows is written: delimiter, quote, encoding. RFC 4180 is the default; the rest is what people send.
#pragma once

#include "base/encoding.hpp"

#include <string_view>

namespace wharf::csv {

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
