// Laws of `wharf diff`, over sets of every kind and release: a file is itself, separators mean nothing, and one damage is found.
#include "linter/difference.hpp"
#include "support/all_sets.hpp"
#include "support/document_mutation.hpp"
#include "support/real_sets.hpp"
#include "support/x12_text.hpp"

#include <gtest/gtest.h>

namespace wharf::linter {
namespace {

std::string in_envelope(test::Document const& document) {
    auto const& set = document.schema->set();
    return test::interchange(set.group, {test::joined(document)}, set.release);
}

DifferenceResult compared(std::string const& left, std::string const& right) {
    DifferenceOptions options;
    options.envelope = true;
    options.exact = true;
    auto result = difference(byte_source_of(left), "a", byte_source_of(right), "b", test::schemas(), options);
    EXPECT_TRUE(result);
    return result ? *std::move(result) : DifferenceResult();
}

std::string paths(DifferenceResult const& result) {
    std::string text;
    for (auto const& one : result.differences)
        text += one.path + "\n";
    return text;
}

/// The same meaning with other separators; values that hold one of the new ones cannot be said so.
std::string with_other_separators(std::string text) {
    for (auto const& [from, to] : {std::pair{'*', '\x1d'}, std::pair{'>', '\x1f'}, std::pair{'~', '\x1e'}})
        std::ranges::replace(text, from, to);
    for (auto at = text.find('\x1e'); at != std::string::npos; at = text.find('\x1e', at + 3))
        text.insert(at + 1, "\r\n");
    return text;
}

TEST(Differences, every_set_is_itself_whatever_separates_it) {
    test::DocumentGenerator generator(8);
    for (auto const& schema : test::all_sets()) {
        auto const text = in_envelope(generator.draw(schema, 50));
        auto const itself = compared(text, text);
        EXPECT_TRUE(itself.equal()) << schema->set().id << " of " << schema->set().release << "\n" << paths(itself);
        EXPECT_EQ(itself.matched_sets, 1u);
        auto const other = compared(text, with_other_separators(text));
        EXPECT_TRUE(other.equal()) << schema->set().id << " of " << schema->set().release << "\n" << paths(other) << text;
    }
}

TEST(Differences, what_is_damaged_differs_from_what_was_drawn) {
    test::DocumentGenerator generator(9);
    std::size_t index = 0, found = 0;
    for (auto const& schema : test::all_sets()) {
        if (++index % (test::is_long_run() ? 1 : 5) != 0)
            continue;
        auto const clean = generator.draw(schema, 40);
        auto const before = in_envelope(clean);
        for (auto const fault : {test::StructuralFault::segment_deleted, test::StructuralFault::unknown_segment_inserted}) {
            auto const damaged = test::damage(clean, fault, generator);
            if (!damaged)
                continue;
            auto const there = compared(before, in_envelope(damaged->document));
            auto const back = compared(in_envelope(damaged->document), before);
            EXPECT_FALSE(there.equal()) << schema->set().id;
            EXPECT_FALSE(back.equal()) << schema->set().id;
            ++found;
        }
    }
    EXPECT_GT(found, 100u);
}

TEST(Differences, real_sets_are_themselves) {
    auto const documents = test::real_sets();
    if (documents.empty())
        GTEST_SKIP() << "no sample files";
    for (auto const& document : documents) {
        if (document.delimiters.element != '*' || document.delimiters.segment != '~')
            continue;
        auto const result = compared(in_envelope(document), in_envelope(document));
        EXPECT_TRUE(result.equal()) << paths(result);
    }
}

} // namespace
} // namespace wharf::linter
