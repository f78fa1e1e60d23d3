#include "transport/as2/message_head.hpp"

#include "transport/as2/names.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

constexpr std::size_t most_address = 2000, most_subject = 1000;

/// Of a multipart/signed nobody says what is inside but the parts; those are read later.
bool looks_like_receipt(std::string_view content_type) {
    auto const type = read_field_value(content_type);
    return is_receipt_type(type.value) || type.value == "multipart/signed";
}

Fields common_head(Relation const& relation, std::string_view message_id) {
    Fields fields{{"AS2-Version", relation.version},
                  {"AS2-From", write_as2_name(relation.own_name)},
                  {"AS2-To", write_as2_name(relation.partner_name)},
                  {"Message-ID", std::string(message_id)},
                  {"MIME-Version", "1.0"}};
    if (relation.version >= "1.2") fields.emplace_back("EDIINT-Features", "multiple-attachments, AS2-Reliability");
    return fields;
}

} // namespace

std::chrono::milliseconds wait_after(unsigned attempt, RetryPolicy const& policy, double chance) {
    auto const doubled = static_cast<double>(policy.base.count()) * std::pow(2.0, std::min(attempt, 60u) - 1.0);
    auto const seconds = std::min(doubled, static_cast<double>(policy.cap.count()));
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000.0 * (1.0 - chance / 4.0)));
}

std::expected<MessageHead, HeadRefusal> read_message_head(Fields const& http) {
    auto const name = [&](std::string_view field_name) -> std::expected<std::string, HeadRefusal> {
        auto const value = field(http, field_name);
        if (!has_field(http, field_name)) return std::unexpected(HeadRefusal{400, fmt::format("no {}: this is not an AS2 message", field_name)});
        if (auto read = read_as2_name(value)) return std::move(*read);
        return std::unexpected(HeadRefusal{400, fmt::format("{} is not a name of AS2: 1 to 128 printable characters", field_name)});
    };
    for (auto const* const once : {"AS2-From", "AS2-To", "Message-ID", "Content-Type", "Receipt-Delivery-Option"})
        if (std::ranges::count_if(http, [&](auto const& one) { return same_word(one.first, once); }) > 1)
            return std::unexpected(HeadRefusal{400, fmt::format("{} stands there twice", once)});
    MessageHead head;
    auto from = name("AS2-From");
    if (!from) return std::unexpected(from.error());
    auto to = name("AS2-To");
    if (!to) return std::unexpected(to.error());
    head.from = std::move(*from);
    head.to = std::move(*to);
    if (auto const version = field(http, "AS2-Version"); !version.empty()) head.version = version.substr(0, 10);
    if (auto const id = field(http, "Message-ID"); is_message_id(id)) head.message_id = id;
    head.subject = field(http, "Subject").substr(0, most_subject);
    head.content_type = field(http, "Content-Type");
    head.may_be_receipt = looks_like_receipt(head.content_type);
    if (has_field(http, "Disposition-Notification-To")) {
        auto const address = field(http, "Receipt-Delivery-Option");
        if (address.size() > most_address) return std::unexpected(HeadRefusal{400, "Receipt-Delivery-Option is too long"});
        head.receipt = ReceiptRequest{read_receipt_options(field(http, "Disposition-Notification-Options")), std::string(address)};
    }
    return head;
}

Fields write_message_head(Relation const& relation, std::string_view message_id, std::string_view subject, Entity const& entity) {
    auto fields = common_head(relation, message_id);
    if (!subject.empty()) fields.emplace_back("Subject", subject);
    if (relation.receipt_mode != ReceiptMode::none) {
        fields.emplace_back("Disposition-Notification-To", write_as2_name(relation.own_name));
        fields.emplace_back("Disposition-Notification-Options", write_receipt_options(relation.receipt_signed, relation.micalgs, relation.spelling));
    }
    if (relation.receipt_mode == ReceiptMode::asynchronous) fields.emplace_back("Receipt-Delivery-Option", relation.own_receipt_address);
    fields.insert(fields.end(), entity.fields.begin(), entity.fields.end());
    return fields;
}

Fields write_receipt_head(Relation const& relation, std::string_view message_id, Entity const& entity) {
    auto fields = common_head(relation, message_id);
    fields.insert(fields.end(), entity.fields.begin(), entity.fields.end());
    return fields;
}

} // namespace wharf::transport::as2
