#include "linter/edits.hpp"

#include <algorithm>
#include <iterator>

namespace wharf::linter {

void Edits::mend(std::string_view code, std::vector<Edit> edits, std::uint64_t count) {
    std::ranges::move(edits, std::back_inserter(edits_));
    counts_[std::string(code)] += count;
}

void Edits::add(Edits&& other) {
    std::ranges::move(other.edits_, std::back_inserter(edits_));
    for (auto const& [code, count] : other.counts_)
        counts_[code] += count;
}

std::string Edits::apply_to(std::string_view text) const {
    std::vector<Edit const*> order;
    order.reserve(edits_.size());
    for (auto const& edit : edits_)
        order.push_back(&edit);
    std::ranges::stable_sort(order, {}, &Edit::offset);
    std::string out;
    out.reserve(text.size() + 64);
    std::uint64_t at = 0;
    for (auto const* edit : order) {
        if (edit->offset < at || edit->offset + edit->length > text.size())
            continue;
        out += text.substr(at, edit->offset - at);
        out += edit->text;
        at = edit->offset + edit->length;
    }
    out += text.substr(at);
    return out;
}

} // namespace wharf::linter
