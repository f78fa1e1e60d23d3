#include "base/id.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>
#include <set>

namespace wharf {
namespace {

using std::chrono::milliseconds;

TEST(Id, SortsByTime) {
    EXPECT_EQ(new_id(Timestamp(milliseconds(0))).substr(0, 10), "0000000000");
    EXPECT_EQ(new_id(Timestamp(milliseconds(33))).substr(0, 10), "0000000011");
    EXPECT_EQ(new_id(Timestamp(milliseconds(1748872987250))).substr(0, 10), "01JWRF80KJ");
    EXPECT_LT(new_id(Timestamp(milliseconds(1000))), new_id(Timestamp(milliseconds(1001))));
}

TEST(Id, IsSafeAndNeverRepeats) {
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) {
        auto const id = new_id(Timestamp(milliseconds(1)));
        ASSERT_EQ(id.size(), 26u);
        ASSERT_EQ(id.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), std::string::npos) << id;
        ASSERT_TRUE(seen.insert(id).second) << id;
    }
}

TEST(Error, SaysAtBirthWhetherTryingAgainHelps) {
    Result<int> const busy = temporary("the server is busy");
    EXPECT_TRUE(busy.error().is_temporary());
    Result<int> const refused = permanent("wrong key");
    EXPECT_FALSE(refused.error().is_temporary());
    Result<int> const passed_on = unexpected(refused.error());
    EXPECT_EQ(passed_on.error().message, "wrong key");
    EXPECT_EQ(passed_on.error().kind, ErrorKind::permanent);
}

} // namespace
} // namespace wharf
