#include "diagnostic/severity_policy.hpp"

#include "diagnostic/registry.hpp"

#include <gtest/gtest.h>

namespace wharf {
namespace {

Diagnostic error(std::string_view code) { return make_diagnostic(code, "m"); }

SeverityPolicy policy(std::initializer_list<std::string_view> rules) {
    SeverityPolicy made;
    for (auto const rule : rules) {
        auto const added = made.add(rule);
        EXPECT_TRUE(added) << rule << ": " << (added ? std::string() : added.error().message);
    }
    return made;
}

TEST(SeverityPolicy, treatments) {
    Diagnostics findings{error("X12-0304"), error("X12-0315"), error("X12-0301")};
    ASSERT_EQ(findings[1].severity, Severity::warning);
    policy({"X12-0304=tolerate", "X12-0315=enforce", "X12-0301=ignore"}).apply(findings);
    ASSERT_EQ(findings.size(), 2u);
    EXPECT_EQ(findings[0].severity, Severity::warning);
    EXPECT_EQ(findings[1].severity, Severity::error);
}

TEST(SeverityPolicy, tolerating_a_warning_leaves_it_one) {
    auto finding = error("X12-0315");
    EXPECT_TRUE(policy({"X12-0315=tolerate"}).apply(finding));
    EXPECT_EQ(finding.severity, Severity::warning);
}

TEST(SeverityPolicy, the_longest_rule_wins_then_the_later) {
    Diagnostics findings{error("X12-0304"), error("X12-0305")};
    policy({"X12-0304=enforce", "X12-03*=ignore"}).apply(findings);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].code, "X12-0304");
    policy({"X12-0304=ignore", "X12-0304=tolerate"}).apply(findings);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].severity, Severity::warning);
}

TEST(SeverityPolicy, what_stands_before_is_left_alone) {
    Diagnostics findings{error("X12-0304"), error("X12-0304")};
    policy({"X12-*=ignore"}).apply(findings, 1);
    EXPECT_EQ(findings.size(), 1u);
}

TEST(SeverityPolicy, a_mistake_is_said_with_the_nearest_code) {
    SeverityPolicy made;
    auto const message = [&](std::string_view rule) {
        auto const added = made.add(rule);
        return added ? std::string("added") : added.error().message;
    };
    EXPECT_NE(message("X12-0394=ignore").find("the nearest is X12-03"), std::string::npos);
    EXPECT_NE(message("element-too-long=ignore").find("the nearest is X12-0304."), std::string::npos) << "its name was given";
    EXPECT_NE(message("X13-*=ignore").find("names no diagnostic code"), std::string::npos);
    EXPECT_NE(message("X12-0304=allow").find("is not CODE=enforce"), std::string::npos);
    EXPECT_NE(message("X12-0304").find("is not CODE=enforce"), std::string::npos);
    EXPECT_TRUE(made.empty());
}

} // namespace
} // namespace wharf
