// `wharf show` leaves nothing out: every value of every set of every release, clean and damaged, occurs on the page.
#include "base/date.hpp"
#include "base/decimal.hpp"
#include "base/file.hpp"
#include "diagnostic/printable.hpp"
#include "support/all_sets.hpp"
#include "support/document_mutation.hpp"
#include "support/page.hpp"
#include "support/real_sets.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::linter {
namespace {

/// Without blanks, line ends and the lines of trees: what a page may break or put between the words of a value.
std::string squeezed(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const is_line = text.substr(i).starts_with("\xe2\x94"); // U+2500 …
        if (is_line)
            i += 2;
        else if (text[i] != ' ' && text[i] != '\n')
            out += text[i];
    }
    return out;
}

/// A value as the page may show it: as it stands, or as a date, a time, a number with its decimals.
std::vector<std::string> forms_of(std::string_view value) {
    std::vector<std::string> forms{printable(value)};
    if (is_date(value)) {
        constexpr std::string_view months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
        auto const iso = iso_date(value);
        forms.push_back(fmt::format("{} {} {}", std::stoi(iso.substr(8)), months[std::stoi(iso.substr(5, 2)) - 1], iso.substr(0, 4)));
    }
    if (is_time(value))
        forms.push_back(iso_time(value));
    for (unsigned scale = 1; scale <= 9; ++scale)
        if (auto const number = Decimal::implied(value, scale))
            forms.push_back(number->text());
    return forms;
}

/// In a table a cell may go on in the next line, behind its neighbours: then each word is looked for alone.
bool is_on(std::string const& squeezed_page, std::string_view form, bool is_table) {
    if (!is_table)
        return squeezed_page.find(squeezed(form)) != std::string::npos;
    auto const words = test::split(form, ' ');
    return std::ranges::all_of(words, [&](std::string_view word) { return squeezed_page.find(word) != std::string::npos; });
}

void expect_all_shown(test::Document const& document, std::string_view page, std::string_view what) {
    bool const is_table = what != "HTML";
    auto const shown = squeezed(page);
    for (auto const& segment : document.segments)
        for (auto const element : test::split(segment, document.delimiters.element))
            for (auto const repetition : test::split(element, document.delimiters.repetition == '\0' ? '\x01' : document.delimiters.repetition))
                for (auto const value : test::split(repetition, document.delimiters.component)) {
                    bool const is_id = value.data() == segment.data();
                    if (is_id)
                        continue;
                    auto const forms = forms_of(value);
                    bool const found = std::ranges::any_of(forms, [&](std::string const& form) { return is_on(shown, form, is_table); });
                    EXPECT_TRUE(found) << what << ": '" << value << "' of " << segment << " in a set " << document.schema->set().id << " of " << document.schema->set().release;
                }
}

std::string in_envelope(test::Document const& document) {
    auto const& set = document.schema->set();
    return test::interchange(set.group, {test::joined(document)}, set.release);
}

void expect_all_shown(test::Document const& document, bool narrow) {
    auto const text = in_envelope(document);
    expect_all_shown(document, test::page_as_text(text, narrow ? 40 : 100), narrow ? "text of 40 columns" : "text");
    expect_all_shown(document, test::text_of_html(test::page_as_html(text)), "HTML");
}

TEST(Shown, everything_of_every_set_is_on_the_page) {
    test::DocumentGenerator generator(5);
    auto const rounds = test::is_long_run() ? 20 : 1;
    for (int round = 0; round < rounds; ++round)
        for (auto const& schema : test::all_sets()) {
            auto document = generator.draw(schema, 60);
            document.delimiters.repetition = schema->set().release > "004010" ? '^' : '\0';
            expect_all_shown(document, round % 2 == 0);
        }
}

TEST(Shown, everything_of_broken_sets_too) {
    test::DocumentGenerator generator(6);
    std::size_t index = 0;
    for (auto const& schema : test::all_sets()) {
        if (++index % (test::is_long_run() ? 1 : 7) != 0)
            continue;
        auto clean = generator.draw(schema, 40);
        clean.delimiters.repetition = schema->set().release > "004010" ? '^' : '\0';
        for (auto const fault : test::all_structural_faults)
            if (auto const damaged = test::damage(clean, fault, generator))
                expect_all_shown(damaged->document, index % 2 == 0);
        expect_all_shown(test::damage_elements(clean, 4, generator), index % 2 == 0);
    }
}

TEST(Shown, everything_of_real_sets) {
    auto const documents = test::real_sets();
    if (documents.empty())
        GTEST_SKIP() << "no sample files";
    for (auto document : documents) {
        if (document.delimiters.element != '*' || document.delimiters.component != '>' || document.delimiters.segment != '~')
            continue; // their values may hold our separators
        document.delimiters.repetition = document.schema->set().release > "004010" ? '^' : '\0';
        expect_all_shown(document, true);
    }
}

TEST(Shown, lines_keep_to_the_width) {
    test::DocumentGenerator generator(7);
    for (auto const* const release : {"004010", "007040"})
        for (auto const* const set : {"850", "856", "810", "945", "820"}) {
            auto const document = generator.draw(test::schemas().get(release, set), 80);
            for (auto const width : {40u, 72u, 120u}) {
                auto const page = test::page_as_text(in_envelope(document), width);
                for (auto const line : test::split(page, '\n')) {
                    auto const columns = std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
                    auto const begin = line.find_first_not_of(" \xe2\x94\x80\x82\x9c"); // the lines of a tree
                    bool const is_one_word = begin == std::string_view::npos || line.find(' ', begin) == std::string_view::npos || columns <= static_cast<std::ptrdiff_t>(width);
                    EXPECT_TRUE(is_one_word) << width << ": " << line;
                }
            }
        }
}

} // namespace
} // namespace wharf::linter
