#include "transport/as2/key_ring.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

constexpr unsigned least_bits = 2048;

Certificate const& certificate_of(OwnKey const& key) { return key.identity.certificate; }
Certificate const& certificate_of(PartnerCertificate const& entry) { return entry.certificate; }

Timestamp begin_of_use(auto const& entry) {
    auto const begin = certificate_of(entry).not_before();
    return entry.term.from ? std::max(*entry.term.from, begin) : begin;
}

/// Good for what we send: valid, in use, not taken out of use.
bool is_usable(auto const& entry, Timestamp now) {
    return begin_of_use(entry) <= now && now < certificate_of(entry).not_after() && (!entry.term.until || now < *entry.term.until);
}

enum class Purpose { sign, encrypt };
bool serves(Term const& term, Purpose purpose) { return purpose == Purpose::sign ? term.signs : term.encrypts; }

/// Of several that came into use on one day the one listed last: who takes one in adds it at the end.
auto const* newest_usable(auto const& entries, Timestamp now, Purpose purpose) {
    auto const first_day = [](auto const& entry) { return std::chrono::floor<std::chrono::days>(begin_of_use(entry)); };
    auto const* best = static_cast<decltype(entries.data())>(nullptr);
    for (auto const& entry : entries)
        if (serves(entry.term, purpose) && is_usable(entry, now) && (best == nullptr || first_day(entry) >= first_day(*best))) best = &entry;
    return best;
}

std::string day(Timestamp time) { return to_iso8601(time).substr(0, 10); }

class WarningList {
public:
    WarningList(Timestamp now, std::chrono::days ahead) : now_(now), ahead_(ahead) {}

    void add(auto const& entries, bool is_ours) {
        for (auto const& entry : entries)
            if (auto const& one = certificate_of(entry); one.is_rsa() && one.key_bits() < least_bits)
                say(KeyWarning::Kind::weak, is_ours, "the key of {}{} has {} bits; at least {} are safe", whose(is_ours), one.label(), one.key_bits(), least_bits);
        if (entries.empty()) return;
        auto const purpose = is_ours ? Purpose::sign : Purpose::encrypt;
        auto const* const current = newest_usable(entries, now_, purpose);
        if (current == nullptr) return add_unusable(entries, is_ours);
        auto const end = certificate_of(*current).not_after();
        if (end >= now_ + ahead_) return;
        // The moment before it ends somebody else must be there.
        if (auto const* const next = newest_usable(entries, end, purpose); next != nullptr) return;
        say(KeyWarning::Kind::expires, is_ours, "{}{} ends on {}, and nothing follows it; {}", whose(is_ours), certificate_of(*current).label(), day(end),
            is_ours ? "make a new one and send it to the partner" : "ask the partner for the next one");
    }
    std::vector<KeyWarning> take() { return std::move(all_); }

private:
    static std::string_view whose(bool is_ours) { return is_ours ? "our certificate " : "the partner's certificate "; }

    void add_unusable(auto const& entries, bool is_ours) {
        auto const latest = std::ranges::max_element(entries, {}, [](auto const& entry) { return certificate_of(entry).not_after(); });
        auto const& one = certificate_of(*latest);
        if (begin_of_use(*latest) > now_)
            say(KeyWarning::Kind::not_yet, is_ours, "{}{} is not in use before {}, and there is no other", whose(is_ours), one.label(), day(begin_of_use(*latest)));
        else
            say(KeyWarning::Kind::expired, is_ours, "{}{} ended on {}, and there is no other; nothing can be {}", whose(is_ours), one.label(),
                day(latest->term.until ? std::min(*latest->term.until, one.not_after()) : one.not_after()), is_ours ? "signed" : "encrypted for the partner");
    }
    template <class... Values> void say(KeyWarning::Kind kind, bool is_ours, fmt::format_string<Values const&...> format, Values const&... values) {
        all_.push_back({kind, is_ours, fmt::format(format, values...)});
    }

    Timestamp now_;
    std::chrono::days ahead_;
    std::vector<KeyWarning> all_;
};

/// Why it may not have signed what comes in; empty: it may. `from` is for what we send: a partner may sign with the new one before the day.
std::string refusal_of(PartnerCertificate const& entry, Timestamp now, std::chrono::days grace) {
    auto const& one = entry.certificate;
    if (!entry.term.signs) return "it is for encryption alone";
    if (now < one.not_before()) return fmt::format("it is not valid before {}", to_iso8601(one.not_before()));
    if (entry.term.until && now >= *entry.term.until) return fmt::format("its `until` is {}", to_iso8601(*entry.term.until));
    return now < one.not_after() + grace ? std::string() : fmt::format("it ended on {}", to_iso8601(one.not_after()));
}

} // namespace

KeyRing::KeyRing(std::vector<OwnKey> own, std::vector<PartnerCertificate> partner, std::chrono::days grace,
                 std::shared_ptr<Authorities const> authorities)
    : own_(std::move(own)), partner_(std::move(partner)), grace_(grace), authorities_(std::move(authorities)) {}

Keys KeyRing::incoming(Timestamp now) const {
    Keys keys;
    keys.authorities = authorities_;
    keys.now = now;
    auto const* const first = newest_usable(own_, now, Purpose::sign);
    if (first) keys.own.push_back(first->identity);
    for (auto const& entry : own_)
        if (&entry != first && (!entry.term.until || now < *entry.term.until)) keys.own.push_back(entry.identity);
    for (auto const& entry : partner_) {
        auto reason = refusal_of(entry, now, grace_);
        if (reason.empty())
            keys.partner.push_back(entry.certificate);
        else
            keys.not_taken.push_back({entry.certificate, std::move(reason)});
    }
    return keys;
}

Identity const* KeyRing::signer(Timestamp now) const {
    auto const* const found = newest_usable(own_, now, Purpose::sign);
    return found ? &found->identity : nullptr;
}

Certificate const* KeyRing::recipient(Timestamp now) const {
    auto const* const found = newest_usable(partner_, now, Purpose::encrypt);
    return found ? &found->certificate : nullptr;
}

std::vector<KeyWarning> KeyRing::warnings(Timestamp now, std::chrono::days ahead) const {
    WarningList list(now, ahead);
    list.add(own_, true);
    list.add(partner_, false);
    return list.take();
}

} // namespace wharf::transport::as2
