// Schedules and calendars as files, and what is said about mistakes in them.
#include "partner/schedule/schedule.hpp"
#include "unit/partner/configuration_fixture.hpp"

#include <gmock/gmock.h>

namespace wharf::partner {
namespace {

using testing::HasSubstr;

class ScheduleLoading : public ConfigurationTest {
protected:
    void schedule(std::string const& text) { spoil_box("senders: [acme]", "schedule:\n" + text + "senders: [acme]"); }
    static Timestamp at(int month, int day, int hour) {
        using namespace std::chrono;
        return Timestamp(sys_days(year(2026) / month / day)) + hours(hour);
    }
};

TEST_F(ScheduleLoading, AChannelWithoutOneHasNoTimetable) {
    auto const loaded = load();
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->channels.front().timetable, nullptr);
}

TEST_F(ScheduleLoading, CalendarsAreShared) {
    write("calendars/germany.yaml", "holidays:\n  - 12-25 Christmas Day\n  - easter+1\nworking_days: [2026-12-19]\n");
    write("calendars/acme-closed.yaml", "holidays: [2026-08-03..2026-08-14 works holidays]\n");
    schedule("  cron: \"0 6 * * working_days\"\n  time_zone: Europe/Berlin\n  windows: [\"daily 05:00-23:00\"]\n  calendars: [germany, acme-closed]\n");
    auto const loaded = load();
    ASSERT_TRUE(loaded) << findings();
    auto const& timetable = *loaded->channels.front().timetable;
    EXPECT_TRUE(timetable.has_cron());
    EXPECT_EQ(timetable.next(at(7, 31, 12)), at(8, 17, 4)) << "06:00 CEST, after the works holidays";
    EXPECT_EQ(timetable.next(at(12, 18, 12)), at(12, 19, 5)) << "a Saturday that is worked";
}

TEST_F(ScheduleLoading, MistakesAreSaidWhereTheyStand) {
    schedule("  cron: \"0 25 * * *\"\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0007 channels/box.yaml:8:9 schedule.cron is '0 25 * * *': the hour '25' is none: 0-23 or * was expected"));
    schedule("  cron: \"0 5 * * *\"\n  time_zone: Europe/Munich\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0007 channels/box.yaml:9:14 schedule.time_zone is 'Europe/Munich': there is no time zone of this name"));
    schedule("  windows: [mon-fri 06:00-22:00, mon-fry]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0007 channels/box.yaml:8:34 schedule.windows[1] is 'mon-fry': 'mon-fry' is no day"));
    schedule("  windows: [mon-fri 06:00-22:00]\n  calendars: [germany]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0050 channels/box.yaml:9:15 there is no calendar 'germany' | there is no calendar yet"));
    write("calendars/germany.yaml", "holidays: [12-25, 31-12]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0007 calendars/germany.yaml:1:19 holidays[1] is '31-12': a day is written 2026-12-24"));
}

TEST_F(ScheduleLoading, WhatNeverComesIsAnError) {
    schedule("  cron: \"0 0 31 2 *\"\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0051 channels/box.yaml:8:9 '0 0 31 2 *' never comes: no day of the next forty years"));
    schedule("  cron: \"0 3 * * *\"\n  windows: [\"06:00-22:00\"]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0051 channels/box.yaml:8:9 '0 3 * * *' never comes while a window is open"));
    write("calendars/empty.yaml", "working_week: mon-fri\n");
    schedule("  windows: [holidays]\n  calendars: [empty]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0051 channels/box.yaml:8:12 no window ever opens"));
}

TEST_F(ScheduleLoading, WhatMeansNothingIsAnError) {
    schedule("  cron: \"@hourly\"\npoll_interval: 5m\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/box.yaml:9:16 schedule.cron says when the channel is looked at"));
    auto sending = box;
    sending.erase(sending.find("  inbox: in\n"), 12);
    write("channels/box.yaml", sending + "schedule: {cron: \"@hourly\"}\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/box.yaml:7:18 nothing is picked up on this channel"));
    schedule("  uploads: any_time\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/box.yaml:8:12 there are no windows"));
    schedule("  time_zone: Europe/Berlin\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/box.yaml:8:14 there is neither cron nor windows"));
    schedule("  windows: [working_days 06:00-22:00]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0006 channels/box.yaml:8:3 working_days and holidays are those of a calendar"));
    write("calendars/germany.yaml", "holidays: [12-25]\n");
    schedule("  cron: \"*/5 * * * *\"\n  calendars: [germany]\n");
    EXPECT_THAT(findings(), HasSubstr("PARTNER-0021 channels/box.yaml:9:14 neither cron nor a window names weekdays"));
}

TEST_F(ScheduleLoading, AnIntervalOfTheGatewayIsNoContradiction) {
    spoil_gateway("identities:", "poll_interval: 1m\nidentities:");
    schedule("  cron: \"@hourly\"\n");
    EXPECT_EQ(findings(), "");
}

} // namespace
} // namespace wharf::partner
