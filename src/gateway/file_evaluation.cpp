#include "gateway/file_evaluation.hpp"

#include "base/byte_source.hpp"
#include "base/id.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "gateway/evaluation_run.hpp"
#include "gateway/judgement.hpp"
#include "gateway/limits.hpp"
#include "translator/file_translator.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace wharf::gateway {

namespace {

class FileEvaluation {
public:
    FileEvaluation(store::Transfer const& transfer, FileRoute const& route, Knowledge& knowledge, Timestamp now)
        : transfer_(transfer), route_(route), agreement_(*route.agreement), knowledge_(knowledge), now_(now) {}

    void run(EvaluatedInterchange& result);

private:
    [[nodiscard]] translator::Provenance provenance(store::Message const& message) const;
    void add(EvaluatedInterchange& result, translator::ReadOutcome outcome, std::string json);
    void judge(EvaluatedSet& set, translator::ReadOutcome const& outcome, Diagnostics& findings) const;
    void hold_what_is_apart(std::vector<EvaluatedSet>& sets) const;

    store::Transfer const& transfer_;
    FileRoute const& route_;
    partner::DocumentAgreement const& agreement_;
    Knowledge& knowledge_;
    Timestamp now_;
    SeverityPolicy severities_;
    std::string placeholder_; // the id that all documents of the reading get; each has its own afterwards
    Diagnostics findings_;    // of the file
    std::size_t kept_findings_ = 0;
    Diagnostics apart_; // rows of documents that stood further up already
};

/// The number stands in the text as a word of its own.
bool names(std::string_view text, std::string_view number) {
    if (number.empty())
        return false;
    auto const ends = [](char c) { return c == ' ' || c == ','; };
    for (auto at = text.find(number); at != text.npos; at = text.find(number, at + 1)) {
        auto const behind = at + number.size();
        if ((at == 0 || ends(text[at - 1])) && (behind == text.size() || ends(text[behind])))
            return true;
    }
    return false;
}

/// "line 3, column 12: " of the first error: a file has no control numbers to find it by.
std::string place_of(Diagnostics const& findings) {
    for (auto const& finding : findings) {
        if (finding.severity != Severity::error || finding.place.line == 0)
            continue;
        return finding.place.column == 0 ? fmt::format("line {}: ", finding.place.line)
                                         : fmt::format("line {}, column {}: ", finding.place.line, finding.place.column);
    }
    return {};
}

translator::Provenance FileEvaluation::provenance(store::Message const& message) const {
    translator::Provenance provenance;
    provenance.id = placeholder_;
    provenance.test = route_.test;
    provenance.partner = route_.route.partner->id;
    provenance.message = message.id;
    provenance.received_at = to_iso8601(transfer_.received_at).substr(0, 19) + "Z"; // the model knows no milliseconds
    return provenance;
}

void FileEvaluation::run(EvaluatedInterchange& result) {
    auto& message = result.message;
    message.state = store::MessageState::processed;
    for (auto const& rule : agreement_.findings)
        (void)severities_.add(rule); // checked when the profile was loaded
    auto const& partner = *route_.route.partner;
    auto values = run_values(partner, partner.identity, route_.test, now_);
    values.of_profile = knowledge_.cross_references(partner);
    placeholder_ = new_id(now_);
    auto& group = result.groups.emplace_back();
    auto const translator = knowledge_.file_translator(agreement_);
    auto const reading =
        translator->open(byte_source_of(transfer_.raw), transfer_.file_name, provenance(message), values);
    std::string json;
    while (auto outcome = reading->next(json)) {
        if (outcome->ok() && json.empty()) { // said at the end, of the whole file
            std::ranges::move(outcome->diagnostics, std::back_inserter(findings_));
            continue;
        }
        if (group.sets.size() == most_sets) {
            group.sets.clear();
            findings_.insert(findings_.begin(),
                             make_diagnostic("GATEWAY-0007",
                                             fmt::format("the file holds more than {} documents: it was not processed", most_sets),
                                             "ask the sender to send it in several files"));
            message.state = store::MessageState::dead_letter;
            message.reason = first_error(findings_);
            break;
        }
        add(result, std::move(*outcome), std::move(json));
    }
    hold_what_is_apart(group.sets);
    message.diagnostics = render_json(findings_);
}

/// The rows of a document that stand apart were read as two: neither half may be delivered, since the first would be taken
/// for the whole, and the corrected file for its repetition.
void FileEvaluation::hold_what_is_apart(std::vector<EvaluatedSet>& sets) const {
    for (auto const& apart : apart_) {
        // By what its rows are told apart the message says; where that is not the number, any of them may be the first half.
        bool const known = std::ranges::any_of(sets, [&](EvaluatedSet const& set) { return names(apart.message, set.document.number); });
        for (auto& set : sets) {
            if (set.document.state != store::DocumentState::accepted || (known && !names(apart.message, set.document.number)))
                continue;
            Diagnostics const why{apart};
            hold(set, why);
            set.document.reason = place_of(why) + set.document.reason;
            set.document.business_key.clear(); // it was never taken
            set.document.diagnostics = render_json(why);
        }
    }
}

void FileEvaluation::add(EvaluatedInterchange& result, translator::ReadOutcome outcome, std::string json) {
    auto& set = result.groups.front().sets.emplace_back();
    set.agreement = &agreement_;
    auto& document = set.document;
    document.id = new_id(now_);
    document.message_id = result.message.id;
    document.kind = agreement_.document;
    document.partner = result.message.partner;
    document.test = route_.test;
    document.created_at = now_;
    document.updated_at = now_;
    document.json = std::move(json);
    auto findings = std::move(outcome.diagnostics);
    std::ranges::copy_if(findings, std::back_inserter(apart_), [](Diagnostic const& one) { return one.code == "MAP-0144"; });
    if (findings.size() > most_findings_of_a_set)
        findings.resize(most_findings_of_a_set);
    if (!document.json.empty()) // what kept the document from being made cannot be tolerated
        severities_.apply(findings);
    judge(set, outcome, findings);
    if (kept_findings_ > most_findings)
        shorten(findings);
    kept_findings_ += findings.size();
    document.diagnostics = render_json(findings);
}

void FileEvaluation::judge(EvaluatedSet& set, translator::ReadOutcome const& outcome, Diagnostics& findings) const {
    auto& document = set.document;
    if (has_errors(findings) || document.json.empty()) {
        hold(set, findings);
        document.reason = place_of(findings) + document.reason;
        return;
    }
    // Identifiers are unique texts: nothing else in the document reads like this one.
    if (auto const at = document.json.find(placeholder_); at != std::string::npos)
        document.json.replace(at, placeholder_.size(), document.id);
    Translated translated;
    translated.place.file = transfer_.file_name;
    translated.held_by_map = outcome.held;
    if (judge_document(set, *route_.route.partner, translated, findings))
        document.state = store::DocumentState::accepted;
}

} // namespace

std::optional<EvaluatedInterchange> evaluate_file(store::Transfer const& transfer, partner::Configuration const& configuration,
                                                  partner::Channel const* channel, Knowledge& knowledge, Timestamp now) {
    bool const is_blank = std::string_view(transfer.raw).find_first_not_of(" \t\r\n\f\v\0") == std::string_view::npos;
    if (is_blank || begins_like_x12(transfer.raw))
        return std::nullopt;
    auto found = channel != nullptr ? route_file(configuration, *channel, transfer.file_name) : FileRoute();
    if (!found)
        return std::nullopt;
    if (channel == nullptr)
        found->route.refusal = make_diagnostic("GATEWAY-0010", fmt::format("channel {} is not in the configuration any more", transfer.channel),
                                               "put the channel back, then: wharf dead-letter retry");
    EvaluatedInterchange result;
    result.route = found->route;
    auto& message = result.message;
    message = inbound_message(transfer, transfer.raw, now);
    message.test = found->test;
    if (found->route.partner != nullptr) {
        message.partner = found->route.partner->id;
        message.sender = message.partner;
        message.receiver = found->route.partner->identity;
    }
    if (found->agreement != nullptr)
        message.format = to_string(found->agreement->format);
    if (!found->route.ok()) {
        message.state = store::MessageState::quarantined;
        message.reason = fmt::format("{}: {}", found->route.refusal->code, found->route.refusal->message);
        message.diagnostics = render_json({*found->route.refusal});
        return result;
    }
    FileEvaluation(transfer, *found, knowledge, now).run(result);
    return result;
}

} // namespace wharf::gateway
