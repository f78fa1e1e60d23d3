// Files behind URLs as a channel. There are no folders to rename in: a file is complete when the server shows it, one gateway reads a
// URL, and what must not be written over the server is asked not to (If-None-Match, RFC 9110 §13.1.2).
#include "transport/channel.hpp"

#include "base/file.hpp"
#include "transport/digest.hpp"
#include "transport/https/address.hpp"
#include "transport/https/exchange.hpp"
#include "transport/https/listing.hpp"
#include "transport/pickup.hpp"

#include <algorithm>
#include <charconv>
#include <curl/curl.h>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <set>

namespace wharf::transport {
namespace {

using https::Answer;

/// A file as the server tells of it.
struct Remote {
    std::string url, etag;
    RemoteFile file;                     // `modified` stands for what it is remembered by
    std::optional<std::string> content;  // where that is its digest: it was read already
};

/// What the server's head said of a file, and what the listing said when it was asked: while that stays, it is not asked again.
struct Looked {
    std::string facts;
    Remote remote;
};

struct Shared {
    HttpsSettings settings;
    std::string name;
    Clock const* clock = nullptr;
    SystemClock system_clock;
    PickupMemory memory;
    std::mutex mutex;                // of what follows
    std::map<std::string, Looked> looked; // by URL, of the last listing
    std::set<std::string> set_aside; // claim keys of files that are too large and stay where they are
};

/// A number for what is no time, such that a claim key of name, size and "time" differs when it does. Positive; far in the future, so
/// that the age of a file is that since we first saw it.
std::int64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    auto const digest = sha256_hex(text).substr(0, 15);
    std::from_chars(digest.data(), digest.data() + digest.size(), number, 16);
    return static_cast<std::int64_t>(number | 1ULL << 60);
}

std::optional<std::int64_t> date_of(std::string_view text) {
    auto const time = text.empty() ? -1 : ::curl_getdate(std::string(text).c_str(), nullptr);
    return time < 0 ? std::nullopt : std::optional<std::int64_t>(time);
}

class HttpsConnection final : public Connection {
public:
    explicit HttpsConnection(std::shared_ptr<Shared> shared)
        : shared_(std::move(shared)), exchange_(shared_->settings, "channel " + shared_->name) {}

    Result<Listing> list() override;
    Result<std::string> fetch(RemoteFile const& file) override;
    Result<void> finish(RemoteFile const& file) override;
    Result<void> set_aside(RemoteFile const& file) override;
    Result<void> put(std::string_view name, std::string_view content) override;

private:
    [[nodiscard]] HttpsSettings const& settings() const { return shared_->settings; }
    [[nodiscard]] PickupRules const& rules() const { return settings().rules; }
    [[nodiscard]] Result<void> check_name(std::string_view name) const;
    Result<std::vector<https::ListedFile>> files();
    Result<std::optional<Remote>> look(std::string const& url);
    [[nodiscard]] std::optional<Remote> looked_before(https::ListedFile const& listed) const;
    void forget(std::string const& url);
    Result<std::optional<Remote>> look_by_reading(std::string const& url);
    [[nodiscard]] std::optional<std::int64_t> mark_of(Answer const& answer) const;
    Result<Remote*> known(RemoteFile const& file);
    Result<void> compare(std::string const& url, std::string_view name, std::string_view content);

    std::shared_ptr<Shared> shared_;
    https::Exchange exchange_;
    std::map<std::string, Remote, std::less<>> remotes_; // of the last listing, by name
};

Result<void> HttpsConnection::check_name(std::string_view name) const {
    if (is_plain_file_name(name))
        return {};
    return invalid(fmt::format("channel {}: {} is not a plain file name", shared_->name, quote_name(name)));
}

// --- in -------------------------------------------------------------------------------------------------------------

Result<std::vector<https::ListedFile>> HttpsConnection::files() {
    if (settings().listing == HttpsSettings::Listing::file)
        return std::vector<https::ListedFile>{{rules().inbox}};
    auto answer = exchange_.ask({.url = rules().inbox, .fields = {}, .body = {}, .file_name = {}, .most_bytes = https::most_listing_bytes});
    if (!answer)
        return unexpected(answer.error());
    if (!answer->is_fine())
        return exchange_.refused(*answer, "list", rules().inbox);
    bool const is_json = settings().listing == HttpsSettings::Listing::json;
    if (is_json && answer->status == 204)
        return {};
    auto const references = is_json ? https::read_json_listing(answer->body) : https::read_index_page(answer->body);
    if (!references)
        return permanent(fmt::format("{}: {}: {}", exchange_.where(), quote_name(rules().inbox), references.error().message));
    auto const origin = https::origin_of(rules().inbox);
    auto const folder = https::folder_of(rules().inbox);
    std::vector<https::ListedFile> found;
    for (auto const& [reference, facts] : *references) {
        auto url = https::resolved(rules().inbox, reference);
        if (!url || https::origin_of(*url) != origin) {
            if (is_json)
                return permanent(fmt::format("{}: the listing names {}, which is none of this server's; it is not asked for", exchange_.where(),
                                             quote_name(reference)));
            continue; // pages have links to others
        }
        if (is_json || https::folder_of(*url) == folder)
            found.push_back({std::move(*url), facts});
    }
    return found;
}

/// What a file is remembered by, as far as the head of an answer tells.
std::optional<std::int64_t> HttpsConnection::mark_of(Answer const& answer) const {
    using By = HttpsSettings::RememberBy;
    auto const by = settings().remember_by;
    auto const etag = answer.field("ETag");
    if ((by == By::automatic || by == By::etag) && !etag.empty())
        return number_of(etag);
    if (by == By::automatic || by == By::modified)
        return date_of(answer.field("Last-Modified"));
    return std::nullopt;
}

Result<std::optional<Remote>> HttpsConnection::look(std::string const& url) {
    auto answer = exchange_.ask({.method = "HEAD", .url = url, .fields = {}, .body = {}, .file_name = {}});
    if (!answer)
        return unexpected(answer.error());
    if (answer->status == 404 || answer->status == 410 || answer->status == 204)
        return std::nullopt;
    auto const length = answer->field("Content-Length");
    std::uint64_t size = 0;
    bool const has_size = std::from_chars(length.data(), length.data() + length.size(), size).ec == std::errc() && !length.empty();
    auto const mark = mark_of(*answer);
    if (!answer->is_fine() || !has_size || !mark)
        return look_by_reading(url);
    return Remote{url, std::string(answer->field("ETag")), {https::file_name_of(url), size, *mark}, std::nullopt};
}

std::optional<Remote> HttpsConnection::looked_before(https::ListedFile const& listed) const {
    if (listed.facts.empty())
        return std::nullopt;
    std::lock_guard const lock(shared_->mutex);
    auto const found = shared_->looked.find(listed.reference);
    return found != shared_->looked.end() && found->second.facts == listed.facts ? std::optional(found->second.remote) : std::nullopt;
}

/// The listing may be older than the file: the server is asked again.
void HttpsConnection::forget(std::string const& url) {
    std::lock_guard const lock(shared_->mutex);
    shared_->looked.erase(url);
}

/// The server tells too little of the file, or answers no HEAD.
Result<std::optional<Remote>> HttpsConnection::look_by_reading(std::string const& url) {
    auto answer = exchange_.ask({.url = url, .fields = {}, .body = {}, .file_name = {}, .most_bytes = rules().max_bytes});
    if (!answer)
        return unexpected(answer.error());
    if (answer->status == 404 || answer->status == 410 || answer->status == 204)
        return std::nullopt;
    if (!answer->is_fine())
        return exchange_.refused(*answer, "read", url);
    auto const mark = mark_of(*answer).value_or(number_of(answer->body));
    Remote remote{url, std::string(answer->field("ETag")), {https::file_name_of(url), answer->body.size(), mark}, std::nullopt};
    remote.content = std::move(answer->body);
    return remote;
}

Result<Listing> HttpsConnection::list() {
    if (rules().inbox.empty())
        return invalid(fmt::format("channel {}: it has no inbox, so nothing can be read from it", shared_->name));
    auto const found = files();
    if (!found)
        return unexpected(found.error());
    remotes_.clear();
    std::map<std::string, Looked> looked;
    std::vector<FolderEntry> entries;
    std::vector<std::string> skipped;
    for (auto const& listed : *found) {
        auto const& url = listed.reference;
        auto const name = https::file_name_of(url);
        auto const matches = [&](std::string const& pattern) { return glob_matches(pattern, name); };
        if (!std::ranges::any_of(rules().include, matches) || std::ranges::any_of(rules().exclude, matches))
            continue; // not even asked for
        if (!is_plain_file_name(name) || remotes_.contains(name)) {
            skipped.push_back(url);
            continue;
        }
        auto before = looked_before(listed);
        auto remote = before ? Result<std::optional<Remote>>(std::move(before)) : look(url);
        if (!remote && (remote.error().is_temporary() || settings().listing == HttpsSettings::Listing::file))
            return unexpected(remote.error());
        if (!remote) {
            skipped.push_back(url);
            continue;
        }
        if (!*remote)
            continue;
        FolderEntry entry;
        entry.name = name;
        entry.size = (*remote)->file.size;
        entry.modified = (*remote)->file.modified;
        entries.push_back(std::move(entry));
        if (!listed.facts.empty()) {
            auto& kept = looked[url] = {listed.facts, **remote};
            kept.remote.content.reset();
        }
        remotes_.emplace(name, std::move(**remote));
    }
    auto const now = shared_->clock != nullptr ? shared_->clock->now() : shared_->system_clock.now();
    auto listing = shared_->memory.choose(rules(), std::move(entries), now);
    listing.skipped.insert(listing.skipped.end(), skipped.begin(), skipped.end());
    std::lock_guard const lock(shared_->mutex);
    shared_->looked = std::move(looked);
    std::erase_if(listing.too_large, [&](RemoteFile const& file) { return shared_->set_aside.contains(file.claim_key()); });
    return listing;
}

/// Of the last listing; after a new connection the server is asked again. Null: it is gone, or another by now.
Result<Remote*> HttpsConnection::known(RemoteFile const& file) {
    auto found = remotes_.find(file.name);
    if (found == remotes_.end()) {
        if (auto listed = list(); !listed)
            return unexpected(listed.error());
        found = remotes_.find(file.name);
    }
    return found != remotes_.end() && found->second.file.claim_key() == file.claim_key() ? &found->second : nullptr;
}

Result<std::string> HttpsConnection::fetch(RemoteFile const& file) {
    if (auto fine = check_name(file.name); !fine)
        return unexpected(fine.error());
    if (file.size > rules().max_bytes)
        return permanent(fmt::format("channel {}: {} has {} bytes and the channel's limit is {}", shared_->name, quote_name(file.name), file.size,
                                     rules().max_bytes));
    auto const changed = [&] {
        return temporary(fmt::format("channel {}: {} changed or went since it was listed ({} bytes then); it will be taken when it is complete",
                                     shared_->name, quote_name(file.name), file.size));
    };
    auto remote = known(file);
    if (!remote)
        return unexpected(remote.error());
    if (*remote == nullptr)
        return changed();
    auto const url = (*remote)->url;
    if ((*remote)->content)
        return *std::exchange((*remote)->content, std::nullopt);
    auto answer = exchange_.ask({.url = url, .fields = {}, .body = {}, .file_name = {}, .most_bytes = rules().max_bytes});
    if (!answer)
        return unexpected(answer.error());
    if (answer->status == 404 || answer->status == 410) {
        forget(url);
        return changed();
    }
    if (!answer->is_fine())
        return exchange_.refused(*answer, "read", url);
    auto const mark = mark_of(*answer).value_or(number_of(answer->body));
    if (answer->body.size() != file.size || mark != file.modified) {
        forget(url);
        return changed();
    }
    return std::move(answer->body);
}

Result<void> HttpsConnection::finish(RemoteFile const& file) {
    if (auto fine = check_name(file.name); !fine)
        return fine;
    if (rules().leave)
        return {};
    auto remote = known(file);
    if (!remote)
        return unexpected(remote.error());
    if (*remote == nullptr)
        return {};
    auto const url = (*remote)->url;
    auto const there = look(url); // the partner may have put a new one there
    if (!there)
        return unexpected(there.error());
    if (!*there || (*there)->file.claim_key() != file.claim_key())
        return {};
    https::Fields fields;
    if ((*there)->etag.starts_with('"')) // weak ones do not count for this (RFC 9110 §13.1.1)
        fields.emplace_back("If-Match", (*there)->etag);
    auto answer = exchange_.ask({.method = "DELETE", .url = url, .fields = std::move(fields), .body = {}, .file_name = {}});
    if (!answer)
        return unexpected(answer.error());
    if (answer->is_fine() || answer->status == 404 || answer->status == 410 || answer->status == 412)
        return {};
    return exchange_.refused(*answer, "delete", url);
}

/// There is no folder to move it to: it stays, and is told of once.
Result<void> HttpsConnection::set_aside(RemoteFile const& file) {
    if (auto fine = check_name(file.name); !fine)
        return fine;
    std::lock_guard const lock(shared_->mutex);
    shared_->set_aside.insert(file.claim_key());
    return {};
}

// --- out ------------------------------------------------------------------------------------------------------------

Result<void> HttpsConnection::put(std::string_view name, std::string_view content) {
    using enum UploadRules::Existing;
    if (rules().outbox.empty())
        return invalid(fmt::format("channel {}: it has no outbox, so nothing can be written to it", shared_->name));
    if (auto fine = check_name(name); !fine)
        return fine;
    https::Request request;
    request.method = settings().method;
    request.url = https::with_name(rules().outbox, name);
    request.body = content;
    request.file_name = name;
    request.fields.emplace_back("Content-Type", settings().content_type);
    bool const is_first_only = settings().method == "PUT" && rules().upload.existing != replace && !rules().upload.write_only;
    if (is_first_only)
        request.fields.emplace_back("If-None-Match", "*");
    if (!settings().idempotency_header.empty())
        request.fields.emplace_back(settings().idempotency_header, sha256_hex(fmt::format("{}\n{}\n{}", shared_->name, name, content)));
    auto const answer = exchange_.ask(request);
    if (!answer)
        return unexpected(answer.error());
    auto const& success = settings().success;
    bool const is_fine = success.empty() ? answer->status == 200 || answer->status == 201 || answer->status == 202 || answer->status == 204
                                         : std::ranges::find(success, answer->status) != success.end();
    if (is_fine)
        return {};
    if (answer->status == 412 && is_first_only)
        return compare(request.url, name, content);
    return exchange_.refused(*answer, "send", request.url);
}

/// The name is taken: by our own earlier attempt, or by another file.
Result<void> HttpsConnection::compare(std::string const& url, std::string_view name, std::string_view content) {
    if (rules().upload.existing == UploadRules::Existing::ignore)
        return {};
    auto const answer = exchange_.ask({.url = url, .fields = {}, .body = {}, .file_name = name, .most_bytes = rules().max_bytes});
    if (!answer)
        return unexpected(answer.error());
    if (answer->is_fine() && answer->body == content)
        return {};
    return permanent(fmt::format("channel {}: {} exists with other content and is left alone; the partner has not fetched it, or the file name "
                                 "pattern repeats",
                                 shared_->name, quote_name(url)));
}

class HttpsChannel final : public Channel {
public:
    HttpsChannel(std::string name, HttpsSettings settings, Clock const* clock) : shared_(std::make_shared<Shared>()) {
        shared_->name = std::move(name);
        shared_->clock = clock;
        shared_->settings = std::move(settings);
    }
    std::string const& name() const override { return shared_->name; }

    Result<std::unique_ptr<Connection>> connect() override {
        auto const& rules = shared_->settings.rules;
        if (rules.inbox.empty() && rules.outbox.empty())
            return invalid(fmt::format("channel {}: it has neither an inbox nor an outbox", name()));
        for (auto const* const url : {&rules.inbox, &rules.outbox})
            if (!url->empty() && !https::origin_of(https::with_name(*url, "name")))
                return invalid(fmt::format("channel {}: {} is no https:// URL", name(), quote_name(*url)));
        if (!rules.archive.empty() || !rules.claim_as.empty() || !rules.done_marker.empty() || rules.depth != 0)
            return invalid(fmt::format("channel {}: over HTTPS nothing can be renamed: archive, claim_as, done_marker and depth do not apply", name()));
        if (rules.upload.existing == UploadRules::Existing::move || !rules.upload.marker.empty() || rules.upload.mode != 0)
            return invalid(fmt::format("channel {}: over HTTPS upload knows existing (but for move) and write_only", name()));
        return std::make_unique<HttpsConnection>(shared_);
    }

private:
    std::shared_ptr<Shared> shared_;
};

} // namespace

std::unique_ptr<Channel> make_https_channel(std::string name, HttpsSettings settings, Clock const* clock) {
    return std::make_unique<HttpsChannel>(std::move(name), std::move(settings), clock);
}

} // namespace wharf::transport
