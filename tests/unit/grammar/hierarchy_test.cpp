// HL trees, with and without the levels of a guide; LS and LE.
#include "guided_set.hpp"


namespace wharf::grammar {
namespace {

std::string const bsn = "BSN*00*N1*20250602*1403~";

std::string notice(std::string const& body) {
    static auto const schema = test::compile(test::plain_set("856"));
    return test::codes(test::validate(schema, bsn + body));
}

TEST(Hierarchy, every_shape_of_practice_is_clean) {
    std::string const item = "LIN**UP*012345678905~SN1**10*EA~";
    std::string const label = "MAN*GM*00106141411234567897~";
    // S-O-T-P-I, with and without HL02, with and without HL04
    EXPECT_EQ(notice("HL*1**S*1~HL*2*1*O*1~PRF*1~HL*3*2*T*1~" + label + "HL*4*3*P*1~" + label + "HL*5*4*I*0~" + item), "");
    EXPECT_EQ(notice("HL*1**S~HL*2**O~PRF*1~HL*3**T~" + label + "HL*4**P~" + label + "HL*5**I~" + item), "");
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~PRF*1~HL*3*2*P~" + label + "HL*4*3*I~" + item + "HL*5*2*P~" + label + "HL*6*5*I~" + item), "") << "S-O-P-I";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~PRF*1~HL*3*2*I~" + item + "HL*4*1*O~PRF*2~HL*5*4*I~" + item), "") << "S-O-I";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*T~" + label + "HL*3*2*O~PRF*1~HL*4*3*P~" + label + "HL*5*4*I~" + item), "") << "S-T-O-P-I";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*P~" + label + "HL*3*2*O~PRF*1~HL*4*3*I~" + item), "") << "S-P-O-I";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~PRF*1~HL*3*2*I~" + item + "HL*4*3*P~" + label), "") << "S-O-I-P";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*I~" + item + "HL*3*1*I~" + item), "") << "S-I";
    EXPECT_EQ(notice("HL*1**S*1~HL*2**I*0~" + item), "") << "S-I, no parents, flags";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~HL*3**S~HL*4*3*O~"), "") << "two shipments";
    EXPECT_EQ(notice("HL*01**S~HL*02*1*O~HL*03*02*I~"), "") << "leading zeros";
}

TEST(Hierarchy, each_fault_is_one_finding) {
    EXPECT_EQ(notice("HL*2**S~HL*3*2*O~HL*4*3*I~"), "X12-0501* 856/HL[S]/HL01\n") << "does not begin with 1, then counts";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~HL*4*2*I~HL*5*2*I~"), "X12-0501* 856/HL[I]/HL01\n") << "a leaf left out";
    EXPECT_EQ(notice("HL*A**S~HL*B*A*O~HL*C*B*I~"), "X12-0501* 856/HL[S]/HL01\n") << "letters";
    EXPECT_EQ(notice("HL*1**S*1~HL*2*1*O*1~HL*4*1*O~"), "X12-0501* 856/HL[O]/HL01\n") << "the flag of the parent is no second fault";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~HL*2*1*O~HL*3*2*I~"), "X12-0502* 856/HL[O]/HL01\n") << "twice";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~HL*2*1*O~HL*2*1*O~"), "X12-0502* 856/HL[O]/HL01\nX12-0502* 856/HL[O]/HL01\n");
    EXPECT_EQ(notice("HL*1**S~HL*2**O~HL*2**O~"), "X12-0502* 856/HL[O]/HL01\n") << "no parents named";
    EXPECT_EQ(notice("HL*1**S*1~HL*3*2*I~HL*4*2*I~HL*5*2*I~"), "X12-0503 856/HL[I]/HL02\n") << "the parent was left out: one finding";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~HL*3*3*I~"), "X12-0503 856/HL[I]/HL02\n") << "itself";
    EXPECT_EQ(notice("HL*1**S~HL*2*3*O~HL*3*1*I~"), "X12-0503 856/HL[O]/HL02\n") << "a later one";
    EXPECT_EQ(notice("HL*1**S~HL*2*8*O~HL*3*9*I~"), "X12-0503 856/HL[O]/HL02\nX12-0503 856/HL[I]/HL02\n") << "two that are missing";
    EXPECT_EQ(notice("HL*1*0*S~HL*2*1*O~"), "X12-0504* 856/HL[S]/HL02\n");
    EXPECT_EQ(notice("HL*1*7*S~HL*2*1*O~"), "X12-0504* 856/HL[S]/HL02\n");
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~HL*3*0*S~"), "X12-0504* 856/HL[S]/HL02\n");
    EXPECT_EQ(notice("HL*1**S*1~HL*2*1*O*1~"), "X12-0505* 856/HL[O]/HL04\n");
    EXPECT_EQ(notice("HL*1**S*0~HL*2*1*O*0~"), "X12-0505* 856/HL[S]/HL04\n");
    EXPECT_EQ(notice("HL*1**S*1~HL*2*1*I*1~HL*3*1*I*1~HL*4*1*I*1~"), "X12-0505* 856/HL[I]/HL04\n") << "a habit";
    EXPECT_EQ(notice("HL*1**S~HL*2*1*O~HL*3**I~HL*4*2*I~"), "X12-0509* 856/HL[I]/HL02\n");
}

TEST(Hierarchy, depth_has_a_limit_and_time_is_no_square) {
    std::string chain = "HL*1**S~";
    for (int i = 2; i <= 50; ++i)
        chain += fmt::format("HL*{}*{}*I~", i, i - 1);
    EXPECT_EQ(notice(chain), "X12-0506* 856/HL[I]/HL02\n");
    std::string many = "HL*5**S~"; // does not count from 1: the slow way to a parent
    for (int i = 6; i < 200'000; ++i)
        many += fmt::format("HL*{}*{}*I~", i, i % 2 == 0 ? 5 : i + 7);
    EXPECT_NE(notice(many), "") << "a square of it would not end in the time that the test has";
}

TEST(Hierarchy, messages) {
    static auto const schema = test::compile(test::plain_set("856"));
    auto const found = test::validate(schema, bsn + "HL*1**S~HL*3*2*I~HL*4*2*I~");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].message, "HL02 \"2\" names a parent that does not exist; so has 1 further HL");
    EXPECT_EQ(found[0].acknowledgment.segment + found[0].acknowledgment.element, "87");
    EXPECT_EQ(found[0].place.element_number, 734u);
    EXPECT_EQ(found[0].value, "2");
}

/// S, O under S, T under O, P under O and T, I under T and P: the guide of docs/grammar-language.md.
NarrowedSet with_levels() {
    auto set = test::plain_set("856");
    set.guide_name = "acme-856";
    auto const level = [&](std::string code, std::string name, bool mandatory, std::uint32_t max, std::vector<std::string> under) {
        LevelRule rule;
        rule.code = std::move(code);
        rule.name = std::move(name);
        rule.mandatory = mandatory;
        rule.max = max;
        rule.under = std::move(under);
        set.levels.levels.push_back(std::move(rule));
    };
    level("S", "Shipment", true, 1, {});
    level("O", "Order", true, 0, {"S"});
    level("T", "Tare", false, 0, {"O"});
    level("P", "Pack", false, 2, {"O", "T"});
    level("I", "Item", true, 0, {"T", "P"});
    return set;
}

std::string guided(std::string const& body, std::function<void(LevelRules&)> const& change = [](LevelRules&) {}) {
    auto set = with_levels();
    change(set.levels);
    auto const schema = test::compile(std::move(set));
    auto const found = test::validate(schema, bsn + body);
    for (auto const& finding : found)
        EXPECT_EQ(finding.of_guide, finding.code >= "X12-06") << finding.message;
    return test::codes(found);
}

TEST(Levels, right_trees_are_clean) {
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*T~HL*4*3*P~HL*5*4*I~"), "") << "S-O-T-P-I";
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*P~HL*4*3*I~"), "") << "S-O-P-I";
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*T~HL*4*3*I~"), "") << "S-O-T-I";
    EXPECT_EQ(guided("HL*1**S~HL*2**O~HL*3**T~HL*4**P~HL*5**I~HL*6**O~HL*7**P~HL*8**I~"), "") << "no HL02: read in order";
}

TEST(Levels, places) {
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*I~"), "X12-0631 856/HL[I]/HL03\n") << "an item below an order";
    EXPECT_EQ(guided("HL*1**S~HL*2**O~HL*3**I~HL*4**I~"), "X12-0631 856/HL[I]/HL03\nX12-0631 856/HL[I]/HL03\n") << "the same, in order";
    EXPECT_EQ(guided("HL*1**O~HL*2*1*P~HL*3*2*I~"), "X12-0631 856/HL[O]/HL03\n") << "no shipment";
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*P~HL*4*3*I~HL*5*4*S~"), "X12-0631 856/HL[S]/HL03\n");
}

TEST(Levels, counts) {
    EXPECT_EQ(guided("HL*1**S~"), "X12-0632 856/HL[S]\nX12-0632 856/HL[S]\n") << "no order below the shipment, no item in the set";
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*P~HL*4*3*I~HL*5*2*P~"), "X12-0632 856/HL[P]\n") << "a carton without an item";
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*P~HL*4*3*I~HL*5*2*P~HL*6*5*I~HL*7*2*P~HL*8*7*I~"), "X12-0633 856/HL[P]/HL03\n") << "cartons: two in the set";
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*P~HL*4*3*I~HL*5**S~HL*6*5*O~HL*7*6*P~HL*8*7*I~"), "X12-0633 856/HL[S]/HL03\n") << "one shipment";
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*P~HL*4*3*I~", [](LevelRules& rules) { rules.levels[1].min = 2; }), "X12-0632 856/HL[S]\n");
    EXPECT_EQ(guided("HL*1**S~HL*2*1*O~HL*3*2*P~HL*4*3*I~HL*5*1*O~HL*6*5*P~HL*7*6*I~", [](LevelRules& rules) { rules.levels[1].max = 1; }), "X12-0633 856/HL[O]/HL03\n");
}

TEST(Levels, cells_of_HL) {
    auto const right = "HL*1**S~HL*2*1*O~HL*3*2*P~HL*4*3*I~";
    EXPECT_EQ(guided(right, [](LevelRules& rules) { rules.parent_unused = true; }), "X12-0634 856/HL[O]/HL02\n");
    EXPECT_EQ(guided(right, [](LevelRules& rules) { rules.child_unused = true; rules.parent_required = true; }), "");
    EXPECT_EQ(guided("HL*1**S*1~HL*2*1*O*1~HL*3*2*P*1~HL*4*3*I*1~", [](LevelRules& rules) { rules.child_unused = true; }), "X12-0634 856/HL[S]/HL04\n");
    EXPECT_EQ(guided("HL*1**S~HL*2**O~HL*3**P~HL*4**I~", [](LevelRules& rules) { rules.parent_required = true; }), "X12-0635 856/HL[O]/HL02\n");
    EXPECT_EQ(guided(right, [](LevelRules& rules) { rules.count_from = 1; }), "");
    EXPECT_EQ(guided(right, [](LevelRules& rules) { rules.count_from = 0; }), "X12-0636 856/HL[S]/HL01\n");
    EXPECT_EQ(guided("HL*0**S~HL*1*0*O~HL*2*1*P~HL*3*2*I~", [](LevelRules& rules) { rules.count_from = 0; }), "");
    EXPECT_EQ(guided("HL*0**S~HL*1*0*O~HL*2*1*P~HL*3*2*I~"), "X12-0501* 856/HL[S]/HL01\n");
}

std::string order(std::string const& body) {
    static auto const schema = test::compile(test::plain_set("850"));
    return test::codes(test::validate(schema, "BEG*00*SA*4711**20250602~PO1*1*10*EA*1~" + body));
}

TEST(BoundedLoops, both_name_the_loop_between) {
    EXPECT_EQ(order("LS*LDT~LDT*AF*1*DA~LE*LDT~"), "");
    EXPECT_EQ(order("LS*LDT~LDT*AF*1*DA~LE*N1~"), "X12-0507 850/PO1/LS/LE/LE01\n");
    EXPECT_EQ(order("LS*2120~LDT*AF*1*DA~LE*2120~"), "X12-0508* 850/PO1/LS/LS01\n");
    EXPECT_EQ(order("LS*LDT~LE*LDT~"), "") << "nothing between";
    EXPECT_EQ(order("LS*LDT~LDT*AF*1*DA~LE*LDT~PO1*2*10*EA*1~LS*LDT~LDT*AF*1*DA~LE*LD~"), "X12-0507 850/PO1/LS/LE/LE01\n");
}

} // namespace
} // namespace wharf::grammar
