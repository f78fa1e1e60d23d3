#include "transport/channel.hpp"

namespace wharf::transport {

std::vector<Result<std::string>> Connection::fetch_all(std::span<RemoteFile const> files) {
    std::vector<Result<std::string>> results;
    for (auto const& file : files)
        results.push_back(fetch(file));
    return results;
}

std::vector<Result<void>> Connection::finish_all(std::span<RemoteFile const> files) {
    std::vector<Result<void>> results;
    for (auto const& file : files)
        results.push_back(finish(file));
    return results;
}

std::vector<Result<void>> Connection::put_all(std::span<Upload const> files) {
    std::vector<Result<void>> results;
    for (auto const& file : files)
        results.push_back(put(file.name, file.content));
    return results;
}

} // namespace wharf::transport
