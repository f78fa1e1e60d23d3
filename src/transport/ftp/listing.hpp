// What an FTP server says of its files: MLSD and MLST (RFC 3659 §7), and LIST, whose form no standard fixes: lines as `ls -l`
// prints them, and as DOS's `dir` does. Pure.
//
// Nothing is believed: names with a slash or a control character become EntryType::other, which nobody opens; lines, entries and
// numbers have limits. The views given in are not kept.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "transport/pickup.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wharf::transport::ftp {

inline constexpr std::size_t most_line_bytes = 8192;
inline constexpr std::size_t most_entries = 1'000'000;
inline constexpr std::size_t most_listing_bytes = 512u << 20;

/// "20260131235959" or with ".123" behind it (RFC 3659 §2.3), as seconds since the epoch; nothing when it is no time.
[[nodiscard]] std::optional<std::int64_t> read_time(std::string_view text);

/// "type=file;size=7;modify=20260131235959; order.edi". Nothing for the folder itself and its parent, and for what is no such line.
[[nodiscard]] std::optional<FolderEntry> read_facts(std::string_view line);

/// "-rw-r--r-- 1 ftp ftp 7 Jan 31 12:00 order.edi" or "01-31-26  12:00PM  7 order.edi". `now` gives the year where the line has
/// none: the latest that does not lie in the future. Times are taken as UTC, which LIST does not promise. Nothing when it is none.
[[nodiscard]] std::optional<FolderEntry> read_list_line(std::string_view line, Timestamp now);

enum class ListingForm { facts, list };

/// Takes a listing as it comes from the line, in pieces of any size.
class ListingReader {
public:
    ListingReader(ListingForm form, Timestamp now) : form_(form), now_(now) {}
    /// `permanent` when a limit is passed; nothing more is taken then.
    [[nodiscard]] Result<void> take(std::string_view bytes);
    /// The entries. `permanent` when there are lines and none is in a form we know: better than an empty inbox. A line
    /// that is not understood among others that are stands as EntryType::other, so that somebody gets to see it.
    [[nodiscard]] Result<std::vector<FolderEntry>> finish();

private:
    void take_line(std::string_view line);

    ListingForm form_;
    Timestamp now_;
    std::string rest_; // of a line that is not at its end
    std::size_t bytes_ = 0;
    std::vector<FolderEntry> entries_;
    std::size_t understood_ = 0;
    std::string strange_; // the first line that was not understood
};

} // namespace wharf::transport::ftp
