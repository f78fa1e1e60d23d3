// Every file of the sample folder is linted without trouble; those judged valid have no errors but for stated reasons.
#include "base/file.hpp"
#include "grammar/lint.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace wharf::grammar {
namespace {

std::filesystem::path folder() {
    auto const* variable = std::getenv("WHARF_SAMPLES");
    return variable != nullptr ? variable : WHARF_SOURCE_DIR "/../shared/samples";
}

/// Files judged valid by others in which we find real violations of the standard, each looked at by hand.
std::map<std::string, std::string> const disputed = {
    {"810/bots-plugins__810_3.x12", "IT102 and IT103 without IT104 (note P020304), in every line"},
    {"820/X12Parser__Example4_Safeway.txt", "REF01 \" DB\" begins with a blank"},
    {"820/X12Parser__Example5_Wikipedia.txt", "only its envelope was judged"},
    {"852/X12Parser__AftermarketExample.txt", "only its envelope was judged"},
    {"855/node-x12__test--test-data-855.edi", "REF01 ZZZ is not in the list of element 128"},
    {"944/node-x12-edi__maps--examples-944.edi", "W0804 and W0707 missing beside W0805 and W0706"},
    {"TA1/staedi__x12_interchange_ack.txt", "IEA01 counts one group, there is none"},
    {"mixed/staedi__invoice810_po850_dual.edi", "only its envelope was judged"},
};

TEST(Samples, judged_valid_have_no_errors) {
    auto const manifest = read_file(folder() / "manifest.csv", 1 << 20);
    if (!manifest)
        GTEST_SKIP() << "no sample files";
    SchemaCache schemas(*Grammars::open());
    std::istringstream lines(*manifest);
    unsigned files = 0;
    for (std::string line; std::getline(lines, line);) {
        auto const name = line.substr(0, line.find(','));
        auto const text = read_file(folder() / name, 1 << 24);
        if (!text || name.empty())
            continue;
        ++files;
        auto const result = lint(*text, name, schemas);
        bool const judged_valid = line.find(",valid,") != std::string::npos || line.find(",valid (") != std::string::npos;
        auto const expected = judged_valid && !disputed.contains(name);
        if (expected) {
            EXPECT_FALSE(has_errors(result.diagnostics)) << name << ": " << result.diagnostics.front().message;
        } else if (line.find(",invalid") != std::string::npos || disputed.contains(name)) {
            EXPECT_TRUE(has_errors(result.diagnostics)) << name << " is judged invalid: " << line;
        }
    }
    EXPECT_GE(files, 100u);
}

} // namespace
} // namespace wharf::grammar
