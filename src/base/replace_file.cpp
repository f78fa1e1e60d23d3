#include "base/replace_file.hpp"

#include "base/file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace wharf {
namespace {

std::unexpected<Error> refused(std::string_view what, std::filesystem::path const& path, int error) {
    bool const passes = error == ENOSPC || error == EDQUOT || error == EIO || error == EMFILE || error == ENFILE;
    return std::unexpected(Error{passes ? ErrorKind::temporary : ErrorKind::permanent,
                                 fmt::format("{} {}: {}; the file is as it was", what, path.string(), std::strerror(error))});
}

std::unexpected<Error> changed(std::filesystem::path const& path) {
    return permanent(fmt::format("{} was changed by somebody else while it was worked on; nothing was written, run it again", path.string()));
}

std::optional<struct stat> stat_of(std::filesystem::path const& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return status;
}

bool is_same(struct stat const& status, ReadFile const& file) {
    return status.st_dev == file.device && status.st_ino == file.inode && static_cast<std::uint64_t>(status.st_size) == file.content.size() &&
           status.st_mtim.tv_sec == file.modified_seconds && status.st_mtim.tv_nsec == file.modified_nanoseconds;
}

/// A file beside the target that removes itself unless it was renamed.
class Beside {
public:
    explicit Beside(std::filesystem::path const& target) : name_((target.parent_path() / ("." + target.filename().string().substr(0, 200) + ".XXXXXX")).string()) {
        descriptor_ = ::mkstemp(name_.data());
    }
    Beside(Beside const&) = delete;
    Beside& operator=(Beside const&) = delete;
    ~Beside() {
        if (descriptor_ < 0)
            return;
        ::close(descriptor_);
        if (!renamed_)
            ::unlink(name_.c_str());
    }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] bool write(std::string_view content) const {
        while (!content.empty()) {
            auto const put = ::write(descriptor_, content.data(), content.size());
            if (put < 0 && errno == EINTR)
                continue;
            if (put < 0)
                return false;
            content.remove_prefix(static_cast<std::size_t>(put));
        }
        return ::fsync(descriptor_) == 0;
    }
    /// Owner before mode: changing the owner takes bits away.
    [[nodiscard]] bool take_rights_of(struct stat const& status) const {
        struct stat own{};
        if (::fstat(descriptor_, &own) != 0)
            return false;
        bool const other = own.st_uid != status.st_uid || own.st_gid != status.st_gid;
        if (other && ::fchown(descriptor_, status.st_uid, status.st_gid) != 0)
            return false;
        return ::fchmod(descriptor_, status.st_mode & 07777) == 0;
    }
    [[nodiscard]] bool rename_to(std::filesystem::path const& target) {
        renamed_ = ::rename(name_.c_str(), target.c_str()) == 0;
        return renamed_;
    }

private:
    std::string name_;
    int descriptor_ = -1;
    bool renamed_ = false;
};

} // namespace

Result<ReadFile> read_for_replacement(std::filesystem::path const& path, std::uint64_t limit) {
    ReadFile file;
    file.path = path;
    auto const before = path == "-" ? std::nullopt : stat_of(path);
    bool const regular = before && S_ISREG(before->st_mode);
    if (regular) {
        std::error_code error;
        file.target = std::filesystem::canonical(path, error);
        if (error)
            return permanent(fmt::format("cannot open {}: {}", path.string(), error.message()));
        file.device = before->st_dev;
        file.inode = before->st_ino;
        file.modified_seconds = before->st_mtim.tv_sec;
        file.modified_nanoseconds = before->st_mtim.tv_nsec;
    }
    auto content = read_file(path, limit);
    if (!content)
        return unexpected(content.error());
    file.content = *std::move(content);
    if (regular)
        if (auto const after = stat_of(file.target); !after || !is_same(*after, file))
            return changed(path);
    return file;
}

Result<void> replace_file(ReadFile const& file, std::string_view content) {
    auto const status = stat_of(file.target);
    if (!status || !is_same(*status, file))
        return changed(file.path);
    if (status->st_nlink > 1)
        return permanent(fmt::format("{} has {} names (hard links), of which only one would change; nothing was written", file.path.string(), status->st_nlink));
    if ((status->st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0) // access() never says no to root
        return refused("cannot write", file.path, EACCES);
    if (::access(file.target.c_str(), W_OK) != 0)
        return refused("cannot write", file.path, errno);
    Beside beside(file.target);
    if (beside.descriptor() < 0)
        return refused("cannot create a file beside", file.path, errno);
    if (!beside.write(content))
        return refused("cannot write", file.path, errno);
    if (!beside.take_rights_of(*status))
        return refused("cannot keep owner and permissions of", file.path, errno);
    if (auto const now = stat_of(file.target); !now || !is_same(*now, file))
        return changed(file.path);
    if (!beside.rename_to(file.target))
        return refused("cannot rename into", file.path, errno);
    return sync_folder(file.target.parent_path());
}

} // namespace wharf
