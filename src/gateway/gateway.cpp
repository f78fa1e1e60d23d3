#include "gateway/gateway.hpp"

#include "gateway/as2_relations.hpp"
#include "gateway/certificate_watch.hpp"
#include "gateway/partner_choice.hpp"
#include "gateway/retention.hpp"
#include "gateway/windows.hpp"
#include "partner/schedule/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>

namespace wharf::gateway {

namespace {

double random_part() {
    thread_local std::mt19937_64 engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
}

bool is_trouble(std::string_view event) {
    static constexpr std::array<std::string_view, 11> failures = {
        "as2_refused",   "rejected", "set_aside",           "delivery_failed",       "delivery_refused", "delivery_given_up",
        "poll_failed",   "transmission_failed", "transmission_given_up", "job_failed",       "store_failed"};
    if (std::ranges::find(failures, event) != failures.end())
        return true;
    // Exceptions are named in capitals. A repeated document is no fault of anybody's: it had no effect.
    return !event.empty() && event[0] >= 'A' && event[0] <= 'Z' && !event.starts_with("DUPLICATE_");
}

} // namespace

void Tally::count(std::string_view event) {
    std::lock_guard const guard(mutex_);
    ++counts_[std::string(event)];
}

unsigned Tally::of(std::string_view event) const {
    std::lock_guard const guard(mutex_);
    auto const found = counts_.find(event);
    return found == counts_.end() ? 0 : found->second;
}

unsigned Tally::troubles() const {
    std::lock_guard const guard(mutex_);
    unsigned total = 0;
    for (auto const& [event, count] : counts_)
        total += is_trouble(event) ? count : 0;
    return total;
}

std::expected<std::unique_ptr<Gateway>, OpenFailure> Gateway::open(std::filesystem::path const& folder, OpenFor purpose,
                                                                   std::optional<std::filesystem::path> const& grammars,
                                                                   LineSink sink) {
    auto fail = [](Error const& error) { return std::unexpected(OpenFailure{{}, error.message}); };
    std::unique_ptr<Gateway> gateway(new Gateway);
    auto& self = *gateway;
    self.log_.emplace(self.clock_, [&self, sink = std::move(sink)](std::string_view line) {
        // "time event …": the log is also where events are counted.
        auto const blank = line.find(' ');
        auto const rest = blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
        self.tally_.count(rest.substr(0, rest.find(' ')));
        sink(line);
    });

    auto const loading_since = self.clock_.now();
    auto configuration = partner::load_configuration(folder, partner::SecretCheck::resolve, partner::Sources::drop);
    if (!configuration)
        return std::unexpected(OpenFailure{std::move(configuration.error()), {}});
    self.configuration_ = std::make_unique<partner::Configuration>(std::move(*configuration));
    auto knowledge = Knowledge::open(*self.configuration_, grammars);
    if (!knowledge)
        return std::unexpected(OpenFailure{std::move(knowledge.error()), {}});
    self.knowledge_ = std::move(*knowledge);
    auto channels = Channels::open(*self.configuration_);
    if (!channels)
        return fail(channels.error());
    self.channels_ = std::move(*channels);
    self.channels_->tell_to(*self.log_, self.notices_.get());
    auto relations = As2Relations::open(*self.configuration_, folder, self.clock_, *self.log_, loading_since, self.notices_.get());
    if (!relations)
        return fail(relations.error());

    auto const& store_file = self.configuration_->gateway.store_file;
    if (purpose == OpenFor::running) {
        auto lock = store::lock_gateway(store_file);
        if (!lock)
            return fail(lock.error());
        self.lock_ = std::move(*lock);
    }
    auto store = store::open_sqlite(store_file);
    if (!store)
        return fail(store.error());
    self.store_ = std::move(*store);
    if (purpose == OpenFor::running) {
        auto released = self.store_->transact([&self](store::Transaction& transaction) -> Result<void> {
            WHARF_TRY(transaction.release_leases());
            return transaction.hasten_transmissions(self.clock_.now(), waits_for_window); // the schedule may be another one now, or not hold
        });
        if (!released)
            return fail(released.error());
    }
    self.context_.emplace(Context{*self.configuration_, *self.store_, *self.knowledge_, *self.channels_, self.clock_, *self.log_,
                                  random_part});
    self.context_->notices = self.notices_;
    if (!(*relations)->all().empty() || self.configuration_->gateway.listen.tls.is_set()) // or certificates are to be watched
        self.context_->as2 = std::move(*relations);
    if (purpose == OpenFor::running) {
        if (auto const adopted = self.context_->vault.adopt(*self.store_); !adopted)
            return fail(adopted.error());
        auto swept = self.context_->vault.sweep(*self.store_);
        if (!swept)
            return fail(swept.error());
    }
    return gateway;
}

namespace {

Result<std::vector<partner::Channel const*>> chosen_channels(partner::Configuration const& configuration, PollChoice const& choice) {
    if (!choice.channel.empty() && configuration.channel(choice.channel) == nullptr)
        return invalid(fmt::format("there is no channel {} in the configuration", choice.channel));
    partner::PartnerProfile const* profile = nullptr;
    if (!choice.partner.empty()) {
        auto const named = partner_named(configuration, choice.partner);
        if (!named)
            return unexpected(named.error());
        profile = *named;
    }
    std::vector<partner::Channel const*> channels;
    bool const is_any = choice.channel.empty() && profile == nullptr; // those that cannot be read are not meant
    for (auto const& one : configuration.channels)
        if ((one.is_read() || !is_any) && (choice.channel.empty() || one.name == choice.channel) && (profile == nullptr || belongs_to(one, *profile)))
            channels.push_back(&one);
    if (channels.empty() && profile != nullptr)
        return invalid(choice.channel.empty() ? fmt::format("the partner {} has no channel: none lists him in its senders, and his profile names none", choice.partner)
                                              : fmt::format("channel {} is not the partner {}'s", choice.channel, choice.partner));
    return channels;
}

void look_once(Context const& context, partner::Channel const& channel, PollSummary& summary) {
    if (!channel.is_read()) {
        summary.without_inbox.push_back({channel.name, channel.transport == partner::TransportKind::as2});
        return;
    }
    if (auto const opening = closed_for_looks(context, channel)) {
        summary.closed.push_back(fmt::format("{}: its window opens at {}", channel.name, channel.timetable->zone().show(*opening)));
        return;
    }
    ++summary.channels;
    auto const report = take_in_what_is_stable(context, channel); // each run begins with an empty memory
    summary.taken += report.taken;
    summary.waiting += report.waiting;
    if (!report.trouble.empty())
        summary.unreachable.push_back(channel.name);
}

} // namespace

Result<PollSummary> poll_once(Context const& given, MakeDeliver const& make_deliver, PollChoice const& choice, unsigned threads) {
    auto context = given;
    context.ignores_windows = choice.at_any_time;
    auto const channels = chosen_channels(context.configuration, choice);
    if (!channels)
        return unexpected(channels.error());
    PollSummary summary;
    for (auto const* const channel : *channels)
        look_once(context, *channel, summary);
    auto jobs = run_until_idle(context, make_deliver, threads);
    if (!jobs)
        return unexpected(std::move(jobs.error()));
    if (auto const emptied = empty_old_exchanges(context); !emptied)
        return unexpected(emptied.error());
    raise_certificate_alarms(*context.notices, context.as2 ? context.as2->sources() : sources_of(context.configuration), context.clock.now());
    WHARF_TRY(context.notices->write(context.store, context.clock.now()));
    summary.jobs = *jobs;
    return summary;
}

} // namespace wharf::gateway
