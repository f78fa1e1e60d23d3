// Random guides (fixed seed): each that is accepted has an effective text that reads back equal, and every row of the grammar is in it.
#include "diagnostic/render.hpp"
#include "support/guide_text.hpp"

#include <gtest/gtest.h>
#include <random>

namespace wharf::grammar {
namespace {

class Generator {
public:
    Generator(Dictionary const& dictionary, unsigned seed) : dictionary_(dictionary), random_(seed) {}

    std::string guide(SetDefinition const& set) {
        out_ = fmt::format("guide random \"Random\"\nnarrows {} of {}\n", set.id, set.release);
        if (below(2) == 0) out_ += "unlisted report\n";
        std::optional<Area> area;
        for (auto const& row : set.rows) {
            if (area != row.area) out_ += fmt::format("{}\n", row.area == Area::heading ? "heading" : row.area == Area::detail ? "detail" : "summary");
            area = row.area;
            write(row, 1);
        }
        return std::move(out_);
    }

private:
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

    // The recursion follows the set.
    void write(SetRow const& row, unsigned depth) {
        if (below(3) != 0) return;
        auto const* segment = dictionary_.segment(row.segment);
        auto const codes = segment->key == 0 ? nullptr : dictionary_.codes(segment->elements[segment->key - 1].reference);
        auto const variants = codes == nullptr || codes->size() < 8 ? 0 : below(4);
        for (unsigned i = 0; i < variants; ++i) {
            auto const list = codes->all();
            auto const index = i * (list.size() / variants) + below(static_cast<unsigned>(list.size() / variants));
            one(row, *segment, fmt::format(" [{}]", guide_value(list[index].first)), depth, false);
        }
        if (variants == 0 || below(2) == 0) one(row, *segment, "", depth, variants == 0 && row.mandatory);
    }

    void one(SetRow const& row, SegmentDefinition const& segment, std::string const& brackets, unsigned depth, bool mandatory) {
        auto const use = mandatory ? 0 : 1 + below(2); // few must, or the minimums of a place would clash
        auto const max = row.max == 0 ? below(20) : 1 + below(std::min(row.max, 30u));
        auto const count = max == 0 ? std::string(">1") : fmt::format("{}", max);
        line(depth, fmt::format("{}{}{}  {}{}{}", row.is_loop ? "loop " : "", row.segment, brackets, "MO-"[use], use == 2 ? "" : " " + count,
                                below(4) == 0 ? " \"A name\" report" : ""));
        if (use == 2) return;
        for (auto const& element : segment.elements)
            if (below(3) == 0) value(segment, element, depth + 1);
        for (auto const& inner : row.rows)
            write(inner, depth + 1);
        if (below(3) == 0) line(depth + 1, fmt::format("need {}01 present or count(/ST) = 1  \"Why\"", segment.id));
    }

    void value(SegmentDefinition const& segment, ElementUse const& use, unsigned depth) {
        auto text = fmt::format("{}{:02}  {}", segment.id, use.position, use.mandatory ? 'M' : "MO-"[below(3)]);
        auto const* definition = use.reference.starts_with('C') ? nullptr : dictionary_.element(use.reference);
        auto const* codes = definition != nullptr && definition->type == "ID" ? dictionary_.codes(use.reference) : nullptr;
        if (codes != nullptr && codes->size() > 2 && below(2) == 0) {
            text += "  codes";
            auto const list = codes->all();
            for (unsigned i = 0; i < 3; ++i)
                text += " " + guide_value(list[below(static_cast<unsigned>(list.size()))].first);
        } else if (definition != nullptr && definition->type == "AN" && below(2) == 0) {
            auto const longest = std::min(definition->max, 100u);
            auto const min = definition->min + below(longest - definition->min + 1);
            text += fmt::format("  {}/{}  digits unique", min, min + below(longest - min + 1));
        } else if (definition != nullptr && definition->type == "R" && below(2) == 0)
            text += fmt::format("  decimals {} from -{} to {}", below(5), below(100), below(1000));
        line(depth, text);
        if (below(4) == 0) line(depth + 1, "note \"Say \"\"it\"\"\"");
    }

    void line(unsigned depth, std::string const& text) { out_ += fmt::format("{:{}}{}\n", "", depth * 2, text); }

    Dictionary const& dictionary_;
    std::mt19937 random_;
    std::string out_;
};

std::size_t count_places(std::vector<NarrowedRow> const& rows) {
    std::size_t places = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
        places += i == 0 || rows[i].place != rows[i - 1].place;
    return places;
}

TEST(GuideProperty, the_effective_text_of_an_accepted_guide_reads_back_equal) {
    unsigned accepted = 0;
    unsigned refused = 0;
    for (auto const* release : {"003060", "004010", "005010", "007040"}) {
        auto const dictionary = test::grammars().dictionary(release);
        for (auto const& id : dictionary->sets()) {
            auto const* set = dictionary->set(id);
            if (set == nullptr) continue;
            Generator generator(*dictionary, 4711);
            auto const text = generator.guide(*set);
            auto const guide = test::read(text);
            if (!guide) {
                ++refused;
                for (auto const& finding : guide.error()) // what a generator may get wrong, and nothing else
                    EXPECT_TRUE(finding.code == "GUIDE-0012" || finding.code == "GUIDE-0015" || finding.code == "GUIDE-0020" || finding.code == "GUIDE-0024" ||
                                finding.code == "GUIDE-0031" || finding.code == "GUIDE-0041" || finding.code == "GUIDE-0053")
                        << render_text({finding}) << text;
                continue;
            }
            ++accepted;
            auto const effective = (*guide)->effective_text();
            auto const again = test::read(effective);
            ASSERT_TRUE(again) << render_text(again.error()) << effective;
            ASSERT_EQ(test::dump((*guide)->narrowed()), test::dump((*again)->narrowed())) << effective;
            EXPECT_EQ(count_places((*guide)->narrowed().rows), set->rows.size());
        }
    }
    EXPECT_GT(accepted, 40u);
    EXPECT_LT(refused, accepted);
}

} // namespace
} // namespace wharf::grammar
