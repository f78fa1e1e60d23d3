#include "transport/pickup.hpp"

#include "base/file.hpp"
#include "base/id.hpp"
#include "base/json_text.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport {
namespace {

bool matches_any(std::vector<std::string> const& patterns, std::string_view name) {
    return std::ranges::any_of(patterns, [&](std::string const& pattern) { return glob_matches(pattern, name); });
}

std::string last_part(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    auto const slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Past the character at `place`, which '?' stands for: one byte, or one UTF-8 sequence.
std::size_t next_character(std::string_view text, std::size_t place) {
    bool const leads = (static_cast<unsigned char>(text[place]) & 0xC0) == 0xC0;
    ++place;
    for (unsigned more = 0; leads && more < 3 && place < text.size() && is_continuation(text[place]); ++more)
        ++place;
    return place;
}

} // namespace

PickupRules::PickupRules() : max_bytes(limits::message_bytes) {}

std::string RemoteFile::claim_key() const { return fmt::format("{}|{}|{}", name, size, modified); }

// Greedy with one point of return: linear for one star, at worst the product of the lengths, never recursive.
bool glob_matches(std::string_view pattern, std::string_view name) {
    std::size_t at = 0, place = 0;
    std::size_t star = std::string_view::npos, resume = 0;
    while (place < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            resume = place;
        } else if (at < pattern.size() && pattern[at] == '?') {
            ++at;
            place = next_character(name, place);
        } else if (at < pattern.size() && pattern[at] == name[place]) {
            ++at;
            ++place;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            place = ++resume;
        } else {
            return false;
        }
    }
    while (at < pattern.size() && pattern[at] == '*')
        ++at;
    return at == pattern.size();
}

Listing PickupMemory::choose(PickupRules const& rules, std::vector<FolderEntry> entries, Timestamp now) {
    std::ranges::sort(entries, {}, &FolderEntry::name);
    auto const own_archive = last_part(rules.archive), own_failed = last_part(rules.failed);

    Listing listing;
    std::map<std::string, Seen, std::less<>> seen;
    std::lock_guard const lock(mutex_);
    for (auto& entry : entries) {
        if (entry.name == "." || entry.name == ".." || entry.name.empty())
            continue;
        if (matches_any(rules.exclude, entry.name) || !matches_any(rules.include, entry.name))
            continue;
        if (entry.type == EntryType::folder && (entry.name == own_archive || entry.name == own_failed))
            continue;
        if (entry.type != EntryType::file || !is_plain_file_name(entry.name)) {
            listing.skipped.push_back(std::move(entry.name));
            continue;
        }

        Seen current{entry.size, entry.modified, entry.nanoseconds, 1, now};
        if (auto const known = seen_.find(entry.name);
            known != seen_.end() && known->second.size == current.size && known->second.modified == current.modified &&
            known->second.nanoseconds == current.nanoseconds) {
            current.times = known->second.times < rules.stable_polls ? known->second.times + 1 : known->second.times;
            current.since = known->second.since;
        }
        seen.insert_or_assign(entry.name, current);

        // A server whose clock runs ahead writes times in our future; what we saw ourselves counts as well.
        auto const by_time = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() - entry.modified;
        auto const by_sight = std::chrono::floor<std::chrono::seconds>(now - current.since).count();
        bool const old_enough = std::max<std::int64_t>(by_time, by_sight) >= rules.minimum_age.count();
        bool const stable = current.times >= rules.stable_polls;
        if (!(stable && (rules.minimum_age.count() <= 0 || old_enough))) {
            ++listing.waiting;
            continue;
        }
        auto& place = entry.size > rules.max_bytes ? listing.too_large : listing.ready;
        if (place.size() >= rules.most_per_poll) {
            ++listing.waiting;
            continue;
        }
        place.push_back({std::move(entry.name), entry.size, entry.modified});
    }
    seen_ = std::move(seen);
    return listing;
}

std::string failed_folder(PickupRules const& rules) {
    if (rules.failed.starts_with('/'))
        return rules.failed;
    std::string_view inbox = rules.inbox;
    while (inbox.size() > 1 && inbox.ends_with('/'))
        inbox.remove_suffix(1);
    if (inbox == "/" || inbox == "." || inbox.empty())
        return std::string(inbox == "/" ? "/" : "") + rules.failed;
    auto const slash = inbox.rfind('/');
    if (slash == std::string_view::npos)
        return rules.failed;
    return std::string(inbox.substr(0, slash + 1)) + rules.failed;
}

std::string numbered_name(std::string_view name, unsigned number) {
    if (number == 0)
        return std::string(name);
    auto const suffix = fmt::format(".{}", number);
    return std::string(name.substr(0, 255 - suffix.size())) + suffix;
}

std::string temporary_name() { return fmt::format(".wharf-{}.tmp", new_id(SystemClock().now())); }

std::string quote_name(std::string_view name) {
    std::string text;
    append_json_string(text, name);
    return text;
}

} // namespace wharf::transport
