// The shipped maps over the sample folder: nothing lost, few extensions, and the laws of map-language §10.
#include "translator_fixture.hpp"

#include "base/file.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>
#include <sstream>

namespace wharf::translator {
namespace {

using namespace test;

std::filesystem::path folder() {
    auto const* variable = std::getenv("WHARF_SAMPLES");
    return variable != nullptr ? variable : WHARF_SOURCE_DIR "/../shared/samples";
}

struct Sample {
    std::string name, text;
    bool judged_valid = false;
};

std::vector<Sample> samples() {
    std::vector<Sample> found;
    auto const manifest = read_file(folder() / "manifest.csv", 1 << 20);
    if (!manifest) return found;
    std::istringstream lines(*manifest);
    for (std::string line; std::getline(lines, line);) {
        auto const name = line.substr(0, line.find(','));
        auto const text = read_file(folder() / name, 1 << 26);
        if (text && !name.empty())
            found.push_back(
                {name, *text, line.find(",valid,") != std::string::npos || line.find(",valid (") != std::string::npos});
    }
    return found;
}

/// Without provenance, and without the totals that are counted anew on writing.
std::string comparable(json::Value document) {
    document = business(std::move(document));
    if (auto* const totals = document.find("totals"))
        std::erase_if(totals->members(),
                      [](auto const& member) { return member.first == "line_count" || member.first == "hl_count"; });
    return json::to_pretty_text(document);
}

std::shared_ptr<Translator const> translator_for(std::shared_ptr<grammar::Schema const> const& schema) {
    static auto const translators = *Translators::open();
    if (translators->for_set(schema->set().id).empty()) return nullptr;
    return shipped_translator(schema->set().id, schema->dictionary().release());
}

TEST(ShippedMaps, compile_in_their_release) {
    for (auto const& info : (*Translators::open())->list())
        for (auto const* release : {"004010", "004030", "005010"})
            if (schemas().get(release, info.set) != nullptr) {
                EXPECT_NE(shipped_translator(info.set, release), nullptr) << info.set << " in " << release;
            }
}

TEST(ShippedMaps, samples_translate_and_come_back) {
    auto const files = samples();
    if (files.empty()) GTEST_SKIP() << "no sample files";
    unsigned sets = 0, translated = 0, stable = 0, exact = 0;
    std::uint64_t elements = 0, extended = 0;
    for (auto const& sample : files) {
        for (auto const& reading : read_all(sample.text, sample.name, translator_for)) {
            bool const expected = sample.judged_valid && !has_errors(reading.validation);
            sets += expected;
            if (!reading.outcome.ok()) {
                if (expected) std::cout << sample.name << " not translated: " << texts(reading.outcome.diagnostics);
                EXPECT_TRUE(reading.json.empty());
                continue;
            }
            auto const document = reading.value();
            auto const faults = document::check(document);
            EXPECT_TRUE(!expected || !has_errors(faults)) << sample.name << ": " << texts(faults);
            if (!expected) continue;
            ++translated;
            elements += reading.outcome.elements;
            extended += reading.outcome.extended;
            if (reading.outcome.extended * 20 > reading.outcome.elements)
                std::cout << sample.name << ": " << reading.outcome.extended << " of " << reading.outcome.elements
                          << " in extensions\n";
            // law 4: what is read, written and read again is the same document
            auto const set = document.find("source")->string("set");
            auto const translator = shipped_translator(std::string(set), [&] {
                auto const version = std::string(document.find("source")->string("version"));
                return (*grammar::Grammars::open())->match_release(version).release;
            }());
            auto const written = translator->write(document, {});
            if (!written.ok()) {
                std::cout << sample.name << " not written: " << texts(written.diagnostics);
                continue;
            }
            auto const again =
                read_body(set, to_text(written.body), translator, translator->schema().dictionary().release());
            if (!again.outcome.ok()) {
                ADD_FAILURE() << sample.name << ": " << texts(again.outcome.diagnostics) << to_text(written.body);
                continue;
            }
            auto const first = comparable(document);
            auto const second = comparable(again.value());
            bool const same = first == second;
            stable += same;
            if (!same) {
                std::istringstream a(first), b(second);
                std::string one, two;
                while (std::getline(a, one) && std::getline(b, two) && one == two) {
                }
                std::cout << sample.name << " differs: " << one << " / " << two << "\n";
            }
            exact += to_text(translator->write(again.value(), {}).body) == to_text(written.body);
        }
    }
    std::cout << sets << " valid sets, " << translated << " translated, " << stable << " stable, " << exact
              << " with a normal form that stays; " << elements << " elements, " << extended << " in extensions\n";
    EXPECT_GE(translated * 100, sets * 95);
    EXPECT_EQ(stable, translated);
    EXPECT_EQ(exact, translated);
    EXPECT_LE(extended * 100, elements * 3);
}

} // namespace
} // namespace wharf::translator
