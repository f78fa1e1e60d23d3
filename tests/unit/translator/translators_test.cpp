// The set of translators: what is shipped, a folder over it, a wrong file refused with its place; and bytes that are no
// sensible set at all.
#include "translator_fixture.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <unistd.h>

namespace wharf::translator {
namespace {

using namespace test;

class Folder {
public:
    Folder() : path(std::filesystem::temp_directory_path() / fmt::format("wharf-maps-{}", ::getpid())) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    void write(std::string const& name, std::string const& text) const {
        std::filesystem::create_directories((path / name).parent_path());
        std::ofstream(path / name) << text;
    }
    std::filesystem::path path;
};

TEST(Translators, shipped) {
    auto const translators = Translators::open();
    ASSERT_TRUE(translators.has_value()) << texts(translators.error());
    EXPECT_EQ((*translators)->for_set("850"), "x12/850");
    EXPECT_EQ((*translators)->for_set("999"), "x12/999");
    EXPECT_EQ((*translators)->for_set("204"), "");
    EXPECT_EQ((*translators)->for_document("ship_notice"), "x12/856");
    EXPECT_EQ((*translators)->for_document("receipt"), "x12/861");
    EXPECT_EQ((*translators)->for_document("purchase_order"), "x12/850") << "not the 875";
    EXPECT_EQ((*translators)->for_document("load_tender"), "");
    EXPECT_EQ((*translators)->list().size(), 14u);
    auto const schema = schemas().get("004010", "810");
    auto const first = (*translators)->find("x12/810", schema);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ((*translators)->find("x12/810", schema)->get(), first->get()) << "kept";
    EXPECT_EQ((*first)->name(), "x12/810");
    EXPECT_EQ((*first)->document_kind(), "invoice");
    auto const missing = (*translators)->find("x12/811", schema);
    ASSERT_FALSE(missing.has_value());
    EXPECT_NE(missing.error().front().help.find("x12/810"), std::string::npos);
}

TEST(Translators, a_partners_override) {
    Folder folder;
    folder.write("850.map", "translator acme/850 extends x12/850 \"Orders of ACME\"\n"
                            "remove  contract_number\n"
                            "table   unit  ZC carton *\n"
                            "in lines[]\n"
                            "  replace unit_price  CTP[02=UCP]03\n"
                            "in shape party\n"
                            "  replace name  04\n"
                            "  replace identifiers[]  each 03+02\n"
                            "    scheme  01  code id_type\n"
                            "    value   02\n");
    auto const translators = Translators::open(folder.path);
    ASSERT_TRUE(translators.has_value()) << texts(translators.error());
    auto const translator = (*translators)->find("acme/850", schemas().get("004010", "850"));
    ASSERT_TRUE(translator.has_value()) << texts(translator.error());
    std::string const body = "BEG*00*SA*4711**20250602*K7~N1*ST*0107*92*ACME~PO1*1*10*ZC~CTP**UCP*4.50~";
    auto const reading = read_body("850", body, *translator);
    ASSERT_TRUE(reading.outcome.ok()) << texts(reading.outcome.diagnostics);
    auto const document = reading.value();
    auto const& line = document.find("lines")->items().front();
    EXPECT_EQ(line.string("unit"), "carton");
    EXPECT_EQ(line.string("unit_price"), "4.50");
    EXPECT_EQ(document.find("contract_number"), nullptr);
    EXPECT_NE(reading.json.find(R"("BEG06":"K7")"), std::string::npos)
        << "removed lines leave their elements to the extensions";
    auto const& party = document.find("parties")->items().front();
    EXPECT_EQ(party.string("name"), "ACME");
    EXPECT_EQ(party.find("identifiers")->items().front().string("value"), "0107");
    auto const written = (*translator)->write(document, {});
    EXPECT_EQ(texts(written.diagnostics), "");
    EXPECT_EQ(to_text(written.body), body);
    EXPECT_EQ((*translators)->for_set("850"), "x12/850") << "an override is chosen by a profile, never by itself";
}

TEST(Translators, a_wrong_file_is_refused_with_its_place) {
    Folder folder;
    folder.write("a/850.map", "translator a/850 extends x12/850\nremove contract_numbr\n");
    folder.write("b.map", "translator b/810 extends x12/810\nadd  x  BIG99Q\n");
    auto const translators = Translators::open(folder.path);
    ASSERT_FALSE(translators.has_value());
    ASSERT_EQ(translators.error().size(), 2u) << texts(translators.error());
    auto const& first = translators.error().front();
    EXPECT_EQ(first.code, "MAP-0005");
    EXPECT_EQ(first.place.file, (folder.path / "a/850.map").string());
    EXPECT_EQ(first.place.line, 2u);
    EXPECT_EQ(first.help, "did you mean `contract_number`?");
    EXPECT_EQ(translators.error()[1].code, "MAP-0001");
    EXPECT_FALSE(Translators::open(folder.path / "none").has_value());
}

TEST(Translators, check_one_file) {
    Folder folder;
    folder.write("ok.map", "translator t/ok extends x12/810\nremove action\n");
    EXPECT_EQ(texts(check_map(folder.path / "ok.map", schemas())), "");
    folder.write("bad.map",
                 "translator t/bad extends x12/810\nadd order_numbre  BIG04\nin lines[]\n  replace quantity  77\n");
    auto const found = check_map(folder.path / "bad.map", schemas());
    ASSERT_EQ(found.size(), 2u) << texts(found);
    EXPECT_EQ(found[0].code, "MAP-0007");
    EXPECT_EQ(found[0].place.line, 4u);
    EXPECT_EQ(found[1].code, "MAP-0008");
    EXPECT_EQ(found[1].help, "did you mean `order_number`?");
    EXPECT_EQ(check_map(folder.path / "none.map", schemas()).front().code, "MAP-0004");
    folder.write("other.map", "translator t/other\ndocument purchase_order 1\nformat x12 850 009990\nnumber BEG03\n");
    EXPECT_EQ(check_map(folder.path / "other.map", schemas()).front().code, "MAP-0902");
}

TEST(Translators, shipped_maps_check_clean) {
    for (auto const& entry : std::filesystem::directory_iterator(WHARF_SOURCE_DIR "/translators/x12"))
        EXPECT_EQ(texts(check_map(entry.path(), schemas())), "") << entry.path();
}

TEST(Translators, loading_takes_little_time) {
    auto const schema = schemas().get("004010", "850");
    auto const started = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(make_translator(shipped(), "x12/850", schema).has_value());
    auto const spent = std::chrono::steady_clock::now() - started;
    std::cout << "load and compile x12/850: "
              << std::chrono::duration_cast<std::chrono::microseconds>(spent).count() / 10 << " us\n";
}

/// Whatever the validator reports, reading ends, says what it counts, and leaves JSON that parses.
TEST(Translators, mutated_sets) {
    std::map<std::string, std::string> const bodies = {
        {"850", "BEG*00*SA*4711**20250602~REF*DP*038**IA>1~DTM*002*20250602*1403*ES~N1*ST*ACME*92*0107~N3*A~PO1*1*10*"
                "EA*12.50**UP*012345678905~PID*F*08***text~SDQ*EA*92*01*5*02*5~CTT*1~AMT*TT*5~"},
        {"856", "BSN*00*N1*20250602*1403~HL*1**S~TD5*B*2*UPSN~HL*2*1*O~PRF*4711~HL*3*2*P~MAN*GM*003456780000000014~HL*"
                "4*3*I~LIN**UP*012345678905~SN1**12*EA~HL*5*2*P~HL*6*5*I~SN1**1*EA~CTT*6~"},
        {"810", "BIG*20250602*INV1**4711~N1*ST*X~IT1*1*10*EA*12.50**PO*4711*UP*012345678905~SAC*A*C310***1250*******02~"
                "TXI*ST*9.28~TDS*14178~CTT*1~"}};
    std::mt19937 random(3);
    for (auto const& [set, body] : bodies)
        for (int round = 0; round < 1500; ++round) {
            auto text = body;
            for (unsigned i = 0; i < 1 + random() % 4; ++i) {
                auto const at = random() % text.size();
                switch (random() % 5) {
                case 0:
                    text.erase(at, 1 + random() % 5);
                    break;
                case 1:
                    text.insert(at, std::string(1, "*~>^ \"\\x1S"[random() % 10]));
                    break;
                case 2: { // a segment twice, or elsewhere
                    auto const begin = text.rfind('~', at) == text.npos ? 0 : text.rfind('~', at) + 1;
                    auto const end = std::min(text.find('~', begin), text.size() - 1) + 1;
                    auto const segment = text.substr(begin, end - begin);
                    text.insert(random() % 2 == 0 ? begin : 0, segment);
                    break;
                }
                case 3:
                    text[at] = static_cast<char>(random() % 256);
                    break;
                default:
                    text.insert(at, std::string(random() % 80, '*'));
                }
                if (text.empty()) text = "~";
            }
            if (text.back() != '~') text += '~';
            auto const whole = wharf::test::interchange(functional_id(set), {wharf::test::set(set, text)});
            for (auto const& reading : read_all(whole, "t", [&, &set = set](auto const& schema) {
                     return schema->set().id == set ? shipped_translator(set) : nullptr;
                 })) {
                EXPECT_LE(reading.outcome.extended, reading.outcome.elements) << text;
                if (!reading.outcome.ok()) {
                    EXPECT_EQ(reading.json, "");
                    continue;
                }
                auto const document = reading.value();
                auto const faults = document::check(document);
                EXPECT_FALSE(has_errors(faults)) << texts(faults) << text;
                (void)shipped_translator(set)->write(document, {});
            }
        }
}

} // namespace
} // namespace wharf::translator
