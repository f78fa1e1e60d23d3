// Looks at an inbox, for fixtures that have a connection. A look that fails throws, and ends the test.
#pragma once

#include "transport/channel.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace wharf::transport {

class Looks {
public:
    virtual ~Looks() = default;
    virtual Connection& connection() = 0;

    Listing list() {
        auto listing = connection().list();
        if (!listing)
            throw std::runtime_error(listing.error().message);
        return std::move(*listing);
    }
    std::vector<std::string> ready_names() {
        std::vector<std::string> names;
        for (auto const& file : list().ready)
            names.push_back(file.name);
        return names;
    }
    /// The one file that is ready.
    RemoteFile only() {
        auto const listing = list();
        if (listing.ready.size() != 1)
            throw std::runtime_error(fmt::format("{} files are ready, not one", listing.ready.size()));
        return listing.ready.front();
    }
};

} // namespace wharf::transport
