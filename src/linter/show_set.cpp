#include "linter/show_set.hpp"

#include "linter/show_table.hpp"
#include "linter/show_words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace wharf::linter {
namespace {

using Part = SetTree::Part;

class SetPage {
public:
    SetPage(grammar::Item const& item, SegmentWords& words, Emit const& emit) : item_(item), parts_(item, words), emit_(emit) {}

    void show() {
        auto all = parts_.tree().parts(0);
        auto block = title();
        std::size_t begin = 1; // ST
        if (all.size() > 1 && all[1].is_segment && all[1].index == 1 && !is_trailer(1)) { // BEG and the like belong to the title
            block.facts = parts_.facts(1);
            append(block.findings, parts_.findings(1));
            begin = 2;
        }
        all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(begin, all.size())));
        bool const has_trailer = !all.empty() && all.back().is_segment && is_trailer(all.back().index);
        auto const se = has_trailer ? all.back().index : 0;
        if (has_trailer)
            all.pop_back();
        show(all, 0, std::move(block));
        if (has_trailer)
            trailer(se);
    }

private:
    static void append(std::vector<ShownFinding>& to, std::vector<ShownFinding> from) { std::ranges::move(from, std::back_inserter(to)); }

    [[nodiscard]] bool is_trailer(std::uint32_t segment) const { return segment + 1 == parts_.size() && parts_.segment(segment).id() == "SE"; }

    ShownBlock title() {
        ShownBlock block;
        block.kind = ShownKind::set;
        auto const id = parts_.segment(0).element(1); // SetInfo cuts what is far too long
        block.title.text = id.empty() ? "Transaction set without a name" : id;
        if (item_.schema)
            block.title.text += " " + item_.schema->set().name;
        else
            block.title.text += " (unknown set)";
        if (auto const number = business_number(item_.part->segments); !number.empty())
            block.title.text += fmt::format(" {}", number);
        block.source = fmt::format("ST {}", parts_.segment(0).element(2));
        for (std::uint32_t i = 3; i <= parts_.segment(0).element_count(); ++i)
            block.source += fmt::format(" {}", parts_.segment(0).element(i));
        if (item_.schema) {
            block.source += fmt::format(", read by release {}", item_.schema->set().release);
            if (auto const& guide = item_.schema->narrowed().guide_name; !guide.empty())
                block.source += fmt::format(" and guide {}", guide);
        }
        append(block.findings, parts_.findings(0));
        append(block.findings, parts_.findings_of_set());
        return block;
    }

    void trailer(std::uint32_t segment) {
        ShownBlock block;
        block.kind = ShownKind::trailer;
        block.depth = 3;
        block.title = {"End of the set", {}};
        block.facts = parts_.facts(segment);
        block.findings = parts_.findings(segment);
        emit_(block);
    }

    // -- the parts of a set or loop, in order; what says one thing is gathered in `open`

    void flush(ShownBlock& open) {
        if (!open.title.text.empty() || !open.facts.empty() || !open.findings.empty())
            emit_(open);
        auto const depth = open.depth;
        open = {};
        open.depth = depth;
    }

    void show(std::vector<Part> const& parts, unsigned depth, ShownBlock open) {
        for (std::size_t i = 0; i < parts.size();)
            i = parts[i].is_segment ? segments(parts, i, open) : children(parts, i, depth, open);
        flush(open);
    }

    void area(std::uint32_t segment, ShownBlock& open) {
        auto const* const row = parts_.row(segment);
        if (in_summary_ || row == nullptr || row->area != grammar::Area::summary || row->loop != 0)
            return;
        in_summary_ = true;
        if (!item_.schema->nodes().empty() && item_.schema->nodes()[1].area == grammar::Area::heading) {
            flush(open);
            open.title.text = "Totals";
        }
    }

    /// One or more segments from `at` on; gives the index behind them.
    std::size_t segments(std::vector<Part> const& parts, std::size_t at, ShownBlock& open) {
        auto const segment = parts[at].index;
        area(segment, open);
        auto facts = parts_.facts(segment);
        auto findings = parts_.findings(segment);
        if (facts.size() <= 1 || parts_.goes_on(segment)) {
            if (!open.findings.empty())
                flush(open);
            if (facts.empty())
                facts.push_back({parts_.title(segment), {{"(empty)", std::string(parts_.segment(segment).id())}}});
            std::ranges::move(facts, std::back_inserter(open.facts));
            append(open.findings, std::move(findings));
            return at + 1;
        }
        std::vector<std::uint32_t> run;
        for (auto i = at; is_line_like(parts_.shape(segment)) && i < parts.size() && parts[i].is_segment && parts_.segment(parts[i].index).id() == parts_.segment(segment).id();
             ++i)
            run.push_back(parts[i].index);
        if (run.size() > 1) {
            flush(open);
            tables(run, open.depth + 1, [&](auto chunk) { return table_of_segments(parts_, chunk); });
            return at + run.size();
        }
        flush(open);
        ShownBlock block;
        block.depth = open.depth + 1;
        block.title = parts_.title(segment);
        block.source = parts_.segment(segment).id();
        block.facts = std::move(facts);
        block.findings = std::move(findings);
        emit_(block);
        return at + 1;
    }

    template <class Make> void tables(std::vector<std::uint32_t> const& run, unsigned depth, Make const& make) {
        for (std::size_t begin = 0; begin < run.size(); begin += rows_of_a_table) {
            auto block = make(std::span(run).subspan(begin, std::min(rows_of_a_table, run.size() - begin)));
            block.depth = depth;
            if (begin > 0)
                block.title.text += fmt::format(", from number {} on", begin + 1);
            emit_(block);
        }
    }

    [[nodiscard]] Occurrence const& occurrence(std::uint32_t index) const { return parts_.tree().occurrences()[index]; }

    std::size_t children(std::vector<Part> const& parts, std::size_t at, unsigned depth, ShownBlock& open) {
        auto const& first = occurrence(parts[at].index);
        std::vector<std::uint32_t> run;
        auto end = at;
        auto const place = item_.schema->representative(first.node);
        while (end < parts.size() && !parts[end].is_segment && item_.schema->representative(occurrence(parts[end].index).node) == place)
            run.push_back(parts[end++].index);
        if (first.level == 0)
            area(first.begin, open);
        flush(open);
        if (first.level > 0) {
            for (auto const child : run)
                level(child);
        } else if (is_table(run)) {
            tables(run, depth + 1, [&](auto chunk) { return table_of_loops(parts_, chunk); });
        } else {
            for (auto const child : run)
                section(child, depth + 1);
        }
        return end;
    }

    /// Lines of a document make a table, unless what matters stands one loop further in.
    bool is_table(std::vector<std::uint32_t> const& run) {
        if (!is_line_like(parts_.shape(occurrence(run.front()).begin)))
            return false;
        bool has_inner_tables = false, says_more = false;
        for (auto const index : run) {
            std::size_t inner = 0;
            for (auto child = occurrence(index).first_child; child != Occurrence::none; child = occurrence(child).next) {
                if (occurrence(child).level > 0)
                    return false;
                inner += is_line_like(parts_.shape(occurrence(child).begin));
            }
            has_inner_tables = has_inner_tables || inner > 1;
            says_more = says_more || parts_.facts(occurrence(index).begin).size() > 1;
        }
        if (run.size() == 1 && has_inner_tables)
            return false;
        return says_more || is_one_line_with_child(parts_, run);
    }

    void section(std::uint32_t index, unsigned depth) {
        auto const first = occurrence(index).begin;
        ShownBlock block;
        block.depth = depth;
        block.title = parts_.title(first);
        block.source = parts_.segment(first).id();
        block.facts = parts_.facts(first, true);
        block.findings = parts_.findings(first);
        auto inside = parts_.tree().parts(index);
        inside.erase(inside.begin());
        show(inside, depth, std::move(block));
    }

    void level(std::uint32_t index) {
        auto const& self = occurrence(index);
        auto const segment = parts_.segment(self.begin);
        ShownBlock block;
        block.kind = ShownKind::level;
        block.depth = self.level;
        block.is_last = self.next == Occurrence::none || occurrence(self.next).level == 0;
        auto const& elements = parts_.shape(self.begin).elements;
        if (elements.size() >= 3)
            block.title = parts_.word(elements[2], segment.element(3));
        block.title.text += fmt::format(" {}", segment.element(1));
        block.source = segment.bytes();
        block.findings = parts_.findings(self.begin);
        auto inside = parts_.tree().parts(index);
        inside.erase(inside.begin());
        parts_.paragraphs(inside, 0, block.lines);
        emit_(block);
        for (auto child = self.first_child; child != Occurrence::none; child = occurrence(child).next)
            if (occurrence(child).level > 0)
                level(child);
    }

    grammar::Item const& item_;
    SetParts parts_;
    Emit const& emit_;
    bool in_summary_ = false;
};

} // namespace

std::string_view business_number(x12::SegmentList const& set) {
    if (set.size() < 2)
        return {};
    auto const position = ShowWords::get().number(set[1].id());
    auto const number = position == 0 ? std::string_view() : set[1].element(position);
    return number.substr(0, number.find_last_not_of(' ') + 1);
}

void show_set(grammar::Item const& item, SegmentWords& words, Emit const& emit) { SetPage(item, words, emit).show(); }

} // namespace wharf::linter
