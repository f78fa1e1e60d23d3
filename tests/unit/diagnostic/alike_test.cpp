#include "diagnostic/alike.hpp"

#include <gtest/gtest.h>

namespace wharf {
namespace {

Diagnostic finding(Severity severity, std::string code, std::string message) {
    Diagnostic made;
    made.severity = severity;
    made.code = std::move(code);
    made.message = std::move(message);
    return made;
}

TEST(FoldAlike, OneOfManyLinesStays) {
    Diagnostics findings{finding(Severity::warning, "MAP-0110", "`lines[0].price` is not written"),
                         finding(Severity::warning, "MAP-0110", "`totals` is not written"),
                         finding(Severity::warning, "MAP-0110", "`lines[1].price` is not written"),
                         finding(Severity::warning, "MAP-0110", "`lines[12].price` is not written"),
                         finding(Severity::warning, "MAP-0110", "`lines[2].unit` is not written"),
                         finding(Severity::warning, "MAP-0120", "`lines[2].price` is not written")};
    fold_alike(findings);
    std::vector<std::string> messages;
    for (auto const& one : findings)
        messages.push_back(one.message);
    EXPECT_EQ(messages, (std::vector<std::string>{"`lines[0].price` is not written (2 more like these)", "`totals` is not written",
                                                  "`lines[2].unit` is not written", "`lines[2].price` is not written"}));
}

TEST(FoldAlike, ErrorsAllStay) {
    Diagnostics findings{finding(Severity::error, "DOC-0005", "lines[0] is bad"), finding(Severity::error, "DOC-0005", "lines[1] is bad")};
    fold_alike(findings);
    EXPECT_EQ(findings.size(), 2u);
}

TEST(FoldAlike, WhatIsNoIndexTellsApart) {
    Diagnostics findings{finding(Severity::warning, "A-1", "parties[role=ship_to] x"), finding(Severity::warning, "A-1", "parties[role=buyer] x"),
                         finding(Severity::warning, "A-1", "line 1"), finding(Severity::warning, "A-1", "line 2")};
    fold_alike(findings);
    EXPECT_EQ(findings.size(), 4u);
}

} // namespace
} // namespace wharf
