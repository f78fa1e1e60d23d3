// Taking files: list, claim, read, remove or archive. mailbox_upload.cpp writes them.
#include "transport/mailbox.hpp"

#include "base/file.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport {
namespace {

constexpr std::size_t most_entries = 1'000'000;

template <class T> T one(std::vector<T> results) { return std::move(results.front()); }

bool is_same(std::optional<FolderEntry> const& found, RemoteFile const& file) {
    return found && found->type == EntryType::file && found->size == file.size && found->modified == file.modified;
}

} // namespace

std::string joined(Path const& path) {
    if (path.name.empty())
        return path.folder;
    return fmt::format("{}{}{}", path.folder, path.folder.ends_with('/') ? "" : "/", path.name);
}

Result<void> check_login(std::string_view channel, PickupRules const& rules, std::string_view host, std::string_view user) {
    if (rules.inbox.empty() && rules.outbox.empty())
        return invalid(fmt::format("channel {}: it has neither an inbox nor an outbox", channel));
    if (host.empty() || user.empty())
        return invalid(fmt::format("channel {}: host and user are needed", channel));
    return {};
}

std::unique_ptr<Connection> make_mailbox(std::shared_ptr<MailboxState> state, std::unique_ptr<Place> place) {
    return std::make_unique<Mailbox>(std::move(state), std::move(place));
}

Result<void> Mailbox::check_inbox(std::string_view name) const {
    if (rules().inbox.empty())
        return invalid(fmt::format("channel {}: it has no inbox, so nothing can be read from it", state_->name));
    if (!is_inbox_name(name, rules().depth))
        return invalid(fmt::format("channel {}: {} is not a plain file name", state_->name, quote_name(name)));
    return {};
}

Path Mailbox::in_inbox(std::string_view name) const { return {rules().inbox, std::string(name)}; }

/// Where a file that was fetched stands now.
Path Mailbox::taken(std::string_view name) const {
    return in_inbox(rules().claim_as.empty() ? std::string(name) : claimed_name(rules().claim_as, name));
}

// --- listing --------------------------------------------------------------------------------------------------------

Result<void> Mailbox::list_level(std::string const& inside, unsigned levels, std::vector<FolderEntry>& entries) {
    auto found = place_->list({rules().inbox, inside});
    if (!found)
        return unexpected(found.error());
    auto const archive = last_part(rules().archive), failed = last_part(failed_folder(rules()));
    std::vector<std::string> folders;
    for (auto& entry : *found) {
        bool const ours = inside.empty() && (entry.name == archive || entry.name == failed);
        if (levels > 0 && entry.type == EntryType::folder && !ours && is_plain_file_name(entry.name) && !entry.name.starts_with('.')) {
            folders.push_back(std::move(entry.name));
            continue;
        }
        if (!inside.empty())
            entry.name = inside + "/" + entry.name;
        entries.push_back(std::move(entry));
    }
    if (entries.size() > most_entries)
        return permanent(fmt::format("channel {}: the inbox holds more than {} names; clear it out", state_->name, most_entries));
    for (auto const& folder : folders) {
        auto below = list_level(inside.empty() ? folder : inside + "/" + folder, levels - 1, entries);
        if (!below && below.error().is_temporary())
            return below;
    }
    return {};
}

Result<Listing> Mailbox::list() {
    if (rules().inbox.empty())
        return unexpected(check_inbox("any").error());
    std::vector<FolderEntry> entries;
    if (auto listed = list_level("", rules().depth, entries); !listed)
        return unexpected(listed.error());
    std::vector<RemoteFile> claimed;
    if (!rules().claim_as.empty())
        for (auto const& entry : entries)
            if (auto name = unclaimed_name(rules().claim_as, entry.name);
                name && entry.type == EntryType::file && is_inbox_name(*name, rules().depth))
                claimed.push_back({std::move(*name), entry.size, entry.modified});
    // What we claimed before a crash comes first; a new file of the same name waits until that one is done.
    std::erase_if(entries, [&](FolderEntry const& entry) {
        return std::ranges::find(claimed, entry.name, &RemoteFile::name) != claimed.end();
    });
    auto listing = state_->memory.choose(rules(), std::move(entries), state_->now());
    listing.ready.insert(listing.ready.begin(), std::make_move_iterator(claimed.begin()), std::make_move_iterator(claimed.end()));
    return listing;
}

// --- reading --------------------------------------------------------------------------------------------------------

Result<void> Mailbox::check_fetch(RemoteFile const& file) const {
    if (auto fine = check_inbox(file.name); !fine)
        return fine;
    if (file.size > rules().max_bytes)
        return permanent(fmt::format("channel {}: {} has {} bytes and the channel's limit is {}", state_->name,
                                     place_->show(in_inbox(file.name)), file.size, rules().max_bytes));
    return {};
}

/// Renames to our claim's name. Whoever comes second finds nothing under the old one.
std::vector<Result<void>> Mailbox::claim(std::span<RemoteFile const> files) {
    std::vector<Path> targets;
    for (auto const& file : files)
        targets.push_back(taken(file.name));
    auto const held = place_->look(targets);
    std::vector<Result<void>> results(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!held[i])
            results[i] = unexpected(held[i].error());
        if (!held[i] || *held[i])
            continue; // claimed before
        auto renamed = one(place_->rename({{{in_inbox(files[i].name), targets[i]}}}));
        if (renamed || renamed.error().is_temporary()) {
            results[i] = std::move(renamed);
            continue;
        }
        auto const there = one(place_->look({{in_inbox(files[i].name)}}));
        results[i] = there && !*there ? temporary(fmt::format("channel {}: {} was taken by another gateway", state_->name,
                                                              place_->show(in_inbox(files[i].name))))
                                      : std::move(renamed);
    }
    return results;
}

/// A claimed file that turns out to be unfinished gets its name back.
void Mailbox::release(RemoteFile const& file) {
    if (!rules().claim_as.empty())
        (void)place_->rename({{{taken(file.name), in_inbox(file.name)}}});
}

std::vector<Result<std::string>> Mailbox::fetch_all(std::span<RemoteFile const> files) {
    std::vector<Result<void>> fine;
    for (auto const& file : files)
        fine.push_back(check_fetch(file));
    if (!rules().claim_as.empty() && std::ranges::all_of(fine, [](auto const& one) { return one.has_value(); }))
        fine = claim(files);
    std::vector<Wanted> wanted;
    for (std::size_t i = 0; i < files.size(); ++i)
        if (fine[i])
            wanted.push_back({taken(files[i].name), files[i].size, files[i].modified});
    auto contents = place_->read(wanted);
    std::vector<Result<std::string>> results;
    auto next = contents.begin();
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!fine[i]) {
            results.push_back(unexpected(fine[i].error()));
            continue;
        }
        auto& content = *next++;
        if (!content) {
            results.push_back(unexpected(content.error()));
        } else if (*content) {
            results.push_back(std::move(**content));
        } else {
            release(files[i]);
            results.push_back(temporary(fmt::format("channel {}: {} changed or went since it was listed ({} bytes then); it will "
                                                    "be taken when it is complete",
                                                    state_->name, place_->show(in_inbox(files[i].name)), files[i].size)));
        }
    }
    return results;
}

Result<std::string> Mailbox::fetch(RemoteFile const& file) { return one(fetch_all({&file, 1})); }

// --- afterwards -----------------------------------------------------------------------------------------------------

// The marker goes first: left behind, it would call the next file of that name complete before it is.
std::vector<Result<void>> Mailbox::remove_markers(std::span<RemoteFile const> files) {
    std::vector<Path> markers;
    if (!rules().done_marker.empty())
        for (auto const& file : files)
            markers.push_back(in_inbox(companion_name(rules().done_marker, file.name)));
    return markers.empty() ? std::vector<Result<void>>(files.size()) : place_->remove(markers);
}

// No sync here: a removal undone by a power cut shows a file again whose claim key the store already knows.
std::vector<Result<void>> Mailbox::finish_all(std::span<RemoteFile const> files) {
    std::vector<Result<void>> results(files.size());
    std::vector<Path> paths;
    for (std::size_t i = 0; i < files.size(); ++i) {
        results[i] = check_inbox(files[i].name);
        paths.push_back(taken(files[i].name));
    }
    if (rules().leave || !std::ranges::all_of(results, [](auto const& one) { return one.has_value(); }))
        return results;
    auto const found = place_->look(paths);
    std::vector<RemoteFile> still;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!found[i])
            results[i] = unexpected(found[i].error());
        else if (is_same(*found[i], files[i])) { // else gone (a crash after the removal), or another file by now: not ours
            still.push_back(files[i]);
            places.push_back(i);
        }
    }
    auto const unmarked = remove_markers(still);
    std::vector<Path> ours;
    std::vector<std::size_t> removable;
    for (std::size_t i = 0; i < still.size(); ++i) {
        if (!unmarked[i])
            results[places[i]] = unmarked[i];
        else if (!rules().archive.empty())
            results[places[i]] = move_to(taken(still[i].name), still[i], dated_folder(rules().archive, state_->now()), rules().collision);
        else {
            ours.push_back(taken(still[i].name));
            removable.push_back(places[i]);
        }
    }
    auto removed = place_->remove(ours);
    for (std::size_t i = 0; i < ours.size(); ++i)
        results[removable[i]] = std::move(removed[i]);
    return results;
}

Result<void> Mailbox::finish(RemoteFile const& file) { return one(finish_all({&file, 1})); }

Result<void> Mailbox::set_aside(RemoteFile const& file) {
    if (auto fine = check_inbox(file.name); !fine || rules().leave)
        return fine;
    for (auto const& from : {taken(file.name), in_inbox(file.name)}) {
        auto const found = one(place_->look({{from}}));
        if (!found)
            return unexpected(found.error());
        if (is_same(*found, file))
            return move_to(from, file, failed_folder(rules()), PickupRules::Collision::number);
    }
    return {};
}

Result<void> Mailbox::move_to(Path const& from, RemoteFile const& file, std::string const& folder, PickupRules::Collision collision) {
    using enum PickupRules::Collision;
    auto const slash = file.name.rfind('/');
    Path const inside{folder, slash == std::string::npos ? "" : file.name.substr(0, slash)};
    if (auto made = place_->make_folder(inside); !made)
        return made;
    if (collision == replace)
        return place_->replace(from, {folder, file.name});
    auto moved = move_numbered(from, folder, file.name, collision == number ? most_numbered_names : 1);
    if (moved && *moved)
        return {};
    auto const there = one(place_->look({{from}}));
    if (there && !is_same(*there, file))
        return {}; // gone in between
    if (!moved)
        return unexpected(moved.error());
    if (collision == time) {
        auto stamp = to_iso8601(state_->now()).substr(0, 19) + "Z";
        std::erase_if(stamp, [](char c) { return c == ':' || c == '-'; });
        moved = move_numbered(from, folder, numbered_name(file.name, 0) + "." + stamp, most_numbered_names);
        if (!moved)
            return unexpected(moved.error());
        if (*moved)
            return {};
    }
    if (collision == refuse)
        return permanent(fmt::format("channel {}: {} exists in the archive already; {} stays where it is until one of them is moved "
                                     "away",
                                     state_->name, place_->show({folder, file.name}), place_->show(from)));
    return permanent(fmt::format("channel {}: {} holds {} files named like {}; clear it out", state_->name,
                                 place_->show({folder, ""}), most_numbered_names, quote_name(file.name)));
}

/// To the first free one of NAME, NAME.1, NAME.2 …; false when all `most` names are taken.
Result<bool> Mailbox::move_numbered(Path const& from, std::string const& folder, std::string const& name, unsigned most) {
    for (unsigned number = 0; number < most; ++number) {
        Path const to{folder, numbered_name(name, number)};
        auto const there = one(place_->look({{to}}));
        if (!there)
            return unexpected(there.error());
        if (*there)
            continue;
        auto renamed = one(place_->rename({{{from, to}}}));
        if (renamed)
            return true;
        auto const again = one(place_->look({{to}}));
        if (!again || !*again)
            return unexpected(renamed.error());
    }
    return false;
}

} // namespace wharf::transport
