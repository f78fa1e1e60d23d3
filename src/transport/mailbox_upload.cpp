// Writing files: under a temporary name, then renamed; never half a file under its own name, never over another's.
#include "transport/mailbox.hpp"

#include "base/file.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport {
namespace {

using Existing = UploadRules::Existing;

template <class T> T one(std::vector<T> results) { return std::move(results.front()); }

} // namespace

Result<void> Mailbox::check_outbox(std::string_view name) const {
    if (rules().outbox.empty())
        return invalid(fmt::format("channel {}: it has no outbox, so nothing can be written to it", state_->name));
    if (!is_plain_file_name(name))
        return invalid(fmt::format("channel {}: {} is not a plain file name", state_->name, quote_name(name)));
    return {};
}

Result<void> Mailbox::make_out_folders() {
    if (folders_made_ || !rules().upload.make_folders)
        return {};
    for (auto const& folder : {rules().outbox, rules().upload.temporary_folder})
        if (!folder.empty())
            if (auto made = place_->make_folder({folder, ""}); !made)
                return made;
    folders_made_ = true;
    return {};
}

Path Mailbox::draft_for(std::string_view name, std::string_view content) {
    if (auto begun = place_->begun(content))
        return std::move(*begun);
    auto const& folder = rules().upload.temporary_folder;
    return {folder.empty() ? rules().outbox : folder, temporary_name(rules().upload, name)};
}

Result<Mailbox::Present> Mailbox::compare(Path const& path, std::string_view content) {
    auto const status = one(place_->look({{path}}));
    if (!status)
        return unexpected(status.error());
    if (!*status)
        return Present::absent;
    auto const& found = **status;
    // Without a temporary name a broken attempt leaves the beginning of our content under the final one.
    bool const may_be_unfinished = rules().upload.temporary.empty() && found.size < content.size();
    if (found.type != EntryType::file || (found.size != content.size() && !may_be_unfinished))
        return Present::different;
    auto const existing = one(place_->read({{{path, found.size, found.modified}}}));
    if (!existing)
        return unexpected(existing.error());
    if (!*existing)
        return temporary(fmt::format("channel {}: {} changed while it was compared; it will be tried again", state_->name,
                                     place_->show(path)));
    if (**existing == content)
        return Present::same;
    return may_be_unfinished && content.starts_with(**existing) ? Present::ours_unfinished : Present::different;
}

/// Of a target that is there and needs no writing: fine, or the reason why it is not.
Result<void> Mailbox::settled(Present present, Path const& path) {
    if (present == Present::same)
        return place_->settle(path.folder); // an earlier try may have ended before its own sync
    if (rules().upload.existing == Existing::ignore)
        return {};
    return permanent(fmt::format("channel {}: {} exists with other content and is left alone; the partner has not fetched "
                                 "it, or the file name pattern repeats",
                                 state_->name, place_->show(path)));
}

Result<void> Mailbox::mark(std::string_view name) {
    if (rules().upload.marker.empty())
        return {};
    Draft const marker{in_outbox(companion_name(rules().upload.marker, name)), ""};
    return one(place_->write({&marker, 1}, options(true)));
}

Result<void> check_size(std::string_view place, std::string_view shown, std::optional<FolderEntry> const& found, std::size_t wanted) {
    if (found && found->size == wanted)
        return {};
    return temporary(fmt::format("{}: {} holds {} of the {} bytes written to it", place, shown, found ? found->size : 0, wanted));
}

Result<void> Mailbox::put_one(Upload const& file) {
    if (auto fine = check_outbox(file.name); !fine)
        return fine;
    if (auto made = make_out_folders(); !made)
        return made;
    auto done = put_only(file);
    return done ? mark(file.name) : done;
}

Result<void> Mailbox::put_only(Upload const& file) {
    auto const path = in_outbox(file.name);
    auto const existing = rules().upload.existing;
    auto present = rules().upload.write_only ? Present::absent : compare(path, file.content);
    if (!present)
        return unexpected(present.error());
    if (*present == Present::same || (*present == Present::different && (existing == Existing::refuse || existing == Existing::ignore)))
        return settled(*present, path);
    if (*present == Present::different && existing == Existing::move) {
        auto const moved = move_numbered(path, path.folder, path.name, most_numbered_names);
        if (!moved)
            return unexpected(moved.error());
        if (!*moved)
            return settled(Present::different, path);
        present = Present::absent;
    }
    return rules().upload.temporary.empty() ? put_over(*present, path, file) : put_beside(*present, path, file);
}

/// Straight under its own name.
Result<void> Mailbox::put_over(Present present, Path const& path, Upload const& file) {
    bool const replace = present != Present::absent || rules().upload.write_only;
    auto const written = one(place_->write({{draft(path, file)}}, options(replace)));
    return !written || rules().upload.write_only ? written : place_->settle(path.folder);
}

Result<void> Mailbox::put_beside(Present present, Path const& path, Upload const& file) {
    auto const ours = draft(draft_for(path.name, file.content), file);
    // With a name of its own each time nothing can be in the way; else an earlier attempt of ours is.
    bool const is_fresh = rules().upload.temporary.find("{id}") != std::string::npos;
    auto written = one(place_->write({&ours, 1}, options(!is_fresh || rules().upload.write_only)));
    if (!written) {
        if (!place_->begun(file.content))
            (void)place_->remove({{ours.path}}); // best effort; a lost connection leaves a dot file that nobody picks up
        return written;
    }
    if (rules().upload.write_only)
        return one(place_->rename({{{ours.path, path}}}));
    return into_place(ours.path, path, file.content, present != Present::absent);
}

/// A draft that was written takes its place, and does not stay behind when that fails.
Result<void> Mailbox::into_place(Path const& draft, Path const& path, std::string_view content, bool replace) {
    auto const fail = [&](Error error) -> Result<void> {
        (void)place_->remove({{draft}});
        return unexpected(std::move(error));
    };
    // Between the look at the target and the rename lies one round trip; nobody but the gateway writes these names.
    auto renamed = replace ? place_->replace(draft, path) : one(place_->rename({{{draft, path}}}));
    if (renamed)
        return place_->settle(path.folder);
    auto const present = compare(path, content); // somebody was faster
    if (!present || *present == Present::absent) {
        auto& error = renamed.error();
        if (!error.is_temporary())
            error.message += ". Where a login may not rename, upload: {temporary_name: \"\"} writes files under their own names";
        return fail(std::move(error));
    }
    (void)place_->remove({{draft}});
    return settled(*present, path);
}

// The steps of put() for all files together. Whatever is not plain sailing goes through put() itself, one by one.
std::vector<Result<void>> Mailbox::put_all(std::span<Upload const> files) {
    auto const& upload = rules().upload;
    bool const plain = files.size() > 1 && !upload.write_only && upload.marker.empty() &&
                       upload.temporary.find("{id}") != std::string::npos &&
                       std::ranges::all_of(files, [&](Upload const& file) { return check_outbox(file.name).has_value(); });
    if (!plain || !make_out_folders()) {
        std::vector<Result<void>> results;
        for (auto const& file : files)
            results.push_back(put_one(file));
        return results;
    }
    std::vector<Path> targets;
    for (auto const& file : files)
        targets.push_back(in_outbox(file.name));
    auto const found = place_->look(targets);
    std::vector<Draft> drafts;
    std::vector<std::size_t> indices; // of drafts among the files
    for (std::size_t i = 0; i < files.size(); ++i)
        if (found[i] && !*found[i]) {
            drafts.push_back(draft(draft_for(files[i].name, files[i].content), files[i]));
            indices.push_back(i);
        }
    auto const written = place_->write(drafts, options(false));
    std::vector<Path> leftovers;
    std::vector<Renaming> renamings;
    std::vector<std::size_t> whole;
    for (std::size_t i = 0; i < drafts.size(); ++i)
        if (written[i]) {
            renamings.push_back({drafts[i].path, targets[indices[i]]});
            whole.push_back(indices[i]);
        } else {
            leftovers.push_back(drafts[i].path);
        }
    auto const renamed = place_->rename(renamings);
    std::vector<bool> done(files.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        done[whole[i]] = renamed[i].has_value();
        if (!renamed[i])
            leftovers.push_back(renamings[i].from);
    }
    (void)place_->remove(leftovers);
    auto const synced = place_->settle(rules().outbox);
    std::vector<Result<void>> results(files.size());
    for (std::size_t i = 0; i < files.size(); ++i)
        results[i] = !done[i] ? put_one(files[i]) : synced;
    return results;
}

} // namespace wharf::transport
