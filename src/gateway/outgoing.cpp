#include "gateway/outgoing.hpp"

#include "base/id.hpp"
#include "diagnostic/registry.hpp"
#include "diagnostic/render.hpp"
#include "grammar/interchange.hpp"
#include "transport/digest.hpp"

#include <fmt/format.h>

namespace wharf::gateway {

namespace {

constexpr std::uint64_t most_interchange = 999'999'999; // nine digits (I12)
constexpr std::uint64_t most_group = 999'999'999;       // one to nine digits (28)

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
        WHARF_TRY(writer.add_transaction_set(set.set, fmt::format("{:04}", ++number), set.body, set.implementation_reference));
    writer.end_group();
    return writer.finish();
}

Diagnostics check_draft(Draft const& draft, Knowledge& knowledge, Timestamp now) {
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

Result<store::Message> commit_draft(Context const& context, store::Transaction& transaction, Record& record,
                                    Draft const& draft) {
    auto const now = context.clock.now();
    ControlNumbers numbers;
    auto interchange = transaction.next_control_number(scope("isa", draft), most_interchange);
    if (!interchange)
        return unexpected(std::move(interchange.error()));
    numbers.interchange = *interchange;
    if (!draft.sets.empty()) {
        auto group = transaction.next_control_number(scope("gs", draft), most_group);
        if (!group)
            return unexpected(std::move(group.error()));
        numbers.group = *group;
    }
    auto bytes = write_draft(draft, numbers, now);
    if (!bytes)
        return unexpected(std::move(bytes.error()));

    auto const what = draft.sets.empty() ? draft.functional_id : draft.sets.front().set;
    store::Message message;
    message.id = new_id(now);
    message.direction = store::Direction::outbound;
    message.state = store::MessageState::ready;
    message.channel = draft.channel();
    message.partner = draft.partner->id;
    message.format = "x12";
    message.test = draft.test;
    message.sender = draft.sender.qualifier + ":" + draft.sender.id;
    message.receiver = draft.receiver.qualifier + ":" + draft.receiver.id;
    message.interchange_control_number = fmt::format("{:09}", numbers.interchange);
    message.group_control_number = draft.sets.empty() ? std::string() : fmt::to_string(numbers.group);
    message.functional_id = draft.functional_id;
    message.sha256 = transport::sha256_hex(*bytes);
    message.raw = std::move(*bytes);
    message.diagnostics = "[]";
    message.answers = draft.answers;
    message.resend_of = draft.resend_of;
    message.created_at = now;
    message.updated_at = now;
    message.file_name = partner::expand_file_name(
        draft.file_name(), {draft.partner->id, draft.identity, what, message.interchange_control_number,
                                   message.group_control_number, x12_date8(now), x12_time4(now)});
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
        document.transaction_control_number = fmt::format("{:04}", number);
        document.created_at = now;
        document.updated_at = now;
        WHARF_TRY(transaction.insert(document));
    }
    WHARF_TRY(transaction.add_job(store::JobKind::transmit, message.id, now));
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
