#include "gateway/reception.hpp"

#include "base/id.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/life_cycle.hpp"
#include "gateway/outgoing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

namespace {

// Claim keys of files begin with the file's name, which is never empty and never holds a slash.
constexpr std::string_view again_mark = "/again/";
constexpr std::string_view released_mark = "/released/";

/// What happens to one evaluated interchange inside the transaction that stores it.
class Reception {
public:
    Reception(Context const& context, store::Transaction& transaction, Record& record, EvaluatedInterchange& interchange,
              bool released)
        : released_(released), context_(context), transaction_(transaction), record_(record), interchange_(interchange), message_(interchange.message),
          now_(context.clock.now()) {}

    Result<void> store();

private:
    Result<void> refused_at_the_door(std::string_view event);
    Result<void> duplicate(std::string const& earlier);
    Result<void> number_reused(std::string const& earlier);
    Result<void> take();
    Result<void> store_set(EvaluatedSet& set);
    Result<void> apply_acknowledgment(EvaluatedSet& set);
    Result<void> apply_interchange_acknowledgment(InterchangeAcknowledgment const& acknowledgment);
    Result<void> record_change(Reconciliation const& change);
    Result<void> answer_with_ta1(char code, std::string_view note);
    Result<void> answer_with_997();
    Draft answer_draft(grammar::GroupInfo const* group) const;
    bool can_answer() const { return !interchange_.route.partner->channel.empty(); }

    bool released_; // a person has decided that a reused number is right
    Context const& context_;
    store::Transaction& transaction_;
    Record& record_;
    EvaluatedInterchange& interchange_;
    store::Message& message_;
    Timestamp now_;
};

Result<void> add_deliveries(store::Transaction& transaction, store::Document const& document,
                            std::vector<partner::Target const*> const& targets, Timestamp now) {
    for (auto const* target : targets) {
        store::Delivery delivery;
        delivery.id = new_id(now);
        delivery.document_id = document.id;
        delivery.target = target->name;
        delivery.created_at = now;
        delivery.updated_at = now;
        WHARF_TRY(transaction.insert(delivery));
        WHARF_TRY(transaction.add_job(store::JobKind::deliver, delivery.id, now));
    }
    return {};
}

std::string facts_of(store::Message const& message) {
    return fmt::format("direction=inbound state={} partner={} sender={} interchange={}{}", to_string(message.state),
                       message.partner.empty() ? "-" : message.partner, for_log(message.sender),
                       for_log(message.interchange_control_number), message.test ? " test=yes" : "");
}

Result<void> Reception::store() {
    if (message_.state == store::MessageState::dead_letter)
        return refused_at_the_door("DEAD_LETTER");
    if (message_.state == store::MessageState::quarantined)
        return refused_at_the_door("QUARANTINED");

    auto earlier = transaction_.find_interchange(message_.sender, message_.receiver, message_.test,
                                                 message_.interchange_control_number);
    if (!earlier)
        return unexpected(std::move(earlier.error()));
    auto const judgement =
        judge_interchange(*earlier, message_.sha256, interchange_.route.partner->duplicates);
    if (judgement.fate == InterchangeFate::duplicate)
        return duplicate(judgement.earlier);
    if (judgement.fate == InterchangeFate::number_reused && !released_)
        return number_reused(judgement.earlier);
    if (interchange_.answer.code == 'R') {
        WHARF_TRY(transaction_.insert(message_));
        WHARF_TRY(record_.note(message_.id, "INTERCHANGE_REJECTED", message_.reason, facts_of(message_)));
        return answer_with_ta1('R', interchange_.answer.note);
    }
    return take();
}

Result<void> Reception::refused_at_the_door(std::string_view event) {
    WHARF_TRY(transaction_.insert(message_));
    return record_.note(message_.id, event, message_.reason, facts_of(message_));
}

Result<void> Reception::duplicate(std::string const& earlier) {
    message_.state = store::MessageState::duplicate;
    message_.reason = fmt::format("the same bytes came before as message {}", earlier);
    WHARF_TRY(transaction_.insert(message_));
    WHARF_TRY(record_.note(message_.id, "DUPLICATE_INTERCHANGE", message_.reason, facts_of(message_)));
    // A partner that sends again has perhaps not seen our answer: it gets the stored one, byte for byte.
    auto answers = transaction_.answers_to(earlier);
    if (!answers)
        return unexpected(std::move(answers.error()));
    for (auto& answer : *answers) {
        if (answer.state != store::MessageState::sent)
            continue; // still on its way
        answer.state = store::MessageState::ready;
        answer.attempts = 0;
        answer.updated_at = now_;
        WHARF_TRY(transaction_.update(answer));
        WHARF_TRY(transaction_.add_job(store::JobKind::transmit, answer.id, now_));
        WHARF_TRY(record_.note(answer.id, "answered_again",
                               fmt::format("the stored acknowledgment goes out once more, for message {}", message_.id)));
    }
    return {};
}

Result<void> Reception::number_reused(std::string const& earlier) {
    message_.state = store::MessageState::held;
    message_.reason = fmt::format("GATEWAY-0020: interchange {} of {} came before with other bytes, as message {}",
                                  message_.interchange_control_number, message_.sender, earlier);
    WHARF_TRY(transaction_.insert(message_));
    WHARF_TRY(record_.note(message_.id, "INTERCHANGE_NUMBER_REUSED", message_.reason, facts_of(message_)));
    return answer_with_ta1('R', "025");
}

Result<void> Reception::take() {
    WHARF_TRY(transaction_.insert(message_));
    WHARF_TRY(record_.note(message_.id, "processed",
                           fmt::format("interchange {} from {}", message_.interchange_control_number, message_.partner),
                           facts_of(message_)));
    for (auto const& acknowledgment : interchange_.acknowledgments)
        WHARF_TRY(apply_interchange_acknowledgment(acknowledgment));
    for (auto& group : interchange_.groups)
        for (auto& set : group.sets) {
            if (group.acknowledged)
                WHARF_TRY(store_set(set));
            else
                WHARF_TRY(apply_acknowledgment(set));
        }
    auto const& answer = interchange_.answer;
    auto const policy = interchange_.route.partner->acknowledgment.ta1;
    bool const noted = answer.code == 'E' && policy == partner::Ta1Policy::on_error;
    bool const due = noted || policy == partner::Ta1Policy::on_request || policy == partner::Ta1Policy::always;
    if (due && std::ranges::any_of(interchange_.groups, &EvaluatedGroup::acknowledged))
        WHARF_TRY(answer_with_ta1(answer.code, answer.note));
    return answer_with_997();
}

Result<void> Reception::store_set(EvaluatedSet& set) {
    auto& document = set.document;
    Note note{"", ""};
    std::vector<partner::Target const*> targets;
    if (document.state == store::DocumentState::accepted) {
        std::optional<store::Document> earlier;
        if (set.agreement->duplicates.check_business_keys) {
            auto found = transaction_.find_business_key(document.business_key);
            if (!found)
                return unexpected(std::move(found.error()));
            earlier = std::move(*found);
        }
        targets = targets_of(context_.configuration, *set.agreement, document.test);
        if (earlier) {
            document.state = store::DocumentState::duplicate;
            document.reason = fmt::format("{} {} came before as document {}", document.kind, document.number, earlier->id);
            note = {duplicate_event(document.kind), "GATEWAY-0021: " + document.reason};
        } else if (targets.empty()) {
            document.state = store::DocumentState::held;
            document.reason = fmt::format("GATEWAY-0022: no {} target takes {} of partner {}",
                                          document.test ? "test" : "production", document.kind, document.partner);
            note = {"NO_TARGET", document.reason};
        } else {
            note = {"accepted", fmt::format("{} {}", document.kind, document.number)};
        }
    } else if (document.state == store::DocumentState::held) {
        note = {set.trouble, document.reason};
    } else {
        note = {"rejected", document.reason};
    }
    WHARF_TRY(transaction_.insert(document));
    for (auto const& order : set.orders)
        WHARF_TRY(transaction_.add_search_word(message_.id, order));
    WHARF_TRY(record_.note(document.id, note.type, note.text,
                           fmt::format("state={} set={} message={} partner={}", to_string(document.state),
                                       for_log(document.transaction_set), message_.id, document.partner)));
    return document.state == store::DocumentState::accepted ? add_deliveries(transaction_, document, targets, now_)
                                                            : Result<void>();
}

Result<void> Reception::record_change(Reconciliation const& change) {
    for (auto document : change.documents) {
        document.updated_at = now_;
        WHARF_TRY(transaction_.update(document));
    }
    if (change.message) {
        auto message = *change.message;
        message.updated_at = now_;
        WHARF_TRY(transaction_.update(message));
    }
    return {};
}

Result<void> Reception::apply_acknowledgment(EvaluatedSet& set) {
    auto& document = set.document;
    Reconciliation change;
    std::string subject;
    if (set.acknowledgment) {
        auto found = transaction_.find_outbound_group(message_.partner, set.acknowledgment->functional_id,
                                                      set.acknowledgment->group_control_number);
        if (!found)
            return unexpected(std::move(found.error()));
        auto const sent = std::ranges::find_if(*found, [&](auto const& message) { return message.test == message_.test; });
        if (sent != found->end()) {
            auto documents = transaction_.documents_of(sent->id);
            if (!documents)
                return unexpected(std::move(documents.error()));
            subject = sent->id;
            change = reconcile(std::move(*sent), std::move(*documents), *set.acknowledgment);
            document.state = store::DocumentState::recorded;
            document.reason.clear();
        } else {
            document.reason = fmt::format("GATEWAY-0030: it acknowledges group {} {}, which was never sent to {}",
                                          set.acknowledgment->functional_id, set.acknowledgment->group_control_number,
                                          message_.partner);
        }
    }
    WHARF_TRY(transaction_.insert(document));
    if (subject.empty())
        return record_.note(document.id, "UNMATCHED_ACKNOWLEDGMENT", document.reason,
                            fmt::format("message={} partner={}", message_.id, document.partner));
    WHARF_TRY(record_change(change));
    if (change.ends_waiting)
        WHARF_TRY(transaction_.finish_jobs_of(store::JobKind::expect_acknowledgment, subject));
    WHARF_TRY(record_.note(document.id, "recorded", fmt::format("it answers message {}", subject),
                           fmt::format("message={} answers={}", message_.id, subject)));
    for (auto const& note : change.notes)
        WHARF_TRY(record_.note(subject, note.type, note.text, fmt::format("by={}", message_.id)));
    return {};
}

Result<void> Reception::apply_interchange_acknowledgment(InterchangeAcknowledgment const& acknowledgment) {
    store::MessageFilter filter;
    filter.direction = store::Direction::outbound;
    filter.partner = message_.partner;
    filter.search = acknowledgment.control_number;
    auto found = transaction_.messages(filter);
    if (!found)
        return unexpected(std::move(found.error()));
    auto const sent = std::ranges::find_if(*found, [&](auto const& message) {
        return message.test == message_.test && message.interchange_control_number == acknowledgment.control_number;
    });
    if (sent == found->end())
        return record_.note(message_.id, "UNMATCHED_ACKNOWLEDGMENT",
                            fmt::format("GATEWAY-0030: a TA1 names interchange {}, which was never sent to {}",
                                        acknowledgment.control_number, message_.partner));
    auto documents = transaction_.documents_of(sent->id);
    if (!documents)
        return unexpected(std::move(documents.error()));
    auto const subject = sent->id;
    auto const change = reconcile_interchange(std::move(*sent), std::move(*documents), acknowledgment.code, acknowledgment.note);
    WHARF_TRY(record_change(change));
    if (change.ends_waiting)
        WHARF_TRY(transaction_.finish_jobs_of(store::JobKind::expect_acknowledgment, subject));
    WHARF_TRY(record_.note(subject, "ta1",
                           fmt::format("the partner answered with TA1 {} {}", acknowledgment.code, acknowledgment.note)));
    for (auto const& note : change.notes)
        WHARF_TRY(record_.note(subject, note.type, note.text, fmt::format("by={}", message_.id)));
    return {};
}

/// Sender and receiver are those of the inbound envelope, swapped.
Draft Reception::answer_draft(grammar::GroupInfo const* group) const {
    auto const& info = interchange_.info;
    Draft draft;
    draft.partner = interchange_.route.partner;
    draft.identity = interchange_.route.identity->name;
    draft.sender = {info.receiver_qualifier, info.receiver, group != nullptr ? group->receiver : std::string()};
    draft.receiver = {info.sender_qualifier, info.sender, group != nullptr ? group->sender : std::string()};
    draft.usage = info.usage;
    draft.test = message_.test;
    draft.answers = message_.id;
    return draft;
}

Result<void> Reception::answer_with_ta1(char code, std::string_view note) {
    auto const policy = interchange_.route.partner->acknowledgment.ta1;
    if (policy == partner::Ta1Policy::never || !can_answer() ||
        (policy == partner::Ta1Policy::on_request && !interchange_.info.acknowledgment_requested))
        return {};
    auto draft = answer_draft(nullptr);
    draft.functional_id = "TA1";
    draft.service.push_back(grammar::make_ta1(interchange_.info, code, note));
    auto sent = commit_draft(context_, transaction_, record_, draft);
    if (!sent) { // the answer cannot be written; the message itself must not be lost for it
        if (sent.error().kind != ErrorKind::invalid)
            return unexpected(std::move(sent.error()));
        return record_.note(message_.id, "ACKNOWLEDGMENT_NOT_WRITTEN", sent.error().message);
    }
    return {};
}

Result<void> Reception::answer_with_997() {
    if (!can_answer())
        return {};
    // One 997 for each group; those with the same way back share an interchange.
    std::vector<Draft> drafts;
    auto const& envelope = interchange_.route.partner->envelope;
    auto const& grammars = context_.knowledge.grammars();
    for (auto const& group : interchange_.groups) {
        if (!group.acknowledged || !group.policy->send_997)
            continue;
        auto const& policy = *group.policy;
        auto options = acknowledgment_options(policy);
        options.delimiters = {envelope.element_separator, envelope.component_separator, envelope.segment_terminator,
                              envelope.repetition_separator};
        auto const& info = group.verdict.group;
        auto draft = answer_draft(&info);
        draft.functional_id = "FA";
        auto const wanted = !policy.version.empty() ? policy.version : !info.release.empty() ? info.release : envelope.release;
        auto const base = grammars.match_release(wanted).release;
        options.dictionary = grammars.dictionary(base);
        bool const functional = policy.form == partner::AcknowledgmentForm::functional || options.dictionary == nullptr ||
                                options.dictionary->set("999") == nullptr; // which begins with 005010
        draft.release = grammar::acknowledgment_release(wanted, base, functional);
        auto place = std::ranges::find_if(drafts, [&](Draft const& other) {
            return other.release == draft.release && other.sender.group_id == draft.sender.group_id &&
                   other.receiver.group_id == draft.receiver.group_id;
        });
        if (place == drafts.end()) {
            drafts.push_back(std::move(draft));
            place = std::prev(drafts.end());
        }
        auto const& release = place->release;
        auto& set = place->sets.emplace_back();
        set.set = functional ? "997" : "999";
        set.body = functional ? grammar::make_997(group.verdict, options) : grammar::make_999(group.verdict, options);
        if (!functional && release.size() > 6 && release[6] == 'X') // it names its own guide, in ST03 as in GS08
            set.implementation_reference = release;
    }
    for (auto const& draft : drafts) {
        auto sent = commit_draft(context_, transaction_, record_, draft);
        if (sent)
            continue;
        if (sent.error().kind != ErrorKind::invalid)
            return unexpected(std::move(sent.error()));
        WHARF_TRY(record_.note(message_.id, "ACKNOWLEDGMENT_NOT_WRITTEN", sent.error().message));
    }
    return {};
}

Result<void> store_all(Context const& context, store::Transaction& transaction, Record& record,
                       std::vector<EvaluatedInterchange>& interchanges, bool released) {
    for (auto& interchange : interchanges)
        WHARF_TRY(Reception(context, transaction, record, interchange, released).store());
    return {};
}

} // namespace

Result<void> process_transfer(Context const& context, store::Job const& job) {
    std::optional<store::Transfer> transfer;
    WHARF_TRY(context.store.transact([&](store::Transaction& transaction) -> Result<void> {
        auto found = transaction.transfer(job.subject);
        if (!found)
            return unexpected(std::move(found.error()));
        transfer = std::move(*found);
        if (transfer && transfer->state == store::TransferState::received)
            return {};
        transfer.reset();
        return transaction.finish_job(job.id);
    }));
    if (!transfer)
        return {};
    auto interchanges = evaluate(*transfer, context.configuration, context.configuration.channel(transfer->channel),
                                 context.knowledge, context.clock.now());
    crash_point("after-evaluate");
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        WHARF_TRY(store_all(context, transaction, record, interchanges, transfer->claim_key.starts_with(released_mark)));
        WHARF_TRY(transaction.set_state(transfer->id, store::TransferState::processed, {}));
        WHARF_TRY(transaction.finish_job(job.id));
        crash_point("before-store-messages");
        return {};
    }));
    crash_point("after-store-messages");
    return {};
}

Result<void> give_up_transfer(Context const& context, store::Job const& job, std::string_view reason) {
    return transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        WHARF_TRY(transaction.set_state(job.subject, store::TransferState::dead_letter, reason));
        WHARF_TRY(transaction.finish_job(job.id));
        return record.note(job.subject, "DEAD_LETTER", reason);
    });
}

Result<std::string> process_again(Context const& context, store::Transaction& transaction, Record& record,
                                  store::Message message) {
    auto const now = context.clock.now();
    store::Transfer transfer;
    transfer.id = new_id(now);
    transfer.channel = message.channel;
    transfer.file_name = message.file_name;
    transfer.claim_key = std::string(message.state == store::MessageState::held ? released_mark : again_mark) + message.id;
    transfer.sha256 = message.sha256;
    transfer.size = message.raw.size();
    transfer.raw = message.raw;
    transfer.received_at = now;
    WHARF_TRY(transaction.insert(transfer));
    WHARF_TRY(transaction.add_job(store::JobKind::process_transfer, transfer.id, now));
    message.state = store::MessageState::discarded;
    message.reason = fmt::format("processed again as transfer {}; it was: {}", transfer.id, message.reason);
    message.updated_at = now;
    WHARF_TRY(transaction.update(message));
    WHARF_TRY(record.note(message.id, "processed_again", fmt::format("as transfer {}", transfer.id),
                          fmt::format("transfer={}", transfer.id)));
    return transfer.id;
}

Result<unsigned> retry_held_documents(Context const& context, store::Message const& message) {
    store::Transfer transfer; // only what evaluation reads
    transfer.id = message.transfer_id;
    transfer.channel = message.channel;
    transfer.file_name = message.file_name;
    transfer.raw = message.raw;
    transfer.received_at = message.created_at;
    auto interchanges = evaluate(transfer, context.configuration, context.configuration.channel(message.channel),
                                 context.knowledge, context.clock.now());
    unsigned going_on = 0;
    WHARF_TRY(transact(context, [&](store::Transaction& transaction, Record& record) -> Result<void> {
        auto documents = transaction.documents_of(message.id);
        if (!documents)
            return unexpected(std::move(documents.error()));
        for (auto& document : *documents) {
            if (document.state != store::DocumentState::held)
                continue;
            EvaluatedSet const* again = nullptr;
            for (auto const& interchange : interchanges)
                for (auto const& group : interchange.groups)
                    for (auto const& set : group.sets)
                        if (set.document.group_control_number == document.group_control_number &&
                            set.document.transaction_set == document.transaction_set &&
                            set.document.transaction_control_number == document.transaction_control_number)
                            again = &set;
            if (again == nullptr || again->document.state != store::DocumentState::accepted)
                continue;
            auto const targets = targets_of(context.configuration, *again->agreement, document.test);
            auto earlier = transaction.find_business_key(again->document.business_key);
            if (!earlier)
                return unexpected(std::move(earlier.error()));
            if (targets.empty() || *earlier)
                continue;
            auto fresh = again->document;
            // The document keeps the identity it was stored under; identifiers are unique texts.
            for (auto const& [made, kept] : {std::pair(fresh.id, document.id), std::pair(fresh.message_id, document.message_id)})
                for (auto at = fresh.json.find(made); at != std::string::npos; at = fresh.json.find(made, at))
                    fresh.json.replace(at, made.size(), kept);
            fresh.id = document.id;
            fresh.message_id = document.message_id;
            fresh.created_at = document.created_at;
            fresh.updated_at = context.clock.now();
            WHARF_TRY(transaction.update(fresh));
            WHARF_TRY(add_deliveries(transaction, fresh, targets, fresh.updated_at));
            WHARF_TRY(record.note(fresh.id, "accepted", "held before, accepted now"));
            ++going_on;
        }
        return {};
    }));
    return going_on;
}

} // namespace wharf::gateway
