// Every file of the sample folder: errors where it is judged invalid, none where it is judged valid, but for reasons stated one by one.
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

/// Files judged valid, or disputed in their body, in which we find violations of the standard. Each was looked at by hand, byte by
/// byte against the tables; the line says why ours is right.
std::map<std::string, std::string> const wrong_after_all = {
    {"810/X12Parser__Example5_Walmart.txt", "ISS stands before TDS; the summary of an 810 begins with TDS and has ISS behind it"},
    {"810/bots-plugins__810_3.x12", "IT102 and IT103 without IT104 (note P020304), in every line"},
    {"820/X12Parser__Example2_ScanaEnergy.txt", "placeholders xx and xxxx for codes and a nine-digit number, BPR16 with a blank behind the date"},
    {"820/X12Parser__Example4_Safeway.txt", "REF01 \" DB\" begins with a blank, so it is no code"},
    {"820/X12Parser__Example5_Wikipedia.txt", "only its envelope was judged; BPR lacks an element from BPR10 on: BPR10 (element 509) has ten characters, BPR11 (510) nine, and BPR12 to BPR14 hold no codes and "
     "values of theirs"},
    {"820/bots-plugins__820-004030-04.x12", "REF follows ENT directly; in that loop REF stands below NM1 or RMR only"},
    {"846/X12Parser__Example2.txt", "REF with five elements, the fourth no composite of a qualifier and a value"},
    {"850/module-ballerina-edi__x12-sender.edi", "PO1 lacks an element: the qualifier stands in PO105, its value in PO106, and PO107 is absent"},
    {"850/vscode-edi-support__850-lineBreak-LF.x12", "no PO1, which an 850 must have"},
    {"850/vscode-edi-support__850.x12", "no PO1, which an 850 must have"},
    {"852/X12Parser__AftermarketExample.txt", "only its envelope was judged; a second N1 behind LIN, where an 852 has none"},
    {"855/node-x12__test--test-data-855.edi", "REF01 ZZZ is not in the list of element 128 (ZZ is)"},
    {"856/X12Parser__Example2.txt", "BSN02, which is mandatory, is empty; \" BIN52\" has six characters in an element of five"},
    {"856/X12Parser__Example4.txt", "N402 holds the placeholder LOCSTATE, eight characters in an element of two"},
    {"856/X12Parser__edi1Source.txt", "ISA11 says that - repeats elements (ISA12 is 00406), and - stands in two that may not repeat: no repetition separator (X12.6: it must not stand in data)"},
    {"856/node-x12__test--test-data-856.edi", "ISA11 says that - repeats elements (ISA12 is 00406), and - stands in two that may not repeat: no repetition separator (X12.6: it must not stand in data)"},
    {"880/X12Parser__SimplotExample1.txt", "the placeholder xx.xx for prices"},
    {"944/node-x12-edi__maps--examples-944.edi", "W0805 without W0804 (note P0405 of W08), W0706 without W0707 in every line (note P0607 of W07): its value stands in W0708"},
    {"997/staedi__empty997.edi", "no AK1 and no AK9, which a 997 must have"},
    {"999/X12Parser__DHS_Wisconsin_Sample.txt", "AK202 has three characters, four are the least; CTX06-01 is C023, a number is due"},
    {"TA1/staedi__x12_interchange_ack.txt", "IEA01 counts functional groups (X12.5, element I16): it says one, there is none, and a TA1 is no group; the manifest notes it too"},
    {"mixed/staedi__invoice810_po850_dual.edi", "only its envelope was judged; its GS08 003010 is judged by 003040, the nearest: REF01 WH is a code of element 128 from 004010 on, "
                                                  "N103 without N104 (note P0304 of N1)"},
};

enum class Judgement { valid, disputed, invalid };

Judgement judgement_of(std::string const& line) {
    if (line.find(",invalid") != std::string::npos || line.find(",\"invalid") != std::string::npos)
        return Judgement::invalid;
    return line.find("disputed") != std::string::npos ? Judgement::disputed : Judgement::valid;
}

TEST(Samples, verdicts_agree_with_the_manifest) {
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
        auto const judgement = judgement_of(line);
        auto const reason = wrong_after_all.find(name);
        EXPECT_TRUE(reason == wrong_after_all.end() || judgement != Judgement::invalid) << name << " needs no reason";
        auto const expected = judgement == Judgement::invalid || reason != wrong_after_all.end();
        EXPECT_EQ(has_errors(result.diagnostics), expected)
            << line << "\n" << (result.diagnostics.empty() ? "no finding" : result.diagnostics.front().message);
    }
    EXPECT_GE(files, 100u);
}

} // namespace
} // namespace wharf::grammar
