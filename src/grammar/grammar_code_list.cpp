#include "grammar/grammar_code_list.hpp"

#include <algorithm>

namespace wharf::grammar {

struct HashedCodeList::Content {
    std::vector<std::pair<std::string_view, std::string_view>> rows; // file order
    CodeTable table;
    std::vector<std::pair<std::string_view, std::uint32_t>> longer; // than a key; sorted
};

HashedCodeList::HashedCodeList(GrammarText file, ReleaseTable const& releases, unsigned release)
    : file_(std::move(file)), releases_(releases), release_(release) {}
HashedCodeList::~HashedCodeList() = default;

HashedCodeList::Content const& HashedCodeList::content() const {
    if (auto const* const ready = content_.load(std::memory_order_acquire))
        return *ready;
    std::call_once(once_, [this] {
        Problems uncounted;
        auto const entry = read_codes(file_, releases_, uncounted);
        auto content = std::make_unique<Content>();
        content->rows.reserve(entry.rows.size());
        std::vector<std::string_view> codes;
        codes.reserve(entry.rows.size());
        for (auto const& row : entry.rows) {
            if ((row.life >> release_ & 1) == 0)
                continue;
            if (row.code.size() > CodeTable::longest_key)
                content->longer.emplace_back(row.code, static_cast<std::uint32_t>(codes.size()));
            content->rows.emplace_back(row.code, row.meaning);
            codes.push_back(row.code);
        }
        content->table = CodeTable(codes);
        std::ranges::sort(content->longer);
        owned_ = std::move(content);
        content_.store(owned_.get(), std::memory_order_release);
    });
    return *owned_;
}

std::optional<std::string_view> HashedCodeList::find(std::string_view code) const {
    auto const& known = content();
    if (code.size() > CodeTable::longest_key) {
        auto const found = std::ranges::lower_bound(known.longer, code, {}, [](auto const& entry) { return entry.first; });
        if (found == known.longer.end() || found->first != code)
            return std::nullopt;
        return known.rows[found->second].second;
    }
    int const row = known.table.find(code);
    if (row < 0 || known.rows[static_cast<std::size_t>(row)].first != code) // "A\0" has the key of "A"
        return std::nullopt;
    return known.rows[static_cast<std::size_t>(row)].second;
}

std::size_t HashedCodeList::size() const { return content().rows.size(); }

std::vector<std::pair<std::string_view, std::string_view>> HashedCodeList::all() const { return content().rows; }

CodeTable const& HashedCodeList::table() const { return content().table; }

} // namespace wharf::grammar
