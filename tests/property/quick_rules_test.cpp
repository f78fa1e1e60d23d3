// The quick look at a guide's rules and the slow one that knows what to say agree, rule by rule, on sets drawn at random.
#include "grammar/fast_check.hpp"
#include "grammar/rule_quick.hpp"
#include "support/document_generator.hpp"
#include "support/guide_text.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

struct RuleCase {
    char const* set;
    char const* rows;
    bool exact = true; // what is not sure is wrong; false: it may be right
};



RuleCase const cases[] = {
    {"850", "heading\n  BEG  M 1\n    need BEG04 present\n"},
    {"850", "heading\n  BEG  M 1\n    when BEG02 in { SA NE KN DS }: BEG04 M else -\n"},
    {"850", "heading\n  BEG  M 1\n    when BEG04 present: BEG03 3/12 digits\n"},
    {"850", "heading\n  need DTM[002] or DTM[010] or BEG06 present\n"},
    {"850", "heading\n  need not (CUR and BEG02 = SA)\n"},
    {"850", "heading\n  when BEG04 present: N1/N3 M, N1/N2 -\n"},
    {"850", "heading\n  when CUR: N1[ST]/N4 M\n"},
    {"850", "heading\n  loop N1  O 200\n    when N104 present: N4 M\n    need N2 or N3 or N102 present\n"},
    {"850", "heading\n  loop N1  O 200\n    N4  O 1\n      when N402 present: N404 M\n"},
    {"850", "heading\n  loop N1 [ST]  O 5\n    need N3\n  loop N1 [BY]  O 5\n    need N4\n"},
    {"850", "heading\n  loop N1 [ST]  O 5\n  loop N1 [BY]  O 5\n  order N1 BY ST\n"},
    {"850", "heading\n  need /N1/N104 like \"[A-M].*\" or not BEG03 like \"[A-M].*\"\n"},
    {"850", "heading\n  need count(N1) < 3\n"},
    {"850", "heading\n  need count(/PO1/PID) <= 4 or BEG04 absent\n"},
    {"850", "detail\n  loop PO1  M 100000\n    need PID or PO103 absent\n"},
    {"850", "detail\n  loop PO1  M 100000\n    when /BEG04 present: PO102 M, PID M\n"},
    {"850", "detail\n  loop PO1  M 100000\n    when PO103 present and PO104 present: PO102 M else -\n"},
    {"850", "detail\n  loop PO1  M 100000\n    need PO102 > 50 or PO104 <= 7.25\n"},
    {"850", "detail\n  loop PO1  M 100000\n    need PO102 != 5 or PO104 absent\n"},
    {"850", "detail\n  loop PO1  M 100000\n    need count(PID) = 1\n"},
    {"850", "detail\n  loop PO1  M 100000\n    need PO102 > count(/N1)\n", false},
    {"850", "detail\n  loop PO1  M 100000\n    need not (PO102 = value(PO104))\n"},
    {"850", "detail\n  loop PO1  M 100000\n    loop PID  O 1000\n      when PO103 present: PID05 M\n      need PO102 present or PID02 absent\n"},
    {"850", "detail\n  loop PO1  M 100000\n    loop N1  O 200\n      when /CUR: N3 M\n      need PO101 present or N2\n"},
    {"850", "detail\n  loop PO1  M 100000\n    PO101  O  unique\n", false},
    {"850", "detail\n  loop PO1  M 100000\n    <UP>  O  is upc\n    <VN>  O 3/20\n    <IN>  O  digits\n"},
    {"850", "detail\n  loop PO1  M 100000\n    <BP>  O\n    <*>  -\n    need <VN> or <BP> or PO106 absent\n"},
    {"850", "detail\n  loop PO1  M 100000\n    <A1>  M\n"},
    {"850", "detail\n  need unique(PO1/PO101)\n", false},
    {"850", "summary\n  loop CTT  O 1\n    need CTT01 = count(/PO1)\n", false},
    {"850", "summary\n  loop CTT  O 1\n    need CTT01 > count(/PO1) or CTT02 absent\n", false},
    {"850", "summary\n  loop CTT  O 1\n    need CTT02 < sum(/PO1/PO102)\n", false},
    {"810", "heading\n  loop N1  O 200\n    when N103 present: N104 3/9, N3 M\n"},
    {"810", "summary\n  need TDS01 > 1000\n"},
    {"856", "detail\n  loop HL  M 200000\n    need TD1 or TD5\n    when HL03 = S: MEA M\n"},
    {"856", "detail\n  need HL/MAN/MAN02 present or count(HL) > 3\n"},
    {"856", "detail\n  need /HL[S]/N1\n"},
};

Diagnostics look_slowly(RuleRun& run, x12::SegmentList const& set, std::vector<NodeIndex> const& nodes, Schema const& schema) {
    Diagnostics out;
    SetContext const context;
    Findings findings(schema, set, context, 1000, out);
    run.run(set, nodes, findings);
    return out;
}

TEST(QuickRules, agree_with_the_slow_look) {
    test::DocumentGenerator generator(7);
    unsigned right = 0, wrong = 0, quick_rules = 0;
    for (auto const& one : cases) {
        auto const guide = test::read(fmt::format("guide t \"T\"\nnarrows {} of 004010\n{}", one.set, one.rows));
        if (!guide) {
            ADD_FAILURE() << one.rows << guide.error().front().message;
            continue;
        }
        auto const schema = *Schema::compile(std::shared_ptr<NarrowedSet const>(*guide, &(*guide)->narrowed()));
        Hierarchy hierarchy(*schema);
        RuleRun run(*schema, hierarchy);
        QuickRules quick(run);
        RuleRun rest(*schema, hierarchy, &quick.rest());
        EXPECT_EQ(rest.any(), quick.rest().any()) << one.rows;
        quick_rules += rest.any() ? 0 : 1;
        FastCheck fast(*schema);
        unsigned is_right = 0, is_wrong = 0;
        for (int round = 0; round < 300; ++round) {
            test::SetText const text(generator.draw(schema, 10 + generator.random().below(40)));
            auto const set = text.list();
            if (!fast.run(set))
                continue;
            auto const found = look_slowly(run, set, fast.nodes(), *schema);
            auto const left = rest.any() ? look_slowly(rest, set, fast.nodes(), *schema) : Diagnostics();
            bool const sure = quick.run(set, fast.nodes());
            if (sure) {
                EXPECT_EQ(found.size(), left.size()) << one.rows << text.list()[1].bytes() << "\n" << (found.empty() ? "" : found.front().message);
            } else if (one.exact) {
                EXPECT_FALSE(found.empty()) << one.rows;
            }
            ++(found.empty() ? is_right : is_wrong);
        }
        EXPECT_GT(is_right + is_wrong, 100u) << one.rows;
        right += is_right != 0;
        wrong += is_wrong != 0;
    }
    auto const all = std::size(cases);
    EXPECT_GE(right + 4, all) << "nearly each rule holds in some sets";
    EXPECT_GE(wrong + 8, all) << "and does not in others";
    EXPECT_GE(quick_rules + 2, all) << "nearly each is looked at quickly";
}

} // namespace
} // namespace wharf::grammar
