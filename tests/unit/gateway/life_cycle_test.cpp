#include "gateway/life_cycle.hpp"

#include <gtest/gtest.h>

namespace wharf::gateway {
namespace {

using store::DocumentState;
using store::MessageState;
using namespace std::chrono_literals;

Timestamp const noon{std::chrono::milliseconds(1'750'000'000'000)};

store::Message earlier(std::string id, std::string sha256, MessageState state = MessageState::processed) {
    store::Message message;
    message.id = std::move(id);
    message.sha256 = std::move(sha256);
    message.state = state;
    return message;
}

TEST(JudgeInterchange, NothingEarlierIsFresh) {
    EXPECT_EQ(judge_interchange({}, "a", {}).fate, InterchangeFate::fresh);
}

TEST(JudgeInterchange, SameBytesAreADuplicate) {
    auto const judgement = judge_interchange({earlier("m1", "b"), earlier("m2", "a")}, "a", {});
    EXPECT_EQ(judgement.fate, InterchangeFate::duplicate);
    EXPECT_EQ(judgement.earlier, "m2");
}

TEST(JudgeInterchange, OtherBytesUnderTheNumberAreHeld) {
    EXPECT_EQ(judge_interchange({earlier("m1", "b")}, "a", {}).fate, InterchangeFate::number_reused);
}

TEST(JudgeInterchange, ARejectedInterchangeDoesNotUseUpItsNumber) {
    EXPECT_EQ(judge_interchange({earlier("m1", "b", MessageState::rejected)}, "a", {}).fate, InterchangeFate::fresh);
    EXPECT_EQ(judge_interchange({earlier("m1", "a", MessageState::rejected)}, "a", {}).fate, InterchangeFate::duplicate);
}

TEST(JudgeInterchange, ChecksCanBeOff) {
    partner::DuplicatePolicy policy;
    policy.check_interchange_numbers = false;
    EXPECT_EQ(judge_interchange({earlier("m1", "b")}, "a", policy).fate, InterchangeFate::fresh);
    EXPECT_EQ(judge_interchange({earlier("m1", "a")}, "a", policy).fate, InterchangeFate::duplicate);
    policy.check_content = false;
    EXPECT_EQ(judge_interchange({earlier("m1", "a")}, "a", policy).fate, InterchangeFate::fresh);
}

json::Value parsed(std::string_view text) {
    auto value = json::parse(text);
    EXPECT_TRUE(value) << (value ? "" : value.error().message);
    return value ? *value : json::Value();
}

TEST(BusinessKey, AnInvoiceIsItsNumber) {
    auto const one = parsed(R"({"document":"invoice","number":"INV1"})");
    EXPECT_EQ(business_key(one, "acme", false, "x"), business_key(one, "acme", false, "y"));
    EXPECT_NE(business_key(one, "acme", false, "x"), business_key(one, "acme", true, "x"));
    EXPECT_NE(business_key(one, "acme", false, "x"), business_key(one, "other", false, "x"));
    EXPECT_NE(business_key(one, "acme", false, "x"),
              business_key(parsed(R"({"document":"invoice","number":"INV1","type":"credit_memo"})"), "acme", false, "x"));
}

TEST(BusinessKey, AReplacementIsOnlyItsOwnRepetition) {
    auto const replaced = parsed(R"({"document":"ship_notice","number":"S1","purpose":"replace"})");
    EXPECT_NE(business_key(replaced, "acme", false, "x"), business_key(replaced, "acme", false, "y"));
    EXPECT_EQ(business_key(replaced, "acme", false, "x"), business_key(replaced, "acme", false, "x"));
}

TEST(BusinessKey, NumbersWithSeparatorsStayApart) {
    auto const key = [](std::string_view number, std::string_view release) {
        json::Value order{json::Object{}};
        order.set("document", "purchase_order");
        order.set("number", json::Value(number));
        order.set("release_number", json::Value(release));
        return business_key(order, "acme", false, "x");
    };
    EXPECT_NE(key("A|1:B", ""), key("A", "B"));
    EXPECT_NE(key("A", "1"), key("A1", ""));
}

TEST(Numbers, OrdersOfANoticeComeFromItsTree) {
    auto const numbers = numbers_of(parsed(
        R"({"document":"ship_notice","number":"S1","shipment":{"level":"shipment","children":[)"
        R"({"level":"order","order":{"number":"PO1"}},{"level":"order","order":{"number":"PO2"}},)"
        R"({"level":"order","order":{"number":"PO1"}}]}})"));
    EXPECT_EQ(numbers.number, "S1");
    EXPECT_EQ(numbers.order_number, "PO1");
    EXPECT_EQ(numbers.orders, (std::vector<std::string>{"PO1", "PO2"}));
}

TEST(Numbers, AnOrderIsItsOwnOrder) {
    auto const numbers = numbers_of(parsed(R"({"document":"purchase_order","number":"PO1"})"));
    EXPECT_EQ(numbers.order_number, "PO1");
}

TEST(DuplicateEvent, NamesTheKind) {
    EXPECT_EQ(duplicate_event("invoice"), "DUPLICATE_INVOICE");
    EXPECT_EQ(duplicate_event("ship_notice"), "DUPLICATE_SHIP_NOTICE");
}

// --- deliveries -----------------------------------------------------------------------------------------------------

store::Delivery attempted(unsigned attempts) {
    store::Delivery delivery;
    delivery.target = "erp";
    delivery.attempts = attempts;
    return delivery;
}

delivery::Outcome outcome(delivery::OutcomeKind kind, int status) {
    delivery::Outcome result;
    result.kind = kind;
    result.status = status;
    return result;
}

TEST(AfterAttempt, DeliveredEndsIt) {
    auto answer = outcome(delivery::OutcomeKind::delivered, 201);
    answer.target_reference = "SO-1";
    auto const step = after_attempt(attempted(1), answer, {}, noon, 0.5);
    EXPECT_EQ(step.delivery.state, store::DeliveryState::delivered);
    EXPECT_EQ(step.delivery.target_reference, "SO-1");
    EXPECT_FALSE(step.retry_at);
    EXPECT_EQ(step.note.type, "delivered");
}

TEST(AfterAttempt, TemporaryWaitsLongerEachTime) {
    partner::RetryPolicy const policy{1s, 60s, 5};
    auto const first = after_attempt(attempted(1), outcome(delivery::OutcomeKind::temporary_failure, 503), policy, noon, 0.5);
    auto const third = after_attempt(attempted(3), outcome(delivery::OutcomeKind::temporary_failure, 503), policy, noon, 0.5);
    ASSERT_TRUE(first.retry_at);
    ASSERT_TRUE(third.retry_at);
    EXPECT_GT(*first.retry_at, noon);
    EXPECT_GT(*third.retry_at, *first.retry_at);
    EXPECT_EQ(first.delivery.state, store::DeliveryState::waiting);
}

TEST(AfterAttempt, RetryAfterIsTheLeast) {
    auto busy = outcome(delivery::OutcomeKind::temporary_failure, 429);
    busy.retry_after = 600s;
    auto const step = after_attempt(attempted(1), busy, {1s, 60s, 5}, noon, 0.0);
    ASSERT_TRUE(step.retry_at);
    EXPECT_GE(*step.retry_at, noon + 600s);
}

TEST(AfterAttempt, TheLastAttemptIsADeadLetter) {
    auto const step =
        after_attempt(attempted(5), outcome(delivery::OutcomeKind::temporary_failure, 503), {1s, 60s, 5}, noon, 0.5);
    EXPECT_EQ(step.delivery.state, store::DeliveryState::dead_letter);
    EXPECT_FALSE(step.retry_at);
    EXPECT_EQ(step.note.type, "delivery_given_up");
}

TEST(AfterAttempt, PermanentIsADeadLetterAtOnce) {
    auto const step = after_attempt(attempted(1), outcome(delivery::OutcomeKind::permanent_failure, 422), {}, noon, 0.5);
    EXPECT_EQ(step.delivery.state, store::DeliveryState::dead_letter);
    EXPECT_EQ(step.delivery.last_status, 422);
}

TEST(AfterTransmission, AcknowledgedBeforeRecordedKeepsItsState) {
    store::Message message;
    message.state = MessageState::accepted;
    EXPECT_EQ(after_transmission(message, std::nullopt, {}, noon, 0.5).message.state, MessageState::accepted);
    message.state = MessageState::ready;
    EXPECT_EQ(after_transmission(message, std::nullopt, {}, noon, 0.5).message.state, MessageState::sent);
}

TEST(AfterTransmission, ReadsOnlyTheTag) {
    store::Message message;
    message.state = MessageState::ready;
    message.attempts = 1;
    auto const later = after_transmission(message, Error{ErrorKind::temporary, "disk full"}, {}, noon, 0.5);
    EXPECT_EQ(later.message.state, MessageState::ready);
    EXPECT_TRUE(later.retry_at);
    auto const never = after_transmission(message, Error{ErrorKind::permanent, "no such folder"}, {}, noon, 0.5);
    EXPECT_EQ(never.message.state, MessageState::dead_letter);
    EXPECT_FALSE(never.retry_at);
}

// --- acknowledgments (scenario 2) -----------------------------------------------------------------------------------

store::Message group_501(MessageState state = MessageState::sent) {
    store::Message message;
    message.id = "out";
    message.state = state;
    message.functional_id = "PO";
    message.group_control_number = "501";
    return message;
}

std::vector<store::Document> three_sets(DocumentState state = DocumentState::sent) {
    std::vector<store::Document> documents(3);
    for (unsigned i = 0; i < 3; ++i) {
        documents[i].id = "d" + std::to_string(i + 1);
        documents[i].state = state;
        documents[i].transaction_set = "850";
        documents[i].transaction_control_number = "000" + std::to_string(i + 1);
    }
    return documents;
}

grammar::GroupAcknowledgment ack(char code, std::vector<grammar::SetAcknowledgment> sets = {}) {
    grammar::GroupAcknowledgment acknowledgment;
    acknowledgment.functional_id = "PO";
    acknowledgment.group_control_number = "501";
    acknowledgment.code = code;
    acknowledgment.sets = std::move(sets);
    return acknowledgment;
}

TEST(Reconcile, AcceptedWithoutNamesAcceptsAll) {
    auto const change = reconcile(group_501(), three_sets(), ack('A'));
    ASSERT_TRUE(change.message);
    EXPECT_EQ(change.message->state, MessageState::accepted);
    EXPECT_FALSE(change.message->acknowledged_late);
    EXPECT_EQ(change.documents.size(), 3U);
    for (auto const& document : change.documents)
        EXPECT_EQ(document.state, DocumentState::acknowledged);
    EXPECT_TRUE(change.ends_waiting);
}

TEST(Reconcile, PartlyAcceptedNamesTheRefused) {
    auto const change =
        reconcile(group_501(), three_sets(), ack('P', {{"850", "0002", 'R', {"segment 3 (PO1), element 4: invalid character"}}}));
    ASSERT_TRUE(change.message);
    EXPECT_EQ(change.message->state, MessageState::partially_accepted);
    ASSERT_EQ(change.documents.size(), 3U);
    EXPECT_EQ(change.documents[0].state, DocumentState::acknowledged);
    EXPECT_EQ(change.documents[1].state, DocumentState::refused);
    EXPECT_EQ(change.documents[1].reason, "segment 3 (PO1), element 4: invalid character");
    EXPECT_EQ(change.documents[2].state, DocumentState::acknowledged);
}

TEST(Reconcile, ControlNumbersMayBePadded) {
    auto const change = reconcile(group_501(), three_sets(), ack('P', {{"850", "2", 'R', {}}}));
    ASSERT_EQ(change.documents.size(), 3U);
    EXPECT_EQ(change.documents[1].state, DocumentState::refused);
}

TEST(Reconcile, TwiceChangesNothing) {
    auto const change = reconcile(group_501(MessageState::accepted), three_sets(DocumentState::acknowledged), ack('A'));
    EXPECT_FALSE(change.message);
    EXPECT_TRUE(change.documents.empty());
    EXPECT_TRUE(change.notes.empty());
}

TEST(Reconcile, TheFirstWordCounts) {
    auto const change = reconcile(group_501(MessageState::accepted), three_sets(DocumentState::acknowledged), ack('R'));
    EXPECT_FALSE(change.message);
    EXPECT_TRUE(change.documents.empty());
    ASSERT_EQ(change.notes.size(), 1U);
    EXPECT_EQ(change.notes[0].type, "ACKNOWLEDGMENT_CONTRADICTS");
}

TEST(Reconcile, RefusedWithoutNamesRefusesAll) {
    auto const change = reconcile(group_501(), three_sets(), ack('R'));
    ASSERT_TRUE(change.message);
    EXPECT_EQ(change.message->state, MessageState::refused);
}

TEST(Reconcile, PartlyWithoutNamesGuessesNothing) {
    auto const change = reconcile(group_501(), three_sets(), ack('P'));
    EXPECT_FALSE(change.message);
    EXPECT_TRUE(change.documents.empty());
    EXPECT_EQ(change.notes.size(), 3U);
}

TEST(AfterTransmission, NamesTheChannelOnce) {
    store::Message message;
    message.channel = "van";
    message.state = store::MessageState::ready;
    message.attempts = 1;
    partner::RetryPolicy policy;
    auto const again = after_transmission(message, Error{ErrorKind::temporary, "channel van: channel van: connection refused"}, policy, Timestamp(), 0.5);
    EXPECT_TRUE(again.note.text.starts_with("attempt 1 on channel van failed: connection refused; next in")) << again.note.text;
    auto const never = after_transmission(message, Error{ErrorKind::permanent, "channel van: no such folder"}, policy, Timestamp(), 0.5);
    EXPECT_EQ(never.note.text, "channel van: no such folder");
    auto const other = after_transmission(message, Error{ErrorKind::permanent, "channel vans: no such folder"}, policy, Timestamp(), 0.5);
    EXPECT_EQ(other.note.text, "channel van: channel vans: no such folder");
}

TEST(Reconcile, ASetThatWasNeverSentIsAnAlarm) {
    auto const change = reconcile(group_501(), three_sets(), ack('A', {{"850", "0009", 'A', {}}}));
    ASSERT_FALSE(change.notes.empty());
    EXPECT_EQ(change.notes[0].type, "UNMATCHED_ACKNOWLEDGMENT");
}

TEST(Reconcile, AfterTheDeadlineItIsLate) {
    auto const overdue = become_overdue(group_501(), three_sets());
    ASSERT_TRUE(overdue.message);
    EXPECT_EQ(overdue.message->state, MessageState::overdue);
    ASSERT_EQ(overdue.documents.size(), 3U);
    auto const change = reconcile(*overdue.message, overdue.documents, ack('A'));
    ASSERT_TRUE(change.message);
    EXPECT_EQ(change.message->state, MessageState::accepted);
    EXPECT_TRUE(change.message->acknowledged_late);
}

TEST(Overdue, AnsweredInTimeIsNot) {
    EXPECT_FALSE(become_overdue(group_501(MessageState::accepted), three_sets(DocumentState::acknowledged)).message);
}

TEST(ReconcileInterchange, OnlyRefusalMatters) {
    EXPECT_FALSE(reconcile_interchange(group_501(), three_sets(), 'A', "000").message);
    auto const change = reconcile_interchange(group_501(), three_sets(), 'R', "023");
    ASSERT_TRUE(change.message);
    EXPECT_EQ(change.message->state, MessageState::refused);
    EXPECT_TRUE(change.ends_waiting);
}

TEST(Reconcile, ARefusedAcknowledgmentOfOursIsNoticed) {
    store::Message message;
    message.state = MessageState::sent;
    message.functional_id = "FA";
    auto const change = reconcile_interchange(message, {}, 'R', "022");
    ASSERT_TRUE(change.message);
    EXPECT_EQ(change.message->state, MessageState::refused);
    ASSERT_EQ(change.notes.size(), 1U);
    EXPECT_EQ(change.notes[0].type, "REFUSED_BY_PARTNER");
    EXPECT_FALSE(reconcile_interchange(*change.message, {}, 'R', "022").message) << "twice says nothing new";
}

} // namespace
} // namespace wharf::gateway
