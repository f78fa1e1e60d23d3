#include "base/peeked_source.hpp"

#include "support/dripping_source.hpp"

#include <gtest/gtest.h>
#include <algorithm>

namespace wharf {
namespace {

class Broken final : public ByteSource {
public:
    Result<std::size_t> read(char*, std::size_t) override { return permanent("cannot read tape: it is torn"); }
};

TEST(PeekedSource, ReadsWhatWasLookedAtAgain) {
    std::string const text = "ISA*00*and the rest";
    for (std::size_t portion : {1u, 3u, 100u})
        for (std::size_t least : {0u, 1u, 7u, 19u, 200u}) {
            PeekedSource source(std::make_unique<test::DrippingSource>(text, portion));
            auto const head = source.peek(least);
            ASSERT_TRUE(head);
            EXPECT_TRUE(text.starts_with(*head));
            EXPECT_GE(head->size(), std::min(least, text.size()));
            EXPECT_EQ(read_all(source, 1000).value(), text) << portion << ' ' << least;
        }
}

TEST(PeekedSource, BeginsWithWhatWasReadBefore) {
    PeekedSource source(byte_source_of("two"), "one ");
    EXPECT_EQ(source.peek(2).value(), "one ");
    EXPECT_EQ(read_all(source, 1000).value(), "one two");
}

TEST(PeekedSource, SaysWhatTheMediumSays) {
    PeekedSource source(std::make_unique<Broken>());
    EXPECT_EQ(source.peek(1).error().message, "cannot read tape: it is torn");
    EXPECT_EQ(read_all(source, 1000).error().message, "cannot read tape: it is torn");
}

TEST(ReadAll, RefusesMoreThanTheLimit) {
    std::string const text(200'000, 'x');
    EXPECT_EQ(read_all(*byte_source_of(text), 200'000).value(), text);
    auto const refused = read_all(*byte_source_of(text), 199'999);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
}

} // namespace
} // namespace wharf
