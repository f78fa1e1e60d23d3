#include "tools/wharf/folder_sink.hpp"

#include "base/file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wharf::cli {
namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;

} // namespace

FolderSink::~FolderSink() {
    if (file_ >= 0) {
        ::close(file_);
        ::unlinkat(folder_handle_, written_as_.c_str(), 0);
    }
    if (folder_handle_ >= 0) ::close(folder_handle_);
}

std::unexpected<Error> FolderSink::failed(std::string_view what) const {
    return permanent(fmt::format("{} {}: {}", what, (folder_ / name_).string(), std::strerror(errno)));
}

Result<void> FolderSink::open() {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) return permanent(fmt::format("cannot create the folder {}: {}", folder_.string(), error.message()));
    folder_handle_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_handle_ < 0) return failed("cannot open folder");
    return {};
}

Result<void> FolderSink::begin(std::string const& name) {
    if (!is_plain_file_name(name)) return invalid(fmt::format("{} is no plain file name", name));
    if (!written_.insert(name).second) return permanent(fmt::format("two of the files are called {}; the second was not written", name));
    name_ = name;
    struct stat status{};
    bool const is_there = ::fstatat(folder_handle_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (is_there && !overwrite_) return permanent(fmt::format("{} is there already; choose another folder, or --overwrite", (folder_ / name).string()));
    written_as_ = overwrite_ ? fmt::format(".{}.{}", name.substr(0, 200), ::getpid()) : name;
    file_ = ::openat(folder_handle_, written_as_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file_ < 0) return failed("cannot create");
    return {};
}

Result<void> FolderSink::write(std::string_view bytes) {
    buffer_ += bytes;
    return buffer_.size() < buffer_bytes ? Result<void>() : flush();
}

Result<void> FolderSink::flush() {
    for (std::string_view rest = buffer_; !rest.empty();) {
        auto const put = ::write(file_, rest.data(), rest.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return failed("cannot write");
        rest.remove_prefix(static_cast<std::size_t>(put));
    }
    buffer_.clear();
    return {};
}

Result<void> FolderSink::end() {
    if (auto ok = flush(); !ok) return ok;
    if (::close(std::exchange(file_, -1)) != 0) return failed("cannot write");
    if (written_as_ != name_ && ::renameat(folder_handle_, written_as_.c_str(), folder_handle_, name_.c_str()) != 0) {
        auto error = failed("cannot replace");
        ::unlinkat(folder_handle_, written_as_.c_str(), 0);
        return error;
    }
    return {};
}

} // namespace wharf::cli
