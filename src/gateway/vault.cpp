#include "gateway/vault.hpp"

#include "base/file.hpp"
#include "gateway/context.hpp"
#include "gateway/stored_exchange.hpp"
#include "transport/digest.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace wharf::gateway {

namespace fs = std::filesystem;

namespace {

std::unexpected<Error> failed(fs::path const& path, std::string_view what) {
    return temporary(fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

Result<void> write_all(int file, std::string_view bytes, fs::path const& path) {
    while (!bytes.empty()) {
        auto const written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed(path, "write");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// Removes a file that is not finished, unless it is released.
struct Unfinished {
    fs::path const& path;
    bool is_released = false;
    ~Unfinished() {
        std::error_code ignored;
        if (is_released)
            return;
        fs::remove(path, ignored);
        fs::remove(path.parent_path(), ignored); // when it is empty
    }
};

Result<void> sync_file(int file, fs::path const& path) {
    if (::fsync(file) != 0)
        return failed(path, "sync");
    WHARF_TRY(sync_folder(path.parent_path()));
    return sync_folder(path.parent_path().parent_path());
}

constexpr auto folder_rights = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec;

/// The folder of all exchanges: not for everybody to read, whatever the umask lets through.
void make_folder(fs::path const& folder, std::error_code& code) {
    if (fs::create_directories(folder, code))
        fs::permissions(folder, folder_rights, code);
}

/// The folders in it, by name.
std::vector<std::string> folders_in(fs::path const& folder) {
    std::error_code code;
    std::vector<std::string> names;
    for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
        if (at->is_directory(code))
            names.push_back(at->path().filename().string());
    return names;
}

/// The names of large files whose bytes the store has by now (`dead-letter retry`).
Result<std::vector<std::string>> taken_payloads(store::Store& store, std::string const& exchange_id) {
    std::vector<std::string> names;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        auto const files = transaction.transfers_of_exchange(exchange_id);
        if (!files)
            return unexpected(files.error());
        for (std::size_t i = 0; i < files->size(); ++i)
            if (!(*files)[i].sha256.empty())
                names.push_back(vault_name::payload_at(i + 1));
        return {};
    }));
    return names;
}

} // namespace

Vault::Vault(fs::path folder, fs::path earlier) : folder_(std::move(folder)), earlier_(std::move(earlier)) {}

Vault Vault::of_store(fs::path const& store_file) {
    auto folder = store_file;
    folder += ".exchanges";
    return Vault(std::move(folder), store_file.parent_path() / "exchanges");
}

/// A new file; the folder of its exchange, and that of all, are made with it. The first one syncs the folder of all, so that it
/// does not go with a power cut; sync_file() does the rest.
Result<transport::Descriptor> Vault::make_file(fs::path const& path) const {
    std::error_code code;
    auto const folder = path.parent_path();
    make_folder(folder_, code);
    if (!code)
        fs::create_directories(folder, code);
    if (code)
        return temporary(fmt::format("cannot make the folder {}: {}", folder.string(), code.message()));
    if (!*is_durable_) {
        fs::permissions(folder_, folder_rights, code); // an earlier version may have made it
        WHARF_TRY(sync_folder(folder_.parent_path()));
        *is_durable_ = true;
    }
    transport::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!file.is_open())
        return failed(path, "make");
    return file;
}

transport::SpoolSettings Vault::spool(std::uint64_t most_bytes) const {
    transport::SpoolSettings settings;
    std::error_code code;
    make_folder(folder_, code); // where that fails, the spool says so when it needs a file
    settings.folder = folder_;
    settings.most_bytes = most_bytes;
    return settings;
}

fs::path Vault::path_of(std::string_view exchange_id, std::string_view name) const {
    return folder_ / exchange_id / name;
}

Result<void> Vault::prepare(std::string_view exchange_id, std::string_view name, transport::Content const& content) const {
    if (content.size() <= in_store)
        return {};
    auto const path = path_of(exchange_id, name);
    auto beside = path; // what is written may be the very file
    beside += ".new";
    auto file = make_file(beside);
    if (!file)
        return unexpected(std::move(file.error()));
    Unfinished unfinished{beside};
    WHARF_TRY(content.each_block([&](std::string_view block) { return write_all(file->get(), block, beside); }));
    if (::fsync(file->get()) != 0 || ::rename(beside.c_str(), path.c_str()) != 0)
        return failed(path, "sync");
    unfinished.is_released = true;
    return sync_file(file->get(), path);
}

Result<void> Vault::put(store::Transaction& transaction, std::string_view exchange_id, std::string_view name,
                        transport::Content const& content) const {
    if (content.size() > in_store || content.is_empty())
        return {};
    auto bytes = content.text(in_store);
    if (!bytes)
        return unexpected(std::move(bytes.error()));
    return transaction.put_content(exchange_id, name, *bytes);
}

Result<transport::Content> Vault::open(store::Store& store, std::string_view exchange_id, std::string_view name) const {
    Result<transport::Content> content;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        content = open(transaction, exchange_id, name);
        return content ? Result<void>() : unexpected(content.error());
    }));
    return content;
}

Result<transport::Content> Vault::open(store::Transaction& transaction, std::string_view exchange_id, std::string_view name) const {
    auto bytes = transaction.content_of(exchange_id, name);
    if (!bytes)
        return unexpected(std::move(bytes.error()));
    if (*bytes)
        return transport::Content(std::move(**bytes));
    std::error_code code;
    if (auto const path = path_of(exchange_id, name); fs::exists(path, code))
        return transport::Content::of_file(path);
    if (auto const path = earlier_ / exchange_id / name; !earlier_.empty() && fs::exists(path, code))
        return transport::Content::of_file(path);
    return transport::Content();
}

void Vault::drop(std::string_view exchange_id, std::string_view name) const {
    std::error_code ignored;
    fs::remove(path_of(exchange_id, name), ignored);
    fs::remove(folder_ / exchange_id, ignored); // when it is empty
}

void Vault::drop_all(std::string_view exchange_id) const {
    std::error_code ignored;
    if (!exchange_id.empty())
        fs::remove_all(folder_ / exchange_id, ignored);
}

std::string Vault::place_of(std::string_view exchange_id, std::string_view name) const {
    auto place = folder_.filename() / exchange_id;
    return name.empty() ? place.string() : (place / name).string();
}

Result<void> Vault::adopt(store::Store& store) const {
    bool is_any = false;
    for (auto const& id : folders_in(earlier_)) {
        auto const exchange = find_exchange(store, id);
        if (!exchange)
            return unexpected(exchange.error());
        if (!*exchange) // another store's, or left over from a kill
            continue;
        std::error_code code;
        make_folder(folder_, code);
        fs::create_directories(folder_ / id, code);
        for (fs::directory_iterator at(earlier_ / id, code), end; !code && at != end; at.increment(code))
            fs::rename(at->path(), folder_ / id / at->path().filename(), code);
        if (code)
            return temporary(fmt::format("cannot move {} into {}: {}", (earlier_ / id).string(), folder_.string(), code.message()));
        WHARF_TRY(sync_folder(folder_ / id));
        fs::remove(earlier_ / id, code);
        is_any = true;
    }
    if (!is_any)
        return {};
    WHARF_TRY(sync_folder(folder_));
    WHARF_TRY(sync_folder(folder_.parent_path()));
    std::error_code ignored;
    fs::remove(earlier_, ignored); // when it is empty
    return {};
}

Result<unsigned> Vault::sweep(store::Store& store) const {
    unsigned removed = 0;
    for (auto const& id : folders_in(folder_)) {
        auto const exchange = find_exchange(store, id);
        if (!exchange)
            return unexpected(exchange.error());
        std::error_code code;
        if (!*exchange || (*exchange)->emptied_at) {
            removed += fs::remove_all(folder_ / id, code) > 0 ? 1 : 0;
        } else if (is_settled(**exchange) && (*exchange)->direction == store::Direction::inbound) { // a kill may have come between
            drop(id, vault_name::message);
            auto const taken = taken_payloads(store, id);
            if (!taken)
                return unexpected(taken.error());
            for (auto const& name : *taken)
                drop(id, name);
        }
    }
    return removed;
}

// --- as it arrives ----------------------------------------------------------------------------------------------------

struct VaultWriter::State {
    Vault vault;
    fs::path path;
    std::uint64_t most_bytes, size = 0;
    std::string buffer;
    transport::Descriptor file;
    transport::Sha256 digest{};
    bool is_finished = false;

    ~State() {
        std::error_code ignored;
        if (!file.is_open() || is_finished)
            return;
        fs::remove(path, ignored);
        fs::remove(path.parent_path(), ignored);
    }
    Result<void> flush() {
        if (!file.is_open()) {
            auto made = vault.make_file(path);
            if (!made)
                return unexpected(std::move(made.error()));
            file = std::move(*made);
        }
        WHARF_TRY(write_all(file.get(), buffer, path));
        buffer.clear();
        return {};
    }
};

VaultWriter::VaultWriter(Vault const& vault, std::string exchange_id, std::string_view name, std::uint64_t most_bytes)
    : state_(new State{.vault = vault, .path = vault.path_of(exchange_id, name), .most_bytes = most_bytes, .buffer = {}, .file = {}}) {}
VaultWriter::VaultWriter(VaultWriter&&) noexcept = default;
VaultWriter::~VaultWriter() = default;

Result<void> VaultWriter::append(std::string_view bytes) {
    if (bytes.size() > state_->most_bytes - state_->size)
        return permanent(fmt::format("the message has more than the {} bytes that are taken here", state_->most_bytes));
    state_->size += bytes.size();
    state_->buffer += bytes;
    state_->digest.add(bytes);
    if (state_->buffer.size() <= (state_->file.is_open() ? std::size_t{256} << 10 : Vault::in_store))
        return {};
    return state_->flush();
}

std::uint64_t VaultWriter::size() const {
    return state_->size;
}

std::string VaultWriter::digest() { return state_->digest.finish(); }

Result<transport::Content> VaultWriter::finish() {
    if (!state_->file.is_open())
        return transport::Content(std::move(state_->buffer));
    WHARF_TRY(state_->flush());
    WHARF_TRY(sync_file(state_->file.get(), state_->path));
    state_->is_finished = true;
    return transport::Content::of_file(state_->path);
}

} // namespace wharf::gateway
