// Guides read whole: the shipped examples, and what they become.
#include "diagnostic/render.hpp"
#include "grammar/guide.hpp"

#include <gtest/gtest.h>

namespace wharf::grammar {
namespace {

Grammars const& grammars() {
    static auto const opened = *Grammars::open();
    return *opened;
}

TEST(Guide, shipped_examples_load) {
    auto const guide = load_guide(WHARF_SOURCE_DIR "/guides/harbour-850.guide", grammars());
    ASSERT_TRUE(guide) << render_text(guide.error());
    EXPECT_EQ((*guide)->name(), "harbour-850");
    auto const text = (*guide)->effective_text();
    auto const again = read_guide(text, "again", {}, grammars());
    ASSERT_TRUE(again) << render_text(again.error()) << text;
    EXPECT_EQ((*again)->set_id(), "850");
}

} // namespace
} // namespace wharf::grammar
