// What is in an interchange: its transaction sets, judged, translated, or read as acknowledgments.

#include "base/date.hpp"
#include "base/id.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "gateway/evaluation_run.hpp"
#include "gateway/judgement.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wharf::gateway {

namespace {

std::string sent_at(grammar::GroupInfo const& group) {
    if (!is_date(group.date))
        return {};
    return is_time(group.time) ? iso_date(group.date) + "T" + iso_time(group.time) : iso_date(group.date);
}

/// The bytes between ST and SE: what two sets share when they are one document sent twice.
std::string_view body_of(x12::SegmentList const& segments) {
    if (segments.size() < 2)
        return {};
    auto const begin = segments[1].begin();
    auto const last = segments.back();
    auto const end = last.id() == "SE" ? last.begin() : last.end();
    return end > begin ? std::string_view(segments.text() + begin, end - begin) : std::string_view();
}

/// What the acknowledgment says of a set. Without a partner nothing is acknowledged.
bool is_refused(grammar::SetVerdict const& verdict, partner::AcknowledgmentPolicy const* policy) {
    return policy == nullptr ? !verdict.accepted()
                             : grammar::acknowledgment_code(verdict, acknowledgment_options(*policy)) == 'R';
}

} // namespace

void shorten(Diagnostics& findings) {
    auto const error =
        std::ranges::find_if(findings, [](Diagnostic const& finding) { return finding.severity == Severity::error; });
    if (error != findings.end())
        findings = Diagnostics{std::move(*error)};
    else
        findings.clear();
}

void Evaluation::transaction_set(grammar::Item& item) {
    if (++sets_ > most_sets)
        return; // the interchange becomes a dead letter when it ends
    auto& group = open_->groups.back();
    auto& set = group.sets.emplace_back();
    auto& verdict = group.verdict.sets.emplace_back();
    verdict.set = item.set;
    verdict.findings = std::move(item.findings);
    if (kept_findings_ > most_findings)
        shorten(verdict.findings);
    kept_findings_ += verdict.findings.size();

    auto& document = set.document;
    document.id = new_id(now_);
    document.message_id = open_->message.id;
    document.partner = open_->route.partner != nullptr ? open_->route.partner->id : std::string();
    document.test = open_->identity.test;
    document.functional_id = item.group->functional_id;
    document.group_control_number = item.group->control_number;
    document.transaction_set = item.set.id;
    document.transaction_control_number = item.set.control_number;
    document.created_at = now_;
    document.updated_at = now_;

    Diagnostics more; // of translation and sense: never acknowledged
    if (open_->route.ok()) {
        if (!group.acknowledged)
            read_acknowledgment(item, set);
        else
            translate(item, verdict, set, more);
    }
    if (group.acknowledged && is_refused(verdict, group.policy)) {
        document.state = store::DocumentState::rejected;
        document.reason = first_error(verdict.findings);
        document.json.clear();
    }
    auto all = verdict.findings;
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    for (auto& finding : all)
        if (finding.place.has_offset)
            finding.place.offset -= std::min(finding.place.offset, open_->info.offset);
    document.diagnostics = render_json(all);
}

void Evaluation::read_acknowledgment(grammar::Item const& item, EvaluatedSet& set) {
    set.document.state = store::DocumentState::unmatched; // until the store says what it belongs to
    if (item.set.id != "997" && item.set.id != "999") {
        set.document.reason = fmt::format("set {} is not an acknowledgment that is understood", item.set.id);
        return;
    }
    auto acknowledgment = grammar::read_acknowledgment(item.part->segments);
    set.document.number = acknowledgment.group_control_number;
    bool verdict = false; // without it nothing is said: taking silence for a yes would accept orders nobody accepted
    for (std::uint32_t i = 0; i < item.part->segments.size(); ++i) {
        auto const segment = item.part->segments[i];
        verdict = verdict || (segment.id() == "AK9" && !segment.element(1).empty());
    }
    if (verdict)
        set.acknowledgment = std::move(acknowledgment);
    else
        set.document.reason = fmt::format("the {} for group {} {} has no AK9 with a code, so it says nothing", item.set.id,
                                          acknowledgment.functional_id, acknowledgment.group_control_number);
}

void Evaluation::translate(grammar::Item const& item, grammar::SetVerdict& verdict, EvaluatedSet& set,
                           Diagnostics& findings) {
    auto& document = set.document;
    if (item.schema == nullptr)
        return; // the reader has said so, with the code of the 997
    auto const& partner = *open_->route.partner;
    set.agreement = partner.inbound(item.set.id);
    if (set.agreement == nullptr || !set.agreement->serves(document.test)) {
        auto finding = make_diagnostic(
            "GATEWAY-0023",
            set.agreement == nullptr ? fmt::format("set {} is not among the documents agreed with partner {}", item.set.id, partner.id)
                                     : fmt::format("set {} of partner {} is not taken in {}: see `usage` in the profile", item.set.id,
                                                   partner.id, document.test ? "tests" : "production"),
            "add it to `documents` in the profile when it is wanted, and ask the partner to send it again");
        finding.place.interchange = item.context.interchange;
        finding.place.group = item.context.group;
        finding.place.transaction = item.context.transaction;
        finding.place.segment_id = "ST";
        finding.place.segment_position = 1;
        finding.place.element = 1;
        finding.value = item.set.id;
        finding.acknowledgment.transaction = "1";
        verdict.findings.push_back(std::move(finding));
        return;
    }
    document.kind = set.agreement->document;
    auto const& gs08 = item.group->release;
    if (!set.agreement->release.empty() && !gs08.starts_with(set.agreement->release)) {
        auto finding = make_diagnostic("GATEWAY-0024",
                                       fmt::format("set {} came in release {}; the profile of {} agrees on {}", item.set.id, gs08,
                                                   partner.id, set.agreement->release),
                                       "ask for the agreed release, or change `release` in the profile's `documents` entry");
        finding.place.group = item.context.group;
        finding.place.segment_id = "GS";
        finding.place.element = 8;
        finding.value = gs08;
        finding.acknowledgment.group = "2";
        open_->groups.back().verdict.findings.push_back(std::move(finding));
        return;
    }
    if (is_refused(verdict, open_->groups.back().policy))
        return;

    check_guide(item, *set.agreement, verdict.findings);
    auto reading = knowledge_.reading(item.schema->dictionary().release(), item.set.id, set.agreement->translator);
    if (!reading || reading->translator == nullptr) {
        if (!reading)
            findings = std::move(reading.error());
        if (findings.empty())
            findings.push_back(make_diagnostic("GATEWAY-0050", fmt::format("there is no translator for set {}", item.set.id), {}));
        hold(set, findings);
        return;
    }
    translator::SetInput input;
    input.segments = &item.part->segments;
    input.nodes = item.nodes;
    if (reading->schema != item.schema) { // checked by a guide: maps know the rows of the grammar
        knowledge_.plain_rows(*item.schema, *reading->schema, *item.nodes, rows_);
        input.nodes = &rows_;
    }
    input.context = item.context;
    auto& provenance = input.provenance;
    provenance.id = document.id;
    provenance.test = document.test;
    provenance.partner = partner.id;
    provenance.message = document.message_id;
    provenance.set = item.set.id;
    provenance.version = gs08;
    provenance.sender_scheme = open_->info.sender_qualifier;
    provenance.sender = open_->info.sender;
    provenance.sender_group = item.group->sender;
    provenance.receiver_scheme = open_->info.receiver_qualifier;
    provenance.receiver = open_->info.receiver;
    provenance.receiver_group = item.group->receiver;
    provenance.interchange = open_->info.control_number;
    provenance.group = item.group->control_number;
    provenance.transaction = item.set.control_number;
    provenance.sent_at = sent_at(*item.group);
    provenance.received_at = to_iso8601(transfer_.received_at).substr(0, 19) + "Z"; // the model knows no milliseconds
    auto const values = values_of(*open_, *item.group);
    input.values = &values;
    auto outcome = reading->translator->read(input, document.json);
    findings = std::move(outcome.diagnostics);
    if (has_errors(findings)) {
        hold(set, findings);
        return;
    }
    // The document is judged as the profile's map reads it; the validator's word on the same sum is not said twice.
    if (document.kind == "invoice")
        std::erase_if(verdict.findings, [](Diagnostic const& finding) { return finding.code == "X12-0404"; });
    Translated translated;
    translated.content_sha256 = transport::sha256_hex(body_of(item.part->segments));
    translated.place.interchange = item.context.interchange;
    translated.place.group = item.context.group;
    translated.place.transaction = item.context.transaction;
    translated.held_by_map = outcome.held;
    if (!judge_document(set, partner, translated, findings))
        return;
    // The 997 has nothing against it, the partner's guide has: a person decides.
    if (std::ranges::any_of(verdict.findings, [](Diagnostic const& finding) { return finding.of_guide && finding.severity == Severity::error; })) {
        if (!acknowledgment_options(*open_->groups.back().policy).guide_findings) {
            hold(set, verdict.findings);
            set.trouble = "GUIDE_VIOLATED";
            return;
        }
    }
    document.state = store::DocumentState::accepted;
}

/// What `$…` and `lookup` stand for in a map that reads.
translator::RunValues Evaluation::values_of(EvaluatedInterchange const& interchange, grammar::GroupInfo const& group) const {
    auto const& partner = *interchange.route.partner;
    auto values = run_values(partner, interchange.route.identity->name, interchange.identity.test, now_);
    values.named["sender.id"] = interchange.info.sender;
    values.named["receiver.id"] = interchange.info.receiver;
    values.named["envelope.group_sender"] = group.sender;
    values.named["envelope.group_receiver"] = group.receiver;
    values.named["envelope.release"] = group.release;
    values.of_profile = knowledge_.cross_references(partner);
    return values;
}

/// A guide is for the releases it answers; under any other GS08 the standard alone was looked at, and that must not go unnoticed.
void Evaluation::check_guide(grammar::Item const& item, partner::DocumentAgreement const& agreement, Diagnostics& findings) const {
    auto const guide = knowledge_.guide(agreement);
    if (guide == nullptr || guide->is_for(item.set.id, item.group->release))
        return;
    auto finding = make_diagnostic("GATEWAY-0025",
                                   fmt::format("the guide {} is not for GS08 {}: the set was checked by the standard alone", agreement.guide,
                                               item.group->release),
                                   fmt::format("it answers {}; add this release to `answers` in the guide when it is right",
                                               fmt::join(guide->answers(), ", ")));
    finding.place.interchange = item.context.interchange;
    finding.place.group = item.context.group;
    finding.place.transaction = item.context.transaction;
    finding.place.segment_id = "GS";
    finding.place.element = 8;
    finding.value = item.group->release;
    findings.push_back(std::move(finding));
}

} // namespace wharf::gateway
