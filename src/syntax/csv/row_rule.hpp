// The X3 grammar of one row over the index of a window, as a plain function. Internal to syntax/csv.
#pragma once

#include "syntax/csv/reader.hpp"

#include <cstdint>
#include <vector>

namespace wharf::csv {

struct RowScan {
    char const* text = nullptr;
    std::uint32_t size = 0;   // of the window
    bool complete = false;    // nothing follows the window
    Dialect const* dialect = nullptr;
    std::vector<Field>* fields = nullptr; // places count from the window's begin
    std::uint32_t at = 0;     // the row's first byte; behind a row that was read: its line end
    std::uint32_t behind = 0; // of a row that was read: the first byte of the next
    std::uint32_t lines = 0;  // line ends inside quotes
    enum class Stop : std::uint8_t {
        row,   // read
        more,  // the window ends first
        fault, // cannot be read
    } stop = Stop::row;
    RowFault fault = RowFault::none;
    std::uint32_t fault_at = 0;
};

/// row = field { delimiter field } line_end ; field = quoted | plain   (RFC 4180 §2, with blanks around quotes)
/// `position` is the first of the index behind scan.at, and moves.
void parse_row(std::uint32_t const*& position, std::uint32_t const* last, RowScan& scan);

} // namespace wharf::csv
