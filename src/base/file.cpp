#include "base/file.hpp"

#include "base/byte_source.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wharf {
namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor() {
        if (fd_ > STDERR_FILENO)
            ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

std::string reason() { return std::strerror(errno); }

/// A full disk or a file handle shortage passes; a missing folder or a missing right does not.
ErrorKind kind_of_errno() {
    switch (errno) {
    case EAGAIN:
    case EINTR:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOSPC:
    case EDQUOT:
    case ETXTBSY:
        return ErrorKind::temporary;
    default:
        return ErrorKind::permanent;
    }
}

std::unexpected<Error> failed(std::string_view what, std::filesystem::path const& path) {
    auto const kind = kind_of_errno();
    return std::unexpected(Error{kind, fmt::format("{} {}: {}", what, path.string(), reason())});
}

class FileSource : public ByteSource {
public:
    FileSource(int fd, std::filesystem::path path) : file_(fd), path_(std::move(path)), start_(::lseek(fd, 0, SEEK_CUR)) {}

    Result<std::size_t> read(char* to, std::size_t most) override {
        for (;;) {
            auto const got = ::read(file_.get(), to, most);
            if (got >= 0)
                return static_cast<std::size_t>(got);
            if (errno != EINTR)
                return failed("cannot read", path_);
        }
    }

    bool rewind() override { return start_ >= 0 && ::lseek(file_.get(), start_, SEEK_SET) == start_; }

private:
    Descriptor file_;
    std::filesystem::path path_;
    off_t start_; // where it stood when it was handed to us; -1: it cannot be moved
};

class MemorySource : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes) : all_(bytes), rest_(bytes) {}

    Result<std::size_t> read(char* to, std::size_t most) override {
        auto const count = rest_.copy(to, most);
        rest_.remove_prefix(count);
        return count;
    }
    bool rewind() override {
        rest_ = all_;
        return true;
    }

private:
    std::string_view all_, rest_;
};

} // namespace

std::unique_ptr<ByteSource> byte_source_of(std::string_view bytes) {
    return std::make_unique<MemorySource>(bytes);
}

Result<std::unique_ptr<ByteSource>> open_byte_source(std::filesystem::path const& path) {
    int const fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed("cannot open", path);
    auto source = std::make_unique<FileSource>(fd, path);
    struct stat status{};
    if (::fstat(fd, &status) != 0)
        return failed("cannot read", path);
    if (S_ISDIR(status.st_mode))
        return permanent(fmt::format("cannot read {}: it is a folder", path.string()));
    return source;
}

Result<std::string> read_file(std::filesystem::path const& path, std::uint64_t limit) {
    bool const standard_input = path == "-";
    Descriptor const file(standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
        return failed("cannot open", path);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0)
        return failed("cannot read", path);
    if (S_ISDIR(status.st_mode))
        return permanent(fmt::format("cannot read {}: it is a folder", path.string()));
    auto const too_large = [&](std::uint64_t size) {
        return invalid(fmt::format("cannot read {}: it has {} bytes and the limit is {}", path.string(), size, limit));
    };
    auto const expected = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (expected > limit)
        return too_large(expected);

    std::string content;
    content.resize(expected > 0 ? expected + 1 : 65536); // one byte more, so that the end is seen without growing
    std::size_t size = 0;
    for (;;) {
        auto const got = ::read(file.get(), content.data() + size, content.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed("cannot read", path);
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
        if (size > limit)
            return too_large(size);
        if (size == content.size())
            content.resize(content.size() * 2);
    }
    content.resize(size);
    return content;
}

Result<void> sync_folder(std::filesystem::path const& folder) {
    Descriptor const handle(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (handle.get() < 0 || ::fsync(handle.get()) != 0)
        return failed("cannot sync folder", folder);
    return {};
}

namespace {

/// errno tells why when it is false.
bool write_all(int fd, std::string_view content) {
    while (!content.empty()) {
        auto const put = ::write(fd, content.data(), content.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        content.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

/// A device, a pipe or a socket: renaming over it would put a file in its place, and root may even lose /dev/null.
bool is_special(std::filesystem::path const& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

Result<void> write_into_special(std::filesystem::path const& path, std::string_view content) {
    Descriptor const file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0)
        return failed("cannot open", path);
    if (!write_all(file.get(), content))
        return failed("cannot write", path);
    return {};
}

} // namespace

Result<void> write_file_durably(std::filesystem::path const& path, std::string_view content) {
    if (is_special(path))
        return write_into_special(path, content);
    auto temporary_name = (path.parent_path() / ("." + path.filename().string() + ".XXXXXX")).string();
    int const fd = ::mkstemp(temporary_name.data());
    if (fd < 0)
        return failed("cannot create a file beside", path);
    auto const given_up = [&](std::string_view what) {
        auto error = failed(what, path);
        ::unlink(temporary_name.c_str());
        return error;
    };
    {
        Descriptor const file(fd);
        ::fchmod(fd, 0644);
        if (!write_all(fd, content))
            return given_up("cannot write");
        if (::fsync(fd) != 0)
            return given_up("cannot sync");
    }
    if (::rename(temporary_name.c_str(), path.c_str()) != 0)
        return given_up("cannot rename into");
    return sync_folder(path.parent_path());
}

bool is_plain_file_name(std::string_view name) {
    return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

} // namespace wharf
