#include "gateway/evaluation_run.hpp"

#include "base/id.hpp"
#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "gateway/file_evaluation.hpp"
#include "gateway/file_kind.hpp"
#include "gateway/judgement.hpp"
#include "partner/lint_rules.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

store::Message inbound_message(store::Transfer const& transfer, std::string_view raw, Timestamp now) {
    store::Message message;
    message.id = new_id(now);
    message.transfer_id = transfer.id;
    message.direction = store::Direction::inbound;
    message.channel = transfer.channel;
    message.file_name = transfer.file_name;
    message.format = "unknown";
    message.raw = raw;
    message.sha256 = transport::sha256_hex(raw);
    message.diagnostics = "[]";
    message.created_at = now;
    message.updated_at = now;
    return message;
}

EvaluatedInterchange Evaluation::dead_letter(std::string_view raw, Diagnostics const& findings) const {
    EvaluatedInterchange result;
    result.message = inbound_message(transfer_, raw, now_);
    result.message.state = store::MessageState::dead_letter;
    result.message.reason = first_error(findings);
    result.message.diagnostics = render_json(findings);
    return result;
}

std::vector<EvaluatedInterchange> Evaluation::run() {
    grammar::InterchangeReaderOptions options;
    options.max_findings_per_set = most_findings_of_a_set;
    grammar::InterchangeReader reader(transfer_.raw, transfer_.file_name, knowledge_.schemas(), options);
    while (reader.next()) {
        auto& item = reader.item();
        switch (item.kind) {
        case grammar::ItemKind::interchange_start:
            reader.set_severities(start_interchange(item));
            if (open_->route.partner != nullptr)
                reader.set_guides(knowledge_.inbound_guides(*open_->route.partner));
            break;
        case grammar::ItemKind::group_start:
            start_group(item);
            if (open_->route.partner != nullptr) // a group holds documents of one kind: theirs is the policy
                if (auto const* const agreement = agreement_of(*item.group))
                    reader.set_severities(partner::severities_of(agreement->findings));
            break;
        case grammar::ItemKind::transaction_set:
            transaction_set(item);
            break;
        case grammar::ItemKind::group_end:
            end_group(item);
            if (open_->route.partner != nullptr)
                reader.set_severities(partner::severities_of(open_->route.partner->findings));
            break;
        case grammar::ItemKind::interchange_end:
            end_interchange(item);
            reader.set_severities({}); // the next may be of another partner
            reader.set_guides({});
            break;
        case grammar::ItemKind::service:
            service(item);
            break;
        case grammar::ItemKind::junk:
            junk(item);
            break;
        }
    }
    bool const any = std::ranges::any_of(done_, [](auto const& entry) { return entry.message.format == "x12"; });
    if (!any) { // one dead letter that says what the whole file is
        done_.clear();
        done_.push_back(dead_letter(transfer_.raw, {describe_foreign_file(transfer_.raw, transfer_.file_name)}));
    }
    return std::move(done_);
}

void Evaluation::add_findings(grammar::Item& item) {
    for (auto& finding : item.findings)
        if (findings_.size() < limits::findings)
            findings_.push_back(std::move(finding));
    item.findings.clear();
}

/// What the partner's profile makes of findings, for the interchange that begins here.
SeverityPolicy Evaluation::start_interchange(grammar::Item& item) {
    findings_.clear();
    open_.emplace();
    open_->info = *item.interchange;
    auto const& info = open_->info;
    auto& identity = open_->identity;
    identity.sender_qualifier = info.sender_qualifier;
    identity.sender_id = info.sender;
    identity.receiver_qualifier = info.receiver_qualifier;
    identity.receiver_id = info.receiver;
    identity.test = info.usage != 'P';
    if (channel_ != nullptr)
        open_->route = route(configuration_, *channel_, identity, day());
    else
        open_->route.refusal = make_diagnostic(
            "GATEWAY-0010", fmt::format("channel {} is not in the configuration any more", transfer_.channel),
            "put the channel back, then: wharf dead-letter retry");
    open_->message = inbound_message(transfer_, {}, now_); // its bytes are known when it ends
    auto severities = partner::severities_of(open_->route.partner != nullptr ? open_->route.partner->findings : std::vector<std::string>());
    severities.apply(item.findings);
    add_findings(item);
    return severities;
}

void Evaluation::end_interchange(grammar::Item& item) {
    add_findings(item);
    auto& info = open_->info;
    info.end = item.interchange->end;
    auto& message = open_->message;
    auto const raw = std::string_view(transfer_.raw).substr(info.offset, info.end - info.offset);
    message.raw = raw;
    message.sha256 = transport::sha256_hex(raw);
    message.format = "x12";
    message.test = open_->identity.test;
    message.sender = open_->identity.sender();
    message.receiver = open_->identity.receiver();
    message.interchange_control_number = info.control_number;
    if (open_->route.ok() && channel_ != nullptr) // again, now that all groups are known
        open_->route = route(configuration_, *channel_, open_->identity, day());
    if (open_->route.partner != nullptr)
        message.partner = open_->route.partner->id;
    grammar::AcknowledgmentOptions strict; // of an unknown partner
    open_->answer = grammar::answer_interchange(
        findings_, open_->route.partner != nullptr ? acknowledgment_options(open_->route.partner->acknowledgment) : strict);
    if (sets_ > most_sets) {
        open_->groups.clear();
        findings_.insert(findings_.begin(),
                         make_diagnostic("GATEWAY-0007",
                                         fmt::format("the file holds more than {} transaction sets: it was not processed", most_sets),
                                         "ask the sender to send it in several files"));
        message.state = store::MessageState::dead_letter;
        message.reason = first_error(findings_);
    } else if (!open_->route.ok()) {
        message.state = store::MessageState::quarantined;
        message.reason = fmt::format("{}: {}", open_->route.refusal->code, open_->route.refusal->message);
        findings_.insert(findings_.begin(), *open_->route.refusal);
    } else if (open_->answer.code == 'R') {
        message.state = store::MessageState::rejected;
        for (auto const& finding : findings_)
            if (finding.severity == Severity::error && finding.acknowledgment.interchange == open_->answer.note) {
                message.reason = fmt::format("{}: {}", finding.code, finding.message);
                break;
            }
    } else {
        message.state = store::MessageState::processed;
    }
    // Offsets are those of the message's own bytes, which is what `message raw` gives.
    for (auto& finding : findings_)
        if (finding.place.has_offset)
            finding.place.offset -= std::min(finding.place.offset, info.offset);
    message.diagnostics = render_json(findings_);
    done_.push_back(std::move(*open_));
    open_.reset();
}

/// The agreement on documents that come in groups of this kind (GS01); nullptr: none.
partner::DocumentAgreement const* Evaluation::agreement_of(grammar::GroupInfo const& group) const {
    for (auto const& agreement : open_->route.partner->documents)
        if (agreement.direction == partner::Direction::inbound && agreement.is_x12() && knowledge_.functional_id(agreement) == group.functional_id)
            return &agreement;
    return nullptr;
}

void Evaluation::start_group(grammar::Item& item) {
    auto& group = open_->groups.emplace_back();
    group.verdict.group = *item.group;
    group.acknowledged = item.group->functional_id != "FA";
    if (item.present)
        open_->identity.group_senders.push_back(item.group->sender);
    auto const* const partner = open_->route.partner;
    if (partner != nullptr)
        group.policy = &partner->acknowledgment;
    if (auto const* const agreement = partner != nullptr ? agreement_of(*item.group) : nullptr)
        group.policy = &agreement->acknowledgment;
    auto const answers = [&](auto const& guide) { return std::ranges::find(guide->answers(), item.group->release) != guide->answers().end(); };
    auto const match = knowledge_.grammars().match_release(item.group->release);
    if (group.acknowledged && !match.exact &&
        (partner == nullptr || std::ranges::none_of(knowledge_.inbound_guides(*partner), answers))) {
        auto finding = make_diagnostic(
            "GATEWAY-0024", fmt::format("there is no grammar for the release {} (GS08)", item.group->release),
            fmt::format("ask the sender for a release we know; the nearest is {}", match.release));
        finding.place.interchange = open_->info.control_number;
        finding.place.group = item.group->control_number;
        finding.place.segment_id = "GS";
        finding.place.element = 8;
        finding.value = item.group->release;
        finding.acknowledgment.group = "2";
        item.findings.push_back(std::move(finding));
    }
    group.verdict.findings = item.findings;
    add_findings(item);
}

void Evaluation::end_group(grammar::Item& item) {
    auto& group = open_->groups.back();
    group.verdict.included = grammar::included_sets(item);
    group.verdict.findings.insert(group.verdict.findings.end(), item.findings.begin(), item.findings.end());
    add_findings(item);
    if (group.policy == nullptr || !grammar::is_group_refused(group.verdict, acknowledgment_options(*group.policy)))
        return;
    for (auto& set : group.sets) {
        if (set.document.state != store::DocumentState::accepted && set.document.state != store::DocumentState::held)
            continue;
        set.document.state = store::DocumentState::rejected;
        set.document.reason = fmt::format("the whole group was rejected: {}", first_error(group.verdict.findings));
        set.document.json.clear();
    }
}

void Evaluation::service(grammar::Item const& item) {
    if (open_ && item.part != nullptr && !item.part->segments.empty() && item.part->segments[0].id() == "TA1") {
        auto const ta1 = item.part->segments[0];
        InterchangeAcknowledgment acknowledgment;
        acknowledgment.control_number = ta1.element(1);
        acknowledgment.code = ta1.element(4).empty() ? 'A' : ta1.element(4)[0];
        acknowledgment.note = ta1.element(5);
        open_->acknowledgments.push_back(std::move(acknowledgment));
    }
    if (open_) {
        auto copy = item.findings;
        for (auto& finding : copy)
            findings_.push_back(std::move(finding));
    }
}

void Evaluation::junk(grammar::Item& item) {
    if (open_) { // inside an interchange: segments where none may stand
        if (!open_->groups.empty() && item.group != nullptr)
            open_->groups.back().verdict.findings.insert(open_->groups.back().verdict.findings.end(), item.findings.begin(),
                                                         item.findings.end());
        add_findings(item);
        return;
    }
    if (item.part == nullptr)
        return;
    auto const raw = std::string_view(transfer_.raw).substr(item.part->offset, item.part->length);
    auto finding = make_diagnostic(
        "GATEWAY-0005",
        fmt::format("{} bytes from byte {} of the file on belong to no interchange", raw.size(), item.part->offset + 1),
        "the interchanges of the file were processed; look at these bytes with: wharf message raw");
    finding.place.file = transfer_.file_name;
    item.findings.insert(item.findings.begin(), std::move(finding));
    done_.push_back(dead_letter(raw, item.findings));
}

grammar::AcknowledgmentOptions acknowledgment_options(partner::AcknowledgmentPolicy const& policy) {
    grammar::AcknowledgmentOptions options;
    options.list_accepted_sets = policy.list_accepted_sets;
    options.guide_findings = policy.acknowledge_guide_findings;
    options.accept_with_errors = policy.accept_with_errors;
    options.ta1_with_errors = policy.ta1_with_errors;
    return options;
}

translator::RunValues run_values(partner::PartnerProfile const& partner, std::string_view identity, bool test, Timestamp now) {
    translator::RunValues values;
    auto const iso = to_iso8601(now);
    values.named = {{"today", iso.substr(0, 10)},        {"now", iso.substr(0, 16)},
                    {"usage", test ? "test" : "production"}, {"profile.id", partner.id},
                    {"profile.name", partner.name},      {"profile.identity", std::string(identity)}};
    return values;
}

std::vector<EvaluatedInterchange> evaluate(store::Transfer const& transfer, partner::Configuration const& configuration,
                                           partner::Channel const* channel, Knowledge& knowledge, Timestamp now) {
    if (auto file = evaluate_file(transfer, configuration, channel, knowledge, now))
        return {std::move(*file)};
    return Evaluation(transfer, configuration, channel, knowledge, now).run();
}

} // namespace wharf::gateway
