#include "gateway/as2_partials.hpp"

#include <algorithm>
#include <charconv>

namespace wharf::gateway {

namespace {

std::optional<std::uint64_t> read_number(std::string_view text) {
    std::uint64_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [stopped, code] = std::from_chars(text.data(), end, number);
    if (code != std::errc() || stopped != end || text.empty())
        return std::nullopt;
    return number;
}

} // namespace

std::optional<ContentRange> read_content_range(std::string_view value) {
    constexpr std::string_view unit = "bytes ";
    if (!value.starts_with(unit))
        return std::nullopt;
    value.remove_prefix(unit.size());
    auto const dash = value.find('-'), slash = value.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
        return std::nullopt;
    auto const first = read_number(value.substr(0, dash));
    auto const last = read_number(value.substr(dash + 1, slash - dash - 1));
    auto const total = read_number(value.substr(slash + 1));
    if (!first || !last || !total || *first > *last || *last >= *total || *last + 1 != *total)
        return std::nullopt;
    return ContentRange{*first, *last, *total};
}

void As2Partials::keep(std::string_view channel, std::string_view tag, Partial partial, Timestamp now) {
    std::lock_guard const guard(mutex_);
    remove_old(now);
    entries_.erase(Key(channel, tag));
    make_room(channel);
    entries_.emplace(Key(channel, tag), Entry{std::move(partial), now});
}

std::expected<As2Partials::Partial, HeldBytes> As2Partials::take(std::string_view channel, std::string_view tag, ContentRange const& range,
                                                                 Timestamp now) {
    std::lock_guard const guard(mutex_);
    remove_old(now);
    auto const found = entries_.find(Key(channel, tag));
    auto const held = found == entries_.end() ? 0 : found->second.partial.body.size();
    if (held == 0 || range.first > held || range.total <= held)
        return std::unexpected(HeldBytes{held});
    auto partial = std::move(found->second.partial);
    entries_.erase(found);
    return partial;
}

void As2Partials::forget(std::string_view channel, std::string_view tag) {
    std::lock_guard const guard(mutex_);
    entries_.erase(Key(channel, tag));
}

void As2Partials::forget_old(Timestamp now) {
    std::lock_guard const guard(mutex_);
    remove_old(now);
}

std::uint64_t As2Partials::held(std::string_view channel, std::string_view tag, Timestamp now) {
    std::lock_guard const guard(mutex_);
    remove_old(now);
    auto const found = entries_.find(Key(channel, tag));
    return found == entries_.end() ? 0 : found->second.partial.body.size();
}

void As2Partials::remove_old(Timestamp now) {
    std::erase_if(entries_, [&](auto const& one) { return now - one.second.since > lifetime; });
}

void As2Partials::make_room(std::string_view channel) {
    auto const is_mine = [&](auto const& one) { return one.first.first == channel; };
    auto const older = [](auto const& a, auto const& b) { return a.second.since < b.second.since; };
    if (static_cast<std::size_t>(std::ranges::count_if(entries_, is_mine)) >= most_of_a_channel) {
        auto oldest = entries_.end();
        for (auto at = entries_.begin(); at != entries_.end(); ++at)
            if (is_mine(*at) && (oldest == entries_.end() || older(*at, *oldest)))
                oldest = at;
        entries_.erase(oldest);
    }
    if (entries_.size() >= most)
        entries_.erase(std::ranges::min_element(entries_, older));
}

} // namespace wharf::gateway
