#include "gateway/notices.hpp"

#include "gateway/alarms.hpp"
#include "gateway/context.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace wharf::gateway {
namespace {

constexpr std::size_t most_text = 300; // of what a caller claims

void shorten(std::string& text) {
    text.resize(std::min(text.size(), most_text));
}

using Open = Result<std::vector<store::Event>>;

Open open_of(store::Transaction& transaction, std::string_view word, std::string_view subject) {
    store::AlarmFilter filter;
    filter.word = word;
    filter.subject = subject;
    filter.limit = 1000;
    return transaction.alarms(filter);
}

bool is_same(store::Event const& a, store::Event const& b) { return a.type == b.type && a.subject == b.subject && a.text == b.text; }

Result<void> raise(store::Transaction& transaction, store::Event alarm) {
    auto open = open_of(transaction, alarm.type, alarm.subject);
    if (!open)
        return unexpected(std::move(open.error()));
    std::erase_if(*open, [&](auto const& one) { return one.type != alarm.type; });
    if (open->size() >= Notices::most_open || std::ranges::any_of(*open, [&](auto const& one) { return is_same(one, alarm); }))
        return {};
    return transaction.add_event(alarm);
}

Result<void> settle(store::Transaction& transaction, store::Event const& alarm, Timestamp now) {
    auto const settled = transaction.settle_alarms(alarm.subject, alarm.type, now, alarm.text);
    return settled ? Result<void>() : unexpected(settled.error());
}

Result<void> let_stand(store::Transaction& transaction, std::string_view family, std::vector<store::Event> const& alarms, Timestamp now) {
    auto const open = open_of(transaction, family, {});
    if (!open)
        return unexpected(open.error());
    for (auto const& one : *open)
        if (std::ranges::none_of(alarms, [&](auto const& standing) { return is_same(one, standing); }))
            WHARF_TRY(settle(transaction, one, now));
    for (auto alarm : alarms) {
        auto const is_dealt_with = is_settled_by_hand(transaction, alarm);
        if (!is_dealt_with)
            return unexpected(is_dealt_with.error());
        if (*is_dealt_with)
            continue;
        alarm.at = now;
        WHARF_TRY(raise(transaction, std::move(alarm)));
    }
    return {};
}

} // namespace

void Notices::add(Step step) {
    std::lock_guard const guard(mutex_);
    // What came before an end of such alarms is over: the same alarm behind it is a new one.
    auto const ends = [&](Step const& one) {
        return one.kind == Step::Kind::over ? one.word == step.word && one.subject == step.subject
                                            : one.kind == Step::Kind::standing && step.word.starts_with(one.word);
    };
    auto const is_same_alarm = [&](Step const& one) {
        return one.kind == Step::Kind::alarm && one.word == step.word && one.subject == step.subject && one.text == step.text;
    };
    auto const last = std::find_if(steps_.rbegin(), steps_.rend(), [&](Step const& one) { return ends(one) || is_same_alarm(one); });
    bool const is_known = step.kind == Step::Kind::alarm && last != steps_.rend() && is_same_alarm(*last);
    if (!is_known && steps_.size() < most_waiting)
        steps_.push_back(std::move(step));
}

void Notices::alarm(std::string_view word, std::string_view subject, std::string_view text) {
    add({Step::Kind::alarm, std::string(word), std::string(subject), std::string(text)});
}

void Notices::over(std::string_view word, std::string_view subject) { add({Step::Kind::over, std::string(word), std::string(subject), {}}); }

void Notices::standing(std::string_view family, std::vector<store::Event> alarms) {
    add({Step::Kind::standing, std::string(family), {}, {}, std::move(alarms)});
}

void Notices::refused(store::Refusal refusal, Timestamp now) {
    for (auto* const text : {&refusal.address, &refusal.from, &refusal.to, &refusal.reason})
        shorten(*text);
    refusal.count = 1;
    refusal.first_at = refusal.last_at = now;
    std::lock_guard const guard(mutex_);
    count(std::move(refusal));
}

void Notices::count(store::Refusal refusal) {
    auto const key_of = [](store::Refusal const& one) { return Key{one.kind, one.channel, one.address, one.from, one.to}; };
    if (refusals_.size() >= most_waiting && !refusals_.contains(key_of(refusal)))
        refusal.address = refusal.from = refusal.to = {}; // of too many callers at once only how many
    auto const [at, is_new] = refusals_.try_emplace(key_of(refusal), refusal);
    if (is_new)
        return;
    at->second.count += refusal.count;
    at->second.first_at = std::min(at->second.first_at, refusal.first_at);
    at->second.last_at = std::max(at->second.last_at, refusal.last_at);
    at->second.reason = refusal.reason;
}

void Notices::login_came(std::string_view channel, std::string_view address) {
    std::lock_guard const guard(mutex_);
    std::erase_if(refusals_, [&](auto const& entry) {
        auto const& one = entry.second;
        return one.kind == login_missing && one.channel == channel && one.address == address;
    });
}

Notices::Refusals Notices::take_refusals(Timestamp now) {
    Refusals taken, left;
    for (auto& [key, refusal] : refusals_)
        (refusal.kind == login_missing && now - refusal.last_at < login_grace ? left : taken).emplace(key, std::move(refusal));
    refusals_ = std::move(left);
    return taken;
}

Result<void> Notices::write(store::Store& store, Timestamp now) {
    std::vector<Step> steps;
    Refusals refusals;
    {
        std::lock_guard const guard(mutex_);
        steps.swap(steps_);
        refusals = take_refusals(now);
    }
    if (steps.empty() && refusals.empty())
        return {};
    auto written = store.transact([&](store::Transaction& transaction) -> Result<void> {
        for (auto const& step : steps) {
            store::Event const event{now, step.subject, step.word, step.text};
            if (step.kind == Step::Kind::alarm)
                WHARF_TRY(raise(transaction, event));
            else if (step.kind == Step::Kind::over)
                WHARF_TRY(settle(transaction, event, now));
            else
                WHARF_TRY(let_stand(transaction, step.word, step.alarms, now));
        }
        std::set<std::pair<std::string, std::string>> kinds;
        for (auto const& [key, refusal] : refusals) {
            WHARF_TRY(transaction.add_refusal(refusal, most_names));
            kinds.emplace(refusal.kind, refusal.channel);
        }
        for (auto const& [kind, channel] : kinds)
            WHARF_TRY(transaction.trim_refusals(kind, channel, most_refusals));
        return {};
    });
    if (written)
        return written;
    std::lock_guard const guard(mutex_);
    steps_.insert(steps_.begin(), std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
    for (auto& [key, refusal] : refusals)
        count(std::move(refusal));
    return written;
}

} // namespace wharf::gateway
