// Bodies that broke off, for senders who go on where they were (draft-harding-as2-restart): the sender names a transfer by an ETag,
// asks with HEAD how many bytes are held, and sends the rest with Content-Range.
//
// Kept for known relations only, in memory and in the vault's files, a few of them, for a limited time; a restart of the gateway
// forgets them and the vault's sweep removes their files. Thread-safe.
#pragma once

#include "base/clock.hpp"
#include "gateway/vault.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace wharf::gateway {

/// `bytes 1000-4999/5000`: where the body of this request belongs.
struct ContentRange {
    std::uint64_t first = 0, last = 0, total = 0;
};
/// Nothing when it is no range of bytes with a total, or not one up to the end: the rest always comes in one request.
[[nodiscard]] std::optional<ContentRange> read_content_range(std::string_view value);

/// How many bytes of a transfer are held, where what was asked does not fit them.
struct HeldBytes {
    std::uint64_t count = 0;
};

class As2Partials {
public:
    static constexpr std::size_t most = 64, most_of_a_channel = 4;
    static constexpr std::chrono::minutes lifetime{60};
    static constexpr std::size_t most_tag = 200; // characters of an ETag

    struct Partial {
        std::string exchange_id;
        VaultWriter body;
    };
    /// The oldest goes when there are too many.
    void keep(std::string_view channel, std::string_view tag, Partial partial, Timestamp now);
    /// What this range goes on with, in one step with the look at how much that is; it is the caller's then. A range that does not fit
    /// takes nothing.
    [[nodiscard]] std::expected<Partial, HeldBytes> take(std::string_view channel, std::string_view tag, ContentRange const& range, Timestamp now);
    void forget(std::string_view channel, std::string_view tag);
    [[nodiscard]] std::uint64_t held(std::string_view channel, std::string_view tag, Timestamp now);
    /// Those that nobody has gone on with for their lifetime; to be called now and then.
    void forget_old(Timestamp now);

private:
    using Key = std::pair<std::string, std::string>; // channel, tag
    struct Entry {
        Partial partial;
        Timestamp since;
    };
    void remove_old(Timestamp now);
    void make_room(std::string_view channel);

    std::mutex mutex_;
    std::map<Key, Entry> entries_;
};

} // namespace wharf::gateway
