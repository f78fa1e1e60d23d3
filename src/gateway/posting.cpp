#include "gateway/posting.hpp"

#include "transport/answer_words.hpp"

#include <algorithm>
#include <utility>

namespace wharf::gateway {

using namespace std::chrono_literals;

SendPost post_by_http(std::shared_ptr<std::atomic<bool> const> stopping) {
    return [stopping = std::move(stopping)](transport::as2::PostSettings const& settings, transport::as2::Fields const& fields,
                                            transport::Content const& body) {
        thread_local transport::as2::Poster poster;
        return poster.post(settings, fields, body, stopping.get());
    };
}

std::string words_of(transport::as2::PostAnswer const& answer) {
    bool const is_redirect = answer.status >= 300 && answer.status < 400;
    return transport::words_of_answer(is_redirect ? transport::as2::field(answer.fields, "Location") : std::string_view(), answer.body);
}

PostTurns::Turn::Turn(PostTurns& turns, Clock const& clock, std::string partner, std::string subject, Timestamp begun)
    : turns_(&turns), clock_(&clock), partner_(std::move(partner)), subject_(std::move(subject)), begun_(begun) {}

PostTurns::Turn::Turn(Turn&& other) noexcept
    : turns_(std::exchange(other.turns_, nullptr)), clock_(other.clock_), partner_(std::move(other.partner_)),
      subject_(std::move(other.subject_)), begun_(other.begun_) {}

PostTurns::Turn::~Turn() {
    if (turns_ != nullptr)
        turns_->give_back(*this);
}

void PostTurns::Turn::report(bool answered) {
    turns_->silence_.report(partner_, begun_, clock_->now(), answered);
    std::lock_guard const guard(turns_->mutex_);
    auto& allowed = turns_->partners_[partner_].allowed;
    allowed = answered ? at_once : 1;
}

std::optional<Timestamp> PostTurns::until_answered(Partner const& partner, Timestamp now) {
    if (partner.under_way.empty())
        return std::nullopt;
    auto const waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - *partner.under_way.begin());
    if (waited < Silence::patience)
        return std::nullopt;
    return now + std::clamp<std::chrono::milliseconds>(waited, 2s, 60s);
}

std::optional<PostTurns::Turn> PostTurns::take(std::string const& partner, std::string const& subject, Clock const& clock, Timestamp& later) {
    std::unique_lock lock(mutex_);
    auto& entry = partners_[partner];
    auto const is_free = [&] { return entry.under_way.size() < entry.allowed; };
    auto until = until_answered(entry, clock.now());
    if (!until && !is_free()) {
        if (!wait_)
            freed_.wait(lock, is_free);
        else if (!freed_.wait_for(lock, *wait_, is_free))
            until = clock.now() + 2 * *wait_;
    }
    auto const now = clock.now();
    if (subjects_.contains(subject))
        until = now + 60s;
    if (!until)
        until = silence_.until(partner, now);
    if (until) {
        later = *until;
        return std::nullopt;
    }
    subjects_.insert(subject);
    entry.under_way.insert(now);
    return Turn(*this, clock, partner, subject, now);
}

void PostTurns::give_back(Turn const& turn) {
    std::lock_guard const guard(mutex_);
    auto& under_way = partners_[turn.partner_].under_way;
    if (auto const found = under_way.find(turn.begun_); found != under_way.end())
        under_way.erase(found);
    subjects_.erase(turn.subject_);
    freed_.notify_all();
}

} // namespace wharf::gateway
