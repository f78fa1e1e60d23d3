#include "transport/as2/mdn.hpp"

#include "transport/as2/names.hpp"

#include <fmt/format.h>

namespace wharf::transport::as2 {
namespace {

constexpr std::uint64_t most_bytes = 1u << 20;
constexpr std::string_view notification_type = "message/disposition-notification";

/// Texts for people: one kind of line end, nothing but text.
std::string text_lines(std::string_view text) {
    std::string lines;
    for (char const c : text) {
        if (c == '\n') lines += "\r\n";
        else if (c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 127)) lines += c;
    }
    return lines;
}

/// "rfc822; name", with or without quotation marks.
std::string recipient(std::string_view value) {
    if (auto const semicolon = value.find(';'); semicolon != std::string_view::npos && value.find('"') > semicolon)
        if (same_word(trimmed(value.substr(0, semicolon)), "rfc822")) value.remove_prefix(semicolon + 1);
    auto const name = read_as2_name(value);
    return name ? *name : std::string(trimmed(value));
}

std::string notification_fields(Receipt const& receipt) {
    Fields fields;
    if (!receipt.reporting_agent.empty()) fields.emplace_back("Reporting-UA", receipt.reporting_agent);
    if (!receipt.original_recipient.empty())
        fields.emplace_back("Original-Recipient", "rfc822; " + write_as2_name(receipt.original_recipient));
    fields.emplace_back("Final-Recipient", "rfc822; " + write_as2_name(receipt.final_recipient));
    if (!receipt.original_message_id.empty()) fields.emplace_back("Original-Message-ID", receipt.original_message_id);
    fields.emplace_back("Disposition", write_disposition(receipt.disposition));
    if (receipt.mic) fields.emplace_back("Received-Content-MIC", receipt.mic->base64 + ", " + receipt.mic->algorithm);
    return write_head(fields);
}

std::string report_type(std::string_view boundary) {
    return fmt::format("multipart/report; report-type=disposition-notification; boundary=\"{}\"", boundary);
}

Result<void> read_notification(Content const& part, Receipt& receipt) {
    auto text = part.text(most_bytes);
    if (!text) return unexpected(text.error());
    text->erase(0, text->find_first_not_of("\r\n")); // some peers begin it with a blank line,
    *text += "\r\n\r\n";                            // some end it without one
    auto const head = read_head(Content(std::move(*text)));
    if (!head) return permanent("the notification cannot be read: " + head.error().message);
    auto const& fields = head->fields;
    receipt.reporting_agent = field(fields, "Reporting-UA");
    receipt.original_recipient = recipient(field(fields, "Original-Recipient"));
    receipt.final_recipient = recipient(field(fields, "Final-Recipient"));
    receipt.original_message_id = field(fields, "Original-Message-ID");
    receipt.mic = read_mic(field(fields, "Received-Content-MIC"));
    auto const disposition = read_disposition(field(fields, "Disposition"));
    if (!disposition)
        return permanent(fmt::format("the notification has no Disposition that says processed or failed, but \"{}\"",
                                     field(fields, "Disposition").substr(0, 200)));
    receipt.disposition = *disposition;
    return {};
}

} // namespace

bool is_receipt_type(std::string_view media_type) {
    return same_word(media_type, "multipart/report") || same_word(media_type, notification_type);
}

ReceiptBody write_receipt_body(Receipt const& receipt, std::string_view boundary) {
    auto body = fmt::format("--{0}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{1}\r\n"
                            "--{0}\r\nContent-Type: {2}\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{3}\r\n--{0}--\r\n",
                            boundary, text_lines(receipt.text), notification_type, notification_fields(receipt));
    return {report_type(boundary), std::move(body)};
}

std::string write_receipt(Receipt const& receipt, std::string_view boundary) {
    auto made = write_receipt_body(receipt, boundary);
    return write_head({{"Content-Type", made.content_type}}) + made.body;
}

Result<Receipt> read_receipt(Fields const& fields, Content const& body) {
    if (body.size() > most_bytes) return permanent(fmt::format("a receipt of {} bytes; at most {} are read", body.size(), most_bytes));
    Receipt receipt;
    auto const type = read_field_value(field(fields, "Content-Type"));
    auto const decoded_part = [](Fields const& part_fields, Content const& part_body) -> Result<Content> {
        auto const encoding = transfer_encoding(part_fields);
        if (!encoding) return unexpected(encoding.error());
        return decode(part_body, *encoding, {});
    };
    if (type.value == notification_type) {
        auto const content = decoded_part(fields, body);
        if (!content) return unexpected(content.error());
        if (auto done = read_notification(*content, receipt); !done) return unexpected(done.error());
        return receipt;
    }
    auto const parts = split_multipart(body, type.parameter("boundary"));
    if (!parts) return unexpected(parts.error());
    bool found = false;
    for (auto const& part : *parts) {
        auto const head = read_head(part);
        if (!head) { // a text without any head, as BizTalk's kin write it
            if (auto text = part.text(most_bytes); text && receipt.text.empty()) receipt.text = trimmed(*text);
            continue;
        }
        auto const content = decoded_part(head->fields, part.from(head->size));
        if (!content) return unexpected(content.error());
        auto const part_type = read_field_value(field(head->fields, "Content-Type")).value;
        if (part_type == notification_type && !found) {
            if (auto done = read_notification(*content, receipt); !done) return unexpected(done.error());
            found = true;
        } else if ((part_type.empty() || part_type.starts_with("text/")) && receipt.text.empty()) {
            if (auto text = content->text(most_bytes)) receipt.text = trimmed(*text);
        }
    }
    if (!found) return permanent(fmt::format("the report has no part of type {}", notification_type));
    return receipt;
}

} // namespace wharf::transport::as2
