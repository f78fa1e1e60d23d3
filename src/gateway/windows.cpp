#include "gateway/windows.hpp"

#include "partner/schedule/schedule.hpp"

#include <fmt/format.h>

#include <utility>

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

namespace {

/// The message says why it waits; whatever becomes of its transmission replaces that.
Result<void> explain(Context const& context, store::Transaction& transaction, std::string_view message_id, partner::Channel const& channel,
                     Timestamp opening) {
    auto message = transaction.message(message_id);
    if (!message)
        return unexpected(std::move(message.error()));
    if (!*message || (*message)->state != store::MessageState::ready)
        return {};
    auto reason = fmt::format("{} of channel {}, until {}", waits_for_window, channel.name, channel.timetable->zone().show(opening));
    if ((*message)->reason == reason)
        return {};
    (*message)->reason = std::move(reason);
    (*message)->updated_at = context.clock.now();
    return transaction.update(**message);
}

} // namespace

Result<bool> postpone_to_window(Context const& context, store::Job const& job, std::string_view channel, bool is_upload) {
    auto const* const settings = context.configuration.channel(channel);
    auto const opening = settings == nullptr ? std::nullopt
                         : is_upload         ? closed_for_uploads(context, *settings)
                                             : closed_for_looks(context, *settings);
    if (!opening)
        return false;
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        WHARF_TRY(transaction.postpone_job(job.id, *opening));
        return is_upload ? explain(context, transaction, job.subject, *settings, *opening) : Result<void>();
    }));
    context.log.line("waits_for_window", job.subject, fmt::format("channel={} until={}", channel, to_iso8601(*opening)));
    return true;
}

} // namespace wharf::gateway
