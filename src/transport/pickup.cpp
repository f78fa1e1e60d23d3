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

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Past the character at `place`, which '?' stands for: one byte, or one UTF-8 sequence.
std::size_t next_character(std::string_view text, std::size_t place) {
    bool const leads = (static_cast<unsigned char>(text[place]) & 0xC0) == 0xC0;
    ++place;
    for (unsigned more = 0; leads && more < 3 && place < text.size() && is_continuation(text[place]); ++more)
        ++place;
    return place;
}

std::string_view name_in(std::string_view path) {
    auto const slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

void put_in_order(std::vector<RemoteFile>& files, PickupRules::Order order) {
    using enum PickupRules::Order;
    if (order == oldest)
        std::ranges::stable_sort(files, {}, &RemoteFile::modified);
    else if (order == newest)
        std::ranges::stable_sort(files, std::greater(), &RemoteFile::modified);
    else if (order == smallest)
        std::ranges::stable_sort(files, {}, &RemoteFile::size);
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
    // What a marker can be called, and (sorted) what there is.
    auto const marker_pattern = rules.done_marker.empty() ? "" : companion_name(rules.done_marker, "*");
    auto const is_there = [&](std::string const& name) {
        auto const found = std::ranges::lower_bound(entries, name, {}, &FolderEntry::name);
        return found != entries.end() && found->name == name;
    };

    Listing listing;
    std::map<std::string, Seen, std::less<>> seen;
    std::lock_guard const lock(mutex_);
    for (auto const& entry : entries) {
        auto const name = name_in(entry.name);
        if (name == "." || name == ".." || name.empty() || !is_wanted_name(rules, name))
            continue;
        if (!marker_pattern.empty() && glob_matches(marker_pattern, name))
            continue;
        if (entry.type == EntryType::folder && (entry.name == own_archive || entry.name == own_failed))
            continue;
        if (entry.type != EntryType::file || !is_inbox_name(entry.name, rules.depth)) {
            listing.skipped.push_back(entry.name);
            continue;
        }
        if (entry.is_being_written) { // its looks are counted from when it is closed
            ++listing.waiting;
            continue;
        }

        Seen current{entry.size, entry.modified, entry.nanoseconds, 1, now, now};
        if (auto const known = seen_.find(entry.name);
            known != seen_.end() && known->second.size == current.size && known->second.modified == current.modified &&
            known->second.nanoseconds == current.nanoseconds) {
            bool const counts = known->second.times < rules.stable_polls && now - known->second.counted >= rules.look_spacing;
            current.times = known->second.times + (counts ? 1 : 0);
            current.counted = counts ? now : known->second.counted;
            current.since = known->second.since;
        }
        seen.insert_or_assign(entry.name, current);

        // A server whose clock runs ahead writes times in our future; what we saw ourselves counts as well.
        auto const by_time = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() - entry.modified;
        auto const by_sight = std::chrono::floor<std::chrono::seconds>(now - current.since).count();
        bool const old_enough = std::max<std::int64_t>(by_time, by_sight) >= rules.minimum_age.count();
        bool const stable = current.times >= rules.stable_polls && entry.size >= rules.min_bytes;
        bool const marked = rules.done_marker.empty() || is_there(companion_name(rules.done_marker, entry.name));
        if (!(stable && marked && (rules.minimum_age.count() <= 0 || old_enough))) {
            ++listing.waiting;
            continue;
        }
        auto& place = entry.size > rules.max_bytes ? listing.too_large : listing.ready;
        place.push_back({entry.name, entry.size, entry.modified});
    }
    seen_ = std::move(seen);
    for (auto* const files : {&listing.ready, &listing.too_large}) {
        put_in_order(*files, rules.order);
        if (rules.leave || files->size() <= rules.most_per_poll)
            continue; // what stays is counted by whoever knows which of them are new
        listing.waiting += static_cast<unsigned>(files->size() - rules.most_per_poll);
        files->resize(rules.most_per_poll);
    }
    return listing;
}

bool is_wanted_name(PickupRules const& rules, std::string_view name) {
    return !name.starts_with(own_prefix) && !matches_any(rules.exclude, name) && matches_any(rules.include, name);
}

bool is_inbox_name(std::string_view name, unsigned depth) {
    for (unsigned level = 0;; ++level) {
        auto const slash = name.find('/');
        if (level > depth || !is_plain_file_name(name.substr(0, slash)))
            return false;
        if (slash == std::string_view::npos)
            return true;
        name.remove_prefix(slash + 1);
    }
}

std::string companion_name(std::string_view pattern, std::string_view path) {
    auto const name = name_in(path);
    auto const dot = name.rfind('.');
    std::string text(pattern);
    replace_all(text, "{stem}", dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot));
    replace_all(text, "{name}", name);
    return std::string(path.substr(0, path.size() - name.size())) + text;
}

std::string claimed_name(std::string_view owner, std::string_view path) {
    auto const name = name_in(path);
    return fmt::format("{}{}claim-{}-{}", path.substr(0, path.size() - name.size()), own_prefix, owner, name);
}

std::optional<std::string> unclaimed_name(std::string_view owner, std::string_view path) {
    auto const name = name_in(path);
    auto const prefix = claimed_name(owner, "");
    if (!name.starts_with(prefix) || name.size() == prefix.size())
        return std::nullopt;
    return std::string(path.substr(0, path.size() - name.size())).append(name.substr(prefix.size()));
}

std::string dated_folder(std::string_view pattern, Timestamp now) {
    std::string text(pattern);
    replace_all(text, "{date}", to_iso8601(now).substr(0, 10));
    return text;
}

std::string last_part(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return std::string(name_in(path));
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

std::string temporary_name(UploadRules const& rules, std::string_view name) {
    std::string text = rules.temporary;
    replace_all(text, "{id}", new_id(SystemClock().now()));
    replace_all(text, "{name}", name);
    return text;
}

std::string quote_name(std::string_view name) {
    std::string text;
    append_json_string(text, name);
    return text;
}

} // namespace wharf::transport
