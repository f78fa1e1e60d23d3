#include "store/store.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace wharf::store {

// flock, not fcntl: a POSIX record lock is lost as soon as the process closes any other descriptor of the file.

GatewayLock::GatewayLock(GatewayLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

GatewayLock& GatewayLock::operator=(GatewayLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

GatewayLock::~GatewayLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<GatewayLock> lock_gateway(std::filesystem::path const& store_file) {
    auto lock_file = store_file;
    lock_file += ".lock";
    std::error_code ignored; // the open below tells what is wrong
    if (store_file.has_parent_path()) std::filesystem::create_directories(store_file.parent_path(), ignored);
    int const descriptor = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor < 0)
        return permanent(fmt::format("cannot open the lock file {}: {}", lock_file.string(), std::strerror(errno)));
    GatewayLock lock(descriptor);

    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return permanent(fmt::format("cannot lock {}: {}", lock_file.string(), std::strerror(errno)));
        char owner[32] = {};
        auto const size = ::pread(descriptor, owner, sizeof owner - 1, 0);
        std::string process = size > 0 ? std::string(owner, static_cast<std::size_t>(size)) : std::string("unknown");
        while (!process.empty() && process.back() == '\n')
            process.pop_back();
        return temporary(fmt::format("another wharf (process {}) runs the gateway on {}: only one serve or poll may "
                                     "run on a store at a time; stop it or wait for its end",
                                     process, store_file.string()));
    }
    // The number is only for the message above; a failed write does not weaken the lock.
    auto const own = fmt::format("{}\n", ::getpid());
    if (::ftruncate(descriptor, 0) == 0) [[maybe_unused]]
        auto const written = ::pwrite(descriptor, own.data(), own.size(), 0);
    return lock;
}

} // namespace wharf::store
