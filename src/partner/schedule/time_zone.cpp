#include "partner/schedule/time_zone.hpp"

#include "base/file.hpp"
#include "base/nearest.hpp"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace wharf::partner {

using std::chrono::minutes;

namespace {

constexpr std::string_view folder = "/usr/share/zoneinfo";
constexpr std::size_t most_bytes = 4u << 20; // of the list of zones

absl::Time to_absl(Timestamp time) { return absl::FromUnixMillis(time.time_since_epoch().count()); }
Timestamp from_absl(absl::Time time) { return Timestamp(std::chrono::milliseconds(absl::ToUnixMillis(time))); }

absl::CivilSecond to_civil(Day day, minutes minute) {
    return absl::CivilSecond(absl::CivilDay(1970, 1, 1) + day.time_since_epoch().count()) + 60 * minute.count();
}

/// No way out of the folder, and none of the words that mean something of the process's own.
bool can_be_name(std::string_view name) {
    auto const fits = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '/';
    };
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, fits) && !name.starts_with('/') && name != "localtime" &&
           !name.starts_with("Fixed/");
}

/// The third column of zone.tab.
std::vector<std::string> known_zones() {
    std::vector<std::string> names = {"UTC"};
    auto const text = read_file(std::filesystem::path(folder) / "zone.tab", most_bytes);
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        auto const first = line.find('\t');
        auto const second = line.starts_with('#') || first == std::string_view::npos ? std::string_view::npos : line.find('\t', first + 1);
        if (second == std::string_view::npos)
            continue;
        auto const name = line.substr(second + 1);
        names.emplace_back(name.substr(0, name.find('\t')));
    }
    return names;
}

} // namespace

struct TimeZone::Rules {
    absl::TimeZone zone;
};

TimeZone::TimeZone() {
    static auto const utc = std::make_shared<Rules const>(Rules{absl::UTCTimeZone()});
    rules_ = utc;
}

Result<TimeZone> TimeZone::find(std::string_view name) {
    TimeZone zone;
    if (name == "UTC")
        return zone;
    absl::TimeZone found;
    if (can_be_name(name) && absl::LoadTimeZone(absl::string_view(name.data(), name.size()), &found)) {
        zone.name_ = name;
        zone.rules_ = std::make_shared<Rules const>(Rules{found});
        return zone;
    }
    auto const known = known_zones();
    if (known.size() == 1)
        return permanent(fmt::format("the system's time zones cannot be read from {}; install the package tzdata", folder));
    auto const near = nearest_word(name, known);
    return invalid(fmt::format("there is no time zone of this name; {}",
                               near.empty() ? "zones are called by a place, such as Europe/Berlin or America/Chicago, or UTC"
                                            : fmt::format("did you mean {}?", near)));
}

WallTime TimeZone::wall_time(Timestamp time) const {
    auto const civil = rules_->zone.At(to_absl(time)).cs;
    auto const days = absl::CivilDay(civil) - absl::CivilDay(1970, 1, 1);
    return {Day(std::chrono::days(days)), minutes(60 * civil.hour() + civil.minute())};
}

Instants TimeZone::instants(Day day, minutes minute) const {
    auto const info = rules_->zone.At(to_civil(day, minute));
    using Info = absl::TimeZone::TimeInfo;
    if (info.kind == Info::SKIPPED)
        return {Instants::Kind::never, from_absl(info.trans), {}};
    if (info.kind == Info::REPEATED)
        return {Instants::Kind::twice, from_absl(info.pre), from_absl(info.post)};
    return {Instants::Kind::once, from_absl(info.pre), {}};
}

std::optional<Timestamp> TimeZone::next_change(Timestamp after) const {
    absl::TimeZone::CivilTransition change;
    if (!rules_->zone.NextTransition(to_absl(after), &change))
        return std::nullopt;
    using Info = absl::TimeZone::TimeInfo;
    auto const forward = rules_->zone.At(change.from);
    if (forward.kind == Info::SKIPPED)
        return from_absl(forward.trans);
    auto const back = rules_->zone.At(change.to);
    return from_absl(back.kind == Info::REPEATED ? back.trans : back.pre);
}

std::string TimeZone::show(Timestamp time) const {
    auto const info = rules_->zone.At(to_absl(time));
    auto const& civil = info.cs;
    return fmt::format("{}-{:02}-{:02} {:02}:{:02} {}", civil.year(), civil.month(), civil.day(), civil.hour(), civil.minute(),
                       info.zone_abbr);
}

} // namespace wharf::partner
