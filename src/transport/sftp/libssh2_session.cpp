// The libssh2 engine once it is logged in: folders and files.
#include "transport/sftp/libssh2_session.hpp"

#include "base/file.hpp"
#include "transport/sftp/libssh2_errors.hpp"

#include <algorithm>
#include <array>

namespace wharf::transport::sftp {
namespace {

// libssh2 keeps requests in flight only within one call, so the buffer decides the speed on a slow link.
constexpr std::size_t transfer_bytes = 2u << 20;
EntryType type_of(LIBSSH2_SFTP_ATTRIBUTES const& attributes) {
    if (!(attributes.flags & LIBSSH2_SFTP_ATTR_PERMISSIONS))
        return EntryType::file;
    return LIBSSH2_SFTP_S_ISREG(attributes.permissions)   ? EntryType::file
           : LIBSSH2_SFTP_S_ISDIR(attributes.permissions) ? EntryType::folder
           : LIBSSH2_SFTP_S_ISLNK(attributes.permissions) ? EntryType::link
                                                          : EntryType::other;
}

bool is_complete(LIBSSH2_SFTP_ATTRIBUTES const& attributes) {
    constexpr unsigned long needed =
        LIBSSH2_SFTP_ATTR_SIZE | LIBSSH2_SFTP_ATTR_PERMISSIONS | LIBSSH2_SFTP_ATTR_ACMODTIME;
    return (attributes.flags & needed) == needed;
}

FolderEntry to_entry(std::string name, LIBSSH2_SFTP_ATTRIBUTES const& attributes) {
    return {std::move(name), type_of(attributes), attributes.filesize, static_cast<std::int64_t>(attributes.mtime), 0};
}

} // namespace

std::unexpected<Error> Libssh2Session::session_failed(std::string_view what, int code, std::string_view advice) {
    char* text = nullptr;
    libssh2_session_last_error(session_, &text, nullptr, 0);
    if (code == LIBSSH2_ERROR_TIMEOUT)
        return std::unexpected(Error{ErrorKind::temporary, fmt::format("{}: {}: no answer within {} s", where_, what,
                                                                       settings_.timeout.count())});
    return std::unexpected(Error{kind_of_session_error(code),
                                 fmt::format("{}: {}: {} (libssh2 {}){}{}", where_, what, text && *text ? text : "no reason given",
                                             code, advice.empty() ? "" : ". ", advice)});
}

std::unexpected<Error> Libssh2Session::failed(std::string_view what, std::string const& path) {
    auto const code = libssh2_session_last_errno(session_);
    auto const action = fmt::format("cannot {} {}", what, quote_name(path));
    if (code != LIBSSH2_ERROR_SFTP_PROTOCOL) {
        auto error = session_failed(action, code);
        if (kind_of_session_error(code) == ErrorKind::temporary)
            give_up();
        return error;
    }
    auto const status = libssh2_sftp_last_error(sftp_);
    auto const meaning = describe(status);
    return std::unexpected(
        Error{meaning.kind, fmt::format("{}: {}: {} (SFTP status {})", where_, action, meaning.text, status)});
}

Result<std::vector<FolderEntry>> Libssh2Session::list(std::string const& folder) {
    auto const handle = open(folder, 0, LIBSSH2_SFTP_OPENDIR);
    if (!handle)
        return failed("list", folder);
    std::vector<FolderEntry> entries;
    std::vector<std::string> incomplete;
    std::array<char, 4096> name{};
    for (;;) {
        LIBSSH2_SFTP_ATTRIBUTES attributes{};
        auto const length = libssh2_sftp_readdir_ex(handle.get(), name.data(), name.size(), nullptr, 0, &attributes);
        if (length == LIBSSH2_ERROR_BUFFER_TOO_SMALL)
            continue; // no file we could name in a path of ours
        if (length < 0)
            return failed("list", folder);
        if (length == 0)
            break;
        std::string text(name.data(), static_cast<std::size_t>(length));
        if (is_complete(attributes))
            entries.push_back(to_entry(std::move(text), attributes));
        else
            incomplete.push_back(std::move(text));
    }
    for (auto& text : incomplete) { // a server that lists names only
        if (!is_plain_file_name(text))
            continue;
        auto entry = status(folder + "/" + text);
        if (!entry)
            return unexpected(entry.error());
        if (*entry) {
            (*entry)->name = std::move(text);
            entries.push_back(std::move(**entry));
        }
    }
    return entries;
}

Result<std::optional<FolderEntry>> Libssh2Session::status(std::string const& path) {
    LIBSSH2_SFTP_ATTRIBUTES attributes{};
    auto const code = libssh2_sftp_stat_ex(sftp_, path.data(), static_cast<unsigned>(path.size()), LIBSSH2_SFTP_LSTAT,
                                           &attributes);
    if (code == 0)
        return to_entry(path, attributes);
    if (is_missing())
        return std::nullopt;
    return failed("look at", path);
}

Result<std::optional<std::string>> Libssh2Session::read(std::string const& path, std::uint64_t size,
                                                        std::int64_t modified) {
    auto const handle = open(path, LIBSSH2_FXF_READ, LIBSSH2_SFTP_OPENFILE);
    if (!handle && is_missing())
        return std::nullopt;
    if (!handle)
        return failed("open", path);
    auto const as_listed = [&]() -> Result<bool> {
        LIBSSH2_SFTP_ATTRIBUTES attributes{};
        if (libssh2_sftp_fstat_ex(handle.get(), &attributes, 0) != 0)
            return failed("look at", path);
        return attributes.filesize == size && static_cast<std::int64_t>(attributes.mtime) == modified;
    };
    auto same = as_listed();
    if (!same)
        return unexpected(same.error());
    if (!*same)
        return std::nullopt;

    std::string content;
    content.resize(size + 1); // one more, to see that it did not grow
    std::size_t have = 0;
    while (have < content.size()) {
        auto const got = libssh2_sftp_read(handle.get(), content.data() + have, std::min(transfer_bytes, content.size() - have));
        if (got < 0)
            return failed("read", path);
        if (got == 0)
            break;
        have += static_cast<std::size_t>(got);
    }
    if (have != size)
        return std::nullopt;
    content.resize(size);
    same = as_listed();
    if (!same)
        return unexpected(same.error());
    if (!*same)
        return std::nullopt;
    return content;
}

Result<void> Libssh2Session::write_new(std::string const& path, std::string_view content) {
    auto handle = open(path, LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | LIBSSH2_FXF_EXCL, LIBSSH2_SFTP_OPENFILE);
    if (!handle)
        return failed("create", path);
    while (!content.empty()) {
        auto const put = libssh2_sftp_write(handle.get(), content.data(), std::min(transfer_bytes, content.size()));
        if (put <= 0)
            return failed("write", path);
        content.remove_prefix(static_cast<std::size_t>(put));
    }
    if (libssh2_sftp_fsync(handle.get()) != 0 && !is_status(LIBSSH2_FX_OP_UNSUPPORTED))
        return failed("sync", path);
    if (libssh2_sftp_close_handle(handle.release()) != 0)
        return failed("finish writing", path);
    return {};
}

Result<void> Libssh2Session::rename(std::string const& from, std::string const& to) {
    if (libssh2_sftp_rename_ex(sftp_, from.data(), static_cast<unsigned>(from.size()), to.data(),
                               static_cast<unsigned>(to.size()), 0) != 0)
        return failed(fmt::format("rename to {}", quote_name(to)), from);
    return {};
}

Result<void> Libssh2Session::remove(std::string const& path) {
    if (libssh2_sftp_unlink_ex(sftp_, path.data(), static_cast<unsigned>(path.size())) != 0 && !is_missing())
        return failed("remove", path);
    return {};
}

Result<void> Libssh2Session::make_folder(std::string const& path) {
    if (libssh2_sftp_mkdir_ex(sftp_, path.data(), static_cast<unsigned>(path.size()), 0755) != 0)
        return failed("create the folder", path);
    return {};
}

} // namespace wharf::transport::sftp
