#include "grammar/sense.hpp"

#include "base/file.hpp"
#include "grammar/lint.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

namespace wharf::grammar {
namespace {

using wharf::test::schemas;

Diagnostics findings_of(std::string const& set_id, std::string const& body, std::string const& release = "004010") {
    auto const& group = schemas().get(release, set_id)->set().group;
    return lint(test::interchange(group, {test::set(set_id, body)}, release), "t", schemas()).diagnostics;
}

/// "code path" of each finding, on lines of their own.
std::string sense(std::string const& set_id, std::string const& body, std::string const& release = "004010") {
    std::string out;
    for (auto const& finding : findings_of(set_id, body, release)) {
        out += finding.code + " " + finding.place.path + "\n";
        if (finding.code.starts_with("X12-04")) {
            EXPECT_EQ(finding.severity, Severity::warning);
            EXPECT_TRUE(finding.acknowledgment.segment.empty() && finding.acknowledgment.element.empty()) << "never acknowledged";
        }
    }
    return out;
}

std::string message(std::string const& set_id, std::string const& body) {
    auto const all = findings_of(set_id, body);
    return all.size() == 1 ? all.front().message : fmt::format("{} findings", all.size());
}

std::string const beg = "BEG*00*SA*4711**20250602~";
std::string const big = "BIG*20250602*INV1~";

// --- check digits

std::string product(std::string_view pair) { return sense("850", beg + fmt::format("PO1*1*10*EA*12.50**{}~", pair)); }

TEST(SenseCheckDigit, products) {
    EXPECT_EQ(product("UP*012345678905"), "");
    EXPECT_EQ(product("UP*012345678906"), "X12-0401 850/PO1/PO107\n");
    EXPECT_EQ(product("EN*4006381333931"), "");
    EXPECT_EQ(product("EN*4006381333913"), "X12-0401 850/PO1/PO107\n");
    EXPECT_EQ(product("UK*10071179231042"), "");
    EXPECT_EQ(product("UK*10071179231043"), "X12-0401 850/PO1/PO107\n");
    EXPECT_EQ(product("VN*X1*IN*2*UP*012345678906"), "X12-0401 850/PO1/PO111\n") << "wherever the pair stands";
    EXPECT_EQ(sense("856", "BSN*00*N1*20250602*1403~HL*1**S~HL*2*1*I~LIN**VN*1*UP*012345678906~SN1**10*EA~CTT*2~"), "X12-0401 856/HL/LIN/LIN05\n");
    EXPECT_EQ(sense("810", big + "IT1*1*10*EA*1*PE*EN*4006381333913~TDS*1000~"), "X12-0401 810/IT1/IT107\n");
    EXPECT_EQ(sense("850", beg + "PO1*1~SLN*1**I*1*EA****UP*012345678906~"), "X12-0401 850/PO1/SLN/SLN10\n");
}

TEST(SenseCheckDigit, numbers_without_one_are_left_alone) {
    for (auto const* qualifier : {"UA", "UD", "UE", "UI", "UN", "VN", "IN", "BP"})
        EXPECT_EQ(product(fmt::format("{}*012345678906", qualifier)), "") << qualifier;
    EXPECT_EQ(product("UP*01234567890"), "") << "eleven digits: no U.P.C. to judge";
    EXPECT_EQ(product("UP*0123456789AB"), "");
}

TEST(SenseCheckDigit, labels_and_parties) {
    auto const label = [](std::string_view value) {
        return sense("856", fmt::format("BSN*00*N1*20250602*1403~HL*1**S~HL*2*1*P~MAN*{}~CTT*2~", value));
    };
    EXPECT_EQ(label("GM*006141411234567890"), "");
    EXPECT_EQ(label("GM*006141411234567891"), "X12-0401 856/HL/MAN[GM]/MAN02\n");
    EXPECT_EQ(label("GM*00006141411234567890"), "") << "with application identifier 00";
    EXPECT_EQ(label("GM*00006141411234567891"), "X12-0401 856/HL/MAN[GM]/MAN02\n");
    EXPECT_EQ(label("GM*01006141411234567891"), "") << "twenty digits, but not 00";
    EXPECT_EQ(label("GM*006141411234567890*006141411234567891"), "X12-0401 856/HL/MAN[GM]/MAN03\n") << "the end of a range";
    EXPECT_EQ(label("CP*1**GM*006141411234567891"), "X12-0401 856/HL/MAN[CP]/MAN05\n");
    EXPECT_EQ(label("CP*006141411234567891"), "");
    EXPECT_EQ(sense("850", beg + "N1*ST*X*UL*4006381333931~PO1~"), "");
    EXPECT_EQ(sense("850", beg + "N1*ST*X*UL*4006381333913~PO1~"), "X12-0401 850/N1[ST]/N104\n");
    EXPECT_EQ(sense("850", beg + "N1*ST*X*92*4006381333913~PO1~"), "");
}

TEST(SenseCheckDigit, says_what_it_would_be) {
    auto const all = findings_of("850", beg + "PO1*1*10*EA*12.50**UP*012345678906~");
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].message, "PO107 Product/Service ID \"012345678906\" is no U.P.C.: its check digit is wrong");
    EXPECT_TRUE(all[0].help.starts_with("After 01234567890 the last digit would be 5, not 6")) << all[0].help;
    EXPECT_EQ(all[0].value, "012345678906");
}

// --- counts and hash totals

TEST(SenseTotals, line_counts) {
    EXPECT_EQ(sense("850", beg + "PO1*1~PO1*2~CTT*2~"), "");
    EXPECT_EQ(sense("850", beg + "PO1*1~PO1*2~CTT*3~"), "X12-0402 850/CTT/CTT01\n");
    EXPECT_EQ(sense("850", beg + "PO1*1~PO1*2~CTT*000002~"), "");
    EXPECT_EQ(sense("810", big + "IT1*1*1*EA*1~TDS*100~CTT*2~"), "X12-0402 810/CTT/CTT01\n");
    EXPECT_EQ(sense("855", "BAK*00*AC*4711*20250601~PO1*1*10*EA~ACK*IA*10*EA~ACK*IB*1*EA~CTT*2~"), "") << "counts ACK";
    EXPECT_EQ(sense("855", "BAK*00*AC*4711*20250601~PO1*1*10*EA~ACK*IA*10*EA~ACK*IB*1*EA~CTT*3~"), "X12-0402 855/CTT/CTT01\n");
    EXPECT_EQ(sense("860", "BCH*01*SA*4711***20250602~POC*1*QI*1*1*EA~CTT*2~"), "X12-0402 860/CTT/CTT01\n");
    EXPECT_EQ(sense("850", beg + "PO1*1~PO1*2~CTT*X~"), "X12-0305 850/CTT/CTT01\n") << "one fault, one finding";
    EXPECT_EQ(message("850", beg + "PO1*1~PO1*2~CTT*3~"), "CTT01 counts 3 line items, the set has 2 PO1");
}

TEST(SenseTotals, ship_notices_count_what_they_like) {
    std::string const body = "BSN*00*N1*20250602*1403~HL*1**S~HL*2*1*O~PRF*4711~HL*3*2*I~LIN**VN*1~LIN**VN*2~SN1**10*EA~CTT*";
    std::string const notice = "BSN*00*N1*20250602*1403~HL*1**S~HL*2*1*O~PRF*4711~HL*3*2*I~LIN**VN*1~SN1**10*EA~HL*4*2*I~SN1**5*EA~HL*5*2*I~SN1**5*EA~CTT*";
    EXPECT_EQ(sense("856", notice + "5~"), "") << "HL";
    EXPECT_EQ(sense("856", notice + "3~"), "") << "items";
    EXPECT_EQ(sense("856", notice + "1~"), "") << "LIN";
    EXPECT_EQ(sense("856", notice + "4~"), "X12-0402 856/CTT/CTT01\n");
    EXPECT_EQ(sense("856", notice + "5*20~"), "");
    EXPECT_EQ(sense("856", notice + "5*21~"), "X12-0403 856/CTT/CTT02\n");
}

TEST(SenseTotals, nothing_is_counted_in_a_broken_set) {
    EXPECT_EQ(sense("850", beg + "PO1*1~XYZ*1~PO1*2~CTT*3~"), "X12-0201 850/XYZ\n");
}

std::string hash(std::string_view total, std::string_view first = "10", std::string_view second = "5") {
    return sense("850", beg + fmt::format("PO1*1*{}*EA~PO1*2*{}*EA~CTT*2*{}~", first, second, total));
}

TEST(SenseTotals, hash_totals) {
    EXPECT_EQ(hash("15"), "");
    EXPECT_EQ(hash("16"), "X12-0403 850/CTT/CTT02\n");
    EXPECT_EQ(hash("11.5", "10", "1.5"), "") << "as numbers";
    EXPECT_EQ(hash("25", "10", "1.5"), "") << "without points, as the standard has it";
    EXPECT_EQ(hash("26", "10", "1.5"), "X12-0403 850/CTT/CTT02\n");
    EXPECT_EQ(hash("15", "10", "-5"), "") << "without signs";
    EXPECT_EQ(hash("5", "10", "-5"), "") << "with signs";
    EXPECT_EQ(hash("855", "1800", "55"), "") << "leading digits cut off";
    EXPECT_EQ(hash("55", "1800", "55"), "X12-0403 850/CTT/CTT02\n") << "too short to be a cut";
    EXPECT_EQ(hash("9999999998", "9999999999", "9999999999"), "");
    EXPECT_EQ(sense("850", beg + "PO1*1~CTT*1*7~"), "") << "no quantity at all: not computable";
    EXPECT_EQ(sense("855", "BAK*00*AC*4711*20250601~PO1*1*10*EA~ACK*IA*9*EA~CTT*1*9~"), "") << "the quantity acknowledged";
    EXPECT_EQ(sense("855", "BAK*00*AC*4711*20250601~PO1*1*10*EA~ACK*IA*9*EA~CTT*1*8~"), "X12-0403 855/CTT/CTT02\n");
    EXPECT_EQ(message("850", beg + "PO1*1*10*EA~PO1*2*1.5*EA~CTT*2*16~"),
              "CTT02 says 16, but PO102 adds up to 11.5 (25 without points and signs)");
}

// --- invoices

std::string invoice(std::string_view total, std::string_view rest = "", std::string_view lines = "IT1*1*10*EA*12.50~") {
    return sense("810", big + std::string(lines) + fmt::format("TDS*{}~", total) + std::string(rest));
}
std::string const wrong_sum = "X12-0404 810/TDS/TDS01\n";

TEST(SenseInvoice, lines) {
    EXPECT_EQ(invoice("12500"), "");
    EXPECT_EQ(invoice("12501"), wrong_sum);
    EXPECT_EQ(invoice("15000", "", "IT1*1*10*EA*12.50~IT1*2*5*EA*5~"), "");
    EXPECT_EQ(invoice("12500", "", "IT1*1*10*EA*12.50~IT1*2~"), "") << "IT104 may be blank: not computable";
    EXPECT_EQ(invoice("99", "", ""), "") << "no lines";
    EXPECT_EQ(message("810", big + "IT1*1*10*EA*12.50~IT1*2*5*EA*5~TDS*15100~"),
              "the invoice does not add up: 125.00 + 25.00 = 150.00, but TDS01 says 151.00");
}

TEST(SenseInvoice, price_bases) {
    EXPECT_EQ(invoice("125", "", "IT1*1*10*EA*12.50*HP~"), "") << "per hundred";
    EXPECT_EQ(invoice("12500", "", "IT1*1*10*EA*12.50*HP~"), wrong_sum);
    EXPECT_EQ(invoice("1042", "", "IT1*1*10*EA*12.50*PD~"), "") << "per dozen, rounded";
    EXPECT_EQ(invoice("13", "", "IT1*1*10*EA*12.50*TP~"), "") << "per thousand: 12.5 cents";
    EXPECT_EQ(invoice("1250", "", "IT1*1*10*EA*12.50*PN~"), "") << "per ten";
    EXPECT_EQ(invoice("12500", "", "IT1*1*10*EA*12.50*PE~"), "");
    EXPECT_EQ(invoice("1", "", "IT1*1*10*EA*12.50*PP~"), "") << "per pound: not computable";
}

TEST(SenseInvoice, roundings_allow_a_cent_each) {
    std::string const three = "IT1*1*3*EA*0.333~IT1*2*3*EA*0.333~IT1*3*3*EA*0.333~";
    EXPECT_EQ(invoice("300", "", three), "");
    EXPECT_EQ(invoice("303", "", three), "");
    EXPECT_EQ(invoice("304", "", three), wrong_sum);
    EXPECT_EQ(invoice("12345679", "", "IT1*1*1*EA*123456.785~"), "") << "half away from zero";
}

TEST(SenseInvoice, charges) {
    EXPECT_EQ(invoice("11250", "SAC*A*C310***1250~"), "");
    EXPECT_EQ(invoice("12500", "SAC*A*C310***1250~"), wrong_sum);
    EXPECT_EQ(invoice("14500", "SAC*C*D240***2000*******06~"), "");
    EXPECT_EQ(invoice("12500", "SAC*C*D240***2000*******01~"), "") << "a bill-back";
    EXPECT_EQ(invoice("14500", "SAC*C*D240***2000*******01~"), wrong_sum);
    for (auto const* indicator : {"N", "S", "P"})
        EXPECT_EQ(invoice("12500", fmt::format("SAC*{}*D240***2000~", indicator)), "") << indicator;
    EXPECT_EQ(invoice("14500", "SAC*C*D240***2000*******ZZ~"), "") << "handling not clear: either is right";
    EXPECT_EQ(invoice("12500", "SAC*C*D240***2000*******ZZ~"), "");
    EXPECT_EQ(invoice("12501", "SAC*C*D240***2000*******ZZ~"), wrong_sum);
    EXPECT_EQ(invoice("13500", "SAC*C*D240******2*EA*5~"), "") << "rate times quantity";
    EXPECT_EQ(invoice("1", "SAC*A*C310****3*5~"), "") << "a percentage of what? Not computable";
}

TEST(SenseInvoice, charges_of_lines) {
    std::string const line = "IT1*1*10*EA*12.50~SAC*A*C310***1250~";
    EXPECT_EQ(invoice("11250", "", line), "");
    EXPECT_EQ(invoice("11250", "SAC*A*C310***1250~", line), "") << "the summary restates the lines";
    EXPECT_EQ(invoice("10000", "SAC*A*C310***1250~", line), "") << "or comes on top";
    EXPECT_EQ(invoice("9000", "SAC*A*C310***1250~", line), wrong_sum);
    EXPECT_EQ(invoice("14500", "SAC*C*D240***2000~", "IT1*1*10*EA*12.50~SAC*C*D240***3~"), "") << "or is what counts";
    std::string const subline = "IT1*1*10*EA*12.50~SLN*1**I*1*EA~SAC*C*D240***500~";
    EXPECT_EQ(invoice("12500", "", subline), "");
    EXPECT_EQ(invoice("13000", "", subline), "") << "charges of sublines: either is right";
    EXPECT_EQ(invoice("13001", "", subline), wrong_sum);
}

TEST(SenseInvoice, taxes) {
    EXPECT_EQ(invoice("13428", "TXI*ST*9.28~"), "");
    EXPECT_EQ(invoice("12500", "TXI*ST*9.28~"), wrong_sum);
    EXPECT_EQ(invoice("12500", "TXI*ST*9.28*****I~"), "") << "included";
    EXPECT_EQ(invoice("13428", "TXI*ST*9.28~SAC*C*H850***928~"), "") << "sent twice, meant once";
    EXPECT_EQ(invoice("13428", "TXI*ST*9.28~", "IT1*1*10*EA*12.50~TXI*ST*9.28~"), "") << "of the line, and restated";
    EXPECT_EQ(invoice("99", "TXI*ST**7.25~"), "") << "a percentage alone: not computable";
}

TEST(SenseInvoice, credits) {
    EXPECT_EQ(invoice("-12500", "", "IT1*1*-10*EA*12.50~"), "");
    EXPECT_EQ(invoice("-12500"), "") << "only the total has a sign";
    EXPECT_EQ(invoice("12500", "", "IT1*1*-10*EA*12.50~"), "") << "only the lines have";
    EXPECT_EQ(invoice("-12600"), wrong_sum);
}

TEST(SenseInvoice, long_numbers_are_exact) {
    EXPECT_EQ(invoice("123456789012345", "", "IT1*1*1*EA*1234567890123.45~"), "");
    EXPECT_EQ(invoice("123456789012346", "", "IT1*1*1*EA*1234567890123.45~"), wrong_sum);
}

TEST(SenseInvoice, grocery) {
    auto const grocery = [](std::string_view rest, std::string_view total) {
        return sense("880", fmt::format("G01*20250602*1~N1*BT*X*9*0462753010001~{}G17*180*CA*2.50*007117923104~G31*180*CA~G33*{}~", rest, total), "005010");
    };
    EXPECT_EQ(grocery("", "45000"), "");
    EXPECT_EQ(grocery("", "45001"), "X12-0404 880/G33/G3301\n");
    EXPECT_EQ(grocery("G72*100*02******1000~", "46000"), "") << "a charge";
    EXPECT_EQ(grocery("G72*100*02******1000~", "44000"), "") << "or an allowance: the sign does not tell";
    EXPECT_EQ(grocery("G72*100*02******1000~", "45500"), "X12-0404 880/G33/G3301\n");
    EXPECT_EQ(grocery("G72*100*01******1000~", "45000"), "") << "a bill-back";
}

// --- lines, dates, terms

TEST(SenseUnits, both_or_neither) {
    EXPECT_EQ(sense("850", beg + "PO1*1*10*EA*1~"), "");
    EXPECT_EQ(sense("850", beg + "PO1*1~"), "");
    EXPECT_EQ(sense("850", beg + "PO1*1*10**1~"), "X12-0405 850/PO1/PO102\n");
    EXPECT_EQ(sense("850", beg + "PO1*1**EA*1~"), "X12-0310 850/PO1/PO102\n") << "the note says it already";
    EXPECT_EQ(sense("810", big + "IT1*1*10**1~TDS*1000~"), "X12-0310 810/IT1/IT103\n") << "and here too";
}

TEST(SenseLineNumbers, each_once) {
    EXPECT_EQ(sense("850", beg + "PO1*1~PO1*2~PO1*3~"), "");
    EXPECT_EQ(sense("850", beg + "PO1*3~PO1*2~PO1*1~"), "") << "in any order";
    EXPECT_EQ(sense("850", beg + "PO1*A~PO1*B~PO1~PO1~"), "");
    EXPECT_EQ(sense("850", beg + "PO1*1~PO1*01~"), "") << "other texts";
    EXPECT_EQ(sense("850", beg + "PO1*1~PO1*2~PO1*1~"), "X12-0406 850/PO1/PO101\n");
    EXPECT_EQ(sense("850", beg + "PO1*A~PO1*A~"), "X12-0406 850/PO1/PO101\n");
    EXPECT_EQ(sense("860", "BCH*01*SA*4711***20250602~POC*1*QI*1*1*EA~POC*1*PC*1*1*EA~"), "") << "two changes of one line";
    EXPECT_EQ(sense("860", "BCH*01*SA*4711***20250602~POC*1*QI*1*1*EA~POC*1*QI*1*1*EA~"), "X12-0406 860/POC[QI]/POC01\n");
    EXPECT_EQ(invoice("200", "", "IT1*1*1*EA*1**PO*A~IT1*1*1*EA*1**PO*B~"), "") << "numbered per order";
    EXPECT_EQ(invoice("200", "", "IT1*1*1*EA*1~REF*PO*A~IT1*1*1*EA*1~REF*PO*B~"), "");
    EXPECT_EQ(invoice("200", "", "IT1*1*1*EA*1**PO*A~IT1*1*1*EA*1**PO*A~"), "X12-0406 810/IT1/IT101\n");

    auto const all = findings_of("850", beg + "PO1*1~PO1*1~");
    ASSERT_EQ(all.size(), 1U);
    ASSERT_EQ(all[0].related.size(), 1U);
    EXPECT_EQ(all[0].related[0].place.segment_position, 3U);
    EXPECT_EQ(all[0].message, "PO101 Assigned Identification \"1\" numbers two lines: segment 3 has it already");
}

TEST(SenseDates, contradictions) {
    auto const dates = [](std::string_view text) { return sense("850", beg + std::string(text) + "PO1*1~"); };
    EXPECT_EQ(dates("DTM*037*20250610~DTM*038*20250620~"), "");
    EXPECT_EQ(dates("DTM*037*20250610~DTM*038*20250610~"), "") << "the same day fits both";
    EXPECT_EQ(dates("DTM*037*20250620~DTM*038*20250610~"), "X12-0407 850/DTM[038]/DTM02\n");
    EXPECT_EQ(dates("DTM*038*20250610~DTM*002*20250611~DTM*037*20250620~"), "X12-0407 850/DTM[037]/DTM02\n");
    EXPECT_EQ(dates("DTM*064*20250620~DTM*063*20250610~"), "X12-0407 850/DTM[063]/DTM02\n");
    EXPECT_EQ(dates("DTM*064*20250610~DTM*063*20250620~"), "");
    EXPECT_EQ(dates("DTM*010*20250620~DTM*001*20250610~"), "X12-0407 850/DTM[001]/DTM02\n");
    EXPECT_EQ(dates("DTM*010*20250610~DTM*001*20250620~"), "");
    EXPECT_EQ(dates("DTM*037*20250230~DTM*038*20250210~"), "X12-0307 850/DTM[037]/DTM02\n") << "no date: its own finding";
    EXPECT_EQ(sense("850", beg + "DTM*037*20250620~PO1*1~DTM*038*20250610~"), "") << "another block";
    EXPECT_EQ(sense("850", beg + "PO1*1~DTM*037*20250620~PO1*2~DTM*038*20250610~"), "");
    EXPECT_EQ(sense("850", beg + "PO1*1~DTM*037*20250620~DTM*038*20250610~PO1*2~"), "X12-0407 850/PO1/DTM[038]/DTM02\n");
    EXPECT_EQ(sense("850", "BEG*00*SA*4711**991231~DTM*037*991231~DTM*038*000101~PO1*1*1*EA*1~CTT*1~", "003040"), "") << "two centuries";
    EXPECT_EQ(sense("850", "BEG*00*SA*4711**991231~DTM*037*000101~DTM*038*991231~PO1*1*1*EA*1~CTT*1~", "003040"), "X12-0407 850/DTM[038]/DTM02\n");
    EXPECT_EQ(message("850", beg + "DTM*037*20250620~DTM*038*20250610~PO1*1~"),
              "DTM 037 (ship not before) is 20250620, after DTM 038 (ship no later than), 20250610");
}

TEST(SenseDates, grocery) {
    EXPECT_EQ(sense("940", "W05*N*1~N1*ST*X~G62*37*20250620~G62*38*20250610~W66*PP*M~LX*1~W01*1*EA**VN*1~W76*1~"), "X12-0407 940/G62[38]/G6202\n");
    EXPECT_EQ(sense("940", "W05*N*1~N1*ST*X~G62*37*20250610~G62*38*20250620~W66*PP*M~LX*1~W01*1*EA**VN*1~W76*1~"), "");
}

TEST(SenseTerms, discount_ends_before_payment_is_due) {
    auto const terms = [](std::string_view itd) { return sense("850", beg + std::string(itd) + "PO1*1~"); };
    EXPECT_EQ(terms("ITD*01*3*2**10**30~"), "");
    EXPECT_EQ(terms("ITD*01*3*2**30**10~"), "X12-0408 850/ITD[01]/ITD05\n");
    EXPECT_EQ(terms("ITD*01*3*2*20250610**20250702~"), "");
    EXPECT_EQ(terms("ITD*01*3*2*20250702**20250610~"), "X12-0408 850/ITD[01]/ITD04\n");
    EXPECT_EQ(terms("ITD*01*3*2*20250702*30*20250610*10~"), "X12-0408 850/ITD[01]/ITD04\n") << "said once";
    EXPECT_EQ(terms("ITD*01*3*2**30**0~"), "") << "no term stated";
}

TEST(Sense, can_be_left_out) {
    InterchangeReaderOptions options;
    options.sense = false;
    auto const text = test::interchange("PO", {test::set("850", beg + "PO1*1~PO1*1~CTT*7~")});
    InterchangeReader reader(text, "t", schemas(), options);
    while (reader.next())
        EXPECT_TRUE(reader.item().findings.empty());
}

TEST(Sense, many_repeated_numbers_take_linear_time) {
    std::string body = beg;
    for (unsigned i = 0; i < 60'000; ++i)
        body += "PO1*7~";
    EXPECT_FALSE(findings_of("850", body).empty());
}

// --- samples

/// Real files that really are wrong, each looked at by hand: the codes, and why.
std::map<std::string, std::pair<std::string, std::string>> const really_wrong = {
    {"810/EDI.Net__x12.810c.edi", {"X12-0404", "the allowance of 41.19 is in no way subtracted: 359.96 + 6 + 10 + 35.96 is the total"}},
    {"810/EDI.Net__x12.810d.edi", {"X12-0404", "nor is the one of 64.69"}},
    {"810/bots-plugins__810_6.x12", {"X12-0404", "every total is 12345.79"}},
    {"810/bots-plugins__810_9.x12", {"X12-0404", "every total is 12345.79"}},
    {"810/staedi__simple810.edi", {"X12-0404", "the second invoice has the total of the first"}},
    {"820/EDI.Net__x12.820.issue140.edi", {"X12-0401", "a made-up GLN"}},
    {"850/bots-plugins__850-004010-04.x12", {"X12-0402", "CTT01 is 1 for five lines"}},
    {"850/bots-plugins__850-004010-06.x12", {"X12-0402", "CTT01 is 1 for six lines"}},
    {"850/bots-plugins__850-004010-ascii-lf.x12", {"X12-0401", "made-up U.P.C.: 234567890123"}},
    {"850/bots-plugins__850-004010.14.x12", {"X12-0403", "504 for the quantities 60, 82, 58, 94; no way of adding gives it"}},
    {"856/X12Parser__edi1Source.txt", {"X12-0401", "digits of the U.P.C. replaced by 999999"}},
    {"856/node-x12__test--test-data-856.edi", {"X12-0401", "digits of the U.P.C. replaced by 999999"}},
    {"mixed/staedi__invoice810_po850_dual.edi", {"X12-0404", "the second invoice has the total of the first"}},
};

TEST(Sense, samples) {
    auto const* variable = std::getenv("WHARF_SAMPLES");
    std::filesystem::path const folder = variable != nullptr ? variable : WHARF_SOURCE_DIR "/../shared/samples";
    auto const manifest = read_file(folder / "manifest.csv", 1 << 20);
    if (!manifest)
        GTEST_SKIP() << "no sample files";
    std::istringstream lines(*manifest);
    for (std::string line; std::getline(lines, line);) {
        auto const name = line.substr(0, line.find(','));
        auto const text = read_file(folder / name, 1 << 24);
        if (!text || name.empty())
            continue;
        auto const known = really_wrong.find(name);
        auto const expected = known == really_wrong.end() ? std::string() : known->second.first;
        bool found = false;
        for (auto const& finding : lint(*text, name, schemas()).diagnostics)
            if (finding.code.starts_with("X12-04")) {
                found = true;
                EXPECT_EQ(finding.code, expected) << name << ": " << finding.message;
            }
        EXPECT_EQ(found, !expected.empty()) << name;
    }
}

} // namespace
} // namespace wharf::grammar
