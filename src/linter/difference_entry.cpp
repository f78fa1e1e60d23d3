#include "linter/difference_entry.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace wharf::linter {
namespace {

class Matching {
public:
    Matching(std::vector<DifferenceEntry> const& left, std::vector<DifferenceEntry> const& right)
        : left_(left), right_(right), partner_(left.size(), none), is_taken_(right.size(), false) {}

    std::vector<DifferencePair> run() {
        by_key([](DifferenceEntry const& entry) { return std::to_string(entry.hash); });
        by_key([](DifferenceEntry const& entry) { return entry.number.empty() || entry.ids.empty() ? std::string() : entry.number + '\n' + joined(entry.ids); });
        by_key([](DifferenceEntry const& entry) { return joined(entry.ids); });
        by_unique_ids();
        by_key([](DifferenceEntry const& entry) { return entry.number; });
        by_key([](DifferenceEntry const& entry) { return entry.number.empty() && entry.ids.empty() ? "=" + entry.qualifier : std::string(); });
        one_side_without_key();
        by_key([](DifferenceEntry const& entry) { return entry.has_levels ? "=" + entry.qualifier : std::string(); });
        std::vector<DifferencePair> pairs;
        for (std::uint32_t i = 0; i < partner_.size(); ++i)
            if (partner_[i] != none)
                pairs.push_back({i, partner_[i]});
        return pairs;
    }

private:
    static constexpr std::uint32_t none = 0xffffffff;

    static std::string joined(std::vector<std::string> const& words) {
        std::string text;
        for (auto const& word : words)
            (text += word) += '\n';
        return text;
    }

    void pair(std::uint32_t left, std::uint32_t right) {
        partner_[left] = right;
        is_taken_[right] = true;
    }

    /// What is left over on both sides and has the same key (not empty), in order.
    template <class Key> void by_key(Key const& key) {
        std::unordered_map<std::string, std::deque<std::uint32_t>> waiting;
        for (std::uint32_t i = 0; i < right_.size(); ++i)
            if (!is_taken_[i])
                if (auto text = key(right_[i]); !text.empty())
                    waiting[std::move(text)].push_back(i);
        if (waiting.empty())
            return;
        for (std::uint32_t i = 0; i < left_.size(); ++i) {
            if (partner_[i] != none)
                continue;
            auto const found = waiting.find(key(left_[i]));
            if (found == waiting.end() || found->second.empty())
                continue;
            pair(i, found->second.front());
            found->second.pop_front();
        }
    }

    /// An item identifier that stands once on each side means the same item, whatever else it is called.
    void by_unique_ids() {
        struct Seen {
            std::uint32_t left = none, right = none;
            bool is_unique = true;
        };
        std::unordered_map<std::string, Seen> seen;
        auto const note = [&](std::vector<DifferenceEntry> const& entries, std::uint32_t Seen::* side) {
            for (std::uint32_t i = 0; i < entries.size(); ++i)
                for (auto const& id : entries[i].ids) {
                    auto& one = seen[id];
                    one.is_unique = one.is_unique && one.*side == none;
                    one.*side = i;
                }
        };
        note(left_, &Seen::left);
        note(right_, &Seen::right);
        for (std::uint32_t i = 0; i < left_.size(); ++i)
            for (auto const& id : left_[i].ids)
                if (auto const& one = seen[id]; partner_[i] == none && one.is_unique && one.right != none && !is_taken_[one.right])
                    pair(i, one.right);
    }

    /// A line that lost or gained its number or item: by qualifier and order with what has neither.
    void one_side_without_key() {
        auto const has_key = [](DifferenceEntry const& entry) { return !entry.number.empty() || !entry.ids.empty(); };
        std::unordered_map<std::string, std::deque<std::uint32_t>> waiting;
        for (std::uint32_t i = 0; i < right_.size(); ++i)
            if (!is_taken_[i])
                waiting[right_[i].qualifier].push_back(i);
        for (std::uint32_t i = 0; i < left_.size(); ++i) {
            if (partner_[i] != none)
                continue;
            auto& list = waiting[left_[i].qualifier];
            if (list.empty() || (has_key(left_[i]) && has_key(right_[list.front()])))
                continue;
            pair(i, list.front());
            list.pop_front();
        }
    }

    std::vector<DifferenceEntry> const& left_;
    std::vector<DifferenceEntry> const& right_;
    std::vector<std::uint32_t> partner_; // of the left entries
    std::vector<bool> is_taken_;         // of the right ones
};

} // namespace

std::vector<DifferencePair> match_entries(std::vector<DifferenceEntry> const& left, std::vector<DifferenceEntry> const& right) {
    return Matching(left, right).run();
}

/// Those outside a longest rising run of right places (patience sorting) have moved.
std::vector<bool> moved_pairs(std::vector<DifferencePair> const& pairs) {
    std::vector<std::uint32_t> tails;                  // index of the pair that ends the best run of each length
    std::vector<std::int64_t> before(pairs.size(), -1); // the pair before it in that run
    for (std::uint32_t i = 0; i < pairs.size(); ++i) {
        auto const at = std::ranges::lower_bound(tails, pairs[i].right, {}, [&](std::uint32_t pair) { return pairs[pair].right; });
        if (at != tails.begin())
            before[i] = *(at - 1);
        if (at == tails.end())
            tails.push_back(i);
        else
            *at = i;
    }
    std::vector<bool> moved(pairs.size(), true);
    for (auto i = tails.empty() ? std::int64_t{-1} : std::int64_t{tails.back()}; i >= 0; i = before[static_cast<std::size_t>(i)])
        moved[static_cast<std::size_t>(i)] = false;
    return moved;
}

} // namespace wharf::linter
