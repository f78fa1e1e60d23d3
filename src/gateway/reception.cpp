#include "gateway/reception.hpp"

#include "base/id.hpp"
#include "gateway/acceptance.hpp"
#include "gateway/crash_point.hpp"
#include "gateway/life_cycle.hpp"
#include "gateway/outgoing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

namespace {

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
    bool has_envelope() const { return message_.format == "x12"; }
    bool can_answer() const { return has_envelope() && !interchange_.route.partner->channel.empty(); }
    Result<std::vector<store::Message>> came_before();

    bool released_; // a person has decided that a reused number is right
    Context const& context_;
    store::Transaction& transaction_;
    Record& record_;
    EvaluatedInterchange& interchange_;
    store::Message& message_;
    Timestamp now_;
    struct Deliverable {
        store::Document const* document;
        partner::DocumentAgreement const* agreement;
        std::vector<partner::Target const*> targets;
    };
    std::vector<Deliverable> deliverable_;
};

std::string facts_of(store::Message const& message) {
    if (message.format != "x12" && message.format != "unknown")
        return fmt::format("direction=inbound state={} partner={} format={} file={}{}", to_string(message.state), message.partner,
                           message.format, for_log(message.file_name), message.test ? " test=yes" : "");
    return fmt::format("direction=inbound state={} partner={} sender={} interchange={}{}", to_string(message.state),
                       message.partner.empty() ? "-" : message.partner, for_log(message.sender),
                       for_log(message.interchange_control_number), message.test ? " test=yes" : "");
}

std::size_t sets_of(EvaluatedInterchange const& interchange) {
    std::size_t count = 0;
    for (auto const& group : interchange.groups)
        count += group.sets.size();
    return count;
}

Result<void> Reception::store() {
    if (message_.state == store::MessageState::dead_letter)
        return refused_at_the_door("DEAD_LETTER");
    if (message_.state == store::MessageState::quarantined)
        return refused_at_the_door("QUARANTINED");

    auto earlier = came_before();
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

/// What it might be a repetition of. Without an envelope there is no number, only the bytes.
Result<std::vector<store::Message>> Reception::came_before() {
    return has_envelope() ? transaction_.find_interchange(message_.sender, message_.receiver, message_.test,
                                                          message_.interchange_control_number)
                          : transaction_.find_content(message_.partner, message_.test, message_.sha256);
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
        if (answer.state != store::MessageState::sent && answer.state != store::MessageState::dead_letter)
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
                           has_envelope()
                               ? fmt::format("interchange {} from {}", message_.interchange_control_number, message_.partner)
                               : fmt::format("{} of {} documents from {}", message_.format, sets_of(interchange_), message_.partner),
                           facts_of(message_)));
    if (!has_envelope() && sets_of(interchange_) == 0)
        WHARF_TRY(record_.note(message_.id, "no_documents", "the file holds no document"));
    for (auto const& acknowledgment : interchange_.acknowledgments)
        WHARF_TRY(apply_interchange_acknowledgment(acknowledgment));
    for (auto& group : interchange_.groups)
        for (auto& set : group.sets) {
            if (group.acknowledged)
                WHARF_TRY(store_set(set));
            else
                WHARF_TRY(apply_acknowledgment(set));
        }
    for (auto const& one : deliverable_) // parts come behind all that was in the file: documents keep their places
        WHARF_TRY(deliver_accepted(transaction_, record_, *one.document, *one.agreement, one.targets, now_));
    if (!has_envelope())
        return {}; // nobody waits for an answer
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
            WHARF_TRY(complete_accepted(transaction_, document));
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
    if (document.state == store::DocumentState::accepted)
        deliverable_.push_back({&document, set.agreement, std::move(targets)});
    return {};
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
        WHARF_TRY(store_all(context, transaction, record, interchanges, is_released(*transfer)));
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

} // namespace wharf::gateway
