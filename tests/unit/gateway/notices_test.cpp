// Alarms about channels and certificates: how long they stand, and when they are raised again.
#include "gateway/notices.hpp"

#include "gateway/alarms.hpp"

#include <gmock/gmock.h>

namespace wharf::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NoticesTest : public ::testing::Test {
protected:
    void look(std::vector<std::string> const& texts) {
        std::vector<store::Event> alarms;
        for (auto const& text : texts)
            alarms.push_back({{}, "acme", "CERTIFICATE_EXPIRES", text});
        notices.standing("CERTIFICATE_", std::move(alarms));
        write();
    }
    void write() {
        clock.advance(std::chrono::hours(1));
        auto const written = notices.write(*store, clock.now());
        EXPECT_TRUE(written) << written.error().message;
    }
    unsigned settle(std::string_view word = {}) {
        clock.advance(std::chrono::hours(1));
        unsigned count = 0;
        EXPECT_TRUE(store->transact([&](store::Transaction& transaction) -> Result<void> {
            count = settle_by_hand(transaction, "acme", word, clock.now()).value();
            return {};
        }));
        return count;
    }
    std::vector<std::string> open(store::AlarmFilter const& filter = {}) {
        std::vector<std::string> texts;
        EXPECT_TRUE(store->read([&](store::Transaction& transaction) -> Result<void> {
            auto const found = transaction.alarms(filter).value();
            for (auto const& one : found)
                texts.push_back(one.text);
            return {};
        }));
        return texts;
    }

    ManualClock clock{Timestamp(std::chrono::milliseconds(1'748'873'000'000))};
    std::unique_ptr<store::Store> store = store::open_sqlite(":memory:").value();
    Notices notices;
};

TEST_F(NoticesTest, WhatStillStandsIsShownHoweverOldItIs) {
    look({"ends soon"});
    auto const of_seven_days = [&](bool with_settled) { return open({.since = clock.now() - std::chrono::days(7), .with_settled = with_settled}); };
    clock.advance(std::chrono::days(8));
    look({"ends soon"});
    EXPECT_THAT(of_seven_days(false), ElementsAre("ends soon"));
    EXPECT_THAT(of_seven_days(true), ElementsAre("ends soon"));
    look({});
    EXPECT_THAT(of_seven_days(true), IsEmpty()) << "settled, and old";
}

TEST_F(NoticesTest, WhatAPersonHasSettledIsRaisedAgainOnlyWithAnotherText) {
    look({"ends soon"});
    EXPECT_EQ(settle("HOST_KEY_REFUSED"), 0U);
    EXPECT_EQ(settle("CERTIFICATE_EXPIRES"), 1U);
    look({"ends soon"});
    EXPECT_THAT(open(), IsEmpty());
    look({"ends soon", "ends today"});
    EXPECT_THAT(open(), ElementsAre("ends today"));
    EXPECT_EQ(settle(), 1U);
    look({"ends soon", "ends today"});
    EXPECT_THAT(open(), IsEmpty());
}

TEST_F(NoticesTest, WhatWasOverAndComesAgainIsRaisedAgain) {
    look({"ends soon"});
    look({});
    EXPECT_THAT(open(), IsEmpty());
    look({"ends soon"});
    EXPECT_THAT(open(), ElementsAre("ends soon"));
}

TEST_F(NoticesTest, AnAlarmBehindItsEndIsANewOneAlsoWithinOneWrite) {
    notices.alarm("HOST_KEY_REFUSED", "acme", "another key");
    notices.over("HOST_KEY_REFUSED", "other");
    notices.alarm("HOST_KEY_REFUSED", "acme", "another key");
    notices.over("HOST_KEY_REFUSED", "acme");
    notices.alarm("HOST_KEY_REFUSED", "acme", "another key");
    write();
    EXPECT_THAT(open(), ElementsAre("another key"));
    EXPECT_THAT(open({.with_settled = true}), ElementsAre("another key", "another key"));

    notices.alarm("CERTIFICATE_EXPIRES", "acme", "ends soon");
    notices.standing("CERTIFICATE_", {});
    notices.alarm("CERTIFICATE_EXPIRES", "acme", "ends soon");
    write();
    EXPECT_THAT(open(), ElementsAre("ends soon", "another key"));
}

} // namespace
} // namespace wharf::gateway
