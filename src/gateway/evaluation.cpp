#include "gateway/evaluation.hpp"

#include "base/date.hpp"
#include "base/id.hpp"
#include "base/limits.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "document/arithmetic.hpp"
#include "document/schema.hpp"
#include "gateway/file_kind.hpp"
#include "gateway/life_cycle.hpp"
#include "partner/unit_conversion.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace wharf::gateway {

namespace {

// A file of a hundred megabytes may hold ten million tiny sets, or as many faults: what is kept of it has an end.
constexpr std::size_t most_sets = 100'000;            // of one file; then the interchange is a dead letter
constexpr std::size_t most_findings = 20'000;         // of one file; then only the first error of each further set is kept
constexpr std::uint32_t most_findings_of_a_set = 200; // further ones say nothing new to anybody

std::string first_error(Diagnostics const& findings) {
    for (auto const& finding : findings)
        if (finding.severity == Severity::error)
            return fmt::format("{}: {}", finding.code, finding.message);
    return {};
}

/// The name of the first error as an event: "hl-invalid" -> "HL_INVALID".
std::string trouble_of(Diagnostics const& findings) {
    for (auto const& finding : findings) {
        if (finding.severity != Severity::error)
            continue;
        auto const entry = find_code(finding.code);
        std::string name(entry ? entry->name : "mapping-refused");
        if (name == "hierarchy-invalid")
            name = "hl-invalid"; // the word the trade uses
        for (auto& c : name)
            c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        return name;
    }
    return "MAPPING_REFUSED";
}

std::string sent_at(grammar::GroupInfo const& group) {
    if (!is_date(group.date))
        return {};
    return is_time(group.time) ? iso_date(group.date) + "T" + iso_time(group.time) : iso_date(group.date);
}

std::uint64_t count_of(std::string_view text, std::uint64_t otherwise) {
    std::uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
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

SeverityPolicy severities_of(std::vector<std::string> const& rules) {
    auto severities = grammar::syntax_only();
    for (auto const& rule : rules)
        (void)severities.add(rule); // checked when the profile was loaded
    return severities;
}

/// What the acknowledgment says of a set. Without a partner nothing is acknowledged.
bool is_refused(grammar::SetVerdict const& verdict, partner::AcknowledgmentPolicy const* policy) {
    return policy == nullptr ? !verdict.accepted()
                             : grammar::acknowledgment_code(verdict, acknowledgment_options(*policy)) == 'R';
}

class Evaluation {
public:
    Evaluation(store::Transfer const& transfer, partner::Configuration const& configuration, partner::Channel const* channel,
               Knowledge& knowledge, Timestamp now)
        : transfer_(transfer), configuration_(configuration), channel_(channel), knowledge_(knowledge), now_(now) {}

    std::vector<EvaluatedInterchange> run();

private:
    [[nodiscard]] translator::RunValues values_of(EvaluatedInterchange const& interchange, grammar::GroupInfo const& group) const;
    store::Message new_message(std::string_view raw) const;
    SeverityPolicy start_interchange(grammar::Item& item);
    void end_interchange(grammar::Item& item);
    void start_group(grammar::Item& item);
    void end_group(grammar::Item& item);
    void transaction_set(grammar::Item& item);
    void read_acknowledgment(grammar::Item const& item, EvaluatedSet& set);
    void translate(grammar::Item const& item, grammar::SetVerdict& verdict, EvaluatedSet& set, Diagnostics& findings);
    void check_guide(grammar::Item const& item, partner::DocumentAgreement const& agreement, Diagnostics& findings) const;
    void service(grammar::Item const& item);
    void junk(grammar::Item& item);
    void add_findings(grammar::Item& item);
    EvaluatedInterchange dead_letter(std::string_view raw, Diagnostics const& findings) const;
    [[nodiscard]] std::string day() const { return to_iso8601(transfer_.received_at).substr(0, 10); }
    [[nodiscard]] partner::DocumentAgreement const* agreement_of(grammar::GroupInfo const& group) const;

    store::Transfer const& transfer_;
    partner::Configuration const& configuration_;
    partner::Channel const* channel_;
    Knowledge& knowledge_;
    Timestamp now_;

    std::vector<EvaluatedInterchange> done_;
    std::optional<EvaluatedInterchange> open_;
    Diagnostics findings_; // of the open interchange's envelope
    std::size_t sets_ = 0;
    std::size_t kept_findings_ = 0;
    std::vector<grammar::NodeIndex> rows_; // of a set that was checked by a guide
};

store::Message Evaluation::new_message(std::string_view raw) const {
    store::Message message;
    message.id = new_id(now_);
    message.transfer_id = transfer_.id;
    message.direction = store::Direction::inbound;
    message.channel = transfer_.channel;
    message.file_name = transfer_.file_name;
    message.format = "unknown";
    message.raw = raw;
    message.sha256 = transport::sha256_hex(raw);
    message.diagnostics = "[]";
    message.created_at = now_;
    message.updated_at = now_;
    return message;
}

EvaluatedInterchange Evaluation::dead_letter(std::string_view raw, Diagnostics const& findings) const {
    EvaluatedInterchange result;
    result.message = new_message(raw);
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
                    reader.set_severities(severities_of(agreement->findings));
            break;
        case grammar::ItemKind::transaction_set:
            transaction_set(item);
            break;
        case grammar::ItemKind::group_end:
            end_group(item);
            if (open_->route.partner != nullptr)
                reader.set_severities(severities_of(open_->route.partner->findings));
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
    open_->message = new_message({}); // its bytes are known when it ends
    auto severities = severities_of(open_->route.partner != nullptr ? open_->route.partner->findings : std::vector<std::string>());
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
        if (agreement.direction == partner::Direction::inbound && knowledge_.functional_id(agreement) == group.functional_id)
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
    group.verdict.included =
        item.present ? count_of(item.part->segments[0].element(1), item.sets) : item.sets;
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

/// Keeps the first error alone once a file has shown enough of its faults.
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

    auto const held = [&](Diagnostics const& why) {
        document.state = store::DocumentState::held;
        document.reason = first_error(why);
        document.json.clear();
        set.trouble = trouble_of(why);
    };
    check_guide(item, *set.agreement, verdict.findings);
    auto reading = knowledge_.reading(item.schema->dictionary().release(), item.set.id, set.agreement->translator);
    if (!reading || reading->translator == nullptr) {
        if (!reading)
            findings = std::move(reading.error());
        if (findings.empty())
            findings.push_back(make_diagnostic("GATEWAY-0050", fmt::format("there is no translator for set {}", item.set.id), {}));
        held(findings);
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
        held(findings);
        return;
    }
    auto parsed = json::parse(document.json);
    if (!parsed) { // our own output: a bug, but the partner's document must not be lost for it
        document.state = store::DocumentState::held;
        document.reason = "the translated document is not JSON: " + parsed.error().message;
        set.trouble = "MAPPING_REFUSED";
        return;
    }
    auto numbers = numbers_of(*parsed);
    document.number = std::move(numbers.number);
    document.order_number = std::move(numbers.order_number);
    set.orders = std::move(numbers.orders);
    document.business_key =
        business_key(*parsed, partner.id, document.test, transport::sha256_hex(body_of(item.part->segments)));
    if (document.kind == "invoice") {
        if (document::derive_absolute_amount(*parsed))
            document.json = json::to_text(*parsed);
        // The document is judged here, as the profile's map reads it; the validator's word on the same sum is not said twice.
        std::erase_if(verdict.findings, [](Diagnostic const& finding) { return finding.code == "X12-0404"; });
        for (auto& finding : document::check_invoice_arithmetic(*parsed)) {
            finding.place.interchange = item.context.interchange;
            finding.place.group = item.context.group;
            finding.place.transaction = item.context.transaction;
            findings.push_back(std::move(finding));
        }
    }
    if (partner::convert_units(*parsed, partner))
        document.json = json::to_text(*parsed);
    // The translator checks each value as it writes it; the whole document is checked once more before it is stored.
    if (auto faults = document::check(*parsed); has_errors(faults)) {
        std::ranges::move(faults, std::back_inserter(findings));
        held(findings);
        return;
    }
    if (outcome.held) {
        held(findings);
        if (document.reason.empty())
            document.reason = "the map holds it: see its findings";
        return;
    }
    // The 997 has nothing against it, the partner's guide has: a person decides.
    if (std::ranges::any_of(verdict.findings, [](Diagnostic const& finding) { return finding.of_guide && finding.severity == Severity::error; })) {
        if (!acknowledgment_options(*open_->groups.back().policy).guide_findings) {
            held(verdict.findings);
            set.trouble = "GUIDE_VIOLATED";
            return;
        }
    }
    document.state = store::DocumentState::accepted;
}

/// What `$…` and `lookup` stand for in a map that reads.
translator::RunValues Evaluation::values_of(EvaluatedInterchange const& interchange, grammar::GroupInfo const& group) const {
    auto const& partner = *interchange.route.partner;
    auto values = run_values(partner, *interchange.route.identity, interchange.identity.test, now_);
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

} // namespace

grammar::AcknowledgmentOptions acknowledgment_options(partner::AcknowledgmentPolicy const& policy) {
    grammar::AcknowledgmentOptions options;
    options.list_accepted_sets = policy.list_accepted_sets;
    options.guide_findings = policy.acknowledge_guide_findings;
    options.accept_with_errors = policy.accept_with_errors;
    options.ta1_with_errors = policy.ta1_with_errors;
    return options;
}

translator::RunValues run_values(partner::PartnerProfile const& partner, partner::Identity const& identity, bool test, Timestamp now) {
    translator::RunValues values;
    auto const iso = to_iso8601(now);
    values.named = {{"today", iso.substr(0, 10)},        {"now", iso.substr(0, 16)},
                    {"usage", test ? "test" : "production"}, {"profile.id", partner.id},
                    {"profile.name", partner.name},      {"profile.identity", identity.name}};
    return values;
}

std::vector<EvaluatedInterchange> evaluate(store::Transfer const& transfer, partner::Configuration const& configuration,
                                           partner::Channel const* channel, Knowledge& knowledge, Timestamp now) {
    return Evaluation(transfer, configuration, channel, knowledge, now).run();
}

} // namespace wharf::gateway
