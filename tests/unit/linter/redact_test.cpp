#include "linter/redact.hpp"

#include "base/check_digit.hpp"
#include "support/schemas.hpp"
#include "support/x12_text.hpp"
#include "unit/linter/x12_files.hpp"

#include <gtest/gtest.h>
#include <set>

namespace wharf::linter {
namespace {

PseudonymKey const key("a key of the tests");

std::string order() {
    return test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~PER*BD*JANE DOE*TE*555-0199*EM*jane@acme.example~N1*ST*ACME STORES*92*0107~N3*12 MAIN STREET~"
                                                     "N4*SPRINGFIELD*IL*62701*US~PO1*1*10*EA*12.50**UP*012345678905~PID*F****BOLT, 3/4 inch~CTT*1~")});
}

std::string redacted(std::string const& text, RedactOptions const& options = {}) {
    auto result = redact(text, "a.x12", test::schemas(), key, options);
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return result ? result->text : std::string();
}

/// Codes and places of all findings.
std::vector<std::string> faults(std::string_view text) {
    std::vector<std::string> all;
    for (auto const& finding : grammar::lint(text, "a", test::schemas()).diagnostics)
        all.push_back(fmt::format("{} {} {} {} {}.{}.{}", finding.code, finding.place.interchange, finding.place.transaction, finding.place.segment_position, finding.place.element,
                                  finding.place.component, finding.place.repetition));
    return all;
}

TEST(Siphash, vectors_of_the_paper) {
    std::string bytes, secret;
    for (char c = 0; c < 16; ++c)
        secret += c;
    std::array<std::uint64_t, 2> const test_key{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
    EXPECT_EQ(siphash(test_key, ""), 0x726fdb47dd0e0e31ULL);
    EXPECT_EQ(siphash(test_key, std::string_view(secret).substr(0, 15)), 0xa129ca6149be45e5ULL);
}

TEST(Pseudonym, same_shape) {
    for (std::string const value : {"ACME STORES", "Jane O'Neil", "555-0199", "0012.50", "A", "7", "x-9/Z", "M\xc3\xbcller", "\xe6\x9d\xb1\xe4\xba\xac", "caf\xe9", ""}) {
        auto const made = key.text(value);
        ASSERT_EQ(made.size(), value.size());
        EXPECT_EQ(made, key.text(value));
        for (std::size_t i = 0; i < value.size(); ++i) {
            auto const a = static_cast<unsigned char>(value[i]), b = static_cast<unsigned char>(made[i]);
            EXPECT_EQ(std::isdigit(a) != 0, std::isdigit(b) != 0) << value << " " << made;
            EXPECT_EQ(a < 0x80 && std::isupper(a), b < 0x80 && std::isupper(b)) << value << " " << made;
            EXPECT_EQ(a < 0x80, b < 0x80) << value;
            if (a < 0x80 && std::isalnum(a) == 0) {
                EXPECT_EQ(a, b) << value;
            }
        }
    }
    EXPECT_NE(key.text("ACME STORES"), PseudonymKey("another key of the tests").text("ACME STORES"));
    EXPECT_TRUE(key.text("0012").starts_with("00"));
    EXPECT_EQ(key.amount("0.00"), "0.00");
    EXPECT_NE(key.amount("12.50"), "12.50");
}

TEST(Pseudonym, different_ones_stay_different) {
    for (auto const* const form : {"{:02}", "{:04}", "A{:03}Z", "{:03}."}) {
        std::set<std::string> made;
        auto const most = std::string_view(form) == "{:02}" ? 100u : 1000u;
        for (unsigned i = 0; i < most; ++i)
            made.insert(key.text(fmt::format(fmt::runtime(form), i)));
        EXPECT_EQ(made.size(), most) << form;
    }
    std::set<std::string> numbers;
    for (unsigned i = 0; i < 2000; ++i) {
        auto const digits = fmt::format("{:011}", 61414100000 + i * 7);
        auto const right = digits + gs1_check_digit(digits);
        EXPECT_EQ(check_digit_of(key.text(right)), CheckDigit::right);
        auto wrong = right;
        wrong.back() = static_cast<char>('0' + (wrong.back() - '0' + 3) % 10);
        EXPECT_EQ(check_digit_of(key.text(wrong)), CheckDigit::wrong);
        numbers.insert(key.text(right));
        numbers.insert(key.text(wrong));
    }
    EXPECT_EQ(numbers.size(), 4000u);
}

TEST(Redact, what_goes_and_what_stays) {
    auto const text = redacted(order());
    EXPECT_EQ(text.size(), order().size());
    for (auto const* const gone : {"JANE", "555-0199", "jane@acme", "ACME", "MAIN", "SPRINGFIELD", "62701", "12.50", "BOLT", "inch"})
        EXPECT_EQ(text.find(gone), std::string::npos) << gone << "\n" << text;
    for (auto const* const stays : {"*ZZ*SENDER         *ZZ*RECEIVER       *", "BEG*00*SA*4711**20250602~", "PER*BD*", "*TE*", "N1*ST*", "*92*0107~", "*IL*", "*US~", "PO1*1*10*EA*",
                                    "**UP*012345678905~", "CTT*1~", "SE*10*0001~"})
        EXPECT_NE(text.find(stays), std::string::npos) << stays << "\n" << text;
    EXPECT_TRUE(faults(text).empty());
}

TEST(Redact, identifiers_and_envelope_on_request) {
    auto const ids = redacted(order(), {true, false});
    for (auto const* const gone : {"4711", "0107", "012345678905"})
        EXPECT_EQ(ids.find(gone), std::string::npos) << gone << "\n" << ids;
    EXPECT_NE(ids.find("SENDER"), std::string::npos);
    EXPECT_TRUE(faults(ids).empty()) << "the check digit is right";
    auto const envelope = redacted(order(), {false, true});
    EXPECT_EQ(envelope.find("SENDER"), std::string::npos);
    auto const name = key.text("SENDER");
    EXPECT_NE(envelope.find("*ZZ*" + name + "         *ZZ*"), std::string::npos) << envelope;
    EXPECT_NE(envelope.find("GS*PO*" + name + "*"), std::string::npos) << envelope;
    auto const password = redacted(test::replaced(order(), "*00*          *ZZ*SENDER", "*01*secret    *ZZ*SENDER"));
    EXPECT_EQ(password.find("secret"), std::string::npos);
}

TEST(Redact, the_same_everywhere) {
    auto const twice = test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~N1*ST*ACME STORES~N1*BT*ACME STORES~N1*BY*ACME  STORES~PO1*1*10*EA*12.50~PO1*2*10*EA*12.50~CTT*2~")});
    auto const text = redacted(twice);
    auto const name = key.text("ACME STORES");
    EXPECT_NE(text.find("N1*ST*" + name + "~N1*BT*" + name + "~"), std::string::npos) << text;
    EXPECT_NE(redacted(order()).find(name), std::string::npos) << "in another file too";
}

TEST(Redact, an_invoice_adds_up_again) {
    auto const invoice = test::interchange("IN", {test::set("810", "BIG*20250602*INV1**4711~IT1*1*10*EA*12.50~IT1*2*3*EA*7.25~TDS*14675~SAC*A*C310***1000~")});
    auto const right = test::replaced(invoice, "TDS*14675", "TDS*13675");
    ASSERT_TRUE(test::codes_in(right).empty());
    auto const text = redacted(right);
    EXPECT_TRUE(test::codes_in(text).empty()) << text;
    EXPECT_EQ(text.find("12.50"), std::string::npos);
    ASSERT_TRUE(test::codes_in(invoice).contains("X12-0404"));
    EXPECT_EQ(faults(redacted(invoice)), faults(invoice)) << "a wrong one stays wrong";
}

TEST(Redact, unknown_segments_are_texts) {
    auto const text = redacted(test::replaced(order(), "CTT*1~", "QQQ*SECRET NAME~CTT*1~"));
    EXPECT_EQ(text.find("SECRET"), std::string::npos) << text;
    auto const stray = redacted(test::replaced(order(), "GE*1", "N1*ST*LOST SOUL~GE*1"));
    EXPECT_EQ(stray.find("LOST"), std::string::npos) << stray;
    auto const junk = redacted("From: jane@acme.example\n" + order());
    EXPECT_EQ(junk.find("jane"), std::string::npos) << junk;
}

TEST(Redact, what_cannot_be_cut_is_refused) {
    EXPECT_FALSE(redact("hello", "a", test::schemas(), key));
    EXPECT_FALSE(redact(test::wrapped(order() + order(), 80, "\n"), "a", test::schemas(), key));
    EXPECT_FALSE(redact(test::replaced(order(), "*P*>~", "*P*A~"), "a", test::schemas(), key));
}

TEST(Redact, what_a_missing_terminator_has_swallowed_does_not_stay) {
    auto const text = test::interchange("PO", {test::set("850", "BEG*00*SA*4711**20250602~N1*ST*ACME*92*0107\r\nN3*12 SECRET LANE*SUITE 11~PO1*1*10*EA*12.50~")});
    auto const made = redact(text, "a.x12", test::schemas(), PseudonymKey("key"), {});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->text.find("SECRET"), std::string::npos) << made->text;
    EXPECT_EQ(made->text.find("SUITE"), std::string::npos) << made->text;
}

TEST(Redact, law_over_samples) {
    auto const files = test::sample_files();
    if (files.empty())
        GTEST_SKIP() << "no sample files";
    unsigned made = 0;
    for (auto const& [name, text] : files)
        for (bool const all : {false, true}) {
            auto const result = redact(text, name, test::schemas(), key, {all, all});
            if (!result)
                continue;
            ++made;
            EXPECT_EQ(faults(result->text), faults(text)) << name;
        }
    EXPECT_GE(made, 200u);
}

} // namespace
} // namespace wharf::linter
