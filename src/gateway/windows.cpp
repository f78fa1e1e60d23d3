#include "gateway/windows.hpp"

#include "partner/schedule/schedule.hpp"

#include <fmt/format.h>

namespace wharf::gateway {

std::optional<Timestamp> closed_for_looks(Context const& context, partner::Channel const& channel) {
    auto const now = context.clock.now();
    if (context.ignores_windows || channel.timetable == nullptr || channel.timetable->is_open(now))
        return std::nullopt;
    return channel.timetable->next_opening(now).value_or(now + std::chrono::days(1));
}

std::optional<Timestamp> closed_for_uploads(Context const& context, partner::Channel const& channel) {
    return channel.schedule.uploads == partner::UploadTimes::any_time ? std::nullopt : closed_for_looks(context, channel);
}

Result<bool> postpone_to_window(Context const& context, store::Job const& job, std::string_view channel, bool is_upload) {
    auto const* const settings = context.configuration.channel(channel);
    auto const opening = settings == nullptr ? std::nullopt
                         : is_upload         ? closed_for_uploads(context, *settings)
                                             : closed_for_looks(context, *settings);
    if (!opening)
        return false;
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) { return transaction.postpone_job(job.id, *opening); }));
    context.log.line("waits_for_window", job.subject, fmt::format("channel={} until={}", channel, to_iso8601(*opening)));
    return true;
}

} // namespace wharf::gateway
