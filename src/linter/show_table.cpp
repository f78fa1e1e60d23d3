#include "linter/show_table.hpp"

#include "linter/show_words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <unordered_map>

namespace wharf::linter {
namespace {

constexpr std::size_t most_columns = 12;
constexpr std::size_t most_columns_of_inner_segments = 8; // these take a place of their own only while there are few

/// A thing that a row says; several may share a key in one row.
struct Saying {
    std::string key;
    ShownFact fact;
};

/// What one segment or row says, in order. A number and its unit are two things.
class Sayings {
public:
    void add(ShownFact fact) {
        if (fact.unit.empty() || fact.values.size() < 2)
            return add_one(std::move(fact));
        ShownFact unit;
        unit.label.text = fact.unit;
        unit.values.push_back(std::move(fact.values.back()));
        fact.values.pop_back();
        fact.unit.clear();
        add_one(std::move(fact));
        add_one(std::move(unit));
    }
    [[nodiscard]] std::vector<Saying>& all() { return all_; }
    [[nodiscard]] std::vector<Saying> const& all() const { return all_; }

private:
    void add_one(ShownFact fact) {
        auto key = fact.label.text + '\n' + fact.label.code;
        if (auto const before = seen_[key]++; before > 0)
            key += fmt::format("\n{}", before);
        all_.push_back({std::move(key), std::move(fact)});
    }
    std::vector<Saying> all_;
    std::unordered_map<std::string, unsigned> seen_; // by label
};

struct Row {
    Sayings sayings; // of the segments that make the row
    std::vector<std::pair<std::uint32_t, Saying>> singles; // inner segments that say one thing and stand once, by segment
    std::vector<std::uint32_t> own; // segments that make the row
    std::vector<SetTree::Part> rest;
};

class Table {
public:
    explicit Table(SetParts& parts) : parts_(parts) {}

    void add_row(std::vector<std::uint32_t> own, std::vector<SetTree::Part> rest) {
        Row row;
        row.own = std::move(own);
        row.rest = std::move(rest);
        for (auto const segment : row.own)
            for (auto& fact : parts_.facts(segment))
                row.sayings.add(std::move(fact));
        find_singles(row);
        rows_.push_back(std::move(row));
    }

    ShownBlock finish() {
        for (auto const& row : rows_)
            for (auto const& saying : row.sayings.all())
                column(saying, most_columns);
        for (auto const& [key, found] : counts_of_singles())
            if (found.count * 2 >= rows_.size())
                column(*found.first, most_columns_of_inner_segments);
        ShownBlock block;
        block.columns = columns_;
        for (auto& row : rows_)
            block.rows.push_back(finish(row));
        return block;
    }

private:
    struct Found {
        Saying const* first = nullptr;
        std::size_t count = 0;
    };

    /// The segment when a part is one, or a loop of nothing but its first segment.
    [[nodiscard]] std::uint32_t single_segment(SetTree::Part const& part) const {
        if (part.is_segment)
            return part.index;
        auto const& child = parts_.tree().occurrences()[part.index];
        return child.level == 0 && child.end == child.begin + 1 ? child.begin : Occurrence::none;
    }

    void find_singles(Row& row) {
        std::unordered_map<std::string_view, unsigned> ids;
        for (auto const& part : row.rest) {
            auto const first = part.is_segment ? part.index : parts_.tree().occurrences()[part.index].begin;
            ++ids[parts_.segment(first).id()];
        }
        for (auto const& part : row.rest) {
            auto const segment = single_segment(part);
            if (segment == Occurrence::none || ids[parts_.segment(segment).id()] != 1)
                continue;
            if (auto facts = parts_.facts(segment); facts.size() == 1) {
                facts.front().unit.clear(); // one column
                Sayings said;
                said.add(std::move(facts.front()));
                row.singles.emplace_back(segment, std::move(said.all().front()));
            }
        }
    }

    [[nodiscard]] std::vector<std::pair<std::string, Found>> counts_of_singles() const {
        std::vector<std::pair<std::string, Found>> found;
        std::unordered_map<std::string, std::size_t> index;
        for (auto const& row : rows_)
            for (auto const& [segment, saying] : row.singles) {
                auto const [at, is_new] = index.emplace(saying.key, found.size());
                if (is_new)
                    found.push_back({saying.key, {&saying, 0}});
                ++found[at->second].second.count;
            }
        return found;
    }

    void column(Saying const& saying, std::size_t most) {
        if (columns_.size() >= most || index_.contains(saying.key))
            return;
        index_.emplace(saying.key, columns_.size());
        columns_.push_back({saying.fact.label, saying.fact.is_number});
    }

    /// False: there is no column for it.
    bool fill(ShownRow& out, Saying& saying) const {
        auto const at = index_.find(saying.key);
        if (at == index_.end() || !out.cells[at->second].empty())
            return false;
        auto& values = saying.fact.values;
        for (std::size_t i = 0; i + 1 < values.size() && saying.fact.separator == ", "; ++i)
            (values[i].code.empty() ? values[i].text : values[i].code) += ',';
        out.cells[at->second] = std::move(values);
        return true;
    }

    ShownRow finish(Row& row) {
        ShownRow out;
        out.cells.resize(columns_.size());
        ShownLine beside;
        for (auto& saying : row.sayings.all())
            if (!fill(out, saying))
                beside.facts.push_back(std::move(saying.fact));
        for (auto const segment : row.own)
            std::ranges::move(parts_.findings(segment), std::back_inserter(out.findings));
        if (!beside.facts.empty())
            out.more.push_back(std::move(beside));
        std::vector<std::uint32_t> in_columns;
        for (auto& [segment, saying] : row.singles)
            if (fill(out, saying)) {
                in_columns.push_back(segment);
                std::ranges::move(parts_.findings(segment), std::back_inserter(out.findings));
            }
        std::ranges::sort(in_columns);
        std::erase_if(row.rest, [&](SetTree::Part const& part) {
            auto const segment = single_segment(part);
            return segment != Occurrence::none && std::ranges::binary_search(in_columns, segment);
        });
        parts_.paragraphs(row.rest, 0, out.more);
        return out;
    }

    SetParts& parts_;
    std::vector<Row> rows_;
    std::vector<ShownColumn> columns_;
    std::unordered_map<std::string, std::size_t> index_;
};

/// The inner loop of which an occurrence holds exactly one.
std::uint32_t only_child(SetParts& parts, std::uint32_t occurrence) {
    auto const& all = parts.tree().occurrences();
    auto const child = all[occurrence].first_child;
    return child != Occurrence::none && all[child].next == Occurrence::none ? child : Occurrence::none;
}

} // namespace

bool is_line_like(SegmentShape const& segment) {
    auto const& words = ShowWords::get();
    if (segment.elements.empty() || words.is_label(segment.elements.front().reference) || segment.id == "HL")
        return false;
    return std::ranges::any_of(segment.elements, [](ElementShape const& element) {
        return element.type == "R" || element.type.starts_with('N') || element.reference == "235";
    });
}

bool is_one_line_with_child(SetParts& parts, std::span<std::uint32_t const> occurrences) {
    auto const& all = parts.tree().occurrences();
    return std::ranges::all_of(occurrences, [&](std::uint32_t occurrence) {
        auto const child = only_child(parts, occurrence);
        return child != Occurrence::none && is_line_like(parts.shape(all[child].begin)) && parts.facts(all[occurrence].begin).size() <= 1 &&
               parts.segment(all[child].begin).id() == parts.segment(all[only_child(parts, occurrences.front())].begin).id();
    });
}

ShownBlock table_of_loops(SetParts& parts, std::span<std::uint32_t const> occurrences) {
    Table table(parts);
    auto const& all = parts.tree().occurrences();
    bool const with_child = is_one_line_with_child(parts, occurrences);
    for (auto const occurrence : occurrences) {
        std::vector<std::uint32_t> own{all[occurrence].begin};
        auto rest = parts.tree().parts(occurrence);
        rest.erase(rest.begin());
        if (with_child) {
            auto const child = only_child(parts, occurrence);
            own.push_back(all[child].begin);
            auto inner = parts.tree().parts(child);
            inner.erase(inner.begin());
            std::erase_if(rest, [](SetTree::Part const& part) { return !part.is_segment; });
            rest.insert(rest.end(), inner.begin(), inner.end());
        }
        table.add_row(std::move(own), std::move(rest));
    }
    auto block = table.finish();
    auto const first = all[occurrences.front()].begin;
    block.title = parts.title(with_child ? all[only_child(parts, occurrences.front())].begin : first);
    block.source = parts.segment(first).id();
    return block;
}

ShownBlock table_of_segments(SetParts& parts, std::span<std::uint32_t const> segments) {
    Table table(parts);
    for (auto const segment : segments)
        table.add_row({segment}, {});
    auto block = table.finish();
    block.title = parts.title(segments.front());
    block.source = parts.segment(segments.front()).id();
    return block;
}

} // namespace wharf::linter
