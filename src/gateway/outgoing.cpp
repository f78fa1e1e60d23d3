#include "gateway/outgoing.hpp"

#include "base/id.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "base/byte_source.hpp"
#include "gateway/evaluation.hpp"
#include "gateway/life_cycle.hpp"
#include "grammar/interchange.hpp"
#include "translator/file_translator.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

namespace wharf::gateway {

namespace {

constexpr std::uint64_t most_interchange = 999'999'999; // nine digits (I12)
constexpr std::uint64_t most_group = 999'999'999;       // one to nine digits (28)
constexpr std::uint64_t most_files = 999'999'999;       // always the same, or the count would wrap early; written with six digits at least
constexpr std::size_t most_told = 50;                   // of what reading back finds

std::string scope(std::string_view level, Draft const& draft) {
    return fmt::format("{}|{}:{}|{}:{}|{}", level, draft.sender.qualifier, draft.sender.id, draft.receiver.qualifier,
                       draft.receiver.id, draft.usage);
}

/// Test and production, and several partners of one mailbox, count on their own; so one file name may come up twice, and
/// the second must not meet the first in the outbox.
Result<void> unique_file_name(store::Transaction& transaction, store::Message& message) {
    auto used = transaction.next_control_number(fmt::format("file|{}|{}", message.channel, message.file_name), most_interchange);
    if (!used)
        return unexpected(std::move(used.error()));
    if (*used == 1)
        return {};
    auto const point = message.file_name.rfind('.');
    message.file_name.insert(point == std::string::npos || point == 0 ? message.file_name.size() : point, fmt::format("-{}", *used));
    return unique_file_name(transaction, message); // "a-2.edi" may be a name of its own
}

Result<void> add(x12::InterchangeWriter& writer, DraftSet const& set, std::string const& control_number) {
    return std::visit([&](auto const& body) { return writer.add_transaction_set(set.set, control_number, body, set.implementation_reference); },
                      set.body);
}

} // namespace

x12::Delimiters Draft::delimiters() const {
    auto const& around = envelope();
    return {around.element_separator, around.component_separator, around.segment_terminator, around.repetition_separator};
}

Result<std::string> write_draft(Draft const& draft, ControlNumbers numbers, Timestamp now) {
    auto const& envelope = draft.envelope();
    x12::InterchangeHeader header;
    header.authorization_qualifier = envelope.authorization_qualifier;
    header.authorization = envelope.authorization;
    header.security_qualifier = envelope.security_qualifier;
    auto security = envelope.security.resolve();
    if (!security)
        return unexpected(std::move(security.error()));
    header.security = std::move(*security);
    header.replacement = envelope.replacement;
    header.sender = draft.sender;
    header.receiver = draft.receiver;
    header.date6 = x12_date6(now);
    header.date8 = x12_date8(now);
    header.time4 = x12_time4(now);
    header.version = envelope.version;
    header.standards_id = envelope.standards_id;
    header.control_number = fmt::to_string(numbers.interchange);
    header.acknowledgment_requested = envelope.acknowledgment_requested && draft.functional_id != "FA" &&
                                      draft.functional_id != "TA1"; // an answer asks for no answer
    header.usage = draft.usage;
    header.delimiters = draft.delimiters();
    header.line_breaks = envelope.line_breaks;
    x12::InterchangeWriter writer(std::move(header));
    for (auto const& segment : draft.service)
        WHARF_TRY(writer.add_service_segment(segment));
    if (draft.sets.empty())
        return writer.finish();
    x12::GroupHeader group;
    group.functional_id = draft.functional_id;
    group.control_number = fmt::to_string(numbers.group);
    group.agency = envelope.agency;
    group.release = draft.release;
    writer.begin_group(std::move(group));
    unsigned number = 0;
    for (auto const& set : draft.sets)
        WHARF_TRY(add(writer, set, fmt::format("{:04}", ++number)));
    writer.end_group();
    return writer.finish();
}

namespace {

/// What the map reads in the file it has written: as many documents, with the same numbers.
Diagnostics check_file(Draft const& draft, Knowledge& knowledge, Timestamp now) {
    Diagnostics findings;
    translator::RunValues values = run_values(*draft.partner, draft.identity, draft.test, now);
    values.of_profile = knowledge.cross_references(*draft.partner);
    auto const reading = knowledge.file_translator(*draft.agreement)->open(byte_source_of(draft.file), {}, {}, values);
    std::string json;
    std::size_t count = 0;
    while (auto outcome = reading->next(json)) {
        bool const made = !json.empty();
        for (auto& finding : outcome->diagnostics)
            if (finding.severity == Severity::error && findings.size() < most_told)
                findings.push_back(std::move(finding));
        if (!made)
            continue;
        auto const parsed = json::parse(json);
        auto const number = parsed ? numbers_of(*parsed).number : std::string();
        if (count < draft.sets.size() && number != draft.sets[count].document.number && findings.size() < most_told)
            findings.push_back(make_diagnostic("GATEWAY-0040",
                                               fmt::format("document {} of the file reads as number '{}', it is '{}'", count + 1, number,
                                                           draft.sets[count].document.number),
                                               "the map must read the number as it writes it"));
        ++count;
    }
    if (findings.empty() && count != draft.sets.size())
        findings.push_back(make_diagnostic("GATEWAY-0040",
                                           fmt::format("the file of {} documents reads as {}", draft.sets.size(), count),
                                           "send documents one by one, or let `documents` in the map tell them apart"));
    return findings;
}

} // namespace

Diagnostics check_draft(Draft const& draft, Knowledge& knowledge, Timestamp now) {
    if (!draft.is_x12()) {
        auto findings = check_file(draft, knowledge, now);
        if (!findings.empty())
            findings.insert(findings.begin(),
                            make_diagnostic("GATEWAY-0040",
                                            fmt::format("the {} file that would go to {} cannot be read back by {}",
                                                        to_string(draft.agreement->format), draft.partner->id,
                                                        draft.agreement->file_translator()),
                                            "correct the document or the map as the following findings say; nothing was sent"));
        return findings;
    }
    auto const bytes = write_draft(draft, {1, 1}, now);
    if (!bytes) {
        auto diagnostic = make_diagnostic(
            "GATEWAY-0040", bytes.error().message,
            "change the text, or choose separators in the partner's profile (`envelope`) that do not occur in it");
        return {diagnostic};
    }
    Diagnostics findings;
    grammar::InterchangeReaderOptions options;
    if (draft.agreement != nullptr)
        if (auto guide = knowledge.guide(*draft.agreement))
            options.guides.push_back(std::move(guide));
    if (draft.agreement != nullptr)
        for (auto const& rule : draft.agreement->findings)
            (void)options.severities.add(rule); // checked when the profile was loaded
    grammar::InterchangeReader reader(*bytes, {}, knowledge.schemas(), options);
    while (reader.next())
        for (auto& finding : reader.item().findings)
            findings.push_back(std::move(finding));
    if (has_errors(findings))
        findings.insert(findings.begin(),
                        make_diagnostic("GATEWAY-0040",
                                        fmt::format("the {} that would go to {} does not pass our own validation",
                                                    draft.sets.empty() ? draft.functional_id : draft.sets.front().set,
                                                    draft.partner->id),
                                        "correct the document as the following findings say; nothing was numbered or sent"));
    return findings;
}

namespace {

/// What a message has its numbers and bytes from.
struct Numbered {
    std::string interchange, group; // X12
    std::string sequence;
    std::string bytes;
};

Result<Numbered> number(store::Transaction& transaction, Draft const& draft, Timestamp now) {
    Numbered numbered;
    std::uint64_t const first = draft.partner->control_numbers.first.number;
    if (!draft.is_x12()) {
        auto sequence = transaction.next_control_number(fmt::format("sequence|{}|{}|{}", draft.partner->id, draft.agreement->document, draft.usage),
                                                        most_files, first);
        if (!sequence)
            return unexpected(std::move(sequence.error()));
        numbered.sequence = fmt::format("{:06}", *sequence);
        numbered.bytes = draft.file;
        return numbered;
    }
    ControlNumbers numbers;
    auto interchange = transaction.next_control_number(scope("isa", draft), most_interchange, first);
    if (!interchange)
        return unexpected(std::move(interchange.error()));
    numbers.interchange = *interchange;
    if (!draft.sets.empty()) {
        auto group = transaction.next_control_number(scope("gs", draft), most_group, first);
        if (!group)
            return unexpected(std::move(group.error()));
        numbers.group = *group;
        numbered.group = fmt::to_string(numbers.group);
    }
    auto bytes = write_draft(draft, numbers, now);
    if (!bytes)
        return unexpected(std::move(bytes.error()));
    numbered.bytes = std::move(*bytes);
    numbered.interchange = fmt::format("{:09}", numbers.interchange);
    numbered.sequence = numbered.interchange;
    return numbered;
}

} // namespace

Result<store::Message> commit_draft(Context const& context, store::Transaction& transaction, Record& record,
                                    Draft const& draft) {
    auto const now = context.clock.now();
    auto numbered = number(transaction, draft, now);
    if (!numbered)
        return unexpected(std::move(numbered.error()));
    auto const what = draft.sets.empty() ? draft.functional_id
                      : draft.is_x12()   ? draft.sets.front().set
                                         : fmt::format("{} as {}", draft.agreement->document, to_string(draft.agreement->format));
    store::Message message;
    message.id = new_id(now);
    message.direction = store::Direction::outbound;
    message.state = store::MessageState::ready;
    message.channel = draft.channel();
    message.partner = draft.partner->id;
    message.format = draft.is_x12() ? "x12" : to_string(draft.agreement->format);
    message.test = draft.test;
    message.sender = draft.is_x12() ? draft.sender.qualifier + ":" + draft.sender.id : draft.identity;
    message.receiver = draft.is_x12() ? draft.receiver.qualifier + ":" + draft.receiver.id : draft.partner->id;
    message.interchange_control_number = numbered->interchange;
    message.group_control_number = numbered->group;
    message.functional_id = draft.functional_id;
    message.sha256 = transport::sha256_hex(numbered->bytes);
    message.raw = std::move(numbered->bytes);
    message.diagnostics = "[]";
    message.answers = draft.answers;
    message.resend_of = draft.resend_of;
    message.created_at = now;
    message.updated_at = now;
    message.file_name = partner::expand_file_name(
        draft.file_name(), {.partner = draft.partner->id,
                            .identity = draft.identity,
                            .set = draft.is_x12() ? what : draft.agreement->set,
                            .document = draft.agreement == nullptr ? std::string() : draft.agreement->document,
                            .number = draft.sets.empty() ? std::string() : draft.sets.front().document.number,
                            .interchange = message.interchange_control_number,
                            .group = message.group_control_number,
                            .sequence = numbered->sequence,
                            .date = x12_date8(now),
                            .time = x12_time4(now)});
    if (auto unique = unique_file_name(transaction, message); !unique)
        return unexpected(std::move(unique.error()));
    WHARF_TRY(transaction.insert(message));
    unsigned number = 0;
    for (auto const& set : draft.sets) {
        ++number;
        if (set.document.kind.empty())
            continue;
        auto document = set.document;
        document.message_id = message.id;
        document.state = store::DocumentState::ready;
        document.partner = draft.partner->id;
        document.test = draft.test;
        document.functional_id = draft.functional_id;
        document.group_control_number = message.group_control_number;
        document.transaction_set = set.set;
        if (draft.is_x12())
            document.transaction_control_number = fmt::format("{:04}", number);
        document.created_at = now;
        document.updated_at = now;
        WHARF_TRY(transaction.insert(document));
        for (auto const& order : set.orders)
            WHARF_TRY(transaction.add_search_word(message.id, order));
    }
    WHARF_TRY(transaction.add_job(store::JobKind::transmit, message.id, now));
    if (!draft.is_x12()) {
        WHARF_TRY(record.note(message.id, "written", fmt::format("{} to {}: {}", what, message.partner, message.file_name),
                              fmt::format("direction=outbound document={} partner={} file={}", draft.agreement->document,
                                          message.partner, for_log(message.file_name))));
        return message;
    }
    WHARF_TRY(record.note(message.id, "numbered",
                          fmt::format("{} to {}: interchange {}{}", what, message.partner, message.interchange_control_number,
                                      message.group_control_number.empty() ? std::string()
                                                                           : ", group " + message.group_control_number),
                          fmt::format("direction=outbound set={} partner={} interchange={}{}", what, message.partner,
                                      message.interchange_control_number,
                                      draft.answers.empty() ? std::string() : " answers=" + draft.answers)));
    return message;
}

} // namespace wharf::gateway
