// The store's choreography, with a clock that moves when told.
#include "support/gateway_bench.hpp"

#include "document/schema.hpp"
#include "grammar/interchange.hpp"
#include "syntax/json/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wharf::gateway {
namespace {

using namespace std::chrono_literals;
using store::Direction;
using store::MessageState;
using test::Bench;

std::string invoice_file() { return test::interchange("IN", {test::set("810", test::small_810)}); }

std::string acknowledgment(std::string_view body, std::string_view group) {
    return test::interchange("FA", {test::set("997", body)}, "004010", group);
}

TEST(Worker, AnInvoiceIsDeliveredAndAcknowledged) {
    Bench bench;
    bench.inbox()["a.edi"] = invoice_file();
    EXPECT_EQ(bench.poll().taken, 1U);
    EXPECT_TRUE(bench.inbox().empty());
    ASSERT_EQ(bench.requests.size(), 1U);
    auto const& request = bench.requests[0];
    auto const inbound = bench.messages(Direction::inbound);
    ASSERT_EQ(inbound.size(), 1U);
    auto const view = bench.view(inbound[0].id);
    ASSERT_EQ(view.documents.size(), 1U);
    EXPECT_EQ(request.idempotency_key, view.documents[0].document.id);
    EXPECT_EQ(request.correlation_id, inbound[0].id);
    EXPECT_EQ(request.partner, "acme");
    EXPECT_FALSE(request.test);
    EXPECT_NE(request.body.find("\"INV1\""), std::string::npos);
    auto const body = json::parse(request.body);
    ASSERT_TRUE(body);
    EXPECT_TRUE(document::check(*body).empty()) << "what a target gets passes its schema, provenance included: " << request.body;
    ASSERT_EQ(bench.outbox().size(), 1U);
    EXPECT_NE(bench.outbox().begin()->second.find("AK9*A*1*1*1~"), std::string::npos);
    EXPECT_EQ(bench.messages(Direction::outbound)[0].state, MessageState::sent);
    EXPECT_EQ(bench.work(), 0U) << "nothing is left to do";
}

TEST(Worker, OurAcknowledgmentPassesOurOwnValidation) {
    Bench bench;
    auto text = test::interchange(
        "IN", {test::set("810", test::small_810), test::set("810", "BIG*20251302*X~IT1*1*A*EA*1~TDS*1~", "0002")});
    bench.inbox()["a.edi"] = text;
    bench.poll();
    ASSERT_EQ(bench.outbox().size(), 1U);
    grammar::InterchangeReader reader(bench.outbox().begin()->second, "997", bench.knowledge->schemas());
    unsigned sets = 0;
    while (reader.next()) {
        for (auto const& finding : reader.item().findings)
            ADD_FAILURE() << finding.code << ' ' << finding.message;
        sets += reader.item().kind == grammar::ItemKind::transaction_set ? 1 : 0;
    }
    EXPECT_EQ(sets, 1U);
}

TEST(Worker, RetriesWaitAndGiveUp) {
    Bench bench;
    auto const busy = delivery::Outcome{delivery::OutcomeKind::temporary_failure, 503, "busy", "", 0s};
    bench.outcomes = {busy, busy, busy};
    bench.inbox()["a.edi"] = invoice_file();
    bench.poll();
    EXPECT_EQ(bench.requests.size(), 1U);
    bench.work();
    EXPECT_EQ(bench.requests.size(), 1U) << "not before its time";
    bench.clock.advance(10s);
    bench.work();
    EXPECT_EQ(bench.requests.size(), 2U);
    bench.clock.advance(60s);
    bench.work();
    EXPECT_EQ(bench.requests.size(), 3U);
    EXPECT_EQ(bench.requests[0].idempotency_key, bench.requests[2].idempotency_key);
    auto letters = dead_letters(*bench.store, 10);
    ASSERT_TRUE(letters);
    ASSERT_EQ(letters->deliveries.size(), 1U);
    EXPECT_EQ(letters->deliveries[0].attempts, 3U);
    bench.clock.advance(24h);
    EXPECT_EQ(bench.work(), 0U);

    ASSERT_TRUE(retry(*bench.context, letters->deliveries[0].id));
    bench.work();
    EXPECT_EQ(bench.requests.size(), 4U);
    letters = dead_letters(*bench.store, 10);
    EXPECT_TRUE(letters && letters->empty());
}

TEST(Worker, DeadLettersAreNamedByTheirNumbersToo) {
    Bench bench;
    auto const never = delivery::Outcome{delivery::OutcomeKind::permanent_failure, 422, "no", "", 0s};
    bench.outcomes = {never, never};
    bench.inbox()["a.edi"] = invoice_file();
    bench.poll();
    ASSERT_EQ(dead_letters(*bench.store, 10)->deliveries.size(), 1U);
    for (auto const* const number : {"INV1", "901"}) { // the invoice's, and the interchange's
        auto const done = retry(*bench.context, number);
        ASSERT_TRUE(done) << number << ": " << done.error().message;
        EXPECT_NE(done->find("will be tried again"), std::string::npos) << *done;
        bench.work();
    }
    EXPECT_EQ(bench.requests.size(), 3U);
    EXPECT_FALSE(retry(*bench.context, "INV1")) << "it has been delivered";
    EXPECT_NE(retry(*bench.context, "INV1").error().message.find("holds no dead letter"), std::string::npos);
    EXPECT_NE(discard(*bench.context, "INV2").error().message.find("no message has the id"), std::string::npos);
}

TEST(Worker, OverdueAfterFourHoursThenLate) { // scenario 2 e
    Bench bench;
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    bench.work();
    auto const id = bench.messages(Direction::outbound)[0].id;
    bench.clock.advance(3h + 59min);
    bench.work();
    EXPECT_EQ(bench.view(id).message.state, MessageState::sent);
    bench.clock.advance(1min);
    bench.work();
    EXPECT_EQ(bench.view(id).message.state, MessageState::overdue);
    EXPECT_TRUE(bench.has_event(id, "ACKNOWLEDGMENT_OVERDUE"));
    bench.inbox()["997.edi"] = acknowledgment("AK1*PO*1~AK9*A*1*1*1~", "9");
    bench.poll();
    auto const view = bench.view(id);
    EXPECT_EQ(view.message.state, MessageState::accepted);
    EXPECT_TRUE(view.message.acknowledged_late);
    EXPECT_EQ(bench.outbox().size(), 1U) << "no acknowledgment of an acknowledgment";
}

TEST(Worker, AnsweredInTimeIsNeverOverdue) {
    Bench bench;
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    bench.work();
    bench.inbox()["997.edi"] = acknowledgment("AK1*PO*0001~AK9*A*1*1*1~", "9");
    bench.poll();
    bench.clock.advance(24h);
    EXPECT_EQ(bench.work(), 0U) << "the deadline's job went with the answer";
    EXPECT_EQ(bench.messages(Direction::outbound)[0].state, MessageState::accepted);
}

TEST(Worker, ARefusedDocumentUsesNoNumber) {
    Bench bench;
    EXPECT_EQ(bench.order(std::string(40, 'A')).fate, SubmissionFate::refused);
    EXPECT_EQ(bench.order("A*B").fate, SubmissionFate::refused) << "a separator in the data";
    EXPECT_TRUE(bench.messages(Direction::outbound).empty());
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    EXPECT_EQ(bench.messages(Direction::outbound)[0].interchange_control_number, "000000001");
}

TEST(Worker, NumbersBeginWhereThePartnersOldSystemEnded) {
    auto configuration = test::one_partner();
    configuration.partners.front().control_numbers.first.number = 481'502;
    Bench bench(configuration);
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    ASSERT_EQ(bench.order("PO-2").fate, SubmissionFate::accepted);
    bench.inbox()["a.edi"] = invoice_file();
    bench.poll(); // its 997 counts on
    std::vector<std::string> interchanges, groups;
    for (auto const& message : bench.messages(Direction::outbound)) {
        interchanges.push_back(message.interchange_control_number);
        groups.push_back(message.group_control_number);
    }
    EXPECT_THAT(interchanges, testing::UnorderedElementsAre("000481502", "000481503", "000481504"));
    EXPECT_THAT(groups, testing::UnorderedElementsAre("481502", "481503", "481504"));
}

TEST(Worker, ALoweredFirstNumberDoesNotTakeTheCountOfFilesBack) {
    auto configuration = test::one_partner();
    auto& out = configuration.partners.front().documents.front();
    out.format = partner::DocumentFormat::csv;
    out.file_name = "{sequence}.csv";
    Bench bench(configuration);
    std::vector<std::string> names;
    for (std::uint32_t const first : {1u, 1u, 1'500'000u, 1'500'000u, 1u, 1u}) {
        bench.configuration.partners.front().control_numbers.first.number = first;
        auto const done = bench.order(fmt::format("PO-{}", names.size()));
        ASSERT_EQ(done.fate, SubmissionFate::accepted) << done.answer;
        auto const answer = json::parse(done.answer);
        ASSERT_TRUE(answer);
        names.emplace_back(answer->string("file_name"));
    }
    EXPECT_THAT(names, testing::ElementsAre("000001.csv", "000002.csv", "1500000.csv", "1500001.csv", "1500002.csv", "1500003.csv"));
}

TEST(Worker, AKeyAnswersOnce) {
    Bench bench;
    auto const first = bench.order("PO-1", "k");
    auto const again = bench.order("PO-1", "k");
    EXPECT_EQ(first.fate, SubmissionFate::accepted);
    EXPECT_EQ(again.fate, SubmissionFate::repeated);
    EXPECT_EQ(first.answer, again.answer);
    EXPECT_EQ(bench.order("PO-2", "k").fate, SubmissionFate::conflict);
    EXPECT_EQ(bench.messages(Direction::outbound).size(), 1U);
}

TEST(Worker, AFileThatCouldNotBeRemovedIsNotTakenTwice) {
    Bench bench;
    bench.inbox()["a.edi"] = invoice_file();
    auto const saved = bench.inbox();
    bench.poll();
    bench.inbox() = saved; // as after a kill between the commit and the removal: but its job has ended
    auto const report = bench.poll();
    EXPECT_EQ(report.taken, 1U);
    EXPECT_EQ(bench.requests.size(), 1U) << "the same bytes are a duplicate";
    EXPECT_EQ(bench.messages(Direction::inbound)[0].state, MessageState::duplicate);
}

TEST(Worker, ADuplicateGetsTheStoredAnswer) {
    Bench bench;
    bench.inbox()["a.edi"] = invoice_file();
    bench.poll();
    auto const answer = bench.outbox();
    bench.outbox().clear(); // the partner has taken, and lost, it
    bench.inbox()["b.edi"] = invoice_file();
    bench.poll();
    EXPECT_EQ(bench.outbox(), answer) << "the same bytes under the same number";
    EXPECT_EQ(bench.messages(Direction::outbound).size(), 1U);
}

TEST(Worker, UnreachableChannelsAreReportedAndRetried) {
    Bench bench;
    bench.inbox()["a.edi"] = invoice_file();
    bench.mailbox->trouble = Error{ErrorKind::temporary, "connection refused"};
    EXPECT_EQ(bench.poll().trouble, "connection refused");
    bench.mailbox->trouble.reset();
    EXPECT_EQ(bench.poll().taken, 1U);
}

TEST(Worker, FilesThatStayOnTheirChannelAreTakenOnce) {
    auto configuration = test::one_partner();
    configuration.channels.front().pickup.leave = true;
    configuration.channels.front().pickup.most_per_poll = 1;
    Bench bench(configuration);
    for (auto const* const name : {"a.edi", "b.edi"})
        bench.inbox()[name] = invoice_file();
    EXPECT_EQ(bench.poll().taken, 1U);
    bench.inbox()["a.edi"] = invoice_file(); // the bench's channel removes, others do not
    EXPECT_EQ(bench.poll().taken, 1U) << "the second one: what is known does not count";
    bench.inbox()["a.edi"] = bench.inbox()["b.edi"] = invoice_file();
    EXPECT_EQ(bench.poll().taken, 0U);
    bench.inbox()["a.edi"] += "\n"; // another file by now
    EXPECT_EQ(bench.poll().taken, 1U);
}

TEST(Worker, TestAndProductionNumbersDoNotMeetInTheOutbox) {
    auto configuration = test::one_partner();
    Bench bench(configuration);
    auto in_test = invoice_file();
    in_test.replace(in_test.find("*0*P*"), 5, "*0*T*");
    bench.inbox()["a.edi"] = invoice_file();
    bench.inbox()["b.edi"] = in_test;
    bench.poll();
    EXPECT_EQ(bench.outbox().size(), 2U);
    EXPECT_EQ(bench.requests.size(), 1U) << "nobody takes test invoices";
}

TEST(Worker, ATa1ThatRefusesOurInterchange) {
    Bench bench;
    ASSERT_EQ(bench.order("PO-1").fate, SubmissionFate::accepted);
    bench.work();
    bench.inbox()["ta1.edi"] = test::isa() + "TA1*000000001*250602*1403*R*023~IEA*0*000000901~";
    bench.poll();
    EXPECT_EQ(bench.messages(Direction::outbound)[0].state, MessageState::refused);
    EXPECT_EQ(bench.outbox().size(), 1U);
}

TEST(Worker, AnOrderTo2SetsInOneGroup) {
    Bench bench;
    auto const result = submit(*bench.context, {"acme", "[" + Bench::purchase_order("PO-1") + "," + Bench::purchase_order("PO-2") + "]", ""});
    ASSERT_EQ(result.fate, SubmissionFate::accepted) << (result.diagnostics.empty() ? "" : result.diagnostics[0].message);
    bench.work();
    ASSERT_EQ(bench.outbox().size(), 1U);
    auto const& text = bench.outbox().begin()->second;
    EXPECT_NE(text.find("ST*850*0002~"), std::string::npos);
    EXPECT_NE(text.find("GE*2*1~"), std::string::npos);
    bench.inbox()["997.edi"] = acknowledgment("AK1*PO*1~AK2*850*0002~AK5*R*5~AK9*P*2*2*1~", "9");
    bench.poll();
    EXPECT_EQ(bench.messages(Direction::outbound)[0].state, MessageState::partially_accepted);
}

TEST(Worker, TheLogHoldsNoPayload) {
    Bench bench;
    bench.inbox()["a.edi"] = invoice_file();
    bench.poll();
    ASSERT_FALSE(bench.lines.empty());
    for (auto const& line : bench.lines) {
        EXPECT_EQ(line.find("012345678905"), std::string::npos) << line;
        EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    }
}

TEST(Worker, MillionsOfTinySetsAreADeadLetter) {
    Bench bench;
    std::string text = test::isa() + "GS*IN*SENDER*RECEIVER*20250602*1403*77*X*004010~";
    for (int i = 0; i < 100'001; ++i)
        text += "ST*810*0001~SE*2*0001~";
    bench.inbox()["a.edi"] = text + "GE*100001*77~IEA*1*000000901~";
    bench.inbox()["b.edi"] = test::interchange("IN", {test::set("810", test::small_810)});
    bench.poll();
    auto const letters = dead_letters(*bench.store, 10);
    ASSERT_TRUE(letters);
    ASSERT_EQ(letters->messages.size(), 1U);
    EXPECT_TRUE(letters->messages[0].reason.starts_with("GATEWAY-0007")) << letters->messages[0].reason;
    EXPECT_EQ(bench.requests.size(), 1U);
}

TEST(Worker, FaultsOfAFileAreKeptUpToALimit) {
    Bench bench;
    std::string body = "BIG*20250602*INV1~";
    for (int i = 0; i < 1'000; ++i)
        body += "IT1*1*A*EA*B~";
    std::vector<std::string> sets;
    for (int i = 0; i < 200; ++i)
        sets.push_back(test::set("810", body + "TDS*1~", std::to_string(1000 + i)));
    bench.inbox()["a.edi"] = test::interchange("IN", sets);
    bench.poll();
    ASSERT_EQ(bench.outbox().size(), 1U);
    EXPECT_NE(bench.outbox().begin()->second.find("AK9*R*200*200*0~"), std::string::npos);
    auto const view = bench.view(bench.messages(Direction::inbound)[0].id);
    ASSERT_EQ(view.documents.size(), 200U);
    for (auto const& entry : view.documents)
        EXPECT_EQ(entry.document.state, store::DocumentState::rejected);
    EXPECT_LT(view.documents.back().document.diagnostics.size(), 2'000U);
}

TEST(Log, HostileNamesStayOnOneLine) { EXPECT_EQ(for_log("a\nb\"c"), "\"a\\nb\\\"c\""); }

/// A target that makes each caller wait before it fails.
std::function<delivery::Outcome(delivery::TargetSettings const&, delivery::DeliveryRequest const&)>
slow_failure(Bench& bench, std::chrono::seconds wait) {
    return [&bench, wait](delivery::TargetSettings const&, delivery::DeliveryRequest const& request) {
        bench.requests.push_back(request);
        bench.clock.advance(wait);
        return delivery::Outcome{delivery::OutcomeKind::temporary_failure, 0, "no answer", "", 0s};
    };
}

TEST(Worker, OneRunTriesNothingTwice) {
    Bench bench;
    bench.inbox()["a.edi"] = invoice_file();
    (void)take_in(*bench.context, bench.configuration.channels[0]);
    // The wait of the retry is over by the time the request fails.
    ASSERT_TRUE(run_until_idle(*bench.context, [&] { return slow_failure(bench, 90s); }, 1));
    EXPECT_EQ(bench.requests.size(), 1U);
    bench.clock.advance(5min);
    bench.work();
    EXPECT_EQ(bench.requests.size(), 2U) << "it was given back";
}

TEST(Worker, ATargetThatHangsIsLeftAlone) {
    Bench bench;
    for (auto const number : {"000000001", "000000002", "000000003"}) {
        auto text = invoice_file();
        for (auto at = text.find("000000901"); at != std::string::npos; at = text.find("000000901", at + 9))
            text.replace(at, 9, number);
        bench.inbox()[number] = text;
    }
    bench.configuration.partners[0].duplicates = {false, false, false};
    for (auto& document : bench.configuration.partners[0].documents)
        document.duplicates = {false, false, false};
    (void)take_in(*bench.context, bench.configuration.channels[0]);
    ASSERT_TRUE(run_until_idle(*bench.context, [&] { return slow_failure(bench, 30s); }, 1));
    EXPECT_EQ(bench.requests.size(), 1U) << "the others were not made to wait, and no attempt of theirs was counted";
    bench.clock.advance(10min);
    bench.work();
    EXPECT_EQ(bench.requests.size(), 4U) << "it answers again, and all of them go";
}

} // namespace
} // namespace wharf::gateway
