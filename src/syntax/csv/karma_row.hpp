// The Karma expression of one row, as a plain function. Internal to syntax/csv; Karma stays in karma_row.cpp.
#pragma once

#include "syntax/csv/dialect.hpp"

#include <span>
#include <string>
#include <string_view>

namespace wharf::csv {

/// A field as it is to stand there: `quoted` ones are put between quotes; quotes inside are doubled already.
struct OutField {
    std::string_view text;
    bool quoted = false;
};

/// row = field { delimiter field } line_end   (RFC 4180 §2)
void generate_row(std::span<OutField const> fields, Dialect const& dialect, std::string& out);

} // namespace wharf::csv
