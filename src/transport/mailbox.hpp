// What a channel promises, over any Place: internal to mailbox*.cpp.
#pragma once

#include "transport/place.hpp"

namespace wharf::transport {

class Mailbox final : public Connection {
public:
    Mailbox(std::shared_ptr<MailboxState> state, std::unique_ptr<Place> place) : state_(std::move(state)), place_(std::move(place)) {}

    Result<Listing> list() override;
    Result<std::string> fetch(RemoteFile const& file) override;
    Result<void> finish(RemoteFile const& file) override;
    Result<void> set_aside(RemoteFile const& file) override;
    Result<void> put(std::string_view name, std::string_view content) override { return put_one({name, content}); }
    std::vector<Result<std::string>> fetch_all(std::span<RemoteFile const> files) override;
    std::vector<Result<void>> finish_all(std::span<RemoteFile const> files) override;
    std::vector<Result<void>> put_all(std::span<Upload const> files) override;
    std::string description() const override { return place_->description(); }

private:
    [[nodiscard]] PickupRules const& rules() const { return state_->rules; }
    [[nodiscard]] Result<void> check_inbox(std::string_view name) const;
    [[nodiscard]] Result<void> check_fetch(RemoteFile const& file) const;
    [[nodiscard]] Path in_inbox(std::string_view name) const;
    [[nodiscard]] Path taken(std::string_view name) const;
    Result<void> list_level(std::string const& inside, unsigned levels, std::vector<FolderEntry>& entries);
    std::vector<Result<void>> claim(std::span<RemoteFile const> files);
    void release(RemoteFile const& file);
    std::vector<Result<void>> remove_markers(std::span<RemoteFile const> files);
    Result<void> move_to(Path const& from, RemoteFile const& file, std::string const& folder, PickupRules::Collision collision);
    Result<bool> move_numbered(Path const& from, std::string const& folder, std::string const& name, unsigned most);

    // --- the outbox
    enum class Present { absent, same, different, ours_unfinished };
    [[nodiscard]] Result<void> check_outbox(std::string_view name) const;
    [[nodiscard]] Path in_outbox(std::string_view name) const { return {rules().outbox, std::string(name)}; }
    [[nodiscard]] Path draft_for(std::string_view name, std::string_view content);
    [[nodiscard]] WriteOptions options(bool replace) const {
        return {replace, rules().upload.sync, rules().upload.mode, !rules().upload.write_only};
    }
    [[nodiscard]] Draft draft(Path path, Upload const& file) const {
        return {std::move(path), file.content, rules().upload.keep_time ? file.modified : std::nullopt};
    }
    Result<void> make_out_folders();
    Result<Present> compare(Path const& path, std::string_view content);
    Result<void> put_one(Upload const& file);
    Result<void> put_only(Upload const& file);
    Result<void> put_over(Present present, Path const& path, Upload const& file);
    Result<void> put_beside(Present present, Path const& path, Upload const& file);
    Result<void> into_place(Path const& draft, Path const& path, std::string_view content, bool replace);
    Result<void> settled(Present present, Path const& path);
    Result<void> mark(std::string_view name);

    std::shared_ptr<MailboxState> state_;
    std::unique_ptr<Place> place_;
    bool folders_made_ = false;
};

} // namespace wharf::transport
