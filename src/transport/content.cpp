#include "transport/content.hpp"

#include "transport/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wharf::transport {

/// Where pieces lie: a string or an open file.
struct Content::Medium {
    std::string bytes;
    Descriptor file;
};

namespace {

constexpr std::size_t write_bytes = 256u << 10; // so many are written at once

std::unexpected<Error> failed(std::string_view what) {
    return temporary(fmt::format("{}: {}", what, std::strerror(errno)));
}

Result<void> read_file_at(int file, std::uint64_t offset, char* to, std::size_t count) {
    while (count > 0) {
        auto const got = ::pread(file, to, count, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("cannot read back what was put aside");
        if (got == 0) return temporary("a file that was put aside is shorter than it was");
        to += got;
        offset += static_cast<std::uint64_t>(got);
        count -= static_cast<std::size_t>(got);
    }
    return {};
}

Result<Descriptor> unnamed_file(std::filesystem::path const& folder) {
    Descriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (file.is_open()) return file;
    auto name = (folder / "wharf-spool-XXXXXX").string(); // where the file system has no unnamed files
    Descriptor named(::mkostemp(name.data(), O_CLOEXEC));
    if (!named.is_open()) return failed(fmt::format("cannot make a temporary file in {}", folder.string()));
    ::unlink(name.c_str());
    return named;
}

} // namespace

Content::Content(std::string bytes) : size_(bytes.size()) {
    if (bytes.empty()) return;
    auto medium = std::make_shared<Medium>();
    medium->bytes = std::move(bytes);
    pieces_.push_back({std::move(medium), 0, size_});
}

Result<Content> Content::of_file(std::filesystem::path const& path) {
    auto medium = std::make_shared<Medium>();
    medium->file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct ::stat about {};
    if (!medium->file.is_open() || ::fstat(medium->file.get(), &about) != 0) return failed(path.string());
    if (!S_ISREG(about.st_mode)) return permanent(fmt::format("{}: not a file", path.string()));
    Content content;
    content.size_ = static_cast<std::uint64_t>(about.st_size);
    if (content.size_ > 0) content.pieces_.push_back({std::move(medium), 0, content.size_});
    return content;
}

Content Content::slice(std::uint64_t begin, std::uint64_t end) const {
    Content part;
    end = std::min(end, size_);
    std::uint64_t at = 0;
    for (auto const& piece : pieces_) {
        auto const first = std::max(begin, at), last = std::min(end, at + piece.size);
        if (first < last) {
            part.pieces_.push_back({piece.medium, piece.begin + (first - at), last - first});
            part.size_ += last - first;
        }
        at += piece.size;
    }
    return part;
}

Content& Content::append(Content const& other) {
    auto const more = other.pieces_; // `other` may be this one
    auto const size = other.size_;
    pieces_.insert(pieces_.end(), more.begin(), more.end());
    size_ += size;
    return *this;
}

Result<std::size_t> Content::read(std::uint64_t offset, char* to, std::size_t most) const {
    std::size_t done = 0;
    std::uint64_t at = 0;
    for (auto const& piece : pieces_) {
        if (done == most) break;
        if (offset < at + piece.size) {
            auto const inside = offset - at;
            auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size - inside, most - done));
            if (!piece.medium->file.is_open())
                std::memcpy(to + done, piece.medium->bytes.data() + piece.begin + inside, count);
            else if (auto got = read_file_at(piece.medium->file.get(), piece.begin + inside, to + done, count); !got)
                return unexpected(got.error());
            done += count;
            offset += count;
        }
        at += piece.size;
    }
    return done;
}

Result<std::string> Content::text(std::uint64_t limit) const {
    if (size_ > limit) return permanent(fmt::format("{} bytes, at most {} are read", size_, limit));
    std::string all(size_, '\0');
    if (auto const got = read(0, all.data(), all.size()); !got) return unexpected(got.error());
    return all;
}

Result<std::string_view> ContentBlocks::next() {
    while (piece_ < content_.pieces_.size()) {
        auto const& piece = content_.pieces_[piece_];
        auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(most, piece.size - offset_));
        auto const begin = piece.begin + offset_;
        if (count == 0) {
            ++piece_;
            offset_ = 0;
            continue;
        }
        offset_ += count;
        if (!piece.medium->file.is_open()) return std::string_view(piece.medium->bytes).substr(begin, count);
        buffer_.resize(most);
        if (auto got = read_file_at(piece.medium->file.get(), begin, buffer_.data(), count); !got) return unexpected(got.error());
        return std::string_view(buffer_).substr(0, count);
    }
    return std::string_view{};
}

Spool::Spool(SpoolSettings settings) : settings_(std::move(settings)) {}
Spool::Spool(Spool&&) noexcept = default;
Spool& Spool::operator=(Spool&&) noexcept = default;
Spool::~Spool() = default;

Result<void> Spool::append(std::string_view bytes) {
    if (bytes.size() > settings_.most_bytes - std::min(size_, settings_.most_bytes))
        return permanent(fmt::format("more than {} bytes", settings_.most_bytes));
    size_ += bytes.size();
    buffer_ += bytes;
    if (buffer_.size() <= (file_ ? write_bytes : std::max<std::uint64_t>(settings_.memory_bytes, 1))) return {};
    return flush();
}

Result<void> Spool::flush() {
    if (!file_) {
        std::error_code ignored;
        auto file = unnamed_file(settings_.folder.empty() ? std::filesystem::temp_directory_path(ignored) : settings_.folder);
        if (!file) return unexpected(file.error());
        file_ = std::make_shared<Content::Medium>();
        file_->file = std::move(*file);
    }
    for (std::string_view left = buffer_; !left.empty();) {
        auto const written = ::write(file_->file.get(), left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed("cannot put bytes aside");
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
    return {};
}

Result<Content> Spool::finish() {
    if (!file_) return Content(std::move(buffer_));
    if (auto done = flush(); !done) return unexpected(done.error());
    Content content;
    content.size_ = size_;
    content.pieces_.push_back({std::move(file_), 0, size_});
    return content;
}

} // namespace wharf::transport
