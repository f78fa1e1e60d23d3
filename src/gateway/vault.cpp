#include "gateway/vault.hpp"

#include "base/file.hpp"
#include "gateway/context.hpp"
#include "transport/descriptor.hpp"

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

/// A new file below the vault; its folders are made and synced with it.
Result<transport::Descriptor> make_file(fs::path const& path) {
    std::error_code code;
    auto const folder = path.parent_path();
    fs::create_directories(folder, code);
    if (code)
        return temporary(fmt::format("cannot make the folder {}: {}", folder.string(), code.message()));
    fs::permissions(folder.parent_path(), fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec, code);
    transport::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (!file.is_open())
        return failed(path, "make");
    return file;
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

} // namespace

Vault::Vault(fs::path folder) : folder_(std::move(folder)) {}

transport::SpoolSettings Vault::spool(std::uint64_t most_bytes) const {
    transport::SpoolSettings settings;
    std::error_code code;
    fs::create_directories(folder_, code); // where that fails, the spool says so when it needs a file
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
    std::optional<std::string> bytes;
    WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.content_of(exchange_id, name);
        if (!found)
            return unexpected(std::move(found.error()));
        bytes = std::move(*found);
        return {};
    }));
    if (bytes)
        return transport::Content(std::move(*bytes));
    auto const path = path_of(exchange_id, name);
    std::error_code code;
    if (!fs::exists(path, code))
        return transport::Content();
    return transport::Content::of_file(path);
}

void Vault::drop(std::string_view exchange_id, std::string_view name) const {
    std::error_code ignored;
    fs::remove(path_of(exchange_id, name), ignored);
    fs::remove(folder_ / exchange_id, ignored); // when it is empty
}

Result<unsigned> Vault::sweep(store::Store& store) const {
    std::error_code code;
    std::vector<fs::path> folders;
    for (fs::directory_iterator at(folder_, code), end; !code && at != end; at.increment(code))
        if (at->is_directory(code))
            folders.push_back(at->path());
    unsigned removed = 0;
    for (auto const& folder : folders) {
        bool known = false, is_settled = false;
        WHARF_TRY(store.read([&](store::Transaction& transaction) -> Result<void> {
            auto found = transaction.exchange(folder.filename().string());
            if (!found)
                return unexpected(std::move(found.error()));
            known = found->has_value();
            // The body of a message that came in goes when it is settled; a kill may have come between. One that was refused without
            // a disposition was given up: its body is all there is of it.
            if (known && (*found)->direction == store::Direction::inbound)
                is_settled = (*found)->state == store::ExchangeState::accepted ||
                             ((*found)->state == store::ExchangeState::refused && !(*found)->disposition.empty());
            return {};
        }));
        if (!known && fs::remove_all(folder, code) > 0)
            ++removed;
        if (is_settled)
            drop(folder.filename().string(), vault_name::message);
    }
    return removed;
}

// --- as it arrives ----------------------------------------------------------------------------------------------------

struct VaultWriter::State {
    fs::path path;
    std::uint64_t most_bytes, size = 0;
    std::string buffer;
    transport::Descriptor file;
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
            auto made = make_file(path);
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
    : state_(std::make_unique<State>()) {
    state_->path = vault.path_of(exchange_id, name);
    state_->most_bytes = most_bytes;
}
VaultWriter::VaultWriter(VaultWriter&&) noexcept = default;
VaultWriter::~VaultWriter() = default;

Result<void> VaultWriter::append(std::string_view bytes) {
    if (bytes.size() > state_->most_bytes - state_->size)
        return permanent(fmt::format("the message has more than the {} bytes that are taken here", state_->most_bytes));
    state_->size += bytes.size();
    state_->buffer += bytes;
    if (state_->buffer.size() <= (state_->file.is_open() ? std::size_t{256} << 10 : Vault::in_store))
        return {};
    return state_->flush();
}

std::uint64_t VaultWriter::size() const {
    return state_->size;
}

Result<transport::Content> VaultWriter::finish() {
    if (!state_->file.is_open())
        return transport::Content(std::move(state_->buffer));
    WHARF_TRY(state_->flush());
    WHARF_TRY(sync_file(state_->file.get(), state_->path));
    state_->is_finished = true;
    return transport::Content::of_file(state_->path);
}

} // namespace wharf::gateway
