// Which of the files in an inbox are ready to be taken: the part of list() that no transport does differently.
//
// Pure but for its memory of the last listing. Thread-safe.
#pragma once

#include "transport/channel.hpp"

#include <map>
#include <mutex>
#include <optional>

namespace wharf::transport {

enum class EntryType { file, folder, link, other };

/// One line of a folder's listing, as the transport saw it.
struct FolderEntry {
    std::string name;
    EntryType type = EntryType::file;
    std::uint64_t size = 0;
    std::int64_t modified = 0;    // seconds since the epoch
    std::int64_t nanoseconds = 0; // the rest of the modification time, where the transport knows it
    bool is_being_written = false; // somebody is known to have it open: it waits
};

/// Decides on stability over several listings. A name that disappears is forgotten.
class PickupMemory {
public:
    [[nodiscard]] Listing choose(PickupRules const& rules, std::vector<FolderEntry> entries, Timestamp now);

private:
    struct Seen {
        std::uint64_t size;
        std::int64_t modified, nanoseconds;
        unsigned times;     // listings in a row that showed just this
        Timestamp since;    // the first of them
        Timestamp counted;  // the last that `times` counts
    };
    std::mutex mutex_;
    std::map<std::string, Seen, std::less<>> seen_;
};

/// Matches include and not exclude, and is none of our own names. `name`: the last part.
[[nodiscard]] bool is_wanted_name(PickupRules const& rules, std::string_view name);

/// True for what list() may give as a name: a plain file name, with `depth` levels of folders at most before it.
[[nodiscard]] bool is_inbox_name(std::string_view name, unsigned depth);

/// {name} and {stem} (without the last ending) of a pattern, filled in from the last part of `name`; the folders before it stay.
[[nodiscard]] std::string companion_name(std::string_view pattern, std::string_view name);

/// Names of files that we are writing or have claimed: never picked up, whatever `exclude` says.
inline constexpr std::string_view own_prefix = ".wharf-";

/// What a file is called while the gateway that claims as `owner` reads it; the folders before it stay.
[[nodiscard]] std::string claimed_name(std::string_view owner, std::string_view name);
/// The reverse; nothing when it is no claim of this owner.
[[nodiscard]] std::optional<std::string> unclaimed_name(std::string_view owner, std::string_view name);

/// {date} of an archive's name, in UTC.
[[nodiscard]] std::string dated_folder(std::string_view pattern, Timestamp now);

/// The last part of a path, without slashes behind it.
[[nodiscard]] std::string last_part(std::string_view path);

/// The folder for files we cannot take: `rules.failed` beside the inbox; inside it when the inbox is the root itself.
[[nodiscard]] std::string failed_folder(PickupRules const& rules);

/// A name for the n-th file that wants to be called `name` in an archive: "a.edi", "a.edi.1", "a.edi.2"; never longer
/// than a file name may be.
[[nodiscard]] std::string numbered_name(std::string_view name, unsigned number);
inline constexpr unsigned most_numbered_names = 10'000;

/// A fresh temporary name, ".wharf-01JXQ….tmp" unless the rules say otherwise.
[[nodiscard]] std::string temporary_name(UploadRules const& rules, std::string_view name);

/// For messages: quoted, control characters escaped.
[[nodiscard]] std::string quote_name(std::string_view name);

} // namespace wharf::transport
