// What stands between two segments, laid out and on the wire. Internal to linter/.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wharf::linter {

/// How a file separates its segments on the wire.
enum class Separation { none, lf, crlf };
[[nodiscard]] std::string_view bytes_of(Separation separation);

/// Of two segments of one interchange, or the last one and the end of the file.
struct GapRule {
    Separation usual = Separation::none;
    bool line_feed_terminates = false; // the segment terminator is the line feed: none is inserted
    bool has_mark = false;             // behind the first ISA of the file
};

/// The laid out form of `wire`, before a segment that is indented so far.
[[nodiscard]] std::string laid_out_gap(std::string_view wire, GapRule const& rule, std::size_t indentation);
/// The other way.
[[nodiscard]] std::string_view wire_gap(std::string_view laid_out, GapRule const& rule);
/// What the mark in a laid out gap says; nothing when there is none.
[[nodiscard]] std::optional<Separation> read_mark(std::string_view laid_out, bool line_feed_terminates);

} // namespace wharf::linter
